import type { Audit } from '../audit.js';
import { createHttpClient, fetchJson, Unreachable, type HttpClient } from '../net.js';
import type { JsonRequest } from '../net.js';
import { createIntrospectionVerifier, introspectionRequest } from './introspection.js';
import { createJwtVerifier, createKeys } from './jwt.js';
import type { OAuthSettings } from './settings.js';
import { ProviderUnavailable, type Claims, type Verifier } from './token.js';

// For all documents together: a request that waits for the first key waits no longer than this.
const TIMEOUT_MS = 5000;

/** The verifier that the settings ask for: the provider is found when a token first needs it. */
export function createVerifier(oauth: OAuthSettings, audit: Audit): Verifier {
  const { introspection } = oauth;
  const client = createHttpClient(oauth.proxy);
  const fetchInTime = () => createFetchDocument(client, AbortSignal.timeout(TIMEOUT_MS));
  if (introspection === undefined) {
    const load = () => loadKeys(oauth, fetchInTime());
    const onFailure = (reason: string) => audit('provider_failure', { reason });
    return createJwtVerifier(oauth, createKeys({ load, onFailure }));
  }
  const locate = once(
    async () => introspection.url ?? findEndpoint('introspection_endpoint', oauth, fetchInTime()),
  );
  const ask = async (token: string) => {
    const url = await locate();
    return fetchInTime()(url, introspectionRequest(token, introspection)).catch(inactiveIfRefused);
  };
  return createIntrospectionVerifier(oauth, { ask });
}

async function loadKeys(oauth: OAuthSettings, get: FetchDocument): Promise<readonly unknown[]> {
  const uri = oauth.jwksUri ?? (await findEndpoint('jwks_uri', oauth, get));
  const { keys } = await get(uri);
  if (!Array.isArray(keys)) throw new ProviderUnavailable(`${uri} is not a key set`);
  return keys as readonly unknown[];
}

/** oidc-provider answers this, and not that it is inactive, for a token of a type that it does not introspect. */
function inactiveIfRefused(error: unknown): Claims {
  if (error instanceof ProviderUnavailable && error.cause === 'unsupported_token_type')
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

/** The members of a metadata document that this server needs (RFC 8414 section 2). */
type Endpoint = 'jwks_uri' | 'introspection_endpoint';

/** Where discovery starts; `issuers` may be named too, by providers whose tokens and documents disagree. */
type Start = Pick<OAuthSettings, 'issuer' | 'issuers' | 'metadataUrl'>;

/** Finds a URL of the provider's. @throws ProviderUnavailable with every URL tried and why it failed. */
export async function findEndpoint(
  endpoint: Endpoint,
  start: Start,
  fetchDocument: FetchDocument,
): Promise<string> {
  const { issuer, metadataUrl } = start;
  const failures: string[] = [];
  for (const url of metadataUrl === undefined ? metadataUrls(issuer) : [metadataUrl]) {
    try {
      return endpointOf(await fetchDocument(url), endpoint, url, start);
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      failures.push(error.message);
    }
  }
  throw new ProviderUnavailable(failures.join('; '));
}

/**
 * Where an issuer's metadata may be, in the order the MCP specification gives: RFC 8414 section 3 (inserted
 * before the path), OpenID Connect inserted likewise, OpenID Connect Discovery section 4 (appended). A trailing
 * slash goes away here, and only here.
 */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    ...(path === '' ? [] : [`${origin}${path}/.well-known/openid-configuration`]),
  ];
}

function endpointOf(document: Claims, endpoint: Endpoint, url: string, start: Start): string {
  const { issuer, [endpoint]: found } = document;
  // RFC 8414 section 3.3: a document that names another issuer must not be used.
  if (typeof issuer !== 'string' || ![start.issuer, ...start.issuers].includes(issuer))
    throw new ProviderUnavailable(
      `${url} names the issuer ${JSON.stringify(issuer)}, not ${JSON.stringify(start.issuer)}: set OAUTH_AUTHORIZATION_SERVER to exactly what the document says`,
    );
  if (typeof found !== 'string' || !URL.canParse(found))
    throw new ProviderUnavailable(`${url} has no ${endpoint}`);
  // Plain http is for an issuer on this machine; a remote one must not send us to what listens here.
  if (new URL(start.issuer).protocol === 'https:' && new URL(found).protocol !== 'https:')
    throw new ProviderUnavailable(`${url} has a ${endpoint} without https`);
  return found;
}

/** Fetches a JSON object from the authorization server. */
export type FetchDocument = (url: string, request?: Omit<JsonRequest, 'signal'>) => Promise<Claims>;

/** Fetches until the signal ends it. @throws ProviderUnavailable with the reason, for the log. */
export function createFetchDocument(client: HttpClient, signal: AbortSignal): FetchDocument {
  return async (url, request) => {
    const { status, body } = await fetchJson(client, url, { ...request, signal }).catch(rethrow);
    const cause = status === 400 ? body?.['error'] : undefined;
    const code = status === 400 ? ` ${JSON.stringify(cause)}` : '';
    if (status < 200 || status > 299)
      throw new ProviderUnavailable(`${url} answered ${status}${code}`, { cause });
    if (body === undefined) throw new ProviderUnavailable(`${url} is not a JSON object`);
    return body;
  };
}

function rethrow(error: unknown): never {
  if (error instanceof Unreachable) throw new ProviderUnavailable(error.message, { cause: error });
  throw error;
}
