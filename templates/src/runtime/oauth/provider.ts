import { fetchJson, Unreachable } from '../fetch-json.js';
import type { Fetch } from '../http-client.js';

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

/** Fetches until the signal ends it. @throws ProviderUnavailable saying what went wrong, for the log. */
export function createFetchJson(fetch: Fetch, signal: AbortSignal): FetchJson {
  return async (url, init) => {
    const { status, body } = await fetchJson(fetch, url, { ...init, signal }).catch(rethrow);
    if (status === 400) {
      const code = body?.['error'];
      throw new ProviderUnavailable(`${url} answered 400 ${JSON.stringify(code)}`, { code });
    }
    if (status < 200 || status > 299) throw new ProviderUnavailable(`${url} answered ${status}`);
    if (body === undefined) throw new ProviderUnavailable(`${url} is not a JSON object`);
    return { ...body };
  };
}

function rethrow(error: unknown): never {
  if (error instanceof Unreachable) throw new ProviderUnavailable(error.message, { cause: error });
  throw error;
}
