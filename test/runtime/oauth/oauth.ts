import type { HttpRequest } from '../../../templates/src/runtime/http.js';
import { parseResource, type Resource } from '../../../templates/src/runtime/oauth/metadata.js';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';

export const issuer = 'https://as.example';
export const audience = 'https://m.example/mcp';

/** The resource of a URL that is known to be valid. */
export function resourceOf(url: string): Resource {
  const resource = parseResource(url);
  if (typeof resource === 'string') throw new Error(resource);
  return resource;
}

/** Settings from the required variables, with these changes. */
export function oauthOf(changes: Partial<OAuthSettings> = {}): OAuthSettings {
  return {
    issuer,
    issuers: [issuer],
    audiences: [audience],
    audienceClaim: 'aud',
    scopeClaims: ['scope', 'scp'],
    scopes: {
      byTool: { free: [], read: [['notes.read']], write: [['notes.write'], ['admin', 'root']] },
      implies: new Map(),
      prefix: '',
      supported: ['admin', 'notes.read', 'notes.write', 'root'],
      baseline: ['notes.read'],
    },
    clockTolerance: 30,
    requireAtJwt: false,
    scopeErrors: 'http',
    proxy: {},
    plainHosts: new Set(),
    warnings: [],
    ...changes,
  };
}

/** The settings that make tokens opaque. */
export const opaque: Partial<OAuthSettings> = {
  introspection: {
    client: { id: 'me', authentication: { method: 'client_secret_basic', secret: 'secret' } },
  },
};

/** A request without a body. */
export function requestOf(headers: readonly string[], address = '192.0.2.1'): HttpRequest {
  return {
    id: 'r-1',
    method: 'POST',
    path: '/mcp',
    query: '',
    headers,
    address,
    body: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  };
}
