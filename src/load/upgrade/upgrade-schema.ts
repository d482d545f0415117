import type { JsonObject, Report } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference } from '../json.js';
import { upgradeNullable } from './upgrade-nullable.js';
import { repairSchema } from './repair-schema.js';
import type { Version } from '../version.js';

/** Makes one schema, and not those inside it, JSON Schema 2020-12. */
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
  const discriminator = childOf(schema, 'discriminator');
  if (typeof discriminator === 'string') schema['discriminator'] = { propertyName: discriminator };
}

/** Before 3.1 what stands beside a `$ref` is ignored; now it would count. What only describes is kept. */
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
  const example = childOf(schema, 'example');
  const examples = childOf(schema, 'examples');
  if (isObject(examples)) {
    schema['examples'] = Object.values(examples).map((item) => childOf(item, 'value') ?? item);
  } else if (!Array.isArray(examples)) {
    Reflect.deleteProperty(schema, 'examples');
    if (example !== undefined) schema['examples'] = [example];
  }
  Reflect.deleteProperty(schema, 'example');
}

/** The formats stay: they are still written in 3.1, where they mean the same to everybody. */
function upgradeEncoding(schema: JsonObject): void {
  if (schema['format'] === 'binary') schema['contentMediaType'] ??= 'application/octet-stream';
  if (schema['format'] === 'byte') schema['contentEncoding'] ??= 'base64';
}

/** A list of schemas by position; what `additionalItems` said of the rest, `items` says now. */
function upgradeItems(schema: JsonObject): void {
  const items = childOf(schema, 'items');
  if (!Array.isArray(items)) return;
  const rest = childOf(schema, 'additionalItems');
  schema['prefixItems'] = items;
  Reflect.deleteProperty(schema, 'items');
  Reflect.deleteProperty(schema, 'additionalItems');
  if (rest !== undefined) schema['items'] = rest;
}
