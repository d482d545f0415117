import type { Fetch } from '../http-client.js';
import { createClientCredentials } from './client-credentials.js';
import { createForward } from './forward.js';
import type { UpstreamCredentials } from './settings.js';
import { createTokenExchange } from './token-exchange.js';
import type { TokenSource } from './token-source.js';

/** The source of bearer tokens that the settings ask for. */
export function createTokenSource(
  {
    credentials: { tokens },
    baseUrl,
  }: { readonly credentials: UpstreamCredentials; readonly baseUrl: string },
  fetch: Fetch,
): TokenSource | undefined {
  switch (tokens?.kind) {
    case 'bearer':
      return { token: () => Promise.resolve(tokens.token), renew: () => false };
    case 'client-credentials':
      return createClientCredentials(tokens, fetch);
    case 'token-exchange':
      return createTokenExchange(tokens, fetch);
    case 'forward':
      return createForward(tokens.audience, new URL(baseUrl).origin);
    case undefined:
      return undefined;
  }
}
