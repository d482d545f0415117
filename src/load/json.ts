import type { Json, JsonObject } from './document.js';

/** Tells an object from every other JSON value. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that stands for another one: `{ "$ref": "…" }`, perhaps with siblings. */
export type Reference = JsonObject & { $ref: string };

/** Tells a reference from every other JSON value; a property that happens to be named `$ref` has an object there. */
export function isReference(value: Json | undefined): value is Reference {
  return isObject(value) && Object.hasOwn(value, '$ref') && typeof value['$ref'] === 'string';
}

/** The own property of an object or the element of an array, or nothing; never what a prototype would give. */
export function childOf(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The object under a key, made when there is none. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const found = childOf(parent, key);
  if (isObject(found)) return found;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

/** The strings in a list; nothing when there is no list. */
export function stringsOf(value: Json | undefined): string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}
