import type { Api } from './api.js';
import type { Audit } from './audit.js';
import { rateKeyOf, type Holder } from './caller.js';
import {
  emptyResponse,
  essence,
  fromWebResponse,
  headerOf,
  isOversized,
  jsonResponse,
  linesOf,
  parseJson,
  refuse,
  refuseExcess,
  webHeaders,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import { createLimiter, type Excess, type Hold, type Limiter } from './limits.js';
import { createMcp, rpcRefusal, type Mcp } from './mcp.js';
import { BODY_LIMITS, calledTools, isExcessive, messagesOf, readDirect } from './messages.js';
import { createGate, type Gate } from './oauth/gate.js';
import { createMetadataRoute, isReservedPath } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import type { HttpSettings } from './settings.js';
import type { Call } from './upstream/call.js';

/** Answers a custom request, with whatever method. No token is asked for. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Routes by their path, compared exactly. */
export type Routes = Readonly<Record<string, Route>>;

/** What the answers of a server are made from. */
export interface AnswerOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  readonly settings: HttpSettings;
  readonly verifier: Verifier | undefined;
  readonly routes?: Routes;
  readonly onError: (error: Error) => void;
}

/** One request on its way through the steps. */
interface Exchange {
  readonly request: HttpRequest;
  /** Of the response, whichever step gives it. */
  headers: Readonly<Record<string, string>>;
  holder?: Holder;
  /** This message's place under the rate limit. */
  held?: Hold;
  /** The parsed body of a POST with JSON. */
  message?: unknown;
}

/** Answers, or passes on. */
type Step = (exchange: Exchange) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

const MAX_BODY_BYTES = 4_194_304;
const MAX_ROUTE_BODY_BYTES = 1_048_576;

const COMMON = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

const CORS = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, MCP-Protocol-Version, Retry-After',
  'Access-Control-Max-Age': '600',
};

/**
 * The whole server as a list: each step answers or passes on. A request that can be refused from its head is refused
 * before its body is read, and paths are compared as they arrive.
 */
export function createAnswer(
  options: AnswerOptions,
): (request: HttpRequest) => Promise<HttpResponse> {
  const { api, audit, settings, verifier, routes = {}, onError } = options;
  const { resource, oauth } = settings;
  if (oauth !== undefined && verifier === undefined)
    throw new Error('A server that asks for tokens needs a verifier.');
  const gate = oauth && verifier && createGate(resource, oauth, verifier, audit);
  const metadata = oauth && createMetadataRoute(api, resource, oauth);
  const mcp = createMcp({ ...options, tools: settings.tools, ...(gate !== undefined && { gate }) });
  const limiter = createLimiter(settings.rateLimit);
  const steps: readonly Step[] = [
    customRoutes(routes, settings),
    health(gate),
    ({ request: { method, path } }) => metadata?.(method, path),
    knownPath(settings),
    ({ request }) => refuseHost(request, settings),
    origin(settings),
    preflight,
    method,
    token(gate),
    encoding,
    rate(limiter, audit),
    body,
    batch(limiter, audit),
    scopes(gate, mcp),
    message(mcp),
  ];
  return async (request) => {
    const exchange: Exchange = { request, headers: COMMON };
    const response = await answer(steps, exchange).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)));
      return emptyResponse(500);
    });
    return { ...response, headers: { ...exchange.headers, ...response.headers } };
  };
}

async function answer(steps: readonly Step[], exchange: Exchange): Promise<HttpResponse> {
  for (const step of steps) {
    const given = step(exchange);
    const response = given instanceof Promise ? await given : given;
    if (response !== undefined) return response;
  }
  throw new Error('No step answered.');
}

/** @throws Error when a path is one of the server's own, which a route would take away, its gate included. */
function customRoutes(routes: Routes, settings: HttpSettings): Step {
  for (const path of Object.keys(routes)) {
    const taken = settings.resource.paths.includes(path) || isReservedPath(path);
    if (!path.startsWith('/') || taken) throw new Error(`No route can be at ${path}`);
  }
  return ({ request }) => {
    const route = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
    if (route === undefined) return undefined;
    return refuseHost(request, settings) ?? answerRoute(route, request, settings.resource.origin);
  };
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

function health(gate: Gate | undefined): Step {
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

function knownPath({ resource }: HttpSettings): Step {
  return ({ request: { path } }) =>
    resource.paths.includes(path)
      ? undefined
      : refuse(404, 'not_found', 'There is nothing at this path.');
}

/**
 * Refuses a request whose `Host` is not this server's: a browser page whose name was rebound to a local address
 * (DNS rebinding) sends its own. 421, since another server may well be meant (RFC 9110 section 15.5.20).
 */
function refuseHost(
  { headers }: HttpRequest,
  { allowedHosts }: HttpSettings,
): HttpResponse | undefined {
  const [host, ...others] = linesOf(headers, 'host');
  // RFC 9112 section 3.2.
  if (others.length > 0) return refuse(400, 'bad_request', 'There must be one Host header.');
  const [, name = '', port = ''] = /^(.*?)(?::(\d{1,5}))?$/.exec(host?.toLowerCase() ?? '') ?? [];
  if (allowedHosts.includes(name) && Number(port) <= 65_535) return undefined;
  return refuse(421, 'misdirected_request', 'This server does not answer for the requested host.');
}

/** Refuses a browser page of an origin that is not listed, compared exactly. Other clients send no `Origin`. */
function origin({ allowedOrigins }: HttpSettings): Step {
  return (exchange) => {
    const asked = headerOf(exchange.request.headers, 'origin');
    if (asked === undefined) return undefined;
    if (!allowedOrigins.includes(asked))
      return refuse(403, 'forbidden_origin', 'This origin may not call this server.');
    // Never `*`, never an unchecked echo.
    exchange.headers = { ...COMMON, ...CORS, 'Access-Control-Allow-Origin': asked, Vary: 'Origin' };
    return undefined;
  };
}

function preflight({ request: { method } }: Exchange): HttpResponse | undefined {
  return method === 'OPTIONS' ? emptyResponse(204) : undefined;
}

function method({ request }: Exchange): HttpResponse | undefined {
  return ['POST', 'GET', 'DELETE'].includes(request.method)
    ? undefined
    : refuse(405, 'method_not_allowed', 'MCP is served by POST.', { Allow: 'POST, OPTIONS' });
}

function token(gate: Gate | undefined): Step {
  return async (exchange) => {
    const admitted = await gate?.admit(exchange.request);
    if (admitted === undefined) return undefined;
    if ('status' in admitted) return admitted;
    exchange.holder = admitted;
    return undefined;
  };
}

function encoding({ request: { headers } }: Exchange): HttpResponse | undefined {
  const used = headerOf(headers, 'content-encoding') ?? 'identity';
  return used.toLowerCase() === 'identity'
    ? undefined
    : refuse(415, 'unsupported_encoding', 'Bodies are read without any Content-Encoding.', {
        'Accept-Encoding': 'identity',
      });
}

/** Reads and parses a body with JSON; the SDK refuses every other kind unread. */
async function body(exchange: Exchange): Promise<HttpResponse | undefined> {
  const { request } = exchange;
  const type = essence(headerOf(request.headers, 'content-type') ?? '');
  if (request.method !== 'POST' || type !== 'application/json') return undefined;
  const bytes = await request.body(MAX_BODY_BYTES);
  if (bytes === undefined)
    return rpcRefusal(413, -32_000, `The body is longer than ${MAX_BODY_BYTES} bytes`);
  if (isOversized(bytes, BODY_LIMITS))
    return rpcRefusal(400, -32_600, 'Too many members, or nested too deeply');
  exchange.message = parseJson(bytes);
  if (exchange.message === undefined) return rpcRefusal(400, -32_700, 'Parse error: not JSON');
  return isExcessive(exchange.message)
    ? rpcRefusal(400, -32_600, 'Too many messages, or too long a name')
    : undefined;
}

// The same parse for the check and for the dispatch: no second reading can differ.
function scopes(gate: Gate | undefined, { operationOf }: Mcp): Step {
  return ({ message, holder }) =>
    gate && holder && gate.refuseCalls(calledTools(message, operationOf), holder.caller);
}

/** Counts a message before its body is read, so that a caller over the limit costs nothing. */
function rate(limiter: Limiter, audit: Audit): Step {
  return (exchange) => {
    const held = limiter.hold(rateKeyOf(exchange.holder));
    if (!('release' in held)) return refuseOver(held, exchange, audit);
    exchange.held = held;
    return undefined;
  };
}

/** Counts the other messages of a batch: all of them or none. */
function batch(limiter: Limiter, audit: Audit): Step {
  return (exchange) => {
    const others = messagesOf(exchange.message).length - 1;
    const excess = others > 0 ? limiter.take(rateKeyOf(exchange.holder), others) : undefined;
    if (excess === undefined) return undefined;
    exchange.held?.release();
    return refuseOver(excess, exchange, audit);
  };
}

function refuseOver(excess: Excess, { holder }: Exchange, audit: Audit): HttpResponse {
  const { subject, client } = holder?.caller ?? {};
  if (excess.first) audit('rate_limit', { subject, client });
  return refuseExcess(excess);
}

function message(mcp: Mcp): Step {
  return async ({ request, message, holder }) => {
    const direct = readDirect(request, message);
    const response = await (direct === undefined
      ? mcp.sdk(request, message, holder)
      : mcp.direct(direct, request, holder));
    // Event streams come with caching rules of their own; no proxy may keep or rewrite them either.
    return {
      ...response,
      headers: { ...response.headers, 'Cache-Control': 'no-store, no-transform' },
    };
  };
}
