import type { Api } from '../api.js';
import type { Environment } from '../environment.js';
import { urlFault, type Resource } from './identity.js';
import { parseImplications, type ScopeRules } from './scopes.js';

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

/** Reads the settings of the OAuth half and records in `env` what is wrong with them. */
export function readOAuthSettings(api: Api, env: Environment, resource: Resource): OAuthSettings {
  const issuer = readIssuer(api, env);
  const metadataUrl = readUrl(env, 'OAUTH_METADATA_URL');
  const jwksUri = readUrl(env, 'OAUTH_JWKS_URI');
  return {
    issuer,
    issuers: env.list('OAUTH_ISSUER', {
      fault: (url) => urlFault(url),
      example: 'https://auth.example.com',
    }) ?? [issuer],
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
      : urlFault(issuer);
  if (fault !== undefined)
    env.problem('OAUTH_AUTHORIZATION_SERVER', fault, 'https://auth.example.com');
  return issuer ?? '';
}

function readUrl(env: Environment, name: string): string | undefined {
  const value = env.text(name);
  const fault = value === undefined ? undefined : urlFault(value, { query: true });
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
    implies: new Map([...Object.entries(api.implies ?? {}), ...(implies ?? [])]),
    prefix: env.text('OAUTH_SCOPE_PREFIX') ?? '',
    supported: unique(env.list('OAUTH_SCOPES_SUPPORTED') ?? all),
    baseline: unique(
      env.list('OAUTH_BASELINE_SCOPES') ??
        readOnly.flatMap((tool) => api.scopes[tool.name]?.[0] ?? []),
    ),
  };
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
