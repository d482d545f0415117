import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object } from '../../json.js';
import { refOf, targetOf } from '../../pointer.js';

/**
 * The properties of an object schema, including inherited ones from `$ref` and composition. Each reference is
 * followed once: schemas that refer to one another contain too many paths to follow all of them.
 */
export function propertiesOf(
  schema: Json | undefined,
  root: JsonObject,
  seen = new Set<string>(),
): Map<string, Json> {
  if (!isObject(schema)) return new Map();
  const ref = refOf(schema);
  const target = ref === undefined || seen.has(ref) ? undefined : targetOf(root, ref);
  if (ref !== undefined) seen.add(ref);
  const inherited = [
    ...(target === undefined ? [] : [target]),
    ...[schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap(array),
  ];
  return new Map([
    ...inherited.flatMap((part) => [...propertiesOf(part, root, seen)]),
    ...Object.entries(object(schema['properties'])),
  ]);
}

type Fileness = 'always' | 'sometimes' | 'never';

/**
 * Whether a property (or each of its items) is a file: bytes, not base64 text. `sometimes` when it may also be
 * another string. Results for references are cached in `known`.
 */
export function fileUse(
  schema: Json | undefined,
  root: JsonObject,
  known = new Map<string, Fileness>(),
): Fileness {
  if (!isObject(schema)) return 'never';
  const ref = refOf(schema);
  if (ref !== undefined) {
    const found = known.get(ref);
    if (found !== undefined) return found;
    known.set(ref, 'never');
    const made = fileUse(targetOf(root, ref), root, known);
    known.set(ref, made);
    return made;
  }
  if (isBytes(schema)) return 'always';
  if (schema['items'] !== undefined) return fileUse(schema['items'], root, known);
  if (array(schema['allOf']).some((part) => fileUse(part, root, known) === 'always'))
    return 'always';
  const branches = [schema['anyOf'], schema['oneOf']].flatMap(array).filter(isNoNull);
  const kinds = branches.map((branch) => fileUse(branch, root, known));
  if (kinds.every((kind) => kind === 'never')) return 'never';
  return kinds.every((kind) => kind === 'always') ? 'always' : 'sometimes';
}

function isNoNull(branch: Json): boolean {
  return object(branch)['type'] !== 'null';
}

/**
 * Whether a schema describes bytes: `format: binary` in OpenAPI 3.0; in 3.1, a media type that is not text, without
 * an encoding (Working With Binary Data).
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

/** Media types that a string holds unencoded. */
function isTextual(mediaType: string): boolean {
  return /^text\/|[+/](json|xml|yaml)$/.test(mediaType);
}
