import type { Api } from './api.js';
import { createRefusalLog, limitLines, type Audit } from './audit.js';
import { emptyResponse, type HttpRequest, type HttpResponse } from './http.js';
import { createLimiter } from './limits.js';
import { createMcp } from './mcp.js';
import { createGate } from './oauth/gate.js';
import { createMetadataRoute } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import type { ToolMode } from './operations/offer.js';
import { publicOnly } from './public.js';
import { listen, type Running } from './run.js';
import type { HttpSettings } from './settings.js';
import * as step from './steps.js';
import type { Exchange, Routes, Step } from './steps.js';
import type { Call } from './upstream/call.js';
import { withoutFields } from './upstream/fields.js';
import type { UpstreamSettings } from './upstream/settings.js';

export type { Route, Routes } from './steps.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** How operations are offered; over HTTP, the settings say. Absent: as the API says. */
  readonly tools?: ToolMode | undefined;
  readonly settings?: UpstreamSettings;
}

export interface HttpServerOptions extends Omit<StdioOptions, 'settings' | 'tools'> {
  readonly settings: HttpSettings;
  /** Decides whose tokens are accepted; ignored when the settings ask for no authentication, and needed otherwise. */
  readonly verifier: Verifier | undefined;
  /** More routes, by path. */
  readonly routes?: Routes;
}

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

/** Serves Streamable HTTP. Rejects when the address cannot be listened on. */
export async function serveHttp(options: HttpServerOptions): Promise<Running> {
  const { audit, settings } = options;
  const api = served(options.api, settings.upstream);
  const answer = createAnswer({ ...options, api, onError: createErrorLog(audit) });
  return listen(answer, { ...settings, onRefused: createRefusalLog(audit) });
}

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
  const logRefusal = createRefusalLog(audit);
  const steps: readonly Step[] = [
    step.customRoutes(routes, settings),
    step.health(gate),
    step.appsChallenge(settings),
    ({ request: { method, path } }) => metadata?.(method, path),
    step.knownPath(settings),
    step.host(settings),
    step.origin(settings),
    step.preflight,
    step.method,
    step.token(gate),
    step.encoding,
    step.accept,
    step.rate(limiter, audit),
    step.body,
    publicOnly(gate, mcp),
    step.batch(limiter, audit),
    step.scopes(gate, mcp),
    step.message(mcp),
  ];
  return async (request) => {
    const exchange: Exchange = { request, headers: step.COMMON };
    const response = await answer(steps, exchange).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)));
      return emptyResponse(500);
    });
    const { status, refusal } = response;
    if (refusal !== undefined) logRefusal(request, status, refusal);
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

/** Serves the process's stdin and stdout; the client that started it is trusted, as the MCP specification says. */
export async function serveStdio({
  api,
  call,
  audit,
  settings,
  tools,
}: StdioOptions): Promise<Running> {
  const onError = createErrorLog(audit);
  const { serveStdio: serve } = await import('@modelcontextprotocol/server/stdio');
  const { factory } = createMcp({ api: served(api, settings), call, audit, tools, onError });
  const handle = serve(await factory(), { onerror: onError });
  return { close: () => handle.close() };
}

/** The tools as the operator wants them. */
function served(api: Api, settings: UpstreamSettings | undefined): Api {
  return settings?.fields === false ? withoutFields(api) : api;
}

function createErrorLog(audit: Audit): (error: Error) => void {
  const log = limitLines(audit);
  return (error) => log('error', '', { message: inLog(error) });
}

// The SDK's messages may repeat a request: a part of it is enough, and no query, where a token may be.
function inLog({ message }: Error): string {
  return message.replace(/\?\S*/g, '?…').slice(0, 200);
}
