import type { Api } from './api.js';
import type { Running } from './listen.js';
import type { OAuthSettings } from './oauth/settings.js';
import type { HttpSettings } from './settings.js';
import { fillServer } from './upstream/base-url.js';

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
    `  upstream   ${upstream.baseUrl} (${upstream.credentials.describe})`,
    ...otherServers(api, settings).map((url) => `             ${url}, for operations that say so`),
  ];
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
function otherServers(api: Api, { upstream }: HttpSettings): string[] {
  const servers = upstream.ownServers
    ? api.tools.flatMap(({ request }) => request.server ?? [])
    : [];
  const urls = servers.map((server) => fillServer(server, upstream.serverValues));
  return [...new Set(urls)].filter((url) => url !== upstream.baseUrl);
}
