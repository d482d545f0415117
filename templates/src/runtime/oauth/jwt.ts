import { errors, jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
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
    audience: [...settings.audiences],
    clockTolerance: settings.clockTolerance,
    requiredClaims: ['iss', 'aud', 'exp'],
  };
  const verify: Verifier['verify'] = async (token) => {
    const { payload, protectedHeader } = await jwtVerify(token, keys.resolve, options).catch(
      rethrow,
    );
    requireAccessToken(payload, protectedHeader, settings);
    return {
      ...pick('subject', payload.sub),
      ...pick(
        'client',
        payload['client_id'] ?? payload['azp'] ?? payload['cid'] ?? payload['appid'],
      ),
      scopes: settings.scopeClaims.flatMap((claim) => readScopes(payload[claim])),
      expiresAt: payload.exp ?? 0,
    };
  };
  return { verify, ready: () => keys.ready() };
}

/** Scopes from a claim: a space-separated string or an array of strings; anything else is none. */
export function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) && claim.every((item) => typeof item === 'string') ? claim : [];
}

function rethrow(error: unknown): never {
  if (error instanceof UnknownKey) throw new InvalidToken('unknown key');
  if (error instanceof errors.JWTClaimValidationFailed)
    throw new InvalidToken(`claim ${error.claim}: ${error.reason}`);
  if (error instanceof ProviderUnavailable) throw error;
  throw new InvalidToken(error instanceof errors.JOSEError ? error.code : 'cannot be verified');
}

// What the same provider signs with the same keys for the same audience, and is not an access token.
function requireAccessToken(
  payload: JWTPayload,
  header: JWTVerifyResult['protectedHeader'],
  settings: OAuthSettings,
): void {
  const type = header.typ?.toLowerCase();
  const types = settings.requireAtJwt ? AT_JWT : [...AT_JWT, 'jwt', undefined];
  if (!types.includes(type)) throw new InvalidToken('typ');
  if (typeof payload.iat === 'number' && payload.iat > Date.now() / 1000 + settings.clockTolerance)
    throw new InvalidToken('claim iat: in the future');
  const { token_use: use, typ, at_hash: atHash, c_hash: cHash, cnf } = payload;
  if (use !== undefined && use !== 'access')
    throw new InvalidToken('token_use (Cognito) is not access');
  if (typeof typ === 'string' && ['ID', 'Refresh', 'Logout', 'Offline'].includes(typ))
    throw new InvalidToken('typ (Keycloak) is not Bearer');
  if (atHash !== undefined || cHash !== undefined) throw new InvalidToken('an ID token');
  // RFC 7800: bound to a key whose possession is not proved here (RFC 8705, RFC 9449).
  if (cnf !== undefined) throw new InvalidToken('sender-constrained');
}

function pick<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' ? ({ [key]: value } as Record<K, string>) : {};
}
