import type { Body, Json, JsonObject, PartEncoding } from '../api.js';
import { isObject } from '../json.js';
import { ArgumentError } from './argument-error.js';
import { type Codec, entries, expandNamed, items, type Pair, plainText } from './expand.js';
import { readFileValue } from './file-value.js';
import { isConcrete, isJson } from './media-type.js';
import type { Part } from './multipart.js';
import { percentEncode, percentEncodeReserved } from './percent.js';

/** An application/x-www-form-urlencoded body (OpenAPI 3.1.1, Encoding Object). */
export function writeForm(body: Body, value: Json): string {
  return properties(value)
    .flatMap(([name, item]) => formPairs(name, item, encodingOf(body, name)))
    .map(([name, text]) => `${name}=${text}`)
    .join('&');
}

/** The parts of a multipart/form-data body; an array becomes a part for each item. */
export function formParts(body: Body, value: Json): Part[] {
  return properties(value).flatMap(([name, item]) => {
    const encoding = encodingOf(body, name);
    if (isStyled(encoding)) return expandStyled(name, item, encoding, verbatim).map(textPart);
    const members = Array.isArray(item) ? items(item) : [item];
    return members.map((member) => toPart(name, member, encoding));
  });
}

const verbatim: Codec = { name: (text) => text, value: (text) => text };

function properties(value: Json): [string, Json][] {
  if (isObject(value)) return entries(value);
  throw new ArgumentError('The argument "body" must be an object with the fields of the form.');
}

function encodingOf(body: Body, name: string): PartEncoding {
  const { encoding } = body;
  return (encoding && Object.hasOwn(encoding, name) && encoding[name]) || {};
}

/** Any of the three fields switches from content types to styles (OpenAPI 3.1.1, Encoding Object). */
function isStyled({ style, explode, allowReserved }: PartEncoding): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined;
}

function expandStyled(name: string, value: Json, encoding: PartEncoding, codec: Codec): Pair[] {
  const { style = 'form', explode = style === 'form' } = encoding;
  return expandNamed(name, value, { style, explode, codec });
}

function formPairs(name: string, value: Json, encoding: PartEncoding): Pair[] {
  const reserved = (text: string): string => percentEncodeReserved(text, 'query');
  const codec: Codec = {
    name: percentEncode,
    value: encoding.allowReserved ? reserved : percentEncode,
  };
  if (isStyled(encoding)) return expandStyled(name, value, encoding, codec);
  const members: JsonObject[string][] = Array.isArray(value) ? items(value) : [value];
  return members.map((item) => [codec.name(name), codec.value(asText(item, encoding))]);
}

function asText(value: Json, { contentType }: PartEncoding): string {
  return contentType !== undefined && isJson(contentType)
    ? JSON.stringify(value)
    : plainText(value);
}

function textPart([name, content]: Pair): Part {
  return { name, content };
}

function toPart(name: string, value: Json, encoding: PartEncoding): Part {
  if (encoding.binary) return filePart(name, value, encoding);
  const contentType = typeof value === 'object' ? 'application/json' : undefined;
  const type = concreteType(encoding.contentType) ?? contentType;
  const content = asText(value, encoding);
  return { name, content, ...(type !== undefined && { contentType: type }) };
}

function filePart(name: string, value: Json, encoding: PartEncoding): Part {
  const file = readFileValue(`body.${name}`, value);
  return {
    name,
    content: file.bytes,
    fileName: file.name ?? name,
    contentType: fileType(encoding.contentType, file.mediaType),
  };
}

/** The document's type when it names one; of several, or a range, the file's own. */
function fileType(documented: string | undefined, own: string | undefined): string {
  const single = documented?.includes(',') ? undefined : concreteType(documented);
  const fallback = concreteType(documented) ?? 'application/octet-stream';
  return single ?? (own !== undefined && isConcrete(own) ? own : fallback);
}

/** The first type of a comma-separated list that is no wildcard. */
function concreteType(list: string | undefined): string | undefined {
  return list
    ?.split(',')
    .map((type) => type.trim())
    .find(isConcrete);
}
