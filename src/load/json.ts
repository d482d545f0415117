import { childOf, isObject, type Json, type JsonObject } from '../json.js';

/** An object that stands for another one: `{ "$ref": "…" }`, perhaps with siblings. */
export type Reference = JsonObject & { $ref: string };

/** Tells a reference from every other JSON value; a property that happens to be named `$ref` has an object there. */
export function isReference(value: Json | undefined): value is Reference {
  return isObject(value) && Object.hasOwn(value, '$ref') && typeof value['$ref'] === 'string';
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
