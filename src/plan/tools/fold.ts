import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { ANNOTATIONS, isAnnotation } from '../../../templates/src/runtime/upstream/arguments.js';
import { array, isObject, texts } from '../../json.js';
import { bothTexts } from '../schema/adjust.js';
import { closed } from '../schema/merge.js';

/** Keywords that change the meaning of others beside them (JSON Schema 2020-12, core, section 10.3). */
const TOGETHER = [
  ['items', 'prefixItems', 'contains', 'minContains', 'maxContains', 'unevaluatedItems'],
  ['if', 'then', 'else'],
  ['contentEncoding', 'contentMediaType', 'contentSchema', 'format'],
];

const MEMBERS = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
];

const UNEVALUATED = ['unevaluatedProperties', 'unevaluatedItems'];

/** Keywords of which both may have some. A default is not one of them: only one can count. */
const JOINED = [
  ...ANNOTATIONS.filter((keyword) => keyword !== 'default'),
  'required',
  'properties',
];

/** More parts than anybody reads; each one costs as much as those that it joins. */
const MOST_PARTS = 64;

const known = new WeakMap<JsonObject, JsonObject>();

/**
 * A schema with the parts of its `allOf` merged into it where that does not change its meaning. Documents write
 * `allOf: [{ $ref }, { description }]` because OpenAPI 3.0 allows nothing beside a reference.
 */
export function fold(schema: JsonObject): JsonObject {
  const { allOf, $ref } = schema;
  if (!Array.isArray(allOf) || allOf.length > MOST_PARTS || $ref !== undefined) return schema;
  const folded = known.get(schema) ?? folding(schema);
  known.set(schema, folded);
  return folded;
}

function folding({ allOf, ...own }: JsonObject): JsonObject {
  const parts = array(allOf).map((part) => (isObject(part) ? fold(part) : part));
  const all = [own, ...parts].filter(isObject);
  const isOnly = all.filter((one) => !isAnnotation(one)).length < 2;
  // If a value of the document breaks rules of several parts, a server waives all of them, but only the first of one.
  if (!isOnly && all.some(isShown)) return { ...own, allOf: parts };
  const rest: Json[] = [];
  let whole: JsonObject = own;
  // The last part is usually the most specific one.
  for (const part of parts.toReversed()) {
    const joined = isObject(part) && (isOnly || !isClosed(part)) ? join(whole, part) : undefined;
    if (joined === undefined) rest.unshift(part);
    else whole = joined;
  }
  return rest.length === 0 ? closed(whole) : { ...whole, allOf: rest };
}

function isShown(schema: JsonObject): boolean {
  return (schema['examples'] ?? schema['default']) !== undefined;
}

/** Whether it depends on its place which members or items it refuses. */
function isClosed(schema: JsonObject): boolean {
  return UNEVALUATED.some((key) => schema[key] !== undefined);
}

/** One schema for a value that both describe; undefined if it would mean something else. */
function join(outer: JsonObject, inner: JsonObject): JsonObject | undefined {
  if (inner['$ref'] !== undefined || inner['allOf'] !== undefined) return undefined;
  if (clashes(outer, inner)) return undefined;
  const members = [outer, inner].map((one) => one['properties']).filter(isObject);
  const required = [...texts(inner['required']), ...texts(outer['required'])];
  const examples = [...array(outer['examples']), ...array(inner['examples'])];
  const description = bothTexts(outer['description'], inner['description']);
  return {
    ...outer,
    ...inner,
    ...outer,
    ...(members.length === 2 && { properties: { ...members[1], ...members[0] } }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
    ...(examples.length > 0 && { examples }),
    ...(description !== undefined && { description }),
  };
}

function clashes(outer: JsonObject, inner: JsonObject): boolean {
  const others = Object.keys(inner).filter((key) => !JOINED.includes(key));
  const differs = (key: string) =>
    outer[key] !== undefined && !isDeepStrictEqual(outer[key], inner[key]);
  const isTogether = (group: readonly string[]) =>
    [outer, inner].every((schema) => group.some((key) => schema[key] !== undefined));
  if (others.some(differs) || TOGETHER.some(isTogether)) return true;
  return isTogether(MEMBERS) && !areDisjoint(outer, inner);
}

/** Whether both only name members, and each of them other ones. */
function areDisjoint(outer: JsonObject, inner: JsonObject): boolean {
  const { unevaluatedProperties: _, ...rest } = outer;
  const isNaming = [rest, inner].every((schema) =>
    MEMBERS.slice(1).every((key) => schema[key] === undefined),
  );
  const [some, more] = [outer['properties'], inner['properties']];
  if (!isNaming || !isObject(some) || !isObject(more)) return isNaming;
  return Object.keys(more).every((name) => !Object.hasOwn(some, name));
}
