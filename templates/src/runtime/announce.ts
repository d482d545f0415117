import type { Api } from './api.js';
import type { Running } from './listen.js';
import type { HttpSettings } from './settings.js';

/** The effective settings, as lines for a person to read at start. Without a secret. */
export function announce(api: Api, settings: HttpSettings, running: Running): string {
  const { resource, oauth, upstream } = settings;
  const lines = [
    `${api.title}: ${api.tools.length} tools at ${resource.url}`,
    ...(oauth === undefined
      ? ['  callers    anybody who can reach this address: no token is asked for']
      : [
          `  callers    holders of a token of ${oauth.issuer}`,
          `  audience   ${oauth.audiences.join(', ')}`,
        ]),
    `  listening  ${running.url ?? ''}`,
    `  upstream   ${upstream.baseUrl} (${upstream.credentials.describe})`,
    ...otherServers(api, settings).map((url) => `             ${url}, for operations that say so`),
  ];
  // The title is the document's: it must not move the cursor of whoever looks.
  return lines.map((line) => `${line.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}\n`).join('');
}

/** Servers that single operations name: they are sent the credentials too. */
function otherServers(api: Api, { upstream }: HttpSettings): string[] {
  const servers = upstream.ownServers
    ? api.tools.flatMap(({ request }) => request.server ?? [])
    : [];
  return [...new Set(servers)].filter((url) => url !== upstream.baseUrl);
}
