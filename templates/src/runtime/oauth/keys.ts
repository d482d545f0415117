import { createLocalJWKSet, errors } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';
import type { Caller } from '../caller.js';
import { Cache, type Clock } from '../limits.js';
import { present, ProviderUnavailable } from './token.js';

/** The caller of a verified token, and when the token becomes valid, in milliseconds since the epoch. */
type Verified = Cache<{ readonly caller: Caller; readonly from: number }>;

/** The provider's signing keys, kept fresh. */
export interface Keys {
  /** For jose. @throws UnknownKey (the token's fault) or ProviderUnavailable (the provider's). */
  readonly resolve: JWTVerifyGetKey;
  /**
   * Tokens that the known keys have verified, by the hash of the whole token. Each key set starts with an empty memory,
   * so that no entry outlives the key that signed it. Undefined if the keys must be reloaded before they are used
   * again.
   */
  memory(): Verified | undefined;
  /** For a token that no known key verified: reloads the keys, unless that was tried recently. Never rejects. */
  renew(): Promise<void>;
  /** Whether any key is known; tries to load the keys if none is. */
  ready(): Promise<boolean>;
}

/** No key of the provider matches the token. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

/** The key may be new, but the keys were loaded too recently to be reloaded yet. */
function tooEarly(ms: number): ProviderUnavailable {
  const retryAfter = Math.max(1, Math.ceil(ms / 1000));
  const text = `unknown key; the keys were just loaded and can be reloaded in ${retryAfter} s`;
  return new ProviderUnavailable(text, { retryAfter });
}

const FRESH_MS = 10 * 60_000;
const STALE_MS = 24 * 60 * 60_000;
const COOLDOWN_MS = 30_000;
const FIRST_COOLDOWN_MS = 1000;
// About 10 MB.
const MAX_VERIFIED = 10_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/**
 * Keys are loaded when first needed, and reloaded after ten minutes or when a token names an unknown one, but at most
 * once in 30 s however many tokens do, so that made-up key IDs cannot make this server hammer the provider. After a
 * minute without a load, a second load is allowed right after the next: then the first unknown key is known to be
 * invalid rather than possibly new. While the provider is down, known keys stay in use for a day; while none is known,
 * it is asked every second, since both servers may just have been started.
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
  // Allows one load without a pause, for a key that may be new.
  let spare = false;
  // Key IDs of the previous set, so that its tokens are not mistaken for those of future keys.
  let withdrawn: ReadonlySet<string | undefined> = new Set();
  const ready = () => current().then(Boolean, () => false);
  // A clock that was set back must not prevent loads until it is where it was.
  const since = (at: number) => Math.abs(now() - at);
  return { resolve, memory: () => fresh()?.verified, renew, ready };

  async function reload(): Promise<void> {
    try {
      const keys = (await load()).filter(isUsable).map(importable);
      if (keys.length === 0)
        throw new ProviderUnavailable('the key set does not have a usable key');
      withdrawn = idsWithout(known?.keys.jwks().keys ?? [], keys);
      known = { keys: createKeySet(keys), verified: new Cache({ max: MAX_VERIFIED }) };
      spare ||= since(loadedAt) >= 2 * COOLDOWN_MS;
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
    return (known === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS) - since(triedAt);
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
    const age = since(loadedAt);
    // After a long idle time: a key that was withdrawn meanwhile must not be accepted again.
    if (age >= STALE_MS || since(triedAt) >= 2 * FRESH_MS) return undefined;
    // Known keys stay in use while they are reloaded: a provider that hangs must not hold up valid tokens.
    if (age >= FRESH_MS) void renew();
    return known;
  }

  async function current(): Promise<KeySet> {
    if (fresh() === undefined) await refresh();
    if (known === undefined || since(loadedAt) >= STALE_MS)
      throw new ProviderUnavailable('no signing key is known');
    return known.keys;
  }

  /** Whether a token's key may be from a rotation: neither of the last two sets had a key with that ID. */
  function mayBeNew(kid: unknown): boolean {
    if (kid !== undefined && typeof kid !== 'string') return false;
    return !withdrawn.has(kid) && known?.keys.jwks().keys.some((key) => key.kid === kid) !== true;
  }

  async function find(...input: Parameters<KeySet>) {
    const keys = await current();
    return keys(...input).catch((error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      // Several keys may match; the caller tries them all.
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // WebCrypto throws all kinds of errors for a key that it refuses.
      throw new UnknownKey(String(error));
    });
  }

  async function resolve(...[header, token]: Parameters<KeySet>) {
    const input = [header && present(header), token] as const;
    const before = known;
    const found = await find(...input);
    if (found !== undefined) return found;
    await refresh({ hurry: mayBeNew(input[0]?.kid) });
    const renewed = await find(...input);
    if (renewed !== undefined) return renewed;
    // The missing key may be from a rotation: this cannot be determined, and a 401 would reject a valid token.
    if (failed) throw new ProviderUnavailable('the key may be new, and the provider is down');
    if (known === before && mayBeNew(input[0]?.kid)) throw tooEarly(pause());
    throw new UnknownKey('no such key');
  }
}

/** A key without an ID may be the one of any token: some providers publish their only key without. */
function createKeySet(keys: readonly JWK[]): KeySet {
  const all = createLocalJWKSet({ keys: [...keys] });
  const unnamed = createLocalJWKSet({ keys: keys.filter(({ kid }) => kid === undefined) });
  const find: JWTVerifyGetKey = async (header, token) =>
    all(header, token).catch((error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return unnamed({ ...header, kid: undefined }, token);
    });
  return Object.assign(find, { jwks: all.jwks }) as KeySet;
}

/** The IDs of the keys that are not among the others. */
function idsWithout(keys: readonly JWK[], others: readonly JWK[]): Set<string | undefined> {
  const ids = keys.map(({ kid }) => kid);
  return new Set(ids.filter((id) => !others.some(({ kid }) => kid === id)));
}

/** The members of a key with a value: serializers also write `key_ops` and `oth` as empty lists. */
function filled<T extends object>(key: T): T {
  const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
  const members = Object.entries(present(key)).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(members) as T;
}

/** Some providers copy the operations of the private key; and Ed25519 has two names (RFC 9864 section 2.2). */
function importable(key: JWK): JWK {
  const { key_ops: _, alg, ...rest } = filled(key);
  return alg === undefined || key.kty === 'OKP' ? rest : { ...rest, alg };
}

/**
 * Public keys of sufficient strength (RFC 8725 sections 3.1 and 3.5). Anyone could sign if the RSA exponent were 1, or the
 * private part were published too.
 */
export function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use = 'sig', key_ops: operations = ['verify'], n, e, d } = filled<JWK>(key);
  if (d !== undefined) return false;
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return false;
  if (kty !== 'RSA') return kty === 'EC' || kty === 'OKP';
  return typeof n === 'string' && Buffer.from(n, 'base64url').length >= 256 && e !== 'AQ';
}
