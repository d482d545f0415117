import type { Json, JsonObject } from '../document.js';
import { childOf, isObject } from '../../json.js';

/** Says `nullable`, and the `x-nullable` of 2.0, in JSON Schema's way. */
export function upgradeNullable(schema: JsonObject): void {
  const nullable = schema['nullable'] === true || schema['x-nullable'] === true;
  Reflect.deleteProperty(schema, 'nullable');
  Reflect.deleteProperty(schema, 'x-nullable');
  if (nullable) allowNull(schema);
}

function allowNull(schema: JsonObject): void {
  const type = childOf(schema, 'type');
  if (type !== undefined) schema['type'] = withItem(Array.isArray(type) ? type : [type], 'null');
  // Strictly, null had to be listed as well; most authors did not know, and the API that says nullable takes it.
  const values = childOf(schema, 'enum');
  if (Array.isArray(values)) schema['enum'] = withItem(values, null);
  addNull(schema);
  // Not as one more of oneOf: null would be refused where one of them takes it already.
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

/** What must hold in any case becomes one of two that may. */
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
