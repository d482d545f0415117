import { childOf, isObject, text, type Json, type JsonObject } from './json.js';

/** Writes a path as a JSON pointer in a URL fragment (RFC 6901), readable rather than percent-encoded. */
export function formatPointer(path: readonly string[]): string {
  return ['#', ...path.map((token) => token.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}

/** Parses the part after the `#` of a reference; undefined if it is not a JSON pointer, for example an anchor. */
export function parsePointer(fragment: string): string[] | undefined {
  if (fragment === '') return [];
  if (!fragment.startsWith('/')) return undefined;
  const tokens = fragment.slice(1).split('/');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Follows a path literally, without following references. */
export function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const token of path) value = childOf(value, token);
  return value;
}

/** The target of an internal reference (`#/…`), without following further references. */
export function targetOf(root: Json, reference: string): Json | undefined {
  const path = reference.startsWith('#') ? parsePointer(reference.slice(1)) : undefined;
  return path === undefined ? undefined : valueAt(root, path);
}

/** The target of a reference object. */
export function refOf(value: Json | undefined): string | undefined {
  return isObject(value) ? text(value['$ref']) : undefined;
}

/** An object, or the object that its `$ref` leads to, through any number of them; empty for anything else. */
export function resolve(root: Json, value: Json | undefined): JsonObject {
  const passed = new Set<string>();
  let current = value;
  for (let ref = refOf(current); ref !== undefined && !passed.has(ref); ref = refOf(current)) {
    passed.add(ref);
    current = targetOf(root, ref);
  }
  return isObject(current) && refOf(current) === undefined ? current : {};
}

/** The same for a Reference Object, whose own description takes precedence (OpenAPI 3.1). */
export function resolveDescribed(root: Json, value: Json | undefined): JsonObject {
  const target = resolve(root, value);
  const own = target === value ? undefined : text(childOf(value, 'description'));
  return own === undefined ? target : { ...target, description: own };
}
