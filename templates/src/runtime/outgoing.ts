/** One request to another server. Header names are in lower case. */
export interface ClientRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The response, read to its end or to the limit. */
export interface ClientResponse {
  readonly status: number;
  /** By name in lower case; several lines are one value, joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without any content encoding. */
  readonly body: Uint8Array;
  /** The body was longer than the limit, and `body` is its beginning. */
  readonly truncated: boolean;
  /** The response had not ended, and the body is what had arrived. */
  readonly unfinished?: boolean;
}

/** Watches a body while it arrives, without any content encoding. */
export interface Watcher {
  /** If the connection is lost, what has arrived counts as the response. */
  readonly isUsable: boolean;
  took(chunk: Uint8Array): void;
  /** The response is over. */
  stop(): void;
}

export interface SendOptions {
  /** Of the body, after decompression. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called when a response begins; `finish` ends it with what has arrived, which may be all of it. */
  readonly watch?: (
    headers: ClientResponse['headers'],
    finish: (unfinished: boolean) => void,
  ) => Watcher;
}

/** Of requests that set no other: firewalls refuse those without one (the core rules of AWS WAF). */
export const USER_AGENT = 'mcp-server';

/** Sends a request over connections that stay open for the next one. Redirects are not followed. */
export type HttpClient = (request: ClientRequest, options: SendOptions) => Promise<ClientResponse>;

/** Which connections go through a proxy; URLs as `HTTP_PROXY` and the like hold them. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** Hosts that are reached directly, separated by commas. */
  readonly direct?: string;
}

/** In PEM format. */
export interface TlsSettings {
  /** A certificate authority that is trusted in addition to the public ones. */
  readonly ca?: string;
  /** The client certificate that this server presents. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** A request was abandoned because its signal was aborted. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** A response arrived that cannot be decoded: it does not have the content encoding that it declares, or that is unknown. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  readonly code: unknown;

  constructor(cause: Error | { readonly code: string }) {
    super('The response cannot be decoded.', { cause });
    this.code = 'code' in cause ? cause.code : undefined;
  }
}

/** No usable response was received. The code is for the audit log, and never shown to a caller. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly reason: 'timeout' | 'cancelled' | 'encoding' | 'network';
  readonly code: string | undefined;

  constructor(reason: TransportError['reason'], code?: string) {
    super(reason);
    this.reason = reason;
    this.code = code;
  }
}

/**
 * Runs work within one time budget, with a signal that fires at the deadline or when the caller stops waiting. Custom
 * code that ignores the signal does not delay the caller either.
 */
export async function withinBudget<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Not AbortSignal.any with AbortSignal.timeout: on Node 20 such a signal can be garbage-collected before it fires.
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await unlessAborted(work(stop.signal), stop.signal);
  } catch (error) {
    if (signal.aborted) throw new TransportError('cancelled');
    throw stop.signal.aborted ? new TransportError('timeout') : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The outcome of work that continues even if this caller stops waiting for it. @throws Aborted */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Aborted('No longer waited for'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A URL has no usable content. The message is half a sentence, and reveals nothing about this server's network. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

/** The content of a public URL. */
export interface Fetched {
  readonly bytes: Uint8Array;
  /** As sent by the server, so it may be anything. */
  readonly mediaType: string | undefined;
}

/** Fetches a URL that a caller chose. @throws FetchError */
export type FetchPublic = (
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
  signal: AbortSignal,
) => Promise<Fetched>;
