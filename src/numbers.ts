import { count } from '../templates/src/runtime/text.js';

export { count };

/** A number and its noun: `1 tool`, `1,200 tools`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
