import type { Audit } from '../audit.js';
import { findJwksUri } from './discovery.js';
import { createJwtVerifier } from './jwt.js';
import { createKeys } from './keys.js';
import { createFetchJson, ProviderUnavailable } from './provider.js';
import type { OAuthSettings } from './settings.js';
import type { Verifier } from './token.js';

// For all documents together: whoever waits for the first key waits no longer than this.
const TIMEOUT_MS = 5000;

/** The verifier that the settings ask for: the provider is found, and its keys are loaded, when first needed. */
export function createVerifier(oauth: OAuthSettings, audit: Audit): Verifier {
  const keys = createKeys({
    load: () => loadKeys(oauth),
    onFailure: (reason) => audit('provider_failure', { reason }),
  });
  return createJwtVerifier(oauth, keys);
}

async function loadKeys(oauth: OAuthSettings): Promise<readonly unknown[]> {
  const fetchJson = createFetchJson(AbortSignal.timeout(TIMEOUT_MS));
  const uri = await findJwksUri(oauth, fetchJson);
  const { keys } = await fetchJson(uri);
  if (!Array.isArray(keys)) throw new ProviderUnavailable(`${uri} is not a key set`);
  return keys as readonly unknown[];
}
