import { createHttpClient } from './net.js';
import {
  FetchError,
  type ClientResponse,
  type Fetched,
  type FetchPublic,
  type HttpClient,
} from './outgoing.js';
import { createPublicLookup, hasPrivateAddress } from './public-address.js';

const MAX_REDIRECTS = 3;

/**
 * Requests to URLs that callers choose, which must not lead into the network of this server (SSRF): only `https`, only
 * public addresses, including each redirect, without credentials, cookies or client certificates, and never through a
 * proxy, which would resolve names itself.
 */
export function createFetchPublic(
  client: HttpClient = createHttpClient({}, {}, createPublicLookup()),
): FetchPublic {
  return async (text, { maxBytes, timeoutMs }, caller) => {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    const timer = setTimeout(abort, timeoutMs);
    caller.addEventListener('abort', abort, { once: true });
    try {
      return await follow(client, text, { maxBytes, signal: stop.signal });
    } catch (error) {
      if (error instanceof FetchError) throw error;
      throw new FetchError(stop.signal.aborted ? 'took too long' : UNREACHABLE);
    } finally {
      clearTimeout(timer);
      caller.removeEventListener('abort', abort);
    }
  };
}

// The same for an unknown name and for one in this network: callers must not learn which names exist.
const UNREACHABLE = 'could not be reached at a public address';

async function follow(
  client: HttpClient,
  text: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Fetched> {
  let url = publicUrl(text);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const request = { method: 'GET', origin: url.origin, path: url.pathname + url.search };
    const response = await client({ ...request, headers: { accept: '*/*' } }, options);
    const { location } = response.headers;
    if (response.status < 300 || response.status > 399)
      return contentOf(response, options.maxBytes);
    if (location === undefined) break;
    url = publicUrl(location, url.href);
  }
  throw new FetchError('redirects too many times');
}

/** @throws FetchError unless the URL may be requested */
function publicUrl(text: string, base?: string): URL {
  if (!URL.canParse(text, base)) throw new FetchError('is not a URL');
  const url = new URL(text, base);
  if (url.protocol !== 'https:') throw new FetchError('is not an https URL');
  if (url.username !== '' || url.password !== '') throw new FetchError('has a user name');
  if (hasPrivateAddress(url)) throw new FetchError(UNREACHABLE);
  return url;
}

function contentOf(response: ClientResponse, maxBytes: number): Fetched {
  const { status, truncated, body, headers } = response;
  if (status !== 200) throw new FetchError(`answered ${status}`);
  if (truncated) throw new FetchError(`is longer than ${maxBytes} bytes`);
  return { bytes: body, mediaType: headers['content-type'] };
}
