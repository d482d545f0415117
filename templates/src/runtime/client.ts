import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';
import { isObject } from './api.js';
import type { Environment } from './environment.js';
import { isLoopback, parseJson } from './http.js';
import { Aborted, type ClientRequest, type HttpClient } from './outgoing.js';
import { parseUrl } from './text.js';

/** This server as a client of an authorization server, from which it gets tokens or which introspects them. */
export interface OAuthClient {
  readonly id: string;
  /** How it authenticates as that client (OpenID Connect Core section 9); `none` for a program on a user's machine. */
  readonly authentication:
    | { readonly method: 'none' }
    | { readonly method: 'client_secret_basic'; readonly secret: string }
    | { readonly method: 'client_secret_post'; readonly secret: string }
    | { readonly method: 'private_key_jwt'; readonly key: SigningKey };
}

/** A private key, and how the authorization server identifies it. */
interface SigningKey {
  readonly key: KeyObject;
  readonly header: JWTHeaderParameters;
}

/**
 * Reads the client from the variables with a prefix, and records problems. `needed` is their purpose, and `byDefault` is
 * the method for a secret.
 */
export function readClient(
  env: Environment,
  prefix: 'UPSTREAM' | 'OAUTH',
  needed: string,
  byDefault: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
): OAuthClient {
  const id = env.required(`${prefix}_CLIENT_ID`, needed);
  const hasKey = env.text(`${prefix}_CLIENT_KEY_FILE`) !== undefined;
  const method = env.oneOf(`${prefix}_CLIENT_AUTH`) ?? (hasKey ? 'private_key_jwt' : byDefault);
  if (method === 'private_key_jwt')
    return { id, authentication: { method, key: readKey(env, prefix) } };
  const name = `${prefix}_CLIENT_SECRET` as const;
  const secret = env.required(name, `${needed}, or ${prefix}_CLIENT_KEY_FILE`);
  // RFC 6749 appendix A.2; from a file in UTF-16, or with several line breaks at its end.
  if (/\p{Cc}/u.test(secret)) env.problem(name, 'must not contain control characters');
  return { id, authentication: { method, secret } };
}

const NO_KEY =
  'must contain a private key, in PEM format without a passphrase or as a JWK: RSA of 2048 bits or more, EC or Ed25519';

function readKey(env: Environment, prefix: 'UPSTREAM' | 'OAUTH'): SigningKey {
  const name = `${prefix}_CLIENT_KEY_FILE` as const;
  env.required(name, `is required for ${prefix}_CLIENT_AUTH=private_key_jwt`);
  const text = env.file(name) ?? '';
  try {
    return readSigningKey(text, env.text(`${prefix}_CLIENT_KEY_ID`));
  } catch {
    if (text !== '') env.problem(name, NO_KEY);
    // Never used, because the problem stops the start.
    return {} as SigningKey;
  }
}

// A stolen assertion must not be usable for long (RFC 7523 section 3).
const ASSERTION_SECONDS = 60;

/** A request to an endpoint, with the client's authentication (RFC 6749 section 2.3, RFC 7523 section 2.2). */
export async function authenticateClient(
  url: string,
  { id, authentication }: OAuthClient,
  parameters: Readonly<Record<string, string>>,
): Promise<Pick<JsonRequest, 'form' | 'headers'>> {
  const form = new URLSearchParams(parameters);
  if (authentication.method === 'client_secret_basic')
    return { form, headers: { authorization: clientBasic(id, authentication.secret) } };
  form.set('client_id', id);
  if (authentication.method === 'none') return { form };
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

/** The `Authorization` header of a client with a secret, both parts form-encoded (RFC 6749 section 2.3.1). */
function clientBasic(id: string, secret: string): string {
  const pair = [id, secret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
}

/** Reads a private key, in PEM format or as a JWK. @throws Error if it cannot sign. */
export function readSigningKey(text: string, keyId: string | undefined): SigningKey {
  const isJwk = text.trimStart().startsWith('{');
  const jwk = isJwk ? (JSON.parse(text) as Record<string, string | undefined>) : {};
  const key = createPrivateKey(isJwk ? { key: jwk, format: 'jwk' } : text);
  const alg = jwk['alg'] ?? algorithmOf(key);
  return { key, header: { alg, typ: 'JWT', kid: keyId ?? jwk['kid'], ...thumbprint(text) } };
}

const CURVES = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (type === 'rsa' && modulusLength >= 2048) return 'RS256';
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'ec' && Object.hasOwn(CURVES, namedCurve))
    return CURVES[namedCurve as keyof typeof CURVES];
  throw new Error('this kind of key cannot sign assertions');
}

/** Entra ID identifies a client's key by its certificate (RFC 7515 section 4.1.8). */
function thumbprint(text: string): { 'x5t#S256'?: string } {
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (pem === undefined) return {};
  const hex = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
  return { 'x5t#S256': Buffer.from(hex, 'hex').toString('base64url') };
}

/** The response of an OAuth endpoint. */
interface JsonAnswer {
  readonly status: number;
  /** Absent if it is not a JSON object, or if the status is neither 2xx nor 4xx. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Where a redirect leads. */
  readonly location?: string | undefined;
}

/** A request of `fetchJson`: GET, or POST with a form. */
export interface JsonRequest {
  readonly form?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Host names for which plain http is allowed, besides loopback. */
  readonly plainHosts?: ReadonlySet<string>;
}

/** There is no usable response. The message names the URL and the cause, and is for the log. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const MAX_JSON_BYTES = 1_048_576;

/**
 * Fetches JSON over https (loopback and `plainHosts` excepted), without redirects and at most 1 MiB: the URL may come
 * from a document, and a redirect could lead into a private network, or take a secret there.
 *
 * @throws Unreachable
 */
export async function fetchJson(
  client: HttpClient,
  url: string,
  { form, headers = {}, signal, plainHosts }: JsonRequest,
): Promise<JsonAnswer> {
  const { protocol, hostname, origin, pathname, search } = new URL(url);
  const mayBePlain = isLoopback(hostname) || plainHosts?.has(hostname) === true;
  if (protocol !== 'https:' && !(protocol === 'http:' && mayBePlain))
    throw new Unreachable(`${url} is not an https URL`);
  const request: ClientRequest = {
    method: form === undefined ? 'GET' : 'POST',
    origin,
    path: pathname + search,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form !== undefined && { body: form.toString() }),
  };
  const limits = { maxBytes: MAX_JSON_BYTES, signal };
  const response = await client(request, limits).catch((cause: unknown) => {
    throw new Unreachable(`${url} cannot be reached: ${reasonOf(cause)}`, { cause });
  });
  const { status, headers: sent, body, truncated } = response;
  if (truncated) throw new Unreachable(`${url} is longer than ${MAX_JSON_BYTES} bytes`);
  if (status > 299 && status < 400) return { status, location: sent['location'] };
  if (status < 200 || status > 499) return { status };
  const json = parseJson(body);
  // Some token endpoints answer in the format of the request, whatever type they name.
  const value =
    isObject(json) || form === undefined ? json : formOf(new TextDecoder().decode(body));
  return { status, ...(isObject(value) && { body: value }) };
}

/**
 * Whether a text in a document is a URL to send requests to. Plain http is for a document on this machine; a remote one
 * must not send this server to local services.
 */
export function mayName(document: string, text: string, plainHosts?: ReadonlySet<string>): boolean {
  const found = parseUrl(text);
  if (found === undefined) return false;
  if (found.protocol === 'https:') return true;
  const isHere = isLoopback(found.hostname) && isLoopback(new URL(document).hostname);
  return isHere || plainHosts?.has(found.hostname) === true;
}

/** The fields of a form; undefined for text of another kind. */
export function formOf(text: string): Record<string, string> | undefined {
  return /^\s*[a-z_]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

/** The code in an error response, if it has the form of all registered ones: an endpoint must not echo other text. */
export function errorCode({ error }: NonNullable<JsonAnswer['body']> = {}): string | undefined {
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
}

// Node's codes for a certificate from an unknown authority.
const UNKNOWN_AUTHORITY = /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/;

/** Why there was no response: Node's code, with a remedy if the code does not suggest one. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Aborted) return 'no response in time';
  // One error for each address of the host.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return String(message);
  const remedy = ', set NODE_EXTRA_CA_CERTS to the file of its authority';
  return UNKNOWN_AUTHORITY.test(code) ? `${code}${remedy}` : code;
}

/** The hosts of the operator's URLs with plain http, which `Environment.url` only allows on request. */
export function plainHostsOf(...urls: readonly (string | undefined)[]): ReadonlySet<string> {
  const parsed = urls.flatMap((url = '') => parseUrl(url) ?? []);
  return new Set(parsed.filter((url) => url.protocol === 'http:').map((url) => url.hostname));
}
