import { ProviderUnavailable, type FetchJson } from './provider.js';

/** What discovery starts from. */
export interface DiscoveryOptions {
  readonly issuer: string;
  /** Other issuers the document may name, for providers whose tokens and documents disagree. */
  readonly issuers: readonly string[];
  readonly metadataUrl?: string;
}

/** What this server needs of a metadata document (RFC 8414 section 2). */
export type Endpoint = 'jwks_uri' | 'introspection_endpoint';

/** Where something of the provider's is. @throws ProviderUnavailable with every URL tried and what it said. */
export async function findEndpoint(
  endpoint: Endpoint,
  options: DiscoveryOptions,
  fetchJson: FetchJson,
): Promise<string> {
  const failures: string[] = [];
  for (const url of options.metadataUrl === undefined
    ? metadataUrls(options.issuer)
    : [options.metadataUrl]) {
    try {
      return endpointOf(await fetchJson(url), endpoint, url, options);
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

// RFC 8414 section 3.3: a document that names another issuer must not be used.
function endpointOf(
  document: Record<string, unknown>,
  endpoint: Endpoint,
  url: string,
  options: DiscoveryOptions,
): string {
  const { issuer, [endpoint]: found } = document;
  if (typeof issuer !== 'string' || ![options.issuer, ...options.issuers].includes(issuer)) {
    throw new ProviderUnavailable(
      `${url} names the issuer ${JSON.stringify(issuer)}, not ${JSON.stringify(options.issuer)}: set OAUTH_AUTHORIZATION_SERVER to exactly what the document says`,
    );
  }
  if (typeof found !== 'string' || !URL.canParse(found))
    throw new ProviderUnavailable(`${url} has no ${endpoint}`);
  // Plain http is for an issuer on this machine; a remote one must not send us to what listens here.
  const [from, to] = [new URL(options.issuer).protocol, new URL(found).protocol];
  if (from === 'https:' && to !== 'https:')
    throw new ProviderUnavailable(`${url} has a ${endpoint} without https`);
  return found;
}
