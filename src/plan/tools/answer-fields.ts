import { array, isObject, object, put, text } from '../../json.js';
import { listedFields } from '../../listed-fields.js';
import { resolve } from '../../pointer.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Operation } from '../operations/operations.js';

/** Objects with fewer members are returned whole. */
const FEW = 10;
const MAX_DEPTH = 8;

/** Common names of a parameter that selects members of a response. */
const SELECTION =
  /^(\$?select|\$?fields?|_fields|field_?mask|fields?\[.*\]|\$?properties|opt_fields|only|columns)$/i;

/**
 * The first members of an operation's responses, which its tool can select with the argument `fields`. Undefined if it
 * is not worth it: the responses are not JSON, or small, or one of the API's own parameters reduces them.
 */
export function answerFields(
  root: JsonObject,
  operation: Operation,
  { parameters, inputSchema }: { parameters: readonly { name: string }[]; inputSchema: object },
): string[] | undefined {
  const properties = object((inputSchema as JsonObject)['properties']);
  if (Object.hasOwn(properties, 'fields')) return undefined;
  if (parameters.some(({ name }) => SELECTION.test(name))) return undefined;
  const schema = answerSchema(root, operation);
  if (schema === undefined) return undefined;
  const { names, isList, isPlain } = shapeOf(root, schema, 0);
  const isWorth = isList || names.length > FEW || names.length === 0;
  return isWorth && !isPlain ? listedFields(names) : undefined;
}

/** The schema of the first successful JSON response; empty where the document does not describe it. */
export function answerSchema(root: JsonObject, operation: Operation): Json | undefined {
  const media = contentsOf(root, operation);
  const json = media.find(([type]) => /[/+]json\b|^\*\/\*$/.test(type));
  if (json !== undefined) return resolve(root, json[1])['schema'] ?? {};
  const { definition, method } = operation;
  const good = Object.keys(object(definition['responses'])).filter((one) => !/^[45]/.test(one));
  const isEmpty = good.length > 0 && good.every((status) => EMPTY.test(status));
  return media.length === 0 && method === 'GET' && !isEmpty ? {} : undefined;
}

/** The Media Type Objects of successful responses, each with its type. */
export function contentsOf(root: JsonObject, { definition }: Operation): [string, Json][] {
  return Object.entries(object(definition['responses']))
    .filter(([status]) => /^2|^default$/.test(status))
    .flatMap(([, response]) => Object.entries(object(resolve(root, response)['content'])));
}

// Responses without content (RFC 9110, sections 15.3.5 and 15.3.6), and redirects (15.4).
const EMPTY = /^(?:20[45]$|3)/;

interface Shape {
  /** The paths of its members; empty when unknown. */
  readonly names: readonly string[];
  readonly isList: boolean;
  /** Whether it holds only texts, numbers and the like: nothing that has members. */
  readonly isPlain: boolean;
}

const PLAIN = new Set(['string', 'number', 'integer', 'boolean', 'null']);

/** A list is described by its items, and so is an object that contains one list of objects, as most lists are sent. */
function shapeOf(root: JsonObject, schema: Json | undefined, depth: number): Shape {
  const { types, items, properties } = flatten(root, schema, depth);
  if (items !== undefined || types.has('array'))
    return { ...shapeOf(root, items, depth + 1), isList: true };
  const isPlain = types.size > 0 && [...types].every((type) => PLAIN.has(type));
  const names = Object.keys(properties);
  const lists = names.filter((name) => {
    const { items: inner } = flatten(root, properties[name], depth + 1);
    return (
      inner !== undefined && Object.keys(flatten(root, inner, depth + 2).properties).length > 0
    );
  });
  const [list] = lists;
  if (list === undefined || lists.length > 1 || names.length > FEW)
    return { names, isList: false, isPlain };
  const inner = shapeOf(root, properties[list], depth + 1).names.map((name) => `${list}.${name}`);
  return { names: [...inner, ...names.filter((name) => name !== list)], isList: true, isPlain };
}

/** The schema's own description, with that of its reference and branches. */
function flatten(root: JsonObject, schema: Json | undefined, depth: number) {
  const types = new Set<string>();
  let items: Json | undefined;
  const properties: JsonObject = {};
  const seen = new Set<JsonObject>();
  const visit = (value: Json | undefined, level: number): void => {
    if (!isObject(value) || level > MAX_DEPTH) return;
    const own = resolve(root, value);
    if (seen.has(own)) return;
    seen.add(own);
    for (const type of [own['type'] ?? null].flat()) types.add(text(type) ?? '');
    items ??= own['items'];
    for (const [name, member] of Object.entries(object(own['properties'])))
      if (!Object.hasOwn(properties, name) && object(member)['writeOnly'] !== true)
        put(properties, name, member);
    for (const branch of array(own['allOf'])) visit(branch, level + 1);
    visit(array(own['oneOf'])[0] ?? array(own['anyOf'])[0], level + 1);
  };
  visit(schema, depth);
  return { types, items, properties };
}
