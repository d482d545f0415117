import type { BodyShape, Json, JsonObject, Parameter, PartEncoding } from '../api.js';
import { essence, isJson } from '../media.js';
import { ArgumentError } from './arguments.js';
import { escaping, isDots, percentEncode, segments, verbatim } from '../text.js';
import type { Codec, Encode } from '../text.js';
import { isComposite, isJsonText, writeJson } from './numbers.js';

/**
 * A parameter on the wire (OpenAPI 3.1.1, Style Examples): one path segment or a piece of it, `name=value` pairs of a
 * query or a Cookie header, or a header's value. Undefined when nothing is sent: null, and outside of paths an array
 * or object without members (RFC 6570 section 2.3).
 */
export function serialize(parameter: Parameter, value: Json): string | undefined {
  try {
    return WRITERS[parameter.in](parameter, value);
  } catch (error) {
    throw asRefusal(error, parameter);
  }
}

type Writer = (parameter: Parameter, value: Json) => string | undefined;

const WRITERS: Record<Parameter['in'], Writer> = {
  path: writePath,
  query: (parameter, value) => joined(writeNamed(parameter, value, 'query'), '&'),
  querystring: writeQuerystring,
  // RFC 6570's `&` is not a separator in a Cookie header; RFC 6265 section 4.2.1 requires a semicolon.
  cookie: (parameter, value) => joined(writeNamed(parameter, value, 'cookie'), '; '),
  header: writeHeader,
};

/** The argument that carries a parameter's value. */
export function argumentName({ argument, name }: Parameter): string {
  return argument ?? name;
}

/** An argument that cannot be sent; `why` is the rest of the sentence. */
export function refusal(argument: string | Parameter, why: string): ArgumentError {
  const name = typeof argument === 'string' ? argument : argumentName(argument);
  return new ArgumentError(`The argument "${name}" ${why}`);
}

/** A lone surrogate has no UTF-8 and so no percent-encoding: the only URIError that an argument can cause. */
export function asRefusal(error: unknown, argument: string | Parameter): unknown {
  return error instanceof URIError ? refusal(argument, 'is not valid Unicode text.') : error;
}

/** A name and a value, both escaped. */
type Pair = readonly [name: string, value: string];

/** OpenAPI 3.2, style `cookie`: nothing is escaped, so other characters are refused (RFC 6265 section 4.1.1). */
function cookieCodec(parameter: Parameter): Codec {
  const checked: Encode = (text) => {
    if (/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(text)) return text;
    throw refusal(
      parameter,
      'must not contain spaces, quotes, commas, semicolons, backslashes or non-ASCII characters.',
    );
  };
  return { name: checked, value: checked };
}

/** Characters of a query or form, and bytes of a form with files. */
const MAX_LENGTH = 33_554_432;

/** Refuses what would be far longer than its arguments: each item of a list repeats the name of the list. */
export function refuseLong(all: readonly (readonly { readonly length: number }[])[]): void {
  let total = 0;
  for (const some of all) for (const { length } of some) total += length;
  if (total > MAX_LENGTH) throw new ArgumentError('The request would be too long.');
}

function joined(pairs: readonly Pair[], separator: string): string | undefined {
  if (pairs.length === 0) return undefined;
  refuseLong(pairs);
  return pairs.map(([name, value]) => `${name}=${value}`).join(separator);
}

function writeNamed(parameter: Parameter, value: Json, place: 'query' | 'cookie'): Pair[] {
  const { name, content, style, allowReserved } = parameter;
  const codec = style === 'cookie' ? cookieCodec(parameter) : escaping(place, allowReserved);
  if (content === undefined) return expandNamed(name, value, parameter, codec);
  const text = place === 'query' ? bareText(value, content) : textOf(value, content);
  return [[codec.name(name), codec.value(text)]];
}

/** Text without JSON's quotes, which servers do not expect around a path or query value. */
function bareText(value: Json, content: string): string {
  return typeof value === 'string' ? value : textOf(value, content);
}

/** The whole query as one value: a form, or any other media type percent-encoded (OpenAPI 3.2, in: querystring). */
function writeQuerystring(parameter: Parameter, value: Json): string | undefined {
  const { content = '' } = parameter;
  const type = essence(content);
  if (value === null) return undefined;
  if (type === 'application/x-www-form-urlencoded')
    return writeForm({ mediaType: content }, value, argumentName(parameter));
  const text = textOf(value, content);
  if (type !== 'text/plain') return percentEncode(text);
  // Text is a query in the API's own format, so characters with a meaning in queries keep it.
  return text.split('&').map(escaping('query', true).value).join('&');
}

/** Headers are not percent-encoded (OpenAPI 3.1.1, Appendix D). */
function writeHeader(parameter: Parameter, given: Json): string | undefined {
  const { content, style, explode } = parameter;
  // A block of text in YAML ends in a line break, and so do examples.
  const value = typeof given === 'string' && given.endsWith('\n') ? given.slice(0, -1) : given;
  const parts = leaves(value, content);
  if (parts.length === 0) return undefined;
  if (parts.some((part) => /\p{Cc}/u.test(part)))
    throw refusal(argumentName(parameter), 'must not contain line breaks or control characters.');
  const text =
    content === undefined ? expandUnnamed(value, explode, delimiter(style)) : parts.join('');
  // One character is one byte on the wire; servers read bytes beyond ASCII as UTF-8.
  return Buffer.from(text, 'utf8').toString('latin1');
}

function writePath(parameter: Parameter, value: Json): string {
  const parts = leaves(value, parameter.content);
  if (parts.some((part) => /\p{Cc}/u.test(part)))
    throw refusal(argumentName(parameter), 'must not contain control characters.');
  const segment = expandPath(parameter, value);
  // Encoding does not help against dots: a URL parser resolves `%2e%2e` as well, and a proxy may decode `..%2F`
  // first. With style label, the dot before an empty value would become such a segment.
  if (segment === '' || parts.some(isDots) || isDots(segment))
    throw refusal(parameter, 'is part of the path: it must not be empty, too long, "." or "..".');
  return segment;
}

function expandPath(parameter: Parameter, value: Json): string {
  const { name, content, style, explode = false, allowReserved } = parameter;
  const codec = escaping('path', allowReserved);
  if (content !== undefined) return codec.value(bareText(value, content));
  if (style === 'segments') return expandUnnamed(value, explode, '/', segments).replace(/^\//, '');
  if (style === 'matrix') {
    const pairs = expandNamed(name, value, { style, explode }, codec);
    refuseLong(pairs);
    // Without an equals sign when the value is empty (RFC 6570 section 3.2.7).
    return pairs.map(([key, text]) => (text === '' ? `;${key}` : `;${key}=${text}`)).join('');
  }
  if (style !== 'label')
    return expandUnnamed(value, explode, delimiter(style, percentEncode), codec.value);
  return `.${expandUnnamed(value, explode, explode ? '.' : ',', codec.value)}`;
}

/** An application/x-www-form-urlencoded body or query (OpenAPI 3.2, Encoding By Name). */
export function writeForm(body: BodyShape, value: Json, argument = 'body'): string {
  const pairs = fields(value, argument).flatMap(([name, item]): Pair[] => {
    const encoding = encodingOf(body, name);
    const codec = escaping('query', encoding.allowReserved);
    if (isStyled(encoding)) return expandNamed(name, item, encoding, codec);
    const own = codec.name(name);
    return items(item).map((one) => [own, codec.value(textOf(one, encoding.contentType))]);
  });
  return joined(pairs, '&') ?? '';
}

/** The fields of a form and their values, without those that are null. */
export function fields(value: Json, argument = 'body'): [string, Json][] {
  if (isRecord(value)) return entries(value);
  throw refusal(argument, 'must be an object with the fields of the form.');
}

/** The encoding that the document declares for a field. */
export function encodingOf({ encoding, itemEncoding }: BodyShape, name: string): PartEncoding {
  return (encoding && Object.hasOwn(encoding, name) && encoding[name]) || itemEncoding || {};
}

/** Any of the three fields switches from content types to styles (OpenAPI 3.2, Encoding Object). */
export function isStyled({ style, explode, allowReserved }: PartEncoding): boolean {
  return style !== undefined || explode !== undefined || allowReserved !== undefined;
}

/** One value as text, in its media type if it has one. Composites inside others are JSON, as APIs parse them. */
export function textOf(value: Json, mediaType = ''): string {
  const isText = isPlain(value) && !isJson(mediaType);
  // Encoders replace a lone surrogate without a word.
  if (isText && /\p{Cs}/u.test(String(value))) throw new URIError();
  if (isText) return String(value);
  // Many documents describe a field with JSON as the text of that.
  return typeof value === 'string' && isJsonText(value) ? value : writeJson(value);
}

/** Whether a value is written as plain text, `Digits` included. */
function isPlain(value: Json): value is string | number | boolean {
  return value !== null && !isComposite(value);
}

function isRecord(value: Json): value is JsonObject {
  return isComposite(value) && !Array.isArray(value);
}

/** The members of an object that are defined; null is RFC 6570's "undefined" (section 2.3). */
function entries(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter(([, item]) => item !== null);
}

/** The items of an array that are defined; any other value is its only item. */
export function items(value: Json): Json[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== null);
}

/** The strings that make up a value: `R,100,G,200` for an object, the items of an array. */
function leaves(value: Json, content?: string): string[] {
  if (content !== undefined) return [textOf(value, content)];
  if (!isRecord(value)) return items(value).map((item) => textOf(item));
  return entries(value).flatMap(([key, item]) => [key, textOf(item)]);
}

const delimiters: Readonly<Record<string, string>> = {
  spaceDelimited: ' ',
  pipeDelimited: '|',
  tabDelimited: '\t',
};

/** The comma is RFC 6570's own delimiter and stays; RFC 3986 treats a space or a bar as data, so they are encoded. */
function delimiter(style = '', encode = verbatim): string {
  const own = delimiters[style];
  return own === undefined ? ',' : encode(own);
}

/**
 * The pairs that a value becomes in a query, a form, a cookie or a matrix parameter; none if it is undefined (OpenAPI
 * 3.1.1, Style Values). Styles of other locations are read as `form`.
 */
export function expandNamed(
  name: string,
  value: Json,
  { style = 'form', explode }: Pick<Parameter, 'style' | 'explode'>,
  codec: Codec,
): Pair[] {
  if (isPlain(value)) return [[codec.name(name), codec.value(textOf(value))]];
  if (style === 'deepObject') return expandDeep(codec.name(name), value, codec);
  if (explode ?? !Object.hasOwn(delimiters, style)) {
    const members = isRecord(value) ? entries(value) : [[name, value] as const];
    // A list in an object has no serialization in OpenAPI; Spring's pages (`sort`) repeat its name.
    return members.flatMap(([key, item]) => {
      const own = codec.name(key);
      return items(item).map((one): Pair => [own, codec.value(textOf(one))]);
    });
  }
  const texts = leaves(value).map(codec.value);
  return texts.length === 0 ? [] : [[codec.name(name), texts.join(delimiter(style, codec.value))]];
}

/** A value without its name: style `simple`, and the part of style `label` after its dot. */
export function expandUnnamed(
  value: Json,
  explode = false,
  separator = ',',
  encode = verbatim,
): string {
  if (!explode || !isRecord(value)) return leaves(value).map(encode).join(separator);
  const members = entries(value).map(([key, item]) => `${encode(key)}=${encode(textOf(item))}`);
  return members.join(separator);
}

/** `color[R]=100`. Deeper nesting is not in OpenAPI; as for Stripe, PHP and qs, it is `a[b][0]=1`. */
function expandDeep(prefix: string, value: Json, codec: Codec, pairs: Pair[] = []): Pair[] {
  if (value === null) return pairs;
  if (!isComposite(value)) pairs.push([prefix, codec.value(textOf(value))]);
  else
    for (const [key, item] of Object.entries(value)) {
      // Some documents show the members with the brackets that they have in the query.
      const own = codec.name(key);
      const isWhole = own.startsWith(`${prefix}${codec.name('[')}`);
      expandDeep(isWhole ? own : `${prefix}${codec.name(`[${key}]`)}`, item, codec, pairs);
    }
  return pairs;
}
