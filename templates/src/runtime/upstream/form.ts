import type { BodyShape, Json, PartEncoding } from '../api.js';
import { isObject } from '../json.js';
import { ArgumentError } from './arguments.js';
import { type Codec, entries, expandNamed, items, type Pair, plainText } from './expand.js';
import { isJson } from './media-type.js';
import { percentEncode, percentEncodeReserved } from './percent.js';

/** An application/x-www-form-urlencoded body or query (OpenAPI 3.2, Encoding By Name). */
export function writeForm(body: BodyShape, value: Json): string {
  try {
    return fields(value)
      .flatMap(([name, item]) => formPairs(name, item, encodingOf(body, name)))
      .map(([name, text]) => `${name}=${text}`)
      .join('&');
  } catch (error) {
    // Half a surrogate pair has no UTF-8, and so no percent-encoding.
    if (!(error instanceof URIError)) throw error;
    throw new ArgumentError('The argument "body" is not valid Unicode text.');
  }
}

/** The fields of a form and their values, those that are null left out. */
export function fields(value: Json): [string, Json][] {
  if (isObject(value)) return entries(value);
  throw new ArgumentError('The argument "body" must be an object with the fields of the form.');
}

/** How the document wants a field to be written. */
export function encodingOf(body: BodyShape, name: string): PartEncoding {
  const { encoding } = body;
  return (encoding && Object.hasOwn(encoding, name) && encoding[name]) || {};
}

/** Any of the three fields switches from content types to styles (OpenAPI 3.2, Encoding Object). */
export function isStyled({ style, explode, allowReserved }: PartEncoding): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined;
}

/** The pairs that a styled field becomes. */
export function expandStyled(
  name: string,
  value: Json,
  encoding: PartEncoding,
  codec: Codec,
): Pair[] {
  const { style = 'form', explode = style === 'form' } = encoding;
  return expandNamed(name, value, { style, explode, codec });
}

/** A field as text, in the content type that the document gives it. */
export function fieldText(value: Json, { contentType }: PartEncoding): string {
  return contentType !== undefined && isJson(contentType)
    ? JSON.stringify(value)
    : plainText(value);
}

function formPairs(name: string, value: Json, encoding: PartEncoding): Pair[] {
  const reserved = (text: string): string => percentEncodeReserved(text, 'query');
  const codec: Codec = {
    name: percentEncode,
    value: encoding.allowReserved ? reserved : percentEncode,
  };
  if (isStyled(encoding)) return expandStyled(name, value, encoding, codec);
  const members = Array.isArray(value) ? items(value) : [value];
  return members.map((item) => [codec.name(name), codec.value(fieldText(item, encoding))]);
}
