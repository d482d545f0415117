import type { Body, BodyShape, PartEncoding } from '../../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object, record, text } from '../../json.js';
import { resolve, resolveDescribed } from '../../pointer.js';
import { isSettableHeader } from './headers.js';
import { chooseMedia, type Media } from './media.js';
import { fileUse, isBytes, propertiesOf } from './properties.js';
import { base64Schema } from '../schema/adjust.js';

// The styles of queries (OpenAPI 3.2, Encoding Object).
const STYLES = ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'] as const;

/** The request body of an operation. */
export interface PlannedBody {
  readonly required: boolean;
  readonly description: string | undefined;
  /** The media types that make a difference, the best one first; at least one. */
  readonly media: readonly Media[];
}

/** The body of an operation; undefined when it describes none. */
export function planBody(root: JsonObject, requestBody: Json | undefined): PlannedBody | undefined {
  if (!isObject(requestBody)) return undefined;
  const body = resolveDescribed(root, requestBody);
  const media = chooseMedia(root, body['content']);
  if (media.length === 0) return undefined;
  return { required: body['required'] === true, description: text(body['description']), media };
}

/** The schema of a body of one media type, as it is in the document. */
export function bodySchema(media: Media, description: string | undefined, isOnly = true): Json {
  const { kind, mediaType, schema, itemSchema } = media;
  if (kind === 'binary')
    return base64Schema({ description: description ?? `The content (${mediaType}).` });
  if (schema === undefined && (kind === 'lines' || kind === 'multipart'))
    return itemSchema === undefined ? {} : { type: 'array', items: itemSchema };
  if (kind === 'text') return media.asText;
  if (!media.isPatched) return schema ?? {};
  // Another media type is for the object itself.
  return isOnly ? { anyOf: [JSON_PATCH, schema ?? {}] } : JSON_PATCH;
}

/** RFC 6902 section 3 and section 4. */
const JSON_PATCH: Json = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      op: { type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
      path: { type: 'string', description: 'A JSON Pointer: /name or /tags/0.' },
      from: { type: 'string' },
      value: {},
    },
    required: ['op', 'path'],
  },
};

/** The headers that the parts of a multipart body may have, as one schema: part, header, value. */
export function headerSchemas({ kind, encoding }: Media): Json | undefined {
  if (kind !== 'multipart') return undefined;
  const parts = Object.entries(encoding).flatMap(([name, value]) => {
    const headers = settable(object(object(value)['headers']));
    return headers.length === 0 ? [] : [[name, objectOf(headers)] as const];
  });
  return parts.length === 0 ? undefined : objectOf(parts);
}

function settable(headers: JsonObject): [string, Json][] {
  return Object.entries(headers)
    .filter(([name]) => isSettableHeader(name) && name.toLowerCase() !== 'content-disposition')
    .map(([name, header]) => [name, object(header)['schema'] ?? { type: 'string' }]);
}

function objectOf(properties: readonly (readonly [string, Json])[]): JsonObject {
  return { type: 'object', properties: record<Json>(properties), additionalProperties: false };
}

/** The wire format of a body. */
export function bodyShape(body: PlannedBody, root: JsonObject): Body {
  const [first, ...others] = body.media.map((media) => shapeOf(media, root));
  return {
    ...(first as BodyShape),
    ...(others.length > 0 && { others }),
    ...(body.media.some((media) => headerSchemas(media) !== undefined) && { hasPartHeaders: true }),
  };
}

function shapeOf(media: Media, root: JsonObject): BodyShape {
  const { mediaType, kind } = media;
  const parts = kind === 'multipart' || kind === 'form' ? partsOf(media, root) : {};
  return {
    mediaType,
    ...(kind === 'binary' && { binary: true }),
    ...(Object.keys(parts).length > 0 && { encoding: parts }),
    ...(kind === 'multipart' && listEncoding(media, root)),
  };
}

/**
 * How the items of a multipart body that is a list are encoded (OpenAPI 3.2, Encoding By Position), or the members of
 * an object whose names are not known.
 */
function listEncoding(
  { prefixEncoding, itemEncoding, schema, itemSchema }: Media,
  root: JsonObject,
): Pick<BodyShape, 'prefixEncoding' | 'itemEncoding'> {
  const { type, items, prefixItems } = object(schema);
  const isList = type === 'array' || itemSchema !== undefined || prefixEncoding.length > 0;
  if (!isList && itemEncoding === undefined) {
    const others = othersOf(schema, root);
    return others === undefined ? {} : { itemEncoding: others };
  }
  const encode = (encoding: Json | undefined, item: Json | undefined) =>
    encodingOf(object(encoding), item, root) ?? {};
  const first = array(prefixItems);
  const length = Math.max(prefixEncoding.length, first.length);
  return {
    ...(length > 0 && {
      prefixEncoding: Array.from({ length }, (_, index) =>
        encode(prefixEncoding[index], first[index]),
      ),
    }),
    itemEncoding: encode(itemEncoding, itemSchema ?? items),
  };
}

/** The encoding of members whose names are not known. */
function othersOf(schema: Json | undefined, root: JsonObject): PartEncoding | undefined {
  return encodingOf({}, resolve(root, schema)['additionalProperties'], root);
}

function partsOf({ schema, encoding }: Media, root: JsonObject): Record<string, PartEncoding> {
  const properties = propertiesOf(schema, root);
  // A part without an encoding has that of the others.
  const plain = othersOf(schema, root) && {};
  const names = new Set([...properties.keys(), ...Object.keys(encoding)]);
  const entries = [...names].map(
    (name) =>
      [name, encodingOf(object(encoding[name]), properties.get(name), root) ?? plain] as const,
  );
  return record(entries);
}

function encodingOf(
  encoding: JsonObject,
  property: Json | undefined,
  root: JsonObject,
): PartEncoding | undefined {
  const { explode, allowReserved } = encoding;
  const contentType = text(encoding['contentType']) ?? defaultType(property, root);
  const file = fileUse(property, root);
  // Styles apply to text; each file is a separate part.
  if (file === 'always') return { ...(contentType !== undefined && { contentType }), file };
  const style = STYLES.find((known) => known === encoding['style']);
  const result: PartEncoding = {
    ...(contentType !== undefined && { contentType }),
    ...(file !== 'never' && { file }),
    ...(style !== undefined && { style }),
    ...(typeof explode === 'boolean' && { explode }),
    ...(allowReserved === true && { allowReserved }),
  };
  return Object.keys(result).length === 0 ? undefined : result;
}

/**
 * Base64 text is not plain text (OpenAPI 3.1, Encoding Object: default `contentType`), and a file may have the type of
 * its schema; other types follow from the value.
 */
function defaultType(property: Json | undefined, root: JsonObject): string | undefined {
  const whole = resolve(root, property);
  const { contentEncoding, contentMediaType } = { ...resolve(root, whole['items']), ...whole };
  if (contentEncoding !== undefined) return BYTES;
  const isNamed = isBytes({ contentMediaType: contentMediaType ?? null });
  return isNamed && contentMediaType !== BYTES ? text(contentMediaType) : undefined;
}

/** Any bytes: the type of a file is then not known. */
const BYTES = 'application/octet-stream';
