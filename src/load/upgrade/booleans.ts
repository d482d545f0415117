import type { Json, JsonObject } from '../document.js';

/** Words for a boolean: in quotes, or as YAML 1.1 reads them (`required: yes`), which many tools still do. */
const words = new Map([
  ...['true', 'yes', 'on', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n'].map((word) => [word, false] as const),
]);

/** Fields that are boolean in every object that has them; in a schema `required` is a list. */
const fields = new Set([
  'required',
  'deprecated',
  'explode',
  'allowReserved',
  'allowEmptyValue',
  'nullable',
  'x-nullable',
  'readOnly',
  'writeOnly',
  'uniqueItems',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);

/** The boolean that a word means; any other value unchanged. */
export function asBoolean(value: Json): Json {
  return typeof value === 'string' ? (words.get(value.trim().toLowerCase()) ?? value) : value;
}

/** Reads words where a boolean belongs. The object is changed. */
export function restoreBooleans(holder: JsonObject): void {
  for (const key of Object.keys(holder)) {
    const value = holder[key];
    if (typeof value === 'string' && fields.has(key)) holder[key] = asBoolean(value);
  }
}
