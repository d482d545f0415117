import type { Api, SecurityScheme } from '../api.js';
import type { Environment } from '../environment.js';
import { isHeaderValue } from '../http.js';
import { urlFault } from '../net.js';
import { variables } from '../variables.js';
import { readSigningKey, type OAuthClient, type SigningKey } from './client.js';
import { createSecrets, type Secrets } from './secrets.js';
import type { TokenTarget } from './tokens.js';
import { hasTokenUrl } from './choose.js';

/** Values of `UPSTREAM_AUTH`. */
export type UpstreamAuth = (typeof variables.UPSTREAM_AUTH.values)[number];

/** The values of `UPSTREAM_AUTH` that send bearer tokens. */
export const tokenKinds = ['bearer', 'client-credentials', 'token-exchange', 'forward'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** How callers are known: there are tokens to exchange only where callers must send one. */
export type Callers = 'tokens' | 'anybody';

/** What this server may present to the upstream API. It never holds anything of a caller's. */
export interface UpstreamCredentials {
  /** What the operator chose; absent: whatever the document asks for and the environment holds. */
  readonly mode?: UpstreamAuth;
  readonly schemes: Api['securitySchemes'];
  /** API keys, by the name of their scheme. */
  readonly keys: ReadonlyMap<string, string>;
  /** `user:password` in base64 (RFC 7617). */
  readonly basic?: string;
  /** Where bearer tokens come from. */
  readonly tokens?: TokenSettings;
  /** Whether connections present a client certificate. */
  readonly hasCertificate: boolean;
  readonly secrets: Secrets;
}

/** Where the API's bearer tokens come from, and what that takes. */
export type TokenSettings =
  | { readonly kind: 'bearer'; readonly token: string }
  | ClientCredentialsSettings
  | TokenExchangeSettings
  | { readonly kind: 'forward'; readonly audience: string };

export interface ClientCredentialsSettings {
  readonly kind: 'client-credentials';
  readonly client: OAuthClient;
  /** Absent: the document names it. */
  readonly tokenUrl?: string;
  readonly target: TokenTarget;
}

export interface TokenExchangeSettings extends Omit<ClientCredentialsSettings, 'kind'> {
  readonly kind: 'token-exchange';
  readonly variant: (typeof variables.UPSTREAM_TOKEN_EXCHANGE.values)[number];
}

/** What else the credentials depend on. */
export interface CredentialsContext {
  readonly callers: Callers;
  readonly hasCertificate: boolean;
  /** Masked as well, but never sent. */
  readonly extraSecrets: readonly string[];
}

type ApiKey = Extract<SecurityScheme, { type: 'apiKey' }>;

/** Reads the upstream credentials and records in `env` what is wrong with them. */
export function readCredentials(
  api: Api,
  env: Environment,
  { callers, hasCertificate, extraSecrets }: CredentialsContext,
): UpstreamCredentials {
  const mode = env.oneOf('UPSTREAM_AUTH') ?? impliedMode(env);
  const kind = tokenKinds.find((known) => known === mode);
  const keys = mode === 'none' ? new Map<string, string>() : readKeys(api, env);
  const basic = mode === undefined || mode === 'basic' ? readBasic(env, mode) : undefined;
  const tokens =
    mode === undefined || kind !== undefined ? readTokens(api, env, kind, callers) : undefined;
  if (mode === 'api-key' && keys.size === 0) reportNoKey(api, env);
  return {
    ...(mode !== undefined && { mode }),
    schemes: api.securitySchemes,
    keys,
    ...(basic !== undefined && { basic: encodeBasic(basic) }),
    ...(tokens !== undefined && { tokens }),
    hasCertificate,
    secrets: createSecrets([
      ...keys.values(),
      ...secretsOf(basic ?? []),
      ...tokenSecrets(tokens),
      ...extraSecrets,
    ]),
  };
}

/** Where calls are made in the name of callers, none may be made with a key that all of them share. */
function impliedMode(env: Environment): UpstreamAuth | undefined {
  return env.text('UPSTREAM_TOKEN_EXCHANGE') === undefined ? undefined : 'token-exchange';
}

/** The schemes whose credential is an API key, by name. */
function keySchemes(api: Api): [string, ApiKey][] {
  return Object.entries(api.securitySchemes).filter(
    (entry): entry is [string, ApiKey] => entry[1].type === 'apiKey',
  );
}

function readKeys(api: Api, env: Environment): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [name, scheme] of keySchemes(api)) {
    const key = env.secret(scheme);
    if (key === undefined) continue;
    if (!isKey(key, scheme)) env.problem(scheme, `must be a key that fits into a ${scheme.in}`);
    keys.set(name, key);
  }
  return keys;
}

/** RFC 6265 section 4.1.1 leaves blanks, quotes, commas, semicolons and backslashes out of cookies. */
function isKey(key: string, scheme: ApiKey): boolean {
  return isHeaderValue(key) && !(scheme.in === 'cookie' && /[\s",;\\]/.test(key));
}

function reportNoKey(api: Api, env: Environment): void {
  const [first] = keySchemes(api);
  if (first !== undefined) env.problem(first[1], 'is needed, because UPSTREAM_AUTH is api-key');
  else env.problem('UPSTREAM_AUTH', 'cannot be api-key: the API describes no API key', 'bearer');
}

/** Either variable will do: some APIs want a key as the user name and no password, some the reverse. */
function readBasic(
  env: Environment,
  mode: UpstreamAuth | undefined,
): [user: string, password: string] | undefined {
  const user = env.secret('UPSTREAM_USERNAME');
  const password = env.secret('UPSTREAM_PASSWORD');
  if (user === undefined && password === undefined) {
    if (mode === 'basic')
      env.problem('UPSTREAM_USERNAME', 'is needed, because UPSTREAM_AUTH is basic');
    return undefined;
  }
  // RFC 7617 section 2: no colon in the user name, no control characters in either.
  if (/[:\p{Cc}]/u.test(user ?? ''))
    env.problem('UPSTREAM_USERNAME', 'must not contain a colon or control characters');
  if (/\p{Cc}/u.test(password ?? ''))
    env.problem('UPSTREAM_PASSWORD', 'must not contain control characters');
  return [user ?? '', password ?? ''];
}

/** RFC 7617 section 2.1 recommends UTF-8. */
function encodeBasic([user, password]: [string, string]): string {
  return Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
}

/** The pair, and its secret half; that is the user name when there is no password. */
function secretsOf([user, password]: readonly string[]): string[] {
  return user === undefined
    ? []
    : [`${user}:${password ?? ''}`, password === '' ? user : (password ?? '')];
}

function tokenSecrets(tokens: TokenSettings | undefined): string[] {
  if (tokens?.kind === 'bearer') return [tokens.token];
  if (tokens === undefined || tokens.kind === 'forward') return [];
  const { authentication } = tokens.client;
  return 'secret' in authentication ? [authentication.secret] : [];
}

/** Reads where bearer tokens come from: `chosen`, or what the variables that are set amount to. */
function readTokens(
  api: Api,
  env: Environment,
  chosen: TokenKind | undefined,
  callers: Callers,
): TokenSettings | undefined {
  const kind = chosen ?? infer(env);
  if (kind === undefined) return undefined;
  if (kind === 'bearer') return { kind, token: readBearer(env) };
  if (kind !== 'client-credentials' && callers !== 'tokens')
    env.problem(
      'UPSTREAM_AUTH',
      `cannot be ${kind} here: it needs callers that show access tokens, over HTTP with OAuth`,
      'client-credentials',
    );
  if (kind !== 'forward') return readGrant(api, env, kind);
  const purpose =
    'must be set for UPSTREAM_AUTH=forward: only tokens for this audience too are sent';
  return { kind, audience: env.required('UPSTREAM_TOKEN_AUDIENCE', purpose) };
}

/** Exchanging and forwarding callers' tokens is never inferred. */
function infer(env: Environment): TokenKind | undefined {
  const bearer = env.secret('UPSTREAM_BEARER_TOKEN') !== undefined;
  const client = env.text('UPSTREAM_CLIENT_ID') !== undefined;
  if (bearer && client)
    env.problem(
      'UPSTREAM_AUTH',
      'must be bearer or client-credentials: both UPSTREAM_BEARER_TOKEN and UPSTREAM_CLIENT_ID are set',
      'client-credentials',
    );
  if (bearer) return 'bearer';
  return client ? 'client-credentials' : undefined;
}

function readBearer(env: Environment): string {
  const name = 'UPSTREAM_BEARER_TOKEN';
  const token = env.required(name, 'is needed, because UPSTREAM_AUTH is bearer');
  if (!isHeaderValue(token) || /\s/.test(token))
    env.problem(name, 'must be one token, without the word Bearer');
  return token;
}

function readGrant(
  api: Api,
  env: Environment,
  kind: 'client-credentials' | 'token-exchange',
): TokenSettings {
  const exchange = env.oneOf('UPSTREAM_TOKEN_EXCHANGE');
  const variant = exchange ?? variables.UPSTREAM_TOKEN_EXCHANGE.default;
  const isEntra = kind === 'token-exchange' && variant === 'entra-obo';
  const client = readClient(env, kind, isEntra ? 'client_secret_post' : 'client_secret_basic');
  const tokenUrl = readTokenUrl(api, env);
  const settings = { client, ...(tokenUrl !== undefined && { tokenUrl }) };
  if (kind === 'client-credentials') return { kind, ...settings, target: readTarget(env) };
  const target = isEntra ? readEntraTarget(env) : readTarget(env);
  if (!isEntra && target.audience === undefined && target.resource === undefined)
    env.problem(
      'UPSTREAM_TOKEN_AUDIENCE',
      'or UPSTREAM_TOKEN_RESOURCE must be set: what the exchanged token is for',
    );
  return { kind, ...settings, target, variant };
}

function readTokenUrl(api: Api, env: Environment): string | undefined {
  const url = env.text('UPSTREAM_TOKEN_URL');
  const known = Object.values(api.securitySchemes).some((scheme) => hasTokenUrl(scheme));
  if (url === undefined && !known)
    env.problem(
      'UPSTREAM_TOKEN_URL',
      'must be set to the token endpoint, which the API’s document does not name',
    );
  const fault = url === undefined ? undefined : urlFault(url, { query: true });
  if (fault !== undefined) env.problem('UPSTREAM_TOKEN_URL', fault);
  return url;
}

function readTarget(env: Environment): TokenTarget {
  const scopes = env.list('UPSTREAM_SCOPES');
  const audience = env.text('UPSTREAM_TOKEN_AUDIENCE');
  const resource = env.text('UPSTREAM_TOKEN_RESOURCE');
  return {
    ...(scopes !== undefined && { scopes: scopes.join() === 'none' ? [] : scopes }),
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
  };
}

/** The v2.0 endpoint takes scopes alone. */
function readEntraTarget(env: Environment): TokenTarget {
  const { scopes } = readTarget(env);
  if (scopes === undefined)
    env.problem('UPSTREAM_SCOPES', 'must be set for entra-obo', 'api://APPLICATION_ID/.default');
  return { scopes: scopes ?? [] };
}

/** Reads the client that this server requests tokens as, and how it authenticates. */
function readClient(
  env: Environment,
  kind: string,
  usual: 'client_secret_basic' | 'client_secret_post',
): OAuthClient {
  const needed = `is needed for UPSTREAM_AUTH=${kind}`;
  const id = env.required('UPSTREAM_CLIENT_ID', needed);
  const hasKey = env.text('UPSTREAM_CLIENT_KEY_FILE') !== undefined;
  const method = env.oneOf('UPSTREAM_CLIENT_AUTH') ?? (hasKey ? 'private_key_jwt' : usual);
  if (method === 'private_key_jwt') return { id, authentication: { method, key: readKey(env) } };
  const purpose = `${needed}, or UPSTREAM_CLIENT_KEY_FILE`;
  const secret = env.required('UPSTREAM_CLIENT_SECRET', purpose);
  return { id, authentication: { method, secret } };
}

function readKey(env: Environment): SigningKey {
  const name = 'UPSTREAM_CLIENT_KEY_FILE';
  env.required(name, 'is needed for UPSTREAM_CLIENT_AUTH=private_key_jwt');
  const text = env.file(name) ?? '';
  try {
    return readSigningKey(text, env.text('UPSTREAM_CLIENT_KEY_ID'));
  } catch {
    if (text !== '')
      env.problem(
        name,
        'must hold a private key in PEM, without a passphrase, or as a JWK: RSA of 2048 bits or more, EC or Ed25519',
      );
    // Never used: the start stops over the problem.
    return {} as SigningKey;
  }
}
