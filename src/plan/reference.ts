import type { Json, JsonObject } from '../load/document.js';
import { isObject, text } from '../json.js';
import { targetOf } from '../pointer.js';

/** An object, or the object that its `$ref` leads to; empty for anything else. */
export function resolve(root: JsonObject, value: Json | undefined): JsonObject {
  const seen = new Set<string>();
  let current = value;
  for (let ref = refOf(current); ref !== undefined && !seen.has(ref); ref = refOf(current)) {
    seen.add(ref);
    current = targetOf(root, ref);
  }
  return isObject(current) && refOf(current) === undefined ? current : {};
}

/** The target of a reference object. */
export function refOf(value: Json | undefined): string | undefined {
  return isObject(value) ? text(value['$ref']) : undefined;
}
