import { isText } from '../../../templates/src/runtime/media.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object } from '../../json.js';
import { refOf, targetOf } from '../../pointer.js';

/**
 * The properties of an object schema, including inherited ones from `$ref` and composition. Each reference is
 * followed once: schemas that refer to one another contain too many paths to follow all of them.
 */
export function propertiesOf(schema: Json | undefined, root: JsonObject): Map<string, Json> {
  const properties = new Map<string, Json>();
  const seen = new Set<string>();
  // Not recursive: documents refer further than the call stack reaches.
  const steps: Step[] = [{ enter: schema }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    for (const [name, own] of Object.entries(step.own ?? {})) properties.set(name, own);
    if (!isObject(step.enter)) continue;
    const inherited = inheritedBy(step.enter, root, seen);
    steps.push({ own: object(step.enter['properties']) });
    for (const part of inherited.reverse()) steps.push({ enter: part });
  }
  return properties;
}

/** Either a schema to look into, or the properties of one whose inherited parts were looked into. */
type Step = { readonly enter?: Json | undefined; readonly own?: JsonObject };

function inheritedBy(schema: JsonObject, root: JsonObject, seen: Set<string>): Json[] {
  const ref = refOf(schema);
  const target = ref === undefined || seen.has(ref) ? undefined : targetOf(root, ref);
  if (ref !== undefined) seen.add(ref);
  return [
    ...(target === undefined ? [] : [target]),
    ...[schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap(array),
  ];
}

type Fileness = 'always' | 'sometimes' | 'never';

/** Schemas inside one another that are looked into for files: the call stack is limited. */
const MOST_LINKS = 500;

/**
 * Whether a property (or each of its items) is a file: bytes, not base64 text. `sometimes` when it may also be
 * another string. Results for references are cached in `known`.
 */
export function fileUse(
  schema: Json | undefined,
  root: JsonObject,
  known = new Map<string, Fileness>(),
  depth = 0,
): Fileness {
  if (!isObject(schema) || depth > MOST_LINKS) return 'never';
  const inside = (part: Json | undefined) => fileUse(part, root, known, depth + 1);
  const ref = refOf(schema);
  if (ref !== undefined) {
    const found = known.get(ref);
    if (found !== undefined) return found;
    known.set(ref, 'never');
    const made = inside(targetOf(root, ref));
    known.set(ref, made);
    return made;
  }
  if (isBytes(schema)) return 'always';
  if (schema['items'] !== undefined) return inside(schema['items']);
  if (array(schema['allOf']).some((part) => inside(part) === 'always')) return 'always';
  const branches = [schema['anyOf'], schema['oneOf']].flatMap(array).filter(isNoNull);
  const kinds = branches.map(inside);
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
  return typeof contentMediaType === 'string' && !isText(contentMediaType);
}
