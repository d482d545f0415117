import { urlFault } from '../url-fault.js';

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

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** The resource that a URL stands for, or what is wrong with the URL (RFC 8707 section 2, RFC 9728 section 1.2). */
export function parseResource(url: string): Resource | string {
  const fault = urlFault(url, { query: true });
  if (fault !== undefined) return fault;
  const { origin, hostname, pathname, search } = new URL(url);
  if (isReservedPath(pathname)) return 'must have another path: this one is taken';
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

/** Whether a path is one of every server of this kind. */
export function isReservedPath(path: string): boolean {
  return /^\/(healthz|readyz|\.well-known(\/.*)?)$/.test(path);
}

/** The metadata's path for MCP at `path`: the well-known part goes between host and path, a lone slash goes away. */
export function metadataPath(path: string): string {
  return path === '/' ? WELL_KNOWN : `${WELL_KNOWN}${path}`;
}
