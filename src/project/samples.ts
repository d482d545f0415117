import type { Json } from '../json.js';

/** The maximum of items in a sample, for each list. */
const MAX_ITEMS = 10;

/**
 * The same schemas, for the library that makes samples: it makes as many items as a document requires, which may be
 * more than fit into memory.
 */
export function withShortLists<T extends Json>(schemas: T): T {
  const shorten = (key: string, value: Json) =>
    key === 'minItems' && typeof value === 'number' ? Math.min(value, MAX_ITEMS) : value;
  return JSON.parse(JSON.stringify(schemas, shorten)) as T;
}
