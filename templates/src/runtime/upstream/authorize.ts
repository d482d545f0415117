import type { SecurityRequirement, SecurityScheme } from '../api.js';
import type { UpstreamCredentials } from './credentials.js';
import { percentEncode } from './percent.js';
import type { UpstreamRequest } from './request.js';

/** The environment holds no credentials that the operation accepts; the message names what to set. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

/** One credential and where it goes. */
interface Placement {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/**
 * The request with the credentials that the operation asks for: those of the first alternative that the
 * environment satisfies. What the arguments put in the place of a credential is taken out first.
 * @throws CredentialsError rather than sending an anonymous request where credentials are asked for.
 */
export function authorize(
  request: UpstreamRequest,
  security: readonly SecurityRequirement[] | undefined,
  credentials: UpstreamCredentials,
): UpstreamRequest {
  const placements = credentials.mode === 'none' ? [] : choose(security, credentials);
  return placements.reduce(place, withoutCredentials(request, credentials));
}

function choose(
  security: readonly SecurityRequirement[] | undefined,
  credentials: UpstreamCredentials,
): Placement[] {
  if (security === undefined) return unasked(credentials);
  const demanding = security.filter((requirement) => Object.keys(requirement).length > 0);
  for (const requirement of demanding) {
    const placements = satisfy(requirement, credentials);
    if (placements !== undefined) return placements;
  }
  if (demanding.length < security.length || security.length === 0) return [];
  throw new CredentialsError(remedy(demanding, credentials));
}

/**
 * The document is silent on this operation. Where it describes no scheme at all, what the operator set is meant
 * for every call; where it does, only what was asked for by name is sent.
 */
function unasked({ mode, keys, schemes, basic, bearer }: UpstreamCredentials): Placement[] {
  const open = mode === undefined && Object.keys(schemes).length === 0;
  if ((open || mode === 'bearer') && bearer !== undefined)
    return [authorization(`Bearer ${bearer}`)];
  if ((open || mode === 'basic') && basic !== undefined) return [authorization(`Basic ${basic}`)];
  const names = Object.keys(schemes).filter((name) => schemes[name]?.type === 'apiKey');
  const key = names.length === 1 ? keyPlacement(names[0] ?? '', schemes, keys) : undefined;
  return mode === 'api-key' && key !== undefined ? [key] : [];
}

/** Undefined when one of the schemes is out of reach, or two of them want the same place. */
function satisfy(
  requirement: SecurityRequirement,
  credentials: UpstreamCredentials,
): Placement[] | undefined {
  const placements: Placement[] = [];
  for (const name of Object.keys(requirement)) {
    const placement = placementOf(name, credentials);
    if (placement === undefined) return undefined;
    const rival = placements.find((other) => sameDestination(other, placement));
    if (rival !== undefined && rival.value !== placement.value) return undefined;
    if (rival === undefined) placements.push(placement);
  }
  return placements;
}

function sameDestination(a: Placement, b: Placement): boolean {
  return a.in === b.in && a.name.toLowerCase() === b.name.toLowerCase();
}

function placementOf(name: string, credentials: UpstreamCredentials): Placement | undefined {
  const { schemes, keys, basic, bearer } = credentials;
  const scheme = schemes[name];
  if (scheme?.type === 'apiKey') return keyPlacement(name, schemes, keys);
  if (isBasic(scheme)) return basic === undefined ? undefined : authorization(`Basic ${basic}`);
  if (isBearer(scheme)) return bearer === undefined ? undefined : authorization(`Bearer ${bearer}`);
  return undefined;
}

function isBasic(scheme: SecurityScheme | undefined): boolean {
  return scheme?.type === 'http' && scheme.scheme === 'basic';
}

/** An access token is sent as a bearer token, wherever it comes from (RFC 6750). */
function isBearer(scheme: SecurityScheme | undefined): boolean {
  if (scheme?.type === 'http') return scheme.scheme === 'bearer';
  return scheme?.type === 'oauth2' || scheme?.type === 'openIdConnect';
}

function authorization(value: string): Placement {
  return { in: 'header', name: 'authorization', value };
}

function keyPlacement(
  name: string,
  schemes: UpstreamCredentials['schemes'],
  keys: ReadonlyMap<string, string>,
): Placement | undefined {
  const scheme = schemes[name];
  const value = keys.get(name);
  if (scheme?.type !== 'apiKey' || value === undefined) return undefined;
  return { in: scheme.in, name: scheme.name, value };
}

function place(request: UpstreamRequest, { in: where, name, value }: Placement): UpstreamRequest {
  const headers = new Headers(request.headers);
  const url = new URL(request.url);
  if (where === 'header') headers.set(name, value);
  if (where === 'cookie') {
    // Headers joins values with a comma, which separates nothing in a Cookie header.
    headers.set('cookie', [headers.get('cookie'), `${name}=${value}`].filter(Boolean).join('; '));
  }
  if (where === 'query') {
    // Not searchParams: it writes the whole query anew, in the form's own encoding.
    const pair = `${percentEncode(name)}=${percentEncode(value)}`;
    url.search = url.search === '' ? pair : `${url.search}&${pair}`;
  }
  return { ...request, url, headers };
}

/** No argument, and no member of an exploded object, may pose as an API key. */
function withoutCredentials(
  request: UpstreamRequest,
  { schemes }: UpstreamCredentials,
): UpstreamRequest {
  const headers = new Headers(request.headers);
  const url = new URL(request.url);
  for (const scheme of Object.values(schemes)) {
    if (scheme.type !== 'apiKey') continue;
    if (scheme.in === 'header') headers.delete(scheme.name);
    if (scheme.in === 'query') url.search = without(url.search.slice(1), '&', scheme.name);
    const cookies = without(headers.get('cookie') ?? '', '; ', scheme.name);
    if (scheme.in === 'cookie') headers.set('cookie', cookies);
  }
  if (headers.get('cookie') === '') headers.delete('cookie');
  return { ...request, url, headers };
}

/** Names are compared as lenient servers do: decoded, and in any case. */
function without(pairs: string, separator: string, name: string): string {
  const isNamed = (pair: string): boolean => {
    const [own = ''] = new URLSearchParams(`${pair.split('=', 1)[0] ?? ''}=`).keys();
    return own.toLowerCase() === name.toLowerCase();
  };
  return pairs
    .split(separator)
    .filter((pair) => !isNamed(pair))
    .join(separator);
}

function remedy(demanding: SecurityRequirement[], credentials: UpstreamCredentials): string {
  const ways = demanding.map((requirement) =>
    Object.keys(requirement)
      .filter((name) => placementOf(name, credentials) === undefined)
      .map((name) => wanted(name, credentials.schemes[name]))
      .join(' and '),
  );
  const chosen = credentials.mode === undefined ? '' : ` (UPSTREAM_AUTH is ${credentials.mode})`;
  return (
    `This tool was not called: the API asks for credentials that this server does not have${chosen}. ` +
    `Whoever runs this server must set ${[...new Set(ways)].join(', or ')}.`
  );
}

function wanted(name: string, scheme: SecurityScheme | undefined): string {
  if (scheme?.type === 'apiKey') return scheme.variable;
  if (isBasic(scheme)) return 'UPSTREAM_USERNAME and UPSTREAM_PASSWORD';
  if (isBearer(scheme)) return 'UPSTREAM_BEARER_TOKEN';
  return `credentials for the scheme "${name}", which this server cannot use yet`;
}
