import { createFetch, type Fetch } from './reach.js';

/** How long a probe may take, in milliseconds. */
const patience = 10_000;

/** The MCP endpoint of a server: the given URL, or `/mcp` if the URL names only a host with nothing at its root. */
export async function endpointOf(url: URL): Promise<URL> {
  if (url.pathname !== '/') return url;
  const usual = new URL('/mcp', url);
  const fetch = createFetch(url);
  const [atRoot, atUsual] = await Promise.all([statusOf(url, fetch), statusOf(usual, fetch)]);
  return atRoot === 404 && atUsual !== undefined && atUsual !== 404 ? usual : url;
}

async function statusOf(url: URL, fetch: Fetch): Promise<number | undefined> {
  const signal = AbortSignal.timeout(patience);
  const response = await fetch(url.href, { signal }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status;
}
