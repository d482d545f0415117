import { array, childOf, isObject, text, type Json, type JsonObject } from '../json.js';
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

/**
 * Renames paths that are whole URLs: without the URL of one of the document's servers, or else with a server of their
 * own. A path that exists already is not replaced. The document is changed.
 */
export function takeUrlPaths(document: Json): void {
  const paths = childOf(document, 'paths');
  if (!isObject(document) || !isObject(paths)) return;
  for (const [key, item] of Object.entries(paths)) {
    const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#{}]+)(.*)$/is.exec(key) ?? [];
    if (origin === '' || !isObject(item)) continue;
    const server = serverUrls(document).find((url) => `${key}/`.startsWith(`${url}/`));
    const path = (server === undefined ? rest : key.slice(server.length)) || '/';
    if (!path.startsWith('/') || Object.hasOwn(paths, path)) continue;
    if (server === undefined) item['servers'] ??= [{ url: origin }];
    Reflect.deleteProperty(paths, key);
    paths[path] = item;
  }
}

/** The URLs of a document's servers without a slash at the end; in 2.0 they have parts. */
function serverUrls(document: JsonObject): string[] {
  const { host, basePath, schemes } = document;
  const parts = array(schemes).map(
    (scheme) => `${text(scheme)}://${text(host)}${text(basePath) ?? ''}`,
  );
  const stated = array(document['servers']).flatMap((server) => text(childOf(server, 'url')) ?? []);
  return [...stated, ...parts].map((url) => url.replace(/\/+$/, ''));
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
