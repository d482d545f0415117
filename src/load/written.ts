import { isObject, type Json } from '../json.js';

// `1.10` in YAML or JSON becomes the number 1.1, and an id of 19 digits becomes another id. The source text is kept
// beside the value, by the object or list that holds it, until it is known where text or digits are wanted.

const kept = new WeakMap<object, Map<string, string>>();

/** Keeps the source text of a value that does not preserve it. */
export function keepWritten(holder: object, key: string, text: string): void {
  const texts = kept.get(holder) ?? new Map<string, string>();
  kept.set(holder, texts.set(key, text));
}

/** The source text of the value under a key, if it was kept. */
export function writtenAt(holder: object, key: string): string | undefined {
  return kept.get(holder)?.get(key);
}

/** Keeps the source texts of the original for its copy; returns the copy. */
export function copyWritten<T extends object>(original: object, copy: T): T {
  const texts = kept.get(original);
  if (texts !== undefined) kept.set(copy, new Map(texts));
  return copy;
}

/** Keeps the source text of one place for another, when the value moves there. */
export function moveWritten(
  [from, key]: readonly [object, string | number],
  [to, toKey]: readonly [object, string | number],
): void {
  const text = writtenAt(from, String(key));
  if (text === undefined) kept.get(to)?.delete(String(toKey));
  else keepWritten(to, String(toKey), text);
}

/** A deep copy, with its source texts. */
export function clone(value: Json): Json {
  if (Array.isArray(value)) return copyWritten(value, value.map(clone));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => [key, clone(child)] as const);
  return copyWritten(value, Object.fromEntries(entries));
}
