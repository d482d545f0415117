import type { Api } from './api.js';
import { credentialWarnings, describeCredentials } from './credentials/choose.js';
import type { OAuthSettings } from './oauth/settings.js';
import type { Running } from './run.js';
import type { HttpSettings } from './settings.js';
import { fillServer, type UpstreamSettings } from './upstream/settings.js';

/** The effective settings, as lines for the operator to read at start. Without a secret. */
export function announce(api: Api, settings: HttpSettings, running: Pick<Running, 'url'>): string {
  const { resource, oauth, upstream } = settings;
  const lines = [
    `${api.title}: ${api.tools.length} tools at ${resource.url}`,
    ...(oauth === undefined
      ? ['  callers    anyone who can reach this address: no token is required']
      : [
          `  callers    need an access token issued by ${oauth.issuer}`,
          `  audience   ${oauth.audiences.join(', ')}${inClaim(oauth.audienceClaim)}`,
          `  tokens     ${describeTokens(oauth)}`,
        ]),
    `  limit      ${settings.rateLimit} messages a minute for each caller`,
    ...describeProxies(settings),
    `  listening  ${running.url ?? ''}`,
    ...describeUpstream(api, upstream),
  ];
  return print(lines);
}

/** The same for a server over stdio, whose callers need no explanation. */
export function announceStdio(api: Api, upstream: UpstreamSettings): string {
  return print([
    `${api.title}: ${api.tools.length} tools over stdio`,
    ...describeUpstream(api, upstream),
  ]);
}

function describeUpstream(api: Api, upstream: UpstreamSettings): string[] {
  const { baseUrl, credentials, proxy } = upstream;
  const hasProxy = proxy.http !== undefined || proxy.https !== undefined;
  return [
    `  upstream   ${baseUrl} (${describeCredentials(credentials)})`,
    ...otherServers(api, upstream).map((url) => `             ${url}, for operations that name it`),
    ...(hasProxy ? ['  proxy      from HTTP_PROXY, HTTPS_PROXY and NO_PROXY'] : []),
    ...[...upstream.warnings, ...credentialWarnings(api, credentials)].map(
      (warning) => `  warning    ${warning}`,
    ),
  ];
}

function print(lines: readonly string[]): string {
  // Title and names come from outside: they must not move the terminal's cursor.
  return lines.map((line) => `${line.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}\n`).join('');
}

function describeProxies({ trustedProxies }: HttpSettings): string[] {
  return trustedProxies.length === 0
    ? []
    : [`  behind     ${trustedProxies.join(', ')}: addresses of clients from X-Forwarded-For`];
}

function inClaim(claim: string): string {
  return claim === 'aud' ? '' : ` in the claim ${claim}`;
}

function describeTokens({ introspection }: OAuthSettings): string {
  return introspection === undefined
    ? 'JWTs'
    : `opaque, introspected at ${introspection.url ?? 'the endpoint that the issuer publishes'}`;
}

/** Servers that single operations name: they receive the credentials too. */
function otherServers(api: Api, upstream: UpstreamSettings): string[] {
  const servers = upstream.ownServers
    ? api.tools.flatMap(({ request }) => request.server ?? [])
    : [];
  const urls = servers.map((server) => fillServer(server, upstream.serverValues));
  return [...new Set(urls)].filter((url) => url !== upstream.baseUrl);
}
