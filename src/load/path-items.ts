import { isObject, type Json } from '../json.js';
import { grammar } from './grammar.js';

/**
 * Adds Azure's `x-ms-paths` to the paths. Their keys differ only by fixed queries (`/blobs?comp=lease`), which any
 * path may have here. A key that exists already is not replaced. The document is changed.
 */
export function takeVendorPaths(document: Json): void {
  if (!isObject(document) || !isObject(document['x-ms-paths'])) return;
  const vendor = document['x-ms-paths'];
  const paths = (document['paths'] ??= {});
  if (!isObject(paths)) return;
  for (const [path, item] of Object.entries(vendor)) {
    if (Object.hasOwn(paths, path)) continue;
    paths[path] = item;
    Reflect.deleteProperty(vendor, path);
  }
}

/** Whether a field of a Path Item Object is an operation. */
export function isMethod(key: string): boolean {
  return grammar.pathItem.fields?.[key] === 'operation';
}

/** Renames the methods of a path that are in upper or mixed case (`GET`), unless there are both. */
export function lowerMethods(pathItem: Json): void {
  if (!isObject(pathItem)) return;
  for (const [key, operation] of Object.entries(pathItem)) {
    const method = key.toLowerCase();
    if (method === key || !isMethod(method) || Object.hasOwn(pathItem, method)) continue;
    Reflect.deleteProperty(pathItem, key);
    pathItem[method] = operation;
  }
}
