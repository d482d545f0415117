import { own } from './api.js';
import { SettingsError } from './environment.js';
import { fromWebResponse, jsonResponse, logged, refuse, webHeaders } from './http.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Gate } from './oauth/gate.js';
import { isReservedPath } from './oauth/metadata.js';
import type { HttpSettings } from './settings.js';
import { refuseHost, type Step } from './steps.js';

/** Responds to a custom request with any method. No token is required. */
export type Route = (request: Request) => Response | Promise<Response>;

/** Routes by their path, compared exactly. */
export type Routes = Readonly<Record<string, Route>>;

const MAX_ROUTE_BODY_BYTES = 1_048_576;
// A web request cannot have it (Fetch standard, forbidden methods).
const NO_TRACE = 'This method is not available.';

/** @throws SettingsError if a path is reserved by the server: a route would replace it, including its gate. */
export function customRoutes(routes: Routes, settings: HttpSettings): Step {
  for (const path of Object.keys(routes)) refuseTaken(path, settings);
  return ({ request }) => {
    const route = own(routes, request.path);
    if (route === undefined) return undefined;
    return refuseHost(request, settings) ?? answerRoute(route, request, settings.resource.origin);
  };
}

function refuseTaken(path: string, { resource }: HttpSettings): void {
  const remedy = 'choose another path for this route in main.ts';
  if (!path.startsWith('/'))
    throw new SettingsError(`The route ${path} does not begin with a slash: ${remedy}`);
  const { pathname } = new URL(`http://localhost${path}`);
  if (pathname !== path)
    throw new SettingsError(
      `The route ${path} would never match, since clients send ${pathname}: ${remedy}`,
    );
  if (resource.paths.includes(path) || isReservedPath(path, resource.paths))
    throw new SettingsError(`The route ${path} is reserved by the server: ${remedy}`);
}

async function answerRoute(
  route: Route,
  request: HttpRequest,
  ownOrigin: string,
): Promise<HttpResponse> {
  const { path, query, method, headers, signal } = request;
  if (method === 'TRACE')
    return refuse(405, 'method_not_allowed', NO_TRACE, { Allow: 'GET, POST' });
  const bodiless = method === 'GET' || method === 'HEAD';
  const bytes = bodiless ? new Uint8Array() : await request.body(MAX_ROUTE_BODY_BYTES);
  if (bytes === undefined) return refuse(413, 'too_large', 'The body is longer than 1 MiB.');
  const url = `${ownOrigin}${path}${query === '' ? '' : `?${query}`}`;
  const init = { method, headers: webHeaders(headers), signal };
  const content = bytes.byteLength === 0 ? {} : { body: bytes as Uint8Array<ArrayBuffer> };
  return fromWebResponse(await route(new Request(url, { ...init, ...content })));
}

/** Reports that the process is up, and whether tokens can be validated. */
export function health(gate: Gate | undefined): Step {
  return ({ request: { path } }) => {
    if (path === '/healthz') return jsonResponse(200, { status: 'ok' });
    return path === '/readyz' ? readiness(gate) : undefined;
  };
}

async function readiness(gate: Gate | undefined): Promise<HttpResponse> {
  if (gate === undefined || (await gate.ready())) return jsonResponse(200, { status: 'ready' });
  return refuse(503, 'not_ready', 'The keys of the authorization server are not loaded.');
}

/** Proves to OpenAI who owns the domain: responds to any caller with just the token. */
export function appsChallenge({ appsChallenge: body }: HttpSettings): Step {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
  return ({ request: { method, path } }) =>
    body !== undefined && method === 'GET' && path === '/.well-known/openai-apps-challenge'
      ? { status: 200, headers, body }
      : undefined;
}

/** Refuses other paths. Users often type a URL without its path, or with one more slash. */
export function knownPath({ resource }: HttpSettings): Step {
  const refusal = { reason: 'unknown path', served: resource.paths, set: 'MCP_RESOURCE_URL' };
  const text = `There is nothing at this path. MCP is at ${resource.url}.`;
  const nothing = refuse(404, 'not_found', text);
  return ({ request: { path } }) =>
    resource.paths.includes(path) ? undefined : logged(nothing, refusal);
}
