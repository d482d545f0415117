import { isObject, type Json, type JsonObject, type JsonSchema } from './api.js';

/**
 * A schema as models are shown it, without what it says twice: descriptions that repeat the name, examples that repeat the
 * default or the list of values, more than one example, sizes of numbers in memory, and keywords that have their default.
 */
export function leanSchema<T extends JsonSchema>(schema: T): T {
  return lean(schema as JsonObject, '') as unknown as T;
}

const MAPS = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SCHEMAS = new Set(['items', 'not', 'contains', 'propertyNames', 'if', 'then', 'else']);
const OPEN = new Set(['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']);

/** `name` is that of the member that the schema describes, if it is one's. */
function lean(schema: Json | undefined, name: string): Json | undefined {
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).flatMap(([keyword, value]) => {
    const short = shortened(keyword, value, schema, name);
    return short === undefined ? [] : [[keyword, short] as const];
  });
  return Object.fromEntries(kept);
}

function shortened(
  keyword: string,
  value: Json,
  schema: JsonObject,
  name: string,
): Json | undefined {
  if (MAPS.has(keyword)) return leanMembers(value, keyword === 'properties');
  if (LISTS.has(keyword) && Array.isArray(value))
    return value.map((one) => lean(one, name) ?? null);
  if (OPEN.has(keyword)) return isAnything(value) ? undefined : lean(value, '');
  if (SCHEMAS.has(keyword)) return lean(value, '');
  if (keyword === 'examples') return oneExample(value, schema);
  return saysNothing(keyword, value, name) ? undefined : value;
}

function leanMembers(members: Json, areNamed: boolean): Json {
  if (!isObject(members)) return members;
  const entries = Object.entries(members).map(
    ([name, schema]) => [name, lean(schema, areNamed ? name : '') ?? null] as const,
  );
  return Object.fromEntries(entries);
}

function isAnything(value: Json): boolean {
  return value === true || (isObject(value) && Object.keys(value).length === 0);
}

/** The first example, if it shows more than the type, the default and the list of values do. */
function oneExample(examples: Json, { type, default: usual, ...schema }: JsonObject) {
  if (!Array.isArray(examples)) return examples;
  const [first] = examples;
  const isKnown = schema['enum'] !== undefined || schema['const'] !== undefined;
  if (first === undefined || isKnown || type === 'boolean') return undefined;
  return JSON.stringify(first) === JSON.stringify(usual) ? undefined : [first];
}

/** How a number is kept in memory, where the document says no bounds of it. */
const MEMORY = new Set<Json>(['int32', 'int64', 'float', 'double', 'number', 'integer', 'string']);

function saysNothing(keyword: string, value: Json, name: string): boolean {
  if (keyword === 'title' || keyword === 'description')
    return typeof value === 'string' && name !== '' && repeatsName(value, name);
  if (keyword === 'format') return MEMORY.has(value);
  if (keyword === 'deprecated' || keyword === 'uniqueItems') return value === false;
  return keyword === 'required' && Array.isArray(value) && value.length === 0;
}

const SMALL_WORDS = new Set('a an the of for to this that is value'.split(' '));

/** Whether a text has no word that the names do not have as well: `The ID of the pet.` repeats `petId`. */
export function repeatsName(text: string, ...names: readonly string[]): boolean {
  if (text.length > 100) return false;
  const known = new Set(names.flatMap(wordsOf));
  return wordsOf(text).every((word) => SMALL_WORDS.has(word) || known.has(word));
}

function wordsOf(text: string): string[] {
  const apart = text.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (apart.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?<=..)s$/, ''));
}
