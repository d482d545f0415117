import type { Api } from './api.js';
import { credentialWarnings, describeCredentials } from './credentials/describe.js';
import type { Running } from './listen.js';
import type { OAuthSettings } from './oauth/settings.js';
import type { HttpSettings } from './settings.js';
import { fillServer } from './upstream/base-url.js';
import type { UpstreamSettings } from './upstream/settings.js';

/** The effective settings, as lines for a person to read at start. Without a secret. */
export function announce(api: Api, settings: HttpSettings, running: Running): string {
  const { resource, oauth, upstream } = settings;
  const lines = [
    `${api.title}: ${api.tools.length} tools at ${resource.url}`,
    ...(oauth === undefined
      ? ['  callers    anybody who can reach this address: no token is asked for']
      : [
          `  callers    holders of a token of ${oauth.issuer}`,
          `  audience   ${oauth.audiences.join(', ')}${inClaim(oauth.audienceClaim)}`,
          `  tokens     ${describeTokens(oauth)}`,
        ]),
    `  limit      ${settings.rateLimit} tool calls a minute for each caller`,
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
    ...otherServers(api, upstream).map((url) => `             ${url}, for operations that say so`),
    ...(hasProxy ? ['  proxy      as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say'] : []),
    ...credentialWarnings(api, credentials).map((warning) => `  warning    ${warning}`),
  ];
}

function print(lines: readonly string[]): string {
  // The title is the document's: it must not move the cursor of whoever looks.
  return lines.map((line) => `${line.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}\n`).join('');
}

function inClaim(claim: string): string {
  return claim === 'aud' ? '' : ` in the claim ${claim}`;
}

function describeTokens({ introspection }: OAuthSettings): string {
  return introspection === undefined
    ? 'JWTs'
    : `opaque, asked about at ${introspection.url ?? 'the introspection endpoint of that server'}`;
}

/** Servers that single operations name: they are sent the credentials too. */
function otherServers(api: Api, upstream: UpstreamSettings): string[] {
  const servers = upstream.ownServers
    ? api.tools.flatMap(({ request }) => request.server ?? [])
    : [];
  const urls = servers.map((server) => fillServer(server, upstream.serverValues));
  return [...new Set(urls)].filter((url) => url !== upstream.baseUrl);
}
