import { isObject, own, type Json, type JsonObject } from '../api.js';
import { decodePercent } from '../text.js';
import { isInteger, measured, spellingsOf } from './numbers.js';

/** Replaces a value that its schema does not accept. */
export const refused = Symbol('refused');

/** A value as it is accepted, or `refused`. */
export type Verdict = Json | typeof refused;

/** How a value is judged. */
export interface Rules {
  /** Required members of `body` may be missing: PATCH often reuses the schema of POST. */
  readonly partialBody?: boolean;
  /**
   * The media type of `body`. In a merge patch, null means deletion (RFC 7396). JSON without a schema, and JSON lines,
   * may be a string that contains them.
   */
  readonly bodyType?: string;
  /** Null and empty members are judged like others, and never left out. */
  readonly keepBlanks?: boolean;
  /** Differences that are not refused. With it, strings are not parsed, and one branch of `oneOf` must match. */
  readonly remark?: (value: Json, schema: JsonObject, shared: boolean) => readonly string[];
  /** Whether the document itself contradicts a rule, so that breaking it is not refused. */
  readonly waives?: (...rule: Rule) => boolean;
}

/**
 * A rule of a schema: a keyword, `branches` for `anyOf` and `oneOf`, `type:` with the JSON type that it excludes, or
 * `required:` with the member.
 */
export type Rule = readonly [schema: JsonObject, rule: string];

/** The name of the rule that a value breaks. */
export function ruleOf(keyword: string, value: Json): string {
  return keyword === 'type' ? `type:${kindOf(value)}` : keyword;
}

const types = new Set<Json>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** A keyword, whether a size is within its limit, and how a message phrases it. */
type Bound = readonly [
  keyword: string,
  keeps: (size: number, limit: number) => boolean,
  phrase: string,
  unit?: string,
];

const atLeast = (size: number, limit: number): boolean => size >= limit;
const atMost = (size: number, limit: number): boolean => size <= limit;
// Fractions are not checked: in binary, 19.99 is not a multiple of 0.01.
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

/** Whether an integer is beyond 2^53, where JSON parsers round it, possibly to another record's ID. */
export function isUnsafe(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** The first keyword that a value violates, apart from its members or items. Malformed keywords are ignored. */
export function brokenKeyword(
  value: Json,
  schema: JsonObject,
  waives: Rules['waives'] = () => false,
): string | undefined {
  const { type, enum: values, const: constant } = schema;
  const size = measured(value);
  const spellings = spellingsOf(value);
  const isIn = (list: readonly Json[]) => spellings.some((one) => isListed(one, list));
  const counts = (keyword: string) => !waives(schema, ruleOf(keyword, value));
  if (!hasType(value, type) && counts('type')) return 'type';
  if (Array.isArray(values) && values.length > 0 && !isIn(values) && counts('enum')) return 'enum';
  if (constant !== undefined && !spellings.some((one) => equals(one, constant)) && counts('const'))
    return 'const';
  for (const bound of bounds[kindOf(size)] ?? [])
    if (breaks(size, schema, bound) && counts(bound[0])) return bound[0];
  return undefined;
}

/** Required members that an object lacks. */
export function missingNames(
  value: JsonObject,
  schema: JsonObject,
  waives: Rules['waives'] = () => false,
): string[] {
  return listOf(schema['required']).filter(
    (name): name is string =>
      typeof name === 'string' &&
      !Object.hasOwn(value, name) &&
      !waives(schema, `required:${name}`),
  );
}

/** The types that a schema names; many documents mean them by `properties`, `items`, `const` or `enum` alone. */
export function wantedTypes(schema: JsonObject): string[] | undefined {
  const { type, enum: values, const: constant } = schema;
  if (type !== undefined) return [type].flat().filter((item) => typeof item === 'string');
  if (isObject(schema['properties'])) return ['object'];
  if (isObject(schema['items'])) return ['array'];
  if (constant !== undefined) return [kindOf(constant)];
  return Array.isArray(values) && values.length > 0 ? listed(values).kinds : undefined;
}

/** Whether a schema does not say at all which values it describes. */
export function isOpen(schema: JsonObject): boolean {
  const telling = ['$ref', 'allOf', 'anyOf', 'oneOf'];
  return wantedTypes(schema) === undefined && !telling.some((keyword) => keyword in schema);
}

/** Whether a value that was parsed from a string may replace the string. */
export function isSpelled(value: Json, type: string): boolean {
  return value !== null && type !== 'string' && types.has(type) && isOfType(value, type);
}

/** A type that JSON Schema does not define makes the keyword malformed. */
function hasType(value: Json, type: Json | undefined): boolean {
  if (typeof type === 'string') return !types.has(type) || isOfType(value, type);
  const isList = Array.isArray(type) && type.length > 0 && type.every((name) => types.has(name));
  return !isList || type.some((name) => isOfType(value, name));
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
  // A string has between half as many code points as code units and just as many: usually that bound is enough.
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

// For each list in a tool's schemas: a list may have thousands of values, and so may an array.
const lists = new WeakMap<readonly Json[], { values: ReadonlySet<Json>; kinds: string[] }>();

function listed(all: readonly Json[]) {
  const known = lists.get(all) ?? { values: new Set(all), kinds: [...new Set(all.map(kindOf))] };
  lists.set(all, known);
  return known;
}

function isListed(value: Json, values: readonly Json[]): boolean {
  if (typeof value !== 'object' || value === null) return listed(values).values.has(value);
  return values.some((candidate) => equals(value, candidate));
}

/** Whether a schema lists its values, and this is not one of them. */
export function isUnlisted(value: Json, { enum: values }: JsonObject): boolean {
  return Array.isArray(values) && values.length > 0 && !isListed(value, values);
}

/** Ends at the first difference, unlike a comparison of JSON texts: a caller's value may be long. */
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

/** The schema of a member; undefined if there is none, or only one for a name pattern: those are never run. */
export function memberSchema(schema: JsonObject, key: string, shared: boolean): Json | undefined {
  const { properties, additionalProperties, patternProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  const known = shared || patternProperties !== undefined || !isObject(additionalProperties);
  return known ? undefined : additionalProperties;
}

/** Whether a schema describes raw bytes; in JSON they stay base64 and have a format. */
export function isUpload(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  return schema['contentEncoding'] === 'base64' && schema['format'] === undefined;
}

/** The schema that `$ref` points to; the generator only leaves references into `$defs`. */
export function follow($ref: Json | undefined, { $defs }: JsonObject): Json | undefined {
  if (typeof $ref !== 'string' || !$ref.startsWith('#/$defs/') || !isObject($defs))
    return undefined;
  return own($defs, decodePointer($ref.slice('#/$defs/'.length)));
}

/** The schema that is meant: the target of a reference, or itself. */
export function meant(schema: Json | undefined, root: JsonObject): JsonObject {
  if (!isObject(schema)) return {};
  const target = follow(schema['$ref'], root);
  return isObject(target) ? target : schema;
}

function decodePointer(token: string): string {
  return /[%~]/.test(token)
    ? decodePercent(token).replaceAll('~1', '/').replaceAll('~0', '~')
    : token;
}

/** A copy with some members replaced or removed; fromEntries defines properties, so a key `__proto__` is just a key. */
export function replaced(
  value: JsonObject,
  changed: ReadonlyMap<string, Json | undefined>,
): JsonObject {
  const members = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    const kept = changed.has(key) ? changed.get(key) : item;
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.fromEntries(members);
}

/** The rough cost of a value at one schema: long strings, comparisons with `enum`, and choosing among branches. */
export function stepsFor(value: Json, schema: JsonObject): number {
  if (typeof value === 'string') return 1 + (value.length >> 7);
  const { enum: values, anyOf, oneOf } = schema;
  const compared = typeof value === 'object' && Array.isArray(values) ? values.length : 0;
  return 1 + compared + ((listOf(anyOf).length + listOf(oneOf).length + 1) >> 1);
}

/** Whether all the branch's constraints on the value itself are checked, so that accepting it means something. */
export function isCertain(branch: Json): boolean {
  return isObject(branch) && !['pattern', 'not', 'if', 'contains'].some((key) => key in branch);
}

/** The items of a list; empty for anything else. */
export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The schemas around another one that describe the same value; `shared`: several of them define members of it. */
export interface Around {
  readonly schema: JsonObject;
  readonly shared: boolean;
  readonly next: Around | undefined;
}

const MAX_AROUND = 32;

/** Whether a schema would be read again for the same value; more than MAX_AROUND around it count as a cycle. */
export function isAmong(schema: JsonObject, around: Around | undefined): boolean {
  let length = 0;
  for (let outer = around; outer !== undefined; outer = outer.next) {
    length += 1;
    if (outer.schema === schema || length > MAX_AROUND) return true;
  }
  return false;
}

/** Whether several schemas define members of an object, so that none of them can tell which are additional. */
export function isShared(schema: JsonObject, around?: Around): boolean {
  if (around?.shared === true || schema['allOf'] !== undefined) return true;
  return isObject(schema['properties']) && ['$ref', 'anyOf', 'oneOf'].some((key) => key in schema);
}
