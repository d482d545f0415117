import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../load/document.js';
import { ANNOTATIONS } from '../../../templates/src/runtime/upstream/arguments.js';
import { array, isObject, object, scalar, texts } from '../../json.js';

/** The keywords that parts of `allOf` may have to be merged into one object. */
const MERGEABLE = [...ANNOTATIONS, 'type', 'properties', 'required', 'allOf'];

/** Merges the parts of `allOf` that describe members into the schema, the form that models read best. */
function flatten(schema: JsonObject): JsonObject {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  const parts = allOf.map((part) => (isObject(part) ? flatten(part) : part));
  const rest = parts.filter((part) => !isMergeable(part));
  const merged = [...parts.filter(isMergeable), own].reduce(merge, {});
  return closed({ ...(rest.length > 0 && { allOf: rest }), ...merged });
}

function isMergeable(part: Json): part is JsonObject {
  if (!isObject(part) || part['allOf'] !== undefined) return false;
  return (
    (part['type'] === undefined || part['type'] === 'object') &&
    Object.keys(part).every((key) => MERGEABLE.includes(key))
  );
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const properties = new Map(Object.entries(object(a['properties'])));
  for (const [name, schema] of Object.entries(object(b['properties'])))
    properties.set(name, both(properties.get(name), schema));
  const required = [...new Set([...texts(a['required']), ...texts(b['required'])])];
  return {
    ...a,
    ...b,
    ...(properties.size > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.length > 0 && { required }),
  };
}

/** One schema for two descriptions of the same member; if both only annotate, the later one counts. */
function both(a: Json | undefined, b: Json): Json {
  if (a === undefined || isDeepStrictEqual(a, b) || a === true) return b;
  if (!isObject(a) || !isObject(b)) return b === true ? a : { allOf: [a, b] };
  const agree = Object.keys(a).every(
    (key) => b[key] === undefined || ANNOTATIONS.includes(key) || isDeepStrictEqual(a[key], b[key]),
  );
  return agree ? { ...a, ...b } : { allOf: [a, b] };
}

/** Keywords that may describe more members than `properties`. */
const DESCRIBING = [
  'additionalProperties',
  'allOf',
  'anyOf',
  'oneOf',
  '$ref',
  'if',
  'dependentSchemas',
];

/** An object without other descriptions lists all of its members itself. */
export function closed(schema: JsonObject): JsonObject {
  const { unevaluatedProperties, ...rest } = schema;
  const isWhole = DESCRIBING.every((key) => rest[key] === undefined);
  return unevaluatedProperties === false && isWhole
    ? { ...rest, additionalProperties: false }
    : schema;
}

/** A longer list of kinds does not help a model. */
const MOST_VALUES = 64;

/** The schema of one kind: the object, with the value of its discriminator. */
export function withValue(
  schema: JsonObject | boolean,
  property: string,
  values: readonly string[],
): JsonObject | boolean {
  if (!isObject(schema) || values.length === 0 || values.length > MOST_VALUES) return schema;
  const flat = flatten(schema);
  const { properties, required } = flat;
  const stated = object(object(properties)[property]);
  const { enum: listed, ...rest } = stated;
  const value = valueOf(stated, values);
  const isTold = value['const'] !== undefined || listed === undefined;
  const own = { ...rest, ...(!isTold && { enum: listed }), ...value };
  const whole = flat['$ref'] === undefined ? flat : { allOf: [flat] };
  return {
    ...whole,
    properties: { ...object(properties), [property]: own },
    required: [...new Set([...texts(required), property])],
  };
}

/** Whether a kind may have a value of its discriminator, given as text. */
export function mayHave(kind: JsonObject | boolean, property: string, value: string): boolean {
  const { const: only, enum: listed } = object(object(object(kind)['properties'])[property]);
  return [only, listed].every(
    (stated) => stated === undefined || [stated].flat().some((one) => scalar(one) === value),
  );
}

/** Values stated in the document take precedence over the name of a schema. */
function valueOf(stated: JsonObject, texts: readonly string[]): JsonObject {
  if (stated['const'] !== undefined) return {};
  const listed = array(stated['enum']);
  const values = texts.map((text) => typed(text, stated['type']));
  const plain = (value: Json) => (typeof value === 'string' ? value.toLowerCase() : value);
  const exact = listed.filter((value) => values.some((wanted) => wanted === value));
  const alike = listed.filter((value) => values.some((wanted) => plain(wanted) === plain(value)));
  const [only, ...more] = exact.length > 0 ? exact : listed.length > 0 ? alike : values;
  if (only === undefined) return {};
  return more.length > 0 ? { enum: [only, ...more] } : { const: only };
}

/** The keys of a mapping are texts, also where the property is a number. */
function typed(text: string, type: Json | undefined): Json {
  const isNumeric = [type].flat().some((name) => name === 'integer' || name === 'number');
  return isNumeric && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
