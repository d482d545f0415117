import type { Fetch } from '../http-client.js';
import type { UpstreamRequest } from './request.js';

/** The upstream API's answer, read to its end or to the limit. */
export interface Answer {
  readonly method: string;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The body was longer than the limit, and `body` is its beginning. */
  readonly cut: boolean;
}

/** No answer came. The code says more to whoever reads the audit log, and nothing to a caller. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly reason: 'timeout' | 'cancelled' | 'network';
  readonly code: string | undefined;

  constructor(reason: TransportError['reason'], code?: string) {
    super(reason);
    this.reason = reason;
    this.code = code;
  }
}

const maxRedirects = 5;

/**
 * Work within one time budget, given a signal that fires when it is used up or nobody waits any more. What does not
 * hear the signal, such as custom code, is not waited for.
 */
export async function withinBudget<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any with AbortSignal.timeout: on Node 20 such a signal can be collected before it fires.
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(new TransportError('timeout')));
  });
  try {
    if (signal.aborted) throw new TransportError('cancelled');
    return await Promise.race([work(stop.signal), stopped]);
  } catch (error) {
    if (signal.aborted) throw new TransportError('cancelled');
    throw stop.signal.aborted ? new TransportError('timeout') : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/**
 * Sends a request and reads the answer, up to a number of bytes.
 * @throws TransportError when there is no answer, or it broke off.
 */
export async function send(
  request: UpstreamRequest,
  fetch: Fetch,
  { maxResponseBytes, signal }: { readonly maxResponseBytes: number; readonly signal: AbortSignal },
): Promise<Answer> {
  try {
    const { response, url } = await follow(request, fetch, signal);
    const { status, headers } = response;
    const body = await readBody(response, maxResponseBytes);
    return { method: request.method, url, status, headers, ...body };
  } catch (error) {
    throw classify(error);
  }
}

/** fetch's own following would take API keys along to other origins: it drops `Authorization` only. */
async function follow(
  request: UpstreamRequest,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<{ response: Response; url: URL }> {
  let url = request.url;
  for (let hops = 0; ; hops += 1) {
    const { method, headers, body } = request;
    const response = await fetch(url, {
      method,
      headers,
      signal,
      ...(body !== undefined && { body }),
    });
    const next = hops < maxRedirects ? redirectTarget(request, response, url) : undefined;
    if (next === undefined) return { response, url };
    await response.body?.cancel();
    url = next;
  }
}

/** Whether a status asks to go elsewhere (RFC 9110 section 15.4); 300 and 304 do not. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** The methods whose redirects are followed: they ask for nothing but an answer (RFC 9110 section 9.2.1). */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function redirectTarget(
  { method }: UpstreamRequest,
  { status, headers }: Response,
  from: URL,
): URL | undefined {
  const location = headers.get('location');
  if (!isSafe(method) || !isRedirect(status) || location === null) return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from);
  const plain = target.username === '' && target.password === '';
  return plain && target.origin === from.origin ? target : undefined;
}

async function readBody(
  response: Response,
  limit: number,
): Promise<{ body: Uint8Array; cut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the transfer.
    if (length > limit) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, limit), cut: length > limit };
}

function classify(error: unknown): unknown {
  // fetch's own complaints about a request have no cause; they are ours to mend.
  if (error instanceof TypeError && error.cause === undefined) return error;
  const code = codeOf(error);
  // undici has patience of its own: ten seconds to connect.
  return new TransportError(code?.endsWith('_TIMEOUT') === true ? 'timeout' : 'network', code);
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, …: fetch wraps what happened in a TypeError's cause. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
