import type { Api } from '../api.js';
import type { Environment } from '../environment.js';
import { isHeaderValue } from '../upstream/header.js';
import { urlFault } from '../url-fault.js';
import type { OAuthClient } from './client-authentication.js';
import { readClient } from './client-settings.js';
import type { TokenTarget } from './token-target.js';
import { hasTokenUrl } from './token-url.js';

/** Where the API's bearer tokens come from, and what that takes. */
export type TokenSettings =
  | { readonly kind: 'bearer'; readonly token: string }
  | ClientCredentialsSettings
  | TokenExchangeSettings
  | { readonly kind: 'forward'; readonly audience: string };

export interface ClientCredentialsSettings {
  readonly kind: 'client-credentials';
  readonly client: OAuthClient;
  /** Absent: the document tells. */
  readonly tokenUrl?: string;
  readonly target: TokenTarget;
}

export interface TokenExchangeSettings extends Omit<ClientCredentialsSettings, 'kind'> {
  readonly kind: 'token-exchange';
  readonly variant: (typeof variants)[number];
}

/** The values of `UPSTREAM_AUTH` that send bearer tokens. */
export const tokenKinds = ['bearer', 'client-credentials', 'token-exchange', 'forward'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** How callers are known: tokens are there to be exchanged only where they are asked for. */
export type Callers = 'tokens' | 'anybody';

const variants = ['rfc8693', 'entra-obo'] as const;

/** Reads where bearer tokens come from: `chosen`, or what the variables that are set amount to. */
export function readTokens(
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
  if (kind === 'forward') {
    const purpose =
      'must be set for UPSTREAM_AUTH=forward: only tokens for this audience too are sent';
    return {
      kind,
      audience: env.required('UPSTREAM_TOKEN_AUDIENCE', purpose, 'https://api.example.com'),
    };
  }
  return readGrant(api, env, kind);
}

/** Exchanging and forwarding what callers show is never inferred. */
function infer(env: Environment): TokenKind | undefined {
  const isSet = (name: string) => env.text(name) !== undefined;
  const [bearer, client] = [isSet('UPSTREAM_BEARER_TOKEN'), isSet('UPSTREAM_CLIENT_ID')];
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
  const example = 'eyJhbGciOi';
  const token = env.required(
    'UPSTREAM_BEARER_TOKEN',
    'is needed, because UPSTREAM_AUTH is bearer',
    example,
  );
  if (!isHeaderValue(token) || /\s/.test(token))
    env.problem('UPSTREAM_BEARER_TOKEN', 'must be one token, without the word Bearer', example);
  return token;
}

function readGrant(
  api: Api,
  env: Environment,
  kind: 'client-credentials' | 'token-exchange',
): TokenSettings {
  const variant = env.oneOf('UPSTREAM_TOKEN_EXCHANGE', variants) ?? 'rfc8693';
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
      'https://api.example.com',
    );
  return { kind, ...settings, target, variant };
}

function readTokenUrl(api: Api, env: Environment): string | undefined {
  const url = env.text('UPSTREAM_TOKEN_URL');
  const known = Object.values(api.securitySchemes).some((scheme) => hasTokenUrl(scheme));
  const fault =
    url === undefined
      ? !known && 'must be set to the token endpoint, which the API’s document does not name'
      : urlFault(url, { query: true });
  if (typeof fault === 'string')
    env.problem('UPSTREAM_TOKEN_URL', fault, 'https://auth.example.com/token');
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
