import type { Json, JsonObject, Report } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference } from '../json.js';

/** Tells parameters that 3.x describes as a request body. */
export function isPayload(parameter: Json): parameter is JsonObject {
  return isObject(parameter) && (parameter['in'] === 'body' || parameter['in'] === 'formData');
}

const schemaFields = new Set(
  (
    'type format items default enum maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern ' +
    'maxItems minItems uniqueItems multipleOf x-nullable'
  ).split(' '),
);

/** The fields of a 2.0 parameter or header that are its schema, and the rest. */
export function splitSchema(value: JsonObject): { schema: JsonObject; rest: JsonObject } {
  const schema: JsonObject = {};
  const rest: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    if (schemaFields.has(key)) schema[key] = withoutFormat(field);
    else if (key !== 'collectionFormat') rest[key] = field;
  }
  const own = childOf(value, 'schema');
  return { schema: isObject(own) ? { ...schema, ...own } : schema, rest };
}

/** Items have a format of their own, for lists in lists, that no 3.x style can say. */
function withoutFormat(items: Json): Json {
  if (!isObject(items)) return items;
  const { collectionFormat: _, ...rest } = items;
  const inner = childOf(rest, 'items');
  return inner === undefined ? rest : { ...rest, items: withoutFormat(inner) };
}

/** Upgrades a parameter that is not sent in the body; a reference stays as it is. */
export function upgradeParameter(parameter: Json, place: string, report: Report): Json {
  if (!isObject(parameter) || isReference(parameter)) return parameter;
  const { schema, rest } = splitSchema(parameter);
  const format = collectionFormatOf(parameter);
  const style = format === undefined ? {} : styleOf(format, rest['in']);
  if (!style) report(unsupportedFormat(format ?? '', place));
  return { ...rest, ...style, schema };
}

/** How a list is written, which is with commas unless said otherwise; nothing for what is no list. */
export function collectionFormatOf(parameter: JsonObject): string | undefined {
  if (parameter['type'] !== 'array') return undefined;
  const format = childOf(parameter, 'collectionFormat');
  return typeof format === 'string' ? format : 'csv';
}

const queryStyles = new Map([
  ['csv', { style: 'form', explode: false }],
  ['multi', { style: 'form', explode: true }],
  ['ssv', { style: 'spaceDelimited', explode: false }],
  ['pipes', { style: 'pipeDelimited', explode: false }],
]);

/** The 3.x style of a collection format; nothing where there is none, such as tabs. */
export function styleOf(format: string, place: Json | undefined): JsonObject | undefined {
  if (place === 'query' || place === 'formData') return queryStyles.get(format);
  return format === 'csv' ? { style: 'simple', explode: false } : undefined;
}

/** The list will be written with commas, as 3.x has no way to say it. */
export function unsupportedFormat(format: string, place: string) {
  return {
    code: 'UNSUPPORTED_COLLECTION_FORMAT',
    message: `A list in the format ${JSON.stringify(format)} cannot be described in OpenAPI 3; it is sent in the default way.`,
    place,
    remedy: 'Leave the operation out if the API does not accept that.',
  };
}
