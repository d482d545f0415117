import type { Json, JsonObject } from '../api.js';
import { isObject } from '../json.js';

/**
 * The arguments with strings replaced by the values they spell, where the schema wants such a value and no
 * string: model clients send `"5"` for 5 and JSON text for objects. Looks at the top level and one level into
 * `body`, and never changes the caller's object.
 */
export function takeLeniently(args: JsonObject, root: JsonObject): JsonObject {
  const result = takeMembers(args, root, root);
  const schema = memberSchema(root, 'body', root);
  const body = Object.hasOwn(result, 'body') ? result['body'] : undefined;
  return isObject(body) && schema !== undefined
    ? { ...result, body: takeMembers(body, schema, root) }
    : result;
}

function takeMembers(value: JsonObject, schema: Json, root: JsonObject): JsonObject {
  const members = Object.entries(value).map(([key, item]): [string, Json] => [
    key,
    take(item, memberSchema(schema, key, root), root),
  ]);
  // fromEntries defines properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(members);
}

function take(value: Json, schema: Json | undefined, root: JsonObject): Json {
  if (typeof value !== 'string' || schema === undefined) return value;
  const types = acceptedTypes(schema, root);
  if (types === undefined || types.includes('string')) return value;
  const parsed = parse(value);
  return parsed !== undefined && fits(parsed, types) ? parsed : value;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function fits(value: Json, types: readonly string[]): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return types.includes('boolean');
  if (typeof value === 'object') return types.includes(Array.isArray(value) ? 'array' : 'object');
  if (typeof value !== 'number') return false;
  // A whole number beyond 2^53 would silently become a neighbour: another record's id, perhaps.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
}

/** The types a schema accepts; undefined when it does not say, or says it in a way not looked into. */
function acceptedTypes(
  schema: Json,
  root: JsonObject,
  seen = new Set<Json>(),
): string[] | undefined {
  if (!isObject(schema)) return undefined;
  // Recursive schemas end here: what was looked at already adds nothing.
  if (seen.has(schema)) return [];
  seen.add(schema);
  const own = ownTypes(schema);
  if (own !== undefined) return own;
  const followed = follow(schema, root);
  if (followed !== undefined) return acceptedTypes(followed, root, seen);
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(alternatives)) return firstTypes(schema['allOf'], root, seen);
  const types = alternatives.map((branch) => acceptedTypes(branch, root, seen));
  return types.some((list) => list === undefined) ? undefined : types.flatMap((list) => list ?? []);
}

/** `properties` or `items` without a type is how many documents say object or array. */
function ownTypes(schema: JsonObject): string[] | undefined {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((item) => typeof item === 'string');
  if (isObject(schema['properties'])) return ['object'];
  return isObject(schema['items']) ? ['array'] : undefined;
}

function firstTypes(branches: Json | undefined, root: JsonObject, seen: Set<Json>) {
  if (!Array.isArray(branches)) return undefined;
  return branches
    .map((branch) => acceptedTypes(branch, root, seen))
    .find((types) => types !== undefined);
}

/** The schema of a property, looked for in references and in the branches of a composition as well. */
function memberSchema(
  schema: Json,
  key: string,
  root: JsonObject,
  seen = new Set<Json>(),
): Json | undefined {
  if (!isObject(schema) || seen.has(schema)) return undefined;
  seen.add(schema);
  const { properties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, key)) return properties[key];
  const branches = [schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return [follow(schema, root), ...branches]
    .map((branch) => (branch === undefined ? undefined : memberSchema(branch, key, root, seen)))
    .find((found) => found !== undefined);
}

/** Where `$ref` points; the generator leaves references into `$defs` only. */
function follow(schema: JsonObject, root: JsonObject): Json | undefined {
  const { $ref } = schema;
  const { $defs } = root;
  if (typeof $ref !== 'string' || !$ref.startsWith('#/$defs/') || !isObject($defs))
    return undefined;
  const name = decodePointer($ref.slice('#/$defs/'.length));
  return Object.hasOwn($defs, name) ? $defs[name] : undefined;
}

function decodePointer(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}
