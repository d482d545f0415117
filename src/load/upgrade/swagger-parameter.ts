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

const delimitedStyles = new Map([
  ['ssv', { style: 'spaceDelimited', explode: false }],
  ['pipes', { style: 'pipeDelimited', explode: false }],
  // No version of OpenAPI 3 can say these; the plan reads them all the same.
  ['tsv', { style: 'tabDelimited', explode: false }],
]);

/** The 3.x style of a collection format; nothing for what is none, or not in such a place. */
export function styleOf(format: string, place: Json | undefined): JsonObject | undefined {
  const named = place === 'query' || place === 'formData';
  if (format === 'csv') return { style: named ? 'form' : 'simple', explode: false };
  if (format === 'multi') return named ? { style: 'form', explode: true } : undefined;
  return delimitedStyles.get(format);
}

/** The list will be written with commas. */
export function unsupportedFormat(format: string, place: string) {
  return {
    code: 'UNSUPPORTED_COLLECTION_FORMAT',
    message: `There is no collection format ${JSON.stringify(format)} in such a place; the list is sent in the default way.`,
    place,
    remedy: 'Use csv, ssv, tsv or pipes, or multi in a query or a form.',
  };
}
