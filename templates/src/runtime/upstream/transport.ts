import type { Authorized } from '../credentials/authorize.js';
import { Aborted, TransportError, Undecodable, unlessAborted } from '../outgoing.js';
import type { ClientRequest, ClientResponse, HttpClient } from '../outgoing.js';
import { parseUrl } from '../text.js';
import { createWatch } from './stream.js';

/** The upstream API's response, read to its end or to the limit. */
export interface UpstreamResponse extends ClientResponse {
  readonly method: string;
  /** Its URL after redirects, with the query. */
  readonly path: string;
}

/** The settings of attempts. */
export interface Attempts {
  /** Adds credentials to the request, again for every attempt. */
  readonly authorize: () => Promise<Authorized>;
  readonly client: HttpClient;
  /** Called with a token that the API refused; returns whether it is worth getting another one. */
  readonly renew: (refused: string) => boolean;
  /** Of the response's body. */
  readonly maxBytes: number;
  /** Further tries. */
  readonly retries: number;
  /** Milliseconds since any fixed moment: the deadline. */
  readonly deadline: number;
  /** Called with events of a response that is still arriving, and with the secrets it must not repeat. */
  readonly onEvent?: (text: string, secrets: readonly string[]) => void;
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 5;
const FIRST_PAUSE_MS = 500;

/** RFC 9110 section 9.2.2, and QUERY (OpenAPI 3.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY'];

/**
 * Sends a request until there is a response to pass on: once more with a new token after a 401, and again after a 429
 * or 503 if the method is idempotent and there is time left for the requested delay. `secrets` are those of all
 * tries. @throws TransportError if there is no response, or it is incomplete.
 */
export async function attempt(attempts: Attempts) {
  const { authorize, renew, retries, deadline, signal } = attempts;
  const secrets: string[] = [];
  for (let [tries, renewed] = [0, false]; ;) {
    const { request, token, secrets: shown } = await authorize();
    secrets.push(...shown);
    const response = await follow(request, attempts, secrets);
    if (response.status === 401 && !renewed && token !== undefined && renew(token)) {
      renewed = true;
      continue;
    }
    const delay = tries < retries ? delayAfter(response, tries) : Infinity;
    if (performance.now() + delay >= deadline) return { response, secrets };
    await pause(delay, signal);
    tries += 1;
  }
}

/** Milliseconds until the next try; Infinity if there should be none. */
function delayAfter({ method, status, headers }: UpstreamResponse, tries: number): number {
  if (!IDEMPOTENT.includes(method) || (status !== 429 && status !== 503)) return Infinity;
  // A random delay for each caller; otherwise all refused callers would come back at once.
  const backoff = FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2);
  return Math.max(backoff, retryAfter(headers['retry-after']));
}

/** Milliseconds; the header has seconds or a date (RFC 9110 section 10.2.3). */
function retryAfter(value = ''): number {
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : ms;
}

/** Leaves neither a timer nor a listener behind. @throws Aborted when the signal fires first. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await unlessAborted(over, signal).finally(() => clearTimeout(timer));
}

/** Redirects are followed here: credentials never leave the origin. */
async function follow(
  request: ClientRequest,
  { client, maxBytes, signal, onEvent, deadline }: Attempts,
  secrets: readonly string[],
): Promise<UpstreamResponse> {
  const report = onEvent && ((text: string): void => onEvent(text, secrets));
  const watch = createWatch({ deadline, onEvent: report });
  const { method } = request;
  let { path } = request;
  for (let hops = 0; ; hops += 1) {
    const response = await client({ ...request, path }, { maxBytes, signal, watch }).catch(rethrow);
    const next = hops < MAX_REDIRECTS ? redirectTarget(request, response, path) : undefined;
    if (next === undefined) return { ...response, method, path };
    path = next;
  }
}

/** Whether a status redirects to another URL (RFC 9110 section 15.4); 300 and 304 do not. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** The methods whose redirects are followed: they only retrieve a response (RFC 9110 section 9.2.1). */
export function retrieves(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** With 307 and 308 the same request must be repeated, whatever its method (RFC 9110 section 15.4.8). */
function isFollowed(status: number, method: string): boolean {
  return status === 307 || status === 308 || (isRedirect(status) && retrieves(method));
}

function redirectTarget(
  { method, origin }: ClientRequest,
  { status, headers: { location } }: ClientResponse,
  path: string,
): string | undefined {
  const base = origin + path;
  if (!isFollowed(status, method) || location === undefined) return undefined;
  const target = parseUrl(location, base);
  if (target === undefined) return undefined;
  const next = target.pathname + target.search;
  // Behind a proxy that ends TLS, frameworks name this origin with http. The request goes to https all the same.
  const named = next === path ? target.origin : target.origin.replace(/^http:/, 'https:');
  const plain = target.username === '' && target.password === '';
  return plain && [target.origin, named].includes(origin) ? next : undefined;
}

function rethrow(error: unknown): never {
  const code = codeOf(error);
  // An aborted signal carries the reason; a request that undici refuses to send is our own bug.
  if (error instanceof Aborted || code === 'UND_ERR_INVALID_ARG') throw error;
  if (error instanceof Undecodable) throw new TransportError('encoding', code);
  throw new TransportError('network', code);
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, …: often on the cause. What is not HTTP, such as TLS, has only a name. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'HTTPParserError' ? error.name : codeOf(error.cause);
}
