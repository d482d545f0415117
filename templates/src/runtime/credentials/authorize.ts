import type { Api, SecurityRequirement } from '../api.js';
import type { Caller, CallerToken } from '../caller.js';
import { percentEncode } from '../http.js';
import {
  choose,
  CredentialsError,
  needsNothing,
  type Placement,
  type TokenNeed,
} from './choose.js';
import { isTellingHeader } from './secrets.js';
import type { UpstreamCredentials } from './settings.js';
import type { TokenRequest, TokenSource } from './tokens.js';

/** One HTTP request to the upstream API, as plain values. */
export interface UpstreamRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request as custom code gets and gives it. */
export interface CustomRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: string | Uint8Array;
}

/**
 * A custom credential, such as a signature: gets the request, with the credentials of the environment if it has those
 * that the operation asks for, and the caller; gives the request to send. Called once for every try.
 */
export type CustomCredential = (
  request: CustomRequest,
  caller: Caller | undefined,
) => CustomRequest | Promise<CustomRequest>;

/** Who calls, and until when the call is waited for. */
export interface AuthorizeContext {
  readonly caller?: Caller;
  readonly token?: CallerToken;
  readonly signal: AbortSignal;
}

/** A request with its credentials. */
export interface Authorized {
  readonly request: UpstreamRequest;
  /** A bearer token that is not the same for every request. */
  readonly token?: string;
  /** What the response must not repeat, beside the secrets of the settings. */
  readonly secrets: readonly string[];
}

type Security = readonly SecurityRequirement[] | undefined;

/** Gives a request the credentials that its operation asks for. @throws CredentialsError */
export type Authorizer = (
  request: UpstreamRequest,
  security: Security,
  context: AuthorizeContext,
) => Promise<Authorized>;

const none: readonly string[] = [];

/** The authorizer of an API. All that does not depend on the call is worked out once for each operation. */
export function createAuthorizer(
  credentials: UpstreamCredentials,
  source: TokenSource | undefined,
  custom: CustomCredential | undefined,
): Authorizer {
  const strip = createStrip(credentials.schemes);
  const planOf = createPlanner(credentials, custom);
  return async (request, security, { caller, token: callerToken, signal }) => {
    const bare = strip(request);
    const { place, need, isOpen, fault } = planOf(security);
    if (fault !== undefined) throw fault;
    const { origin } = bare;
    const token = need && (await tokenOf(source, { ...need, origin, signal, caller: callerToken }));
    const placed = place(bare);
    const ready = token === undefined ? placed : withHeaders(placed, bearer(token));
    const shown = token === undefined ? none : [token];
    if (custom === undefined || isOpen) return { request: ready, token, secrets: shown };
    const { request: changed, secrets } = await customize(ready, caller, custom);
    return { request: changed, token, secrets: [...shown, ...secrets] };
  };
}

function tokenOf(source: TokenSource | undefined, request: TokenRequest): Promise<string> {
  if (source === undefined) throw new Error('There is no source of tokens');
  return source.token(request);
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

/** How an operation is called, whoever calls it. */
interface Plan {
  readonly place: (request: UpstreamRequest) => UpstreamRequest;
  readonly need?: TokenNeed;
  /** The document says that the operation needs nothing, so custom code is not asked either. */
  readonly isOpen: boolean;
  readonly fault?: CredentialsError;
}

/** Plans by the requirements' own identity: they are constants of the API. */
function createPlanner(
  credentials: UpstreamCredentials,
  custom: CustomCredential | undefined,
): (security: Security) => Plan {
  const plans = new WeakMap<object, Plan>();
  const unasked = makePlan(undefined, credentials, custom);
  return (security) => {
    if (security === undefined) return unasked;
    const known = plans.get(security);
    if (known !== undefined) return known;
    const plan = makePlan(security, credentials, custom);
    plans.set(security, plan);
    return plan;
  };
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
  const headers = Object.fromEntries(
    inPlace('header').map(({ name, value }) => [name.toLowerCase(), value]),
  );
  const cookies = inPlace('cookie').map(({ name, value }) => `${name}=${value}`);
  const pairs = inPlace('query').map(
    ({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  return (request) => {
    const placed = withHeaders(request, headers);
    const query = pairs.length === 0 ? placed : withPairs(placed, pairs.join('&'));
    return cookies.length === 0 ? query : withCookies(query, cookies);
  };
}

function withHeaders(
  request: UpstreamRequest,
  headers: Readonly<Record<string, string>>,
): UpstreamRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function withCookies(request: UpstreamRequest, cookies: readonly string[]): UpstreamRequest {
  const { cookie } = request.headers;
  const all = cookie === undefined ? cookies : [cookie, ...cookies];
  return withHeaders(request, { cookie: all.join('; ') });
}

function withPairs(request: UpstreamRequest, pairs: string): UpstreamRequest {
  const [path = '', ...query] = request.path.split('?');
  const all = [query.join('?'), pairs].filter((text) => text !== '');
  return { ...request, path: `${path}?${all.join('&')}` };
}

/**
 * Takes out of a request what the arguments put where a credential goes: no member of an object may pose as an API
 * key. The same request comes back when there is nothing of the kind.
 */
function createStrip(schemes: Api['securitySchemes']): Plan['place'] {
  const namesIn = (where: Placement['in']) =>
    Object.values(schemes).flatMap((scheme) =>
      scheme.type === 'apiKey' && scheme.in === where ? [scheme.name.toLowerCase()] : [],
    );
  const [headers, query, cookies] = [namesIn('header'), namesIn('query'), namesIn('cookie')];
  return (request) => {
    const path = query.length === 0 ? request.path : stripQuery(request.path, query);
    const kept = stripHeaders(request.headers, headers, cookies);
    if (path === request.path && kept === request.headers) return request;
    return { ...request, path, headers: kept };
  };
}

function stripQuery(path: string, names: readonly string[]): string {
  const start = path.indexOf('?');
  if (start === -1) return path;
  const kept = without(path.slice(start + 1), '&', names);
  return kept === '' ? path.slice(0, start) : `${path.slice(0, start)}?${kept}`;
}

function stripHeaders(
  headers: UpstreamRequest['headers'],
  names: readonly string[],
  cookieNames: readonly string[],
): UpstreamRequest['headers'] {
  const { cookie } = headers;
  const cookies =
    cookie === undefined || cookieNames.length === 0 ? cookie : without(cookie, ';', cookieNames);
  const isKept = (name: string) => !names.includes(name) && (name !== 'cookie' || cookies !== '');
  if (cookies === cookie && !names.some((name) => Object.hasOwn(headers, name))) return headers;
  const kept = Object.entries(headers).filter(([name]) => isKept(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === 'cookie' ? (cookies ?? value) : value]),
  );
}

/** Pairs that have none of the names. */
function without(pairs: string, separator: '&' | ';', names: readonly string[]): string {
  const kept = pairs.split(separator).filter((pair) => !isNamed(pair.trimStart(), names));
  return kept.join(separator).trimStart();
}

/** Names are compared as lenient servers do: decoded, in any case, and `key[]` is another `key`. */
function isNamed(pair: string, names: readonly string[]): boolean {
  const [raw = ''] = pair.split('=', 1);
  const [name = ''] = /[%+]/.test(raw) ? new URLSearchParams(`${raw}=`).keys() : [raw];
  const own = name.toLowerCase();
  return names.includes(own) || names.includes(own.replace(/\[.*$/, ''));
}

/** Lets custom code change a request; the only place that makes web objects of one. */
async function customize(
  request: UpstreamRequest,
  caller: Caller | undefined,
  custom: CustomCredential,
): Promise<Authorized> {
  const { origin, path, ...rest } = request;
  const headers = new Headers(request.headers);
  // Copied before, because custom code may change what it is given.
  const before = new Headers(headers);
  const changed = await custom({ ...rest, url: new URL(origin + path), headers }, caller);
  return { request: toPlain(changed), secrets: addedSecrets(before, changed.headers) };
}

function toPlain({ url, headers, ...rest }: CustomRequest): UpstreamRequest {
  const path = url.pathname + url.search;
  return { ...rest, origin: url.origin, path, headers: Object.fromEntries(headers) };
}

function addedSecrets(before: Headers, after: Headers): string[] {
  return [...after]
    .filter(([name, value]) => before.get(name) !== value && isTellingHeader(name))
    .map(([, value]) => value);
}
