import { isObject, type Json, type JsonObject } from '../api.js';
import { listOf, type Rules } from './keywords.js';
import { SchemaReader } from './schema.js';

type Contradicted = ReadonlyMap<JsonObject, ReadonlySet<string>>;

// One result for each tool.
const known = new WeakMap<JsonObject, Contradicted>();

/**
 * The rules that the document's own examples and defaults break: an `enum` without the default, `type: array` with the
 * example `a,b`. One of the two is wrong, so the API decides.
 */
export function waivesOf(root: JsonObject): NonNullable<Rules['waives']> {
  return (schema, rule) => {
    const contradicted = known.get(root) ?? contradictedIn(root);
    known.set(root, contradicted);
    return contradicted.get(schema)?.has(rule) === true;
  };
}

function contradictedIn(root: JsonObject): Contradicted {
  const found = new Map<JsonObject, Set<string>>();
  for (const schema of schemasIn(root))
    for (const value of shownBy(schema))
      for (const [owner, rule] of new SchemaReader(root, { keepBlanks: true }).brokenBy(
        value,
        schema,
      ))
        found.set(owner, (found.get(owner) ?? new Set()).add(rule));
  return found;
}

/** A null means that there is no example or default. */
function shownBy({ examples, default: fallback = null }: JsonObject): Json[] {
  return [...listOf(examples), fallback].filter((value) => value !== null);
}

/** Keywords with one schema or a list of them, and keywords with schemas by name. */
const NESTED = ['items', 'additionalProperties', 'prefixItems', 'allOf', 'anyOf', 'oneOf'];
const NAMED = ['properties', '$defs'];

function schemasIn(root: JsonObject): ReadonlySet<JsonObject> {
  const all = new Set([root]);
  // Iterating a set includes elements added on the way, each once.
  for (const schema of all) {
    const nested = NESTED.flatMap((key) => schema[key] ?? []);
    const named = NAMED.flatMap((key) => {
      const members = schema[key];
      return isObject(members) ? Object.values(members) : [];
    });
    for (const part of [...nested, ...named]) if (isObject(part)) all.add(part);
  }
  return all;
}
