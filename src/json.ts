import type { Json, JsonObject } from '../templates/src/runtime/api.js';

export { byCodeUnit, groupBy, membersOf as object, own } from '../templates/src/runtime/api.js';
export type { Json, JsonObject };

// An OpenAPI document may be broken anywhere, and so may what a server sends, so nothing is assumed about its shape.
// Each function returns a value of its type, or an empty one.

/** The value of a JSON text; undefined when it is not JSON. */
export function parseJson(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}

/** Distinguishes an object from every other JSON value. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of an object or the element of an array, or undefined; never a property of a prototype. */
export function childOf(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Sets a property of an object or an element of an array; does nothing to any other value. */
export function setChild(holder: Json, key: string | number, value: Json): void {
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else if (isObject(holder)) holder[key] = value;
}

/** The value if it is an array, else an empty one. */
export function array(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** The value, trimmed, if it is a string that is not blank. */
export function text(value: unknown): string | undefined {
  const trimmed = typeof value === 'string' ? value.trim() : '';
  return trimmed === '' ? undefined : trimmed;
}

/** A string, or the number that YAML made of an unquoted one: `version: 1.0`. */
export function scalar(value: Json | undefined): string | undefined {
  return typeof value === 'number'
    ? String(value)
    : typeof value === 'string'
      ? value.trim()
      : undefined;
}

/** The strings of an array. */
export function texts(value: unknown): string[] {
  return array(value).filter((item) => typeof item === 'string');
}

/** An object of the entries with a defined value. They are own properties, so that `__proto__` is an ordinary name. */
export function record<T>(entries: Iterable<readonly [string, T | undefined]>): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [name, value] of entries) if (value !== undefined) put(result, name, value);
  return result;
}

/** Sets an own property; an assignment to `__proto__` would not make one. */
export function put<T>(holder: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') holder[name] = value;
  else Object.defineProperty(holder, name, { value, ...plain });
}

const plain = { enumerable: true, configurable: true, writable: true };

/** A value and everything that it leads to, directly or not, each once. Chains may be of any length. */
export function* reachable<T>(start: T, next: (value: T) => Iterable<T>): Generator<T> {
  const found = new Set([start]);
  // Iterating a set includes elements added on the way.
  for (const value of found) {
    yield value;
    for (const one of next(value)) found.add(one);
  }
}
