import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../json.js';

/** SHA-256 of a document's content, in lower-case hex; formatting and the order of members do not matter. */
export function contentHash(document: Json): string {
  const hash = createHash('sha256');
  const add = (text: string) => void hash.update(text);
  addContent(document, PIECES, add);
  return hash.digest('hex');
}

/** The depth of what is hashed in one piece: an operation, a schema. A whole document costs thrice its size in memory. */
const PIECES = 3;

/** Adds a value as JSON, piece by piece, with the members of objects in the order of `sorted`. */
function addContent(value: Json, depth: number, add: (text: string) => void): void {
  if (depth === 0 || !isObject(value)) {
    add(JSON.stringify(sorted(value)));
    return;
  }
  let before = '{';
  for (const key of inOrder(Object.keys(value))) {
    add(`${before}${JSON.stringify(key)}:`);
    addContent(value[key] ?? null, depth - 1, add);
    before = ',';
  }
  add(before === '{' ? '{}' : '}');
}

/** The same value, with the members of objects in order. */
function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members: JsonObject = {};
  for (const key of Object.keys(value).sort()) members[key] = sorted(value[key] ?? null);
  return members;
}

/** Keys in code unit order, after those that are integers: as JavaScript lists them. */
function inOrder(keys: string[]): string[] {
  return Object.keys(Object.fromEntries(keys.sort().map((key) => [key, true])));
}
