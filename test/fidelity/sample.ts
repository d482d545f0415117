import type { Json, JsonObject } from '../../templates/src/runtime/api.js';

/** The arguments of a call: the required ones, all, or all with values that are hard to serialize. */
export type Mode = 'required' | 'all' | 'edge';

export const modes: readonly Mode[] = ['required', 'all', 'edge'];

/** A text with characters that have a meaning in URLs and forms, and letters beyond ASCII. */
const HARD = "a b/c?d=e&f#g+h%20:;,@é'(x)";
const MOST_LEVELS = 4;

/** Arguments that a tool's schema accepts; undefined if the sampler finds none. */
export function sampleArguments(inputSchema: JsonObject, mode: Mode): JsonObject {
  const definitions = objectOf(inputSchema['$defs']);
  const required = listOf(inputSchema['required']);
  const entries = Object.entries(objectOf(inputSchema['properties']))
    .filter(([name]) => mode !== 'required' || required.includes(name))
    .filter(([name]) => name !== 'content_type' && name !== 'part_headers')
    .map(([name, schema]) => [name, sample(schema, definitions, mode, 0)] as const);
  return Object.fromEntries(entries);
}

function sample(
  schema: Json | undefined,
  definitions: JsonObject,
  mode: Mode,
  depth: number,
): Json {
  const own = resolve(objectOf(schema), definitions);
  const { enum: values, const: constant, default: usual, examples } = own;
  const listed = listOf(values);
  if (constant !== undefined) return constant;
  if (listed.length > 0) return (mode === 'edge' ? listed.at(-1) : listed[0]) ?? null;
  const [branch] = listOf(own['anyOf']);
  const [type] = [own['type'] ?? []].flat().filter((name) => name !== 'null');
  if (mode !== 'edge') {
    const [shown = usual] = listOf(examples);
    if (shown !== undefined && fits(shown, type)) return shown;
  }
  if (own['allOf'] !== undefined)
    return depth > 3 * MOST_LEVELS
      ? {}
      : sample(merged(own, definitions), definitions, mode, depth + 1);
  if (type === undefined && branch !== undefined && own['properties'] === undefined)
    return depth > 3 * MOST_LEVELS ? {} : sample(branch, definitions, mode, depth + 1);
  if (type === 'object' || own['properties'] !== undefined)
    return sampleObject(own, definitions, mode, depth);
  if (type === 'array') return sampleList(own, definitions, mode, depth);
  return sampleScalar(own, type, mode);
}

/** One schema for all the parts of `allOf`. */
function merged({ allOf, ...own }: JsonObject, definitions: JsonObject): JsonObject {
  const parts = [...listOf(allOf).map((part) => resolve(objectOf(part), definitions)), own];
  const all = parts.map((part) => (part['allOf'] === undefined ? part : merged(part, definitions)));
  const properties = Object.assign(
    {},
    ...all.map((part) => objectOf(part['properties'])),
  ) as JsonObject;
  const required = all.flatMap((part) => listOf(part['required']));
  return Object.assign({}, ...all, { properties, required }) as JsonObject;
}

function fits(value: Json, type: Json | undefined): boolean {
  if (value === null || type === undefined) return false;
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return kind === type || (type === 'integer' && Number.isSafeInteger(value));
}

function sampleObject(own: JsonObject, definitions: JsonObject, mode: Mode, depth: number): Json {
  if (depth > 2 * MOST_LEVELS) return {};
  const required = listOf(own['required']);
  const [branch] = listOf(own['anyOf']);
  if (branch !== undefined)
    return sampleObject(withBranch(own, branch, definitions), definitions, mode, depth);
  const entries = Object.entries(objectOf(own['properties']))
    .filter(([name]) => required.includes(name) || (mode !== 'required' && depth < MOST_LEVELS))
    .map(([name, schema]) => [name, sample(schema, definitions, mode, depth + 1)] as const);
  return Object.fromEntries(entries);
}

function withBranch(
  { anyOf: _, ...own }: JsonObject,
  branch: Json,
  definitions: JsonObject,
): JsonObject {
  return merged({ ...own, allOf: [branch] }, definitions);
}

function sampleList(own: JsonObject, definitions: JsonObject, mode: Mode, depth: number): Json {
  const count = mode === 'edge' ? 2 : 1;
  const least = typeof own['minItems'] === 'number' ? Math.min(own['minItems'], 5) : 0;
  if (depth > 2 * MOST_LEVELS) return [];
  const item = sample(own['items'], definitions, mode, depth + 1);
  return Array.from({ length: Math.max(count, least) }, () => item);
}

function sampleScalar(own: JsonObject, type: Json | undefined, mode: Mode): Json {
  if (type === 'boolean') return mode !== 'edge';
  if (own['type'] === 'null') return null;
  if (type === 'integer' || type === 'number') return sampleNumber(own, type, mode);
  const text = own['contentEncoding'] === 'base64' ? 'aGVsbG8=' : mode === 'edge' ? HARD : 'abc';
  const least = typeof own['minLength'] === 'number' ? own['minLength'] : 0;
  const most = typeof own['maxLength'] === 'number' ? own['maxLength'] : 1000;
  return text.padEnd(Math.min(least, 1000), 'x').slice(0, most);
}

function sampleNumber(own: JsonObject, type: string, mode: Mode): Json {
  const { minimum, maximum, exclusiveMinimum: above } = own;
  const least =
    typeof above === 'number' ? above + 1 : typeof minimum === 'number' ? minimum : undefined;
  const most = typeof maximum === 'number' ? maximum : undefined;
  if (mode === 'edge') return most ?? least ?? (type === 'integer' ? -7 : -0.5);
  return least ?? (most === undefined ? 5 : Math.min(5, most));
}

function resolve(schema: JsonObject, definitions: JsonObject): JsonObject {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  return objectOf(definitions[$ref.slice('#/$defs/'.length)]);
}

/** The value if it is an object, otherwise an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The value if it is a list, otherwise an empty one. */
export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
