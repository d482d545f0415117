import type { Json, Parameter } from '../api.js';
import { ArgumentError } from './arguments.js';
import {
  type Codec,
  delimiters,
  expandNamed,
  expandUnnamed,
  type Pair,
  plainText,
} from './expand.js';
import { writeForm } from './form.js';
import { essence, isJson } from './media-type.js';
import { percentEncode, percentEncodeReserved } from './percent.js';

type Write = (parameter: Parameter, value: Json) => string | undefined;

const writers: Record<Parameter['in'], Write> = {
  path: writePath,
  query: (parameter, value) => join(writeNamed(parameter, value, 'query'), '&'),
  querystring: writeQuerystring,
  // RFC 6570's `&` separates nothing in a Cookie header; RFC 6265 section 4.2.1 wants a semicolon.
  cookie: (parameter, value) => join(writeNamed(parameter, value, 'cookie'), '; '),
  header: writeHeader,
};

/**
 * What a parameter looks like on the wire (OpenAPI 3.1.1, Style Examples): one path segment or a piece of
 * it, `name=value` pairs of a query or a Cookie header, or a header's value. Undefined when nothing is to be
 * sent: null, and outside of paths an array or object without members (RFC 6570 section 2.3).
 */
export function serialize(parameter: Parameter, value: Json): string | undefined {
  try {
    return writers[parameter.in](parameter, value);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ArgumentError(`${label(parameter)} is not valid Unicode text.`);
  }
}

function label(parameter: Parameter): string {
  return `The argument "${parameter.argument ?? parameter.name}"`;
}

function contentText(mediaType: string, value: Json): string {
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

/** The whole query as one value: a form, or any other media type percent-encoded (OpenAPI 3.2, in: querystring). */
function writeQuerystring({ content = '' }: Parameter, value: Json): string | undefined {
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
  // fetch takes one character a byte; UTF-8 is what servers make of bytes beyond ASCII.
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

function isDots(part: string): boolean {
  return part === '.' || part.split(/[/\\]/).includes('..');
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
