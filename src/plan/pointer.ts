import type { Json, JsonObject } from '../load/document.js';
import { isObject, text } from './json.js';

/** A `$ref` leads nowhere, or in a circle. */
export class BrokenReference extends Error {
  override readonly name = 'BrokenReference';
  readonly pointer: string;

  constructor(pointer: string) {
    super(`${pointer} does not lead to anything usable`);
    this.pointer = pointer;
  }
}

/** A JSON pointer in its URI fragment form (RFC 6901 section 6): `#/paths/~1pets/get`. */
export function pointer(...segments: readonly (string | number)[]): string {
  return [
    '#',
    ...segments.map((segment) => String(segment).replaceAll('~', '~0').replaceAll('/', '~1')),
  ].join('/');
}

/** The value a fragment pointer leads to, or undefined. */
export function lookup(root: JsonObject, fragment: string): Json | undefined {
  if (fragment === '#' || fragment === '') return root;
  let value: Json | undefined = root;
  for (const segment of fragment.replace(/^#?\//, '').split('/')) {
    const key = decode(segment).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** An object, or the object that its `$ref` leads to. @throws BrokenReference */
export function resolve(root: JsonObject, value: Json | undefined): JsonObject {
  const seen = new Set<string>();
  let current = value;
  for (let ref = refOf(current); ref !== undefined; ref = refOf(current)) {
    if (seen.has(ref)) throw new BrokenReference(ref);
    seen.add(ref);
    current = lookup(root, ref);
    if (!isObject(current)) throw new BrokenReference(ref);
  }
  return isObject(current) ? current : {};
}

/** The target of a reference object. */
export function refOf(value: Json | undefined): string | undefined {
  return isObject(value) ? text(value['$ref']) : undefined;
}

// A fragment is percent-encoded (RFC 6901 section 6); many documents forget that, and a bare % stays one.
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
