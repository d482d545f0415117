import type { JsonObject } from '../../load/document.js';
import { array, object } from '../../json.js';
import { refOf } from '../../pointer.js';
import type { ReferenceGraph } from './references.js';

/**
 * The schema without a `type` that refuses the values of one of its branches: no caller could use that branch, or any
 * of them, and the branches say more.
 */
export function withoutContradiction(schema: JsonObject, graph: ReferenceGraph): JsonObject {
  const { type, ...rest } = schema;
  const branches = [...array(schema['anyOf']), ...array(schema['oneOf'])];
  if (type === undefined || branches.length === 0) return schema;
  const types = branches.map((branch) => {
    const ref = refOf(branch);
    return object(ref === undefined ? branch : graph.schema(ref))['type'];
  });
  const stated = [type].flat();
  const isStated = (name: unknown) =>
    stated.some((one) => one === name || (one === 'number' && name === 'integer'));
  const isKept = types.includes(undefined) || types.flat().every(isStated);
  return isKept ? schema : rest;
}
