import type { Json, JsonObject } from '../load/document.js';
import { isObject, text } from '../json.js';
import { targetOf } from '../pointer.js';
import { attempt, LeftOut } from './left-out.js';

/** A `$ref` leads nowhere, or in a circle. */
export class BrokenReference extends LeftOut {
  constructor(pointer: string) {
    super(
      'UNRESOLVED_REF',
      `${pointer} does not lead to anything usable`,
      'Mend the $ref, or leave the operation out with --exclude.',
    );
  }
}

/** An object, or the object that its `$ref` leads to. @throws BrokenReference */
export function resolve(root: JsonObject, value: Json | undefined): JsonObject {
  const seen = new Set<string>();
  let current = value;
  for (let ref = refOf(current); ref !== undefined; ref = refOf(current)) {
    if (seen.has(ref)) throw new BrokenReference(ref);
    seen.add(ref);
    current = targetOf(root, ref);
    if (!isObject(current)) throw new BrokenReference(ref);
  }
  return isObject(current) ? current : {};
}

/** The same, where what is missing counts as empty. */
export function resolveOrEmpty(root: JsonObject, value: Json | undefined): JsonObject {
  return attempt('', [], () => resolve(root, value)) ?? {};
}

/** The target of a reference object. */
export function refOf(value: Json | undefined): string | undefined {
  return isObject(value) ? text(value['$ref']) : undefined;
}
