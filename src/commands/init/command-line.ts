import { shellQuote } from '../../emit/quote.js';
import type { Document } from '../../load/document.js';
import { commandOf } from '../../plan/command.js';
import type { GenerateFlags } from '../../project/flags.js';

/** The `generate` command equivalent to the answers, as unquoted words. */
export function generateWords(
  document: Document,
  flags: GenerateFlags,
  program: readonly string[],
): string[] {
  return [
    ...program,
    ...commandOf(document, flags),
    ...(flags.allowPrivate === true ? ['--allow-private'] : []),
    ...(flags.header ?? []).flatMap((header) => ['--header', withoutValue(header)]),
    ...(flags.output === undefined ? [] : ['--output', flags.output]),
    ...(flags.strict === true ? ['--strict'] : []),
    ...(flags.force === true ? ['--force'] : []),
  ];
}

/** The command as shell input: one line, or one line per flag if it exceeds 80 columns. */
export function formatCommand(words: readonly string[]): string {
  const quoted = words.map(shellQuote);
  const line = quoted.join(' ');
  if (line.length <= 80) return line;
  return quoted.reduce((text, word) =>
    /^--[a-z]/.test(word) ? `${text} \\\n  ${word}` : `${text} ${word}`,
  );
}

/** A header may be a secret, so it is not repeated. */
function withoutValue(header: string): string {
  return `${header.slice(0, header.indexOf(':'))}: …`;
}
