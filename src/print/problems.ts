import type { Problem } from '../errors.js';
import { oneLine, printable, type Terminal } from './terminal.js';

/** More warnings of one code than this are counted instead of listed. */
const listed = 5;

/** Problems as blocks: code and place, message, remedy. */
export function formatProblems(problems: readonly Problem[], terminal: Terminal): string {
  return problems.map((problem) => block(problem, 'red', terminal)).join('\n');
}

/** Shows warnings, if there are any, as blocks, grouped by code; only the first few of each. */
export function showWarnings(warnings: readonly Problem[], terminal: Terminal): void {
  const codes = [...new Set(warnings.map(({ code }) => code))];
  const groups = codes.map((code) => warnings.filter((warning) => warning.code === code));
  const blocks = groups.map((group) => `${formatGroup(group, terminal)}\n`);
  if (blocks.length > 0) terminal.remark(blocks.join(''));
}

function formatGroup(group: readonly Problem[], terminal: Terminal): string {
  const shown = group.slice(0, listed).map((warning) => block(warning, 'yellow', terminal));
  const rest = group.length - listed;
  const more =
    rest > 0 ? `  … and ${rest} more ${group[0]?.code ?? ''} (use --json to see all)\n` : '';
  return shown.join('') + more;
}

function block(
  { code, place, message, remedy }: Problem,
  colour: 'red' | 'yellow',
  terminal: Terminal,
): string {
  const lines = [message, ...(remedy === undefined ? [] : [remedy])].map(
    (line) => `  ${printable(line).replaceAll('\n', '\n  ')}\n`,
  );
  const at = place === undefined ? '' : ` at ${oneLine(place)}`;
  return `${terminal.style(colour, code)}${at}\n${lines.join('')}`;
}
