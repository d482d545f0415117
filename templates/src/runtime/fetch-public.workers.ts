/** A URL led to nothing that may be used. The message is half a sentence, and says nothing of this server's network. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

/** What a URL of the internet holds. */
export interface Fetched {
  readonly bytes: Uint8Array;
  /** As the server says, which may be anything. */
  readonly mediaType: string | undefined;
}

/** Fetches a URL that a caller chose. @throws FetchError */
export type FetchPublic = (
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
  signal: AbortSignal,
) => Promise<Fetched>;

/** Workers do not see which address a name leads to, so they fetch nothing that a caller names. */
export function createFetchPublic(): FetchPublic {
  return () => Promise.reject(new FetchError('cannot be fetched by a Cloudflare Worker'));
}
