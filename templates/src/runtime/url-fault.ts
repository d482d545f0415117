import { isLoopback } from './loopback.js';

/**
 * What is wrong with a URL that identifies a party of OAuth (RFC 8414 section 2, RFC 8707 section 2), or undefined.
 * An issuer has no query.
 */
export function urlFault(text: string, allow: { query?: boolean } = {}): string | undefined {
  if (!URL.canParse(text) || /[\s\p{Cc}]/u.test(text)) return 'must be an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'must begin with https:// (plain http:// is for loopback addresses only)';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (text.includes('#')) return 'must not contain a fragment';
  if (text.includes('?') && allow.query !== true) return 'must not contain a query';
  return undefined;
}
