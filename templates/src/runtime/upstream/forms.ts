import { randomUUID } from 'node:crypto';
import {
  isObject,
  type BodyShape,
  type Json,
  type JsonObject,
  type Parameter,
  type PartEncoding,
} from '../api.js';
import { essence, isConcrete, isJson, isReservedHeader, percentEncode } from '../http.js';
import { ArgumentError } from './arguments.js';
import {
  contentText,
  entries,
  expandNamed,
  expandUnnamed,
  items,
  percentEncodeReserved,
  plainText,
  type Codec,
  type Pair,
} from './serialize.js';

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

/** The whole query as one value: a form, or any other media type percent-encoded (OpenAPI 3.2, in: querystring). */
export function writeQuerystring({ content = '' }: Parameter, value: Json): string | undefined {
  if (value === null) return undefined;
  if (essence(content) === 'application/x-www-form-urlencoded')
    return writeForm({ mediaType: content }, value);
  // Text is a query in a format of the API's own: what has a meaning in queries keeps it.
  const text = contentText(content, value);
  return essence(content) === 'text/plain'
    ? text
        .split('&')
        .map((part) => percentEncodeReserved(part, 'query'))
        .join('&')
    : percentEncode(text);
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

const verbatim: Codec = { name: (text) => text, value: (text) => text };

/**
 * The parts of a multipart body that is an object; an array becomes a part for each item. `headers` are those of
 * single parts, by field.
 */
export function namedParts(body: BodyShape, value: Json, headers: JsonObject): Part[] {
  return fields(value).flatMap(([name, item]) => {
    const encoding = encodingOf(body, name);
    const own = partHeaders(name, headers[name]);
    const parts = isStyled(encoding)
      ? expandStyled(name, item, encoding, verbatim).map(([field, content]) => ({
          name: field,
          content,
        }))
      : (Array.isArray(item) ? items(item) : [item]).map((member) =>
          toPart(name, member, encoding),
        );
    return parts.map((part) => (own.length === 0 ? part : { ...part, headers: own }));
  });
}

/** The parts of a multipart body that is a list: their order counts, and they have no names. */
export function listParts(
  { prefixEncoding = [], itemEncoding = {} }: BodyShape,
  values: Json[],
): Part[] {
  return values.map((value, index) => {
    const {
      name: _,
      fileName: __,
      ...part
    } = toPart(`${index}`, value, prefixEncoding[index] ?? itemEncoding);
    return part;
  });
}

function toPart(name: string, value: Json, encoding: PartEncoding): Part {
  if (isFile(value, encoding)) return filePart(name, value, encoding);
  const contentType = typeof value === 'object' ? 'application/json' : undefined;
  const type = concreteType(encoding.contentType) ?? contentType;
  const content = fieldText(value, encoding);
  return { name, content, ...(type !== undefined && { contentType: type }) };
}

function isFile(value: Json, { file }: PartEncoding): boolean {
  if (file === 'always') return true;
  return file === 'sometimes' && typeof value === 'string' && /^data:/i.test(value);
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

/** Serialized like any header (style `simple`); what frames the part is this server's. */
function partHeaders(part: string, values: Json | undefined): [string, string][] {
  if (!isObject(values)) return [];
  return Object.entries(values)
    .filter(([name]) => !isReservedHeader(name) && name.toLowerCase() !== 'content-disposition')
    .map(([name, value]) => {
      const text = expandUnnamed(value, { explode: false, separator: ',', encode: (item) => item });
      if (/\p{Cc}/u.test(text) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
        throw new ArgumentError(
          `The argument "part_headers.${part}" has a name or a value that no header can carry.`,
        );
      }
      return [name, text];
    });
}

/** One part of a multipart body (RFC 2046 section 5.1; in a form, RFC 7578 section 4). */
export interface Part {
  /** Absent where the order tells the parts apart. */
  readonly name?: string;
  readonly content: string | Uint8Array;
  /** Present for files. */
  readonly fileName?: string;
  /** Absent: text/plain, which is the default of RFC 7578 section 4.4. */
  readonly contentType?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/**
 * The parts as the bytes of a body. Written by hand because `FormData` makes a file of every part that has a
 * content type, and APIs that expect a JSON part take it for an upload.
 */
export function writeMultipart(parts: readonly Part[]): { bytes: Uint8Array; boundary: string } {
  const boundary = `----mcp-${randomUUID()}`;
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headerLines(part)}\r\n`, 'utf8'),
    typeof part.content === 'string' ? Buffer.from(part.content, 'utf8') : part.content,
    Buffer.from('\r\n'),
  ]);
  return { bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]), boundary };
}

function headerLines({ name, fileName, contentType, headers = [] }: Part): string {
  const file = fileName === undefined ? '' : `; filename="${escapeName(fileName)}"`;
  const lines = [
    ...(name === undefined
      ? []
      : [`Content-Disposition: form-data; name="${escapeName(name)}"${file}`]),
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    ...headers.map(([key, value]) => `${key}: ${value}`),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding), so that no name breaks out of its quotes. */
function escapeName(name: string): string {
  return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character));
}

/** The bytes that a text argument stands for, with what a data URI says about them. */
export interface FileValue {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly name?: string;
}

/** Reads base64, base64url or a data URI (RFC 2397); `argument` is for the message when it is neither. */
export function readFileValue(argument: string, value: Json): FileValue {
  if (typeof value !== 'string') throw unreadable(argument);
  return value.startsWith('data:')
    ? readDataUri(argument, value)
    : { bytes: decodeBase64(argument, value) };
}

function readDataUri(argument: string, uri: string): FileValue {
  const comma = uri.indexOf(',');
  if (comma === -1) throw unreadable(argument);
  const [type = '', ...parameters] = uri.slice('data:'.length, comma).split(';');
  const data = uri.slice(comma + 1);
  // RFC 2397 knows no file name; `name=` is what browsers' tools and chat clients write.
  const name = parameters.find((item) => /^(file)?name=/i.test(item))?.replace(/^[^=]*=/, '');
  return {
    bytes:
      parameters.at(-1)?.trim().toLowerCase() === 'base64'
        ? decodeBase64(argument, unescape(argument, data))
        : Buffer.from(unescape(argument, data), 'utf8'),
    ...(type !== '' && { mediaType: type }),
    ...(name !== undefined && { name: unescape(argument, name) }),
  };
}

function unescape(argument: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable(argument);
  }
}

/** Node skips what is not base64 and would send other bytes than were meant. */
function decodeBase64(argument: string, text: string): Uint8Array {
  const compact = text.replace(/\s/g, '');
  // Not /=+$/: on a long run of = with something behind it, that takes quadratic time.
  let end = compact.length;
  while (compact[end - 1] === '=') end -= 1;
  const digits = compact.slice(0, end);
  if (/[^A-Za-z0-9+/_-]/.test(digits) || digits.length % 4 === 1) throw unreadable(argument);
  return Buffer.from(digits, 'base64');
}

function unreadable(argument: string): ArgumentError {
  return new ArgumentError(
    `The argument "${argument}" must be the file's bytes as base64 or as a data URI.`,
  );
}
