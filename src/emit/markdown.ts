import { printLine } from './print.js';

/** One line that Markdown shows as it is: no HTML, no links (automatic ones included), no formatting, no table cell. */
export function markdownText(text: string): string {
  return printLine(text)
    .replace(/[\\`*_{}[\]<>|~&$#@]/g, '\\$&')
    .replace(/:\/\//g, ':\\//')
    .replace(/(www)\./gi, '$1\\.')
    .replace(/^([-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** A code span for a cell of a table: there, and only there, a pipe has a backslash. */
export function markdownCode(text: string): string {
  const line = printLine(text).replaceAll('|', '\\|');
  if (line === '') return '';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
