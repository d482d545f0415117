import type { Api, ScopeAlternatives } from '../api.js';
import { plainHostsOf, readClient, type OAuthClient } from '../client.js';
import type { Environment } from '../environment.js';
import { isLoopback } from '../http.js';
import type { ProxySettings } from '../outgoing.js';
import { variables } from '../variables.js';
import type { Resource } from './metadata.js';
import type { Report } from './scopes.js';
import { readServers, type AuthorizationServer } from './servers.js';

/** Which tokens are accepted, and from which authorization servers. */
export interface OAuthSettings extends AuthorizationServer {
  /** The other authorization servers, which share all other settings; absent if there is only one. */
  readonly others?: readonly AuthorizationServer[];
  /** The claim that must name one of the audiences. */
  readonly audienceClaim: string;
  /** The claims scopes are read from. */
  readonly scopeClaims: readonly string[];
  readonly scopes: ScopeRules;
  /** Seconds. */
  readonly clockTolerance: number;
  /** Accept only `typ: at+jwt` (RFC 9068 section 2.1). */
  readonly requireAtJwt: boolean;
  /** How a missing scope is reported; `auto` depends on the client. */
  readonly scopeErrors: Report | 'auto';
  /** Tokens are opaque, and the authorization server introspects each (RFC 7662). Absent if they are JWTs. */
  readonly introspection?: IntrospectionSettings;
  /** The proxy for requests to the authorization server. */
  readonly proxy: ProxySettings;
  /** Tools that callers without a token may call; if absent, each request needs a token. */
  readonly publicTools?: ReadonlySet<string>;
  /** Warnings for the operator at every start. */
  readonly warnings: readonly string[];
}

/** The scope map of this server, and how its provider spells and nests scopes. */
export interface ScopeRules {
  readonly byTool: Readonly<Record<string, ScopeAlternatives>>;
  /** A scope and those that it includes. */
  readonly implies: ReadonlyMap<string, readonly string[]>;
  /** The provider's prefix for scopes in requests, in tokens, or in both. */
  readonly prefix: string;
  /** For `scopes_supported`. */
  readonly supported: readonly string[];
  /** The scopes that the first challenge asks for. */
  readonly baseline: readonly string[];
}

/** How this server introspects tokens, and as which client. */
export interface IntrospectionSettings {
  /** Discovered if absent. */
  readonly url?: string;
  readonly client: OAuthClient;
}

/** Reads the settings of the OAuth half and records their problems in `env`. */
export function readOAuthSettings(
  api: Api,
  env: Environment,
  resource: Resource,
  proxy: ProxySettings,
): OAuthSettings {
  const audienceClaim = env.text('OAUTH_AUDIENCE_CLAIM') ?? variables.OAUTH_AUDIENCE_CLAIM.default;
  const [server, ...others] = readServers(api, env, resource, audienceClaim);
  const requireAtJwt = env.boolean('OAUTH_REQUIRE_AT_JWT');
  const introspection = readIntrospection(env, requireAtJwt);
  // The URLs of one server do not allow plain http for another.
  const plainHosts = new Set([...server.plainHosts, ...plainHostsOf(introspection?.url)]);
  const allPlain = [...plainHosts, ...others.flatMap((other) => [...other.plainHosts])];
  return {
    ...server,
    ...(others.length > 0 && { others }),
    audienceClaim,
    scopeClaims: env.list('OAUTH_SCOPE_CLAIM') ?? variables.OAUTH_SCOPE_CLAIM.default.split(' '),
    scopes: readScopeRules(api, env),
    clockTolerance: env.integer('OAUTH_CLOCK_TOLERANCE'),
    requireAtJwt,
    scopeErrors: env.oneOf('MCP_SCOPE_ERRORS') ?? variables.MCP_SCOPE_ERRORS.default,
    introspection,
    ...(env.oneOf('MCP_PUBLIC_TOOLS') === 'document' && { publicTools: publicTools(api) }),
    proxy,
    plainHosts,
    warnings: [
      ...plainWarnings(env, new Set(allPlain)),
      ...refreshWarnings(env),
      ...(introspection === undefined ? clientWarnings(env) : []),
    ],
  };
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
  const untyped = 'must not be true for opaque tokens, which do not have a type';
  if (requireAtJwt) env.problem('OAUTH_REQUIRE_AT_JWT', untyped);
  const needed =
    'must be set to the client of the authorization server with which this server introspects tokens';
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
    supported: unique(env.list('OAUTH_SCOPES_SUPPORTED') ?? all).filter(isOurs),
    baseline: unique(env.list('OAUTH_BASELINE_SCOPES') ?? first).filter(isOurs),
  };
}

/** A tool that needs scopes is not public, whatever else the document says about it. */
function publicTools({ tools, scopes }: Api): ReadonlySet<string> {
  const isScopeless = (name: string) => Object.hasOwn(scopes, name) && scopes[name]?.length === 0;
  const found = tools.filter(({ name, isPublic }) => isPublic === true && isScopeless(name));
  return new Set(found.map(({ name }) => name));
}

/** A resource server must not ask for refresh tokens (MCP authorization, "Refresh Tokens"). */
function isOurs(scope: string): boolean {
  return scope !== 'offline_access';
}

/** A setting must not be ignored silently. */
function refreshWarnings(env: Environment): string[] {
  const names = ['OAUTH_SCOPES_SUPPORTED', 'OAUTH_BASELINE_SCOPES'] as const;
  const holding = names.filter((name) => env.list(name)?.every(isOurs) === false);
  return holding.map(
    (name) =>
      `offline_access is left out of ${name}: clients request it themselves, and resource servers must not`,
  );
}

/** Operators who want introspection may set these and forget to choose it. */
function clientWarnings(env: Environment): string[] {
  const ours = env.names().filter((name) => name.startsWith('OAUTH_CLIENT_'));
  if (ours.length === 0) return [];
  return [
    `${ours.join(', ')}: without effect, since JWTs are validated without introspection (OAUTH_TOKEN_FORMAT=opaque introspects)`,
  ];
}

function plainWarnings(env: Environment, hosts: ReadonlySet<string>): string[] {
  if (!env.boolean('OAUTH_ALLOW_HTTP')) return [];
  const remote = [...hosts].filter((host) => !isLoopback(host));
  return remote.length === 0
    ? ['OAUTH_ALLOW_HTTP is set, but no URL of the authorization server needs it']
    : [
        `OAUTH_ALLOW_HTTP: keys and tokens travel over plain http to ${remote.join(', ')}; anyone on the network path can forge them`,
      ];
}

/** Both the document and the operator may say what a scope includes; it includes both. */
function readImplications(api: Api, env: Environment): ScopeRules['implies'] {
  const implies = new Map(Object.entries(api.implies ?? {}));
  const more = parseImplications(env.text('OAUTH_SCOPE_IMPLIES') ?? '');
  if (more === undefined)
    env.problem('OAUTH_SCOPE_IMPLIES', 'must list the scopes that a scope includes');
  for (const [scope, implied] of more ?? [])
    implies.set(scope, [...(implies.get(scope) ?? []), ...implied]);
  return implies;
}

/** Reads `admin=read,write write=read`; undefined if the text does not have that form. */
export function parseImplications(text: string): Map<string, readonly string[]> | undefined {
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== '');
  if (entries.some((entry) => !/^[^=,]+=[^=,]+(,[^=,]+)*$/.test(entry))) return undefined;
  const pairs = entries.map((entry) => entry.split('='));
  return new Map(pairs.map(([scope = '', implied = '']) => [scope, implied.split(',')]));
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
