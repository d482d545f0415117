import type { Duplex } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { ClientResponse, SendOptions } from './net.js';

/** Why a request was given up; the reason is known to whoever aborted the signal. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/**
 * Collects a response from undici's events. Not undici's `request`, whose stream costs more than the rest of a small
 * response, nor its `fetch`, which costs six times as much.
 */
export class Collector implements Dispatcher.DispatchHandler {
  readonly #chunks: Uint8Array[] = [];
  readonly #options: SendOptions;
  readonly #resolve: (response: ClientResponse) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #decoders: readonly Duplex[] = [];
  #begun = false;
  #length = 0;
  #status = 0;
  #headers: Record<string, string> = {};

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
    // At once: a request that waits for a connection has no controller yet.
    this.#fail(new Aborted());
    this.#controller?.abort(new Aborted());
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
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (!this.#begun) this.#begin();
    const [first] = this.#decoders;
    if (first === undefined) return this.#take(chunk);
    if (first.destroyed || first.write(chunk)) return;
    controller.pause();
    first.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    const [first] = this.#decoders;
    if (first === undefined) this.#finish();
    else first.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error);
  }

  #begin(): void {
    this.#begun = true;
    this.#decoders = decodersOf(this.#headers['content-encoding']);
    for (const decoder of this.#decoders) decoder.on('error', (error) => this.#fail(error));
    this.#decoders
      .at(-1)
      ?.on('data', (chunk: Uint8Array) => this.#take(chunk))
      .on('end', () => this.#finish());
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    if (this.#length > this.#options.maxBytes) this.#finish();
  }

  #finish(): void {
    const { maxBytes } = this.#options;
    const [only] = this.#chunks;
    const all = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    const truncated = this.#length > maxBytes;
    const body = truncated ? all.subarray(0, maxBytes) : all;
    const [status, headers] = [this.#status, this.#headers];
    this.#resolve({ status, headers, body, truncated });
    this.#release(truncated);
  }

  #fail(error: Error): void {
    this.#reject(error);
    this.#release(true);
  }

  /** Promises ignore a second settlement, so a late event does no harm. */
  #release(unfinished: boolean): void {
    this.#options.signal.removeEventListener('abort', this.#abort);
    if (!unfinished) return;
    for (const decoder of this.#decoders) decoder.destroy();
    this.#controller?.abort(new Aborted());
  }
}

// A few are legal (RFC 9110 section 8.4); each more multiplies the work that a small body can ask for.
const MAX_ENCODINGS = 5;
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(LENIENT),
  'x-gzip': () => createGunzip(LENIENT),
  deflate: () => createInflate(LENIENT),
  br: () => createBrotliDecompress(),
};

/** What takes off the content encodings of a response, one after the other; nothing when one of them is not known. */
function decodersOf(encoding = ''): Duplex[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const makers = names.reverse().flatMap((name) => DECODERS[name] ?? []);
  if (makers.length < names.length || makers.length > MAX_ENCODINGS) return [];
  const decoders = makers.map((make) => make());
  decoders.reduce((from, to) => from.pipe(to));
  return decoders;
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined)
      result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
