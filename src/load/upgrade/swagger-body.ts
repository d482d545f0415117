import type { Json, JsonObject, Report } from '../document.js';
import {
  collectionFormatOf,
  splitSchema,
  styleOf,
  unsupportedFormat,
} from './swagger-parameter.js';

const multipart = 'multipart/form-data';
const urlencoded = 'application/x-www-form-urlencoded';

/** Makes a request body of the one parameter that is `in: body`, or of all that are `in: formData`. */
export function requestBodyOf(
  payload: readonly JsonObject[],
  consumes: readonly string[],
  place: string,
  report: Report,
): JsonObject {
  const body = payload.find((parameter) => parameter['in'] === 'body');
  return body ? bodyOf(body, consumes) : formOf(payload, consumes, place, report);
}

function bodyOf(
  { name: _, in: __, schema = {}, ...rest }: JsonObject,
  consumes: readonly string[],
): JsonObject {
  return {
    ...rest,
    content: contentOf(consumes.length > 0 ? consumes : ['application/json'], { schema }),
  };
}

function formOf(
  fields: readonly JsonObject[],
  consumes: readonly string[],
  place: string,
  report: Report,
): JsonObject {
  const properties = fields.map((field) => [nameOf(field), propertyOf(field)] as const);
  const required = fields.filter((field) => field['required'] === true).map(nameOf);
  const encoding = fields.flatMap((field) => encodingOf(field, place, report));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
  const media = { schema, ...(encoding.length > 0 && { encoding: Object.fromEntries(encoding) }) };
  const content = contentOf(formTypes(fields, consumes), media);
  return { content, ...(required.length > 0 && { required: true }) };
}

/** Files need multipart; without them both forms are allowed, and the simpler one is what is meant. */
function formTypes(fields: readonly JsonObject[], consumes: readonly string[]): string[] {
  if (fields.some(({ type }) => type === 'file')) return [multipart];
  const types = [urlencoded, multipart].filter((type) => consumes.includes(type));
  return types.length > 0 ? types : [urlencoded];
}

function nameOf(field: JsonObject): string {
  return typeof field['name'] === 'string' ? field['name'] : '';
}

function propertyOf(field: JsonObject): JsonObject {
  const { schema, rest } = splitSchema(field);
  for (const key of ['name', 'in', 'required', 'schema']) Reflect.deleteProperty(rest, key);
  return { ...schema, ...rest };
}

/** Only what differs from the default of a form, which repeats the field. */
function encodingOf(
  field: JsonObject,
  place: string,
  report: Report,
): (readonly [string, JsonObject])[] {
  const format = collectionFormatOf(field);
  if (format === undefined || format === 'multi') return [];
  const style = styleOf(format, 'formData');
  if (!style) report(unsupportedFormat(format, place));
  return style ? [[nameOf(field), style]] : [];
}

/** The same for every type, but never the same object: what an overlay changes in one stays in one. */
function contentOf(types: readonly string[], media: { [key: string]: Json }): JsonObject {
  return Object.fromEntries(types.map((type) => [type, structuredClone(media)]));
}
