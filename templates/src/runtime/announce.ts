import type { Api } from './api.js';
import { credentialWarnings, describeCredentials } from './credentials/choose.js';
import type { OAuthSettings } from './oauth/settings.js';
import { countListed, type ToolMode } from './operations/offer.js';
import type { HttpSettings } from './settings.js';
import { fillServer, printable, serversOf, type UpstreamSettings } from './upstream/settings.js';

/** Lines to print, where they apply. */
type Lines = readonly (string | false)[];

/** The effective settings, as lines for the operator to read at start. Without a secret. */
export function announce(
  api: Api,
  settings: HttpSettings,
  running: { readonly url?: string },
): string {
  const { resource, oauth, upstream, rateLimit, trustedProxies } = settings;
  const { url } = running;
  const behind = trustedProxies.join(', ');
  return print([
    `${api.title}: ${describeTools(api, settings.tools)} at ${resource.url}`,
    ...(oauth === undefined ? [OPEN] : describeOAuth(oauth)),
    `  limit      ${rateLimit} messages a minute for each caller`,
    behind !== '' && `  behind     ${behind}: addresses of clients from X-Forwarded-For`,
    url !== undefined && `  listening  ${url}`,
    ...describeUpstream(api, upstream),
  ]);
}

/** The same for a server over stdio, whose callers need no explanation. */
export function announceStdio(api: Api, upstream: UpstreamSettings, tools?: ToolMode): string {
  const title = `${api.title}: ${describeTools(api, tools)} over stdio`;
  return print([title, ...describeUpstream(api, upstream)]);
}

function describeTools(api: Api, mode = api.toolMode ?? 'all'): string {
  const listed = `${countListed(api, mode)} tools`;
  return mode === 'all' ? listed : `${listed} for ${api.tools.length} operations`;
}

const OPEN = '  callers    anyone who can reach this address: no token is required';

function describeOAuth(oauth: OAuthSettings): Lines {
  const { issuer, audienceClaim, introspection, warnings } = oauth;
  const claim = audienceClaim === 'aud' ? '' : ` in the claim ${audienceClaim}`;
  const audience = ({ audiences }: Pick<OAuthSettings, 'audiences'>) =>
    `  audience   ${audiences.join(', ')}${claim}`;
  const others = (oauth.others ?? []).flatMap((other) => [
    `             or by ${other.issuer}`,
    audience(other),
  ]);
  const endpoint = introspection?.url ?? 'the endpoint that the issuer publishes';
  return [
    `  callers    need an access token issued by ${issuer}`,
    audience(oauth),
    ...others,
    `  tokens     ${introspection === undefined ? 'JWTs' : `opaque, introspected at ${endpoint}`}`,
    oauth.publicTools !== undefined && describePublic(oauth.publicTools),
    ...warnings.map((warning) => `  warning    ${warning}`),
  ];
}

const SHOWN = 10;

/** The operator must see what a document opens. */
function describePublic(tools: ReadonlySet<string>): string {
  const names = [...tools].slice(0, SHOWN).join(', ');
  const more = tools.size > SHOWN ? ` and ${tools.size - SHOWN} more` : '';
  const calls = tools.size === 0 ? 'no tool can be called' : `tools ${names}${more}`;
  return `  public     without a token: lists of tools; ${calls}`;
}

function describeUpstream(api: Api, upstream: UpstreamSettings): Lines {
  const { baseUrl, credentials, proxy } = upstream;
  const hasProxy = proxy.http !== undefined || proxy.https !== undefined;
  const warnings = [...upstream.warnings, ...credentialWarnings(api, credentials)];
  return [
    `  upstream   ${baseUrl} (${describeCredentials(credentials)})`,
    ...otherServers(api, upstream).map((url) => `             ${url}, for operations that name it`),
    hasProxy && '  proxy      from HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
    ...warnings.map((warning) => `  warning    ${warning}`),
  ];
}

function print(lines: Lines): string {
  // Title and names come from outside: they must not move the terminal's cursor.
  const safe = lines.filter((line) => line !== false).map((line) => printable(line));
  return safe.map((line) => `${line}\n`).join('');
}

/** Servers that single operations name: they receive the credentials too. */
function otherServers(api: Api, { ownServers, serverValues, baseUrl }: UpstreamSettings): string[] {
  const servers = ownServers ? serversOf(api) : [];
  const urls = servers.map((server) => fillServer(server, serverValues));
  return [...new Set(urls)].filter((url) => url !== baseUrl);
}
