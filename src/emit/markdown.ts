import { wholeCharacters } from '../../templates/src/runtime/text.js';
import { columnsOf } from './columns.js';
import { printLine } from './print.js';

/**
 * One line that Markdown shows unchanged: no HTML, no links (automatic ones included), no formatting, no table cell.
 */
export function markdownText(text: string): string {
  return printLine(text)
    .replace(/[\\`*_{}[\]<>|~&$#@]/g, '\\$&')
    .replace(/:\/\//g, ':\\//')
    .replace(/(www)\./gi, '$1\\.')
    .replace(/^([-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** A code span for a table cell: only there must a pipe be escaped. */
export function markdownCode(text: string): string {
  const line = printLine(text).replaceAll('|', '\\|');
  if (line === '') return '';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A table in prettier's layout. The rows are `| a | b |`, one on each line; the first is the head. */
export function alignTable(rows: string): string {
  const cells = rows.trim().split('\n').map(splitRow);
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(3, ...cells.map((row) => columnsOf(row[column] ?? ''))),
  );
  const [head, ...body] = cells.map((row) => joinRow(row, widths));
  const rule = joinRow(
    widths.map((width) => '-'.repeat(width)),
    widths,
  );
  return [head, rule, ...body, ''].join('\n');
}

/** A pipe between cells has a space before it; a pipe in a cell has a backslash. */
function splitRow(row: string): string[] {
  return row
    .replace(/^\| | \|$/g, '')
    .split(' | ')
    .map((cell) => cell.trim());
}

function joinRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map(
    (cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)),
  );
  return `| ${cells.join(' | ')} |`;
}

/** The first paragraph of a text, truncated at a number of characters: an introduction, not the documentation. */
export function firstParagraph(text: string, limit: number): string {
  const paragraph = text.trim().split(/\n\s*\n/, 1)[0] ?? '';
  if (paragraph.length <= limit) return paragraph;
  return `${wholeCharacters(paragraph.slice(0, limit - 1)).trimEnd()}…`;
}
