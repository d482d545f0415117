import { count } from '../templates/src/runtime/text.js';

export { count };

/** The first names of a list, and the number of the others: `a, b and 3 more`. */
export function someOf(names: readonly string[], most = 10): string {
  const others = names.length - most;
  return names.slice(0, most).join(', ') + (others > 0 ? ` and ${count(others)} more` : '');
}

/** A number and its noun: `1 tool`, `1,200 tools`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
