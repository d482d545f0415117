import { count, plural } from '../templates/src/runtime/text.js';

export { count, plural };

/** The first names of a list, and the number of the others: `a, b and 3 more`. */
export function someOf(names: readonly string[], most = 10): string {
  const others = names.length - most;
  return names.slice(0, most).join(', ') + (others > 0 ? ` and ${count(others)} more` : '');
}
