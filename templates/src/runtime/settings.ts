import type { Api } from './api.js';
import { MIN_KEY_BYTES, type ConfirmSettings } from './confirm.js';
import { issuingUrlOf } from './credentials/choose.js';
import { Environment, readProxySettings, type Variables } from './environment.js';
import { isLoopback, originOf } from './http.js';
import { familyOf } from './limits.js';
import { parseResource, type Resource } from './oauth/metadata.js';
import { readOAuthSettings, serversOf, type OAuthSettings } from './oauth/settings.js';
import { parseUrl } from './text.js';
import { readUpstreamSettings, type UpstreamSettings } from './upstream/settings.js';
import { groups, isNumbered, namesIn, variables } from './variables.js';

/** The settings of a server over HTTP. */
export interface HttpSettings {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** This server's public identity. Nothing else, in particular no request header, affects how it describes itself. */
  readonly resource: Resource;
  /** Absent if there is no authentication. */
  readonly oauth?: OAuthSettings;
  /** Host names, lower case, without ports. */
  readonly allowedHosts: readonly string[];
  /** Origins as browsers send them. */
  readonly allowedOrigins: readonly string[];
  /** Addresses and CIDR networks whose `X-Forwarded-For` is trusted, for limits and the log. */
  readonly trustedProxies: readonly string[];
  /** Messages per minute for each caller. */
  readonly rateLimit: number;
  readonly maxHeaderBytes: number;
  readonly keepAliveSeconds: number;
  /** Proves to OpenAI who owns the domain (ChatGPT, App submission). */
  readonly appsChallenge?: string;
  readonly shutdownSeconds: number;
  readonly drainSeconds: number;
  readonly upstream: UpstreamSettings;
  /** If absent, `Api.toolMode` decides. */
  readonly tools?: 'all' | 'search';
  readonly confirm: ConfirmSettings;
}

/** The settings of a server over stdio. */
export interface StdioSettings extends UpstreamSettings {
  /** If absent, the document decides. */
  readonly confirm?: ConfirmSettings;
}

/** Settings of a server over HTTP. @throws SettingsError naming every variable that must change. */
export function readHttpSettings(api: Api, values: Variables): HttpSettings {
  const env = new Environment(values);
  const settings = readSettings(api, env);
  env.throwProblems();
  return settings;
}

/** The same, but records the problems in `env`. */
export function readSettings(api: Api, env: Environment): HttpSettings {
  const hasOAuth = api.authentication === 'oauth2';
  const address = readAddress(env);
  const resource = readResource(api, env, address);
  if (!hasOAuth) refuseOpenServer(env, address, resource);
  const proxy = readProxySettings(env);
  const settings = {
    ...address,
    resource,
    oauth: hasOAuth ? readOAuthSettings(api, env, resource, proxy) : undefined,
    ...readAllowed(env, address, resource),
    trustedProxies: env.list('MCP_TRUSTED_PROXIES', networkFault) ?? [],
    rateLimit: env.integer('MCP_RATE_LIMIT'),
    tools: env.oneOf('MCP_TOOLS'),
    appsChallenge: env.text('OPENAI_APPS_CHALLENGE'),
    maxHeaderBytes: env.integer('MCP_MAX_HEADER_BYTES'),
    keepAliveSeconds: env.integer('MCP_KEEP_ALIVE_SECONDS'),
    confirm: readConfirmSettings(env),
    shutdownSeconds: env.integer('MCP_SHUTDOWN_SECONDS'),
    drainSeconds: env.integer('MCP_DRAIN_SECONDS'),
    upstream: readUpstreamSettings(api, env, hasOAuth ? 'tokens' : 'anybody', proxy),
  };
  if (settings.oauth !== undefined)
    refuseForeignExchange(api, env, settings.oauth, settings.upstream);
  return withoutForeignCalls(settings);
}

const LEAKS =
  'must not be token-exchange when OAUTH_AUTHORIZATION_SERVER lists several servers and the token endpoint belongs to one of them: it would receive the tokens of the others';

/** The API's own authorization server may see every caller's token; a server that issued only some of them may not. */
function refuseForeignExchange(
  { securitySchemes }: Api,
  env: Environment,
  oauth: OAuthSettings,
  { credentials: { tokens } }: UpstreamSettings,
): void {
  if (tokens?.kind !== 'token-exchange') return;
  const servers = new Set(serversOf(oauth).map(({ issuer }) => originOf(issuer)));
  const described = Object.values(securitySchemes).map(issuingUrlOf);
  const endpoints = tokens.tokenUrl === undefined ? described : [tokens.tokenUrl];
  const isOneOfThem = endpoints.some((url) => url !== undefined && servers.has(originOf(url)));
  if (servers.size > 1 && isOneOfThem) env.refuse('UPSTREAM_AUTH', LEAKS);
}

/** If calls are made on behalf of callers, none works without a token: only lists are public. */
function withoutForeignCalls(settings: HttpSettings): HttpSettings {
  const { oauth, upstream } = settings;
  const { kind } = upstream.credentials.tokens ?? {};
  const needsCaller = kind === 'token-exchange' || kind === 'forward';
  if (oauth?.publicTools === undefined || !needsCaller) return settings;
  return { ...settings, oauth: { ...oauth, publicTools: new Set() } };
}

/** Settings over stdio: how the API is called (MCP authorization: from the environment), and what is confirmed. */
export function readStdioSettings(api: Api, values: Variables): StdioSettings {
  const env = new Environment(values);
  const upstream = readUpstreamSettings(api, env, 'owner', readProxySettings(env));
  const confirm = readConfirmSettings(env);
  env.throwProblems();
  return { ...upstream, confirm };
}

function readConfirmSettings(env: Environment): ConfirmSettings {
  const key = env.secret('MCP_REQUEST_STATE_KEY');
  if (key !== undefined && new TextEncoder().encode(key).byteLength < MIN_KEY_BYTES)
    env.refuse('MCP_REQUEST_STATE_KEY', `must have ${MIN_KEY_BYTES} bytes or more`);
  const which = env.oneOf('MCP_CONFIRM') ?? variables.MCP_CONFIRM.default;
  return { which, ...(key !== undefined && { key }) };
}

/** How a server over stdio offers its operations; if undefined, `Api.toolMode` decides. @throws SettingsError */
export function readToolMode(values: Variables): HttpSettings['tools'] {
  const env = new Environment(values);
  const mode = env.oneOf('MCP_TOOLS');
  env.throwProblems();
  return mode;
}

const PUBLIC_URL =
  'must be set when HOST is not a loopback address: it is the URL clients connect to, and the audience of their tokens';

/** Where the server listens. */
type Address = Pick<HttpSettings, 'host' | 'port'>;

/** Reads where the server listens, and records problems in `env`. */
export function readAddress(env: Environment): Address {
  return { host: env.text('HOST') ?? variables.HOST.default, port: env.integer('PORT') };
}

/** Reads which resource the server is, and records problems in `env`. */
export function readResource(api: Api, env: Environment, { host, port }: Address): Resource {
  const fallback = `http://localhost:${port}/mcp`;
  const configured = env.text('MCP_RESOURCE_URL') ?? api.resourceUrl;
  if (configured === undefined && api.authentication === 'oauth2' && !isLoopback(host))
    env.problem('MCP_RESOURCE_URL', PUBLIC_URL);
  const parsed = parseResource(configured ?? fallback);
  if (typeof parsed !== 'string') return parsed;
  env.problem('MCP_RESOURCE_URL', parsed);
  return parseResource(fallback) as Resource;
}

const ACCEPT = '(MCP_ALLOW_UNAUTHENTICATED=true accepts callers without a token)';
const OPEN = `because this server was generated without OAuth ${ACCEPT}`;
const SPENDS = `because this server requires no token and spends its own upstream credentials ${ACCEPT}`;

/** Settings for OAuth must not start an open server: the project may have lost its OAuth when it was regenerated. */
function refuseOpenServer(env: Environment, { host }: Address, { hostname }: Resource): void {
  if (env.boolean('MCP_ALLOW_UNAUTHENTICATED')) return;
  if (!isLoopback(host)) env.problem('HOST', `must be a loopback address, ${SPENDS}`);
  const local = 'http://localhost:3000/mcp';
  if (!isLoopback(hostname))
    env.problem('MCP_RESOURCE_URL', `must be a loopback URL, ${OPEN}`, local);
  const known = namesIn(groups.oauth);
  for (const name of env.names().filter((set) => known.includes(set) || isNumbered(set)))
    env.refuse(name, `must not be set, ${OPEN}`);
}

function readAllowed(env: Environment, { host, port }: Address, resource: Resource) {
  const local = isLoopback(host) ? ['localhost', '127.0.0.1', '[::1]'] : [];
  const hosts = env.list('MCP_ALLOWED_HOSTS', hostFault) ?? [];
  // Loopback has three names; another port is another program, and is not allowed.
  const origins = local.map((name) => new URL(`http://${name}:${port}`).origin);
  const more = env.list('MCP_ALLOWED_ORIGINS', originFault) ?? [];
  return {
    allowedHosts: [resource.hostname, ...local, ...hosts.map(hostAsSent)],
    allowedOrigins: [resource.origin, ...origins, ...more],
  };
}

/** Clients send IPv6 addresses in their short form (RFC 5952), and names are compared in lower case. */
function hostAsSent(name: string): string {
  const address = name.startsWith('[') ? parseUrl(`http://${name}`) : undefined;
  return address?.hostname ?? name.toLowerCase();
}

function hostFault(name: string): string | undefined {
  const isAddress = /^\[[0-9a-f:.]+\]$/i.test(name) && parseUrl(`http://${name}`);
  const legal = isAddress || /^[a-z0-9_.-]+$/i.test(name);
  return legal ? undefined : 'lists host names, without ports and wildcards';
}

// Schemes whose origins the URL standard serializes; others are opaque to it, and browsers send them unchanged.
const SPECIAL = /^(https?|wss?|ftp):/;

/** An origin is a name (RFC 6454 section 6.2): it is compared as clients send it, and never fetched. */
function originFault(origin: string): string | undefined {
  const form = 'lists origins: scheme, host and port, without a path or wildcard';
  if (!SPECIAL.test(origin))
    return /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*\\]+$/.test(origin) ? undefined : form;
  const sent = parseUrl(origin)?.origin;
  if (origin.includes('*') || sent === undefined) return form;
  return sent === origin ? undefined : `${form}, as browsers send them (${sent})`;
}

function networkFault(network: string): string | undefined {
  const [, address = '', bits = '0'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
  const legal = Number(bits) <= { 0: -1, 4: 32, 6: 128 }[familyOf(address)];
  return legal ? undefined : 'lists IP addresses and networks in CIDR notation';
}
