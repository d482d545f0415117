import { isObject } from '../json.js';
import { isLoopback } from './identity.js';

/** The authorization server cannot be used right now; not the caller's fault, so never a 401. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  /** The `error` of a 400 (RFC 6749 section 5.2). */
  readonly code: unknown;

  constructor(message: string, options: ErrorOptions & { readonly code?: unknown } = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** Fetches a JSON object from the authorization server. */
export type FetchJson = (url: string, init?: RequestInit) => Promise<Record<string, unknown>>;

const MAX_BYTES = 1_048_576;

/**
 * Fetches over https (loopback excepted), without redirects, at most 1 MiB, until the signal ends it: the URL may
 * come from a document, and a redirect could lead into a private network.
 *
 * @throws ProviderUnavailable saying what went wrong, for the log.
 */
export function createFetchJson(signal: AbortSignal): FetchJson {
  return async (url, init) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
      throw new ProviderUnavailable(`${url} is not an https URL`);
    const response = await request(url, { ...init, signal });
    if (response.status === 400) {
      const { error: code } = parseObject(url, await readText(url, response));
      throw new ProviderUnavailable(`${url} answered 400 ${JSON.stringify(code)}`, { code });
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new ProviderUnavailable(`${url} answered ${response.status}`);
    }
    return parseObject(url, await readText(url, response));
  };
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  try {
    return await fetch(url, { ...init, redirect: 'manual', headers });
  } catch (error) {
    throw new ProviderUnavailable(`${url} cannot be reached`, { cause: error });
  }
}

async function readText(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    throw new ProviderUnavailable(`${url} broke off`, { cause: error });
  }
  if (bytes > MAX_BYTES) throw new ProviderUnavailable(`${url} is longer than ${MAX_BYTES} bytes`);
  return text + decoder.decode();
}

function parseObject(url: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below, with the URL.
  }
  throw new ProviderUnavailable(`${url} is not a JSON object`);
}
