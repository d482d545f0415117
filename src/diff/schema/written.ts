import { isDeepStrictEqual } from 'node:util';
import {
  array,
  isObject,
  object,
  own,
  record,
  texts,
  type Json,
  type JsonObject,
} from '../../json.js';
import { targetOf } from '../../pointer.js';
import { NOTES } from './notes.js';

const LONGEST_CHAIN = 256;

/**
 * A schema as one object, with its references and `allOf` merged into it. Parts that cannot be merged without
 * changing the meaning stay in an `allOf`, whose elements have none themselves. All definitions of equal versions are
 * equal.
 */
export function written(
  schema: Json | undefined,
  definitions: JsonObject,
  version: string,
): JsonObject {
  // Duplicate requirements are merged: otherwise references would fork into 2^n of them, or never end.
  const seen = new Set<string>();
  return write(schema);

  function write(part: Json | undefined): JsonObject {
    if (part === false) return { not: {} };
    if (!isObject(part)) return {};
    const { $ref: reference, allOf: conjuncts, ...rest } = withoutLonelyAlternative(part);
    const target = reference === undefined ? undefined : follow(reference);
    return [...(target === undefined ? [] : [write(target)]), ...array(conjuncts).map(write)]
      .flatMap(conjunctsOf)
      .reduce(merge, {
        ...withoutOpenness(rest),
        // This is treated as an unknown keyword: anything in a chain that is too long may have changed.
        ...(target === undefined && reference !== undefined && { $ref: [reference, version] }),
      });
  }

  /** The target of a reference; undefined when it does not resolve, or is too deep for the call stack. */
  function follow(reference: Json): Json | undefined {
    if (typeof reference !== 'string' || seen.size >= LONGEST_CHAIN) return undefined;
    const isDefinition = /^#\/\$defs\/[^/]+$/.test(reference);
    const target = isDefinition ? targetOf({ $defs: definitions }, reference) : undefined;
    if (target !== undefined && seen.has(reference)) return {};
    seen.add(reference);
    return target;
  }
}

/** A single alternative is not a choice. */
function withoutLonelyAlternative(schema: JsonObject): JsonObject {
  const { anyOf, oneOf, ...rest } = schema;
  const lonely = [anyOf, oneOf].filter((list) => Array.isArray(list) && list.length === 1);
  if (lonely.length === 0) return schema;
  const kept = record(
    Object.entries({ anyOf, oneOf }).filter(([, list]) => !lonely.includes(list)),
  );
  return { ...rest, ...kept, allOf: [...array(rest['allOf']), ...lonely.flatMap(array)] };
}

/** Allowing everything else adds nothing. */
function withoutOpenness(schema: JsonObject): JsonObject {
  const says = ([keyword, value]: [string, Json]) =>
    !['additionalProperties', 'items', 'unevaluatedProperties', 'unevaluatedItems'].includes(
      keyword,
    ) || !(value === true || (isObject(value) && Object.keys(value).length === 0));
  return record(Object.entries(schema).filter(says));
}

function conjunctsOf(schema: JsonObject): JsonObject[] {
  const { allOf, ...rest } = schema;
  return [rest, ...array(allOf).map(object)];
}

type Combine = (a: Json, b: Json) => Json | undefined;

const larger: Combine = (a, b) => Math.max(Number(a), Number(b));
const smaller: Combine = (a, b) => Math.min(Number(a), Number(b));

/** How two values of one keyword are merged. */
const combinations: ReadonlyMap<string, Combine> = new Map([
  ['properties', (a: Json, b: Json) => mergeProperties(object(a), object(b))],
  ['required', (a: Json, b: Json) => [...new Set([...texts(a), ...texts(b)])]],
  ['type', (a: Json, b: Json) => commonTypes([a].flat(), [b].flat())],
  ['minimum', larger],
  ['exclusiveMinimum', larger],
  ['minLength', larger],
  ['minItems', larger],
  ['minProperties', larger],
  ['maximum', smaller],
  ['exclusiveMaximum', smaller],
  ['maxLength', smaller],
  ['maxItems', smaller],
  ['maxProperties', smaller],
]);

/** Keywords whose meaning depends on the keywords beside them. */
const ENTANGLED = [
  [
    ['additionalProperties', 'unevaluatedProperties'],
    ['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
  ],
  [
    ['items', 'unevaluatedItems'],
    ['prefixItems', 'items', 'unevaluatedItems', 'contains'],
  ],
  [
    ['if', 'then', 'else'],
    ['if', 'then', 'else'],
  ],
  [
    ['contains', 'minContains', 'maxContains'],
    ['contains', 'minContains', 'maxContains'],
  ],
] as const;

function merge(schema: JsonObject, part: JsonObject): JsonObject {
  const merged = areEntangled(schema, part) ? undefined : mergeKeywords(schema, part);
  if (merged !== undefined) return merged;
  return { ...schema, allOf: [...array(schema['allOf']), part] };
}

function areEntangled(a: JsonObject, b: JsonObject): boolean {
  const has = (schema: JsonObject, keywords: readonly string[]) =>
    keywords.some((keyword) => schema[keyword] !== undefined);
  return ENTANGLED.some(
    ([some, others]) => (has(a, some) && has(b, others)) || (has(b, some) && has(a, others)),
  );
}

function mergeKeywords(schema: JsonObject, part: JsonObject): JsonObject | undefined {
  const result = new Map(Object.entries(schema));
  for (const [keyword, value] of Object.entries(part)) {
    const had = result.get(keyword);
    // The nearer annotation counts.
    if (had !== undefined && NOTES.includes(keyword)) continue;
    const combined =
      had === undefined || isDeepStrictEqual(had, value)
        ? value
        : combinations.get(keyword)?.(had, value);
    if (combined === undefined) return undefined;
    result.set(keyword, combined);
  }
  return record(result);
}

function mergeProperties(a: JsonObject, b: JsonObject): JsonObject {
  const added = Object.entries(b).map(([name, schema]): [string, Json] => {
    const had = own(a, name);
    const isNew = had === undefined || isDeepStrictEqual(had, schema);
    return [name, isNew ? schema : { allOf: [had, schema] }];
  });
  return record<Json>([...Object.entries(a), ...added]);
}

function commonTypes(a: readonly Json[], b: readonly Json[]): Json | undefined {
  const takes = (types: readonly Json[], type: Json) =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  const common = [...a.filter((type) => takes(b, type)), ...b.filter((type) => takes(a, type))];
  const unique = [...new Set(common)];
  return unique.length > 1 ? unique : unique[0];
}
