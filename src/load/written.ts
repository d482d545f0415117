import { isObject, type Json } from '../json.js';

// `1.10` in YAML or JSON is the number 1.1, and an id of 19 digits is another id. What was written is kept beside the
// value, by the object or list that holds it, until it is known where text or digits are wanted.

const kept = new WeakMap<object, Map<string, string>>();

/** Keeps how a number or a boolean was written, where its value does not say it. */
export function keepWritten(holder: object, key: string, text: string): void {
  const texts = kept.get(holder) ?? new Map<string, string>();
  kept.set(holder, texts.set(key, text));
}

/** How the value under a key was written, if it does not say so itself. */
export function writtenAt(holder: object, key: string): string | undefined {
  return kept.get(holder)?.get(key);
}

/** Keeps for a copy of an object or a list what is kept for the original; returns the copy. */
export function copyWritten<T extends object>(original: object, copy: T): T {
  const texts = kept.get(original);
  if (texts !== undefined) kept.set(copy, new Map(texts));
  return copy;
}

/** Keeps for one place what is kept for another, when the value is put there. */
export function moveWritten(
  [from, key]: readonly [object, string | number],
  [to, toKey]: readonly [object, string | number],
): void {
  const text = writtenAt(from, String(key));
  if (text === undefined) kept.get(to)?.delete(String(toKey));
  else keepWritten(to, String(toKey), text);
}

/** A deep copy, with what is kept for it. */
export function clone(value: Json): Json {
  if (Array.isArray(value)) return copyWritten(value, value.map(clone));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, clone(child)] as const);
  return copyWritten(value, Object.fromEntries(entries));
}
