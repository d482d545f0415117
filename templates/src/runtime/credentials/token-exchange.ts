import { createHash } from 'node:crypto';
import type { Fetch } from '../http-client.js';
import { CredentialsError } from './error.js';
import type { TokenExchangeSettings } from './token-settings.js';
import { createTokenCache } from './token-cache.js';
import { requestToken } from './token-endpoint.js';
import type { TokenSource } from './token-source.js';
import { createTokenUrlFinder } from './token-url.js';
import { targetParameters, type TokenTarget } from './token-target.js';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Tokens for the API, one for each caller, got for the caller's own. There is nothing to fall back to. */
export function createTokenExchange(
  { client, tokenUrl, target, variant }: TokenExchangeSettings,
  fetch: Fetch,
): TokenSource {
  const cache = createTokenCache();
  const findTokenUrl = createTokenUrlFinder(fetch, tokenUrl);
  return {
    async token({ scheme, scopes, caller, signal }) {
      if (caller === undefined) throw new CredentialsError('This tool needs to know who calls it.');
      const url = await findTokenUrl(scheme);
      const subject = caller.reveal();
      const exchange = async () => {
        const parameters = {
          ...grants[variant](subject),
          ...targetParameters(target, scopes),
        };
        const token = await requestToken(fetch, { url, client, parameters });
        return { ...token, expiresAt: Math.min(token.expiresAt, caller.expiresAt * 1000) };
      };
      return cache.get(keyOf(subject, url, target, scopes), exchange, signal);
    },
    renew(refused) {
      cache.discard(refused);
      return true;
    },
  };
}

const grants = {
  /** RFC 8693 section 2.1. */
  rfc8693: (subject: string) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN,
    requested_token_type: ACCESS_TOKEN,
  }),
  /** Microsoft identity platform, OAuth 2.0 On-Behalf-Of flow. */
  'entra-obo': (subject: string) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: subject,
    requested_token_use: 'on_behalf_of',
  }),
};

/** By a hash, so that the caller's token is kept no longer than its call. */
function keyOf(
  subject: string,
  url: string,
  target: TokenTarget,
  scopes: readonly string[],
): string {
  const hash = createHash('sha256').update(subject).digest('base64');
  return JSON.stringify([hash, url, targetParameters(target, scopes)]);
}
