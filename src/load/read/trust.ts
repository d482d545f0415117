import { isWeb } from './location.js';

/**
 * Whether a document at `from` may lead the reader to `to`, by a redirect or a `$ref`. A document from the
 * network never reaches files, a machine's own or link-local services (which hold cloud credentials), nor, from
 * https, anything that is sent in the clear.
 */
export function mayLead(from: URL, to: URL): boolean {
  if (from.protocol === 'file:') return to.protocol === 'file:' || isWeb(to);
  if (!isWeb(to)) return false;
  if (isLocal(to)) return isLocal(from);
  return !(from.protocol === 'https:' && to.protocol === 'http:');
}

/** Whether a URL names this machine or its link. */
export function isLocal(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^((127|169\.254)\.[\d.]+|0\.0\.0\.0)$/.test(host) ||
    /^\[(::1?|::ffff:(7f..|a9fe):.*|fe[89ab].:.*)\]$/.test(host)
  );
}
