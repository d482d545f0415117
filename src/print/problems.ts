import type { Problem } from '../errors.js';
import { printable, type Terminal } from './terminal.js';

/** More of one kind than this are counted instead of listed. */
const listed = 5;

/** Problems as blocks: code and place, what is wrong, what to do. */
export function formatProblems(problems: readonly Problem[], terminal: Terminal): string {
  return problems.map((problem) => block(problem, 'red', terminal)).join('\n');
}

/** Warnings as blocks, those of one code together; only the first few of many. */
export function formatWarnings(warnings: readonly Problem[], terminal: Terminal): string {
  const codes = [...new Set(warnings.map(({ code }) => code))];
  return codes
    .map((code) => warnings.filter((warning) => warning.code === code))
    .map((group) => formatGroup(group, terminal))
    .join('\n');
}

function formatGroup(group: readonly Problem[], terminal: Terminal): string {
  const shown = group.slice(0, listed).map((warning) => block(warning, 'yellow', terminal));
  const rest = group.length - listed;
  const more =
    rest > 0 ? `  … and ${rest} more ${group[0]?.code ?? ''} (all of them with --json)\n` : '';
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
  const at = place === undefined ? '' : ` at ${printable(place)}`;
  return `${terminal.style(colour, code)}${at}\n${lines.join('')}`;
}
