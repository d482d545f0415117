import { isObject } from './api.js';
import type { Audit } from './audit.js';
import { rateKeyOf, type Holder } from './caller.js';
import { emptyResponse, headerOf, isOversized, linesOf, logged, parseJson } from './http.js';
import { refuse, refuseExcess } from './http.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Excess, Hold, Limiter } from './limits.js';
import type { Mcp } from './mcp.js';
import { acceptedBy, essence, framed, type Accepted } from './media.js';
import { BODY_LIMITS, calledTools, isExcessive, messagesOf } from './messages.js';
import { readDirect, rpcRefusal, withoutNulls } from './messages.js';
import type { Gate } from './oauth/gate.js';
import { clientNames } from './oauth/scopes.js';
import type { HttpSettings } from './settings.js';

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
  accepted?: Accepted;
  /** The parsed body of a POST with JSON. */
  message?: unknown;
}

/** Responds, or passes the request on. */
export type Step = (
  exchange: Exchange,
) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

const MAX_BODY_BYTES = 4_194_304;

/** Headers of every response. */
export const COMMON = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

const CORS = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, MCP-Protocol-Version, Retry-After',
  'Access-Control-Max-Age': '600',
};

/** Refuses requests for another host. */
export function host(settings: HttpSettings): Step {
  return ({ request }) => refuseHost(request, settings);
}

/**
 * Refuses a request whose `Host` is not this server's: a browser page whose name was rebound to a local address
 * (DNS rebinding) sends its own. The status is 421, since another server may be meant (RFC 9110 section 15.5.20).
 */
export function refuseHost(
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
  const used = headerOf(headers, 'content-encoding');
  if (used === undefined) return undefined;
  // Empty members of a list count as absent (RFC 9110 section 5.6.1.2).
  const codings = used.toLowerCase().split(',');
  if (codings.every((coding) => ['', 'identity'].includes(coding.trim()))) return undefined;
  const text = 'Request bodies must not have a Content-Encoding.';
  const refused = refuse(415, 'unsupported_encoding', text, { 'Accept-Encoding': 'identity' });
  return logged(refused, { reason: 'Content-Encoding', encoding: used.slice(0, MAX_SHOWN) });
}

/** Negotiates the format of the response (RFC 9110 section 12.5.1). */
export function accept(exchange: Exchange): HttpResponse | undefined {
  const { headers, method } = exchange.request;
  const asked = headerOf(headers, 'accept');
  exchange.accepted = acceptedBy(asked);
  const { json, stream } = exchange.accepted;
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
  return async ({ request, message, holder, accepted }) => {
    const direct = readDirect(request, message);
    const answer = await (direct === undefined || mcp.asks(direct)
      ? mcp.sdk(request, message, holder)
      : mcp.direct(direct, request, holder));
    const response = await framed(answer, message, accepted);
    // Event streams have their own caching rules; proxies must not store or rewrite them either.
    const headers = { ...response.headers, 'Cache-Control': 'no-store, no-transform' };
    return { ...response, headers };
  };
}

// Without them a client cannot learn anything about a server. None of them reaches the API.
const HANDSHAKE = new Set<unknown>([
  'initialize',
  'notifications/initialized',
  'ping',
  'server/discover',
  'tools/list',
]);

/** Refuses a request without a token, unless all of it is public. */
export function publicOnly(gate: Gate | undefined, { names }: Mcp): Step {
  return ({ message, holder }) => {
    if (gate === undefined || holder !== undefined) return undefined;
    const { publicTools: tools } = gate;
    const isPublic = tools !== undefined && isPublicBody(message, tools, names);
    return isPublic ? undefined : gate.missing;
  };
}

/** Whether each message of a body may come without a token: one that needs a token makes the whole body need it. */
function isPublicBody(
  body: unknown,
  tools: ReadonlySet<string>,
  { operationOf, isFind }: Mcp['names'],
): boolean {
  const messages = messagesOf(body);
  const isPublic = (message: unknown) => {
    if (!isObject(message)) return false;
    if (HANDSHAKE.has(message['method'])) return true;
    if (calledTools(message).some(isFind)) return true;
    const called = calledTools(message, operationOf);
    return called.length > 0 && called.every((tool) => tools.has(tool));
  };
  return messages.length > 0 && messages.every(isPublic);
}
