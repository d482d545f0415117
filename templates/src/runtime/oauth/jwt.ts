import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { JWK, JWTPayload, JWTVerifyGetKey } from 'jose';
import { Cache, type Clock } from '../limits.js';
import { hashOf, type Caller } from '../caller.js';
import type { OAuthSettings } from './settings.js';
import { callerOf, holderOf, lower, tokenFault } from './token.js';
import { InvalidToken, ProviderUnavailable, type Verifier } from './token.js';

/** RFC 8725 section 3.1: the choice of this server, whatever the header or the key says. */
export const ALGORITHMS =
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** What jose checks of the claims. */
export function claimOptions({ issuers, clockTolerance }: OAuthSettings) {
  const requiredClaims = ['iss', 'exp'];
  return { issuer: [...issuers], clockTolerance, requiredClaims };
}

/** Validates JWT access tokens (RFC 9068 section 4, RFC 8725); each once, and again with every new key set. */
export function createJwtVerifier(settings: OAuthSettings, keys: Keys): Verifier {
  const { clockTolerance } = settings;
  const options = { algorithms: ALGORITHMS, ...claimOptions(settings) };
  return { verify, ready: () => keys.ready() };

  async function verify(token: string): Promise<Caller> {
    const memory = keys.memory();
    const key = hashOf(token);
    const known = memory?.get(key);
    if (known !== undefined && known.from <= Date.now()) return known.caller;
    const payload = await verifyPayload(token);
    const caller = callerOf(payload, payload.exp ?? 0, settings);
    const until = caller.expiresAt * 1000;
    // A clock that is set back may come before the token begins to be valid.
    const { nbf = 0, iat } = payload;
    const from = (Math.max(nbf, typeof iat === 'number' ? iat : 0) - clockTolerance) * 1000;
    if (until > Date.now()) memory?.set(key, { caller, from }, until);
    return caller;
  }

  async function verifyPayload(token: string): Promise<JWTPayload> {
    const { payload, protectedHeader } = await verifySignature(token)
      .catch(async (error: unknown) => {
        // Keys that rotate without a key id of their own do not show as unknown, only as signatures that fail.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        await keys.renew();
        return verifySignature(token);
      })
      .catch(rethrow);
    const fault = typeFault(protectedHeader.typ, settings) ?? tokenFault(payload, settings);
    if (fault !== undefined) throw new InvalidToken(fault, holderOf(payload));
    return payload;
  }

  async function verifySignature(token: string) {
    try {
      return await jwtVerify(token, keys.resolve, options);
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithAny(token, error);
      throw error;
    }
  }

  // A token without a key id, in a set of several keys that could be the one.
  async function verifyWithAny(token: string, candidates: errors.JWKSMultipleMatchingKeys) {
    let failure: unknown = candidates;
    for await (const key of candidates) {
      try {
        return await jwtVerify(token, key, options);
      } catch (error) {
        failure = error;
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    }
    throw failure;
  }
}

function rethrow(error: unknown): never {
  if (error instanceof ProviderUnavailable) throw error;
  if (error instanceof UnknownKey) throw new InvalidToken('unknown key');
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
    throw new InvalidToken(`claim ${error.claim}: ${error.reason}`, holderOf(error.payload));
  throw new InvalidToken(error instanceof errors.JOSEError ? error.code : 'cannot be verified');
}

/** Other types of token are for other purposes (RFC 8725 section 3.11). */
export function typeFault(typ: unknown, { requireAtJwt }: OAuthSettings): string | undefined {
  if (['at+jwt', 'application/at+jwt'].includes(lower(typ))) return undefined;
  return !requireAtJwt && (typ === undefined || lower(typ) === 'jwt') ? undefined : 'typ';
}

/** The caller of a token whose signature and claims were right, and when it begins (milliseconds since the epoch). */
type Verified = Cache<{ readonly caller: Caller; readonly from: number }>;

/** The provider's signing keys, kept fresh. */
export interface Keys {
  /** For jose. @throws UnknownKey (the token's fault) or ProviderUnavailable (the provider's). */
  readonly resolve: JWTVerifyGetKey;
  /**
   * What the known keys have verified, by the hash of the whole token. Each key set has an empty memory, so that nothing
   * outlives the key that signed it. Undefined when the keys must be loaded before they are used once more.
   */
  memory(): Verified | undefined;
  /** For a token that a known key did not verify: loads the keys again, unless that was tried of late. Never rejects. */
  renew(): Promise<void>;
  /** Whether any key is known; tries to load them when none is. */
  ready(): Promise<boolean>;
}

/** No key of the provider fits the token. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

/** The key may be new, but the keys were loaded so recently that they are not loaded again yet. */
class KeyPause extends ProviderUnavailable {
  constructor(ms: number) {
    const retryAfter = Math.max(1, Math.ceil(ms / 1000));
    super(`unknown key; the keys were just loaded, and are again in ${retryAfter} s`, {
      retryAfter,
    });
  }
}

const FRESH_MS = 10 * 60_000;
const STALE_MS = 24 * 60 * 60_000;
const COOLDOWN_MS = 30_000;
const FIRST_COOLDOWN_MS = 1000;
// Some 10 MB.
const MAX_VERIFIED = 10_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/**
 * Keys are loaded when first needed, reloaded after ten minutes or when a token names an unknown one, and at most
 * once in 30 s however many tokens ask, so that made-up key ids cannot make this server hammer the provider. After a
 * minute without a load, the next one has a second to spare: the first unknown key after it is then known to be one,
 * instead of one that may be new. While the provider is down, known keys serve on for a day; as long as none is known,
 * it is asked every second, since both may just have been started.
 */
export function createKeys({
  load,
  now = Date.now,
  onFailure = () => undefined,
}: {
  /** Fetches the key set. Rejects with ProviderUnavailable. */
  readonly load: () => Promise<readonly unknown[]>;
  readonly now?: Clock;
  readonly onFailure?: (reason: string) => void;
}): Keys {
  let known: { readonly keys: KeySet; readonly verified: Verified } | undefined;
  let [loadedAt, triedAt, failed] = [-Infinity, -Infinity, false];
  let pending: Promise<void> | undefined;
  // One load without a pause, for a key that may be new.
  let spare = false;
  // Of the set before, so that their tokens are not taken for those of keys to come.
  let withdrawn: ReadonlySet<string | undefined> = new Set();
  const ready = () => current().then(Boolean, () => false);
  return { resolve, memory: () => fresh()?.verified, renew, ready };

  async function reload(): Promise<void> {
    try {
      const keys = (await load()).filter(isUsable);
      if (keys.length === 0) throw new ProviderUnavailable('the key set has no usable key');
      withdrawn = idsWithout(known?.keys.jwks().keys ?? [], keys);
      known = { keys: createLocalJWKSet({ keys }), verified: new Cache({ max: MAX_VERIFIED }) };
      spare ||= now() - loadedAt >= 2 * COOLDOWN_MS;
      [loadedAt, failed] = [now(), false];
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      [spare, failed] = [false, true];
      onFailure(error.message);
    } finally {
      triedAt = now();
    }
  }

  /** Milliseconds until the keys may be loaded again. */
  function pause(): number {
    return triedAt + (known === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS) - now();
  }

  async function refresh({ hurry = false } = {}): Promise<void> {
    if (pending === undefined && pause() > 0) {
      if (!hurry || !spare) return;
      spare = false;
    }
    pending ??= reload().finally(() => (pending = undefined));
    await pending;
  }

  function renew(): Promise<void> {
    return refresh().catch((error: unknown) => onFailure(String(error)));
  }

  /** The keys that may be used without waiting. */
  function fresh(): typeof known {
    const at = now();
    const age = at - loadedAt;
    // Long idle: what was withdrawn meanwhile must not be accepted once more.
    if (age >= STALE_MS || at - triedAt >= 2 * FRESH_MS) return undefined;
    // Known keys serve on while they are fetched again: a provider that hangs must not hold up good tokens.
    if (age >= FRESH_MS) void renew();
    return known;
  }

  async function current(): Promise<KeySet> {
    if (fresh() === undefined) await refresh();
    if (known === undefined || now() - loadedAt >= STALE_MS)
      throw new ProviderUnavailable('no signing key is known');
    return known.keys;
  }

  /** Whether a token's key may have come with a rotation: one of that id was in neither of the last two sets. */
  function mayBeNew(kid: unknown): boolean {
    if (kid !== undefined && typeof kid !== 'string') return false;
    return !withdrawn.has(kid) && known?.keys.jwks().keys.some((key) => key.kid === kid) !== true;
  }

  async function find(...input: Parameters<KeySet>) {
    const keys = await current();
    return keys(...input).catch((error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      // More than one may be meant; the caller tries them all.
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // A key that WebCrypto refuses throws whatever it likes.
      throw new UnknownKey(String(error));
    });
  }

  async function resolve(...input: Parameters<KeySet>) {
    const before = known;
    const found = await find(...input);
    if (found !== undefined) return found;
    await refresh({ hurry: mayBeNew(input[0]?.kid) });
    const renewed = await find(...input);
    if (renewed !== undefined) return renewed;
    // A key that came with a rotation may be the one missing: nobody can tell, and a 401 would cost a good token.
    if (failed) throw new ProviderUnavailable('the key may be new, and the provider is down');
    if (known === before && mayBeNew(input[0]?.kid)) throw new KeyPause(pause());
    throw new UnknownKey('no such key');
  }
}

/** The ids of keys that are not among others. */
function idsWithout(keys: readonly JWK[], others: readonly JWK[]): Set<string | undefined> {
  const ids = keys.map(({ kid }) => kid);
  return new Set(ids.filter((id) => !others.some(({ kid }) => kid === id)));
}

/**
 * Public signature keys of sufficient strength (RFC 8725 sections 3.1 and 3.5), symmetric ones never. An RSA exponent of
 * 1 would let anyone sign.
 */
export function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use = 'sig', key_ops: operations = ['verify'], n, e } = key as JWK;
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return false;
  if (kty !== 'RSA') return kty === 'EC' || kty === 'OKP';
  return typeof n === 'string' && Buffer.from(n, 'base64url').length >= 256 && e !== 'AQ';
}
