import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isJsonContentType,
  type AuthInfo,
  type McpServerFactory,
} from '@modelcontextprotocol/server';
import type { Audit } from './audit.js';
import { createLimiter } from './limits.js';
import { calledTools, isExcessive, rpcError } from './messages.js';
import type { Gate } from './oauth/gate.js';
import type { MetadataRoute } from './oauth/metadata.js';
import { isReservedPath } from './oauth/identity.js';
import { hashOf } from './oauth/token.js';
import { corsHeaders, refuseHost, refuseOrigin } from './origin.js';
import { refuse, refuseExcess } from './refusal.js';
import { createRoutes, type Routes } from './routes.js';
import type { HttpSettings } from './settings.js';

/** What the HTTP face of a server is made from. */
export interface HttpOptions {
  readonly settings: HttpSettings;
  readonly factory: McpServerFactory;
  /** Absent: no authentication. */
  readonly gate?: Gate;
  readonly metadata?: MetadataRoute;
  /** Routes besides those of the server. */
  readonly routes?: Routes;
  readonly audit: Audit;
  readonly onError: (error: Error) => void;
}

const MAX_BODY_BYTES = 4_194_304;

/**
 * Answers every request of the server. What can be refused from the head of a request is refused there, before
 * its body is read: host, origin, credentials, in this order. Paths are compared as they arrive, so that no
 * other spelling of a path leads around the gate.
 */
export function createListener({
  settings,
  factory,
  gate,
  metadata,
  routes = {},
  audit,
  onError,
}: HttpOptions): RequestListener {
  const limiter = createLimiter({ perMinute: settings.rateLimit });
  const mcp = createMcpHandler(factory, { onerror: onError, maxRequestBodySize: MAX_BODY_BYTES });
  const own = createRoutes(routes, isTaken, onError);
  return (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const route = own.get(path);
    if (route !== undefined) return answerRoute(route, request, response);
    const done = (await health(path)) ?? metadata?.(method, path) ?? unknownPath(path);
    return done === undefined ? answerMcp(request, response, method) : send(response, done);
  }

  function isTaken(path: string): boolean {
    return settings.resource.paths.includes(path) || isReservedPath(path);
  }

  async function answerRoute(
    route: RequestListener,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const foreign = refuseHost(request.rawHeaders, settings);
    if (foreign !== undefined) return send(response, foreign);
    route(request, response);
  }

  async function health(path: string): Promise<Response | undefined> {
    if (path === '/healthz') return Response.json({ status: 'ok' });
    if (path !== '/readyz') return undefined;
    const ready = gate === undefined || (await gate.ready());
    return ready
      ? Response.json({ status: 'ready' })
      : refuse(503, 'not_ready', 'The keys of the authorization server are not loaded.');
  }

  function unknownPath(path: string): Response | undefined {
    return settings.resource.paths.includes(path)
      ? undefined
      : refuse(404, 'not_found', 'There is nothing at this path.');
  }

  async function answerMcp(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
  ): Promise<void> {
    const { origin } = request.headers;
    const foreign = refuseHost(request.rawHeaders, settings) ?? refuseOrigin(origin, settings);
    if (foreign !== undefined) return send(response, foreign);
    for (const [name, value] of Object.entries(corsHeaders(origin)))
      response.setHeader(name, value);
    if (method === 'OPTIONS') return send(response, new Response(null, { status: 204 }));
    if (!['POST', 'GET', 'DELETE'].includes(method))
      return send(
        response,
        refuse(405, 'method_not_allowed', 'MCP is served by POST.', { Allow: 'POST, OPTIONS' }),
      );
    const admitted = await gate?.admit(request);
    if (admitted instanceof Response) return send(response, admitted);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity')
      return send(
        response,
        refuse(415, 'unsupported_encoding', 'Bodies are read without any Content-Encoding.', {
          'Accept-Encoding': 'identity',
        }),
      );
    return dispatch(request, response, admitted);
  }

  function refuseTooMany(calls: number, authInfo: AuthInfo | undefined): Response | undefined {
    if (calls === 0) return undefined;
    const { token, clientId: client, extra } = authInfo ?? {};
    const caller = { subject: extra?.['subject'], client };
    const excess = limiter.take(callerKey(caller.subject, client, token), calls);
    if (excess === undefined) return undefined;
    if (excess.first) audit('rate_limit', caller);
    return refuseExcess(excess);
  }

  function dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    authInfo: AuthInfo | undefined,
  ): Promise<void> {
    const options = authInfo === undefined ? {} : { authInfo };
    const answerWeb = async (web: Request) => {
      const readable = web.method === 'POST' && isJsonContentType(web.headers.get('content-type'));
      if (!readable) return mcp.fetch(web, options);
      const parsedBody = parseJson(await web.text());
      if (parsedBody === undefined) return rpcError(400, -32_700, 'Parse error: not JSON');
      if (isExcessive(parsedBody))
        return rpcError(400, -32_600, 'Too many messages, or too long a name');
      const refused =
        (authInfo && gate?.refuseCalls(parsedBody, authInfo)) ??
        refuseTooMany(calledTools(parsedBody).length, authInfo);
      // The same parse for the check and for the dispatch: no second reading can differ.
      return refused ?? mcp.fetch(web, { ...options, parsedBody });
    };
    const fetch = async (web: Request) => unstored(await answerWeb(web));
    return toNodeHandler({ fetch }, { onerror: onError, maxRequestBodySize: MAX_BODY_BYTES })(
      request,
      response,
    );
  }
}

/** Whose calls are counted together: a subject's, or a client's that has none, or a token's that names nobody. */
function callerKey(subject: unknown, client = '', token = ''): string {
  if (typeof subject === 'string') return `subject ${subject}`;
  return client === '' ? `token ${hashOf(token)}` : `client ${client}`;
}

// Event streams come with caching rules of their own; no proxy may keep or rewrite them either.
function unstored(response: Response): Response {
  response.headers.set('Cache-Control', 'no-store, no-transform');
  return response;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(await answer.text());
}
