import { FetchError, type FetchPublic } from './outgoing.js';

/** Workers do not see which address a name leads to, so they fetch nothing that a caller names. */
export function createFetchPublic(): FetchPublic {
  return () => Promise.reject(new FetchError('cannot be fetched by a Cloudflare Worker'));
}
