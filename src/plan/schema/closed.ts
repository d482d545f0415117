import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object } from '../../json.js';
import { refOf } from '../../pointer.js';
import { SUBSCHEMA_KEYWORDS } from './keywords.js';
import { COMPOSING } from './place.js';
import type { ReferenceGraph } from './references.js';

/**
 * Whether `additionalProperties: false` was meant for a schema as a whole, although it only covers some of the members:
 * it is beside a composition or in a part of one, and JSON Schema 2020-12, section 10.3.2.3, ignores the other parts.
 */
export function closesAsWhole(schema: JsonObject, graph: ReferenceGraph): boolean {
  const choices = [...array(schema['anyOf']), ...array(schema['oneOf'])];
  const parts = array(schema['allOf']);
  if (parts.length + choices.length === 0) return false;
  if (isWrapper(schema)) return false;
  if (isClosed(schema) || parts.some((part) => hasClosed(part, graph))) return true;
  const knowsMembers = parts.length > 0 || isObject(schema['properties']);
  return knowsMembers && choices.some((branch) => hasClosed(branch, graph));
}

/** Whether a schema only adds texts to one other, which then covers all of the members. */
function isWrapper({ allOf, ...rest }: JsonObject): boolean {
  return array(allOf).length === 1 && SUBSCHEMA_KEYWORDS.every((key) => rest[key] === undefined);
}

const answers = new WeakMap<ReferenceGraph, Map<Json, boolean>>();

/**
 * Whether a schema, or one that it inherits from, refuses members that it does not list itself. Answers are
 * remembered: in a long chain, every schema asks.
 */
export function hasClosed(schema: Json, graph: ReferenceGraph): boolean {
  const known = answers.get(graph) ?? new Map<Json, boolean>();
  answers.set(graph, known);
  const heirs = new Map<Json, Json | undefined>([[schema, undefined]]);
  // Iterating a map includes elements added on the way.
  for (const part of heirs.keys()) {
    const answer = known.get(part) ?? ((isObject(part) && isClosed(part)) || undefined);
    if (answer === false) continue;
    if (answer === true) {
      for (let at: Json | undefined = part; at !== undefined; at = heirs.get(at))
        known.set(at, true);
      return true;
    }
    for (const next of partsOf(part, graph)) if (!heirs.has(next)) heirs.set(next, part);
  }
  for (const part of heirs.keys()) known.set(part, false);
  return false;
}

function partsOf(schema: Json, graph: ReferenceGraph): Json[] {
  const ref = refOf(schema);
  const inner = COMPOSING.flatMap((key) => array(object(schema)[key]));
  return ref === undefined ? inner : [graph.schema(ref), ...inner];
}

function isClosed(schema: JsonObject): boolean {
  return schema['additionalProperties'] === false || schema['unevaluatedProperties'] === false;
}

const OPENED = '#opened';

/** A name for what a pointer refers to, but accepting unknown members: a definition of its own. */
export function asOpened(pointer: string): string {
  return pointer + OPENED;
}

export function readOpened(name: string): { readonly pointer: string; readonly isOpened: boolean } {
  const isOpened = name.endsWith(OPENED);
  return { pointer: isOpened ? name.slice(0, -OPENED.length) : name, isOpened };
}

/** The schema, but accepting unknown members. */
export function opened(schema: JsonObject): JsonObject {
  const { additionalProperties, unevaluatedProperties, ...rest } = schema;
  return {
    ...rest,
    ...(additionalProperties !== undefined &&
      additionalProperties !== false && { additionalProperties }),
    ...(unevaluatedProperties !== undefined &&
      unevaluatedProperties !== false && { unevaluatedProperties }),
  };
}
