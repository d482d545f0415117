import { rootCertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { isObject } from './api.js';
import { Collector } from './collector.js';

/** One request to another server. Header names are in lower case. */
export interface ClientRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The response, read to its end or to the limit. */
export interface ClientResponse {
  readonly status: number;
  /** By name in lower case; several lines are one value, joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without any content encoding. */
  readonly body: Uint8Array;
  /** The body was longer than the limit, and `body` is its beginning. */
  readonly truncated: boolean;
}

export interface SendOptions {
  /** Of the body, after decompression. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export { Aborted } from './collector.js';

/** Sends a request over connections that stay open for the next one. Redirects are not followed. */
export type HttpClient = (request: ClientRequest, options: SendOptions) => Promise<ClientResponse>;

/** Which connections go through a proxy; URLs as `HTTP_PROXY` and the like hold them. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached directly, separated by commas. */
  readonly direct?: string;
}

/** In PEM. */
export interface TlsSettings {
  /** A certificate authority that is trusted besides the public ones. */
  readonly ca?: string;
  /** The client certificate that this server presents. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** The client of one authentication: its connections are shared with nothing else. */
export function createHttpClient(
  proxy: ProxySettings,
  { ca, certificate }: TlsSettings = {},
): HttpClient {
  const tls = { ...(ca !== undefined && { ca: [...rootCertificates, ca] }), ...certificate };
  // Every request has a deadline of its own.
  const patience = { headersTimeout: 0, bodyTimeout: 0, connect: tls };
  const direct = proxy.http === undefined && proxy.https === undefined;
  const dispatcher: Dispatcher = direct
    ? new Agent(patience)
    : new EnvHttpProxyAgent({
        ...patience,
        requestTls: tls,
        // Never absent: what is absent, the agent looks up in the environment of the process.
        httpProxy: proxy.http ?? '',
        httpsProxy: proxy.https ?? '',
        noProxy: proxy.direct ?? '',
      });
  return (request, options) =>
    new Promise((resolve, reject) => {
      dispatcher.dispatch(dispatchOptions(request), new Collector(options, resolve, reject));
    });
}

function dispatchOptions({ method, origin, path, headers, body }: ClientRequest) {
  return {
    method: method as Dispatcher.HttpMethod,
    origin,
    path,
    headers: { 'accept-encoding': 'gzip, deflate, br', ...headers },
    body: body ?? null,
  };
}

/** The answer of an OAuth endpoint. */
export interface JsonAnswer {
  readonly status: number;
  /** Absent when it is not a JSON object, and with other statuses than 2xx and 4xx. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A request of `fetchJson`: GET, or POST with a form. */
export interface JsonRequest {
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** There is no usable answer. The message names the URL and is for the log. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const MAX_JSON_BYTES = 1_048_576;

/**
 * Fetches JSON over https (loopback excepted), without redirects and at most 1 MiB: the URL may come from a document,
 * and a redirect could lead into a private network, or take a secret there.
 *
 * @throws Unreachable
 */
export async function fetchJson(
  client: HttpClient,
  url: string,
  { form, headers = {}, signal }: JsonRequest,
): Promise<JsonAnswer> {
  const { protocol, hostname, origin, pathname, search } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    throw new Unreachable(`${url} is not an https URL`);
  const request: ClientRequest = {
    method: form === undefined ? 'GET' : 'POST',
    origin,
    path: pathname + search,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form !== undefined && { body: form.toString() }),
  };
  const { status, body, truncated } = await client(request, { maxBytes: MAX_JSON_BYTES, signal })
    // The cause says why, for the log.
    .catch((cause: unknown) =>
      Promise.reject(new Unreachable(`${url} cannot be reached`, { cause })),
    );
  if (truncated) throw new Unreachable(`${url} is longer than ${MAX_JSON_BYTES} bytes`);
  if (status < 200 || (status > 299 && status < 400) || status > 499) return { status };
  const object = parseObject(new TextDecoder().decode(body));
  return { status, ...(object !== undefined && { body: object }) };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether only this machine can reach a host name or address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/**
 * The fault of a URL that identifies a party of OAuth (RFC 8414 section 2, RFC 8707 section 2), or undefined.
 * An issuer has no query.
 */
export function urlFault(text: string, allow: { query?: boolean } = {}): string | undefined {
  if (!URL.canParse(text) || /[\s\p{Cc}]/u.test(text)) return 'must be an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'must begin with https:// (plain http:// is for loopback addresses only)';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (text.includes('#')) return 'must not contain a fragment';
  if (text.includes('?') && allow.query !== true) return 'must not contain a query';
  return undefined;
}
