import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { inNetworks } from './limits.js';
import { createHttpClient } from './net.js';
import { FetchError, TransportError, withinBudget } from './outgoing.js';
import type { ClientResponse, Fetched, FetchPublic, HttpClient } from './outgoing.js';
import { parseUrl } from './text.js';

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
    try {
      return await withinBudget(timeoutMs, caller, (signal) =>
        follow(client, text, { maxBytes, signal }),
      );
    } catch (error) {
      if (error instanceof FetchError) throw error;
      throw new FetchError(error instanceof TransportError ? 'took too long' : UNREACHABLE);
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
  const url = parseUrl(text, base);
  if (url === undefined) throw new FetchError('is not a URL');
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

/** Networks that are not public, and those that only translate into them (RFC 6890, RFC 6052, RFC 6598, RFC 7915). */
const PRIVATE_NETWORKS =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 ' +
  '198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ' +
  '::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 fc00::/7 fe80::/9 ff00::/8';

/** Whether an IP address belongs to this machine, its link or a private network, also if IPv6 embeds it. */
export const isPrivateAddress = inNetworks(PRIVATE_NETWORKS.split(' '));

/** Whether the host of a URL is such an address; a name has to be resolved first. */
export function hasPrivateAddress({ hostname }: URL): boolean {
  return isPrivateAddress(hostname.replace(/^\[|\]$/g, ''));
}

/** The error code of a connection that was refused because of its address. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** Resolves names as `dns.lookup` does, to all addresses at once. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

/** Resolves names, but not to private addresses: checked when connecting, since names can change (DNS rebinding). */
export function createPublicLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error !== null || first === undefined) done(error, []);
      else if (addresses.some(({ address }) => isPrivateAddress(address))) done(refusal(), []);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error('The name has a private address.'), { code: PRIVATE_ADDRESS });
}
