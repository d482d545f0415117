import { FetchError, type FetchPublic } from './outgoing.js';

/** Workers cannot see which address a name resolves to, so they do not fetch URLs from callers. */
export function createFetchPublic(): FetchPublic {
  return () => Promise.reject(new FetchError('cannot be fetched by a Cloudflare Worker'));
}
