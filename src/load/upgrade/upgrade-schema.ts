import type { Json, JsonObject, Report } from '../document.js';
import { childOf, isObject, object, record } from '../../json.js';
import { isReference } from '../walk.js';
import type { Version } from '../version.js';
import { repairSchema } from './repair-schema.js';

/** Converts one schema, without its subschemas, to JSON Schema 2020-12. */
export function upgradeSchema(
  schema: JsonObject,
  version: Version,
  path: readonly string[],
  report: Report,
): void {
  if (version !== '3.1' && isReference(schema)) dropSiblings(schema);
  repairSchema(schema, path, report);
  upgradeNullable(schema);
  upgradeBound(schema, 'exclusiveMinimum', 'minimum');
  upgradeBound(schema, 'exclusiveMaximum', 'maximum');
  upgradeExamples(schema);
  upgradeEncoding(schema);
  upgradeItems(schema);
  upgradeDependencies(schema);
  const discriminator = childOf(schema, 'discriminator');
  if (typeof discriminator === 'string') schema['discriminator'] = { propertyName: discriminator };
}

/** Before 3.1 siblings of a `$ref` are ignored; in 3.1 they would count. Only those that describe are kept. */
function dropSiblings(schema: JsonObject): void {
  for (const key of Object.keys(schema)) {
    if (!key.startsWith('x-') && !descriptive.has(key)) Reflect.deleteProperty(schema, key);
  }
}

const descriptive = new Set(
  '$ref title description default example examples deprecated readOnly writeOnly nullable'.split(
    ' ',
  ),
);

/** A boolean beside the bound became a bound itself. */
function upgradeBound(schema: JsonObject, exclusive: string, inclusive: string): void {
  const value = childOf(schema, exclusive);
  if (typeof value !== 'boolean') return;
  const bound = childOf(schema, inclusive);
  Reflect.deleteProperty(schema, exclusive);
  if (!value || typeof bound !== 'number') return;
  Reflect.deleteProperty(schema, inclusive);
  schema[exclusive] = bound;
}

function upgradeExamples(schema: JsonObject): void {
  // Version 2.0 has none for parameters, so that tools agreed on an extension.
  const { example = childOf(schema, 'x-example') ?? undefined } = schema;
  const examples = childOf(schema, 'examples');
  if (isObject(examples)) {
    schema['examples'] = Object.values(examples).map((item) => childOf(item, 'value') ?? item);
  } else if (!Array.isArray(examples)) {
    drop(schema, 'examples');
    if (example !== undefined) schema['examples'] = [example];
  }
  drop(schema, 'example');
}

/** Deleting what is not there takes longer than looking for it, and few schemas have it. */
function drop(schema: JsonObject, key: string): void {
  if (schema[key] !== undefined) Reflect.deleteProperty(schema, key);
}

/** The formats stay: they are still written in 3.1, with the same meaning. */
function upgradeEncoding(schema: JsonObject): void {
  if (schema['format'] === 'binary') schema['contentMediaType'] ??= 'application/octet-stream';
  if (schema['format'] === 'byte') schema['contentEncoding'] ??= 'base64';
}

/** A list of schemas by position; `additionalItems`, for the rest, became `items`. */
function upgradeItems(schema: JsonObject): void {
  const items = childOf(schema, 'items');
  if (!Array.isArray(items)) return;
  const rest = childOf(schema, 'additionalItems');
  schema['prefixItems'] = items;
  Reflect.deleteProperty(schema, 'items');
  Reflect.deleteProperty(schema, 'additionalItems');
  if (rest !== undefined) schema['items'] = rest;
}

/** Members that one member requires, which drafts before 2019-09 call `dependencies`, as a schema for that case. */
function upgradeDependencies(schema: JsonObject): void {
  const schemas = new Map(Object.entries(object(childOf(schema, 'dependentSchemas'))));
  for (const keyword of ['dependentRequired', 'dependencies']) {
    for (const [name, required] of Object.entries(object(childOf(schema, keyword)))) {
      if (!Array.isArray(required)) continue;
      const own = schemas.get(name);
      schemas.set(name, own === undefined ? { required } : { allOf: [own, { required }] });
    }
    drop(schema, keyword);
  }
  if (schemas.size > 0) schema['dependentSchemas'] = record<Json>(schemas);
}

/** Expresses `nullable`, and the `x-nullable` of 2.0, in JSON Schema. */
function upgradeNullable(schema: JsonObject): void {
  hoistNull(schema);
  const nullable = schema['nullable'] === true || schema['x-nullable'] === true;
  drop(schema, 'nullable');
  drop(schema, 'x-nullable');
  if (nullable) allowNull(schema);
}

/** `allOf: [{ $ref }, { nullable: true }]`: strictly, the other parts exclude null, but then it would have no meaning. */
function hoistNull(schema: JsonObject): void {
  const parts = childOf(schema, 'allOf');
  if (!Array.isArray(parts) || parts.length < 2) return;
  const others = parts.filter((part) => !saysNull(part));
  if (others.length === 0 || others.length === parts.length) return;
  schema['allOf'] = others;
  schema['nullable'] = true;
}

/** Whether a schema says nothing but that null is allowed. */
function saysNull(schema: Json): boolean {
  return (
    isNull(schema) && Object.keys(object(schema)).every((key) => /^(type|nullable)$/.test(key))
  );
}

function allowNull(schema: JsonObject): void {
  const type = childOf(schema, 'type');
  if (type !== undefined) schema['type'] = withItem(Array.isArray(type) ? type : [type], 'null');
  // Strictly, null had to be listed as well. Most authors did not know that, and an API with nullable values accepts
  // null.
  const values = childOf(schema, 'enum');
  if (Array.isArray(values)) schema['enum'] = withItem(values, null);
  addNull(schema);
  // Not as another member of oneOf: null would then be refused where one of the members accepts it already.
  for (const key of ['oneOf', 'allOf', '$ref']) offerNull(schema, key);
}

function withItem(list: Json[], item: Json): Json[] {
  return list.includes(item) ? list : [...list, item];
}

function addNull(schema: JsonObject): void {
  const list = childOf(schema, 'anyOf');
  if (Array.isArray(list) && !list.some(isNull)) schema['anyOf'] = [...list, { type: 'null' }];
}

function isNull(schema: Json): boolean {
  return isObject(schema) && (schema['type'] === 'null' || schema['nullable'] === true);
}

/** Turns a keyword that must hold into one of two alternatives. */
function offerNull(schema: JsonObject, key: string): void {
  const value = childOf(schema, key);
  if (value === undefined) return;
  Reflect.deleteProperty(schema, key);
  const choice = { anyOf: [{ [key]: value }, { type: 'null' }] };
  const others = childOf(schema, 'anyOf');
  const both = others === undefined ? choice : { allOf: [{ anyOf: others }, choice] };
  Reflect.deleteProperty(schema, 'anyOf');
  Object.assign(schema, both);
}
