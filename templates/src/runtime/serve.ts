import type { Api } from './api.js';
import { createRefusalLog, limitLines, type Audit } from './audit.js';
import { emptyResponse, refuse, type HttpResponse } from './http.js';
import { createLimiter } from './limits.js';
import { createMcp } from './mcp.js';
import { createGate } from './oauth/gate.js';
import { createMetadataRoute } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import type { ToolMode } from './operations/offer.js';
import { publicOnly } from './public.js';
import { listen, type Answer, type Running } from './run.js';
import type { HttpSettings } from './settings.js';
import * as step from './steps.js';
import type { Exchange, Routes, Step } from './steps.js';
import { countRefusal, createTelemetry } from './telemetry.js';
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
  const logRefusal = createRefusalLog(audit);
  const onRefused: typeof logRefusal = (request, status, refusal) => {
    countRefusal(refusal.reason);
    logRefusal(request, status, refusal);
  };
  return drained(answer, settings.drainSeconds, (whole) => {
    return listen(whole, { ...settings, onRefused });
  });
}

/**
 * A server that says for a while that it is not ready before it ends gently, so that balancers with health checks have
 * turned to others by then.
 */
async function drained(
  answer: Answer,
  seconds: number,
  start: (answer: Answer) => Promise<Running>,
): Promise<Running> {
  let isEnding = false;
  const running = await start(async (request) =>
    isEnding && request.path === '/readyz' ? ENDING : answer(request),
  );
  const close = async (isGentle = false): Promise<void> => {
    isEnding = true;
    if (isGentle) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return running.close(isGentle);
  };
  return { ...running, close };
}

const ENDING = refuse(503, 'ending', 'This server is about to end.');

/**
 * The whole server as a list: each step answers or passes on. A request that can be refused from its head is refused
 * before its body is read, and paths are compared as they arrive.
 */
export function createAnswer(options: AnswerOptions): Answer {
  const { api, audit, settings, verifier, routes = {}, onError } = options;
  const { resource, oauth } = settings;
  if (oauth !== undefined && verifier === undefined)
    throw new Error('A server that asks for tokens needs a verifier.');
  const gate = oauth && verifier && createGate(resource, oauth, verifier, audit);
  const metadata = oauth && createMetadataRoute(api, resource, oauth);
  const mcp = createMcp({ ...options, tools: settings.tools, ...(gate !== undefined && { gate }) });
  const telemetry = createTelemetry({
    paths: resource.paths,
    details: settings.upstream.traceDetails,
    toolOf: mcp.names.toolOf,
  });
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
    telemetry.within(step.message(mcp)),
  ];
  async function respond(exchange: Exchange): Promise<HttpResponse> {
    const { request } = exchange;
    const response = await answer(steps, exchange).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)));
      return emptyResponse(500);
    });
    const { status, refusal } = response;
    if (refusal !== undefined) logRefusal(request, status, refusal);
    return { ...response, headers: { ...exchange.headers, ...response.headers } };
  }
  return (request) => telemetry.observe({ request, headers: step.COMMON }, respond);
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
