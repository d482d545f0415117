import type { Api, ScopeAlternatives } from '../api.js';
import type { Environment } from '../environment.js';
import { type ProxySettings } from '../net.js';
import { plainHostsOf, readClient, type OAuthClient } from '../client.js';
import { isLoopback, urlFault } from '../http.js';
import { variables } from '../variables.js';
import type { Resource } from './metadata.js';

/** Whose tokens are accepted, and which. */
export interface OAuthSettings {
  /** As configured, byte for byte: what the metadata advertises and discovery must confirm. */
  readonly issuer: string;
  /** Accepted `iss` values. */
  readonly issuers: readonly string[];
  /** Never empty: there is no way to switch the audience check off. */
  readonly audiences: readonly string[];
  /** The claim that must name one of them. */
  readonly audienceClaim: string;
  readonly metadataUrl?: string;
  readonly jwksUri?: string;
  /** The claims scopes are read from. */
  readonly scopeClaims: readonly string[];
  readonly scopes: ScopeRules;
  /** Seconds. */
  readonly clockTolerance: number;
  /** Accept only `typ: at+jwt` (RFC 9068 section 2.1). */
  readonly requireAtJwt: boolean;
  /** How a missing scope is reported: by a 403, or by a tool error that carries the challenge. */
  readonly scopeErrors: 'http' | 'tool';
  /** Tokens are opaque, and the authorization server introspects each (RFC 7662). Absent: they are JWTs. */
  readonly introspection?: IntrospectionSettings;
  /** The way to the authorization server. */
  readonly proxy: ProxySettings;
  /** Host names of URLs with plain http that the operator set. */
  readonly plainHosts: ReadonlySet<string>;
  /** What the operator must know of at every start. */
  readonly warnings: readonly string[];
}

/** The scope map of this server, and how its provider spells and nests scopes. */
export interface ScopeRules {
  readonly byTool: Readonly<Record<string, ScopeAlternatives>>;
  /** A scope and those that it includes. */
  readonly implies: ReadonlyMap<string, readonly string[]>;
  /** What the provider puts before a scope in requests, in tokens, or in both. */
  readonly prefix: string;
  /** For `scopes_supported`. */
  readonly supported: readonly string[];
  /** What a first challenge asks for. */
  readonly baseline: readonly string[];
}

/** How this server asks about tokens, and as which client. */
export interface IntrospectionSettings {
  /** Absent: discovered. */
  readonly url?: string;
  readonly client: OAuthClient;
}

/** Reads the settings of the OAuth half and records in `env` what is wrong with them. */
export function readOAuthSettings(
  api: Api,
  env: Environment,
  resource: Resource,
  proxy: ProxySettings,
): OAuthSettings {
  const issuer = readIssuer(api, env);
  const metadataUrl = env.url('OAUTH_METADATA_URL');
  const jwksUri = env.url('OAUTH_JWKS_URI');
  const requireAtJwt = env.boolean('OAUTH_REQUIRE_AT_JWT');
  const introspection = readIntrospection(env, requireAtJwt);
  const scopes = readScopeRules(api, env);
  const plainHosts = plainHostsOf(issuer, metadataUrl, jwksUri, introspection?.url);
  return {
    issuer,
    // Names, which are compared and never fetched (RFC 7519 section 4.1.1).
    issuers: env.list('OAUTH_ISSUER') ?? [issuer],
    ...readAudience(env, resource),
    metadataUrl,
    jwksUri,
    scopeClaims: env.list('OAUTH_SCOPE_CLAIM') ?? variables.OAUTH_SCOPE_CLAIM.default.split(' '),
    scopes,
    clockTolerance: env.integer('OAUTH_CLOCK_TOLERANCE'),
    requireAtJwt,
    scopeErrors: env.oneOf('MCP_SCOPE_ERRORS') ?? variables.MCP_SCOPE_ERRORS.default,
    introspection,
    proxy,
    plainHosts,
    warnings: [...plainWarnings(env, plainHosts), ...refreshWarnings(scopes)],
  };
}

const NO_ISSUER =
  'must be set to the issuer URL of the authorization server whose tokens are accepted';

function readIssuer(api: Api, env: Environment): string {
  const issuer = env.text('OAUTH_AUTHORIZATION_SERVER') ?? api.authorizationServer;
  const http = env.boolean('OAUTH_ALLOW_HTTP');
  const fault = issuer === undefined ? NO_ISSUER : urlFault(issuer, { http });
  if (fault !== undefined) env.problem('OAUTH_AUTHORIZATION_SERVER', fault);
  return issuer ?? '';
}

const NO_AUDIENCE =
  'must be set to the accepted values of the claim that OAUTH_AUDIENCE_CLAIM names';

function readAudience(env: Environment, resource: Resource) {
  const configured = env.list('OAUTH_AUDIENCE');
  const audienceClaim = env.text('OAUTH_AUDIENCE_CLAIM') ?? variables.OAUTH_AUDIENCE_CLAIM.default;
  if (audienceClaim !== 'aud' && configured === undefined)
    env.problem('OAUTH_AUDIENCE', NO_AUDIENCE, '2kq8c3');
  return { audiences: configured ?? resource.audiences, audienceClaim };
}

function readIntrospection(
  env: Environment,
  requireAtJwt: boolean,
): OAuthSettings['introspection'] {
  const format = env.oneOf('OAUTH_TOKEN_FORMAT');
  const url = env.url('OAUTH_INTROSPECTION_URL');
  const conflict = 'must be opaque, or not set, when OAUTH_INTROSPECTION_URL is set';
  if (url !== undefined && format === 'jwt') env.problem('OAUTH_TOKEN_FORMAT', conflict, 'opaque');
  if (url === undefined && format !== 'opaque') return undefined;
  const untyped = 'must not be true for opaque tokens, which do not carry a type';
  if (requireAtJwt) env.problem('OAUTH_REQUIRE_AT_JWT', untyped);
  const needed =
    'must be set for a client of the authorization server, which this server introspects tokens with';
  return { url, client: readClient(env, 'OAUTH', needed) };
}

function readScopeRules(api: Api, env: Environment): ScopeRules {
  const all = Object.values(api.scopes).flat(2);
  const readOnly = api.tools.filter((tool) => tool.annotations.readOnlyHint);
  const first = readOnly.flatMap((tool) => api.scopes[tool.name]?.[0] ?? []);
  return {
    byTool: api.scopes,
    implies: readImplications(api, env),
    prefix: env.text('OAUTH_SCOPE_PREFIX') ?? '',
    supported: unique(env.list('OAUTH_SCOPES_SUPPORTED') ?? all.filter(isOurs)),
    baseline: unique(env.list('OAUTH_BASELINE_SCOPES') ?? first.filter(isOurs)),
  };
}

const REFRESH = 'offline_access';

/** A resource server has no business with refresh tokens (MCP authorization, "Refresh Tokens"), unless it is told to. */
function isOurs(scope: string): boolean {
  return scope !== REFRESH;
}

function refreshWarnings({ supported, baseline }: ScopeRules): string[] {
  if (![...supported, ...baseline].includes(REFRESH)) return [];
  return [
    `${REFRESH} is advertised as set, although refresh tokens are not this server's business`,
  ];
}

function plainWarnings(env: Environment, hosts: ReadonlySet<string>): string[] {
  if (!env.boolean('OAUTH_ALLOW_HTTP')) return [];
  const remote = [...hosts].filter((host) => !isLoopback(host));
  return remote.length === 0
    ? ['OAUTH_ALLOW_HTTP is set, and no URL of the authorization server needs it']
    : [
        `OAUTH_ALLOW_HTTP: keys and tokens travel over plain http to ${remote.join(', ')}; anyone on the way can forge them`,
      ];
}

/** Both the document and the operator may name what a scope includes; it includes all of that. */
function readImplications(api: Api, env: Environment): ScopeRules['implies'] {
  const implies = new Map(Object.entries(api.implies ?? {}));
  const more = parseImplications(env.text('OAUTH_SCOPE_IMPLIES') ?? '');
  if (more === undefined)
    env.problem('OAUTH_SCOPE_IMPLIES', 'must list which scopes a scope includes');
  for (const [scope, implied] of more ?? [])
    implies.set(scope, [...(implies.get(scope) ?? []), ...implied]);
  return implies;
}

/** Reads `admin=read,write write=read`; undefined when it is not of that form. */
export function parseImplications(text: string): Map<string, readonly string[]> | undefined {
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== '');
  if (entries.some((entry) => !/^[^=,]+=[^=,]+(,[^=,]+)*$/.test(entry))) return undefined;
  const pairs = entries.map((entry) => entry.split('='));
  return new Map(pairs.map(([scope = '', implied = '']) => [scope, implied.split(',')]));
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
