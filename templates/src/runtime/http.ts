import { parseUrl } from './text.js';

/** One HTTP exchange as plain values; the adapters translate to and from their platform's objects. */
export interface HttpRequest {
  /** Identifies the request in the log. */
  readonly id: string;
  /** In upper case, as received. */
  readonly method: string;
  /** As received, without query, scheme and host: no other spelling of a path bypasses the gate. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /**
   * Name, value, name, value, … as received: Node keeps the first of several `Authorization` or `Host` lines, and a
   * proxy in front may have checked the last.
   */
  readonly headers: readonly string[];
  /** The IP address for limits and the log, never for identity or URLs. */
  readonly address: string;
  /** Reads the body, once; undefined if it is longer than `maxBytes`. Rejects with Disconnected. */
  body(maxBytes: number): Promise<Uint8Array | undefined>;
  /** Aborts if the client closes the connection before the response is sent. */
  readonly signal: AbortSignal;
}

/** The client disconnected before it had sent its whole request. */
export class Disconnected extends Error {
  override readonly name = 'Disconnected';
}

/** Nginx's status for a client that has disconnected; it is never sent. */
export const DISCONNECTED = 499;

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
  /** `Set-Cookie`, the only header whose lines cannot be combined (RFC 9110 section 5.3). */
  readonly cookies?: readonly string[];
  /** The reason for a refusal, for a line in the log; undefined if everything has been logged. */
  readonly refusal?: Refusal;
}

/** Answers a request. Never rejects. */
export type Answer = (request: HttpRequest) => Promise<HttpResponse>;

/** The details of a refused request for the operator. The caller gets fewer. */
export interface Refusal {
  readonly reason: string;
  /** The variable that admits such requests. */
  readonly set?: string;
  /** The value that was unexpected, or expected. */
  readonly [detail: string]: unknown;
}

/** The values of all lines of a header; `name` in lower case. */
export function linesOf(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const own = headers[index] ?? '';
    if (own.length === name.length && own.toLowerCase() === name)
      values.push(headers[index + 1] ?? '');
  }
  return values;
}

/** A header as recipients combine its lines (RFC 9110 section 5.3); undefined if it was not sent. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  const [first, ...others] = linesOf(headers, name);
  return others.length === 0 ? first : [first, ...others].join(', ');
}

/** A field name (RFC 9110 section 5.1). */
export function isHeaderName(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

/** A field value that every server reads alike: printable ASCII (RFC 9110 section 5.5). */
export function isHeaderValue(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** A response with a JSON body. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** A response without a body. */
export function emptyResponse(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers, body: null };
}

/** A refusal of any kind: a small JSON body with a code and one fixed sentence. */
export function refuse(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return jsonResponse(status, { error, error_description: description }, headers);
}

/** A refusal with its details for the log. */
export function logged(response: HttpResponse, refusal: Refusal): HttpResponse {
  return { ...response, refusal };
}

/** Refuses a request that is over a limit (RFC 6585 section 4); `retryAfter` in seconds. */
export function refuseExcess({ retryAfter }: { readonly retryAfter: number }): HttpResponse {
  return refuse(429, 'too_many_requests', 'Too many of these requests within a minute.', {
    'Retry-After': String(retryAfter),
  });
}

/** Header lines as web headers, several lines of a name combined. */
export function webHeaders(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < lines.length; index += 2)
    headers.append(lines[index] ?? '', lines[index + 1] ?? '');
  return headers;
}

/** Headers that the platform sets for what it sends (RFC 9110 sections 7.6.1 and 8.6). */
const FRAMING =
  /^(connection|keep-alive|transfer-encoding|content-length|trailer|upgrade|set-cookie)$/;

/** A web response as plain values. @throws Error if it cannot be sent */
export function fromWebResponse(response: Response): HttpResponse {
  const { status, headers, body, bodyUsed, url } = response;
  if (status < 200) throw new Error(`There is no response to send: its status is ${status}.`);
  if (bodyUsed || body?.locked === true)
    throw new Error(
      'The body was sent before: a route has to make a new Response for each request.',
    );
  // `fetch` has decoded the body, but still names the encoding.
  const isDecoded = (name: string) => url !== '' && name === 'content-encoding';
  const kept = [...headers].filter(([name]) => !FRAMING.test(name) && !isDecoded(name));
  const named = kept.map(([name, value]) => [capitalized(name), value] as const);
  return { status, headers: Object.fromEntries(named), body, cookies: headers.getSetCookie() };
}

/** The usual spelling, so that a header replaces the same one of this server. */
function capitalized(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/**
 * Headers that are never taken from arguments or from `UPSTREAM_HEADERS`: the target, its credentials, the handling
 * of the connection (RFC 9110 section 7.6.1), the framing of the body, a proxy's statements about the client, and
 * method overrides.
 */
const RESERVED = new Set(
  (
    'host authorization cookie set-cookie connection keep-alive te trailer transfer-encoding upgrade expect ' +
    'content-length content-type forwarded via x-http-method x-http-method-override x-method-override'
  ).split(' '),
);

/** Whether only this server may set the header. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || /^(proxy|sec|x-forwarded)-/.test(lower);
}

const PHRASES = new Map(
  (
    '200 OK,201 Created,202 Accepted,204 No Content,301 Moved Permanently,302 Found,303 See Other,' +
    '304 Not Modified,307 Temporary Redirect,308 Permanent Redirect,400 Bad Request,401 Unauthorized,' +
    '402 Payment Required,403 Forbidden,404 Not Found,405 Method Not Allowed,406 Not Acceptable,409 Conflict,' +
    '410 Gone,412 Precondition Failed,413 Content Too Large,415 Unsupported Media Type,' +
    '422 Unprocessable Content,423 Locked,428 Precondition Required,429 Too Many Requests,' +
    '500 Internal Server Error,501 Not Implemented,502 Bad Gateway,503 Service Unavailable,504 Gateway Timeout'
  )
    .split(',')
    .map((text) => [Number(text.slice(0, 3)), text] as const),
);

/** A status with its reason phrase (RFC 9110 section 15), or alone if it is rare. */
export function statusText(status: number): string {
  return PHRASES.get(status) ?? String(status);
}

const [SPACE, QUOTE, BACKSLASH, COMMA] = [0x20, 0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether JSON exceeds the allowed members or depth. Counted in its bytes, before parsing: parsing, validating and
 * serializing a few megabytes of short keys would keep every other caller waiting for seconds.
 */
export function isOversized(
  json: Uint8Array,
  { maxMembers, maxDepth }: { readonly maxMembers: number; readonly maxDepth: number },
): boolean {
  let [members, depth, isFirst] = [0, 0, false];
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (byte <= SPACE) continue;
    const closes = byte === CLOSE_LIST || byte === CLOSE_OBJECT;
    // A list or object has one more member than commas, unless it is empty.
    if (byte === COMMA || (isFirst && !closes)) members += 1;
    isFirst = byte === OPEN_LIST || byte === OPEN_OBJECT;
    if (isFirst) depth += 1;
    else if (closes) depth -= 1;
    else if (byte === QUOTE) index = endOfString(json, index);
    if (members > maxMembers || depth > maxDepth) return true;
  }
  return false;
}

/** The index of the closing quote. Every byte of a multi-byte character is above ASCII, so none looks like one. */
function endOfString(json: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
}

const utf8 = new TextDecoder();

/** The value of a JSON text, a string or its bytes in UTF-8; undefined if it is not JSON. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : utf8.decode(json));
  } catch {
    return undefined;
  }
}

/** Whether a host name or address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** The origin of a URL; any other text as it is. */
export function originOf(url: string): string {
  return parseUrl(url)?.origin ?? url;
}

/** Whether a URL is that of a metadata document, not of the issuer whose metadata that is. */
export function isMetadataUrl(url: string): boolean {
  return url.includes('/.well-known/');
}

const PLAIN = 'must begin with https:// (plain http:// is for loopback addresses only';

/**
 * The fault of a URL that identifies an OAuth party (RFC 8414 section 2, RFC 8707 section 2), or undefined.
 * An issuer has no query. Plain `http` is for loopback, and if a variable allows it, for operators who set that.
 */
export function urlFault(
  text: string,
  allow: { readonly query?: boolean; readonly http?: boolean } = {},
): string | undefined {
  // No URL has these characters (RFC 3986 section 2): they are from a template, or between several URLs.
  const url = /[\s\p{Cc}<>{}"]|,https?:/u.test(text) ? undefined : parseUrl(text);
  if (url === undefined) return 'must be an absolute URL';
  const mayBePlain = allow.http === true || isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    return `${PLAIN}${allow.http === false ? '; OAUTH_ALLOW_HTTP=true lifts this restriction' : ''})`;
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (text.includes('#')) return 'must not contain a fragment';
  if (text.includes('?') && allow.query !== true) return 'must not contain a query';
  return undefined;
}
