import type { Json } from '../../load/document.js';
import { array, isObject, object } from '../../json.js';
import { refOf } from '../reference.js';

/** What a `$ref` leads to; undefined when it leads nowhere. */
export type Follow = (ref: string) => Json | undefined;

/**
 * The properties of an object schema, those it takes over by `$ref` and by composition included. Each reference is
 * followed once: schemas that refer to one another in place have more ways through them than can be gone.
 */
export function propertiesOf(
  schema: Json | undefined,
  follow: Follow,
  seen = new Set<string>(),
): Map<string, Json> {
  if (!isObject(schema)) return new Map();
  const ref = refOf(schema);
  const target = ref === undefined || seen.has(ref) ? undefined : follow(ref);
  if (ref !== undefined) seen.add(ref);
  const inherited = [
    ...(target === undefined ? [] : [target]),
    ...[schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap(array),
  ];
  return new Map([
    ...inherited.flatMap((part) => [...propertiesOf(part, follow, seen)]),
    ...Object.entries(object(schema['properties'])),
  ]);
}

type Fileness = 'always' | 'sometimes' | 'never';

/**
 * Whether a property (or each of its items) is a file: bytes, and not text in base64. `sometimes`, when it may be
 * another string as well. What is known of references is kept in `known`.
 */
export function fileness(
  schema: Json | undefined,
  follow: Follow,
  known = new Map<string, Fileness>(),
): Fileness {
  if (!isObject(schema)) return 'never';
  const ref = refOf(schema);
  if (ref !== undefined) {
    const found = known.get(ref);
    if (found !== undefined) return found;
    known.set(ref, 'never');
    const made = fileness(follow(ref), follow, known);
    known.set(ref, made);
    return made;
  }
  if (isBytes(schema)) return 'always';
  if (schema['items'] !== undefined) return fileness(schema['items'], follow, known);
  if (array(schema['allOf']).some((part) => fileness(part, follow, known) === 'always'))
    return 'always';
  const branches = [schema['anyOf'], schema['oneOf']].flatMap(array).filter(isNoNull);
  const kinds = branches.map((branch) => fileness(branch, follow, known));
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
