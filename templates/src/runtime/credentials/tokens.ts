import type { SecurityScheme } from '../api.js';
import { hashOf, type CallerToken } from '../caller.js';
import { authenticateClient, errorCode, fetchJson, mayName, Unreachable } from '../client.js';
import type { OAuthClient } from '../client.js';
import { Cache, type Clock } from '../limits.js';
import { unlessAborted, type HttpClient } from '../outgoing.js';
import { CredentialsError, issuingUrlOf, tokenUrlOf, type TokenNeed } from './choose.js';
import type { ClientCredentialsSettings, TokenExchangeSettings } from './settings.js';
import type { UpstreamCredentials } from './settings.js';

/** The purpose of a bearer token for a call. */
export interface TokenRequest extends TokenNeed {
  /** Absent if callers have no tokens. */
  readonly caller?: CallerToken;
  /** The destination of the token. */
  readonly origin: string;
  /** Stops this call from waiting, but not the request, which others may be waiting for. */
  readonly signal: AbortSignal;
}

/** The source of the API's bearer tokens. */
export interface TokenSource {
  /** @throws CredentialsError */
  token(request: TokenRequest): Promise<string>;
  /** Removes a token that the API refused; returns whether another request may return a different one. */
  renew(refused: string): boolean;
}

/** The target of requested tokens. */
export interface TokenTarget {
  /** Replaces those of the document; if empty, none are requested. */
  readonly scopes?: readonly string[];
  /** The name of the API at its authorization server (RFC 8693 section 2.1; Auth0 requires it with every grant). */
  readonly audience?: string;
  /** The API's own URL (RFC 8707). */
  readonly resource?: string;
}

/** The source of bearer tokens that differ between requests. */
export function createTokenSource(
  { credentials, baseUrl }: { readonly credentials: UpstreamCredentials; readonly baseUrl: string },
  http: HttpClient,
): TokenSource | undefined {
  const { tokens } = credentials;
  if (tokens === undefined || tokens.kind === 'bearer' || tokens.kind === 'login') return undefined;
  if (tokens.kind === 'forward') return createForward(tokens.audience, new URL(baseUrl).origin);
  return createGrants(tokens, http);
}

/**
 * This server's own tokens, shared by all callers (RFC 6749 section 4.4), or tokens exchanged for those of callers,
 * one for each; an exchange has no fallback.
 */
function createGrants(
  settings: ClientCredentialsSettings | TokenExchangeSettings,
  http: HttpClient,
): TokenSource {
  const { client, tokenUrl, target, plainHosts } = settings;
  const grant = settings.kind === 'token-exchange' ? settings.variant : settings.kind;
  const tokens = createTokenCache();
  const findTokenUrl = createTokenUrlFinder(http, tokenUrl);
  return {
    async token({ scheme, scopes, caller, signal }) {
      const holder = grant === 'client-credentials' ? undefined : demand(caller);
      const url = await findTokenUrl(scheme);
      const subject = holder?.reveal() ?? '';
      const wanted = targetParameters(target, scopes);
      const request = async (): Promise<UpstreamToken> => {
        const parameters = { ...grants[grant](subject), ...wanted };
        const token = await requestToken(http, { url, client, parameters, plainHosts });
        // It was issued for this server, and must not be passed on (MCP, Security Best Practices, token passthrough).
        if (token.value === subject) throw failed('same_token');
        const end = holder === undefined ? Infinity : holder.expiresAt * 1000;
        return { value: token.value, expiresAt: Math.min(token.expiresAt, end) };
      };
      // Keyed by a hash, so that the caller's token is kept no longer than its call.
      return tokens.get(JSON.stringify([holder && hashOf(subject), url, wanted]), request, signal);
    },
    renew: tokens.discard,
  };
}

function demand(caller: CallerToken | undefined): CallerToken {
  if (caller !== undefined) return caller;
  // Over HTTP each caller of such a tool has a token.
  const message =
    'This tool was not called: it acts as its caller, whose access token is missing. ' +
    'Custom code that calls it must pass on the `token` of its context.';
  throw new CredentialsError(message, 'no_caller_token');
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const grants = {
  'client-credentials': () => ({ grant_type: 'client_credentials' }),
  /** RFC 8693 section 2.1. */
  rfc8693: (subject: string) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN,
    requested_token_type: ACCESS_TOKEN,
  }),
  /** Microsoft identity platform, OAuth 2.0 On-Behalf-Of flow. */
  'entra-obo': (subject: string) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: subject,
    requested_token_use: 'on_behalf_of',
  }),
};

/** The parameters of a token request that name its target. */
function targetParameters(target: TokenTarget, needed: readonly string[]): Record<string, string> {
  const scope = [...new Set(target.scopes ?? needed)].sort().join(' ');
  return {
    ...(scope !== '' && { scope }),
    ...(target.audience !== undefined && { audience: target.audience }),
    ...(target.resource !== undefined && { resource: target.resource }),
  };
}

/**
 * The caller's own token, if it was also issued for the API. The MCP specification forbids passing on any other
 * (Security Best Practices, token passthrough).
 */
function createForward(audience: string, ownOrigin: string): TokenSource {
  return {
    token({ caller, origin }) {
      // The server of a single operation may belong to another party.
      if (origin === ownOrigin && caller?.audiences.includes(audience) === true)
        return Promise.resolve(caller.reveal());
      const message =
        'This tool was not called: the access token of this session is not also meant for the API. ' +
        'The operator of this server can see the reason in its log.';
      return Promise.reject(new CredentialsError(message, 'audience'));
    },
    renew: () => false,
  };
}

/** A token must still be valid when it arrives at the API. */
export const MARGIN_MS = 30_000;
const MAX_TOKENS = 1000;

/** Tokens by their request parameters: at most a thousand, until half a minute before they expire. */
export function createTokenCache(now?: Clock) {
  const tokens = new Cache<UpstreamToken>({ max: MAX_TOKENS, now });
  return {
    /**
     * The cached token, or the result of `request`, which is called once for all waiting callers and continues if one
     * of them stops waiting.
     */
    async get(key: string, request: () => Promise<UpstreamToken>, signal: AbortSignal) {
      const known = tokens.get(key);
      if (known !== undefined) return known.value;
      const load = tokens.load(key, request, ({ expiresAt }) => expiresAt - MARGIN_MS);
      return (await unlessAborted(load, signal)).value;
    },
    /** Removes a token, so that the next call requests another. */
    discard: (value: string): true => {
      tokens.deleteWhere((token) => token.value === value);
      return true;
    },
  };
}

/** A token of the API's authorization server. */
interface UpstreamToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Replaces the one that was sent (RFC 6749 section 6). */
  readonly refreshToken?: string;
}

/** One request to a token endpoint. */
interface Grant {
  readonly url: string;
  readonly client: OAuthClient;
  readonly parameters: Readonly<Record<string, string>>;
  readonly plainHosts?: ReadonlySet<string>;
}

const TOKEN_TIMEOUT_MS = 10_000;
/** For a token without a stated lifetime (RFC 6749 section 5.1 only recommends one). */
const UNKNOWN_LIFETIME_S = 300;

/** Requests a token (RFC 6749 section 3.2). @throws CredentialsError with the endpoint's error code. */
export async function requestToken(http: HttpClient, grant: Grant): Promise<UpstreamToken> {
  const asked = Date.now();
  const request = {
    ...(await authenticateClient(grant.url, grant.client, grant.parameters)),
    signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    plainHosts: grant.plainHosts,
  };
  const { status, body = {} } = await fetchJson(http, grant.url, request).catch(unreachable);
  // RFC 6749 section 5.1 has 200; frameworks answer any POST with 201.
  if (status !== 200 && status !== 201) throw failed(codeOf(status, body));
  const { access_token: value, token_type: type, expires_in: lifetime } = body;
  const { refresh_token: next } = body;
  // A token that is not valid in a header would break the request.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || isBound(type ?? ''))
    throw failed(errorCode(body) ?? 'no_bearer_token');
  const seconds = lifetime === 0 ? 0 : Number(lifetime || UNKNOWN_LIFETIME_S);
  const expiresAt = asked + (Number.isFinite(seconds) ? seconds : 0) * 1000;
  return { value, expiresAt, ...(typeof next === 'string' && { refreshToken: next }) };
}

/**
 * Whether tokens of a type are bound to a key, or not access tokens (RFC 8693 section 2.2.1). The type is required (RFC
 * 6749 section 5.1), but LinkedIn and others leave it out, and eBay has one of its own.
 */
export function isBound(type: unknown): boolean {
  return typeof type !== 'string' || /^(dpop|pop|mac|n_a)$/i.test(type);
}

/** The caller gets a fixed message; the reason goes to the log. */
function unreachable(error: unknown): never {
  if (!(error instanceof Unreachable)) throw error;
  throw failed('unreachable', `unreachable: ${error.message}`);
}

function failed(code: string, inLog = code): CredentialsError {
  return new CredentialsError(
    'This tool was not called: the authorization server of the API did not issue an access token to this server ' +
      `(${code}). The operator of this server can see the reason in its log.`,
    inLog,
  );
}

/** The code of an error response, with the number that Entra ID hides in the description. */
function codeOf(status: number, body: Record<string, unknown>): string {
  const { error_description: description } = body;
  const [detail] = (typeof description === 'string' && /\bAADSTS\d{1,9}\b/.exec(description)) || [];
  return [errorCode(body) ?? `status ${status}`, detail ?? []].flat().join(' ');
}

/** The token endpoint of a scheme: the operator's, the document's, or that of OpenID Connect Discovery. */
function createTokenUrlFinder(
  http: HttpClient,
  chosen: string | undefined,
): (scheme: SecurityScheme | undefined) => Promise<string> {
  const discovered = new Cache<string>({ max: MAX_TOKENS });
  return async (scheme) => {
    const known = chosen ?? tokenUrlOf(scheme);
    if (known !== undefined) return known;
    const url = issuingUrlOf(scheme) ?? '';
    // Failures are not cached: the next call tries again.
    const find = () => discover(http, url);
    return discovered.get(url) ?? discovered.load(url, find, () => Infinity);
  };
}

const DISCOVERY_TIMEOUT_MS = 5000;

async function discover(http: HttpClient, url: string): Promise<string> {
  const signal = AbortSignal.timeout(DISCOVERY_TIMEOUT_MS);
  // Some documents name the issuer instead of its metadata.
  const ofIssuer = `${url.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  for (const place of [url, ofIssuer]) {
    const { body } = await fetchJson(http, place, { signal }).catch(unreachable);
    const endpoint = body?.['token_endpoint'];
    if (typeof endpoint === 'string' && mayName(place, endpoint)) return endpoint;
  }
  throw new CredentialsError(
    'This tool was not called: the API’s OpenID Connect document does not say where to get an access token. ' +
      'The operator of this server must set UPSTREAM_TOKEN_URL.',
    'no_token_endpoint',
  );
}
