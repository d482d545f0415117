import type { Json, JsonObject } from '../api.js';
import { isObject } from '../api.js';

/** A member's name or an item's index. */
export type Key = string | number;

const types = new Set<Json>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

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

const bounds: Readonly<Record<string, readonly Bound[]>> = {
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
  const measured = isLongInteger(value, type) ? Number(value) : value;
  if (!hasType(measured, type)) return 'type';
  if (Array.isArray(values) && values.length > 0 && !isListed(measured, values)) return 'enum';
  if (constant !== undefined && !equals(measured, constant)) return 'const';
  for (const bound of bounds[kindOf(measured)] ?? [])
    if (breaks(measured, schema, bound)) return bound[0];
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
  if (value === null || (typeof value === 'number' && isUnsafe(value))) return false;
  return type !== 'string' && types.has(type) && isOfType(value, type);
}

/** A type that is not one of JSON Schema's makes the keyword odd. */
function hasType(value: Json, type: Json | undefined): boolean {
  if (typeof type === 'string') return !types.has(type) || isOfType(value, type);
  if (!Array.isArray(type) || type.length === 0 || !type.every((name) => types.has(name)))
    return true;
  return type.some((name) => isOfType(value, name));
}

function isOfType(value: Json, type: Json): boolean {
  return type === 'integer' ? Number.isInteger(value) : kindOf(value) === type;
}

/** Digits that no number can carry, where a number is wanted: they are sent as they are, and never rounded. */
function isLongInteger(value: Json, type: Json | undefined): value is string {
  if (typeof value !== 'string' || type === undefined || type === 'string') return false;
  const types = [type].flat();
  const isNumeric = types.includes('integer') || types.includes('number');
  if (!isNumeric || types.includes('string')) return false;
  return /^-?[1-9]\d{15,99}$/.test(value) && isUnsafe(Number(value));
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

/** What is wrong with a value, as the end of a sentence that begins with its path. Never repeats the value. */
export function faultText(value: Json, schema: JsonObject, keyword: string): string {
  const limit = schema[keyword] ?? null;
  if (keyword === 'type')
    return `must be ${namesOf(wantedTypes(schema))}, not ${nameOf(value, schema)}`;
  if (keyword === 'enum') return `must be one of ${listed(listOf(limit))}`;
  if (keyword === 'const') return `must be ${brief(limit)}`;
  const bound = Object.values(bounds)
    .flat()
    .find(([name]) => name === keyword);
  if (keyword === 'oneOf') return `seems to match ${brief(limit)} branches instead of one`;
  if (bound === undefined) return 'must be left out';
  const [, , phrase, unit] = bound;
  const plural = unit === undefined ? '' : ` ${unit}${limit === 1 ? '' : 's'}`;
  return `must ${phrase} ${brief(limit)}${plural}`;
}

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'a boolean',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function nameOf(value: Json, schema: JsonObject): string {
  const isFraction = typeof value === 'number' && wantedTypes(schema)?.includes('integer') === true;
  return isFraction ? 'a fraction' : (names[kindOf(value)] ?? '');
}

function namesOf(types: readonly string[] = []): string {
  const all = types.map((type) => names[type] ?? type);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

function listed(values: readonly Json[]): string {
  const shown = values.slice(0, 20).map(brief).join(', ');
  return values.length > 20 ? `${shown} and ${values.length - 20} more` : shown;
}

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `body.items[3].price`; names that are not plain words in quotes. */
export function pathOf(keys: readonly Key[]): string {
  if (keys.length === 0) return 'The argument object';
  const path = keys.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`;
    if (!/^[\w$-]{1,64}$/.test(key)) return `[${JSON.stringify(key.slice(0, 64))}]`;
    return index === 0 ? key : `.${key}`;
  });
  return path.length > 12
    ? `${path.slice(0, 4).join('')}…${path.slice(-6).join('')}`
    : path.join('');
}

/** Whether several schemas know members of an object, so that none of them knows which are additional. */
export function sharesMembers(schema: JsonObject): boolean {
  if (schema['allOf'] !== undefined) return true;
  return isObject(schema['properties']) && ['$ref', 'anyOf', 'oneOf'].some((key) => key in schema);
}

/** The schema of a member; undefined where nothing is said of it, or by a pattern of names, which is never run. */
export function memberSchema(schema: JsonObject, key: string, shared: boolean): Json | undefined {
  const { properties, additionalProperties, patternProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  const known = shared || patternProperties !== undefined || !isObject(additionalProperties);
  return known ? undefined : additionalProperties;
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

/** A copy with other values for some members; fromEntries defines properties, so that a key `__proto__` is only a key. */
export function replaced(value: JsonObject, changed: ReadonlyMap<string, Json>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, changed.get(key) ?? item]),
  );
}

/** The value of a JSON text; undefined when it is not one. */
export function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** About how many members a JSON text has. */
export function separatorsIn(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // A comma, a bracket or a brace.
    if (code === 0x2c || code === 0x5b || code === 0x7b) count += 1;
  }
  return count;
}

/** Whether a branch says nothing of the value itself that is never looked at, so that taking it means something. */
export function isCertain(branch: Json): boolean {
  return isObject(branch) && !['pattern', 'not', 'if', 'contains'].some((key) => key in branch);
}

/** The items of a list; none of anything else. */
export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** About how much work a value is at one schema: long texts are parsed and measured, objects compared with each one of an `enum`, and branches read twice. */
export function stepsFor(value: Json, schema: JsonObject): number {
  if (typeof value === 'string') return 1 + (value.length >> 7);
  const { enum: values, anyOf, oneOf } = schema;
  const compared = typeof value === 'object' && Array.isArray(values) ? values.length : 0;
  return 1 + compared + (anyOf === undefined && oneOf === undefined ? 0 : 2);
}
