import type { Json, JsonObject } from '../../load/document.js';
import { isObject } from '../../json.js';
import { refOf } from '../../pointer.js';
import { SCHEMA_ARRAY_KEYWORDS, SCHEMA_KEYWORDS, SCHEMA_MAP_KEYWORDS } from './keywords.js';
import type { ReferenceGraph } from './references.js';

/** Keywords whose schemas all describe the value itself, so that they add no depth. */
export const ALTERNATIVES = ['allOf', 'anyOf', 'oneOf'];

const NESTING = [...SCHEMA_KEYWORDS, ...SCHEMA_ARRAY_KEYWORDS, ...SCHEMA_MAP_KEYWORDS];

/** Whether a schema leaves the parts of a value undescribed, or has one simple description for all items or members. */
export function isFlat(schema: JsonObject, graph: ReferenceGraph): boolean {
  const parts = NESTING.filter((key) => schema[key] !== undefined && !ALTERNATIVES.includes(key));
  if (parts.length === 0) return true;
  const uniform = parts.length === 1 && ['items', 'additionalProperties'].includes(parts[0] ?? '');
  return uniform && isLeaf(schema[parts[0] ?? ''], graph);
}

function isLeaf(schema: Json | undefined, graph: ReferenceGraph): boolean {
  if (!isObject(schema)) return true;
  const ref = refOf(schema);
  if (ref !== undefined) return !graph.isRecursive(ref) && isLeaf(graph.schema(ref), graph);
  return NESTING.every((key) => schema[key] === undefined);
}
