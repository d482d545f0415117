import type { Body, Json } from '../api.js';
import { ArgumentError } from './argument-error.js';
import { readFileValue } from './file-value.js';
import { formParts, writeForm } from './form.js';
import { essence, isConcrete, isJson, isText } from './media-type.js';
import { writeMultipart } from './multipart.js';

/** A request body, ready to send. */
export interface RequestBody {
  readonly content: string | Uint8Array;
  readonly contentType: string;
}

/** The argument `body` in the media type that the document asks for. */
export function writeBody(body: Body, value: Json): RequestBody {
  const type = essence(body.mediaType);
  if (body.binary) return binaryBody(body, value);
  if (isJson(type)) return { content: JSON.stringify(value), contentType: body.mediaType };
  if (type === 'application/x-www-form-urlencoded') {
    return { content: writeForm(body, value), contentType: body.mediaType };
  }
  if (type.startsWith('multipart/')) return multipartBody(body, value);
  return isText(type) ? textBody(body, value) : otherBody(body, value);
}

function binaryBody(body: Body, value: Json): RequestBody {
  const { bytes, mediaType } = readFileValue('body', value);
  const own = mediaType !== undefined && isConcrete(mediaType) ? mediaType : undefined;
  const contentType = isConcrete(body.mediaType) ? body.mediaType : own;
  return { content: bytes, contentType: contentType ?? 'application/octet-stream' };
}

function multipartBody(body: Body, value: Json): RequestBody {
  const { bytes, boundary } = writeMultipart(formParts(body, value));
  const type = isConcrete(essence(body.mediaType))
    ? essence(body.mediaType)
    : 'multipart/form-data';
  return { content: bytes, contentType: `${type}; boundary=${boundary}` };
}

function textBody(body: Body, value: Json): RequestBody {
  if (typeof value === 'object') {
    throw new ArgumentError(
      `The argument "body" must be a string: the ${body.mediaType} text itself.`,
    );
  }
  const contentType = isConcrete(body.mediaType) ? body.mediaType : 'text/plain';
  return { content: String(value), contentType };
}

/** Nobody can know how to write an unknown type: a string is taken as written, all else goes as JSON. */
function otherBody(body: Body, value: Json): RequestBody {
  const isString = typeof value === 'string';
  const fallback = isString ? 'text/plain' : 'application/json';
  return {
    content: isString ? value : JSON.stringify(value),
    contentType: isConcrete(body.mediaType) ? body.mediaType : fallback,
  };
}
