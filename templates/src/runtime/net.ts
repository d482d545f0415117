import type { LookupFunction } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { createInflateRaw } from 'node:zlib';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { isText } from './media.js';
import { Aborted, Undecodable, USER_AGENT } from './outgoing.js';
import type { ClientResponse, HttpClient, ProxySettings, SendOptions } from './outgoing.js';
import type { TlsSettings, Watcher } from './outgoing.js';

/** Bytes. Policies, links and cookies of some APIs are longer than Node's own 16 KiB. */
const MAX_HEADERS = 65_536;

/** The client for one set of credentials; it does not share its connections. `lookup` may refuse addresses. */
export function createHttpClient(
  proxy: ProxySettings,
  { ca, certificate }: TlsSettings = {},
  lookup?: LookupFunction,
): HttpClient {
  const tls = { ...(ca !== undefined && { ca: [...rootCertificates, ca] }), ...certificate };
  const connect = lookup === undefined ? tls : { ...tls, lookup };
  // Every request has its own deadline.
  const patience = { headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: MAX_HEADERS, connect };
  const direct = proxy.http === undefined && proxy.https === undefined;
  const dispatcher: Dispatcher = direct
    ? new Agent(patience)
    : new EnvHttpProxyAgent({
        ...patience,
        requestTls: tls,
        // Never absent: the agent would read absent values from the environment of the process.
        httpProxy: proxy.http ?? '',
        httpsProxy: proxy.https ?? '',
        noProxy: proxy.direct ?? '',
      });
  return ({ headers, body = null, method, ...target }, options) =>
    new Promise((resolve, reject) => {
      const defaults = { 'accept-encoding': 'gzip, deflate, br', 'user-agent': USER_AGENT };
      const request = { ...target, method, body, headers: { ...defaults, ...headers } };
      dispatcher.dispatch(request, new Collector(options, resolve, reject));
    });
}

/**
 * Collects a response from undici's events. Not undici's `request`, whose stream costs more than the rest of a small
 * response, nor its `fetch`, which costs six times as much.
 */
class Collector implements Dispatcher.DispatchHandler {
  readonly #chunks: Uint8Array[] = [];
  readonly #options: SendOptions;
  readonly #resolve: (response: ClientResponse) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #decoders: readonly Duplex[] | undefined;
  #length = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #watcher: Watcher | undefined;

  constructor(
    options: SendOptions,
    resolve: (response: ClientResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    if (options.signal.aborted) this.#abort();
    else options.signal.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => {
    // Immediately: a request that waits for a connection has no controller yet.
    this.#fail(new Aborted());
    this.#controller?.abort(new Aborted());
  };

  readonly #cut = (unfinished: boolean): void => {
    this.#finish(unfinished);
    this.#release(true);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) controller.abort(new Aborted());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim responses come first, and are replaced (RFC 9110 section 15.2).
    this.#status = status;
    this.#headers = joined(headers);
    if (status >= 200) this.#watcher = this.#options.watch?.(this.#headers, this.#cut);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    const [first] = (this.#decoders ??= this.#decode(chunk));
    if (first === undefined) {
      this.#take(chunk);
      return;
    }
    if (first.destroyed) return;
    first.write(chunk);
    // Never paused: if a connection ends while it is, undici 7 ends this process (nodejs/undici#5360).
    if (first.writableLength > this.#options.maxBytes + MAX_UNDECODED) this.#cut(true);
  }

  onResponseEnd(): void {
    if (this.#decoders?.[0] === undefined) this.#finish();
    else this.#decoders[0].end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    // A length is legal with 304, and common with 204 (RFC 9110 section 8.6), but undici waits for the body.
    if ([204, 304].includes(this.#status)) this.#finish();
    else if (this.#watcher?.isUsable === true) this.#cut(true);
    else this.#fail(error);
  }

  #decode(start: Uint8Array): readonly Duplex[] {
    const decoders = decodersOf(this.#headers, start);
    for (const decoder of decoders)
      decoder.on('error', (error) => this.#fail(new Undecodable(error)));
    const last = decoders.at(-1)?.on('data', (chunk: Uint8Array) => this.#take(chunk));
    last?.on('end', () => this.#finish());
    return decoders;
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    this.#watcher?.took(chunk);
    if (this.#length > this.#options.maxBytes) this.#finish();
  }

  #finish(unfinished = false): void {
    const { maxBytes } = this.#options;
    const [only] = this.#chunks;
    const all = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    const truncated = this.#length > maxBytes;
    const body = truncated ? all.subarray(0, maxBytes) : all;
    const [status, headers] = [this.#status, this.#headers];
    this.#resolve({ status, headers, body, truncated, ...(unfinished && { unfinished }) });
    this.#release(truncated);
  }

  #fail(error: Error): void {
    this.#reject(error);
    this.#release(true);
  }

  /** Promises ignore a second settlement, so a late event does no harm. */
  #release(unfinished: boolean): void {
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#watcher?.stop();
    if (!unfinished) return;
    for (const decoder of this.#decoders ?? []) decoder.destroy();
    this.#controller?.abort(new Aborted());
  }
}

/** How many bytes more than a response may have can wait to be decoded: compressed, hardly any response is longer. */
const MAX_UNDECODED = 16_777_216;

// A few are legal (RFC 9110 section 8.4); each additional one multiplies the work that a small body can cause.
const MAX_ENCODINGS = 5;
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

// Any bytes begin some raw `deflate`, so its end must be one.
const STRICT = { flush: constants.Z_SYNC_FLUSH };

const DECODERS: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => createGunzip(LENIENT)],
  ['x-gzip', () => createGunzip(LENIENT)],
  ['deflate', () => createInflate(LENIENT)],
  ['br', () => createBrotliDecompress()],
  // Neither changes anything: the second is how a file was uploaded to S3.
  ['identity', () => new PassThrough()],
  ['aws-chunked', () => new PassThrough()],
] as [string, () => Duplex][]);

/**
 * Decoders for the content encodings of a response, one after the other. Other names are ignored: servers also write a
 * charset here (`gzip, utf-8`). @throws Undecodable
 */
function decodersOf(headers: ClientResponse['headers'], start: Uint8Array): Duplex[] {
  const encoding = (headers['content-encoding'] ?? '').toLowerCase();
  const [unknown] = /\b(zstd|compress)\b/.exec(encoding) ?? [];
  if (unknown !== undefined) throw new Undecodable({ code: unknown });
  const stated = encoding.split(',').map((name) => name.trim());
  const known = stated.filter((name) => DECODERS.has(name)).reverse();
  const names = known.length === 0 && isGzippedText(headers, start) ? ['gzip'] : known;
  if (names.length === 0 || names.length > MAX_ENCODINGS) return [];
  const decoders = names.flatMap((name) => DECODERS.get(name)?.() ?? []);
  if (names[0] === 'deflate' && isRaw(start)) decoders[0] = createInflateRaw(STRICT);
  decoders.reduce((from, to) => from.pipe(to));
  return decoders;
}

/** Files are often stored compressed, and then served without that encoding. No text begins with these bytes. */
function isGzippedText(
  { 'content-type': type = '' }: ClientResponse['headers'],
  [first, second]: Uint8Array,
): boolean {
  return first === 0x1f && second === 0x8b && isText(type);
}

/** Some servers send `deflate` without the wrapper of RFC 1950, as RFC 9110 section 8.4.1.2 notes. */
function isRaw([first = 0]: Uint8Array): boolean {
  return (first & 0x0f) !== 8;
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const line = Array.isArray(value) ? value.join(', ') : (value ?? '');
    result[name.toLowerCase()] = /[^\0-\x7f]/.test(line) ? decoded(line) : line;
  }
  return result;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 9110 section 5.5 leaves bytes beyond ASCII open: servers mean UTF-8, or else ISO-8859-1, which undici reads. */
function decoded(line: string): string {
  try {
    return utf8.decode(Buffer.from(line, 'latin1'));
  } catch {
    return line;
  }
}
