import { createHash } from 'node:crypto';
import { byCodeUnit, isObject, type Json } from '../json.js';

/** SHA-256 of what a document says, in lower-case hex: neither its formatting nor the order of its members count. */
export function contentHash(document: Json): string {
  const text = JSON.stringify(document, (_, value: Json) =>
    isObject(value) ? sorted(value) : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)));
}
