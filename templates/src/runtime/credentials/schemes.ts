import type { SecurityScheme } from '../api.js';

/** Whether a scheme is HTTP basic authentication (RFC 7617). */
export function isBasic(scheme: SecurityScheme | undefined): boolean {
  return scheme?.type === 'http' && scheme.scheme === 'basic';
}

/** Whether a scheme takes a bearer token, wherever it comes from (RFC 6750). */
export function takesToken(scheme: SecurityScheme | undefined): boolean {
  if (scheme?.type === 'http') return scheme.scheme === 'bearer';
  return scheme?.type === 'oauth2' || scheme?.type === 'openIdConnect';
}
