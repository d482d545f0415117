import type { Audit } from '../audit.js';
import { createFetch } from '../http-client.js';
import { findEndpoint } from './discovery.js';
import { createIntrospectionVerifier, introspectionRequest } from './introspection.js';
import { createJwtVerifier } from './jwt.js';
import { createKeys } from './keys.js';
import { createFetchJson, ProviderUnavailable, type FetchJson } from './provider.js';
import type { OAuthSettings } from './settings.js';
import type { Verifier } from './token.js';

// For all documents together: whoever waits for the first key waits no longer than this.
const TIMEOUT_MS = 5000;

/** The verifier that the settings ask for: the provider is found when a token first needs it. */
export function createVerifier(oauth: OAuthSettings, audit: Audit): Verifier {
  const onFailure = (reason: string) => audit('provider_failure', { reason });
  const { introspection } = oauth;
  const fetch = createFetch(oauth.proxy);
  const fetchInTime = () => createFetchJson(fetch, AbortSignal.timeout(TIMEOUT_MS));
  if (introspection === undefined)
    return createJwtVerifier(
      oauth,
      createKeys({ load: () => loadKeys(oauth, fetchInTime()), onFailure }),
    );
  const locate = once(
    async () => introspection.url ?? findEndpoint('introspection_endpoint', oauth, fetchInTime()),
  );
  return createIntrospectionVerifier(oauth, {
    ask: async (token) => {
      const url = await locate();
      const answer = fetchInTime()(url, introspectionRequest(token, introspection));
      return answer.catch(refusedAsInactive);
    },
  });
}

async function loadKeys(oauth: OAuthSettings, fetchJson: FetchJson): Promise<readonly unknown[]> {
  const uri = oauth.jwksUri ?? (await findEndpoint('jwks_uri', oauth, fetchJson));
  const { keys } = await fetchJson(uri);
  if (!Array.isArray(keys)) throw new ProviderUnavailable(`${uri} is not a key set`);
  return keys as readonly unknown[];
}

/** oidc-provider says this, and not that it is inactive, of a token of a type that it does not introspect. */
function refusedAsInactive(error: unknown): Record<string, unknown> {
  if (error instanceof ProviderUnavailable && error.code === 'unsupported_token_type')
    return { active: false };
  throw error;
}

/** Keeps what was found, and tries again a second after a failure at the earliest. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    if (found !== undefined) return found;
    found = find();
    found.catch(() => setTimeout(() => (found = undefined), 1000).unref());
    return found;
  };
}
