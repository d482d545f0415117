import { isObject, type Json, type JsonObject, type JsonSchema, type Tool } from './api.js';
import { leanText } from './lean-text.js';
import { SERVER_INFO } from './messages.js';
import { offerFields } from './upstream/fields.js';
import type { FileTool } from './upstream/files.js';

/** A tool as clients see it. */
export interface ListedTool {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonSchema & { readonly type: 'object' };
  readonly outputSchema?: JsonSchema & { readonly type: 'object' };
}

/**
 * A tool as clients see it, without repetition and defaults (MCP, ToolAnnotations: `idempotentHint` only has a meaning
 * for tools that change something). */
export function listTool(tool: FileTool, scopes?: readonly string[] | 'noauth'): ListedTool {
  const { name, title, annotations, inputSchema, outputSchema } = offerFields(tool);
  const { idempotentHint, ...hints } = annotations;
  const isIdempotent = idempotentHint && !hints.readOnlyHint;
  return {
    name,
    ...(title !== undefined && { title }),
    description: descriptionOf(tool),
    inputSchema: withoutClosing(leanSchema(inputSchema)),
    ...(outputSchema !== undefined && { outputSchema }),
    annotations: { ...hints, ...(isIdempotent && { idempotentHint }) },
    ...metaOf(tool, scopes),
  };
}

/**
 * Without the root's `additionalProperties: false`: the server refuses unknown arguments anyway, and suggests the
 * nearest. It stays if the document itself closes the body, and if a tool has no arguments (MCP, Tools).
 */
function withoutClosing(schema: ListedTool['inputSchema']): ListedTool['inputSchema'] {
  const { additionalProperties, ...open } = schema;
  const members = open['properties'] as JsonObject | undefined;
  const isKept = members === undefined || isClosed(members['body']);
  return additionalProperties === false && !isKept ? open : schema;
}

function isClosed(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  return schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false;
}

/** The description without the title at its beginning, if the rest and the name contain all words of the title. */
function descriptionOf({ name, title, description }: Tool): string {
  const rest = description.slice((title?.length ?? 0) + 2);
  const isTitled = title !== undefined && description === `${title}\n\n${rest}`;
  return leanText(isTitled && repeatsName(title, name, rest) ? rest : description) || description;
}

/**
 * What hosts look for in addition to the protocol: scopes and files (ChatGPT, Apps SDK reference). The scopes are in
 * both places, since its versions read different ones.
 */
function metaOf({ fileParams }: FileTool, scopes: readonly string[] | 'noauth' | undefined) {
  const security = scopes !== undefined && { securitySchemes: [securityOf(scopes)] };
  const files = fileParams !== undefined && { 'openai/fileParams': fileParams };
  return { ...security, ...((security || files) && { _meta: { ...security, ...files } }) };
}

function securityOf(scopes: readonly string[] | 'noauth'): object {
  return scopes === 'noauth' ? { type: 'noauth' } : { type: 'oauth2', scopes };
}

/**
 * A schema as models see it, without repetition: no descriptions that repeat the name or other keywords, no
 * examples that repeat the default, the format or the list of values, at most one example, no sizes of numbers in
 * memory, and no keywords with their default value.
 */
export function leanSchema<T extends JsonSchema>(schema: T): T {
  return lean(schema as JsonObject, nameless) as unknown as T;
}

/** The value that a schema describes. */
interface Place {
  /** The name of the member; empty if it is not one. */
  readonly name: string;
  /** Whether the member is required; absent if unknown. */
  readonly isRequired?: boolean;
  /**
   * Whether an enclosing schema may describe the same value, for which members that this schema allows are evaluated.
   */
  readonly isPart?: boolean;
}

const nameless: Place = { name: '' };

const part: Place = { name: '', isPart: true };

const MAPS = new Set(['$defs', 'dependentSchemas']);

const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

const SCHEMAS = new Set(['items', 'not', 'contains', 'propertyNames', 'if', 'then', 'else']);

const BRANCHES = new Set(['if', 'then', 'else']);

const OPEN = new Set(['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']);

function lean(schema: Json | undefined, place: Place): Json | undefined {
  if (!isObject(schema)) return schema;
  const kept: JsonObject = {};
  for (const keyword of Object.keys(schema)) {
    const short = shortened(keyword, schema[keyword] ?? null, schema, place);
    if (short !== undefined) kept[keyword] = short;
  }
  return kept;
}

function shortened(
  keyword: string,
  value: Json,
  schema: JsonObject,
  place: Place,
): Json | undefined {
  if (keyword === 'properties') return leanMembers(value, (name) => memberOf(schema, name));
  if (keyword === 'patternProperties') return leanMembers(value, () => nameless);
  if (MAPS.has(keyword)) return leanMembers(value, () => part);
  if (LISTS.has(keyword) && Array.isArray(value))
    return value.map((one) => lean(one, { ...place, isPart: true }) ?? null);
  if (OPEN.has(keyword))
    return isOpenAnyway(value, schema, place) ? undefined : lean(value, nameless);
  if (SCHEMAS.has(keyword)) return lean(value, BRANCHES.has(keyword) ? part : nameless);
  if (keyword === 'examples') return oneExample(value, schema);
  if (keyword === 'description' && typeof value === 'string')
    return leanDescription(value, schema, place);
  return saysNothing(keyword, value, place.name) ? undefined : value;
}

function memberOf({ required }: JsonObject, name: string): Place {
  return { name, isRequired: Array.isArray(required) && required.includes(name) };
}

function leanMembers(members: Json, placeOf: (name: string) => Place): Json {
  if (!isObject(members)) return members;
  const entries = Object.entries(members).map(
    ([name, schema]) => [name, leanMember(schema, placeOf(name))] as const,
  );
  return Object.fromEntries(entries);
}

/** The last place of each schema, and its form there: in a generator, many tools have the same ones. */
const known = new WeakMap<JsonObject, readonly [place: Place, short: Json]>();

function leanMember(schema: Json, place: Place): Json {
  if (!isObject(schema)) return schema;
  const [last, short] = known.get(schema) ?? [];
  if (last !== undefined && short !== undefined && isSamePlace(last, place)) return short;
  const made = lean(schema, place) ?? null;
  known.set(schema, [place, made]);
  return made;
}

function isSamePlace(one: Place, other: Place): boolean {
  return (
    one.name === other.name && one.isRequired === other.isRequired && one.isPart === other.isPart
  );
}

/** The part of a description that adds to the name and the schema; undefined if there is none. */
export function leanDescription(
  text: string,
  schema: JsonObject,
  { name, isRequired }: Place,
): string | undefined {
  const short = leanText(text, { schema, isRequired });
  return short === '' || (name !== '' && repeatsName(short, name)) ? undefined : short;
}

/** JSON Schema 2020-12, core, section 11.3: members that `additionalProperties` covers are not unevaluated. */
function isOpenAnyway(value: Json, schema: JsonObject, { isPart }: Place): boolean {
  const rest = [schema['unevaluatedProperties'], schema['unevaluatedItems']];
  return isAnything(value) && isPart !== true && rest.every((one) => isAnything(one ?? true));
}

function isAnything(value: Json): boolean {
  return value === true || (isObject(value) && Object.keys(value).length === 0);
}

/** Formats in which every value looks alike. */
const WRITTEN = new Set<Json>(['date', 'date-time', 'uuid', 'email', 'ipv4', 'ipv6']);

/** The first example, if it adds to the type, the format, the default and the list of values. */
function oneExample(examples: Json, { type, format, default: usual, ...schema }: JsonObject) {
  if (!Array.isArray(examples)) return examples;
  const first = examples.find((example) => example !== null);
  const isListed = schema['enum'] !== undefined || schema['const'] !== undefined;
  const isKnown = isListed || WRITTEN.has(format ?? null) || type === 'boolean';
  if (first === undefined || isKnown) return undefined;
  return JSON.stringify(first) === JSON.stringify(usual) ? undefined : [first];
}

/** Formats for the size of a number in memory, unless the document states bounds. */
const MEMORY = new Set<Json>(['int32', 'int64', 'float', 'double', 'number', 'integer', 'string']);

function saysNothing(keyword: string, value: Json, name: string): boolean {
  if (keyword === 'title')
    return typeof value === 'string' && name !== '' && repeatsName(value, name);
  if (keyword === 'format') return MEMORY.has(value);
  if (keyword === 'deprecated' || keyword === 'uniqueItems') return value === false;
  return keyword === 'required' && Array.isArray(value) && value.length === 0;
}

const SMALL_WORDS = new Set('a an the of for to this that is value'.split(' '));

/** Whether all words of a text are in the names: `The ID of the pet.` repeats `petId`. */
export function repeatsName(text: string, ...names: readonly string[]): boolean {
  if (text.length > 100) return false;
  const letters = names.join(' ').toLowerCase();
  // Most texts add to the name, and for most of those the last word shows it.
  const [, last] = LAST_WORD.exec(text.slice(text.lastIndexOf(' ') + 1)) ?? [];
  if (last !== undefined && !letters.includes(last) && !SMALL_WORDS.has(last)) return false;
  const words = wordsOf(text).filter((word) => !SMALL_WORDS.has(word));
  if (!words.every((word) => letters.includes(word))) return false;
  const known = new Set(names.flatMap(wordsOf));
  return words.every((word) => known.has(word));
}

/** A plain word, without its plural. */
const LAST_WORD = /^([a-z]{2,}?)s?[.!:]?$/;

function wordsOf(text: string): string[] {
  const apart = text.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (apart.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?<=..)s$/, ''));
}

// The list changes only with a deployment; clients may cache it for five minutes.
export const CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const;

/** The result of `tools/list` for old and new protocol versions, serialized once: a thousand tools are megabytes. */
export function createLists(listed: () => readonly ListedTool[], info: unknown) {
  let printed: string | undefined;
  const print = () => (printed ??= JSON.stringify(listed()));
  const rest = JSON.stringify({ resultType: 'complete', ...CACHE, _meta: { [SERVER_INFO]: info } });
  return {
    get initialize() {
      return `{"tools":${print()}}`;
    },
    get '2026-07-28'() {
      return `{"tools":${print()},${rest.slice(1)}`;
    },
  };
}
