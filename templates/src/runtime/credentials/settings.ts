import type { Api, SecurityScheme } from '../api.js';
import type { Environment } from '../environment.js';
import { plainHostsOf, readClient, type OAuthClient } from '../client.js';
import { isHeaderValue } from '../http.js';
import { variables } from '../variables.js';
import { hasTokenUrl } from './choose.js';
import { createSecrets, type Secrets } from './secrets.js';
import type { TokenTarget } from './tokens.js';

type UpstreamAuth = (typeof variables.UPSTREAM_AUTH.values)[number];

/** The values of `UPSTREAM_AUTH` that send bearer tokens. */
const tokenKinds = ['bearer', 'client-credentials', 'token-exchange', 'forward', 'login'] as const;
type TokenKind = (typeof tokenKinds)[number];

/**
 * How callers are identified: tokens can only be exchanged if callers must send them. The `owner` is the only user of a
 * server over stdio.
 */
export type Callers = 'tokens' | 'anybody' | 'owner';

/** The credentials that this server may present to the upstream API. Never contains anything from a caller. */
export interface UpstreamCredentials {
  /** The operator's choice; if undefined, the document and the environment decide. */
  readonly mode?: UpstreamAuth;
  readonly schemes: Api['securitySchemes'];
  /** API keys, by the name of their scheme. */
  readonly keys: ReadonlyMap<string, string>;
  /** `user:password` in base64 (RFC 7617). */
  readonly basic?: string;
  /** The source of bearer tokens. */
  readonly tokens?: TokenSettings;
  /** Whether connections present a client certificate. */
  readonly hasCertificate: boolean;
  readonly secrets: Secrets;
}

/** The source of the API's bearer tokens, with its settings. */
export type TokenSettings =
  | { readonly kind: 'bearer'; readonly token: string }
  | ClientCredentialsSettings
  | TokenExchangeSettings
  | { readonly kind: 'forward'; readonly audience: string }
  | { readonly kind: 'login' };

export interface ClientCredentialsSettings {
  readonly kind: 'client-credentials';
  readonly client: OAuthClient;
  /** Absent if the document names it. */
  readonly tokenUrl?: string;
  /** Host names for which the operator allows plain http. */
  readonly plainHosts?: ReadonlySet<string>;
  readonly target: TokenTarget;
}

export interface TokenExchangeSettings extends Omit<ClientCredentialsSettings, 'kind'> {
  readonly kind: 'token-exchange';
  readonly variant: (typeof variables.UPSTREAM_TOKEN_EXCHANGE.values)[number];
}

/** Other values that the credentials depend on; the secrets are masked as well, but never sent. */
interface Context extends Pick<UpstreamCredentials, 'hasCertificate'> {
  readonly callers: Callers;
  readonly extraSecrets: readonly string[];
}

type ApiKey = Extract<SecurityScheme, { type: 'apiKey' }>;

/** Reads the upstream credentials and records their problems in `env`. */
export function readCredentials(
  api: Api,
  env: Environment,
  { callers, hasCertificate, extraSecrets }: Context,
): UpstreamCredentials {
  const mode = readMode(env);
  const keys = readKeys(api, env, mode);
  const basic = readBasic(env, mode);
  const tokens = readTokens(api, env, mode, callers);
  const own = [...keys.values(), ...Object.values(basic ?? {}), ...tokenSecrets(tokens)];
  return {
    mode,
    schemes: api.securitySchemes,
    keys,
    // RFC 7617 section 2.1 recommends UTF-8.
    basic: basic && Buffer.from(basic.pair, 'utf8').toString('base64'),
    tokens,
    hasCertificate,
    secrets: createSecrets([...own, ...extraSecrets]),
  };
}

const ID_JAG =
  'cannot be id-jag: identity providers issue an ID-JAG for an ID token, a SAML assertion or a refresh token of their own client, and this server is only given access tokens (draft-ietf-oauth-identity-assertion-authz-grant, section 4.3). To call the API as the caller, use token-exchange';

function readMode(env: Environment): UpstreamAuth | undefined {
  // One impossible mode deserves an explanation, because callers who signed in with it are accepted.
  if (env.text('UPSTREAM_AUTH') === 'id-jag') {
    env.refuse('UPSTREAM_AUTH', ID_JAG);
    return undefined;
  }
  const mode = env.oneOf('UPSTREAM_AUTH');
  // If calls are made on behalf of callers, none may use a key that all callers share.
  return mode ?? (env.text('UPSTREAM_TOKEN_EXCHANGE') === undefined ? undefined : 'token-exchange');
}

function readKeys(api: Api, env: Environment, mode: UpstreamAuth | undefined): Map<string, string> {
  const keys = new Map<string, string>();
  const schemes = Object.entries(api.securitySchemes).filter(
    (entry): entry is [string, ApiKey] => entry[1].type === 'apiKey' && mode !== 'none',
  );
  for (const [name, scheme] of schemes) {
    const key = env.secret(scheme)?.trim();
    if (key === undefined) continue;
    if (!isKey(key, scheme)) env.problem(scheme, `must be a key that fits into a ${scheme.in}`);
    keys.set(name, key);
  }
  if (mode === 'api-key' && keys.size === 0) reportNoKey(env, schemes[0]?.[1]);
  return keys;
}

/** RFC 6265 section 4.1.1 excludes spaces, quotes, commas, semicolons and backslashes from cookies. */
function isKey(key: string, scheme: ApiKey): boolean {
  if (scheme.in === 'query') return !/\p{Cc}/u.test(key);
  return isHeaderValue(key) && !(scheme.in === 'cookie' && /[\s",;\\]/.test(key));
}

function reportNoKey(env: Environment, scheme: ApiKey | undefined): void {
  const none = 'cannot be api-key: the API does not describe an API key';
  if (scheme === undefined) env.problem('UPSTREAM_AUTH', none, 'bearer');
  else env.problem(scheme, 'is required, because UPSTREAM_AUTH is api-key');
}

/**
 * Either variable is enough: some APIs want a key as the user name and no password, others the reverse. The user name
 * is the secret if there is no password.
 */
function readBasic(env: Environment, mode: UpstreamAuth | undefined) {
  if (mode !== undefined && mode !== 'basic') return undefined;
  const [USER, PASSWORD] = ['UPSTREAM_USERNAME', 'UPSTREAM_PASSWORD'] as const;
  const [user = '', password = ''] = [env.secret(USER), env.secret(PASSWORD)];
  // RFC 7617 section 2: no colon in the user name, no control characters in either.
  if (/[:\p{Cc}]/u.test(user)) env.problem(USER, 'must not contain a colon or control characters');
  if (/\p{Cc}/u.test(password)) env.problem(PASSWORD, 'must not contain control characters');
  if (user !== '' || password !== '')
    return { pair: `${user}:${password}`, secret: password || user };
  if (mode === 'basic') env.problem(USER, 'is required, because UPSTREAM_AUTH is basic');
  return undefined;
}

function tokenSecrets(tokens: TokenSettings | undefined): string[] {
  if (tokens?.kind === 'bearer') return [tokens.token];
  if (tokens === undefined || tokens.kind === 'forward' || tokens.kind === 'login') return [];
  const { authentication } = tokens.client;
  return 'secret' in authentication ? [authentication.secret] : [];
}

const NOT_HERE =
  'must not be login over HTTP: every caller would act as the user who signed in. Start the server with --stdio, or use token-exchange';

const FORWARD =
  'must be set for UPSTREAM_AUTH=forward: only tokens that are also for this audience are sent';

/** Determines the source of bearer tokens: the operator's choice, or inferred from the variables. */
function readTokens(
  api: Api,
  env: Environment,
  mode: UpstreamAuth | undefined,
  callers: Callers,
): TokenSettings | undefined {
  const kind = mode === undefined ? infer(env) : tokenKinds.find((known) => known === mode);
  if (kind === undefined) return undefined;
  if (kind === 'bearer') return { kind, token: readBearer(env) };
  if (kind === 'login') {
    if (callers !== 'owner') env.refuse('UPSTREAM_AUTH', NOT_HERE);
    return { kind };
  }
  const fault = `cannot be ${kind} here: it needs callers that send access tokens, over HTTP with OAuth`;
  if (kind !== 'client-credentials' && callers !== 'tokens')
    env.problem('UPSTREAM_AUTH', fault, 'client-credentials');
  if (kind !== 'forward') return readGrant(api, env, kind);
  return { kind, audience: env.required('UPSTREAM_TOKEN_AUDIENCE', FORWARD) };
}

const AMBIGUOUS =
  'must be bearer or client-credentials: both UPSTREAM_BEARER_TOKEN and UPSTREAM_CLIENT_ID are set';

/** Exchanging and forwarding callers' tokens is never inferred. */
function infer(env: Environment): TokenKind | undefined {
  const bearer = env.secret('UPSTREAM_BEARER_TOKEN') !== undefined;
  const client = env.text('UPSTREAM_CLIENT_ID') !== undefined;
  if (bearer && client) env.problem('UPSTREAM_AUTH', AMBIGUOUS, 'client-credentials');
  if (bearer) return 'bearer';
  return client ? 'client-credentials' : undefined;
}

function readBearer(env: Environment): string {
  const name = 'UPSTREAM_BEARER_TOKEN';
  const token = env.required(name, 'is required, because UPSTREAM_AUTH is bearer').trim();
  if (!isHeaderValue(token) || /\s/.test(token))
    env.problem(name, 'must be a single token, without the word Bearer');
  return token;
}

type GrantKind = 'client-credentials' | 'token-exchange';

function readGrant(api: Api, env: Environment, kind: GrantKind): TokenSettings {
  const variant = env.oneOf('UPSTREAM_TOKEN_EXCHANGE') ?? variables.UPSTREAM_TOKEN_EXCHANGE.default;
  const isEntra = kind === 'token-exchange' && variant === 'entra-obo';
  const needed = `is required for UPSTREAM_AUTH=${kind}`;
  const client = readClient(env, 'UPSTREAM', needed, isEntra ? 'client_secret_post' : undefined);
  const tokenUrl = readTokenUrl(api, env);
  const target = readTarget(env, isEntra);
  const grant = { client, tokenUrl, target, plainHosts: plainHostsOf(tokenUrl) };
  if (kind === 'client-credentials') return { kind, ...grant };
  const missing = 'or UPSTREAM_TOKEN_RESOURCE must be set, to say what the exchanged token is for';
  if (!isEntra && target.audience === undefined && target.resource === undefined)
    env.problem('UPSTREAM_TOKEN_AUDIENCE', missing);
  return { kind, ...grant, variant };
}

const NO_ENDPOINT =
  'must be set to the token endpoint, because the API’s document does not name it';

function readTokenUrl(api: Api, env: Environment): string | undefined {
  const url = env.url('UPSTREAM_TOKEN_URL');
  const known = Object.values(api.securitySchemes).some((scheme) => hasTokenUrl(scheme));
  if (url === undefined && !known) env.problem('UPSTREAM_TOKEN_URL', NO_ENDPOINT);
  return url;
}

/** The v2.0 endpoint of Entra accepts only scopes. */
function readTarget(env: Environment, isEntra: boolean): TokenTarget {
  const listed = env.list('UPSTREAM_SCOPES');
  const scopes = listed?.join() === 'none' ? [] : listed;
  const audience = env.text('UPSTREAM_TOKEN_AUDIENCE');
  const resource = env.text('UPSTREAM_TOKEN_RESOURCE');
  if (!isEntra) return { scopes, audience, resource };
  if (scopes === undefined)
    env.problem('UPSTREAM_SCOPES', 'must be set for entra-obo', 'api://APPLICATION_ID/.default');
  return { scopes };
}
