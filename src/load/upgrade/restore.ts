import {
  array,
  childOf,
  isObject,
  object,
  setChild,
  texts,
  type Json,
  type JsonObject,
} from '../../json.js';
import { resolve } from '../../pointer.js';
import { grammar, type Kind } from '../grammar.js';
import { visit } from '../walk.js';
import { writtenAt } from '../written.js';
import { restoreBooleans } from './booleans.js';

/** Fields that are text in every object that has them. */
const textFields = new Set('title description summary name operationId format pattern'.split(' '));

/**
 * Restores text where a number or a boolean was read instead: `version: 1.10`, `enum: [08, 09]` of strings. In other
 * data, integers that JavaScript would round become strings of their digits. The document is changed.
 */
export function restoreWritten(document: JsonObject): void {
  restoreRoot(document);
  visit(document, (value, kind) => {
    if (!isObject(value)) return;
    if (!isMap(kind)) restoreFields(value, textFields);
    if (hasBooleans.has(kind)) restoreBooleans(value);
    if (kind === 'operation') restoreItems(value['tags']);
    if (kind === 'schema') restoreItems(value['required']);
    if (kind === 'server') restoreVariables(value);
    if (kind === 'parameter') restoreUntyped(value['schema'], document);
    if (kind === 'schema') restoreParts(value, document);
    const schema = kind === 'schema' ? value : (value['schema'] ?? value);
    if (describesData.has(kind)) restoreExamples(value, schema, document);
  });
}

const hasBooleans = new Set<Kind>([
  'operation',
  'parameter',
  'header',
  'requestBody',
  'encoding',
  'schema',
]);

const describesData = new Set<Kind>(['schema', 'parameter', 'header', 'mediaType']);

/** Whether the keys of such an object are names chosen by the document. */
function isMap(kind: Kind): boolean {
  return kind === 'mapping' || grammar[kind].each !== undefined;
}

function restoreRoot(document: JsonObject): void {
  restoreFields(document['info'], new Set([...textFields, 'version']));
  for (const tag of array(document['tags'])) restoreFields(tag, textFields);
}

const variableFields = new Set(['default', 'description']);

function restoreVariables(server: JsonObject): void {
  for (const variable of Object.values(object(server['variables']))) {
    restoreFields(variable, variableFields);
    if (isObject(variable)) restoreItems(variable['enum']);
  }
}

function restoreFields(holder: Json | undefined, fields: ReadonlySet<string>): void {
  if (!isObject(holder)) return;
  for (const key of Object.keys(holder)) if (fields.has(key)) restoreText(holder, key);
}

function restoreItems(list: Json | undefined): void {
  if (Array.isArray(list)) for (const index of list.keys()) restoreText(list, index);
}

type Holder = JsonObject | Json[];

function restoreText(holder: Holder, key: string | number): void {
  const value = childOf(holder, String(key));
  if (typeof value !== 'number' && typeof value !== 'boolean') return;
  setChild(holder, key, writtenAt(holder, String(key)) ?? String(value));
}

/** The examples, default and enum of an object that has a schema, or is one. */
function restoreExamples(holder: JsonObject, schema: Json, document: JsonObject): void {
  for (const key of ['default', 'const', 'example']) restoreData(holder, key, schema, document);
  for (const key of ['enum', 'examples']) {
    const list = holder[key];
    if (Array.isArray(list))
      for (const index of list.keys()) restoreData(list, index, schema, document);
    else if (key === 'examples' && isObject(list))
      for (const example of Object.values(list))
        if (isObject(example)) restoreData(example, 'value', schema, document);
  }
}

/** The values of parts that leave the type to the schema around them: `allOf: [{ type: string }, { enum: [1.10] }]`. */
function restoreParts(schema: JsonObject, document: JsonObject): void {
  for (const part of ['allOf', 'anyOf', 'oneOf'].flatMap((key) => array(schema[key])))
    if (isObject(part) && part['type'] === undefined) restoreExamples(part, schema, document);
}

/** Outside of bodies all values are sent as text: where a schema has no type, `1.0` is not 1. */
function restoreUntyped(schema: Json | undefined, document: JsonObject): void {
  const target = resolve(document, schema);
  if (typesOf(target, document) !== undefined) return;
  const restore = (holder: Holder, key: string | number): void => {
    if (writtenAt(holder, String(key)) !== undefined) restoreText(holder, key);
  };
  for (const key of ['default', 'const', 'example']) restore(target, key);
  for (const list of [target['enum'], target['examples']])
    if (Array.isArray(list)) for (const index of list.keys()) restore(list, index);
}

function restoreData(
  holder: Holder,
  key: string | number,
  schema: Json | undefined,
  document: JsonObject,
): void {
  const value = childOf(holder, String(key));
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (wantsText(schema, value, document)) restoreText(holder, key);
    else restoreDigits(holder, key, value);
  } else if (Array.isArray(value)) {
    const items = partOf(schema, ({ items }) => items, document);
    for (const index of value.keys()) restoreData(value, index, items, document);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      // Examples are long, and most of them consist of texts.
      if (typeof value[name] === 'string') continue;
      const part = partOf(schema, (own) => memberOf(own, name), document);
      restoreData(value, name, part, document);
    }
  }
}

/** The schema of a member: by its name, or that of additional properties. */
function memberOf({ properties, additionalProperties }: JsonObject, name: string) {
  return childOf(properties, name) ?? additionalProperties;
}

/** An integer that loses digits when JavaScript reads it. */
function restoreDigits(holder: Holder, key: string | number, value: Json): void {
  const written = writtenAt(holder, String(key));
  if (written !== undefined && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(written))
    setChild(holder, key, written.replace(/^\+/, ''));
}

function wantsText(schema: Json | undefined, value: Json, document: JsonObject): boolean {
  const types = typesOf(schema, document);
  const own = typeof value === 'boolean' ? ['boolean'] : ['number', 'integer'];
  return types?.includes('string') === true && !own.some((type) => types.includes(type));
}

/** Schemas that one is composed of. Real documents stay far below this, and each schema costs time for every value. */
const maxParts = 100;

function isNew(schema: Json, seen: Set<Json>): boolean {
  if (seen.has(schema) || seen.size === maxParts) return false;
  seen.add(schema);
  return true;
}

/** The types that a schema allows; undefined when it does not restrict them. */
function typesOf(
  schema: Json | undefined,
  document: JsonObject,
  seen = new Set<Json>(),
): string[] | undefined {
  const target = resolve(document, schema);
  if (!isNew(target, seen)) return undefined;
  const { type } = target;
  if (type !== undefined) return typeof type === 'string' ? [type] : texts(type);
  const all = array(target['allOf']).map((part) => typesOf(part, document, seen));
  const either = [...array(target['anyOf']), ...array(target['oneOf'])].map((part) =>
    typesOf(part, document, seen),
  );
  const known = either.filter((types) => types !== undefined);
  if (known.length > 0 && known.length === either.length) return known.flat();
  return all.find((types) => types !== undefined);
}

/** The schema of a part of a value, from the schema itself or one that it is composed of. */
function partOf(
  schema: Json | undefined,
  pick: (schema: JsonObject) => Json | undefined,
  document: JsonObject,
  seen = new Set<Json>(),
): Json | undefined {
  const target = resolve(document, schema);
  if (!isNew(target, seen)) return undefined;
  const own = pick(target);
  if (own !== undefined) return own;
  for (const part of ['allOf', 'anyOf', 'oneOf'].flatMap((key) => array(target[key]))) {
    const found = partOf(part, pick, document, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
