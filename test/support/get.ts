import type { ClientResponse, HttpClient } from '../../templates/src/runtime/outgoing.js';

/** Sends a GET with the runtime's client. */
export function get(client: HttpClient, url: string): Promise<ClientResponse> {
  const { origin, pathname, search } = new URL(url);
  const request = { method: 'GET', origin, path: pathname + search, headers: {} };
  return client(request, { maxBytes: 1_000_000, signal: AbortSignal.timeout(20_000) });
}
