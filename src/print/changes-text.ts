import type { Change } from '../diff/change.js';
import { SEVERITIES, type Severity } from '../diff/codes.js';
import type { Terminal } from './terminal.js';
import { count, plural } from './budget.js';
import { formatTable } from './table.js';

/** The names of the severities at the start of a line. */
export const titles: Readonly<Record<Severity, string>> = {
  breaking: 'Breaking',
  security: 'Security',
  compatible: 'Compatible',
};

/** Changes as a table, and the number of changes of each severity. */
export function formatChanges(
  changes: readonly Change[],
  { resultColumns, grade }: Pick<Terminal, 'resultColumns' | 'grade'>,
): string {
  if (changes.length === 0) return 'No differences.\n';
  const header = ['SEVERITY', 'TOOL', 'REQUEST', 'CHANGE'];
  return `${formatTable(header, changes.map(row), resultColumns, grade)}\n${summarize(changes)}.\n`;
}

/** The number of changes: `3 changes: 1 breaking, 0 security, 2 compatible`. */
export function summarize(changes: readonly Change[]): string {
  const counts = countBySeverity(changes);
  const each = SEVERITIES.map((severity) => `${count(counts[severity])} ${severity}`);
  return `${plural(changes.length, 'change')}: ${each.join(', ')}`;
}

/** The number of changes of each severity. */
export function countBySeverity(changes: readonly Change[]): Record<Severity, number> {
  const of = (severity: Severity) => changes.filter((change) => change.gravity === severity).length;
  return { breaking: of('breaking'), security: of('security'), compatible: of('compatible') };
}

function row({ gravity, tool = '-', operation = '-', message }: Change): string[] {
  return [gravity, tool, operation, message];
}
