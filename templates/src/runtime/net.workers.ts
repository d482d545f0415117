import { waitUntil } from 'cloudflare:workers';
import { Aborted, Undecodable, USER_AGENT } from './outgoing.js';
import type { ClientRequest, ClientResponse, HttpClient, ProxySettings } from './outgoing.js';
import type { SendOptions, TlsSettings, Watcher } from './outgoing.js';

/** The client for one set of credentials. The platform manages connections and decodes content encodings. */
export function createHttpClient(_proxy: ProxySettings, _tls?: TlsSettings): HttpClient {
  return (request, options) => {
    const response = send(request, options);
    // Several requests may wait for one response, such as a key set: it must not end with the first of them.
    waitUntil(response.catch(() => undefined));
    return response;
  };
}

async function send(request: ClientRequest, options: SendOptions): Promise<ClientResponse> {
  const { signal } = options;
  if (signal.aborted) throw new Aborted();
  try {
    const { method, body = null } = request;
    const defaults = { 'accept-encoding': 'gzip, br', 'user-agent': USER_AGENT };
    const headers = { ...defaults, ...asText(request.headers) };
    const init = { method, headers, body: body as RequestInit['body'], signal };
    // Never from Cloudflare's cache: the response may belong to one caller.
    const how = { redirect: 'manual', cache: 'no-store' } as const;
    const response = await fetch(request.origin + request.path, { ...init, ...how });
    return await collect(response, options);
  } catch (error) {
    throw isAborted(signal) ? new Aborted() : error;
  }
}

// As a function, because the compiler assumes that a value stays false.
function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** The platform writes headers in UTF-8. Here each character is one byte. */
function asText(headers: ClientRequest['headers']): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')]),
  );
}

function joined(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of headers)
    result[name] = Object.hasOwn(result, name) ? `${result[name]}, ${value}` : value;
  return result;
}

const COMPRESSED = /\b(gzip|deflate|br|zstd|compress)\b/i;

/** The response, read to its end, to the limit, or until its watcher stops. @throws Aborted, Undecodable */
async function collect(response: Response, options: SendOptions): Promise<ClientResponse> {
  const { maxBytes, signal, watch } = options;
  const { status, body } = response;
  const headers = joined(response.headers);
  const reading = new Reading(body as ReadableStream<Uint8Array> | null);
  const watcher = watch?.(headers, (unfinished) => reading.stop(unfinished));
  const abort = (): void => reading.stop(true);
  signal.addEventListener('abort', abort, { once: true });
  await reading.upTo(maxBytes, watcher).finally(() => {
    signal.removeEventListener('abort', abort);
    watcher?.stop();
  });
  if (signal.aborted) throw new Aborted();
  const { bytes, unfinished } = reading;
  const { 'content-encoding': encoding = '' } = headers;
  // The platform decodes these two, spelled like this.
  const [unknown] = /^(gzip|br)$/.test(encoding) ? [] : (COMPRESSED.exec(encoding) ?? []);
  if (bytes.length > 0 && unknown !== undefined) throw new Undecodable({ code: unknown });
  const content = { body: bytes.subarray(0, maxBytes), truncated: bytes.length > maxBytes };
  return { status, headers, ...content, ...(unfinished && { unfinished }) };
}

/** Reads a body until it is told to stop. */
class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #stopped = false;
  unfinished = false;

  constructor(body: ReadableStream<Uint8Array> | null) {
    this.#reader = body?.getReader();
  }

  /** The bytes read so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  async upTo(maxBytes: number, watcher: Watcher | undefined): Promise<void> {
    let left = maxBytes;
    while (left >= 0) {
      const chunk = await this.#next(watcher);
      if (chunk === undefined) return;
      this.#chunks.push(chunk);
      left -= chunk.byteLength;
      watcher?.took(chunk);
    }
    this.#cancel();
  }

  /** Stops, and keeps what has been read. */
  stop(unfinished: boolean): void {
    this.#stopped = true;
    this.unfinished = unfinished;
    this.#cancel();
  }

  async #next(watcher: Watcher | undefined): Promise<Uint8Array | undefined> {
    if (this.#stopped || this.#reader === undefined) return undefined;
    try {
      return (await this.#reader.read()).value;
    } catch (error) {
      const { message } = error as Error;
      // As on Node, a compressed body that ends early is used as far as it goes.
      if (this.#isStopped() || message.includes('ended prematurely')) return undefined;
      if (watcher?.isUsable === true) return void (this.unfinished = true);
      throw message.includes('decompression failed') ? new Undecodable(error as Error) : error;
    }
  }

  // As a method, because the compiler assumes that a value stays false during a wait.
  #isStopped(): boolean {
    return this.#stopped;
  }

  #cancel(): void {
    void this.#reader?.cancel().catch(() => undefined);
  }
}
