import { printLine } from './print.js';

/** One word of a command line, for POSIX shells and, as far as one spelling works for both, for Windows. */
export function shellQuote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // cmd.exe does not support single quotes; in double quotes a POSIX shell still expands these, `!` where people type.
  if (!/[!$`"\\]/.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A value for a `.env` file as `node --env-file` reads it; plain values are unquoted, for readers that take lines
 * literally.
 */
export function dotenvValue(value: string): string {
  const line = printLine(value);
  if (/^[\w@%+=:,./?&~-]*$/.test(line)) return line;
  // In double quotes `\n` is a line break, so these are only for values without a backslash.
  const quotes = line.includes('\\') ? ["'", '`'] : ["'", '"', '`'];
  const quote = quotes.find((candidate) => !line.includes(candidate));
  if (quote !== undefined) return quote + line + quote;
  return `'${line.replaceAll("'", '%27')}'`;
}

/** A text as a valid name of an environment variable. */
export function dotenvName(name: string): string {
  return name.replace(/\W/g, '_');
}

/** A text in YAML, on one line. */
export function yamlText(text: string): string {
  return `'${printLine(text).replaceAll("'", "''")}'`;
}
