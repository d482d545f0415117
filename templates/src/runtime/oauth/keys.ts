import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { ProviderUnavailable } from './provider.js';

/** The provider's signing keys, kept fresh. */
export interface Keys {
  /** For jose. @throws UnknownKey (the token's fault) or ProviderUnavailable (the provider's). */
  readonly resolve: JWTVerifyGetKey;
  /** For a token that a known key did not verify: loads the keys anew, unless that was tried of late. Never rejects. */
  renew(): Promise<void>;
  /** Whether any key is known; tries to load them when none is. */
  ready(): Promise<boolean>;
}

/** No key of the provider fits the token. */
export class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
}

export interface KeysOptions {
  /** Fetches the key set. Rejects with ProviderUnavailable. */
  readonly load: () => Promise<readonly unknown[]>;
  /** Milliseconds since any fixed moment. */
  readonly now?: () => number;
  /** Told of every failure to load. */
  readonly onFailure?: (reason: string) => void;
}

const FRESH_MS = 10 * 60_000;
const STALE_MS = 24 * 60 * 60_000;
const COOLDOWN_MS = 30_000;
const FIRST_COOLDOWN_MS = 1000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

interface Cache {
  keys: KeySet | undefined;
  loadedAt: number;
  triedAt: number;
  failed: boolean;
  pending: Promise<void> | undefined;
}

/**
 * Keys are loaded when first needed, reloaded after ten minutes or when a token names an unknown one, and at most
 * once in 30 s however many tokens ask, so that made-up key ids cannot make this server hammer the provider. While
 * the provider is down, known keys serve on for a day; as long as none is known, it is asked every second, since
 * both may just have been started.
 */
export function createKeys({
  load,
  now = Date.now,
  onFailure = () => undefined,
}: KeysOptions): Keys {
  const cache: Cache = {
    keys: undefined,
    loadedAt: -Infinity,
    triedAt: -Infinity,
    failed: false,
    pending: undefined,
  };

  async function reload(): Promise<void> {
    try {
      const keys = (await load()).filter(isUsable);
      if (keys.length === 0) throw new ProviderUnavailable('the key set has no usable key');
      cache.keys = createLocalJWKSet({ keys });
      cache.loadedAt = now();
      cache.failed = false;
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      cache.failed = true;
      onFailure(error.message);
    } finally {
      cache.triedAt = now();
    }
  }

  async function refresh(): Promise<void> {
    const cooldown = cache.keys === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS;
    if (now() - cache.triedAt < cooldown) return;
    cache.pending ??= reload().finally(() => (cache.pending = undefined));
    await cache.pending;
  }

  async function current(): Promise<KeySet> {
    const age = now() - cache.loadedAt;
    // Long idle: what was withdrawn meanwhile must not be accepted once more.
    const idle = now() - cache.triedAt >= 2 * FRESH_MS;
    if (cache.keys === undefined || age >= STALE_MS || idle) await refresh();
    // Known keys serve on while they are fetched anew: a provider that hangs must not hold up good tokens.
    else if (age >= FRESH_MS) refresh().catch(onUnexpected);
    if (cache.keys === undefined || now() - cache.loadedAt >= STALE_MS)
      throw new ProviderUnavailable('no signing key is known');
    return cache.keys;
  }

  async function find(header: Parameters<KeySet>[0], token: Parameters<KeySet>[1]) {
    const keys = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      // More than one may be meant; whoever verifies tries them all.
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // A key that WebCrypto refuses throws whatever it likes.
      throw new UnknownKey(String(error));
    }
  }

  const resolve: Keys['resolve'] = async (header, token) => {
    const known = await find(header, token);
    if (known !== undefined) return known;
    await refresh();
    const fresh = await find(header, token);
    if (fresh !== undefined) return fresh;
    // A key that came with a rotation may be the one missing: while the provider is down nobody can tell.
    if (cache.failed) throw new ProviderUnavailable('the key may be new, and the provider is down');
    throw new UnknownKey('no such key');
  };

  const ready = () =>
    current().then(
      () => true,
      () => false,
    );
  return { resolve, renew: () => refresh().catch(onUnexpected), ready };

  function onUnexpected(error: unknown): void {
    onFailure(String(error));
  }
}

/**
 * Public signature keys of sufficient strength (RFC 8725 sections 3.1 and 3.5), symmetric ones never. An RSA exponent
 * of 1 would make anybody a signer.
 */
function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use, key_ops: operations, n, e } = key as JWK;
  if (use !== undefined && use !== 'sig') return false;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return false;
  if (kty === 'RSA')
    return typeof n === 'string' && Buffer.from(n, 'base64url').length >= 256 && e !== 'AQ';
  return kty === 'EC' || kty === 'OKP';
}
