import { randomUUID } from 'node:crypto';
import { membersOf } from '../api.js';
import type { Body, BodyShape, Json, JsonObject, PartEncoding } from '../api.js';
import { isHeaderName, isReservedHeader } from '../http.js';
import { charset, essence, extensionOf, isConcrete, isJson, isJsonLines } from '../media.js';
import { isText } from '../media.js';
import { decodePercent, escapeName, inAscii, isDots, plain } from '../text.js';
import { isComposite, writeJson } from './numbers.js';
import { asRefusal, encodingOf, expandNamed, expandUnnamed, fields } from './serialize.js';
import { isStyled, items, refusal, refuseLong, textOf, writeForm } from './serialize.js';

/** A request body, ready to send. */
export interface RequestBody {
  readonly content: string | Uint8Array;
  readonly contentType: string;
}

/** The body for the arguments `body`, `content_type` and `part_headers`. */
export function writeBody(body: Body, args: JsonObject): RequestBody {
  const value = args['body'] ?? null;
  const shape = chooseShape(body, value, body.others && args['content_type']);
  const headers = body.hasPartHeaders ? args['part_headers'] : undefined;
  try {
    return inCharset(writeShape(shape, value, headers));
  } catch (error) {
    throw asRefusal(error, 'body');
  }
}

function writeShape(shape: BodyShape, value: Json, headers: Json | undefined): RequestBody {
  const contentType = shape.mediaType;
  const type = essence(contentType);
  if (shape.binary) return binaryBody(shape, value);
  if (isJson(type)) return { content: writeJson(value), contentType };
  if (type === 'application/x-www-form-urlencoded') return formBody(shape, value);
  if (type.startsWith('multipart/'))
    return typeof value === 'string'
      ? multipartText(shape, value)
      : multipartBody(shape, value, headers);
  if (!isJsonLines(type) || !isComposite(value)) return textBody(shape, value);
  const lines = Array.isArray(value) ? value : [value];
  const mark = type.endsWith('json-seq') ? '\x1e' : '';
  return { content: lines.map((line) => `${mark}${writeJson(line)}\n`).join(''), contentType };
}

/** Text in the encoding that its media type names, or else named as UTF-8, which it is then. */
function inCharset({ content, contentType }: RequestBody): RequestBody {
  const label = charset(contentType)?.toLowerCase();
  if (label === undefined || typeof content !== 'string') return { content, contentType };
  const isWide = /^utf-?(16|32)/.test(label);
  if (/^utf-?8$/.test(label) || (!isWide && isAscii(content))) return { content, contentType };
  // Some servers look at the label of JSON, and others expect UTF-8 (RFC 8259 section 8.1): both read escapes.
  if (!isWide && isJson(essence(contentType))) return { content: inAscii(content), contentType };
  if (/^(iso-8859-1|latin1|windows-1252)$/.test(label) && isWestern(content))
    return { content: Buffer.from(content, 'latin1'), contentType };
  return { content, contentType: contentType.replace(/(;\s*charset\s*=)[^;]*/i, '$1utf-8') };
}

/** Characters of ISO-8859-1 that are the same in windows-1252. */
function isWestern(text: string): boolean {
  return !/[^\0-\x7f\xa0-\xff]/.test(text) && /[\xa0-\xff]/.test(text);
}

/** In a form, other characters are percent-encoded. */
function isAscii(text: string): boolean {
  return !/[^\0-\x7f]|%[89a-f]/i.test(text);
}

/** The shape with the requested type, or the type of a data URI; otherwise the first one. */
export function chooseShape(body: Body, value: Json, asked: Json | undefined): BodyShape {
  const shapes = [body, ...(body.others ?? [])];
  const [, own = ''] = (typeof value === 'string' && /^\s*data:([^;,]+)/i.exec(value)) || [];
  const wanted = typeof asked === 'string' ? asked : own;
  return (
    shapes.find(({ mediaType }) => mediaType === wanted) ??
    shapes.find(({ mediaType }) => essence(mediaType) === essence(wanted)) ??
    body
  );
}

function binaryBody(body: BodyShape, value: Json): RequestBody {
  const { bytes, mediaType } = readFileValue('body', value);
  return { content: bytes, contentType: fileType(body.mediaType, mediaType) };
}

function formBody(body: BodyShape, value: Json): RequestBody {
  // The text of a form, if the document describes its body as text.
  const isWritten = typeof value === 'string' && value.includes('=');
  return { content: isWritten ? value : writeForm(body, value), contentType: body.mediaType };
}

/** A string is sent unchanged. For other values, an unknown type defines no format, so they are sent as JSON. */
function textBody({ mediaType }: BodyShape, value: Json): RequestBody {
  const isTextual = isText(mediaType);
  if (isTextual && isComposite(value))
    throw refusal('body', `must be a string: the ${mediaType} text itself.`);
  const fallback = isTextual || typeof value === 'string' ? 'text/plain' : 'application/json';
  return { content: textOf(value), contentType: isConcrete(mediaType) ? mediaType : fallback };
}

/** One part of a multipart body (RFC 2046 section 5.1; in a form, RFC 7578 section 4). */
interface Part {
  /** Undefined where the order identifies the parts. */
  readonly name?: string;
  readonly content: string | Uint8Array;
  /** Present for files. */
  readonly fileName?: string;
  /** Undefined: text/plain, which is the default of RFC 7578 section 4.4. */
  readonly contentType?: string | undefined;
  readonly headers?: readonly string[];
}

/** Parts that are written already, with the line breaks of RFC 2046 section 4.1.1; the first line has the boundary. */
function multipartText({ mediaType }: BodyShape, value: string): RequestBody {
  const content = value.replaceAll(/\r?\n/g, '\r\n');
  const [, own] = /^--([\w'()+,./:=?-]{1,70})\r\n/.exec(content) ?? [];
  if (own === undefined) throw refusal('body', 'must be an object with the fields of the form.');
  const isStated = mediaType.replaceAll('"', '').endsWith(`boundary=${own}`);
  const contentType = isStated ? mediaType : `${essence(mediaType)}; boundary="${own}"`;
  return { content, contentType };
}

/** Written by hand because `FormData` turns every part with a content type into a file, even JSON. */
function multipartBody(body: BodyShape, value: Json, headers: Json | undefined): RequestBody {
  const { prefixEncoding: first = [], itemEncoding: rest, mediaType } = body;
  const listed = Array.isArray(value) && (body.prefixEncoding ?? rest) !== undefined;
  const parts = listed
    ? value.map((item, index) => toPart(`${index}`, item, first[index] ?? rest ?? {}))
    : namedParts(body, value, membersOf(headers));
  refuseLong(
    parts.map(({ name = '', fileName = '', content, headers = [] }) => [
      name,
      fileName,
      content,
      ...headers,
    ]),
  );
  const boundary = `----mcp-${randomUUID()}`;
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headerLines(part)}\r\n`),
    typeof part.content === 'string' ? Buffer.from(part.content) : part.content,
    Buffer.from('\r\n'),
  ]);
  const content = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  const type = concreteType(essence(mediaType)) ?? 'multipart/form-data';
  return { content, contentType: `${type}; boundary=${boundary}` };
}

/** The parts of an object; an array becomes a part for each item. `headers` are those of single parts, by field. */
function namedParts(body: BodyShape, value: Json, headers: JsonObject): Part[] {
  return fields(value).flatMap(([name, item]) => {
    const encoding = encodingOf(body, name);
    const own = partHeaders(name, headers[name]);
    const parts: Part[] = isStyled(encoding)
      ? expandNamed(name, item, encoding, plain).map(([key, content]) => ({ name: key, content }))
      : items(item).map((member) => ({ ...toPart(name, member, encoding), name }));
    return numbered(parts).map((part) => ({ ...part, headers: own }));
  });
}

/** A part without its name; `key` is for messages, and for a file without a name. */
function toPart(key: string, value: Json, { contentType, file }: PartEncoding): Part {
  const isUri = typeof value === 'string' && /^\s*data:/i.test(value);
  if (file === 'always' || (file === 'sometimes' && isUri)) {
    const { bytes, mediaType, name } = readFileValue(`body.${key}`, value);
    const type = fileType(contentType, mediaType);
    return { content: bytes, fileName: name ?? key + extensionOf(type), contentType: type };
  }
  const fallback = isComposite(value) ? 'application/json' : undefined;
  const [content, type] = [textOf(value, contentType), concreteType(contentType) ?? fallback];
  return type === undefined ? { content } : inCharset({ content, contentType: type });
}

/** Several files of one field get different names: some servers keep only one file per name. */
function numbered(parts: readonly Part[]): Part[] {
  // Each with the next number for it.
  const taken = new Map<string, number>();
  return parts.map((part) => {
    if (part.fileName === undefined) return part;
    const [given = '', stem = '', end = ''] = /^(.+?)(\.[^.]*)?$/s.exec(part.fileName) ?? [];
    let fileName = part.fileName;
    let count = taken.get(given) ?? 2;
    for (; taken.has(fileName); count += 1) fileName = `${stem}-${count}${end}`;
    taken.set(given, count).set(fileName, taken.get(fileName) ?? 2);
    return { ...part, fileName };
  });
}

/** The document's type when it names exactly one; for several, or a range, the file's own. */
function fileType(documented = '', own = ''): string {
  const first = concreteType(documented);
  if (isConcrete(own) && (first === undefined || documented.includes(','))) return own;
  return first ?? 'application/octet-stream';
}

/** The first type of a comma-separated list that is not a wildcard. */
function concreteType(list = ''): string | undefined {
  const types = list.split(',').map((type) => type.trim());
  return types.find(isConcrete);
}

/** Serialized like any header (style `simple`); only this server decides how the part is framed. */
function partHeaders(part: string, values: Json | undefined): string[] {
  return Object.entries(membersOf(values))
    .filter(([name]) => !isReservedHeader(name) && name.toLowerCase() !== 'content-disposition')
    .map(([name, value]) => {
      const text = expandUnnamed(value);
      if (isHeaderName(name) && !/\p{Cc}/u.test(text)) return `${name}: ${text}\r\n`;
      throw refusal(`part_headers.${part}`, 'has a name or value that is not valid in a header.');
    });
}

function headerLines({ name, fileName, contentType, headers = [] }: Part): string {
  const file = fileName === undefined ? '' : `; filename="${escapeName(fileName)}"`;
  const disposition =
    name === undefined
      ? ''
      : `Content-Disposition: form-data; name="${escapeName(name)}"${file}\r\n`;
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`;
  return disposition + type + headers.join('');
}

/** The bytes that a string argument encodes, with the media type and name from a data URI. */
interface FileValue {
  readonly bytes: Uint8Array;
  readonly mediaType?: string | undefined;
  readonly name?: string | undefined;
}

/** Reads base64, base64url or a data URI (RFC 2397); `argument` is for the message when it is neither. */
export function readFileValue(argument: string, value: Json): FileValue {
  try {
    if (typeof value !== 'string') throw new URIError();
    return /^\s*data:/i.test(value) ? readDataUri(value.trim()) : { bytes: decodeBase64(value) };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw refusal(argument, "must be the file's bytes as base64 or as a data URI.");
  }
}

function readDataUri(uri: string): FileValue {
  const comma = uri.indexOf(',');
  if (comma === -1) throw new URIError();
  const [mediaType, ...parameters] = uri.slice('data:'.length, comma).split(';');
  const text = decodePercent(uri.slice(comma + 1));
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64';
  // RFC 2397 has no file name; browser tools and chat clients write `name=`.
  const name = parameters.find((item) => /^(file)?name=/i.test(item))?.replace(/^[^=]*="?|"$/g, '');
  return {
    bytes: isBase64 ? decodeBase64(text) : Buffer.from(text),
    mediaType,
    name: name && fileNameOf(decodePercent(name)),
  };
}

/** A name that leads out of the API's own folder loses its folders, and every name its control characters. */
function fileNameOf(text: string): string | undefined {
  const name = text.replace(/\p{Cc}/gu, '');
  const leadsOut = isDots(name) || /^([/\\]|[a-z]:)/i.test(name);
  const own = leadsOut ? name.replace(/^.*[/\\:]/, '') : name;
  return own === '' || isDots(own) ? undefined : own;
}

/** Node ignores invalid base64, so it would send bytes that the caller did not intend. Lines of it contain no blanks. */
function decodeBase64(text: string): Uint8Array {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  const compact = lines.join('');
  // Not /=+$/: on a long run of = followed by another character, that takes quadratic time.
  let end = compact.length;
  while (compact[end - 1] === '=') end -= 1;
  const digits = compact.slice(0, end);
  if (/[^A-Za-z0-9+/_-]/.test(digits) || digits.length % 4 === 1) throw new URIError();
  return Buffer.from(digits, 'base64');
}
