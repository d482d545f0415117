import { Cache } from '../cache.js';
import { hashOf, type Caller } from '../caller.js';
import { clientBasic } from '../http.js';
import { createLimiter, type Hold } from '../limits.js';
import type { OAuthSettings } from './settings.js';
import {
  accessTokenFault,
  audienceFault,
  callerOf,
  holderOf,
  InvalidToken,
  lower,
  ProviderUnavailable,
  TooManyTokens,
  type Claims,
  type Verifier,
} from './token.js';

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
// Hashes alone, so that there may be more of them.
const MAX_FORMER = 10_000;
const DAY_MS = 24 * 60 * 60_000;
// A minute, for the unknown tokens of each network.
const MAX_FAILURES = 300;
const UNCOUNTED: Hold = { release: () => undefined };
// `/readyz` asks for everybody: it must not become a way to keep the provider busy.
const READY_MS = { yes: 30_000, no: 1000 };

/** Validates opaque access tokens by asking the authorization server about each (RFC 7662 section 4). */
export function createIntrospectionVerifier(
  settings: OAuthSettings,
  { ask, now: clock }: IntrospectionOptions,
): Verifier {
  const now = clock ?? Date.now;
  // By hash, so that no copy of a token outlives its request.
  const known = new Cache<Caller>({ max: MAX_CACHED, now });
  // Apart from the good ones, which made-up tokens must not push out.
  const refused = new Cache<InvalidToken>({ max: MAX_CACHED, now });
  // Tokens that were good, which may be asked about whatever else their network sends.
  const former = new Cache<true>({ max: MAX_FORMER, now });
  const failures = createLimiter({ perMinute: MAX_FAILURES, ...(clock && { now: clock }) });
  const queue = createQueue();
  let readiness: { readonly answer: Promise<boolean>; until: number } | undefined;

  const verify: Verifier['verify'] = async (token, { network } = {}) => {
    const key = hashOf(token);
    const good = known.get(key);
    if (good !== undefined) return good;
    const bad = refused.get(key);
    if (bad !== undefined) throw bad;
    return known.load(key, () => introspect(token, key, network));
  };

  /** A question that is asked counts against its network, unless the token turns out to be good. */
  async function introspect(
    token: string,
    key: string,
    network: string | undefined,
  ): Promise<Caller> {
    const wasGood = former.get(key) === true;
    const hold = network === undefined || wasGood ? UNCOUNTED : failures.hold(network);
    if ('retryAfter' in hold) throw new TooManyTokens(hold.retryAfter);
    const line = wasGood && network !== undefined ? `former ${network}` : network;
    const leave = await queue.enter(line).catch((error: unknown) => {
      hold.release();
      throw error;
    });
    const caller = judge(await ask(token).finally(leave), key);
    hold.release();
    return caller;
  }

  /** Remembers either result. */
  function judge(claims: Claims, key: string): Caller {
    const { exp } = claims;
    try {
      const caller = accept(claims, settings, now() / 1000);
      known.set(key, caller, Math.min(now() + FRESH_MS, caller.expiresAt * 1000));
      former.set(key, true, typeof exp === 'number' ? exp * 1000 : now() + DAY_MS);
      return caller;
    } catch (error) {
      former.delete(key);
      if (error instanceof InvalidToken) refused.set(key, error, now() + REFUSED_MS);
      throw error;
    }
  }

  function ready(): Promise<boolean> {
    if (readiness !== undefined && readiness.until > now()) return readiness.answer;
    // A made-up token: a provider that says it is not active knows this client, and would accept a good one.
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

// Questions at once, and those of one line among them: a network, or the tokens of one that were good before.
const MAX_QUESTIONS = 32;
const MAX_OF_LINE = 8;
// Long enough for a burst, short enough that clients do not give up first.
const MAX_WAIT_MS = 2000;
const MAX_WAITING = 512;
const MAX_WAITING_IN_LINE = 32;

interface Line {
  asking: number;
  /** First come, first served. */
  readonly waiting: Set<() => void>;
}

interface Queue {
  /**
   * Waits for a place to ask, and resolves to what gives it back. Without a line only the total is limited.
   *
   * @throws ProviderUnavailable when too many wait, or too long.
   */
  enter(line?: string): Promise<() => void>;
}

/** Limits the questions that are asked at once. Lines take turns, so that a long one does not hold up the others. */
function createQueue(): Queue {
  // In the order of their turns.
  const lines = new Map<string | undefined, Line>();
  let [asking, waiting] = [0, 0];

  async function enter(name?: string): Promise<() => void> {
    const line = lines.get(name) ?? { asking: 0, waiting: new Set() };
    if (asking < MAX_QUESTIONS && mayAsk(name, line)) start(name, line);
    else await turnOf(name, line);
    return () => leave(name, line);
  }

  function mayAsk(name: string | undefined, line: Line): boolean {
    return name === undefined || line.asking < MAX_OF_LINE;
  }

  function start(name: string | undefined, line: Line): void {
    lines.set(name, line);
    line.asking += 1;
    asking += 1;
  }

  function leave(name: string | undefined, line: Line): void {
    line.asking -= 1;
    asking -= 1;
    forgetIdle(name, line);
    for (const [other, candidate] of lines) {
      const [next] = candidate.waiting;
      if (next === undefined || !mayAsk(other, candidate)) continue;
      next();
      return;
    }
  }

  function turnOf(name: string | undefined, line: Line): Promise<void> {
    if (waiting >= MAX_WAITING || line.waiting.size >= MAX_WAITING_IN_LINE)
      return Promise.reject(new ProviderUnavailable('too many tokens at once'));
    lines.set(name, line);
    waiting += 1;
    return new Promise((resolve, reject) => {
      const stopWaiting = () => {
        waiting -= 1;
        clearTimeout(timer);
        line.waiting.delete(proceed);
      };
      const proceed = () => {
        stopWaiting();
        // The next turn of this line comes after those of the others.
        lines.delete(name);
        start(name, line);
        resolve();
      };
      const timer = setTimeout(() => {
        stopWaiting();
        forgetIdle(name, line);
        reject(new ProviderUnavailable('too many tokens at once'));
      }, MAX_WAIT_MS);
      line.waiting.add(proceed);
    });
  }

  function forgetIdle(name: string | undefined, line: Line): void {
    if (line.asking === 0 && line.waiting.size === 0) lines.delete(name);
  }

  return { enter };
}

/** Who holds the token (RFC 7662 section 2.2). Claims that the answer leaves out are not checked, but for the audience. */
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

/** The form and headers of a question about a token, with the client's authentication (RFC 7662 section 2.1). */
export function introspectionRequest(
  token: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): { readonly form: URLSearchParams; readonly headers: Readonly<Record<string, string>> } {
  return {
    form: new URLSearchParams({ token, token_type_hint: 'access_token' }),
    headers: { authorization: clientBasic(clientId, clientSecret) },
  };
}
