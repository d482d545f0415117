import type { Api } from '../api.js';
import { emptyResponse, logged, urlFault, type HttpResponse } from '../http.js';
import { withPrefix } from './scopes.js';
import { serversOf, type OAuthSettings } from './settings.js';

/** This server as an OAuth 2.0 protected resource, derived from `MCP_RESOURCE_URL` alone. */
export interface Resource {
  /** The resource identifier, byte for byte as configured: `URL.href` would add a slash to a bare origin. */
  readonly url: string;
  readonly origin: string;
  /** Lower case, without the port. */
  readonly hostname: string;
  /** Where MCP is served: `/mcp`, and the resource's own path. */
  readonly paths: readonly string[];
  /** Where clients find the metadata document (RFC 9728 section 3.1). */
  readonly metadataUrl: string;
  /** The `aud` values that mean this resource. */
  readonly audiences: readonly string[];
}

/** The resource that a URL identifies, or the fault of the URL (RFC 8707 section 2, RFC 9728 section 1.2). */
export function parseResource(url: string): Resource | string {
  const fault = urlFault(url, { query: true });
  if (fault !== undefined) return fault;
  const { origin, hostname, pathname, search } = new URL(url);
  if (/^\/(healthz|readyz|\.well-known(\/.*)?)$/.test(pathname))
    return 'must have a different path: this one is reserved';
  const bare = url.replace(/\/$/, '');
  return {
    url,
    origin,
    hostname,
    paths: [...new Set(['/mcp', pathname])],
    metadataUrl: `${origin}${metadataPath(pathname)}${search}`,
    audiences: pathname === '/' && search === '' ? [bare, `${bare}/`] : [url],
  };
}

/** Whether a path is reserved by a server with MCP at these paths: health checks and the metadata. */
export function isReservedPath(path: string, served: readonly string[]): boolean {
  return ['/healthz', '/readyz', ...['/', ...served].map(metadataPath)].includes(path);
}

/** The metadata path for MCP at `path`: the well-known part goes between host and path, and a lone slash is dropped. */
function metadataPath(path: string): string {
  return `/.well-known/oauth-protected-resource${path === '/' ? '' : path}`;
}

// Public by nature, so any origin may read it: browser-based clients request it before they have a token.
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': '*',
};
const HEADERS = {
  ...CORS,
  'Content-Type': 'application/json',
  'Cache-Control': 'public, max-age=300',
};

/**
 * Serves the metadata at the root and at the path-inserted form of every path MCP is served at, since clients
 * probe both (RFC 9728 section 3.1); undefined for other paths. Neither a token nor the provider is needed.
 */
export function createMetadataRoute(api: Api, resource: Resource, oauth: OAuthSettings) {
  const paths = new Set(['/', ...resource.paths].map(metadataPath));
  const body = JSON.stringify(metadataOf(api, resource, oauth));
  return (method: string, path: string): HttpResponse | undefined => {
    if (!paths.has(path)) return undefined;
    if (method === 'OPTIONS') return emptyResponse(204, CORS);
    if (method === 'GET') return { status: 200, headers: HEADERS, body };
    return method === 'HEAD'
      ? emptyResponse(200, HEADERS)
      : logged(emptyResponse(405, { Allow: 'GET, HEAD, OPTIONS' }), { reason: 'unknown method' });
  };
}

/** The document itself (RFC 9728 section 2). Members that would be empty are left out. */
function metadataOf(api: Api, { url }: Resource, oauth: OAuthSettings): object {
  const { supported, prefix } = oauth.scopes;
  return {
    resource: url,
    authorization_servers: serversOf(oauth).map(({ issuer }) => issuer),
    ...(supported.length > 0 && { scopes_supported: withPrefix(supported, prefix) }),
    bearer_methods_supported: ['header'],
    resource_name: api.title,
    resource_documentation: api.documentation,
  };
}
