import type { Json, JsonObject, Parameter, RequestShape } from '../api.js';
import type { UpstreamRequest } from '../credentials/authorize.js';
import { isReservedHeader } from '../http.js';
import { ArgumentError } from './arguments.js';
import { writeBody } from './body.js';
import { writeQuerystring } from './forms.js';
import { isDots, serialize } from './serialize.js';
import { fillServer, type Servers } from './settings.js';

/** Makes the request that the arguments of a tool ask for, without credentials. @throws ArgumentError */
export type BuildRequest = (shape: RequestShape, args: JsonObject) => UpstreamRequest;

/** What is the same in every request of an operation, worked out when it is first called. */
interface Frame {
  readonly origin: string;
  readonly basePath: string;
  /** The path template below the base path, as it goes on the wire but for its parameters. */
  readonly path: string;
  /** Some documents tell operations apart by a fixed query (`/?Action=List`). */
  readonly fixed: readonly string[];
  /** Names that no member of a free-form object may repeat. */
  readonly taken: ReadonlySet<string>;
  readonly accept: string;
}

/** The API's base URL is used unless the operation names, and may name, a server of its own. */
export function createBuildRequest(servers: Servers): BuildRequest {
  const frames = new WeakMap<RequestShape, Frame>();
  const frameOf = (shape: RequestShape): Frame => {
    const known = frames.get(shape) ?? createFrame(shape, servers);
    frames.set(shape, known);
    return known;
  };
  return (shape, args) => {
    const frame = frameOf(shape);
    const body = buildBody(shape, args);
    const headers = buildHeaders(shape, args, frame);
    if (body !== undefined) headers['content-type'] = body.contentType;
    return {
      method: shape.method,
      origin: frame.origin,
      path: buildPath(shape, args, frame) + buildQuery(shape, args, frame),
      headers,
      ...(body !== undefined && { body: body.content }),
    };
  };
}

function createFrame(shape: RequestShape, servers: Servers): Frame {
  const { origin, pathname } = new URL(baseOf(shape, servers));
  const { path, query } = splitTemplate(shape.path);
  const queries = (shape.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const fixed = query.split('&').filter((pair) => pair !== '');
  return {
    origin,
    basePath: pathname.replace(/\/$/, ''),
    path: path.replace(UNSAFE_IN_PATH, (character) => encodeURIComponent(character)),
    fixed,
    taken: new Set([...fixed.map(nameOf), ...queries.map(({ name }) => lenientName(name))]),
    accept: shape.accept ?? '*/*',
  };
}

/** Characters of a template that no path can have (WHATWG URL, path percent-encode set), its braces aside. */
const UNSAFE_IN_PATH = /[\0-\x20"<>`\x7f-\u{d7ff}\u{e000}-\u{10ffff}]/gu;

function baseOf({ server }: RequestShape, { baseUrl, ownServers, serverValues }: Servers): string {
  return server !== undefined && ownServers ? fillServer(server, serverValues) : baseUrl;
}

/** Some documents tell operations apart by a fragment (`/#put`); it is never sent. */
function splitTemplate(template: string): { path: string; query: string } {
  const [withQuery = ''] = template.split('#', 1);
  const [path = '', ...query] = withQuery.split('?');
  return { path: path.startsWith('/') ? path : `/${path}`, query: query.join('?') };
}

function argumentOf(parameter: Parameter, args: JsonObject): Json | undefined {
  const name = parameter.argument ?? parameter.name;
  return Object.hasOwn(args, name) ? args[name] : (parameter.default as Json | undefined);
}

interface Written {
  readonly parameter: Parameter;
  readonly value: Json;
  readonly text: string;
}

/** The serialized parameters of one place, in the document's order; those without a value are left out. */
function written(shape: RequestShape, args: JsonObject, place: Parameter['in']): Written[] {
  const result: Written[] = [];
  for (const parameter of shape.parameters ?? []) {
    const value = parameter.in === place ? argumentOf(parameter, args) : undefined;
    const text = value === undefined ? undefined : write(parameter, value);
    if (value !== undefined && text !== undefined) result.push({ parameter, value, text });
  }
  return result;
}

function write(parameter: Parameter, value: Json): string | undefined {
  return parameter.in === 'querystring'
    ? writeQuerystring(parameter, value)
    : serialize({ ...parameter, in: parameter.in }, value);
}

function buildHeaders(shape: RequestShape, args: JsonObject, { accept }: Frame) {
  const headers: Record<string, string> = {};
  for (const { parameter, text } of written(shape, args, 'header')) {
    if (!isReservedHeader(parameter.name)) headers[parameter.name.toLowerCase()] = text;
  }
  const cookies = written(shape, args, 'cookie').map(({ text }) => text);
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  // OpenAPI 3.1, Parameter Object: a parameter called Accept is ignored, the responses' types decide.
  headers['accept'] = accept;
  return headers;
}

function buildBody(shape: RequestShape, args: JsonObject) {
  if (shape.body === undefined || !Object.hasOwn(args, 'body')) return undefined;
  if (shape.method === 'GET' || shape.method === 'HEAD') {
    // Such a body has no meaning (RFC 9110 section 9.3.1), and leaving it out would ask for something else.
    throw new ArgumentError(
      `The argument "body" cannot be sent with ${shape.method}; leave it out.`,
    );
  }
  return writeBody(shape.body, args);
}

function buildPath(shape: RequestShape, args: JsonObject, { basePath, path }: Frame): string {
  const filled = fillTemplate(path, shape, args);
  const segments = filled.split('/');
  const leaves = path.includes('\\') || segments.length !== path.split('/').length;
  if (leaves || segments.some(isDots))
    throw new ArgumentError('The arguments for the path lead to another place of the API.');
  return basePath + filled;
}

function fillTemplate(template: string, shape: RequestShape, args: JsonObject): string {
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = (shape.parameters ?? []).find(
      (candidate) => candidate.in === 'path' && candidate.name === name,
    );
    if (parameter === undefined) throw new Error(`No parameter for {${name}} in ${template}`);
    return write(parameter, argumentOf(parameter, args) ?? null) ?? '';
  });
}

function buildQuery(shape: RequestShape, args: JsonObject, { fixed, taken }: Frame): string {
  const asked = [...written(shape, args, 'query'), ...written(shape, args, 'querystring')];
  for (const item of asked) refuseRepeated(item, taken);
  const names = new Set(asked.map(({ parameter }) => parameter.name));
  const pairs = [
    ...fixed
      .filter((pair) => !names.has(pair.split('=', 1)[0] ?? ''))
      .map((pair) => fillTemplate(pair, shape, args)),
    ...asked.map(({ text }) => text),
  ].filter(Boolean);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/**
 * An exploded object puts its own members into the query. None may pose as a fixed pair or as another parameter: many
 * APIs take the last value of a name, and would do something else than the tool that was allowed.
 */
function refuseRepeated({ parameter, value, text }: Written, taken: ReadonlySet<string>): void {
  if (typeof value !== 'object' && parameter.in !== 'querystring') return;
  const own = lenientName(parameter.name);
  const repeated = text.split('&').find((pair) => nameOf(pair) !== own && taken.has(nameOf(pair)));
  if (repeated === undefined) return;
  throw new ArgumentError(
    `The argument "${parameter.argument ?? parameter.name}" must not have a member that is another parameter of this operation.`,
  );
}

function nameOf(pair: string): string {
  return lenientName(pair.split('=', 1)[0] ?? '');
}

/** A name as the most lenient server reads it: decoded, in any case, without brackets. */
function lenientName(name: string): string {
  let text = name.replaceAll('+', ' ');
  for (let round = 0; round < 2 && text.includes('%'); round += 1)
    text = text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
  return text.trim().replace(/\[.*$/s, '').toLowerCase();
}
