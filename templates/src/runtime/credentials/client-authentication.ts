import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import { clientBasic } from '../client-basic.js';

/** A client of the API's authorization server: this server. */
export interface OAuthClient {
  readonly id: string;
  /** How it proves that it is that client (OpenID Connect Core section 9). */
  readonly authentication:
    | { readonly method: 'client_secret_basic'; readonly secret: string }
    | { readonly method: 'client_secret_post'; readonly secret: string }
    | { readonly method: 'private_key_jwt'; readonly key: SigningKey };
}

/** A private key, and how the authorization server knows it. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly header: JWTHeaderParameters;
}

// Whoever sees one must not be able to use it for long (RFC 7523 section 3).
const ASSERTION_SECONDS = 60;

/** A token request that says who asks, and proves it. */
export async function authenticateClient(
  { id, authentication }: OAuthClient,
  tokenUrl: string,
  parameters: Readonly<Record<string, string>>,
): Promise<RequestInit> {
  const body = new URLSearchParams(parameters);
  if (authentication.method === 'client_secret_basic') {
    const headers = { Authorization: clientBasic(id, authentication.secret) };
    return { method: 'POST', body, headers };
  }
  body.set('client_id', id);
  if (authentication.method === 'client_secret_post') {
    body.set('client_secret', authentication.secret);
    return { method: 'POST', body };
  }
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  body.set('client_assertion', await signAssertion(id, tokenUrl, authentication.key));
  return { method: 'POST', body };
}

function signAssertion(id: string, audience: string, { key, header }: SigningKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: id, sub: id, aud: audience, jti: randomUUID() })
    .setProtectedHeader(header)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .sign(key);
}

/** Reads a private key, in PEM or as a JWK. @throws Error when it is none that can sign. */
export function readSigningKey(text: string, keyId: string | undefined): SigningKey {
  const jwk = text.trimStart().startsWith('{')
    ? (JSON.parse(text) as Record<string, string | undefined>)
    : undefined;
  const key = createPrivateKey(jwk === undefined ? text : { key: jwk, format: 'jwk' });
  const kid = keyId ?? jwk?.['kid'];
  const alg = jwk?.['alg'] ?? algorithmOf(key);
  return {
    key,
    header: { alg, typ: 'JWT', ...(kid !== undefined && { kid }), ...thumbprint(text) },
  };
}

function algorithmOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return 'RS256';
  if (type === 'ed25519') return 'EdDSA';
  const curves: Record<string, string> = {
    prime256v1: 'ES256',
    secp384r1: 'ES384',
    secp521r1: 'ES512',
  };
  const algorithm = type === 'ec' ? curves[details?.namedCurve ?? ''] : undefined;
  if (algorithm === undefined) throw new Error('no key of a kind that signs assertions');
  return algorithm;
}

/** Entra ID knows a client's key by its certificate (RFC 7515 section 4.1.8). */
function thumbprint(text: string): { 'x5t#S256'?: string } {
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (pem === undefined) return {};
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
  return { 'x5t#S256': Buffer.from(hex, 'hex').toString('base64url') };
}
