import type { Json, JsonObject, Report } from '../document.js';
import { formatPointer } from '../../pointer.js';
import { childOf, isObject } from '../../json.js';
import { writtenAt } from '../written.js';
import { asBoolean } from './booleans.js';
import { nameValues } from './enum-names.js';

const types = new Set('null boolean object array number string integer'.split(' '));

/** JSON Schema types for names from other languages, older versions and older tools. */
const meant = new Map<string, JsonObject>([
  ['file', { type: 'string', format: 'binary' }],
  ['int', { type: 'integer' }],
  ['long', { type: 'integer' }],
  ['bigint', { type: 'integer' }],
  ['float', { type: 'number' }],
  ['double', { type: 'number' }],
  ['decimal', { type: 'number' }],
  ['bool', { type: 'boolean' }],
  ['date', { type: 'string', format: 'date' }],
  ['datetime', { type: 'string', format: 'date-time' }],
  ['date-time', { type: 'string', format: 'date-time' }],
  ['str', { type: 'string' }],
  ['text', { type: 'string' }],
  ['email', { type: 'string', format: 'email' }],
  ['url', { type: 'string', format: 'uri' }],
  ['list', { type: 'array' }],
  ['map', { type: 'object' }],
  ['dict', { type: 'object' }],
  ['uuid', { type: 'string', format: 'uuid' }],
]);

/** Whether a value is the name of a type, here or in another language. */
export function isTypeName(value: Json): boolean {
  if (typeof value !== 'string') return false;
  const name = value.toLowerCase();
  return types.has(name) || meant.has(name);
}

type Test = (value: Json) => boolean;

const isNumber: Test = (value) => typeof value === 'number';
const isBound: Test = (value) => isNumber(value) || typeof value === 'boolean';
const isCount: Test = (value) => typeof value === 'number' && value >= 0 && Number.isInteger(value);
const isString: Test = (value) => typeof value === 'string';
/** Whether a value is the name of a type of JSON Schema. */
export const isType: Test = (value) => typeof value === 'string' && types.has(value);
const areTypes: Test = (value) => [value].flat().every(isType);

/** The valid values of keywords for which any other value makes a validator reject the whole schema. */
const tests = new Map<string, Test>([
  ['type', areTypes],
  ['required', (value) => Array.isArray(value) && value.every(isString)],
  ['enum', (value) => Array.isArray(value)],
  ['minimum', isNumber],
  ['maximum', isNumber],
  ['exclusiveMinimum', isBound],
  ['exclusiveMaximum', isBound],
  ['multipleOf', (value) => typeof value === 'number' && value > 0],
  ['minLength', isCount],
  ['maxLength', isCount],
  ['minItems', isCount],
  ['maxItems', isCount],
  ['minProperties', isCount],
  ['maxProperties', isCount],
  ['uniqueItems', (value) => typeof value === 'boolean'],
  ['pattern', isString],
  ['format', isString],
]);

const bounds = 'minimum maximum exclusiveMinimum exclusiveMaximum'.split(' ');

/** Repairs or drops keywords of a schema with invalid values. */
export function repairSchema(schema: JsonObject, path: readonly string[], report: Report): void {
  repairType(schema);
  fixEnum(schema);
  fixShown(schema);
  fixConst(schema);
  nameValues(schema);
  for (const key of ['allOf', 'anyOf', 'oneOf']) dropEmpty(schema, key);
  for (const key of Object.keys(schema)) {
    const test = tests.get(key);
    const value = schema[key] ?? null;
    if (!test || test(value) || fixNumber(schema, key, value, test)) continue;
    Reflect.deleteProperty(schema, key);
    // `required: true` on a property is draft 3: harmless, and frequent in the documents that have it.
    if (key !== 'required' || typeof value !== 'boolean') report(invalidKeyword([...path, key]));
  }
  for (const key of bounds) dropInexact(schema, key);
}

/** A bound that JavaScript cannot represent exactly would refuse valid values; the API checks it anyway. */
function dropInexact(schema: JsonObject, key: string): void {
  const value = schema[key];
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    Reflect.deleteProperty(schema, key);
}

function repairType(schema: JsonObject): void {
  const { type } = schema;
  if (type === undefined || areTypes(type)) return;
  if (typeof type === 'string' && /^any$/i.test(type)) Reflect.deleteProperty(schema, 'type');
  else Object.assign(schema, Array.isArray(type) ? meantByAll(type) : meantBy(type));
}

const LIST = /^([^|,]{1,60})\[\]$|^(?:array|list|set)(?:<(.{1,60})>|\[(.{1,60})\])$/;

/** `int`, `string[]` and `Array<string>`, and several in one text (`string | null`). */
function meantBy(type: Json): JsonObject | undefined {
  // In YAML, `null` without quotes is not a text.
  const name = type === null ? 'null' : typeof type === 'string' ? type.trim().toLowerCase() : '';
  if (types.has(name)) return { type: name };
  const [, inside] = LIST.exec(name)?.filter(Boolean) ?? [];
  const items = inside === undefined ? undefined : meantBy(inside);
  if (items !== undefined) return { type: 'array', items };
  if (/[|,]/.test(name)) return meantByAll(name.split(/[|,]/));
  return meant.get(name);
}

function meantByAll(names: readonly Json[]): JsonObject | undefined {
  const all = names.map(meantBy);
  if (!all.every((one) => one !== undefined)) return undefined;
  const merged = all.reduce<JsonObject>((before, one) => ({ ...before, ...one }), {});
  return { ...merged, type: [...new Set(all.flatMap(({ type = [] }) => type))] };
}

/** Values whose type is not the schema's, such as numbers from unquoted digits in YAML. */
function fixEnum(schema: JsonObject): void {
  const { enum: listed } = schema;
  const type = onlyType(schema);
  if (!Array.isArray(listed) || type === undefined) return;
  // `enum: [*units, other]` in YAML, where the alias is a list.
  const flat = type !== 'array' && listed.some(Array.isArray) ? listed.flat() : listed;
  // `{ value: a, label: A }`, as lists of choices have it.
  const isChoices = type !== 'object' && flat.some(isObject);
  const values = isChoices ? flat.map((one) => childOf(one, 'value') ?? one) : flat;
  const isUnquoted = (index: number) => writtenAt(values, String(index)) !== undefined;
  const repaired = values.map((value, index) => repairValue(value, type, isUnquoted(index)));
  schema['enum'] = repaired;
  const kinds = repaired.map((value) => kindOf(value, type));
  const others = kinds.filter((kind) => kind !== type && kind !== 'null');
  if (others.length === 0) return;
  if (type === 'array' && !kinds.includes(type)) moveToItems(schema);
  else setType(schema, new Set(kinds.includes(type) ? [type, ...others] : others));
}

/** The same for the one value of `const`. */
function fixConst(schema: JsonObject): void {
  const { const: value = null } = schema;
  const type = onlyType(schema);
  if (value === null || type === undefined) return;
  const repaired = repairValue(value, type, false);
  schema['const'] = repaired;
  if (kindOf(repaired, type) !== type) setType(schema, new Set([kindOf(repaired, type)]));
}

/** The one type of a schema that is not null. */
function onlyType({ type }: JsonObject): string | undefined {
  const [only, ...others] = [type ?? []].flat().filter((name) => name !== 'null');
  return typeof only === 'string' && others.length === 0 ? only : undefined;
}

/** Replaces the type, but for null. */
function setType(schema: JsonObject, kinds: ReadonlySet<string>): void {
  const isNullable = Array.isArray(schema['type']) && schema['type'].includes('null');
  schema['type'] = typeOf([...kinds, ...(isNullable ? ['null'] : [])]);
}

/** No value could meet both: the values say more than the type does. */
function typeOf(kinds: readonly string[]): Json {
  const [only = '', ...more] = kinds;
  return more.length === 0 ? only : [...kinds];
}

/** The values of a list are meant for its items. */
function moveToItems(schema: JsonObject): void {
  const { items = {}, enum: values = [] } = schema;
  Reflect.deleteProperty(schema, 'enum');
  schema['items'] = items;
  if (isObject(items) && !('enum' in items) && !('$ref' in items)) items['enum'] = values;
}

function kindOf(value: Json, type: string): string {
  if (value === null) return 'null';
  // Long numbers are kept as their digits.
  const isDigits = typeof value === 'string' && value !== '' && Number.isFinite(Number(value));
  if (isDigits && (type === 'integer' || type === 'number')) return type;
  if (typeof value !== 'number') return Array.isArray(value) ? 'array' : typeof value;
  return type === 'integer' && Number.isInteger(value) ? type : 'number';
}

/** `default: no`, which YAML 1.1 reads as false, and numbers in quotes. */
function fixShown(schema: JsonObject): void {
  const type = onlyType(schema);
  if (type === undefined || type === 'string') return;
  for (const key of ['default', 'const', 'example']) {
    const value = schema[key];
    if (typeof value === 'string') schema[key] = repairValue(value, type, true);
  }
}

function repairValue(value: Json, type: string, isUnquoted: boolean): Json {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return String(value);
  if (typeof value !== 'string') return value;
  // In quotes, "yes" is a text that the API expects.
  if (type === 'boolean')
    return isUnquoted || /^\s*(true|false)\s*$/i.test(value) ? asBoolean(value) : value;
  const number = type === 'integer' || type === 'number' ? Number(value) : NaN;
  const isExact = Number.isSafeInteger(number) || !Number.isInteger(number);
  return value.trim() !== '' && Number.isFinite(number) && isExact ? number : value;
}

/** JSON Schema requires at least one element in these. */
function dropEmpty(schema: JsonObject, key: string): void {
  const list = schema[key];
  if (Array.isArray(list) && list.length === 0) Reflect.deleteProperty(schema, key);
}

/** A number in quotes. */
function fixNumber(schema: JsonObject, key: string, value: Json, test: Test): boolean {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (!Number.isFinite(number) || !test(number)) return false;
  schema[key] = number;
  return true;
}

function invalidKeyword(path: readonly string[]) {
  return {
    code: 'INVALID_KEYWORD',
    message: `The value of "${path.at(-1) ?? ''}" is invalid and is ignored.`,
    place: formatPointer(path),
    remedy: 'Correct or remove it.',
  };
}
