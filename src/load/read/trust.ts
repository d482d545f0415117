import { isWeb } from './location.js';

/**
 * Whether a document at `from` may lead the reader to `to`, by a redirect or a `$ref`. A document from the network
 * never reaches files nor, from https, anything that is sent in the clear. Whether the address is a private one is
 * seen where the connection is made.
 */
export function mayLead(from: URL, to: URL): boolean {
  if (from.protocol === 'file:') return to.protocol === 'file:' || isWeb(to);
  return isWeb(to) && !(from.protocol === 'https:' && to.protocol === 'http:');
}
