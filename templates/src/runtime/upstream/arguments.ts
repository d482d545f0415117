import { isObject, membersOf } from '../api.js';
import type { Json, JsonObject, RequestShape, Tool } from '../api.js';
import { essence } from '../media.js';
import { nearest } from '../nearest.js';
import { quoted, truncate } from '../text.js';
import { createRemark, hasMember, pathOf, type Key } from './faults.js';
import { isUnsafe, kindOf, listOf, meant, refused, wantedTypes } from './keywords.js';
import type { Rules } from './keywords.js';
import { isComposite } from './numbers.js';
import { Budget, SchemaReader } from './schema.js';

/**
 * The caller's arguments cannot become a request. The message is one or more sentences that name the
 * argument, for the model to read and correct; it never repeats a value.
 */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

const MAX_MESSAGE = 2000;
const MAX_UNKNOWN = 5;
const MAX_PATTERNS = 3;
/** Typos in a name that still suggest another one, instead of listing all of them. */
const MAX_TYPOS = 2;
/** Depth of arrays and objects; the body serializer and the API's own parser have limits too. */
const MAX_DEPTH = 500;

/**
 * The arguments as they are sent: strings that spell a value of the schema are replaced by it, and the caller's
 * object is not modified. Values that the document allows under no interpretation are refused; all other differences
 * are left to the API. @throws ArgumentError
 */
export function readArguments(tool: Tool, args: JsonObject): JsonObject {
  const unknown = unknownNames(tool, args);
  if (unknown.length > 0) throw new ArgumentError(describe(tool, args, unknown));
  const read = readTyped(tool, args) ?? readerOf(tool, args).read(args);
  // A string may have spelled the body.
  const spelled = typeof args['body'] === 'string' && read !== refused ? (read as JsonObject) : {};
  const verdict = readTyped(tool, spelled) ?? read;
  if (verdict !== refused && unsendable(verdict) === undefined) return verdict as JsonObject;
  throw new ArgumentError(describe(tool, args, unknown, verdict));
}

/** Reads by the schema of the first media type that describes the body, if one does. */
function readTyped(tool: Tool, args: JsonObject): JsonObject | undefined {
  const { body = null, content_type: asked } = args;
  if (asked || !isComposite(body) || Object.keys(body).length === 0) return undefined;
  const root = tool.inputSchema as JsonObject;
  const schemas = schemasByType(tool);
  const [first] = schemas.values();
  // An object with unknown members is most likely a wrong one of the first type.
  const isOpen = wantedTypes(meant(first, root))?.includes(kindOf(body)) === false;
  // All types together cost no more than one reading.
  const budget = new Budget();
  for (const [type, schema] of schemas) {
    const isClear = isOpen || schema === first;
    if (!isClear && !Object.keys(body).every((name) => hasMember(schema, name, root))) continue;
    const typed = { ...args, content_type: type };
    const verdict = readerOf(tool, typed, withBody(root, schema)).read(typed, budget);
    if (budget.steps < 0) return undefined;
    if (verdict !== refused) return verdict as JsonObject;
  }
  return undefined;
}

/** The schemas of a body by their media types; empty if all types share one. */
function schemasByType({ inputSchema, request }: Tool): ReadonlyMap<string, Json> {
  if (request.body?.others === undefined) return new Map();
  const { body } = membersOf((inputSchema as JsonObject)['properties']);
  const schemas = listOf(membersOf(body)['anyOf']).map((schema) => {
    return [membersOf(schema)['title'], schema] as const;
  });
  return new Map(schemas.filter((pair): pair is [string, Json] => typeof pair[0] === 'string'));
}

function readerOf(tool: Tool, args: JsonObject, schema = schemaFor(tool, args)) {
  return new SchemaReader(schema, {
    bodyType: bodyType(tool.request, args),
    partialBody: tool.request.method === 'PATCH',
    waives: waivesOf(tool.inputSchema as JsonObject),
  });
}

/** The schema of the arguments, in which a body has the requested media type. */
function schemaFor(tool: Tool, { content_type: asked }: JsonObject): JsonObject {
  const root = tool.inputSchema as JsonObject;
  const body = typeof asked === 'string' ? schemasByType(tool).get(asked) : undefined;
  return body === undefined ? root : withBody(root, body);
}

function withBody(root: JsonObject, body: Json): JsonObject {
  return { ...root, properties: { ...membersOf(root['properties']), body } };
}

/** The media type of the body, as far as the arguments choose it. */
function bodyType({ body }: RequestShape, { content_type: asked }: JsonObject): string {
  const type = body?.others !== undefined && typeof asked === 'string' ? asked : body?.mediaType;
  return essence(type ?? '');
}

type Contradicted = ReadonlyMap<JsonObject, ReadonlySet<string>>;

// One result for each tool.
const known = new WeakMap<JsonObject, Contradicted>();

/**
 * The rules that the document's own examples and defaults break: an `enum` without the default, `type: array` with the
 * example `a,b`. One of the two is wrong, so the API decides.
 */
function waivesOf(root: JsonObject): NonNullable<Rules['waives']> {
  return (schema, rule) => {
    const contradicted = known.get(root) ?? contradictedIn(root);
    known.set(root, contradicted);
    return contradicted.get(schema)?.has(rule) === true;
  };
}

function contradictedIn(root: JsonObject): Contradicted {
  const found = new Map<JsonObject, Set<string>>();
  for (const schema of schemasIn(root))
    for (const value of shownBy(schema)) {
      const reader = new SchemaReader(root, { keepBlanks: true });
      for (const [owner, rule] of reader.brokenBy(value, schema))
        found.set(owner, (found.get(owner) ?? new Set()).add(rule));
    }
  return found;
}

/** A null means that there is no example or default. A part of `allOf` without rules is about the whole value. */
function shownBy({ examples, default: fallback = null, allOf }: JsonObject): Json[] {
  const parts = listOf(allOf).filter(isAnnotation).flatMap(shownBy);
  return [...listOf(examples), fallback, ...parts].filter((value) => value !== null);
}

/** Keywords that only describe. */
export const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated'];

/** Whether a server accepts every value of a schema. */
export function isAnnotation(schema: Json): schema is JsonObject {
  if (!isObject(schema)) return false;
  const { allOf, required, ...rest } = schema;
  return (
    Object.keys(rest).every((key) => ANNOTATIONS.includes(key) || key === 'uniqueItems') &&
    listOf(required).length === 0 &&
    listOf(allOf).every(isAnnotation)
  );
}

/** Keywords with one schema or a list of them, and keywords with schemas by name. */
const NESTED = ['items', 'additionalProperties', 'prefixItems', 'allOf', 'anyOf', 'oneOf'];
const NAMED = ['properties', '$defs'];

function schemasIn(root: JsonObject): ReadonlySet<JsonObject> {
  const all = new Set([root]);
  // Iterating a set includes elements added on the way, each once.
  for (const schema of all) {
    const nested = NESTED.flatMap((key) => schema[key] ?? []);
    const named = NAMED.flatMap((key) => Object.values(membersOf(schema[key])));
    for (const part of [...nested, ...named]) if (isObject(part)) all.add(part);
  }
  return all;
}

function describe(
  tool: Tool,
  args: JsonObject,
  unknown: readonly string[],
  verdict: Json | typeof refused = refused,
): string {
  const found = unsendable(verdict === refused ? args : verdict);
  const faults = unknown.length > MAX_UNKNOWN ? [] : readerOf(tool, args).faultsOf(args);
  if (found !== undefined) faults.push(`${pathOf(found.keys)} ${found.text}`);
  const sentences = [
    ...unknown.slice(0, MAX_UNKNOWN).map((name) => unknownName(tool, args, name)),
    ...(unknown.length > MAX_UNKNOWN ? [`${unknown.length} arguments are unknown.`] : []),
    ...(faults.length > 0 ? [`${faults.join('; ')}.`] : []),
  ];
  const text = sentences.join(' ') || 'The arguments do not fit the input schema of this tool.';
  return truncate(text, MAX_MESSAGE);
}

/** Unknown members of a body are sent: only the arguments themselves are the generator's own names. */
function unknownNames({ inputSchema }: Tool, args: JsonObject): string[] {
  const { additionalProperties, properties } = inputSchema;
  if (additionalProperties !== false || !isObject(args)) return [];
  const known = membersOf(properties);
  return Object.keys(args).filter((name) => !Object.hasOwn(known, name));
}

function unknownName({ inputSchema }: Tool, args: JsonObject, name: string): string {
  const root = inputSchema as JsonObject;
  const properties = membersOf(root['properties']);
  const known = Object.keys(properties).slice(0, 200);
  const inside = holderOf(name, properties, root);
  const free = known.filter((other) => !Object.hasOwn(args, other));
  const near = nearest(name, free, MAX_TYPOS);
  const start = `Unknown argument ${quoted(name)}.`;
  if (inside !== '') return `${start} It belongs inside ${JSON.stringify(inside)}.`;
  if (isWrapper(args[name], known)) return `${start} Pass its members instead of it.`;
  if (near !== undefined) return `${start} Did you mean ${JSON.stringify(near)}?`;
  if (known.length === 0) return `${start} This tool has no arguments.`;
  const more = known.length > 20 ? ' and others' : '';
  const names = known.slice(0, 20).map((other) => JSON.stringify(other));
  return `${start} This tool takes ${names.join(', ')}${more}.`;
}

/** Whether a value contains arguments: `{ "arguments": { "id": 1 } }`. */
function isWrapper(value: Json | undefined, known: readonly string[]): boolean {
  return isObject(value) && Object.keys(value).some((member) => known.includes(member));
}

/** The argument that has a member of that name, such as `body`; empty if there is not exactly one. */
function holderOf(name: string, properties: JsonObject, root: JsonObject): string {
  const holders = Object.keys(properties).filter((one) => hasMember(properties[one], name, root));
  return holders.length === 1 ? (holders[0] ?? '') : '';
}

/** The first part of a value that would not arrive unchanged, whatever its schema is. */
function unsendable(value: Json, depth = 0): { keys: Key[]; text: string } | undefined {
  if (typeof value === 'number' && isUnsafe(value))
    return { keys: [], text: 'is a number beyond 2^53: send it as a string of digits' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return { keys: [], text: `is nested deeper than ${MAX_DEPTH} levels` };
  for (const key of Object.keys(value)) {
    const found = unsendable((value as JsonObject)[key] ?? null, depth + 1);
    if (found === undefined) continue;
    found.keys.unshift(Array.isArray(value) ? Number(key) : key);
    return found;
  }
  return undefined;
}

/**
 * Differences between the arguments and the tool's schema that are not enforced, as one sentence; for responses that
 * refuse a request (400 and 422). Patterns are not run, and named only when no other difference was found.
 */
export function explainDifferences(tool: Tool, args: JsonObject): string | undefined {
  const root = schemaFor(tool, args);
  const rules = { remark: createRemark(), bodyType: bodyType(tool.request, args) };
  const faults = new SchemaReader(root, rules).faultsOf(args);
  const differences = faults.length > 0 ? faults : patternsFor(args, root);
  if (differences.length === 0) return undefined;
  const text = `The arguments differ from the tool's input schema: ${differences.join('; ')}`;
  return text.length > MAX_MESSAGE ? truncate(text, MAX_MESSAGE) : `${text}.`;
}

/** A few of the strings that have a pattern: the model can check whether they match. */
function patternsFor(args: JsonObject, root: JsonObject): string[] {
  const remark = (value: Json, { pattern }: JsonObject): string[] =>
    typeof value === 'string' && typeof pattern === 'string'
      ? [`should match the pattern ${pattern.slice(0, 200)}`]
      : [];
  const faults = new SchemaReader(root, { remark }).faultsOf(args);
  return faults.filter((fault) => !fault.includes(' matches no branch')).slice(0, MAX_PATTERNS);
}
