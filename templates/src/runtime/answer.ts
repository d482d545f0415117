import type { Api } from './api.js';
import { createRefusalLog, limitLines, type Audit } from './audit.js';
import { Disconnected, DISCONNECTED, emptyResponse } from './http.js';
import type { Answer, HttpResponse } from './http.js';
import { createLimiter } from './limits.js';
import { createMcp } from './mcp.js';
import { createGate } from './oauth/gate.js';
import { createMetadataRoute } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import * as route from './routes.js';
import type { Routes } from './routes.js';
import type { HttpSettings } from './settings.js';
import * as step from './steps.js';
import type { Exchange, Step } from './steps.js';
import { createTelemetry } from './telemetry.js';
import { createCheck, type Call } from './upstream/call.js';
import { withoutFields } from './upstream/fields.js';
import { withFileArguments } from './upstream/files.js';
import type { UpstreamSettings } from './upstream/settings.js';

/** The parts that a server's responses are made from. */
export interface AnswerOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  readonly settings: HttpSettings;
  /** Decides whose tokens are accepted. Required if the settings require tokens, and ignored otherwise. */
  readonly verifier: Verifier | undefined;
  /** Custom routes, by path. */
  readonly routes?: Routes;
}

/**
 * The whole server as a list: each step responds or passes the request on. A request that can be refused because of
 * its head is refused before its body is read, and paths are compared exactly as received.
 */
export function createAnswer(options: AnswerOptions): Answer {
  const { audit, settings, verifier, routes = {} } = options;
  const api = served(options.api, settings.upstream);
  const onError = createErrorLog(audit);
  const { resource, oauth } = settings;
  if (oauth !== undefined && verifier === undefined)
    throw new Error('A server that requires tokens needs a verifier.');
  const gate = oauth && verifier && createGate(resource, oauth, verifier, audit);
  const metadata = oauth && createMetadataRoute(api, resource, oauth);
  const { tools, confirm } = settings;
  const check = createCheck(settings.upstream);
  const mcp = createMcp({ ...options, api, gate, tools, confirm, check, onError });
  const telemetry = createTelemetry({
    paths: resource.paths,
    details: settings.upstream.traceDetails,
    toolOf: mcp.names.toolOf,
  });
  const limiter = createLimiter(settings.rateLimit);
  const logRefusal = createRefusalLog(audit);
  const steps: readonly Step[] = [
    route.customRoutes(routes, settings),
    route.health(gate),
    route.appsChallenge(settings),
    ({ request: { method, path } }) => metadata?.(method, path),
    route.knownPath(settings),
    step.host(settings),
    step.origin(settings),
    step.preflight,
    step.method,
    step.token(gate),
    step.encoding,
    step.accept,
    step.rate(limiter, audit),
    step.body,
    step.publicOnly(gate, mcp),
    step.batch(limiter, audit),
    step.scopes(gate, mcp),
    telemetry.within(step.message(mcp)),
  ];
  async function respond(exchange: Exchange): Promise<HttpResponse> {
    const { request } = exchange;
    const response = await answer(steps, exchange).catch(failed);
    const { status, refusal } = response;
    if (refusal !== undefined) logRefusal(request, status, refusal);
    return { ...response, headers: { ...exchange.headers, ...response.headers } };
  }
  function failed(error: unknown): HttpResponse {
    if (error instanceof Disconnected) return emptyResponse(DISCONNECTED);
    onError(error instanceof Error ? error : new Error(String(error)));
    return emptyResponse(500);
  }
  return (request) => telemetry.observe({ request, headers: step.COMMON }, respond).catch(failed);
}

async function answer(steps: readonly Step[], exchange: Exchange): Promise<HttpResponse> {
  for (const step of steps) {
    const given = step(exchange);
    const response = given instanceof Promise ? await given : given;
    if (response !== undefined) return response;
  }
  throw new Error('No step responded.');
}

/** The tools, with the operator's settings applied. */
export function served(api: Api, settings: UpstreamSettings | undefined): Api {
  const shown = settings?.fields === false ? withoutFields(api) : api;
  return settings?.fetchFiles === true ? withFileArguments(shown) : shown;
}

/** Logs unexpected errors, at a limited rate. */
export function createErrorLog(audit: Audit): (error: Error) => void {
  const log = limitLines(audit);
  return (error) => log('error', '', { message: inLog(error) });
}

// The SDK's messages may repeat a request: only a part is logged, without the query, which may contain a token.
function inLog({ message }: Error): string {
  return message.replace(/\?\S*/g, '?…').slice(0, 200);
}
