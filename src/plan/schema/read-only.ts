import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, texts } from '../../json.js';
import { refOf } from '../../pointer.js';
import type { ReferenceGraph } from './references.js';

// Only in responses, never in requests (OpenAPI 3.1, Schema Object: readOnly).

/** Whether a schema, or the one it refers to, is read-only. */
export function isReadOnly(schema: Json | undefined, graph: ReferenceGraph): boolean {
  if (!isObject(schema)) return false;
  const ref = refOf(schema);
  const target = ref === undefined ? undefined : graph.schema(ref);
  return schema['readOnly'] === true || (isObject(target) && target['readOnly'] === true);
}

/** The names of the read-only properties of an object, including those of at most 200 schemas that it inherits from. */
export function readOnlyNames(schema: Json, graph: ReferenceGraph): ReadonlySet<string> {
  if (!isObject(schema)) return NONE;
  // Most schemas have neither properties nor parts that could.
  if (HOLDERS.every((key) => schema[key] === undefined)) return NONE;
  const names = new Set<string>();
  const seen = new Set<Json>();
  const queue: Json[] = [schema];
  for (let next = queue.pop(); next !== undefined && seen.size < MAX_SCHEMAS; next = queue.pop()) {
    if (!isObject(next) || seen.has(next)) continue;
    seen.add(next);
    const ref = refOf(next);
    if (ref !== undefined) queue.push(graph.schema(ref));
    queue.push(...array(next['allOf']));
    const { properties } = next;
    if (!isObject(properties)) continue;
    for (const name of Object.keys(properties))
      if (isReadOnly(properties[name], graph)) names.add(name);
  }
  return names;
}

// In a longer chain, each schema would look at all of the others.
const MAX_SCHEMAS = 200;

const NONE: ReadonlySet<string> = new Set();

const HOLDERS = ['$ref', 'allOf', 'properties'];

/**
 * The schema, no longer requiring properties that cannot be sent, or that do not exist: many documents misspell them,
 * and some model APIs reject the tool. `composed`: other schemas may describe them.
 */
export function withoutRequired(
  schema: JsonObject,
  names: ReadonlySet<string>,
  composed: boolean,
): JsonObject {
  if (schema['required'] === undefined || (names.size === 0 && composed)) return schema;
  const { required, ...rest } = schema;
  const all = texts(required);
  const known = composed ? undefined : knownNames(schema);
  const kept = all.filter((name) => !names.has(name) && known?.has(name) !== false);
  if (names.size === 0 && kept.length === all.length) return schema;
  return kept.length === 0 ? rest : { ...rest, required: kept };
}

/** The properties of an object that describes all of them; undefined if it does not. */
function knownNames(schema: JsonObject): ReadonlySet<string> | undefined {
  const { properties, additionalProperties: others } = schema;
  const isOpen = OTHERS.some((key) => schema[key] !== undefined) || isObject(others);
  const names = isOpen || !isObject(properties) ? [] : Object.keys(properties);
  return names.length === 0 ? undefined : new Set(names);
}

const OTHERS = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'not', 'patternProperties'];
