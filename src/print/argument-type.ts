import { array, isObject, text, type Json, type JsonObject } from '../json.js';
import { targetOf } from '../pointer.js';

/** The type of an argument in a few words: `integer`, `list of string`, `"asc" or "desc"`. */
export function argumentType(root: JsonObject, schema: Json | undefined, depth = 0): string {
  if (!isObject(schema) || depth > 4) return 'any';
  const reference = text(schema['$ref']);
  if (reference !== undefined) return argumentType(root, targetOf(root, reference), depth + 1);
  if (Array.isArray(schema['enum']))
    return oneOf(schema['enum'].map((value) => JSON.stringify(value)));
  const branches = [...array(schema['anyOf']), ...array(schema['oneOf'])];
  if (branches.length > 0) return oneOf(branches.map((one) => argumentType(root, one, depth + 1)));
  const types = [schema['type']].flat().map((type) => text(type) ?? 'any');
  if (types.includes('array')) return `list of ${argumentType(root, schema['items'], depth + 1)}`;
  const format = text(schema['format']);
  return format === undefined ? oneOf(types) : `${oneOf(types)} (${format})`;
}

/** The number of alternatives shown. */
const SHOWN = 8;

function oneOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  const more = unique.length > SHOWN ? [`${unique.length - SHOWN} more`] : [];
  return [...unique.slice(0, SHOWN), ...more].join(' or ');
}
