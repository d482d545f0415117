import type { Json, JsonObject, Parameter } from '../api.js';
import { isJson, percentEncode } from '../http.js';
import { ArgumentError } from './arguments.js';

const MAX_DECODINGS = 4;

type Place = Exclude<Parameter['in'], 'querystring'>;

const WRITERS: Record<Place, (parameter: Parameter, value: Json) => string | undefined> = {
  path: writePath,
  query: (parameter, value) => join(writeNamed(parameter, value, 'query'), '&'),
  // RFC 6570's `&` separates nothing in a Cookie header; RFC 6265 section 4.2.1 wants a semicolon.
  cookie: (parameter, value) => join(writeNamed(parameter, value, 'cookie'), '; '),
  header: writeHeader,
};

/**
 * What a parameter looks like on the wire (OpenAPI 3.1.1, Style Examples): one path segment or a piece of
 * it, `name=value` pairs of a query or a Cookie header, or a header's value. Undefined when nothing is to be
 * sent: null, and outside of paths an array or object without members (RFC 6570 section 2.3).
 */
export function serialize(
  parameter: Parameter & { readonly in: Place },
  value: Json,
): string | undefined {
  try {
    return WRITERS[parameter.in](parameter, value);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ArgumentError(`${label(parameter)} is not valid Unicode text.`);
  }
}

function label(parameter: Parameter): string {
  return `The argument "${parameter.argument ?? parameter.name}"`;
}

/** A value in a media type of its own. */
export function contentText(mediaType: string, value: Json): string {
  return isJson(mediaType) ? JSON.stringify(value) : plainText(value);
}

function writeNamed(parameter: Parameter, value: Json, place: 'query' | 'cookie'): Pair[] {
  const { name, content, allowReserved } = parameter;
  const reserved = (text: string): string => percentEncodeReserved(text, place);
  const escaped: Codec = { name: percentEncode, value: allowReserved ? reserved : percentEncode };
  const codec = parameter.style === 'cookie' ? cookieCodec(parameter) : escaped;
  if (content !== undefined) {
    return [[codec.name(name), codec.value(contentText(content, value))]];
  }
  const style = namedStyle(parameter.style);
  return expandNamed(name, value, { style, explode: parameter.explode ?? style === 'form', codec });
}

/** OpenAPI 3.2, style `cookie`: nothing is escaped, so what a cookie cannot hold (RFC 6265 section 4.1.1) is refused. */
function cookieCodec(parameter: Parameter): Codec {
  const checked = (text: string): string => {
    if (/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(text)) return text;
    throw new ArgumentError(
      `${label(parameter)} must not contain blanks, quotes, commas, semicolons, backslashes or anything beyond ASCII.`,
    );
  };
  return { name: checked, value: checked };
}

/** The styles of paths mean nothing here and are read as the default; a cookie's own has become its codec. */
function namedStyle(style: Parameter['style']) {
  return style === 'deepObject' || isDelimited(style) ? style : 'form';
}

type Delimited = 'spaceDelimited' | 'pipeDelimited' | 'tabDelimited';

function isDelimited(style: Parameter['style']): style is Delimited {
  return style === 'spaceDelimited' || style === 'pipeDelimited' || style === 'tabDelimited';
}

function join(pairs: Pair[], separator: string): string | undefined {
  if (pairs.length === 0) return undefined;
  return pairs.map(([name, value]) => `${name}=${value}`).join(separator);
}

/** Headers are not percent-encoded (OpenAPI 3.1.1, Appendix D). */
function writeHeader(parameter: Parameter, value: Json): string | undefined {
  const { content, explode = false } = parameter;
  if (content === undefined && isUndefined(value)) return undefined;
  const separator = isDelimited(parameter.style) ? delimiters[parameter.style] : ',';
  const text =
    content === undefined
      ? expandUnnamed(value, { explode, separator, encode: (item) => item })
      : contentText(content, value);
  if (leaves(parameter, value).some((part) => /\p{Cc}/u.test(part))) {
    throw new ArgumentError(
      `${label(parameter)} must not contain line breaks or control characters.`,
    );
  }
  // One character is one byte on the wire; UTF-8 is what servers make of bytes beyond ASCII.
  return Buffer.from(text, 'utf8').toString('latin1');
}

function isUndefined(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function writePath(parameter: Parameter, value: Json): string {
  const parts = leaves(parameter, value);
  if (parts.some((part) => /\p{Cc}/u.test(part))) {
    throw new ArgumentError(`${label(parameter)} must not contain control characters.`);
  }
  const segment = parts.length === 0 ? '' : expandPath(parameter, value);
  // Encoding is no help against dots: a URL parser resolves `%2e%2e` as well, and a proxy may decode `..%2F`
  // before it looks. With style label the dot before an empty value would become such a segment.
  if (segment === '' || parts.some(isDots) || isDots(segment)) {
    throw new ArgumentError(
      `${label(parameter)} is part of the path and must not be empty, "." or "..".`,
    );
  }
  return segment;
}

/**
 * Whether a piece of a path leads to another place. Some servers cut `;x` off a segment, and some proxies decode once
 * or twice, before dots are resolved.
 */
export function isDots(part: string): boolean {
  let text = part;
  for (let round = 0; round < MAX_DECODINGS; round += 1) {
    const segments = text.split(/[/\\]/).map((segment) => segment.split(';', 1)[0]);
    if (segments.includes('..') || (segments.length === 1 && segments[0] === '.')) return true;
    const decoded = text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    if (decoded === text) return false;
    text = decoded;
  }
  return false;
}

/** The texts a path value is made of. */
function leaves(parameter: Parameter, value: Json): string[] {
  if (parameter.content !== undefined) return [contentText(parameter.content, value)];
  if (value === null) return [];
  if (typeof value !== 'object') return [plainText(value)];
  const members = Array.isArray(value) ? value : Object.entries(value).flat();
  return members.filter((member) => member !== null).map(plainText);
}

function expandPath(parameter: Parameter, value: Json): string {
  const { name, content, style, explode = false, allowReserved } = parameter;
  const encode = (text: string): string =>
    allowReserved ? percentEncodeReserved(text, 'path') : percentEncode(text);
  if (content !== undefined) return encode(contentText(content, value));
  if (style === 'matrix') {
    const codec = { name: percentEncode, value: encode };
    return expandNamed(name, value, { style, explode, codec }).map(matrixPair).join('');
  }
  const own = isDelimited(style) ? percentEncode(delimiters[style]) : ',';
  const separator = style === 'label' && explode ? '.' : own;
  return (style === 'label' ? '.' : '') + expandUnnamed(value, { explode, separator, encode });
}

/** `;color` without an equals sign when the value is empty (RFC 6570 section 3.2.7). */
function matrixPair([name, value]: Pair): string {
  return value === '' ? `;${name}` : `;${name}=${value}`;
}

/** How names and values are escaped where they are going. */
export interface Codec {
  readonly name: (text: string) => string;
  readonly value: (text: string) => string;
}

/** A name and a value, both escaped. */
export type Pair = readonly [name: string, value: string];

/** The style of a value that goes by a name (OpenAPI 3.1.1, Style Values). */
export interface NamedStyle {
  readonly style: keyof typeof delimiters | 'deepObject';
  readonly explode: boolean;
  readonly codec: Codec;
}

/** What stands between the items of a list that is not exploded. */
export const delimiters = {
  form: ',',
  cookie: ',',
  matrix: ',',
  spaceDelimited: ' ',
  pipeDelimited: '|',
  tabDelimited: '\t',
};

/** One value as text; OpenAPI leaves composites inside composites undefined, and JSON is what APIs parse. */
export function plainText(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The members of an object that are defined; null is RFC 6570's "undefined" (section 2.3). */
export function entries(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter(([, item]) => item !== null);
}

/** The items of an array that are defined. */
export function items(value: Json[]): Json[] {
  return value.filter((item) => item !== null);
}

/** The pairs a value becomes in a query, a form, a cookie or a matrix parameter; none when it is undefined. */
export function expandNamed(name: string, value: Json, options: NamedStyle): Pair[] {
  const { style, explode, codec } = options;
  if (value === null) return [];
  if (style === 'deepObject') return expandDeep(codec.name(name), value, codec);
  if (typeof value !== 'object') return [[codec.name(name), codec.value(plainText(value))]];
  if (explode) return expandMembers(name, value, codec);
  const members = flatten(value).map(codec.value);
  // The comma is RFC 6570's own and stays; a space or a bar is data to RFC 3986 and is encoded.
  const delimiter = delimiters[style] === ',' ? ',' : codec.value(delimiters[style]);
  return members.length === 0 ? [] : [[codec.name(name), members.join(delimiter)]];
}

/** A value without its name: style `simple`, and what follows the dot of style `label`. */
export function expandUnnamed(
  value: Json,
  options: { explode: boolean; separator: string; encode: (text: string) => string },
): string {
  const { explode, separator, encode } = options;
  if (value === null || typeof value !== 'object') return encode(plainText(value ?? ''));
  if (Array.isArray(value) || !explode) return flatten(value).map(encode).join(separator);
  const members = entries(value).map(([key, item]) => `${encode(key)}=${encode(plainText(item))}`);
  return members.join(separator);
}

function expandMembers(name: string, value: Json[] | JsonObject, codec: Codec): Pair[] {
  const members: [string, Json][] = Array.isArray(value)
    ? items(value).map((item) => [name, item])
    : entries(value);
  return members.map(([key, item]) => [codec.name(key), codec.value(plainText(item))]);
}

/** `R,100,G,200` of an object, the items of an array. */
function flatten(value: Json[] | JsonObject): string[] {
  if (Array.isArray(value)) return items(value).map(plainText);
  return entries(value).flatMap(([key, item]) => [key, plainText(item)]);
}

/**
 * `color[R]=100`. Deeper levels are undefined in OpenAPI; brackets all the way down, with indices for
 * arrays, is what Stripe, PHP and qs read.
 */
function expandDeep(prefix: string, value: Json, codec: Codec): Pair[] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[prefix, codec.value(plainText(value))]];
  return Object.entries(value).flatMap(([key, item]) =>
    expandDeep(`${prefix}${codec.name(`[${key}]`)}`, item, codec),
  );
}

/**
 * The reserved characters that `allowReserved` lets through, by place. Left out are those that would change
 * the structure around the value: OpenAPI 3.1.1 (Parameter Object, `allowReserved`) makes encoding `[ ] #`
 * and the form's own `& +` our duty; in a path it is `/ ? #`, in a cookie `; ,` (RFC 6265 section 4.1.1).
 */
const KEPT = {
  // The apostrophe is left out too: URL parsers encode it in a query (WHATWG URL, special-query percent-encode set).
  query: ':/?@!$()*,;=',
  path: ":@!$&'()*+,;=",
  cookie: ":/?#[]@!$&'()*+=",
};

/**
 * Reserved expansion (RFC 6570 section 3.2.3). Percent-encoded triplets pass as they are, except in a path,
 * where `%2e%2e` and `%2f` would be a way out of the segment.
 */
export function percentEncodeReserved(text: string, place: keyof typeof KEPT): string {
  const pieces = place === 'path' ? /[^]/gu : /%[0-9A-Fa-f]{2}|[^]/gu;
  return text.replace(pieces, (piece) =>
    KEPT[place].includes(piece) || piece.length === 3 ? piece : percentEncode(piece),
  );
}
