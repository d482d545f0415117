import type { SecurityScheme } from '../api.js';
import { fetchJson, Unreachable } from '../fetch-json.js';
import type { Fetch } from '../http-client.js';
import { urlFault } from '../url-fault.js';
import { CredentialsError } from './error.js';

/** Whether it is known, or can be found out, where a scheme's tokens are issued: somewhere that a secret may go. */
export function hasTokenUrl(scheme: SecurityScheme | undefined): boolean {
  const url = scheme?.type === 'openIdConnect' ? scheme.openIdConnectUrl : tokenUrlOf(scheme);
  return url !== undefined && urlFault(url, { query: true }) === undefined;
}

function tokenUrlOf(scheme: SecurityScheme | undefined): string | undefined {
  return scheme?.type === 'oauth2' ? scheme.tokenUrl : undefined;
}

/** Finds the token endpoint of a scheme: the one that was chosen, the document's, or that of OpenID Connect Discovery. */
export function createTokenUrlFinder(
  fetch: Fetch,
  chosen: string | undefined,
): (scheme: SecurityScheme | undefined) => Promise<string> {
  const discovered = new Map<string, Promise<string>>();
  return async (scheme) => {
    if (chosen !== undefined) return chosen;
    const documented = tokenUrlOf(scheme);
    if (documented !== undefined) return documented;
    const url = scheme?.type === 'openIdConnect' ? scheme.openIdConnectUrl : '';
    const found = discovered.get(url) ?? discover(fetch, url);
    discovered.set(url, found);
    // What failed is looked for again by the next call.
    found.catch(() => discovered.delete(url));
    return found;
  };
}

const TIMEOUT_MS = 5000;

async function discover(fetch: Fetch, url: string): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { body } = await fetchJson(fetch, url, { signal }).catch((error: unknown) => {
    if (error instanceof Unreachable) return { body: undefined };
    throw error;
  });
  const endpoint = body?.['token_endpoint'];
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) return endpoint;
  throw new CredentialsError(
    'This tool was not called: the API’s OpenID Connect document does not tell where to get an access token. ' +
      'Whoever runs this server must set UPSTREAM_TOKEN_URL.',
    'no_token_endpoint',
  );
}
