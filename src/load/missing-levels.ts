import { childOf, isObject, record, type Json, type JsonObject } from '../json.js';
import { resolve } from '../pointer.js';
import type { Kind } from './grammar.js';
import { isType, isTypeName } from './upgrade/repair-schema.js';
import { isReference } from './walk.js';

const json = 'application/json';

/**
 * Inserts what many documents leave out between a request body and its schema: `content`, the media type, or the field
 * `schema`; and removes the level that they add to a schema. The value is changed.
 */
export function correctLevels(value: Json, kind: Kind, document: JsonObject): void {
  if (!isObject(value)) return;
  if (kind === 'requestBody') insertContent(value, document);
  else if (kind === 'content' && isObject(value['schema'])) move(value, ['schema'], [json]);
  else if (kind === 'mediaType' && isSchema(value, document))
    move(value, Object.keys(value), ['schema']);
  else if (kind === 'schema') liftKeywords(value);
}

/** `properties: { type: string, format: email }`: keywords of the schema itself where its members belong. */
function liftKeywords(schema: JsonObject): void {
  const { properties } = schema;
  if (!isObject(properties) || !isTypeName(properties['type'] ?? null)) return;
  const { type = null, ...others } = properties;
  if (!Object.keys(others).every((key) => VALUES.has(key))) return;
  // The name of a type is the short form of a member with that name.
  const stated = Object.values(others).filter((value) => !isObject(value) && !isType(value));
  const isList = type === 'array' && 'items' in others;
  if (stated.length === 0 && !isList) return;
  Reflect.deleteProperty(schema, 'properties');
  Object.assign(schema, { type }, others);
}

const VALUES = new Set(
  'format description items enum example default pattern nullable title minLength maxLength'.split(
    ' ',
  ),
);

function insertContent(body: JsonObject, document: JsonObject): void {
  if (isObject(body['content'])) return;
  const types = Object.keys(body).filter((key) => key.includes('/'));
  if (types.length > 0) move(body, types, ['content']);
  else if (body['schema'] !== undefined)
    move(body, ['schema', 'example', 'examples'], ['content', json]);
  else if (isSchema(body, document)) move(body, fieldsOf(body), ['content', json, 'schema']);
}

/** `required: true` is of the body, a list is of the schema. */
function fieldsOf(body: JsonObject): string[] {
  return Object.keys(body).filter((key) => key !== 'required' || Array.isArray(body[key]));
}

/** Keywords of an object that a schema has, and nothing that is sent has. */
const keywords = ['type', 'properties', 'items', 'allOf', 'anyOf', 'oneOf'];

/** Whether an object is a schema, or a reference to one; a shared body gets its levels where it is. */
function isSchema(value: JsonObject, document: JsonObject): boolean {
  if (isReference(value) && /^#\/components\/(requestBodies|mediaTypes)\//.test(value.$ref))
    return false;
  const target = resolve(document, value);
  const isSent = ['content', 'schema'].some((field) => childOf(target, field) !== undefined);
  return !isSent && keywords.some((keyword) => childOf(target, keyword) !== undefined);
}

/** Moves fields of an object into a new one at a path below it; where the path ends in a media type, with their names. */
function move(holder: JsonObject, keys: readonly string[], path: readonly string[]): void {
  const moved = record(keys.map((key) => [key, childOf(holder, key)]));
  for (const key of keys) Reflect.deleteProperty(holder, key);
  const [first = '', ...rest] = path;
  holder[first] = rest.reduceRight<Json>((value, key) => ({ [key]: value }), moved);
}
