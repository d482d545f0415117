import type { Json } from '../load/document.js';
import { array, isObject, object } from '../json.js';
import { refOf } from './reference.js';

/** What a `$ref` leads to; undefined when it leads nowhere. */
export type Follow = (ref: string) => Json | undefined;

/** The properties of an object schema, those it takes over by `$ref` and by composition included. */
export function propertiesOf(
  schema: Json | undefined,
  follow: Follow,
  seen: ReadonlySet<string> = new Set(),
): Map<string, Json> {
  if (!isObject(schema)) return new Map();
  const ref = refOf(schema);
  const target = ref === undefined || seen.has(ref) ? undefined : follow(ref);
  const inherited = [
    ...(target === undefined ? [] : [target]),
    ...[schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap(array),
  ];
  const visited = ref === undefined ? seen : new Set([...seen, ref]);
  return new Map([
    ...inherited.flatMap((part) => [...propertiesOf(part, follow, visited)]),
    ...Object.entries(object(schema['properties'])),
  ]);
}

/**
 * Whether a property (or each of its items) is a file: bytes, and not text in base64. `sometimes`, when it may be
 * another string as well.
 */
export function fileness(
  schema: Json | undefined,
  follow: Follow,
  seen: ReadonlySet<string> = new Set(),
): 'always' | 'sometimes' | 'never' {
  if (!isObject(schema)) return 'never';
  const ref = refOf(schema);
  if (ref !== undefined) {
    return seen.has(ref) ? 'never' : fileness(follow(ref), follow, new Set([...seen, ref]));
  }
  if (isBytes(schema)) return 'always';
  if (schema['items'] !== undefined) return fileness(schema['items'], follow, seen);
  if (array(schema['allOf']).some((part) => fileness(part, follow, seen) === 'always'))
    return 'always';
  const branches = [schema['anyOf'], schema['oneOf']].flatMap(array).filter(isNoNull);
  const kinds = branches.map((branch) => fileness(branch, follow, seen));
  if (kinds.every((kind) => kind === 'never')) return 'never';
  return kinds.every((kind) => kind === 'always') ? 'always' : 'sometimes';
}

function isNoNull(branch: Json): boolean {
  return object(branch)['type'] !== 'null';
}

/**
 * Whether a schema is one of bytes: OpenAPI 3.0 says `format: binary`; 3.1 leaves out the encoding of what is not text
 * (Working With Binary Data).
 */
export function isBytes({
  format,
  contentMediaType,
  contentEncoding,
}: {
  [key: string]: Json;
}): boolean {
  if (contentEncoding !== undefined) return false;
  if (format === 'binary') return true;
  return typeof contentMediaType === 'string' && !isTextual(contentMediaType);
}

/** Media types that a string holds as they are. */
function isTextual(mediaType: string): boolean {
  return /^text\/|[+/](json|xml|yaml)$/.test(mediaType);
}
