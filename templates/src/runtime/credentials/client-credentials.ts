import type { Fetch } from '../http-client.js';
import type { ClientCredentialsSettings } from './token-settings.js';
import { createTokenCache } from './token-cache.js';
import { requestToken } from './token-endpoint.js';
import type { TokenSource } from './token-source.js';
import { createTokenUrlFinder } from './token-url.js';
import { targetParameters } from './token-target.js';

/** This server's own tokens: the same for all callers (RFC 6749 section 4.4). */
export function createClientCredentials(
  { client, tokenUrl, target }: ClientCredentialsSettings,
  fetch: Fetch,
): TokenSource {
  const cache = createTokenCache();
  const findTokenUrl = createTokenUrlFinder(fetch, tokenUrl);
  return {
    async token({ scheme, scopes, signal }) {
      const url = await findTokenUrl(scheme);
      const parameters = { grant_type: 'client_credentials', ...targetParameters(target, scopes) };
      const key = JSON.stringify([url, parameters]);
      return cache.get(key, () => requestToken(fetch, { url, client, parameters }), signal);
    },
    renew(refused) {
      cache.discard(refused);
      return true;
    },
  };
}
