import { errors, jwtVerify, type JWTPayload } from 'jose';
import { hashOf, type Caller } from '../caller.js';
import { UnknownKey, type Keys } from './keys.js';
import type { OAuthSettings } from './settings.js';
import { callerOf, holderIn, shown, tokenFault, typeFault } from './token.js';
import { InvalidToken, ProviderUnavailable, type Verifier } from './token.js';

/** RFC 8725 section 3.1: this server chooses, whatever the header or the key says. */
export const ALGORITHMS =
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** The claims that jose checks. */
export function claimOptions({ issuers, clockTolerance }: OAuthSettings) {
  const requiredClaims = ['iss', 'exp'];
  return { issuer: [...issuers], clockTolerance, requiredClaims };
}

/** Validates JWT access tokens (RFC 9068 section 4, RFC 8725): each one once, and again with every new key set. */
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
    // A clock that is set back may be earlier than the start of the token's validity.
    const { nbf = 0, iat } = payload;
    const from = (Math.max(nbf, typeof iat === 'number' ? iat : 0) - clockTolerance) * 1000;
    if (until > Date.now()) memory?.set(key, { caller, from }, until);
    return caller;
  }

  async function verifyPayload(token: string): Promise<JWTPayload> {
    const { payload, protectedHeader } = await verifySignature(token)
      .catch(async (error: unknown) => {
        // Keys that rotate without a new key ID do not show up as unknown, only as signatures that fail.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        await keys.renew();
        return verifySignature(token);
      })
      .catch(rethrow);
    const fault = typeFault(protectedHeader.typ, settings) ?? tokenFault(payload, settings);
    if (fault !== undefined) throw new InvalidToken(fault, holderIn(payload));
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

  // A token without a key ID, and several keys that it could mean.
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
    throw new InvalidToken(`claim ${error.claim}: ${reasonOf(error)}`, holderIn(error.payload));
  if (!(error instanceof errors.JOSEError)) throw new InvalidToken('cannot be verified');
  const { code } = error;
  throw new InvalidToken(REASONS[code] === undefined ? code : `${REASONS[code]} (${code})`);
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_JWS_INVALID: 'not a signed JWT: OAUTH_TOKEN_FORMAT=opaque is for other tokens',
  ERR_JOSE_ALG_NOT_ALLOWED: 'signed with an algorithm that is not accepted',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature is not valid',
};

/** For the operator, who may have to compare an issuer with the settings. */
function reasonOf({ claim, reason, payload }: errors.JWTClaimValidationFailed | errors.JWTExpired) {
  if (reason !== 'check_failed') return reason;
  if (claim === 'iss') return `${shown(payload.iss)} is not an accepted issuer`;
  return claim === 'exp' ? 'expired' : 'not valid yet';
}
