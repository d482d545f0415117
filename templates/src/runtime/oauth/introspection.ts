import { hashOf, type Caller } from '../caller.js';
import { authenticateClient, type OAuthClient } from '../client.js';
import { Cache, createLimiter, type Clock } from '../limits.js';
import type { OAuthSettings } from './settings.js';
import { callerOf, holderIn, InvalidToken, isNobody, lower, present, shown } from './token.js';
import { ProviderUnavailable, tokenFault, TooManyTokens } from './token.js';
import type { Claims, Verifier } from './token.js';

// How long a revoked token may still be accepted here.
const FRESH_MS = 30_000;
const MAX_CACHED = 1000;
// How long a refusal is remembered, so that repeating a token does not keep the provider busy.
const REFUSED_MS = 5000;
// Only hashes, so there may be more of them.
const MAX_FORMER = 10_000;
const DAY_MS = 24 * 60 * 60_000;
// Per minute, for the unknown tokens of each network.
const MAX_FAILURES = 300;
// `/readyz` is public: it must not become a way to keep the provider busy.
const READY_MS = { yes: 30_000, no: 1000 };

/** Validates opaque access tokens by introspection (RFC 7662 section 4). `ask` rejects with ProviderUnavailable. */
export function createIntrospectionVerifier(
  settings: OAuthSettings,
  { ask, now: clock }: { readonly ask: (token: string) => Promise<Claims>; readonly now?: Clock },
): Verifier {
  const now = clock ?? Date.now;
  // By hash, so that no copy of a token outlives its request.
  const known = new Cache<Caller>({ max: MAX_CACHED, now });
  // Separate from valid tokens, which made-up ones must not push out.
  const refused = new Cache<InvalidToken>({ max: MAX_CACHED, now });
  // Tokens that were valid before: they are always introspected, whatever else their network sends.
  const former = new Cache<true>({ max: MAX_FORMER, now });
  const failures = createLimiter(MAX_FAILURES, clock);
  const enter = createQueue();
  let readiness: { readonly answer: Promise<boolean>; readonly at: number; ms: number } | undefined;
  return { verify, ready };

  async function verify(token: string, { network }: { readonly network?: string } = {}) {
    const key = hashOf(token);
    const good = known.get(key);
    if (good !== undefined) return good;
    const bad = refused.get(key);
    if (bad !== undefined) throw bad;
    return known.load(key, () => introspect(token, key, network), endOf);
  }

  /** An introspection counts against its network, unless the token turns out to be valid. */
  async function introspect(token: string, key: string, network?: string): Promise<Caller> {
    const isFormer = former.get(key) === true;
    const held = network === undefined || isFormer ? undefined : failures.hold(network);
    if (held !== undefined && 'retryAfter' in held) throw new TooManyTokens(held.retryAfter);
    const line = isFormer && network !== undefined ? `former ${network}` : network;
    const leave = await enter(line).catch((error: unknown) => {
      held?.release();
      throw error;
    });
    const caller = judge(inSeconds(await ask(token).finally(leave)), key);
    held?.release();
    return caller;
  }

  function endOf({ expiresAt }: Caller): number {
    return Math.min(now() + FRESH_MS, expiresAt * 1000);
  }

  /** Remembers a refusal, and which tokens were valid. */
  function judge(claims: Claims, key: string): Caller {
    const { exp } = claims;
    try {
      const caller = accept(claims, settings, now() / 1000);
      former.set(key, true, typeof exp === 'number' ? exp * 1000 : now() + DAY_MS);
      return caller;
    } catch (error) {
      former.delete(key);
      if (error instanceof InvalidToken) refused.set(key, error, now() + REFUSED_MS);
      throw error;
    }
  }

  function ready(): Promise<boolean> {
    // In both directions, because clocks are also set back.
    if (readiness !== undefined && Math.abs(now() - readiness.at) < readiness.ms)
      return readiness.answer;
    // A made-up token: a provider that calls it inactive knows this client, and would accept a valid one.
    const answer = ask('readiness').then(
      ({ active }) => active === false,
      () => false,
    );
    const current = { answer, at: now(), ms: Infinity };
    readiness = current;
    void answer.then((yes) => (current.ms = yes ? READY_MS.yes : READY_MS.no));
    return answer;
  }
}

// Concurrent introspections, in total and per line: a line is a network, or its tokens that were valid before.
const MAX_QUESTIONS = 32;
const MAX_OF_LINE = 8;
// Long enough for a burst, short enough that clients do not give up first.
const MAX_WAIT_MS = 2000;
const MAX_WAITING = 512;
const MAX_WAITING_IN_LINE = 32;

type Line = string | undefined;

interface Waiting {
  readonly line: Line;
  readonly proceed: () => void;
}

/**
 * Limits concurrent introspections; without a line, only in total. Entering waits for a place and resolves to a
 * function that gives it back. It rejects with ProviderUnavailable if too many wait, or one waits too long.
 */
function createQueue(): (line: Line) => Promise<() => void> {
  const asking: Line[] = [];
  // First come, first served.
  const waiting = new Set<Waiting>();
  const askedBy = (line: Line) => asking.filter((other) => other === line).length;
  const mayAsk = (line: Line) =>
    asking.length < MAX_QUESTIONS && (line === undefined || askedBy(line) < MAX_OF_LINE);
  return enter;

  async function enter(line: Line): Promise<() => void> {
    if (mayAsk(line)) asking.push(line);
    else await placeFor(line);
    return () => leave(line);
  }

  /** A free place goes to the line with the fewest places, so that a long line does not hold up the others. */
  function leave(line: Line): void {
    asking.splice(asking.indexOf(line), 1);
    let next: Waiting | undefined;
    for (const one of waiting)
      if (mayAsk(one.line) && !(next && askedBy(one.line) >= askedBy(next.line))) next = one;
    next?.proceed();
  }

  function placeFor(line: Line): Promise<void> {
    const ahead = [...waiting].filter((other) => other.line === line).length;
    const tooMany = () => new ProviderUnavailable('too many tokens at once');
    if (waiting.size >= MAX_WAITING || ahead >= MAX_WAITING_IN_LINE)
      return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        waiting.delete(one);
      };
      const proceed = () => {
        end();
        asking.push(line);
        resolve();
      };
      const one = { line, proceed };
      const timer = setTimeout(() => {
        end();
        reject(tooMany());
      }, MAX_WAIT_MS);
      waiting.add(one);
    });
  }
}

/** The last second of the year 9999. Greater numbers are milliseconds, as some providers write them (Gluu). */
const LAST_SECOND = 253_402_300_799;

function inSeconds(claims: Claims): Claims {
  const isMs = (date: unknown) => typeof date === 'number' && date > LAST_SECOND;
  const dates = ['exp', 'nbf', 'iat'].filter((name) => isMs(claims[name]));
  return dates.reduce((all, name) => ({ ...all, [name]: Number(all[name]) / 1000 }), claims);
}

/** The holder of the token (RFC 7662 section 2.2). Claims that are missing are not checked, except the audience. */
function accept(answer: Claims, settings: OAuthSettings, now: number): Caller {
  const given = present(answer);
  // Without a subject (Django OAuth Toolkit), all users of a client would share one limit.
  const claims: Claims = { sub: given['username'], ...given };
  if (claims['active'] !== true) throw new InvalidToken(inactiveFault(claims));
  const fault =
    claimFault(claims, settings, now) ?? tokenFault(claims, settings) ?? untypedFault(claims);
  if (fault !== undefined) throw new InvalidToken(fault, holderIn(claims));
  const { exp } = claims;
  return callerOf(claims, typeof exp === 'number' ? exp : now + FRESH_MS / 1000, settings);
}

function inactiveFault({ active }: Claims): string {
  return active === false ? 'not active' : `not active: ${shown(active)} instead of true or false`;
}

/** RFC 6749 section 7.1, and what Salesforce and others write instead: the kind of token, as in `token_type_hint`. */
const ACCEPTED = ['bearer', 'access_token'];

function claimFault(claims: Claims, settings: OAuthSettings, now: number): string | undefined {
  const { issuers, clockTolerance } = settings;
  const { iss = issuers[0], exp = Infinity, nbf = -Infinity, token_type: type = 'Bearer' } = claims;
  if (typeof iss !== 'string' || !issuers.includes(iss))
    return `claim iss: ${shown(iss)} is not an accepted issuer`;
  if (typeof exp !== 'number' || exp <= now - clockTolerance)
    return `claim exp: ${shown(exp)} is not a number in the future`;
  if (typeof nbf !== 'number' || nbf > now + clockTolerance)
    return `claim nbf: ${shown(nbf)} is not a number in the past`;
  return ACCEPTED.includes(lower(type)) ? undefined : `token_type is not Bearer: ${shown(type)}`;
}

/** A claim other than `aud` may name this server; then only the type tells access tokens from refresh tokens. */
function untypedFault({ aud, token_type: type }: Claims): string | undefined {
  return isNobody(aud) && type === undefined ? 'neither aud nor token_type' : undefined;
}

/** The form and headers of an introspection request, with the client's authentication (RFC 7662 section 2.1). */
export function introspectionRequest(url: string, token: string, client: OAuthClient) {
  return authenticateClient(url, client, { token, token_type_hint: 'access_token' });
}
