import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { accessTokenFault, audienceFault, callerOf, holderOf, lower } from './claims.js';
import { UnknownKey, type Keys } from './keys.js';
import { ProviderUnavailable } from './provider.js';
import type { OAuthSettings } from './settings.js';
import { InvalidToken, type Verifier } from './token.js';

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
    clockTolerance: settings.clockTolerance,
    requiredClaims: ['iss', 'exp'],
  };
  const verify: Verifier['verify'] = async (token) => {
    const { payload, protectedHeader } = await verifySignature(token)
      .catch((error: unknown) => verifyRenewed(error, token))
      .catch(rethrow);
    const fault =
      typeFault(protectedHeader.typ, settings) ??
      audienceFault(payload, settings) ??
      accessTokenFault(payload, settings);
    if (fault !== undefined) throw new InvalidToken(fault, holderOf(payload));
    return callerOf(payload, payload.exp ?? 0, settings);
  };
  return { verify, ready: () => keys.ready() };

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
