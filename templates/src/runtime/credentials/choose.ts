import type { Api, SecurityRequirement, SecurityScheme } from '../api.js';
import { urlFault } from '../http.js';
import type { TokenSettings, UpstreamCredentials } from './settings.js';

/** The API would accept none of this server's credentials for a call; the message is the remedy. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  /** For the log: an error code of OAuth (RFC 6749 section 5.2), or `unreachable: ` and the reason. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** This server lacks credentials for a call. */
export class MissingCredentials extends CredentialsError {
  /** The variables that the operator must set. */
  readonly wanted: string;

  constructor(reason: string, wanted: string) {
    super(`This tool was not called: ${reason}. The operator of this server must set ${wanted}.`);
    this.wanted = wanted;
  }
}

/** One credential and its place. */
export interface Placement {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

/** The purpose of a bearer token for an operation. */
export interface TokenNeed {
  /** Absent if the document names none. */
  readonly scheme?: SecurityScheme;
  /** The scopes that the document requires. */
  readonly scopes: readonly string[];
}

/** The credentials of one request. */
interface Choice {
  readonly placements: readonly Placement[];
  /** An additional bearer token, which has to be requested from a token source first. */
  readonly token?: TokenNeed;
}

/** The alternatives that an operation requires; undefined if the document does not say. */
export type Security = readonly SecurityRequirement[] | undefined;

const nothing: Choice = { placements: [] };

/** A value of the `Authorization` header. */
function authorization(value: string): Placement {
  return { in: 'header', name: 'authorization', value };
}

/** HTTP basic authentication (RFC 7617). */
export function isBasic(scheme: SecurityScheme | undefined): boolean {
  return scheme?.type === 'http' && scheme.scheme === 'basic';
}

/** A scheme that uses a bearer token, from any source (RFC 6750). */
export function takesToken(scheme: SecurityScheme | undefined): boolean {
  if (scheme?.type === 'http') return scheme.scheme === 'bearer';
  return scheme?.type === 'oauth2' || scheme?.type === 'openIdConnect';
}

/** Where the tokens of a scheme are issued, or their endpoint is discovered. */
export function issuingUrlOf(scheme: SecurityScheme | undefined): string | undefined {
  return scheme?.type === 'openIdConnect' ? scheme.openIdConnectUrl : tokenUrlOf(scheme);
}

/** Whether the document names such a URL that a secret may be sent to. */
export function hasTokenUrl(scheme: SecurityScheme | undefined): boolean {
  const url = issuingUrlOf(scheme);
  return url !== undefined && urlFault(url, { query: true }) === undefined;
}

/** The token endpoint of a scheme, as the document names it. */
export function tokenUrlOf(scheme: SecurityScheme | undefined): string | undefined {
  return scheme?.type === 'oauth2' ? scheme.tokenUrl : undefined;
}

/** Whether the document states that an operation is called without credentials, and not merely that it can be. */
export function needsNothing(security: Security): boolean {
  return security?.every((requirement) => Object.keys(requirement).length === 0) ?? false;
}

/**
 * The first alternative that this server's credentials satisfy. @throws MissingCredentials rather than sending an
 * anonymous request where credentials are required
 */
export function choose(security: Security, held: UpstreamCredentials): Choice {
  if (held.mode === 'none' || needsNothing(security)) return nothing;
  if (security === undefined) return unasked(held);
  const credentials = withUndefined(security, held);
  const demanding = security.filter((requirement) => Object.keys(requirement).length > 0);
  const fitting = demanding.map((requirement) => fit(requirement, credentials));
  const whole = demanding.filter((requirement) => fitting.includes(requirement));
  for (const requirement of [...whole, ...fitting]) {
    const choice = satisfy(requirement, credentials);
    if (choice !== undefined) return choice;
  }
  if (demanding.length < security.length) return nothing;
  throw missing(fitting, credentials);
}

/** The document does not define every scheme that it names; the operator's choice says what those are. */
function withUndefined(
  security: readonly SecurityRequirement[],
  credentials: UpstreamCredentials,
): UpstreamCredentials {
  const { mode, schemes } = credentials;
  if (mode === undefined || mode === 'api-key') return credentials;
  const assumed = { type: 'http', scheme: mode === 'basic' ? 'basic' : 'bearer' } as const;
  const all = Object.fromEntries(security.flatMap(Object.keys).map((name) => [name, assumed]));
  return { ...credentials, schemes: { ...all, ...schemes } };
}

/** Schemes demanded together for one place can only be alternatives: of those, one that this server has is kept. */
function fit(
  requirement: SecurityRequirement,
  credentials: UpstreamCredentials,
): SecurityRequirement {
  const { schemes } = credentials;
  const names = Object.keys(requirement);
  const place = (name: string) => placeOf(name, schemes[name]);
  const isUsed = (name: string) =>
    isHeld(name, requirement, credentials) && isOfMode([name], credentials);
  const isKept = (name: string) => {
    const rivals = names.filter((other) => place(other) === place(name));
    const chosen = rivals.find(isUsed) ?? rivals[0] ?? name;
    // All schemes that use a token share one.
    return chosen === name || (takesToken(schemes[chosen]) && takesToken(schemes[name]));
  };
  if (names.every(isKept)) return requirement;
  return Object.fromEntries(Object.entries(requirement).filter(([name]) => isKept(name)));
}

function placeOf(name: string, scheme: SecurityScheme | undefined): string {
  if (scheme?.type === 'apiKey') return `${scheme.in} ${scheme.name.toLowerCase()}`;
  return scheme?.type === 'http' || takesToken(scheme) ? 'header authorization' : name;
}

/**
 * The document does not state the requirements of this operation. If it describes no schemes at all, the operator's
 * credentials are meant for every call; if it does, they are only sent if their kind was chosen explicitly.
 */
function unasked(credentials: UpstreamCredentials): Choice {
  const { mode, schemes, keys, basic, tokens } = credentials;
  const isOpen = mode === undefined && Object.keys(schemes).length === 0;
  if ((isOpen || mode === tokens?.kind) && tokens !== undefined)
    return withToken([], unaskedToken(tokens, schemes), tokens);
  if ((isOpen || mode === 'basic') && basic !== undefined)
    return { placements: [authorization(`Basic ${basic}`)] };
  const [name = '', ...more] = keys.keys();
  const key = placementOf(name, credentials);
  return mode === 'api-key' && more.length === 0 && key !== undefined
    ? { placements: [key] }
    : nothing;
}

/** Without the operator's token URL, the document must be unambiguous about where tokens are issued. */
function unaskedToken(tokens: TokenSettings, schemes: Api['securitySchemes']): TokenNeed {
  if (!needsTokenUrl(tokens)) return { scopes: [] };
  const [scheme, ...others] = Object.values(schemes).filter(hasTokenUrl);
  if (scheme !== undefined && others.length === 0) return { scheme, scopes: [] };
  throw new MissingCredentials(
    'the document of the API does not say which of its tokens this tool needs',
    'UPSTREAM_TOKEN_URL',
  );
}

/** A token that is the same for every request is placed like any other credential. */
function withToken(
  placements: readonly Placement[],
  token: TokenNeed,
  tokens: TokenSettings | undefined,
): Choice {
  if (tokens?.kind !== 'bearer') return { placements, token };
  return { placements: [...placements, authorization(`Bearer ${tokens.token}`)] };
}

/** Undefined if a scheme cannot be satisfied, or if another kind was chosen. */
function satisfy(
  requirement: SecurityRequirement,
  credentials: UpstreamCredentials,
): Choice | undefined {
  const names = Object.keys(requirement);
  const isHeldHere = (name: string) => isHeld(name, requirement, credentials);
  if (!isOfMode(names, credentials) || !names.every(isHeldHere)) return undefined;
  const placements = names.flatMap((name) => placementOf(name, credentials) ?? []);
  const need = tokenNeed(requirement, credentials);
  return need === undefined ? { placements } : withToken(placements, need, credentials.tokens);
}

/** One token for all schemes of an alternative that use one; any of them may name the token endpoint. */
function tokenNeed(
  requirement: SecurityRequirement,
  { schemes }: UpstreamCredentials,
): TokenNeed | undefined {
  const names = Object.keys(requirement).filter((name) => takesToken(schemes[name]));
  if (names.length === 0) return undefined;
  const scheme = schemes[names.find((name) => hasTokenUrl(schemes[name])) ?? names[0] ?? ''];
  const scopes = names.flatMap((name) => requirement[name] ?? []);
  return { scheme, scopes };
}

/** A chosen kind must be required by an alternative; keys and a certificate may accompany it. */
function isOfMode(names: readonly string[], { mode, schemes }: UpstreamCredentials): boolean {
  if (mode === undefined) return true;
  if (mode === 'basic') return names.some((name) => isBasic(schemes[name]));
  if (mode !== 'api-key') return names.some((name) => takesToken(schemes[name]));
  return names.every((name) => ['apiKey', 'mutualTLS'].includes(schemes[name]?.type ?? ''));
}

function isHeld(
  name: string,
  requirement: SecurityRequirement,
  credentials: UpstreamCredentials,
): boolean {
  const { schemes, tokens, hasCertificate } = credentials;
  if (schemes[name]?.type === 'mutualTLS') return hasCertificate;
  if (!takesToken(schemes[name])) return placementOf(name, credentials) !== undefined;
  if (tokens === undefined || !needsTokenUrl(tokens)) return tokens !== undefined;
  return hasTokenUrl(tokenNeed(requirement, credentials)?.scheme);
}

function needsTokenUrl(tokens: TokenSettings): boolean {
  const isGrant = tokens.kind === 'client-credentials' || tokens.kind === 'token-exchange';
  return isGrant && tokens.tokenUrl === undefined;
}

/** Of an API key or HTTP basic authentication, if this server has it. */
function placementOf(
  name: string,
  { schemes, keys, basic }: UpstreamCredentials,
): Placement | undefined {
  const [scheme, value] = [schemes[name], keys.get(name)];
  if (isBasic(scheme)) return basic === undefined ? undefined : authorization(`Basic ${basic}`);
  if (scheme?.type !== 'apiKey' || value === undefined) return undefined;
  return { in: scheme.in, name: scheme.name, value };
}

function missing(demanding: SecurityRequirement[], credentials: UpstreamCredentials): Error {
  const ways = demanding.map((requirement) => {
    const names = Object.keys(requirement);
    const lacking = names
      .filter((name) => !isHeld(name, requirement, credentials))
      .map((name) => wanted(name, credentials));
    const chosen = isOfMode(names, credentials) ? [] : ['another UPSTREAM_AUTH'];
    return [...chosen, ...new Set(lacking)].join(' and ');
  });
  const { mode } = credentials;
  const chosen = mode === undefined ? '' : ` (UPSTREAM_AUTH is ${mode})`;
  const reason = `the API requires credentials that this server does not have${chosen}`;
  return new MissingCredentials(reason, [...new Set(ways)].join(', or '));
}

function wanted(name: string, { schemes, tokens }: UpstreamCredentials): string {
  const scheme = schemes[name];
  if (scheme?.type === 'apiKey') return scheme.variable;
  if (scheme?.type === 'mutualTLS') return 'UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE';
  if (isBasic(scheme)) return 'UPSTREAM_USERNAME and UPSTREAM_PASSWORD';
  if (!Object.hasOwn(schemes, name))
    return `UPSTREAM_AUTH to bearer or basic for the undefined scheme "${name}", or add custom code (docs/custom-code.md)`;
  if (!takesToken(scheme))
    return `credentials for the scheme "${name}", which need custom code (docs/custom-code.md)`;
  if (tokens !== undefined) return 'UPSTREAM_TOKEN_URL';
  return `UPSTREAM_BEARER_TOKEN${hasTokenUrl(scheme) ? ' or UPSTREAM_CLIENT_ID' : ''}`;
}
