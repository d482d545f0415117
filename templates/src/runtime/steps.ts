import type { Audit } from './audit.js';
import { rateKeyOf, type Holder } from './caller.js';
import { SettingsError } from './environment.js';
import {
  emptyResponse,
  essence,
  fromWebResponse,
  headerOf,
  isOversized,
  jsonResponse,
  linesOf,
  logged,
  parseJson,
  refuse,
  refuseExcess,
  statusText,
  webHeaders,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import type { Excess, Hold, Limiter } from './limits.js';
import { rpcRefusal, type Mcp } from './mcp.js';
import { BODY_LIMITS, calledTools, isExcessive, messagesOf, readDirect } from './messages.js';
import { framed, takenBy, type Taken } from './messages.js';
import { withoutNulls } from './nulls.js';
import type { Gate } from './oauth/gate.js';
import { isReservedPath } from './oauth/metadata.js';
import { clientNames } from './oauth/step-up.js';
import type { HttpSettings } from './settings.js';

/** Responds to a custom request with any method. No token is required. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Routes by their path, compared exactly. */
export type Routes = Readonly<Record<string, Route>>;

/** One request on its way through the steps. */
export interface Exchange {
  readonly request: HttpRequest;
  /** Headers of the response, whichever step produces it. */
  headers: Readonly<Record<string, string>>;
  holder?: Holder;
  /** The network of a request without a token, until it is known whether it needs one. */
  network?: string;
  /** This message's place under the rate limit. */
  held?: Hold;
  /** The formats that the response may have. */
  taken?: Taken;
  /** The parsed body of a POST with JSON. */
  message?: unknown;
}

/** Responds, or passes the request on. */
export type Step = (
  exchange: Exchange,
) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

const MAX_BODY_BYTES = 4_194_304;
const MAX_ROUTE_BODY_BYTES = 1_048_576;

/** Headers of every response. */
export const COMMON = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

const CORS = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, MCP-Protocol-Version, Retry-After',
  'Access-Control-Max-Age': '600',
};

/** @throws SettingsError if a path is reserved by the server: a route would replace it, including its gate. */
export function customRoutes(routes: Routes, settings: HttpSettings): Step {
  for (const path of Object.keys(routes)) refuseTaken(path, settings);
  return ({ request }) => {
    const route = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
    if (route === undefined) return undefined;
    return refuseHost(request, settings) ?? answerRoute(route, request, settings.resource.origin);
  };
}

function refuseTaken(path: string, { resource }: HttpSettings): void {
  const remedy = 'choose another path for this route in main.ts';
  if (!path.startsWith('/'))
    throw new SettingsError(`The route ${path} does not begin with a slash: ${remedy}`);
  if (resource.paths.includes(path) || isReservedPath(path, resource.paths))
    throw new SettingsError(`The route ${path} is reserved by the server: ${remedy}`);
}

async function answerRoute(
  route: Route,
  request: HttpRequest,
  ownOrigin: string,
): Promise<HttpResponse> {
  const { path, query, method, headers, signal } = request;
  const bodiless = method === 'GET' || method === 'HEAD';
  const bytes = bodiless ? new Uint8Array() : await request.body(MAX_ROUTE_BODY_BYTES);
  if (bytes === undefined) return refuse(413, 'too_large', 'The body is longer than 1 MiB.');
  const url = `${ownOrigin}${path}${query === '' ? '' : `?${query}`}`;
  const init = { method, headers: webHeaders(headers), signal };
  const content = bytes.byteLength === 0 ? {} : { body: bytes as Uint8Array<ArrayBuffer> };
  return fromWebResponse(await route(new Request(url, { ...init, ...content })));
}

export function health(gate: Gate | undefined): Step {
  return ({ request: { path } }) => {
    if (path === '/healthz') return jsonResponse(200, { status: 'ok' });
    return path === '/readyz' ? readiness(gate) : undefined;
  };
}

async function readiness(gate: Gate | undefined): Promise<HttpResponse> {
  return gate === undefined || (await gate.ready())
    ? jsonResponse(200, { status: 'ready' })
    : refuse(503, 'not_ready', 'The keys of the authorization server are not loaded.');
}

/** Proves to OpenAI who owns the domain: responds to any caller with just the token. */
export function appsChallenge({ appsChallenge: body }: HttpSettings): Step {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
  return ({ request: { method, path } }) =>
    body !== undefined && method === 'GET' && path === '/.well-known/openai-apps-challenge'
      ? { status: 200, headers, body }
      : undefined;
}

export function knownPath({ resource }: HttpSettings): Step {
  const refusal = { reason: 'unknown path', served: resource.paths, set: 'MCP_RESOURCE_URL' };
  const nothing = refuse(404, 'not_found', 'There is nothing at this path.');
  return ({ request: { path } }) =>
    resource.paths.includes(path) ? undefined : logged(nothing, refusal);
}

/** Refuses requests for another host. */
export function host(settings: HttpSettings): Step {
  return ({ request }) => refuseHost(request, settings);
}

/**
 * Refuses a request whose `Host` is not this server's: a browser page whose name was rebound to a local address
 * (DNS rebinding) sends its own. The status is 421, since another server may be meant (RFC 9110 section 15.5.20).
 */
function refuseHost(
  { headers }: HttpRequest,
  { allowedHosts }: HttpSettings,
): HttpResponse | undefined {
  const [asked, ...others] = linesOf(headers, 'host');
  // RFC 9112 section 3.2.
  if (others.length > 0)
    return logged(refuse(400, 'bad_request', 'There must be exactly one Host header.'), {
      reason: 'several Host headers',
    });
  const [, name = '', port = ''] = /^(.*?)(?::(\d{1,5}))?$/.exec(asked?.toLowerCase() ?? '') ?? [];
  if (allowedHosts.includes(name) && Number(port) <= 65_535) return undefined;
  const text = 'This server does not serve the requested host.';
  return logged(refuse(421, 'misdirected_request', text), {
    reason: 'host not allowed',
    host: asked?.slice(0, MAX_SHOWN),
    set: 'MCP_ALLOWED_HOSTS',
  });
}

/** Characters of a header's value that the log shows. */
const MAX_SHOWN = 100;

/** Refuses browser pages whose origin is not listed, compared exactly. Other clients do not send `Origin`. */
export function origin({ allowedOrigins }: HttpSettings): Step {
  return (exchange) => {
    const asked = headerOf(exchange.request.headers, 'origin');
    if (asked === undefined) return undefined;
    if (!allowedOrigins.includes(asked))
      return logged(refuse(403, 'forbidden_origin', 'This origin may not call this server.'), {
        reason: 'origin not allowed',
        origin: asked.slice(0, MAX_SHOWN),
        set: 'MCP_ALLOWED_ORIGINS',
      });
    // Never `*`, never an unchecked echo.
    exchange.headers = { ...COMMON, ...CORS, 'Access-Control-Allow-Origin': asked, Vary: 'Origin' };
    return undefined;
  };
}

/** Responds to a preflight request, which never carries a token. */
export function preflight({ request }: Exchange): HttpResponse | undefined {
  return request.method === 'OPTIONS' ? emptyResponse(204) : undefined;
}

/** Refuses methods that MCP does not use. */
export function method({ request }: Exchange): HttpResponse | undefined {
  if (['POST', 'GET', 'DELETE'].includes(request.method)) return undefined;
  const allow = { Allow: 'POST, OPTIONS' };
  const refused = refuse(405, 'method_not_allowed', 'MCP uses POST.', allow);
  return logged(refused, { reason: 'unknown method' });
}

/** Determines the caller. */
export function token(gate: Gate | undefined): Step {
  return async (exchange) => {
    const admitted = await gate?.admit(exchange.request);
    if (admitted === undefined) return undefined;
    if ('status' in admitted) return admitted;
    if ('network' in admitted) exchange.network = admitted.network;
    else exchange.holder = admitted;
    return undefined;
  };
}

/** Refuses a body with a content encoding, which is not supported. */
export function encoding({ request: { headers } }: Exchange): HttpResponse | undefined {
  const used = headerOf(headers, 'content-encoding') ?? 'identity';
  if (used.toLowerCase() === 'identity') return undefined;
  const text = 'Request bodies must not have a Content-Encoding.';
  const refused = refuse(415, 'unsupported_encoding', text, { 'Accept-Encoding': 'identity' });
  return logged(refused, { reason: 'Content-Encoding', encoding: used.slice(0, MAX_SHOWN) });
}

/** Negotiates the format of the response (RFC 9110 section 12.5.1). */
export function accept(exchange: Exchange): HttpResponse | undefined {
  const { headers, method } = exchange.request;
  const asked = headerOf(headers, 'accept');
  exchange.taken = takenBy(asked);
  const { json, stream } = exchange.taken;
  if (json || stream || method !== 'POST') return undefined;
  const text = 'Not Acceptable: only application/json and text/event-stream are available';
  return logged(rpcRefusal(406, -32_000, text), {
    reason: 'Accept',
    accept: asked?.slice(0, MAX_SHOWN),
  });
}

/** Reads and parses a JSON body; the SDK refuses every other kind unread. */
export async function body(exchange: Exchange): Promise<HttpResponse | undefined> {
  const { request } = exchange;
  const type = essence(headerOf(request.headers, 'content-type') ?? '');
  if (request.method !== 'POST' || type !== 'application/json') return undefined;
  const bytes = await request.body(MAX_BODY_BYTES);
  if (bytes === undefined)
    return refuseBody(413, -32_000, `The body is longer than ${MAX_BODY_BYTES} bytes`);
  if (isOversized(bytes, BODY_LIMITS))
    return refuseBody(400, -32_600, 'Too many members, or nested too deeply');
  exchange.message = withoutNulls(parseJson(bytes));
  if (exchange.message === undefined) return refuseBody(400, -32_700, 'Parse error: not JSON');
  return isExcessive(exchange.message)
    ? refuseBody(400, -32_600, 'Too many messages, or too long a name')
    : undefined;
}

function refuseBody(status: number, code: number, reason: string): HttpResponse {
  return logged(rpcRefusal(status, code, reason), { reason });
}

/** Refuses calls for which the caller lacks a scope. Check and dispatch share one parse, so they cannot differ. */
export function scopes(gate: Gate | undefined, { names }: Mcp): Step {
  return ({ request, message, holder }) => {
    if (gate === undefined || holder === undefined) return undefined;
    const called = calledTools(message, names.operationOf);
    return gate.refuseCalls(called, holder.caller, request.id, () => clientNames(request, message));
  };
}

/** Counts a message before its body is read, so that a caller over the limit costs nothing. */
export function rate(limiter: Limiter, audit: Audit): Step {
  return (exchange) => {
    const held = limiter.hold(rateKeyOf(exchange.holder, exchange.network));
    if (!('release' in held)) return refuseOver(held, exchange, audit);
    exchange.held = held;
    return undefined;
  };
}

/** Counts the other messages of a batch: all of them or none. */
export function batch(limiter: Limiter, audit: Audit): Step {
  return (exchange) => {
    const others = messagesOf(exchange.message).length - 1;
    const key = rateKeyOf(exchange.holder, exchange.network);
    const excess = others > 0 ? limiter.take(key, others) : undefined;
    if (excess === undefined) return undefined;
    exchange.held?.release();
    return refuseOver(excess, exchange, audit);
  };
}

function refuseOver(excess: Excess, exchange: Exchange, audit: Audit): HttpResponse {
  const { request, holder, network } = exchange;
  const { issuer, subject, client } = holder?.caller ?? {};
  if (excess.first) audit('rate_limit', { request: request.id, issuer, subject, client, network });
  return refuseExcess(excess);
}

/** Responds to requests that passed all other steps. */
export function message(mcp: Mcp): Step {
  return async ({ request, message, holder, taken }) => {
    const direct = readDirect(request, message);
    const answer = await (direct === undefined || mcp.asks(direct)
      ? mcp.sdk(request, message, holder)
      : mcp.direct(direct, request, holder));
    const response = await framed(answer, message, taken);
    const { status } = response;
    return {
      ...response,
      // Event streams have their own caching rules; proxies must not store or rewrite them either.
      headers: { ...response.headers, 'Cache-Control': 'no-store, no-transform' },
      ...(status >= 400 && status !== 499 && { refusal: { reason: statusText(status) } }),
    };
  };
}
