import type { Api } from './api.js';
import { Environment, type Variables } from './environment.js';
import { isLoopback, parseIssuer, parseResource, type Resource } from './identity.js';
import { parseImplications, type ScopeRules } from './scopes.js';
import { readUpstreamSettings, type UpstreamSettings } from './upstream.js';

/** What a server over HTTP runs with. */
export interface HttpSettings {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** This server's public identity. Nothing else, and no header of a request, shapes what it says of itself. */
  readonly resource: Resource;
  /** Absent: no authentication. */
  readonly oauth?: OAuthSettings;
  /** Host names, lower case, without ports. */
  readonly allowedHosts: readonly string[];
  /** Origins as browsers send them. */
  readonly allowedOrigins: readonly string[];
  readonly upstream: UpstreamSettings;
}

/** Whose tokens are accepted, and which. */
export interface OAuthSettings {
  /** As configured, byte for byte: what the metadata advertises and discovery must confirm. */
  readonly issuer: string;
  /** Accepted `iss` values. */
  readonly issuers: readonly string[];
  /** Accepted `aud` members. Never empty: there is no way to switch the audience check off. */
  readonly audiences: readonly string[];
  readonly metadataUrl?: string;
  readonly jwksUri?: string;
  /** The claims scopes are read from. */
  readonly scopeClaims: readonly string[];
  readonly scopes: ScopeRules;
  /** Seconds. */
  readonly clockTolerance: number;
  /** Accept only `typ: at+jwt` (RFC 9068 section 2.1). */
  readonly requireAtJwt: boolean;
  /** How a missing scope is answered: a 403, or a tool error that carries the challenge. */
  readonly scopeErrors: 'http' | 'tool';
}

/** Settings of a server over HTTP. @throws SettingsError naming every variable that must change. */
export function readHttpSettings(api: Api, variables: Variables): HttpSettings {
  const env = new Environment(variables);
  const host = env.text('HOST') ?? '127.0.0.1';
  const port = env.integer('PORT', 3000, { min: 0, max: 65_535 });
  const resource = readResource(api, env, { host, port });
  const oauth = api.authentication === 'oauth2' ? readOAuth(api, env, resource) : undefined;
  if (oauth === undefined) refuseOpenPort(env, host);
  const settings = {
    host,
    port,
    resource,
    ...(oauth !== undefined && { oauth }),
    allowedHosts: allowedHosts(env, host, resource),
    allowedOrigins: readOrigins(env) ?? [resource.origin],
    upstream: readUpstreamSettings(api, env),
  };
  env.throwProblems();
  return settings;
}

/** Settings of a server over stdio: only how the API is called (MCP authorization: stdio takes credentials from the environment). */
export function readStdioSettings(api: Api, variables: Variables): UpstreamSettings {
  const env = new Environment(variables);
  const settings = readUpstreamSettings(api, env);
  env.throwProblems();
  return settings;
}

function readResource(
  api: Api,
  env: Environment,
  listen: { host: string; port: number },
): Resource {
  const fallback = `http://localhost:${listen.port}/mcp`;
  const configured = env.text('MCP_RESOURCE_URL') ?? api.resourceUrl;
  if (configured === undefined && api.authentication === 'oauth2' && !isLoopback(listen.host)) {
    env.problem(
      'MCP_RESOURCE_URL',
      'must be set when HOST is not a loopback address: it is the URL clients connect to, and the audience of their tokens',
      'https://mcp.example.com/mcp',
    );
  }
  const parsed = parseResource(configured ?? fallback);
  if (typeof parsed !== 'string') return parsed;
  env.problem('MCP_RESOURCE_URL', parsed, 'https://mcp.example.com/mcp');
  return parseResource(fallback) as Resource;
}

function readOAuth(api: Api, env: Environment, resource: Resource): OAuthSettings {
  const issuer = readIssuer(api, env);
  const metadataUrl = readUrl(env, 'OAUTH_METADATA_URL');
  const jwksUri = readUrl(env, 'OAUTH_JWKS_URI');
  return {
    issuer,
    issuers: env.list('OAUTH_ISSUER') ?? [issuer],
    audiences: env.list('OAUTH_AUDIENCE') ?? resource.audiences,
    ...(metadataUrl !== undefined && { metadataUrl }),
    ...(jwksUri !== undefined && { jwksUri }),
    scopeClaims: env.list('OAUTH_SCOPE_CLAIM') ?? ['scope', 'scp'],
    scopes: readScopeRules(api, env),
    clockTolerance: env.integer('OAUTH_CLOCK_TOLERANCE', 30, { min: 0, max: 600 }),
    requireAtJwt: env.boolean('OAUTH_REQUIRE_AT_JWT', false),
    scopeErrors: env.oneOf('MCP_SCOPE_ERRORS', ['http', 'tool']) ?? 'http',
  };
}

function readIssuer(api: Api, env: Environment): string {
  const issuer = env.text('OAUTH_AUTHORIZATION_SERVER') ?? api.authorizationServer;
  const fault =
    issuer === undefined
      ? 'must be set to the issuer URL of the authorization server whose tokens are accepted'
      : parseIssuer(issuer);
  if (fault !== undefined)
    env.problem('OAUTH_AUTHORIZATION_SERVER', fault, 'https://auth.example.com');
  return issuer ?? '';
}

function readUrl(env: Environment, name: string): string | undefined {
  const value = env.text(name);
  const fault = value === undefined ? undefined : parseIssuer(value, { query: true });
  if (fault !== undefined) env.problem(name, fault, 'https://auth.example.com/…');
  return value;
}

function readScopeRules(api: Api, env: Environment): ScopeRules {
  const all = Object.values(api.scopes).flat(2);
  const readOnly = api.tools.filter((tool) => tool.annotations.readOnlyHint);
  const implies = parseImplications(env.text('OAUTH_SCOPE_IMPLIES') ?? '');
  if (implies === undefined)
    env.problem(
      'OAUTH_SCOPE_IMPLIES',
      'says which scopes a scope includes',
      'admin=read,write write=read',
    );
  return {
    byTool: api.scopes,
    implies: implies ?? new Map<string, readonly string[]>(),
    prefix: env.text('OAUTH_SCOPE_PREFIX') ?? '',
    supported: unique(env.list('OAUTH_SCOPES_SUPPORTED') ?? all),
    baseline: unique(
      env.list('OAUTH_BASELINE_SCOPES') ??
        readOnly.flatMap((tool) => api.scopes[tool.name]?.[0] ?? []),
    ),
  };
}

function refuseOpenPort(env: Environment, host: string): void {
  const allowed = env.boolean('MCP_ALLOW_UNAUTHENTICATED', false);
  if (allowed || isLoopback(host)) return;
  env.problem(
    'HOST',
    'must be a loopback address, because this server asks nobody for a token and spends its own upstream credentials (MCP_ALLOW_UNAUTHENTICATED=true accepts that)',
    '127.0.0.1',
  );
}

function allowedHosts(env: Environment, host: string, resource: Resource): string[] {
  const loopback = isLoopback(host) ? ['localhost', '127.0.0.1', '[::1]'] : [];
  return unique(
    [resource.hostname, ...loopback, ...(env.list('MCP_ALLOWED_HOSTS') ?? [])].map((name) =>
      name.toLowerCase(),
    ),
  );
}

function readOrigins(env: Environment): string[] | undefined {
  const origins = env.list('MCP_ALLOWED_ORIGINS');
  if (origins?.some((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)) {
    env.problem(
      'MCP_ALLOWED_ORIGINS',
      'lists origins: scheme, host and port, without a path',
      'https://app.example.com',
    );
  }
  return origins;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
