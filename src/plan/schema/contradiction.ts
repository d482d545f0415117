import type { JsonObject } from '../../load/document.js';
import { array, object } from '../../json.js';
import { refOf } from '../../pointer.js';
import type { ReferenceGraph } from './references.js';

/**
 * The schema without a `type` that refuses every value of one of its branches: no caller could use that branch, or any
 * of them, and the branches say more.
 */
export function withoutContradiction(schema: JsonObject, graph: ReferenceGraph): JsonObject {
  const branches = [...array(schema['anyOf']), ...array(schema['oneOf'])];
  if (branches.length === 0 || schema['type'] === undefined) return schema;
  const { type, ...rest } = schema;
  const types = branches.map((branch) => {
    const ref = refOf(branch);
    return object(ref === undefined ? branch : graph.schema(ref))['type'];
  });
  const stated = [type].flat();
  const isUsable = (own: unknown) =>
    [own].flat().some((name) => stated.some((one) => one === name || areNumbers(one, name)));
  const isKept = types.includes(undefined) || types.every(isUsable);
  return isKept ? schema : rest;
}

function areNumbers(...names: readonly unknown[]): boolean {
  return names.every((name) => name === 'number' || name === 'integer');
}
