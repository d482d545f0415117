import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A document as it is in its file, read without any of the code under test. */
export interface Source {
  /** The version it claims: `3.0.3`. */
  readonly version: string;
  readonly document: Tree;
  readonly operations: readonly SourceOperation[];
}

export interface SourceOperation {
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  /** Where a warning would name it, and its path. */
  readonly places: readonly string[];
}

export interface Tree {
  [key: string]: unknown;
}

// OpenAPI 3.1, Path Item Object; OpenAPI 3.2 adds QUERY.
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/** Reads a document; one that is not OpenAPI has no operations. */
export async function readSource(file: string): Promise<Source> {
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  const document = tree(file.endsWith('.json') ? JSON.parse(text) : parseYaml(text));
  const version = document['openapi'] ?? document['swagger'];
  return {
    version: typeof version === 'string' ? version : '',
    document,
    operations: Object.entries(tree(document['paths']))
      .filter(([path]) => !path.startsWith('x-'))
      .flatMap(([path, item]) => operationsOf(path, pathItem(document, item))),
  };
}

function parseYaml(text: string): unknown {
  return parse(text, { uniqueKeys: false, maxAliasCount: -1, logLevel: 'silent' });
}

function operationsOf(path: string, item: Tree): SourceOperation[] {
  const place = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const fixed = Object.keys(item).filter((key) => METHODS.includes(key));
  const additional = Object.keys(tree(item['additionalOperations']));
  return [
    ...fixed.map((key) => ({
      method: key.toUpperCase(),
      path,
      places: [`${place}/${key}`, place],
    })),
    ...additional.map((method) => ({
      method,
      path,
      places: [`${place}/additionalOperations/${method}`, place],
    })),
  ];
}

function pathItem(document: Tree, item: unknown): Tree {
  const { $ref: reference, ...rest } = tree(item);
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return rest;
  const keys = decodeURIComponent(reference.slice(2)).split('/');
  const target = keys.reduce<unknown>(
    (value, key) => tree(value)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
  return { ...tree(target), ...rest };
}

/** The document with its paths, and the operations of each, in reversed order. */
export function reversed(document: Tree): Tree {
  const paths = Object.entries(tree(document['paths']));
  return {
    ...document,
    paths: reverse(paths.map(([path, item]) => [path, reverse(Object.entries(tree(item)))])),
  };
}

function reverse(entries: [string, unknown][]): Tree {
  return Object.fromEntries(entries.reverse());
}

/** The value when it is an object, else an empty one. */
export function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Tree)
    : {};
}
