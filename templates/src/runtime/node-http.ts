import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { Disconnected, headerOf, linesOf, type HttpRequest, type HttpResponse } from './http.js';
import { canonicalAddress } from './limits.js';

/** The adapter between `node:http` and plain values. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly address: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #signal: AbortSignal | undefined;
  #id: string | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, address: string) {
    const { path, query, headers } = readTarget(request.url ?? '', request.rawHeaders);
    this.method = request.method ?? '';
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.address = address;
    this.#request = request;
    this.#response = response;
  }

  body(maxBytes: number): Promise<Uint8Array | undefined> {
    const announced = Number(headerOf(this.headers, 'content-length') ?? 0);
    return announced > maxBytes ? Promise.resolve(undefined) : readBody(this.#request, maxBytes);
  }

  get id(): string {
    return (this.#id ??= randomUUID());
  }

  // Created on first use: most requests end without anything to cancel.
  get signal(): AbortSignal {
    return (this.#signal ??= closeSignal(this.#response));
  }
}

/**
 * What a request's target asks for. An absolute target, which proxies may send, names the host too: it counts instead
 * of the `Host` header (RFC 9112 section 3.2.2), whose lines stay, so that several are still refused.
 */
function readTarget(
  target: string,
  headers: readonly string[],
): Pick<HttpRequest, 'path' | 'query' | 'headers'> {
  const [, host, rest = target] = /^https?:\/\/([^/?]*)(.*)$/i.exec(target) ?? [];
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  if (host === undefined) return { path, query, headers };
  return { path: path || '/', query, headers: withHost(headers, host) };
}

function withHost(headers: readonly string[], host: string): string[] {
  const isHost = (index: number) => index % 2 === 1 && /^host$/i.test(headers[index - 1] ?? '');
  const named = headers.map((part, index) => (isHost(index) ? host : part));
  return linesOf(headers, 'host').length === 0 ? ['Host', host, ...named] : named;
}

function closeSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) stop();
  else response.once('close', stop);
  return controller.signal;
}

/** A body may exceed its limit by this factor before the connection is closed. */
const DROPPED = 4;

function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
      if (length <= maxBytes) return chunks.push(chunk);
      // The rest is read and dropped, within limits, so that the client sees the response.
      if (length > DROPPED * maxBytes) return request.destroy();
      resolve(undefined);
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', () => reject(new Disconnected()));
    request.once('close', () => {
      if (!request.readableEnded) reject(new Disconnected());
    });
  });
}

/** Sends a response, which stays in memory until it is read: a client that reads nothing for a time is cut off. */
export function send(
  response: ServerResponse,
  { status, body, cookies = [], ...given }: HttpResponse,
  unreadMs: number,
): void {
  if (response.destroyed) return;
  const wait = (): void => void response.setTimeout(unreadMs);
  // Before Node gives the connection to the next response, which may take longer than that to begin.
  const release = () => response.prependOnceListener('finish', () => response.setTimeout(0));
  const headers = { ...given.headers, ...(cookies.length > 0 && { 'Set-Cookie': [...cookies] }) };
  if (body instanceof ReadableStream) {
    release();
    response.writeHead(status, headers);
    const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
    response.once('close', () => source.destroy());
    source.once('error', () => response.destroy());
    source.on('pause', wait).on('end', wait);
    source.on('resume', () => response.setTimeout(0)).pipe(response);
    return;
  }
  const length = body === null ? 0 : Buffer.byteLength(body);
  // The response to a HEAD request has the length that the one to GET would have, or none (RFC 9110 section 8.6).
  const isUnsized =
    status === 204 || status === 304 || (body === null && response.req.method === 'HEAD');
  const sized = isUnsized ? {} : { 'Content-Length': String(length) };
  response.writeHead(status, { ...headers, ...sized });
  response.end(body ?? undefined);
  // Most responses are with the system at once, and need no timer.
  if (response.socket?.writableLength === 0) return;
  release();
  wait();
}

// Far more proxies than any server has in front.
const MAX_HOPS = 32;

/**
 * The address that a request came from: the right-most one of `X-Forwarded-For` that is not a trusted proxy, since
 * the client may have written everything to the left of it. `forwardedFor` is the header's lines.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: readonly string[],
  isTrusted: (address: string) => boolean,
): string {
  // A socket for both IP versions shows IPv4 addresses mapped into IPv6, and the log must not have two spellings.
  let address = socketAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  const hops = forwardedFor.flatMap((line) => line.split(','));
  for (const hop of hops.reverse().slice(0, MAX_HOPS)) {
    const next = isTrusted(address) ? hopAddress(hop.trim()) : undefined;
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/** The address of one hop, without the port that some proxies add; undefined if it is not an address. */
function hopAddress(hop: string): string | undefined {
  const [, bracketed, ipv4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
  return canonicalAddress(bracketed ?? ipv4 ?? hop);
}
