import { own, type Api } from '../api.js';
import { plainHostsOf, readClient, type OAuthClient } from '../client.js';
import type { Environment } from '../environment.js';
import { isLoopback, isMetadataUrl, urlFault } from '../http.js';
import type { ProxySettings } from '../outgoing.js';
import { isNumbered, numbered, variables } from '../variables.js';
import type { Resource } from './metadata.js';
import { isOurs, readScopeRules, type Report, type ScopeRules } from './scopes.js';

/** One authorization server: where its keys are, and the audiences that its tokens must have. */
interface AuthorizationServer {
  /** As configured, byte for byte: the metadata advertises it and discovery must confirm it. */
  readonly issuer: string;
  /** Accepted `iss` values. */
  readonly issuers: readonly string[];
  /** Never empty: the audience check cannot be switched off. */
  readonly audiences: readonly string[];
  readonly metadataUrl?: string;
  readonly jwksUri?: string;
  /** Host names of the operator's URLs with plain http. */
  readonly plainHosts: ReadonlySet<string>;
}

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

/** How this server introspects tokens, and as which client. */
interface IntrospectionSettings {
  /** Discovered if absent. */
  readonly url?: string;
  readonly client: OAuthClient;
}

/** The separate settings of each authorization server, in the order of the list. */
export function serversOf({ others = [], ...first }: OAuthSettings): readonly OAuthSettings[] {
  return [first, ...others.map((other) => ({ ...first, ...other }))];
}

/** Reads the settings of the OAuth half and records their problems in `env`. */
export function readOAuthSettings(
  api: Api,
  env: Environment,
  resource: Resource,
  proxy: ProxySettings,
): OAuthSettings {
  const audienceClaim = env.text('OAUTH_AUDIENCE_CLAIM') ?? variables.OAUTH_AUDIENCE_CLAIM.default;
  if (/[\s,]/.test(audienceClaim)) env.problem('OAUTH_AUDIENCE_CLAIM', 'must name a single claim');
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
      ...(server.audiences === resource.audiences ? spellingWarnings(resource) : []),
      ...(introspection === undefined ? clientWarnings(env) : []),
    ],
  };
}

type Servers = readonly [AuthorizationServer, ...AuthorizationServer[]];

const NO_ISSUER =
  'must be set to the issuer URL of the authorization server whose tokens are accepted';
const REPEATED = 'must list each authorization server only once';
const DOCUMENT =
  'must be the issuer, not the URL of its metadata: the part from /.well-known on is added';

function readServers(
  api: Api,
  env: Environment,
  resource: Resource,
  audienceClaim: string,
): Servers {
  const listed = env.list('OAUTH_AUTHORIZATION_SERVER') ?? [api.authorizationServer ?? ''];
  checkIssuers(listed, env);
  refuseNumbers(listed.length, env);
  if (listed.length > 1) refuseSingle(env);
  const [issuer = '', ...others] = listed;
  const read = (one: string, index: number) =>
    readServer(one, { env, place: index + 1, count: listed.length, resource, audienceClaim });
  return [read(issuer, 0), ...others.map((other, index) => read(other, index + 1))];
}

function checkIssuers(listed: readonly string[], env: Environment): void {
  const http = env.boolean('OAUTH_ALLOW_HTTP');
  const faultOf = (one: string) => (isMetadataUrl(one) ? DOCUMENT : urlFault(one, { http }));
  const faults = listed.map((one) => (one === '' ? NO_ISSUER : faultOf(one)));
  const isRepeated = new Set(listed).size < listed.length;
  const fault = faults.find((one) => one !== undefined) ?? (isRepeated ? REPEATED : undefined);
  if (fault !== undefined) env.problem('OAUTH_AUTHORIZATION_SERVER', fault);
}

/** A number that no server has would be a setting without effect. */
function refuseNumbers(count: number, env: Environment): void {
  for (const name of env.names().filter(isNumbered)) {
    const [number = ''] = /\d+$/.exec(name) ?? [];
    if (!/^[1-9]/.test(number) || Number(number) > count)
      env.refuse(name, `must end in a position of OAUTH_AUTHORIZATION_SERVER: from 1 to ${count}`);
  }
}

const SEVERAL = 'OAUTH_AUTHORIZATION_SERVER lists several servers';

/** A setting for one server must not be used for all: one would be asked about the tokens of another. */
function refuseSingle(env: Environment): void {
  const known = 'each token must have the `iss` of its own server, and is validated with its keys';
  if (env.text('OAUTH_ISSUER') !== undefined)
    env.refuse('OAUTH_ISSUER', `must not be set when ${SEVERAL}: ${known}`);
  const asked = 'introspection would send the tokens of one server to another';
  if (env.text('OAUTH_TOKEN_FORMAT') === 'opaque')
    env.refuse('OAUTH_TOKEN_FORMAT', `must not be opaque when ${SEVERAL}: ${asked}`);
  if (env.text('OAUTH_INTROSPECTION_URL') !== undefined)
    env.refuse('OAUTH_INTROSPECTION_URL', `must not be set when ${SEVERAL}: ${asked}`);
}

interface Place {
  readonly env: Environment;
  /** From 1. */
  readonly place: number;
  readonly count: number;
  readonly resource: Resource;
  readonly audienceClaim: string;
}

function readServer(issuer: string, at: Place): AuthorizationServer {
  const { env, count } = at;
  const metadataUrl = readUrl('OAUTH_METADATA_URL', at);
  const jwksUri = readUrl('OAUTH_JWKS_URI', at);
  return {
    issuer,
    // Names, which are compared and never fetched (RFC 7519 section 4.1.1).
    issuers: (count === 1 ? env.list('OAUTH_ISSUER') : undefined) ?? [issuer],
    audiences: readAudiences(at),
    metadataUrl,
    jwksUri,
    plainHosts: plainHostsOf(issuer, metadataUrl, jwksUri),
  };
}

const NO_AUDIENCE = 'must be set to the accepted values of the claim in OAUTH_AUDIENCE_CLAIM';

function readAudiences({ env, place, resource, audienceClaim }: Place): readonly string[] {
  const own = env.list(numberedName('OAUTH_AUDIENCE', place));
  const configured = own ?? env.list('OAUTH_AUDIENCE');
  if (audienceClaim !== 'aud' && configured === undefined)
    env.problem('OAUTH_AUDIENCE', NO_AUDIENCE, '2kq8c3');
  return configured ?? resource.audiences;
}

function readUrl(
  name: 'OAUTH_METADATA_URL' | 'OAUTH_JWKS_URI',
  { env, place, count }: Place,
): string | undefined {
  const own = env.url(numberedName(name, place));
  const only = env.url(name);
  if (only !== undefined && count > 1)
    env.refuse(name, `must not be set when ${SEVERAL}: set ${name}_1, ${name}_2 and so on`);
  if (only !== undefined && own !== undefined)
    env.refuse(name, `must not be set together with ${name}_${place}`);
  return own ?? only;
}

function numberedName(
  name: 'OAUTH_AUDIENCE' | 'OAUTH_METADATA_URL' | 'OAUTH_JWKS_URI',
  place: number,
) {
  return { variable: `${name}_${place}`, example: numbered[`${name}_<N>`].example };
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

/** A tool that needs scopes is not public, whatever else the document says about it. */
function publicTools({ tools, scopes }: Api): ReadonlySet<string> {
  const found = tools.filter(({ name, isPublic }) => isPublic && own(scopes, name)?.length === 0);
  return new Set(found.map(({ name }) => name));
}

/** Clients request tokens for the URL as their URL parser writes it. */
function spellingWarnings({ url }: Resource): string[] {
  const { href } = new URL(url);
  if ([url, `${url}/`].includes(href)) return [];
  return [`MCP_RESOURCE_URL: clients write it as ${href}, and tokens for that are refused`];
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
