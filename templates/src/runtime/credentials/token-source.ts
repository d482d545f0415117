import type { SecurityScheme } from '../api.js';
import type { CallerToken } from './caller.js';

/** What an operation needs a bearer token for. */
export interface TokenRequest {
  /** Absent: the document is silent. */
  readonly scheme?: SecurityScheme;
  /** What the document says the token must grant. */
  readonly scopes: readonly string[];
  /** Absent where callers have no tokens. */
  readonly caller?: CallerToken;
  /** Where the token is about to be sent. */
  readonly url: URL;
  /** Ends the waiting of this call; not the request that others may be waiting for as well. */
  readonly signal: AbortSignal;
}

/** Where the API's bearer tokens come from. */
export interface TokenSource {
  /** @throws CredentialsError */
  token(request: TokenRequest): Promise<string>;
  /** Told that the API refused a token; whether asking again may give another one. */
  renew(refused: string): boolean;
}
