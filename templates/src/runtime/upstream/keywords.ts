import type { Json, JsonObject } from '../api.js';
import { isObject } from '../api.js';
import { isInteger, measured, spellingsOf } from './numbers.js';

/** In place of a value that its schema does not take. */
export const refused = Symbol('refused');

export type Taken = Json | typeof refused;

/** How a value is judged. */
export interface Rules {
  /** The members that `body` requires may be missing: PATCH reuses the schema of POST. */
  readonly partialBody?: boolean;
  /** A member of `body` that is null is sent: it asks for a deletion (RFC 7396). */
  readonly mergePatch?: boolean;
  /** Members that are null or empty are judged like others, and never left out. */
  readonly keepBlanks?: boolean;
  /** Complaints beyond what is refused. With it strings spell nothing, and one branch of `oneOf` must match. */
  readonly remark?: (value: Json, schema: JsonObject, shared: boolean) => readonly string[];
}

const types = new Set<Json>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** A keyword, whether a size keeps to its limit, and how that is said. */
type Bound = readonly [
  keyword: string,
  keeps: (size: number, limit: number) => boolean,
  phrase: string,
  unit?: string,
];

const atLeast = (size: number, limit: number): boolean => size >= limit;
const atMost = (size: number, limit: number): boolean => size <= limit;
// Fractions are not divided: in binary 19.99 is not a multiple of 0.01.
const isMultiple = (size: number, limit: number): boolean =>
  !Number.isInteger(limit) || limit <= 0 || isUnsafe(size) || size % limit === 0;

/** Keywords that bound the size of a value, by its type. */
export const bounds: Readonly<Record<string, readonly Bound[]>> = {
  number: [
    ['minimum', atLeast, 'be at least'],
    ['maximum', atMost, 'be at most'],
    ['exclusiveMinimum', (size, limit) => size > limit, 'be greater than'],
    ['exclusiveMaximum', (size, limit) => size < limit, 'be less than'],
    ['multipleOf', isMultiple, 'be a multiple of'],
  ],
  string: [
    ['minLength', atLeast, 'have at least', 'character'],
    ['maxLength', atMost, 'have at most', 'character'],
  ],
  array: [
    ['minItems', atLeast, 'have at least', 'item'],
    ['maxItems', atMost, 'have at most', 'item'],
  ],
  object: [
    ['minProperties', atLeast, 'have at least', 'member'],
    ['maxProperties', atMost, 'have at most', 'member'],
  ],
};

/** Whether an integer lies beyond 2^53, where JSON readers round it to a neighbour: another record's id, perhaps. */
export function isUnsafe(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** The first keyword of a schema that the value itself breaks, whatever its parts are. Odd keywords are ignored. */
export function brokenKeyword(value: Json, schema: JsonObject): string | undefined {
  const { type, enum: values, const: constant } = schema;
  const size = measured(value);
  const spellings = spellingsOf(value);
  const isIn = (list: readonly Json[]) => spellings.some((one) => isListed(one, list));
  if (!hasType(value, type)) return 'type';
  if (Array.isArray(values) && values.length > 0 && !isIn(values)) return 'enum';
  if (constant !== undefined && !spellings.some((one) => equals(one, constant))) return 'const';
  for (const bound of bounds[kindOf(size)] ?? []) if (breaks(size, schema, bound)) return bound[0];
  return undefined;
}

/** The types that a schema names; `properties` or `items` without a type is how many documents say object or array. */
export function wantedTypes(schema: JsonObject): string[] | undefined {
  const { type } = schema;
  if (type !== undefined) return [type].flat().filter((item) => typeof item === 'string');
  if (isObject(schema['properties'])) return ['object'];
  return isObject(schema['items']) ? ['array'] : undefined;
}

/** Whether a value that was spelled by a string may take its place. */
export function isSpelled(value: Json, type: string): boolean {
  return value !== null && type !== 'string' && types.has(type) && isOfType(value, type);
}

/** A type that is not one of JSON Schema's makes the keyword odd. */
function hasType(value: Json, type: Json | undefined): boolean {
  if (typeof type === 'string') return !types.has(type) || isOfType(value, type);
  if (!Array.isArray(type) || type.length === 0 || !type.every((name) => types.has(name)))
    return true;
  return type.some((name) => isOfType(value, name));
}

function isOfType(value: Json, type: Json): boolean {
  return type === 'integer' ? isInteger(value) : kindOf(value) === type;
}

/** The JSON type of a value; integers are numbers. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof measured(value);
}

function breaks(value: Json, schema: JsonObject, [keyword, keeps]: Bound): boolean {
  const limit = schema[keyword];
  if (typeof limit !== 'number') return false;
  if (typeof value !== 'string') return !keeps(sizeOf(value), limit);
  // A text has as many code points as units, or half as many: mostly that is enough to know.
  const { length } = value;
  const isSure = keeps(Math.ceil(length / 2), limit) === keeps(length, limit);
  return !keeps(isSure ? length : codePoints(value), limit);
}

function sizeOf(value: Json): number {
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : Object.keys(value ?? {}).length;
}

function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index += 1)
    if ((text.codePointAt(index) ?? 0) > 0xffff) pairs += 1;
  return text.length - pairs;
}

// One set for each list of a tool's schemas: a list may have thousands of values, and an array as many items.
const sets = new WeakMap<readonly Json[], ReadonlySet<Json>>();

function isListed(value: Json, values: readonly Json[]): boolean {
  if (typeof value === 'object' && value !== null)
    return values.some((candidate) => equals(value, candidate));
  const set = sets.get(values) ?? new Set(values);
  sets.set(values, set);
  return set.has(value);
}

function equals(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => equals(item, b[index] ?? null))
    );
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equals(a[key] ?? null, b[key] ?? null))
  );
}

/** The schema of a member; undefined where nothing is said of it, or by a pattern of names, which is never run. */
export function memberSchema(schema: JsonObject, key: string, shared: boolean): Json | undefined {
  const { properties, additionalProperties, patternProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  const known = shared || patternProperties !== undefined || !isObject(additionalProperties);
  return known ? undefined : additionalProperties;
}

/** Whether a schema is one of bytes that are sent as such; in JSON they stay base64, and have a format. */
export function isUpload(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  return schema['contentEncoding'] === 'base64' && schema['format'] === undefined;
}

/** Where `$ref` points; the generator leaves references into `$defs` only. */
export function follow($ref: Json | undefined, { $defs }: JsonObject): Json | undefined {
  if (typeof $ref !== 'string' || !$ref.startsWith('#/$defs/') || !isObject($defs))
    return undefined;
  const name = decodePointer($ref.slice('#/$defs/'.length));
  return Object.hasOwn($defs, name) ? $defs[name] : undefined;
}

function decodePointer(token: string): string {
  if (!/[%~]/.test(token)) return token;
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return token;
  }
}

/** A copy with other values for some members, or without them; fromEntries defines properties, so that a key `__proto__` is only a key. */
export function replaced(
  value: JsonObject,
  changed: ReadonlyMap<string, Json | undefined>,
): JsonObject {
  const members = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    const taken = changed.has(key) ? changed.get(key) : item;
    return taken === undefined ? [] : [[key, taken]];
  });
  return Object.fromEntries(members);
}

/** About how much work a value is at one schema: long texts are parsed and measured, objects compared with each one of an `enum`, and branches read twice. */
export function stepsFor(value: Json, schema: JsonObject): number {
  if (typeof value === 'string') return 1 + (value.length >> 7);
  const { enum: values, anyOf, oneOf } = schema;
  const compared = typeof value === 'object' && Array.isArray(values) ? values.length : 0;
  return 1 + compared + (anyOf === undefined && oneOf === undefined ? 0 : 1);
}

/** Whether a branch says nothing of the value itself that is never looked at, so that taking it means something. */
export function isCertain(branch: Json): boolean {
  return isObject(branch) && !['pattern', 'not', 'if', 'contains'].some((key) => key in branch);
}

/** The items of a list; none of anything else. */
export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The schemas around another one that describe the same value; `shared`: several of them know members of it. */
export interface Around {
  readonly schema: JsonObject;
  readonly shared: boolean;
  readonly next: Around | undefined;
}

const MAX_AROUND = 32;

/** Whether a schema would be read for the same value again; so many others around it are as good as a circle. */
export function isAmong(schema: JsonObject, around: Around | undefined): boolean {
  let length = 0;
  for (let outer = around; outer !== undefined; outer = outer.next) {
    length += 1;
    if (outer.schema === schema || length > MAX_AROUND) return true;
  }
  return false;
}

/** Whether several schemas know members of an object, so that none of them knows which are additional. */
export function isShared(schema: JsonObject, around?: Around): boolean {
  if (around?.shared === true || schema['allOf'] !== undefined) return true;
  return isObject(schema['properties']) && ['$ref', 'anyOf', 'oneOf'].some((key) => key in schema);
}
