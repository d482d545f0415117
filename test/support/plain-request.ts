import type { HttpRequest } from '../../templates/src/runtime/http.js';

/** A request as an adapter would hand it to the server: JSON by POST to /mcp, unless the parts differ. */
export function plainRequest({
  body,
  headers = [],
  ...parts
}: Partial<Omit<HttpRequest, 'body'>> & { readonly body?: string | Uint8Array } = {}): HttpRequest {
  return {
    id: 'r-1',
    method: 'POST',
    path: '/mcp',
    query: '',
    address: '127.0.0.1',
    signal: new AbortController().signal,
    headers,
    body: () => Promise.resolve(Buffer.from(body ?? '')),
    ...parts,
  };
}
