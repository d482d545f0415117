import type { Json, JsonObject, Parameter, RequestShape } from '../api.js';
import { isReservedHeader } from '../http.js';
import { baseName, isDots } from '../text.js';
import type { ClientRequest } from '../outgoing.js';
import { ArgumentError } from './arguments.js';
import { writeBody, type RequestBody } from './body.js';
import { argumentName, refusal, serialize } from './serialize.js';
import { fillServer, type Servers } from './settings.js';

type Frame = ReturnType<typeof createFrame>;

/**
 * Builds the request for the arguments of a tool, without credentials. It goes to the API's base URL unless the
 * operation has its own server and may use it. @throws ArgumentError
 */
export function createBuildRequest(servers: Servers) {
  const frames = new WeakMap<RequestShape, Frame>();
  return (shape: RequestShape, args: JsonObject): ClientRequest => {
    const frame = frames.get(shape) ?? createFrame(shape, servers);
    frames.set(shape, frame);
    const body = buildBody(shape, args);
    return {
      method: shape.method,
      origin: frame.origin,
      path: buildPath(frame, args) + buildQuery(frame, args),
      headers: buildHeaders(frame, args, body),
      ...(body !== undefined && { body: body.content }),
    };
  };
}

/** The constant parts of an operation's requests, computed on its first call. */
function createFrame(shape: RequestShape, { baseUrl, ownServers, serverValues }: Servers) {
  const { server, accept = '*/*', parameters = [] } = shape;
  const own = server !== undefined && ownServers;
  const { origin, pathname } = new URL(own ? fillServer(server, serverValues) : baseUrl);
  // Some documents tell operations apart by a fixed query (`/?Action=List`) or a fragment, which is never sent.
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(shape.path) ?? [];
  const fixed = query.split('&').filter(Boolean);
  const within = (place: Parameter['in']) => parameters.filter((one) => one.in === place);
  const queries = within('query');
  return {
    origin,
    basePath: pathname.replace(/\/+$/, ''),
    path: path.replace(/^(?!\/)/, '/').replace(UNSAFE_IN_PATH, escapeOutside),
    fixed,
    /** Names that no member of a free-form object may repeat. */
    taken: new Set([...fixed.map(nameOf), ...queries.map(({ name }) => baseName(name))]),
    accept,
    inPath: within('path'),
    spans: parameters.some(({ style }) => style === 'segments'),
    inQuery: [...queries, ...within('querystring')],
    inHeaders: within('header').filter(({ name }) => !isReservedHeader(name)),
    inCookies: within('cookie'),
  };
}

/** Names in braces, and characters that cannot occur in a path (RFC 3986 section 3.3) and that no server wants raw. */
const UNSAFE_IN_PATH = /\{[^{}]+\}|[\0-\x20"<>^`|\x7f-\u{d7ff}\u{e000}-\u{10ffff}]/gu;

function escapeOutside(part: string): string {
  return part.startsWith('{') ? part : encodeURIComponent(part);
}

function valueOf(parameter: Parameter, args: JsonObject): Json | undefined {
  const name = argumentName(parameter);
  return Object.hasOwn(args, name) ? args[name] : (parameter.default as Json | undefined);
}

interface Written {
  readonly parameter: Parameter;
  readonly value: Json;
  readonly text: string;
}

/** Serialized parameters; those without a value are left out. */
function written(parameters: readonly Parameter[], args: JsonObject): Written[] {
  const result: Written[] = [];
  for (const parameter of parameters) {
    const value = valueOf(parameter, args);
    const text = value === undefined ? undefined : serialize(parameter, value);
    if (value !== undefined && text !== undefined) result.push({ parameter, value, text });
  }
  return result;
}

function buildHeaders(frame: Frame, args: JsonObject, body?: RequestBody) {
  const headers: Record<string, string> = {};
  for (const { parameter, text } of written(frame.inHeaders, args))
    headers[parameter.name.toLowerCase()] = text;
  const cookies = written(frame.inCookies, args).map(({ text }) => text);
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  // OpenAPI 3.1, Parameter Object: a parameter called Accept is ignored; the media types of the responses decide.
  headers['accept'] = frame.accept;
  if (body !== undefined) headers['content-type'] = body.contentType;
  return headers;
}

function buildBody({ method, body }: RequestShape, args: JsonObject): RequestBody | undefined {
  if (body === undefined || !Object.hasOwn(args, 'body')) return undefined;
  // Such a body has no meaning (RFC 9110 section 9.3.1), and without it the request would mean something else.
  if (method === 'GET' || method === 'HEAD')
    throw refusal('body', `cannot be sent with ${method}; leave it out.`);
  return writeBody(body, args);
}

function buildPath(frame: Frame, args: JsonObject): string {
  const filled = fillTemplate(frame.path, frame, args);
  const segments = filled.split('/');
  const added = !frame.spans && segments.length !== frame.path.split('/').length;
  if (frame.path.includes('\\') || added || segments.some(isDots))
    throw new ArgumentError('The arguments for the path lead to another path of the API.');
  return frame.basePath + filled;
}

function fillTemplate(template: string, { inPath }: Frame, args: JsonObject): string {
  return template.replace(/(')?\{([^{}]+)\}/g, (_, quote: string | undefined, name: string) => {
    const parameter = inPath.find((one) => one.name === name);
    if (parameter === undefined) throw new Error(`No parameter for {${name}} in ${template}`);
    const text = serialize(parameter, valueOf(parameter, args) ?? null) ?? '';
    // OData 4.01, URL Conventions section 5.1.1.6.1: a quote in a string is written twice.
    return quote === undefined ? text : quote + text.replaceAll(/'|%27/g, '$&$&');
  });
}

function buildQuery(frame: Frame, args: JsonObject): string {
  const asked = written(frame.inQuery, args);
  for (const item of asked) refuseRepeated(item, frame.taken);
  const names = new Set(asked.map(({ parameter }) => parameter.name));
  const fixed = frame.fixed
    .filter((pair) => !names.has(pair.split('=', 1)[0] ?? ''))
    .map((pair) => fillTemplate(pair, frame, args));
  const pairs = [...fixed, ...asked.map(({ text }) => text)].filter(Boolean);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/**
 * An exploded object puts its own members into the query. None may impersonate a fixed pair or another parameter: many
 * APIs take the last value of a name, so the request would do something other than the tool that was allowed.
 */
function refuseRepeated({ parameter, value, text }: Written, taken: ReadonlySet<string>): void {
  if (typeof value !== 'object' && parameter.in !== 'querystring') return;
  const own = baseName(parameter.name);
  const names = text.split('&').map(nameOf);
  if (names.some((name) => name !== own && taken.has(name)))
    throw refusal(parameter, 'must not have a member that is another parameter of this operation.');
}

function nameOf(pair: string): string {
  return baseName(pair.split('=', 1)[0] ?? '');
}
