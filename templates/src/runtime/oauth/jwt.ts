import {
  createLocalJWKSet,
  errors,
  jwtVerify,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { Cache } from '../cache.js';
import { hashOf, type Caller } from '../caller.js';
import type { OAuthSettings } from './settings.js';
import {
  accessTokenFault,
  audienceFault,
  callerOf,
  holderOf,
  InvalidToken,
  lower,
  ProviderUnavailable,
  type Verifier,
} from './token.js';

// RFC 8725 section 3.1: what this server says, whatever the header or the key says.
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const AT_JWT = ['at+jwt', 'application/at+jwt'];

/** Validates JWT access tokens (RFC 9068 section 4, RFC 8725); each once, and again with every new key set. */
export function createJwtVerifier(settings: OAuthSettings, keys: Keys): Verifier {
  const options = {
    algorithms: ALGORITHMS,
    issuer: [...settings.issuers],
    clockTolerance: settings.clockTolerance,
    requiredClaims: ['iss', 'exp'],
  };
  const verify: Verifier['verify'] = async (token) => {
    const memory = keys.memory();
    const key = hashOf(token);
    const known = memory?.get(key);
    if (known !== undefined && known.from <= Date.now()) return known.caller;
    const payload = await verifyPayload(token);
    const caller = callerOf(payload, payload.exp ?? 0, settings);
    const until = caller.expiresAt * 1000;
    const from = beginningOf(payload, settings);
    if (until > Date.now()) memory?.set(key, { caller, from }, until);
    return caller;
  };
  return { verify, ready: () => keys.ready() };

  async function verifyPayload(token: string): Promise<JWTPayload> {
    const { payload, protectedHeader } = await verifySignature(token)
      .catch((error: unknown) => verifyRenewed(error, token))
      .catch(rethrow);
    const fault =
      typeFault(protectedHeader.typ, settings) ??
      audienceFault(payload, settings) ??
      accessTokenFault(payload, settings);
    if (fault !== undefined) throw new InvalidToken(fault, holderOf(payload));
    return payload;
  }

  function verifySignature(token: string) {
    return jwtVerify(token, keys.resolve, options).catch((error: unknown) =>
      verifyWithAny(error, token, options),
    );
  }

  // Keys that rotate without a key id of their own do not show as unknown, only as signatures that fail.
  async function verifyRenewed(error: unknown, token: string) {
    if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    await keys.renew();
    return verifySignature(token);
  }
}

/** When a token begins to be valid, in milliseconds since the epoch. A clock that is set back may come before it. */
function beginningOf({ nbf = 0, iat }: JWTPayload, { clockTolerance }: OAuthSettings): number {
  const issued = typeof iat === 'number' ? iat : 0;
  return (Math.max(nbf, issued) - clockTolerance) * 1000;
}

// A token without a key id, in a set of several keys that could be the one.
async function verifyWithAny(error: unknown, token: string, options: JWTVerifyOptions) {
  if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
  let failure: unknown = error;
  for await (const key of error) {
    try {
      return await jwtVerify(token, key, options);
    } catch (next) {
      failure = next;
      if (!(next instanceof errors.JWSSignatureVerificationFailed)) throw next;
    }
  }
  throw failure;
}

function rethrow(error: unknown): never {
  if (error instanceof ProviderUnavailable) throw error;
  if (error instanceof UnknownKey) throw new InvalidToken('unknown key');
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
    throw new InvalidToken(`claim ${error.claim}: ${error.reason}`, holderOf(error.payload));
  throw new InvalidToken(error instanceof errors.JOSEError ? error.code : 'cannot be verified');
}

/** Other types of token are for other purposes (RFC 8725 section 3.11). */
function typeFault(typ: unknown, { requireAtJwt }: OAuthSettings): string | undefined {
  if (AT_JWT.includes(lower(typ))) return undefined;
  return !requireAtJwt && (typ === undefined || lower(typ) === 'jwt') ? undefined : 'typ';
}

/** A token whose signature and claims were right, under the hash of it all. */
interface Verified {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly from: number;
}

/** The provider's signing keys, kept fresh. */
export interface Keys {
  /** For jose. @throws UnknownKey (the token's fault) or ProviderUnavailable (the provider's). */
  readonly resolve: JWTVerifyGetKey;
  /**
   * What the known keys have verified: an empty memory for each key set, so that nothing outlives the key that signed
   * it. Undefined when the keys must be loaded before they are used once more.
   */
  memory(): Cache<Verified> | undefined;
  /** For a token that a known key did not verify: loads the keys again, unless that was tried of late. Never rejects. */
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
  /** Called with every failure to load. */
  readonly onFailure?: (reason: string) => void;
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
 * once in 30 s however many tokens ask, so that made-up key ids cannot make this server hammer the provider. While
 * the provider is down, known keys serve on for a day; as long as none is known, it is asked every second, since
 * both may just have been started.
 */
export function createKeys({
  load,
  now = Date.now,
  onFailure = () => undefined,
}: KeysOptions): Keys {
  let known: { readonly keys: KeySet; readonly verified: Cache<Verified> } | undefined;
  let [loadedAt, triedAt, failed] = [-Infinity, -Infinity, false];
  let pending: Promise<void> | undefined;

  async function reload(): Promise<void> {
    try {
      const keys = (await load()).filter(isUsable);
      if (keys.length === 0) throw new ProviderUnavailable('the key set has no usable key');
      known = { keys: createLocalJWKSet({ keys }), verified: new Cache({ max: MAX_VERIFIED }) };
      loadedAt = now();
      failed = false;
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      failed = true;
      onFailure(error.message);
    } finally {
      triedAt = now();
    }
  }

  async function refresh(): Promise<void> {
    const cooldown = known === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS;
    if (now() - triedAt < cooldown) return;
    pending ??= reload().finally(() => (pending = undefined));
    await pending;
  }

  /** What may serve without waiting. */
  function fresh(): typeof known {
    const at = now();
    const age = at - loadedAt;
    // Long idle: what was withdrawn meanwhile must not be accepted once more.
    if (age >= STALE_MS || at - triedAt >= 2 * FRESH_MS) return undefined;
    // Known keys serve on while they are fetched again: a provider that hangs must not hold up good tokens.
    if (age >= FRESH_MS) refresh().catch(onUnexpected);
    return known;
  }

  async function current(): Promise<KeySet> {
    if (fresh() === undefined) await refresh();
    if (known === undefined || now() - loadedAt >= STALE_MS)
      throw new ProviderUnavailable('no signing key is known');
    return known.keys;
  }

  async function find(...[header, token]: Parameters<KeySet>) {
    const keys = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      // More than one may be meant; the caller tries them all.
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // A key that WebCrypto refuses throws whatever it likes.
      throw new UnknownKey(String(error));
    }
  }

  const resolve: Keys['resolve'] = async (header, token) => {
    const found = await find(header, token);
    if (found !== undefined) return found;
    await refresh();
    const renewed = await find(header, token);
    if (renewed !== undefined) return renewed;
    // A key that came with a rotation may be the one missing: while the provider is down that cannot be known.
    if (failed) throw new ProviderUnavailable('the key may be new, and the provider is down');
    throw new UnknownKey('no such key');
  };

  const ready = () =>
    current().then(
      () => true,
      () => false,
    );
  const renew = () => refresh().catch(onUnexpected);
  return { resolve, memory: () => fresh()?.verified, renew, ready };

  function onUnexpected(error: unknown): void {
    onFailure(String(error));
  }
}

/**
 * Public signature keys of sufficient strength (RFC 8725 sections 3.1 and 3.5), symmetric ones never. An RSA exponent
 * of 1 would make everybody a signer.
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
