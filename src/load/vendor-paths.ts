import { isObject, type Json } from '../json.js';

/**
 * Puts Azure's `x-ms-paths` among the paths: their keys differ by fixed queries only (`/blobs?comp=lease`), which any
 * path may have here. A key that is there already stays where it is. The document is changed.
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
