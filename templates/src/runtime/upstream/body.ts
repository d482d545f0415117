import type { Body, BodyShape, Json, JsonObject } from '../api.js';
import { isObject } from '../json.js';
import { ArgumentError } from './arguments.js';
import { readFileValue } from './file-value.js';
import { writeForm } from './form.js';
import { essence, isConcrete, isJson, isJsonLines, isText } from './media-type.js';
import { writeMultipart } from './multipart.js';
import { listParts, namedParts } from './parts.js';

/** A request body, ready to send. */
export interface RequestBody {
  readonly content: string | Uint8Array;
  readonly contentType: string;
}

/** The body that the arguments `body`, `content_type` and `part_headers` stand for. */
export function writeBody(body: Body, args: JsonObject): RequestBody {
  const value = args['body'] ?? null;
  const shape = chooseShape(body, value, body.others && args['content_type']);
  const type = essence(shape.mediaType);
  if (shape.binary) return binaryBody(shape, value);
  if (isJson(type)) return { content: JSON.stringify(value), contentType: shape.mediaType };
  if (type === 'application/x-www-form-urlencoded') {
    return { content: writeForm(shape, value), contentType: shape.mediaType };
  }
  if (type.startsWith('multipart/')) {
    return multipartBody(shape, value, body.hasPartHeaders ? args['part_headers'] : undefined);
  }
  if (isJsonLines(type) && Array.isArray(value)) return linesBody(shape, value);
  return isText(type) ? textBody(shape, value) : otherBody(shape, value);
}

/** The shape that is asked for by name, or that a data URI says it is of; otherwise the first one. */
function chooseShape(body: Body, value: Json, asked: Json | undefined): BodyShape {
  const shapes = [body, ...(body.others ?? [])];
  const [, own] = (typeof value === 'string' && /^data:([^;,]+)/i.exec(value)) || [];
  const wanted = typeof asked === 'string' ? asked : own;
  const same = ({ mediaType }: BodyShape) =>
    mediaType === wanted || essence(mediaType) === essence(wanted ?? '');
  return shapes.find(({ mediaType }) => mediaType === wanted) ?? shapes.find(same) ?? body;
}

function binaryBody(body: BodyShape, value: Json): RequestBody {
  const { bytes, mediaType } = readFileValue('body', value);
  const own = mediaType !== undefined && isConcrete(mediaType) ? mediaType : undefined;
  const contentType = isConcrete(body.mediaType) ? body.mediaType : own;
  return { content: bytes, contentType: contentType ?? 'application/octet-stream' };
}

function multipartBody(body: BodyShape, value: Json, headers: Json | undefined): RequestBody {
  const listed = body.prefixEncoding !== undefined || body.itemEncoding !== undefined;
  const parts =
    listed && Array.isArray(value)
      ? listParts(body, value)
      : namedParts(body, value, isObject(headers) ? headers : {});
  const { bytes, boundary } = writeMultipart(parts);
  const type = isConcrete(essence(body.mediaType))
    ? essence(body.mediaType)
    : 'multipart/form-data';
  return { content: bytes, contentType: `${type}; boundary=${boundary}` };
}

function linesBody(body: BodyShape, values: Json[]): RequestBody {
  const content = values.map((item) => `${JSON.stringify(item)}\n`).join('');
  return { content, contentType: body.mediaType };
}

function textBody(body: BodyShape, value: Json): RequestBody {
  if (typeof value === 'object') {
    throw new ArgumentError(
      `The argument "body" must be a string: the ${body.mediaType} text itself.`,
    );
  }
  const contentType = isConcrete(body.mediaType) ? body.mediaType : 'text/plain';
  return { content: String(value), contentType };
}

/** Nobody can know how to write an unknown type: a string is taken as written, all else goes as JSON. */
function otherBody(body: BodyShape, value: Json): RequestBody {
  const isString = typeof value === 'string';
  const fallback = isString ? 'text/plain' : 'application/json';
  return {
    content: isString ? value : JSON.stringify(value),
    contentType: isConcrete(body.mediaType) ? body.mediaType : fallback,
  };
}
