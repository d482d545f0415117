import { tree } from './source.js';

// The keywords of JSON Schema 2020-12 that hold schemas; everywhere else `$ref` is just a word.
const ONE = [
  ...['additionalProperties', 'contains', 'contentSchema', 'else', 'if', 'items', 'not', 'then'],
  ...['propertyNames', 'unevaluatedItems', 'unevaluatedProperties'],
];
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAP = ['$defs', 'dependentSchemas', 'patternProperties', 'properties'];

/** The `$ref`s of a schema that lead nowhere within it. */
export function danglingReferences(root: unknown): string[] {
  const found = new Set<string>();
  const waiting = [root];
  while (waiting.length > 0) {
    const schema = tree(waiting.pop());
    const reference = schema['$ref'];
    if (reference !== undefined && !leadsSomewhere(root, reference))
      found.add(JSON.stringify(reference));
    waiting.push(...children(schema));
  }
  return [...found];
}

function children(schema: Record<string, unknown>): unknown[] {
  return [
    ...ONE.flatMap((word) => (Object.hasOwn(schema, word) ? [schema[word]] : [])),
    ...LIST.flatMap((word) => (Array.isArray(schema[word]) ? (schema[word] as unknown[]) : [])),
    ...MAP.flatMap((word) => Object.values(tree(schema[word]))),
  ];
}

function leadsSomewhere(root: unknown, reference: unknown): boolean {
  if (reference === '#') return true;
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return false;
  const keys = reference.slice(2).split('/').map(unescape);
  return keys.reduce<unknown>((value, key) => child(value, key), root) !== undefined;
}

function unescape(segment: string): string {
  return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
