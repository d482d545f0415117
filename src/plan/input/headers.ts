import { isHeaderName, isReservedHeader } from '../../../templates/src/runtime/http.js';

// OpenAPI 3.1, Parameter Object: these three are described elsewhere and ignored here.
const IGNORED_HEADERS = ['accept', 'content-type', 'authorization'];

/** What a browser says about the page that sends a request. */
const BROWSER_HEADERS = ['origin', 'referer'];

/** Whether a parameter of this name is described elsewhere and therefore ignored. */
export function isIgnoredHeader(name: string): boolean {
  return IGNORED_HEADERS.includes(name.toLowerCase());
}

/** Whether a caller may set a header, if it is not ignored. */
export function isSettableHeader(name: string): boolean {
  const isForbidden = isReservedHeader(name) || BROWSER_HEADERS.includes(name.toLowerCase());
  return isHeaderName(name) && (isIgnoredHeader(name) || !isForbidden);
}
