/**
 * Headers that are never taken from arguments or from `UPSTREAM_HEADERS`: who is called, with which
 * credentials, how the connection is handled (RFC 9110 section 7.6.1), how the body is framed, what a proxy
 * says about the client, and what turns one method into another.
 */
const reserved = new Set([
  'host',
  'authorization',
  'cookie',
  'set-cookie',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'content-type',
  'forwarded',
  'via',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]);

/** Whether only this server may set the header. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return reserved.has(lower) || /^(proxy|sec|x-forwarded)-/.test(lower);
}
