import { clientBasic } from '../client-basic.js';
import {
  accessTokenFault,
  audienceFault,
  callerOf,
  holderOf,
  lower,
  type Claims,
} from './claims.js';
import { ProviderUnavailable } from './provider.js';
import type { OAuthSettings } from './settings.js';
import { hashOf, InvalidToken, type Caller, type Verifier } from './token.js';

export interface IntrospectionOptions {
  /** Asks the authorization server about a token (RFC 7662). Rejects with ProviderUnavailable. */
  readonly ask: (token: string) => Promise<Claims>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

// How long a revoked token may live on here.
const FRESH_MS = 30_000;
const MAX_CACHED = 1000;
// How long a refused token is not asked about again, so that repeating it does not keep the provider busy.
const REFUSED_MS = 5000;
const MAX_QUESTIONS = 32;
// `/readyz` asks anybody's question: it must not become a way to keep the provider busy.
const READY_MS = { yes: 30_000, no: 1000 };

/** Validates opaque access tokens by asking the authorization server about each (RFC 7662 section 4). */
export function createIntrospectionVerifier(
  settings: OAuthSettings,
  { ask, now = Date.now }: IntrospectionOptions,
): Verifier {
  // By hash, so that no copy of a token outlives its request.
  const known = createMemory<Caller>(now);
  // Apart from the good ones, which made-up tokens must not push out.
  const refused = createMemory<InvalidToken>(now);
  const pending = new Map<string, Promise<Caller>>();
  let readiness: { readonly answer: Promise<boolean>; until: number } | undefined;

  async function introspect(token: string, key: string): Promise<Caller> {
    const claims = await ask(token);
    try {
      const caller = accept(claims, settings, now() / 1000);
      known.set(key, caller, Math.min(now() + FRESH_MS, caller.expiresAt * 1000));
      return caller;
    } catch (error) {
      if (error instanceof InvalidToken) refused.set(key, error, now() + REFUSED_MS);
      throw error;
    }
  }

  async function verify(token: string): Promise<Caller> {
    const key = hashOf(token);
    const good = known.get(key);
    if (good !== undefined) return good;
    const bad = refused.get(key);
    if (bad !== undefined) throw bad;
    const waiting = pending.get(key);
    if (waiting !== undefined) return waiting;
    if (pending.size >= MAX_QUESTIONS) throw new ProviderUnavailable('too many tokens at once');
    const asked = introspect(token, key).finally(() => pending.delete(key));
    pending.set(key, asked);
    return asked;
  }

  function ready(): Promise<boolean> {
    if (readiness !== undefined && readiness.until > now()) return readiness.answer;
    // A made-up token: whoever answers that it is not active knows this client, and would tell of a good one.
    const answer = ask('readiness').then(
      ({ active }) => active === false,
      () => false,
    );
    const current = { answer, until: Infinity };
    readiness = current;
    void answer.then((yes) => (current.until = now() + (yes ? READY_MS.yes : READY_MS.no)));
    return answer;
  }

  return { verify, ready };
}

/** Remembers values until a moment each, the latest thousand of them. */
function createMemory<T>(now: () => number) {
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(key: string): T | undefined {
      const entry = entries.get(key);
      if (entry !== undefined && entry.until > now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set(key: string, value: T, until: number): void {
      const [oldest] = entries.keys();
      if (entries.size >= MAX_CACHED && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, until });
    },
  };
}

/** Who holds the token (RFC 7662 section 2.2). What the answer leaves out is not checked, but for the audience. */
function accept(claims: Claims, settings: OAuthSettings, now: number): Caller {
  if (claims['active'] !== true) throw new InvalidToken('not active');
  const fault =
    claimFault(claims, settings, now) ??
    audienceFault(claims, settings) ??
    accessTokenFault(claims, settings) ??
    typeFault(claims);
  if (fault !== undefined) throw new InvalidToken(fault, holderOf(claims));
  const { exp } = claims;
  return callerOf(claims, typeof exp === 'number' ? exp : now + FRESH_MS / 1000, settings);
}

function claimFault(
  { iss, exp, nbf, token_type: type }: Claims,
  { issuers, clockTolerance }: OAuthSettings,
  now: number,
): string | undefined {
  if (iss !== undefined && !(typeof iss === 'string' && issuers.includes(iss))) return 'claim iss';
  if (exp !== undefined && !(typeof exp === 'number' && exp > now - clockTolerance))
    return 'claim exp';
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + clockTolerance))
    return 'claim nbf';
  const bearer = type === undefined || lower(type) === 'bearer';
  return bearer ? undefined : 'token_type is not Bearer';
}

/** Another claim than `aud` may name this server; then only its type tells an access token from a refresh token. */
function typeFault({ aud, token_type: type }: Claims): string | undefined {
  return aud === undefined && type === undefined ? 'neither aud nor token_type' : undefined;
}

/** The request that asks about a token, with the client's authentication (RFC 7662 section 2.1). */
export function introspectionRequest(
  token: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): RequestInit {
  return {
    method: 'POST',
    headers: { Authorization: clientBasic(clientId, clientSecret) },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
  };
}
