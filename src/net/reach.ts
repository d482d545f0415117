import { lookup } from 'node:dns';
import { fetch as undiciFetch, type RequestInit as UndiciRequestInit } from 'undici';
import { isLoopback } from '../../templates/src/runtime/http.js';
import { codeOf, InputError } from '../errors.js';
import {
  hasPrivateAddress,
  isPrivateAddress,
  PRIVATE_ADDRESS,
  type Resolve,
} from '../../templates/src/runtime/fetch-public.js';
import { guardedAgent, openAgent } from './guarded-agent.js';

/**
 * Sends a request, without following redirects. @throws Unreachable for an address that is not allowed, InputError
 * INVALID_PROXY
 */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A server named an address that requests must not go to. The message is half a sentence. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * Requests to a server that the user named, and to the addresses in its metadata: the issuer and the endpoints. A
 * server on the internet may only lead to https there, and never into the user's network (SSRF); a private one may
 * lead to private addresses, and one on this machine to plain http on this machine.
 */
export function createFetch(named: URL, resolve: Resolve = lookup): Fetch {
  let isPrivate: Promise<boolean> | undefined;
  const budget: Budget = { left: MAX_TOTAL };
  return async (target, init = {}) => {
    const url = new URL(target);
    requireSecure(url, named);
    const guarded = !(await (isPrivate ??= isInPrivateNetwork(named, resolve)));
    if (guarded && hasPrivateAddress(url)) throw atPrivateAddress(url);
    try {
      const dispatcher = guarded ? await guardedAgent(url, resolve) : openAgent();
      const options = { ...init, redirect: 'manual', dispatcher };
      return toResponse(await undiciFetch(url, options as UndiciRequestInit), url, budget);
    } catch (error) {
      if (error instanceof Error && error.cause instanceof InputError) throw error.cause;
      throw isRefusal(error) ? atPrivateAddress(url) : error;
    }
  };
}

/** The URL that the user named is used as written, even when it is plain http. */
function requireSecure(url: URL, named: URL): void {
  const isLocal = isLoopback(named.hostname) && isLoopback(url.hostname);
  if (url.origin === named.origin || url.protocol === 'https:') return;
  if (url.protocol !== 'http:' || !isLocal)
    throw new Unreachable(`${url.href} is not an https URL`);
}

/** Decided by its current addresses: later DNS changes are not followed. */
async function isInPrivateNetwork(named: URL, resolve: Resolve): Promise<boolean> {
  if (hasPrivateAddress(named)) return true;
  return new Promise((done) => {
    resolve(named.hostname, { all: true }, (_, addresses = []) =>
      done(addresses.some(({ address }) => isPrivateAddress(address))),
    );
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === PRIVATE_ADDRESS;
}

function atPrivateAddress({ href }: URL): Unreachable {
  return new Unreachable(`${href} is in a private network, unlike the server that names it`);
}

/** Of a response, without any content encoding, and of all of them: lists of tools and results are shorter. */
const MAX_BYTES = 1 << 25;
const MAX_TOTAL = 1 << 26;

interface Budget {
  left: number;
}

/**
 * A hostile server must not fill the memory: most readers, the MCP SDK among them, read to the end, and all pages of a
 * list.
 */
function limited(body: ReadableStream<Uint8Array>, budget: Budget): ReadableStream<Uint8Array> {
  let length = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length += chunk.byteLength;
      budget.left -= chunk.byteLength;
      if (length > MAX_BYTES) controller.error(new Error('longer than 32 MiB'));
      else if (budget.left < 0) controller.error(new Error('longer than 64 MiB in all'));
      else controller.enqueue(chunk);
    },
  });
  return body.pipeThrough(counting);
}

/** The MCP SDK only accepts the global class. */
function toResponse(
  response: Awaited<ReturnType<typeof undiciFetch>>,
  { href }: URL,
  budget: Budget,
): Response {
  const { status, statusText } = response;
  const headers = new Headers([...response.headers]);
  const isBodiless = [204, 205, 304].includes(status);
  const body = isBodiless ? null : (response.body as ReadableStream<Uint8Array> | null);
  const result = new Response(body && limited(body, budget), { status, statusText, headers });
  return Object.defineProperty(result, 'url', { value: href });
}
