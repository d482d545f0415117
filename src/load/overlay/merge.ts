import { isObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import type { Json } from '../document.js';
import { clone, moveWritten } from '../written.js';

/** Takes a sentence about values of different kinds. */
export type Note = (message: string) => void;

/**
 * The value that results when an overlay updates another one (OpenAPI Overlay 1.1, Action Object): objects are merged
 * member by member, lists are appended to, and primitives replaced. The specification calls any other pair an error.
 * Tools replace it, which corrects a wrong document, and so does this one, with a note. Changes the target, never the
 * update.
 */
export function merge(
  target: Json | undefined,
  update: Json,
  at: readonly string[],
  note: Note,
): Json {
  // An empty key in YAML is null: it changes nothing and does not delete the target.
  if (update === null && typeof target === 'object') return target;
  if (Array.isArray(target) && Array.isArray(update)) return append(target, update);
  if (!isObject(target) || !isObject(update)) {
    const [old, now] = [kindOf(target ?? null), kindOf(update)];
    if (target !== null && target !== undefined && old !== now)
      note(`The update puts ${now} in the place of ${old} at ${formatPointer(at)}.`);
    return clone(update);
  }
  for (const [key, value] of Object.entries(update)) {
    moveWritten([update, key], [target, key]);
    const old = Object.hasOwn(target, key) ? target[key] : undefined;
    target[key] = merge(old, value, [...at, key], note);
  }
  return target;
}

function append(target: Json[], added: Json[]): Json[] {
  for (const [index, item] of added.entries()) {
    moveWritten([added, index], [target, target.length]);
    target.push(clone(item));
  }
  return target;
}

function kindOf(value: Json): string {
  return Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : 'a single value';
}
