import type { Api } from './api.js';
import { Environment, type Variables } from './environment.js';
import type { Address } from './listen.js';
import { isLoopback } from './loopback.js';
import { parseResource, type Resource } from './oauth/identity.js';
import { readOAuthSettings, type OAuthSettings } from './oauth/settings.js';
import { readUpstreamSettings, type UpstreamSettings } from './upstream/settings.js';

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
  /** Tool calls a minute, for each caller. */
  readonly rateLimit: number;
  readonly upstream: UpstreamSettings;
}

/** Settings of a server over HTTP. @throws SettingsError naming every variable that must change. */
export function readHttpSettings(api: Api, variables: Variables): HttpSettings {
  const env = new Environment(variables);
  const host = env.text('HOST') ?? '127.0.0.1';
  const port = env.integer('PORT', 3000, { min: 0, max: 65_535 });
  const resource = readResource(api, env, { host, port });
  const oauth = api.authentication === 'oauth2' ? readOAuthSettings(api, env, resource) : undefined;
  if (oauth === undefined) refuseOpenPort(env, host);
  const settings = {
    host,
    port,
    resource,
    ...(oauth !== undefined && { oauth }),
    allowedHosts: allowedHosts(env, host, resource),
    allowedOrigins: allowedOrigins(env, { host, port }, resource),
    rateLimit: env.integer('MCP_RATE_LIMIT', 600, { min: 1, max: 1_000_000 }),
    upstream: readUpstreamSettings(api, env, oauth === undefined ? 'anybody' : 'tokens'),
  };
  env.throwProblems();
  return settings;
}

/** Settings of a server over stdio: only how the API is called (MCP authorization: stdio takes credentials from the environment). */
export function readStdioSettings(api: Api, variables: Variables): UpstreamSettings {
  const env = new Environment(variables);
  const settings = readUpstreamSettings(api, env, 'anybody');
  env.throwProblems();
  return settings;
}

function readResource(api: Api, env: Environment, listen: Address): Resource {
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

function refuseOpenPort(env: Environment, host: string): void {
  const allowed = env.boolean('MCP_ALLOW_UNAUTHENTICATED', false);
  if (allowed || isLoopback(host)) return;
  env.problem(
    'HOST',
    'must be a loopback address, because this server asks nobody for a token and spends its own upstream credentials (MCP_ALLOW_UNAUTHENTICATED=true accepts that)',
    '127.0.0.1',
  );
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

function allowedHosts(env: Environment, host: string, resource: Resource): string[] {
  const loopback = isLoopback(host) ? LOOPBACK_NAMES : [];
  const configured = env.list('MCP_ALLOWED_HOSTS', { fault: hostFault, example: 'mcp.internal' });
  return [resource.hostname, ...loopback, ...(configured ?? [])].map((name) => name.toLowerCase());
}

function allowedOrigins(env: Environment, { host, port }: Address, resource: Resource): string[] {
  const rule = { fault: originFault, example: 'https://app.example.com' };
  // Its own origin has three names there; another port is another program, and stays out.
  const loopback = isLoopback(host)
    ? LOOPBACK_NAMES.map((name) => new URL(`http://${name}:${port}`).origin)
    : [];
  return [resource.origin, ...loopback, ...(env.list('MCP_ALLOWED_ORIGINS', rule) ?? [])];
}

function hostFault(name: string): string | undefined {
  const legal = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/i.test(name);
  return legal ? undefined : 'lists host names, without ports and wildcards';
}

function originFault(origin: string): string | undefined {
  const legal = URL.canParse(origin) && new URL(origin).origin === origin;
  return legal ? undefined : 'lists origins: scheme, host and port, without a path';
}
