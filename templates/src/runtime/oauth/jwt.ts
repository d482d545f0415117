import {
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';
import { UnknownKey, type Keys } from './keys.js';
import { ProviderUnavailable } from './provider.js';
import type { OAuthSettings } from './settings.js';
import { InvalidToken, type Holder, type Verifier } from './token.js';

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

/** Validates JWT access tokens (RFC 9068 section 4, RFC 8725). */
export function createJwtVerifier(settings: OAuthSettings, keys: Keys): Verifier {
  const options = {
    algorithms: ALGORITHMS,
    issuer: [...settings.issuers],
    audience: [...settings.audiences],
    clockTolerance: settings.clockTolerance,
    requiredClaims: ['iss', 'aud', 'exp'],
  };
  const verify: Verifier['verify'] = async (token) => {
    const { payload, protectedHeader } = await jwtVerify(token, keys.resolve, options)
      .catch((error: unknown) => verifyWithAny(error, token, options))
      .catch(rethrow);
    const fault = accessTokenFault(payload, protectedHeader, settings);
    if (fault !== undefined) throw new InvalidToken(fault, holderOf(payload));
    const scopes = settings.scopeClaims.flatMap((claim) => readScopes(payload[claim]));
    return { ...holderOf(payload), scopes, expiresAt: payload.exp ?? 0 };
  };
  return { verify, ready: () => keys.ready() };
}

/** Scopes from a claim: a space-separated string or an array of strings; anything else is none. */
export function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) && claim.every((item) => typeof item === 'string') ? claim : [];
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

/** Why a token that is validly signed for this server is not an access token, or one it cannot accept. */
function accessTokenFault(
  payload: JWTPayload,
  header: JWTVerifyResult['protectedHeader'],
  settings: OAuthSettings,
): string | undefined {
  const { iat, token_use: use, typ, at_hash: atHash, c_hash: cHash, cnf } = payload;
  const types = settings.requireAtJwt ? AT_JWT : [...AT_JWT, 'jwt', undefined];
  if (!types.includes(lower(header.typ))) return 'typ';
  if (typeof iat === 'number' && iat > Date.now() / 1000 + settings.clockTolerance)
    return 'claim iat: in the future';
  if (use !== undefined && use !== 'access') return 'token_use (Cognito) is not access';
  if (['id', 'refresh', 'logout', 'offline'].includes(lower(typ) ?? ''))
    return 'typ (Keycloak) is not Bearer';
  if (atHash !== undefined || cHash !== undefined) return 'an ID token';
  // RFC 7800: bound to a key whose possession is not proved here (RFC 8705, RFC 9449).
  return cnf === undefined ? undefined : 'sender-constrained';
}

// jose passes on whatever JSON stands there; what is no string is no known type.
function lower(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** RFC 9068 section 2.2, and what Keycloak, Okta and Entra ID call the client. */
function holderOf(payload: JWTPayload): Holder {
  const { sub, client_id: id, azp, cid, appid } = payload;
  const client = [id, azp, cid, appid].find((value) => typeof value === 'string');
  return {
    ...(typeof sub === 'string' && { subject: sub }),
    ...(client !== undefined && { client }),
  };
}
