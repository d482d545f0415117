import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import type { SecurityScheme } from '../api.js';
import { clientBasic } from '../http.js';
import { fetchJson, Unreachable, type HttpClient, type JsonRequest } from '../net.js';
import { CredentialsError, tokenUrlOf } from './choose.js';

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

/** A token request that names the client and proves it. */
async function authenticateClient({
  url,
  client: { id, authentication },
  parameters,
}: Grant): Promise<Pick<JsonRequest, 'form' | 'headers'>> {
  const form = new URLSearchParams(parameters);
  if (authentication.method === 'client_secret_basic')
    return { form, headers: { authorization: clientBasic(id, authentication.secret) } };
  form.set('client_id', id);
  if (authentication.method === 'client_secret_post') {
    form.set('client_secret', authentication.secret);
    return { form };
  }
  form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  form.set('client_assertion', await signAssertion(id, url, authentication.key));
  return { form };
}

function signAssertion(id: string, audience: string, { key, header }: SigningKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: id, sub: id, aud: audience, jti: randomUUID() })
    .setProtectedHeader(header)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_SECONDS)
    .sign(key);
}

/** Reads a private key, in PEM or as a JWK. @throws Error when it cannot sign. */
export function readSigningKey(text: string, keyId: string | undefined): SigningKey {
  const isJwk = text.trimStart().startsWith('{');
  const jwk = isJwk ? (JSON.parse(text) as Record<string, string | undefined>) : {};
  const key = createPrivateKey(isJwk ? { key: jwk, format: 'jwk' } : text);
  const alg = jwk['alg'] ?? algorithmOf(key);
  const kid = keyId ?? jwk['kid'];
  return {
    key,
    header: { alg, typ: 'JWT', ...(kid !== undefined && { kid }), ...thumbprint(text) },
  };
}

const CURVES = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (type === 'rsa' && modulusLength >= 2048) return 'RS256';
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'ec' && Object.hasOwn(CURVES, namedCurve))
    return CURVES[namedCurve as keyof typeof CURVES];
  throw new Error('no key of a kind that signs assertions');
}

/** Entra ID knows a client's key by its certificate (RFC 7515 section 4.1.8). */
function thumbprint(text: string): { 'x5t#S256'?: string } {
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (pem === undefined) return {};
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
  return { 'x5t#S256': Buffer.from(hex, 'hex').toString('base64url') };
}

/** A token of the API's authorization server. */
export interface UpstreamToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** One request to a token endpoint. */
export interface Grant {
  readonly url: string;
  readonly client: OAuthClient;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN_TIMEOUT_MS = 10_000;
/** Of a token that does not say how long it is good for (RFC 6749 section 5.1 only recommends it). */
const UNKNOWN_LIFETIME_S = 300;

/** Requests a token (RFC 6749 section 3.2). @throws CredentialsError with the endpoint's error code. */
export async function requestToken(http: HttpClient, grant: Grant): Promise<UpstreamToken> {
  const asked = Date.now();
  const request = {
    ...(await authenticateClient(grant)),
    signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
  };
  const response = await fetchJson(http, grant.url, request).catch(unreachable);
  if (response === undefined) throw failed('unreachable');
  const { status, body = {} } = response;
  if (status !== 200) throw failed(codeOf(status, body));
  const { access_token: value, token_type: type, expires_in: lifetime } = body;
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  // A token that cannot be a header would break the request, and one of another type is bound to something.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || !isBearer)
    throw failed('no_bearer_token');
  const seconds = Number(lifetime ?? UNKNOWN_LIFETIME_S);
  return { value, expiresAt: asked + (Number.isFinite(seconds) ? seconds : 0) * 1000 };
}

function unreachable(error: unknown): undefined {
  if (!(error instanceof Unreachable)) throw error;
}

function failed(code: string): CredentialsError {
  return new CredentialsError(
    'This tool was not called: the authorization server of the API gave this server no access token ' +
      `(${code}). Whoever runs this server can find out why.`,
    code,
  );
}

/**
 * A code as all registered ones are written (RFC 6749 section 11.4), so that nothing that was sent can come back as
 * one, and the number that Entra ID hides in the description.
 */
function codeOf(status: number, body: Record<string, unknown>): string {
  const { error, error_description: description } = body;
  const isCode = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error);
  const [detail] = (typeof description === 'string' && /\bAADSTS\d{1,9}\b/.exec(description)) || [];
  return [isCode ? error : `status ${status}`, detail ?? []].flat().join(' ');
}

/** Finds the token endpoint of a scheme: the one that was chosen, the document's, or that of OpenID Connect Discovery. */
export function createTokenUrlFinder(
  http: HttpClient,
  chosen: string | undefined,
): (scheme: SecurityScheme | undefined) => Promise<string> {
  const discovered = new Map<string, Promise<string>>();
  return async (scheme) => {
    const known = chosen ?? tokenUrlOf(scheme);
    if (known !== undefined) return known;
    const url = scheme?.type === 'openIdConnect' ? scheme.openIdConnectUrl : '';
    const found = discovered.get(url);
    if (found !== undefined) return found;
    // A failure is not kept: the next call looks again.
    const endpoint = discover(http, url).catch((error: unknown) => {
      discovered.delete(url);
      throw error;
    });
    discovered.set(url, endpoint);
    return endpoint;
  };
}

const DISCOVERY_TIMEOUT_MS = 5000;

async function discover(http: HttpClient, url: string): Promise<string> {
  const signal = AbortSignal.timeout(DISCOVERY_TIMEOUT_MS);
  const response = await fetchJson(http, url, { signal }).catch(unreachable);
  const endpoint = response?.body?.['token_endpoint'];
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) return endpoint;
  throw new CredentialsError(
    'This tool was not called: the API’s OpenID Connect document does not tell where to get an access token. ' +
      'Whoever runs this server must set UPSTREAM_TOKEN_URL.',
    'no_token_endpoint',
  );
}
