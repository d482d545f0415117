import type { Change } from '../diff/change.js';
import { GRAVITIES, type Gravity } from '../diff/codes.js';
import { printable } from './terminal.js';
import { count, plural } from './budget.js';
import { formatTable } from './table.js';

/** Changes as a table for a terminal of so many columns, and how many there are of each gravity. */
export function formatChanges(changes: readonly Change[], columns?: number): string {
  if (changes.length === 0) return 'No differences.\n';
  const header = ['GRAVITY', 'TOOL', 'REQUEST', 'CHANGE'];
  return `${formatTable(header, changes.map(row), columns)}\n${summarize(changes)}.\n`;
}

/** How many changes there are: `3 changes: 1 breaking, 0 security, 2 compatible`. */
export function summarize(changes: readonly Change[]): string {
  const counts = countByGravity(changes);
  const each = GRAVITIES.map((gravity) => `${count(counts[gravity])} ${gravity}`);
  return `${plural(changes.length, 'change')}: ${each.join(', ')}`;
}

/** The number of changes of each gravity. */
export function countByGravity(changes: readonly Change[]): Record<Gravity, number> {
  const of = (gravity: Gravity) => changes.filter((change) => change.gravity === gravity).length;
  return { breaking: of('breaking'), security: of('security'), compatible: of('compatible') };
}

function row({ gravity, tool = '-', operation = '-', message }: Change): string[] {
  const cells = [gravity, tool, operation, message];
  return cells.map((cell) => printable(cell).replaceAll('\n', ' '));
}
