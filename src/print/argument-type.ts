import { array, isObject, text, type Json, type JsonObject } from '../json.js';
import { targetOf } from '../pointer.js';

/** The depth of a type in words. */
const DEEPEST = 4;

/** The type of an argument in a few words: `integer`, `list of string`, `"asc" or "desc"`. */
export function argumentType(root: JsonObject, schema: Json | undefined): string {
  // Each schema is described once for each depth: alternatives that refer to one another have too many paths.
  const known = Array.from({ length: DEEPEST + 1 }, () => new Map<JsonObject, string>());
  return typeAt(schema, 0);

  function typeAt(value: Json | undefined, depth: number): string {
    const done = known[depth];
    if (!isObject(value) || done === undefined) return 'any';
    const words = done.get(value) ?? describe(value, depth + 1);
    done.set(value, words);
    return words;
  }

  function describe(value: JsonObject, depth: number): string {
    const reference = text(value['$ref']);
    if (reference !== undefined) return typeAt(targetOf(root, reference), depth);
    if (Array.isArray(value['enum']))
      return oneOf(value['enum'].map((member) => JSON.stringify(member)));
    const branches = [...array(value['anyOf']), ...array(value['oneOf'])];
    if (branches.length > 0) return oneOf(branches.map((branch) => typeAt(branch, depth)));
    const types = [value['type']].flat().map((type) => text(type) ?? 'any');
    if (types.includes('array')) return `list of ${typeAt(value['items'], depth)}`;
    const format = text(value['format']);
    return format === undefined ? oneOf(types) : `${oneOf(types)} (${format})`;
  }
}

/** The number of alternatives shown. */
const SHOWN = 8;

function oneOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  const more = unique.length > SHOWN ? [`${unique.length - SHOWN} more`] : [];
  return [...unique.slice(0, SHOWN), ...more].join(' or ');
}
