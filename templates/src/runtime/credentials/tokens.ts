import { Cache, type Clock } from '../cache.js';
import { hashOf, type CallerToken } from '../caller.js';
import type { HttpClient } from '../net.js';
import { CredentialsError, type TokenNeed } from './choose.js';
import { createTokenUrlFinder, requestToken, type UpstreamToken } from './client.js';
import type {
  ClientCredentialsSettings,
  TokenExchangeSettings,
  UpstreamCredentials,
} from './settings.js';

/** What a call needs a bearer token for. */
export interface TokenRequest extends TokenNeed {
  /** Absent where callers have no tokens. */
  readonly caller?: CallerToken;
  /** Where the token is about to be sent. */
  readonly origin: string;
  /** Ends the waiting of this call; not the request that others may be waiting for as well. */
  readonly signal: AbortSignal;
}

/** Where the API's bearer tokens come from. */
export interface TokenSource {
  /** @throws CredentialsError */
  token(request: TokenRequest): Promise<string>;
  /** Takes a token that the API refused; whether asking again may give another one. */
  renew(refused: string): boolean;
}

/** What tokens are requested for. */
export interface TokenTarget {
  /** Instead of those of the document; empty requests none. */
  readonly scopes?: readonly string[];
  /** The API, as its authorization server calls it (RFC 8693 section 2.1; Auth0 wants it with every grant). */
  readonly audience?: string;
  /** The API's own URL (RFC 8707). */
  readonly resource?: string;
}

/** The source of the bearer tokens that are not the same for every request. */
export function createTokenSource(
  { credentials, baseUrl }: { readonly credentials: UpstreamCredentials; readonly baseUrl: string },
  http: HttpClient,
): TokenSource | undefined {
  const { tokens } = credentials;
  if (tokens === undefined || tokens.kind === 'bearer') return undefined;
  if (tokens.kind === 'forward') return createForward(tokens.audience, new URL(baseUrl).origin);
  return createGrants(tokens, http);
}

/**
 * This server's own tokens, the same for all callers (RFC 6749 section 4.4), or tokens that are exchanged for those of
 * callers, one for each; then there is nothing to fall back to.
 */
function createGrants(
  settings: ClientCredentialsSettings | TokenExchangeSettings,
  http: HttpClient,
): TokenSource {
  const { client, tokenUrl, target } = settings;
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
        const token = await requestToken(http, { url, client, parameters });
        const end = holder === undefined ? Infinity : holder.expiresAt * 1000;
        return { ...token, expiresAt: Math.min(token.expiresAt, end) };
      };
      // By a hash, so that the caller's token is kept no longer than its call.
      return tokens.get(JSON.stringify([holder && hashOf(subject), url, wanted]), request, signal);
    },
    renew: tokens.discard,
  };
}

function demand(caller: CallerToken | undefined): CallerToken {
  if (caller !== undefined) return caller;
  throw new CredentialsError('This tool needs to know who calls it.');
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

/** The parameters of a token request that say what the token is for. */
function targetParameters(target: TokenTarget, needed: readonly string[]): Record<string, string> {
  const scope = [...new Set(target.scopes ?? needed)].sort().join(' ');
  return {
    ...(scope !== '' && { scope }),
    ...(target.audience !== undefined && { audience: target.audience }),
    ...(target.resource !== undefined && { resource: target.resource }),
  };
}

/**
 * The caller's own token, where it was issued for the API as well. The MCP specification forbids to pass on any
 * other (Security Best Practices, token passthrough).
 */
function createForward(audience: string, ownOrigin: string): TokenSource {
  return {
    token({ caller, origin }) {
      // A server that only one operation names may belong to anybody.
      if (origin === ownOrigin && caller?.audiences.includes(audience) === true)
        return Promise.resolve(caller.reveal());
      const message =
        'This tool was not called: the access token of this session is not meant for the API as well. ' +
        'Whoever runs this server can find out why.';
      return Promise.reject(new CredentialsError(message, 'audience'));
    },
    renew: () => false,
  };
}

// A token that is sent now must still be good when it arrives and is looked at.
const MARGIN_MS = 30_000;
const MAX_TOKENS = 1000;

/** Tokens by what they were requested with: a thousand of them, until half a minute before they expire. */
export function createTokenCache(now?: Clock) {
  const tokens = new Cache<UpstreamToken>({ max: MAX_TOKENS, now });
  return {
    /**
     * The known token, or the one that `request` gives: it is called once however many wait, and goes on when one of
     * them no longer does.
     */
    async get(key: string, request: () => Promise<UpstreamToken>, signal: AbortSignal) {
      const known = tokens.get(key);
      if (known !== undefined) return known.value;
      const load = async (): Promise<UpstreamToken> => {
        const token = await request();
        tokens.set(key, token, token.expiresAt - MARGIN_MS);
        return token;
      };
      return (await unlessAborted(tokens.load(key, load), signal)).value;
    },
    /** Forgets a token, so that the next one is requested. */
    discard: (value: string): true => {
      tokens.deleteWhere((token) => token.value === value);
      return true;
    },
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new DOMException('No longer waited for', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
