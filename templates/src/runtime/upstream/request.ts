import type { Json, JsonObject, Parameter, RequestShape } from '../api.js';
import { ArgumentError } from './arguments.js';
import { fillServer, type Servers } from './base-url.js';
import { writeBody } from './body.js';
import { isReservedHeader } from './header.js';
import { serialize } from './serialize.js';

/** One HTTP request to the upstream API. */
export interface UpstreamRequest {
  readonly method: string;
  /** Below the base URL: same origin, same path prefix. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: string | Uint8Array;
}

/**
 * The request that the arguments of a tool stand for, without credentials. The API's base URL is used unless the
 * operation names, and may name, a server of its own.
 */
export function buildRequest(
  shape: RequestShape,
  args: JsonObject,
  servers: Servers,
): UpstreamRequest {
  const headers = buildHeaders(shape, args);
  const body = buildBody(shape, args);
  if (body !== undefined) headers.set('content-type', body.contentType);
  return {
    method: shape.method,
    url: buildUrl(shape, args, baseOf(shape, servers)),
    headers,
    ...(body !== undefined && { body: body.content }),
  };
}

function baseOf({ server }: RequestShape, { baseUrl, ownServers, serverValues }: Servers): string {
  return server !== undefined && ownServers ? fillServer(server, serverValues) : baseUrl;
}

function argumentOf(parameter: Parameter, args: JsonObject): Json | undefined {
  const name = parameter.argument ?? parameter.name;
  return Object.hasOwn(args, name) ? args[name] : (parameter.default as Json | undefined);
}

/** The serialized parameters of one place, in the document's order; those without a value are left out. */
function written(shape: RequestShape, args: JsonObject, place: Parameter['in']) {
  const result: { parameter: Parameter; text: string }[] = [];
  for (const parameter of shape.parameters ?? []) {
    const value = parameter.in === place ? argumentOf(parameter, args) : undefined;
    const text = value === undefined ? undefined : serialize(parameter, value);
    if (text !== undefined) result.push({ parameter, text });
  }
  return result;
}

function buildHeaders(shape: RequestShape, args: JsonObject): Headers {
  const headers = new Headers();
  for (const { parameter, text } of written(shape, args, 'header')) {
    if (!isReservedHeader(parameter.name)) headers.set(parameter.name, text);
  }
  const cookies = written(shape, args, 'cookie').map(({ text }) => text);
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  // OpenAPI 3.1, Parameter Object: a parameter called Accept is ignored, the responses' types decide.
  headers.set('accept', shape.accept ?? '*/*');
  return headers;
}

function buildBody(shape: RequestShape, args: JsonObject) {
  if (shape.body === undefined || !Object.hasOwn(args, 'body')) return undefined;
  if (shape.method === 'GET' || shape.method === 'HEAD') {
    // fetch refuses it, and leaving the body out would ask for something else than was meant.
    throw new ArgumentError(
      `The argument "body" cannot be sent with ${shape.method}; leave it out.`,
    );
  }
  return writeBody(shape.body, args);
}

function buildUrl(shape: RequestShape, args: JsonObject, baseUrl: string): URL {
  const base = new URL(baseUrl);
  const { path, query } = splitTemplate(shape.path);
  const basePath = base.pathname.replace(/\/$/, '');
  const pathname = basePath + fillTemplate(path, shape, args);
  const asked = [...written(shape, args, 'query'), ...written(shape, args, 'querystring')];
  const names = new Set(asked.map(({ parameter }) => parameter.name));
  const fixed = query.split('&').filter((pair) => !names.has(pair.split('=', 1)[0] ?? ''));
  const pairs = [
    ...fixed.map((pair) => fillTemplate(pair, shape, args)),
    ...asked.map(({ text }) => text),
  ].filter(Boolean);
  const url = new URL(base.origin + pathname + (pairs.length > 0 ? `?${pairs.join('&')}` : ''));
  assertBelow(url, base.origin, basePath, pathname);
  return url;
}

/** Some documents tell operations apart by a fixed query (`/?Action=List`) or by a fragment (`/#put`). */
function splitTemplate(template: string): { path: string; query: string } {
  const [withQuery = ''] = template.split('#', 1);
  const [path = '', ...query] = withQuery.split('?');
  return { path: path.startsWith('/') ? path : `/${path}`, query: query.join('?') };
}

function fillTemplate(template: string, shape: RequestShape, args: JsonObject): string {
  const parameters = (shape.parameters ?? []).filter((parameter) => parameter.in === 'path');
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw new Error(`No parameter for {${name}} in ${template}`);
    const text = serialize(parameter, argumentOf(parameter, args) ?? null);
    return text ?? '';
  });
}

/**
 * The parser resolves dots, drops tabs and turns backslashes into slashes, and some servers cut `;x` off a
 * segment before they look at its dots: whatever the arguments made of the path, it is looked at once more.
 */
function assertBelow(url: URL, origin: string, basePath: string, pathname: string): void {
  const added = url.pathname.slice(basePath.length);
  const dots = added.split('/').some((segment) => /^(\.|%2e){1,2}(;|$)/i.test(segment));
  const sameLength = url.pathname.split('/').length === pathname.split('/').length;
  const below = url.origin === origin && url.pathname.startsWith(`${basePath}/`);
  if (dots || !sameLength || !below) {
    throw new ArgumentError('The arguments for the path lead to another place of the API.');
  }
}
