import type { Json, JsonObject, Report } from '../document.js';
import { childOf, isObject } from '../../json.js';
import { isReference } from '../walk.js';

/** Recognizes parameters that 3.x describes as a request body. */
export function isPayload(parameter: Json): parameter is JsonObject {
  return isObject(parameter) && (parameter['in'] === 'body' || parameter['in'] === 'formData');
}

/** Recognizes parameters that only 2.0 has: of the body, or with the fields of a schema instead of one. */
export function isSwaggerParameter(parameter: JsonObject): boolean {
  const { schema, content, type } = parameter;
  return (
    isPayload(parameter) || (type !== undefined && schema === undefined && content === undefined)
  );
}

const schemaFields = new Set(
  (
    'type format items default enum maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern ' +
    'maxItems minItems uniqueItems multipleOf properties x-nullable'
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

/** Items have their own collection format, for lists in lists, which no 3.x style can express. */
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
  const isDescribed = rest['content'] !== undefined || typeof rest['schema'] === 'boolean';
  const isEmpty = Object.keys(schema).length === 0 && isDescribed;
  return { ...style, ...rest, ...(!isEmpty && { schema }) };
}

/** The format of a list, with commas by default; undefined for anything but a list. */
function collectionFormatOf(parameter: JsonObject): string | undefined {
  if (parameter['type'] !== 'array') return undefined;
  const format = childOf(parameter, 'collectionFormat');
  return typeof format === 'string' ? format : 'csv';
}

const delimitedStyles = new Map([
  ['ssv', { style: 'spaceDelimited', explode: false }],
  ['pipes', { style: 'pipeDelimited', explode: false }],
  // No version of OpenAPI 3 has these styles; the plan reads them nevertheless.
  ['tsv', { style: 'tabDelimited', explode: false }],
]);

/** The 3.x style of a collection format; undefined for one that does not exist or is not allowed in that place. */
function styleOf(format: string, place: Json | undefined): JsonObject | undefined {
  const named = place === 'query' || place === 'formData';
  if (format === 'csv') return { style: named ? 'form' : 'simple', explode: false };
  if (format === 'multi') return named ? { style: 'form', explode: true } : undefined;
  return delimitedStyles.get(format);
}

/** The list will be written with commas. */
function unsupportedFormat(format: string, place: string) {
  return {
    code: 'UNSUPPORTED_COLLECTION_FORMAT',
    message: `The collection format ${JSON.stringify(format)} is not allowed here; the list is sent in the default format.`,
    place,
    remedy: 'Use csv, ssv, tsv or pipes, or multi in a query or a form.',
  };
}

const multipart = 'multipart/form-data';
const urlencoded = 'application/x-www-form-urlencoded';

/**
 * Makes a request body of the parameter with `in: body`, or of all parameters with `in: formData`. A body with a file,
 * and one of fields beside those of a form, is a form.
 */
export function requestBodyOf(
  payload: readonly JsonObject[],
  consumes: readonly string[],
  place: string,
  report: Report,
): JsonObject {
  const bodies = payload.filter((parameter) => parameter['in'] === 'body');
  const fields = payload.filter((parameter) => parameter['in'] !== 'body');
  if ((fields.length > 0 && bodies.every(isMember)) || payload.some(isFile))
    return formOf(payload, consumes, place, report);
  if (fields.length > 0) report(besideBody(fields, place, 'a parameter for the whole body'));
  return bodyOf(asOne(bodies, consumes), consumes);
}

/** What cannot be sent since there is another body. */
export function besideBody(payload: readonly JsonObject[], place: string, other: string) {
  const names = payload.map(nameOf).filter(Boolean).join(', ');
  return {
    code: 'PARAMETER_LEFT_OUT',
    message: `Skipped, since the operation has ${other}: ${names || 'a parameter in the body'}.`,
    place,
    remedy: 'Add it to that body with --overlay, or remove one of the two.',
  };
}

/** Many documents describe each member of a JSON body as a parameter of its own. */
function asOne(bodies: readonly JsonObject[], consumes: readonly string[]): JsonObject {
  const [first = {}, ...others] = bodies;
  const canHold = consumes.every((type) => /json|form/.test(type));
  const isAlone = others.length === 0 && (!isMember(first) || /body$/i.test(nameOf(first)));
  if (isAlone || !canHold || new Set(bodies.map(nameOf)).size < bodies.length)
    return { schema: splitSchema(first).schema, ...first };
  const schema = objectOf(bodies);
  return { schema, ...('required' in schema && { required: true }) };
}

/** A single value, which is not a body by itself. */
function isMember(body: JsonObject): boolean {
  const scalars = ['string', 'number', 'integer', 'boolean'];
  return !isObject(body['schema']) && scalars.includes(typeNameOf(body) ?? '');
}

function bodyOf(
  { name: _, in: __, schema = {}, ...written }: JsonObject,
  consumes: readonly string[],
): JsonObject {
  const { rest } = splitSchema(written);
  const isForm = consumes.every((type) => type === urlencoded || type === multipart);
  // The document-wide `consumes` is often written with forms in mind, which can only hold objects.
  const isMisplaced = isForm && !['object', undefined].includes(typeNameOf(schema));
  const types = consumes.length > 0 && !isMisplaced ? consumes : ['application/json'];
  return { ...rest, content: contentOf(types, { schema }) };
}

function typeNameOf(schema: Json): string | undefined {
  const type = childOf(schema, 'type');
  return typeof type === 'string' ? type : undefined;
}

function formOf(
  fields: readonly JsonObject[],
  consumes: readonly string[],
  place: string,
  report: Report,
): JsonObject {
  const encoding = fields.flatMap((field) => encodingOf(field, place, report));
  const schema = objectOf(fields);
  const media = { schema, ...(encoding.length > 0 && { encoding: Object.fromEntries(encoding) }) };
  const content = contentOf(formTypes(fields, consumes), media);
  return { content, ...('required' in schema && { required: true }) };
}

/** An object with a member for each parameter. */
function objectOf(fields: readonly JsonObject[]): JsonObject {
  const properties = fields.map((field) => [nameOf(field), propertyOf(field)] as const);
  const required = fields.filter((field) => field['required'] === true).map(nameOf);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}

/** Files need multipart; without files both forms are allowed, and the simpler one is used. */
function formTypes(fields: readonly JsonObject[], consumes: readonly string[]): string[] {
  if (fields.some(isFile)) return [multipart];
  const types = [urlencoded, multipart].filter((type) => consumes.includes(type));
  return types.length > 0 ? types : [urlencoded];
}

/** A file, or a list of files: each file is a separate part. */
function isFile(field: JsonObject): boolean {
  return field['type'] === 'file' || childOf(field['items'], 'type') === 'file';
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

/**
 * The same media object for every type, but a separate copy: an overlay that changes one must not change the others.
 */
function contentOf(types: readonly string[], media: { [key: string]: Json }): JsonObject {
  return Object.fromEntries(types.map((type) => [type, structuredClone(media)]));
}
