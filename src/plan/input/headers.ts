import { isHeaderName } from '../../../templates/src/runtime/http.js';

// OpenAPI 3.1, Parameter Object: these three are described elsewhere and ignored here. The others belong to the
// connection, to this server, or to its credentials; a caller must not set them.
const IGNORED_HEADERS = ['accept', 'content-type', 'authorization'];
const FORBIDDEN_HEADERS = [
  'host',
  'cookie',
  'set-cookie',
  'content-length',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];
const FORBIDDEN_PREFIX = /^(proxy|sec|x-forwarded)-/;

/** Whether a parameter of this name is described elsewhere and therefore ignored. */
export function isIgnoredHeader(name: string): boolean {
  return IGNORED_HEADERS.includes(name.toLowerCase());
}

/** Whether a caller may set a header. */
export function isSettableHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return isHeaderName(name) && !FORBIDDEN_HEADERS.includes(lower) && !FORBIDDEN_PREFIX.test(lower);
}
