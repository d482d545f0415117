import type { Api } from '../api.js';
import type { Caller, CallerToken } from '../caller.js';
import { baseName, lenientName, percentEncode } from '../text.js';
import type { ClientRequest } from '../outgoing.js';
import { choose, CredentialsError, needsNothing } from './choose.js';
import type { Placement, Security, TokenNeed } from './choose.js';
import { isSecretHeader } from './secrets.js';
import type { UpstreamCredentials } from './settings.js';
import type { TokenSource } from './tokens.js';

/** A request as custom code receives and returns it. */
export interface CustomRequest extends Pick<ClientRequest, 'method' | 'body'> {
  readonly url: URL;
  readonly headers: Headers;
}

/**
 * A custom credential, such as a signature. It receives the caller and the request, with the credentials that the
 * operation requires if the environment has them, and returns the request to send. Called once for every attempt.
 */
export type CustomCredential = (
  request: CustomRequest,
  caller: Caller | undefined,
) => CustomRequest | Promise<CustomRequest>;

/** A request with its credentials. */
export interface Authorized {
  readonly request: ClientRequest;
  /** A bearer token that differs between requests. */
  readonly token?: string;
  /** Secrets that the response must not repeat, besides those of the settings. */
  readonly secrets: readonly string[];
}

/** Adds the credentials that an operation requires to a request. @throws CredentialsError */
type Authorizer = (
  request: ClientRequest,
  security: Security,
  /** The caller, and the deadline of the call. */
  context: { readonly caller?: Caller; readonly token?: CallerToken; readonly signal: AbortSignal },
) => Promise<Authorized>;

const none: readonly string[] = [];

/** The authorizer of an API. Everything that does not depend on the call is computed once for each operation. */
export function createAuthorizer(
  credentials: UpstreamCredentials,
  source: TokenSource | undefined,
  custom: CustomCredential | undefined,
): Authorizer {
  const strip = createStrip(credentials.schemes);
  // By the identity of the requirements, which are constants of the API.
  const plans = new Map<Security, Plan>();
  return async (request, security, { caller, token: callerToken, signal }) => {
    const plan = plans.get(security) ?? makePlan(security, credentials, custom);
    plans.set(security, plan);
    const { place, need, isOpen, fault } = plan;
    if (fault !== undefined) throw fault;
    if (need !== undefined && source === undefined) throw new Error('There is no source of tokens');
    const { origin } = request;
    const token = need && (await source?.token({ ...need, origin, signal, caller: callerToken }));
    const placed = place(strip(request));
    const ready = token === undefined ? placed : withBearer(placed, token);
    const secrets = token === undefined ? none : [token];
    if (custom === undefined || isOpen) return { request: ready, token, secrets };
    const changed = await customize(ready, caller, custom);
    return { request: changed.request, token, secrets: [...secrets, ...changed.secrets] };
  };
}

function withBearer(request: ClientRequest, token: string): ClientRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** The credentials of an operation, for any caller. */
interface Plan {
  readonly place: (request: ClientRequest) => ClientRequest;
  readonly need?: TokenNeed;
  /** The document states that the operation needs no credentials, so custom code is not called either. */
  readonly isOpen: boolean;
  readonly fault?: CredentialsError;
}

function makePlan(
  security: Security,
  credentials: UpstreamCredentials,
  custom: CustomCredential | undefined,
): Plan {
  const isOpen = needsNothing(security);
  try {
    const { placements, token } = choose(security, credentials);
    return { place: createPlacer(placements), need: token, isOpen };
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    // Custom code may replace credentials that the environment does not have.
    return { place: createPlacer([]), isOpen, ...(custom === undefined && { fault: error }) };
  }
}

/** Puts credentials in their places. */
function createPlacer(placements: readonly Placement[]): Plan['place'] {
  if (placements.length === 0) return (request) => request;
  const inPlace = (where: Placement['in']) => placements.filter((one) => one.in === where);
  const added = Object.fromEntries(
    inPlace('header').map((one) => [one.name.toLowerCase(), one.value]),
  );
  const pairs = inPlace('query').map((one) => [one.name, one.value].map(percentEncode).join('='));
  const cookies = inPlace('cookie')
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  return (request) => {
    const path = pairs.length === 0 ? request.path : withQuery(request.path, pairs.join('&'));
    const headers: Record<string, string> = { ...request.headers, ...added };
    const { cookie } = headers;
    if (cookies !== '')
      headers['cookie'] = cookie === undefined ? cookies : `${cookie}; ${cookies}`;
    return { ...request, path, headers };
  };
}

function withQuery(path: string, pairs: string): string {
  const start = path.indexOf('?');
  const between = start === path.length - 1 ? '' : '&';
  return `${path}${start === -1 ? '?' : between}${pairs}`;
}

/**
 * Removes arguments that are in the place of a credential from a request: a member of an object must not impersonate an
 * API key. Returns the same request if there are none.
 */
function createStrip(schemes: Api['securitySchemes']): Plan['place'] {
  const namesIn = (where: Placement['in']) =>
    Object.values(schemes).flatMap((scheme) =>
      scheme.type === 'apiKey' && scheme.in === where ? [scheme.name] : [],
    );
  const inHeaders = namesIn('header').map((name) => name.toLowerCase());
  // Encoded first, like the names in a pair, of which only ASCII is decoded.
  const lenient = (names: readonly string[]) => names.map((one) => lenientName(percentEncode(one)));
  const [inQuery, inCookies] = [lenient(namesIn('query')), lenient(namesIn('cookie'))];
  return (request) => {
    const path = stripQuery(request.path, inQuery);
    const headers = stripHeaders(request.headers, inHeaders, inCookies);
    if (path === request.path && headers === request.headers) return request;
    return { ...request, path, headers };
  };
}

function stripQuery(path: string, names: readonly string[]): string {
  const start = path.indexOf('?');
  if (start === -1 || names.length === 0) return path;
  const kept = without(path.slice(start + 1), '&', names);
  return kept === '' ? path.slice(0, start) : `${path.slice(0, start)}?${kept}`;
}

function stripHeaders(
  headers: ClientRequest['headers'],
  names: readonly string[],
  cookieNames: readonly string[],
): ClientRequest['headers'] {
  const { cookie = '' } = headers;
  const kept = cookieNames.length === 0 ? cookie : without(cookie, ';', cookieNames);
  if (kept === cookie && !names.some((name) => Object.hasOwn(headers, name))) return headers;
  const all = Object.entries({ ...headers, cookie: kept });
  return Object.fromEntries(
    all.filter(([name, value]) => !names.includes(name) && (name !== 'cookie' || value !== '')),
  );
}

/** The pairs without those that have one of the names. */
function without(pairs: string, separator: '&' | ';', names: readonly string[]): string {
  const kept = pairs.split(separator).filter((pair) => {
    const [name = ''] = pair.split('=', 1);
    return !names.includes(lenientName(name)) && !names.includes(baseName(name, 1));
  });
  return kept.join(separator).trimStart();
}

/** Lets custom code change a request; only here are web objects created for it. */
async function customize(
  { origin, path, ...rest }: ClientRequest,
  caller: Caller | undefined,
  custom: CustomCredential,
): Promise<Authorized> {
  // A copy, because custom code may modify its argument.
  const given = { ...rest, url: new URL(origin + path), headers: new Headers(rest.headers) };
  const { url, headers, ...changed } = await custom(given, caller);
  const before = new Headers(rest.headers);
  const secrets = [...headers]
    .filter(([name, value]) => before.get(name) !== value && isSecretHeader(name))
    .map(([, value]) => value);
  const place = { origin: url.origin, path: url.pathname + url.search };
  return { request: { ...changed, ...place, headers: Object.fromEntries(headers) }, secrets };
}
