import type { Api } from '../api.js';
import { metadataPath, type Resource } from './identity.js';
import { withPrefix } from './scopes.js';
import type { OAuthSettings } from './settings.js';

/** Answers requests for the protected resource metadata; undefined for any other path. */
export type MetadataRoute = (method: string, path: string) => Response | undefined;

// Public by nature, so any origin may read it: browser-based clients ask before they have a token.
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': '*',
};

/**
 * Serves the metadata at the root and at the path-inserted form of every path MCP is served at, since clients
 * probe both (RFC 9728 section 3.1). It needs neither a token nor the authorization server.
 */
export function createMetadataRoute(
  api: Api,
  resource: Resource,
  oauth: OAuthSettings,
): MetadataRoute {
  const paths = new Set(['/', ...resource.paths].map(metadataPath));
  const body = JSON.stringify(metadataDocument(api, resource, oauth));
  return (method, path) => {
    if (!paths.has(path)) return undefined;
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: CORS });
    if (method !== 'GET' && method !== 'HEAD')
      return new Response(null, { status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' } });
    return new Response(method === 'HEAD' ? null : body, {
      headers: {
        ...CORS,
        'Content-Type': 'application/json',
        'Cache-Control': 'public, max-age=300',
      },
    });
  };
}

/** The document itself (RFC 9728 section 2). Members that would be empty are left out. */
export function metadataDocument(
  api: Api,
  resource: Resource,
  oauth: OAuthSettings,
): Record<string, unknown> {
  // A resource server has no business with refresh tokens (MCP authorization, "Refresh Tokens").
  const scopes = oauth.scopes.supported.filter((scope) => scope !== 'offline_access');
  return {
    resource: resource.url,
    authorization_servers: [oauth.issuer],
    ...(scopes.length > 0 && { scopes_supported: withPrefix(scopes, oauth.scopes.prefix) }),
    bearer_methods_supported: ['header'],
    resource_name: api.title,
    ...(api.documentation !== undefined && { resource_documentation: api.documentation }),
  };
}
