export type Json = string | number | boolean | null | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

// An OpenAPI document may be broken anywhere, so nothing is assumed about its shape. Each function returns a value of
// its type, or an empty one.

/** Distinguishes an object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of an object or the element of an array, or undefined; never a property of a prototype. */
export function childOf(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The own property of that name, or undefined. */
export function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The value if it is an object, else an empty one. */
export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The value if it is an array, else an empty one. */
export function array(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The value, trimmed, if it is a string that is not blank. */
export function text(value: Json | undefined): string | undefined {
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
export function texts(value: Json | undefined): string[] {
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

/** The order of UTF-16 code units, the same on every machine and in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
