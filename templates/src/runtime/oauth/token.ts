import { createHash } from 'node:crypto';

/** Who a token names: its subject, and the client it was issued to. */
export interface Holder {
  readonly subject?: string;
  readonly client?: string;
}

/** Who holds a valid access token. */
export interface Caller extends Holder {
  /** As granted, in the provider's spelling. */
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** All that the token may be shown to, this server and others (RFC 7519 section 4.1.3). */
  readonly audiences: readonly string[];
}

/** Tells who holds an access token. */
export interface Verifier {
  /** @throws InvalidToken, or ProviderUnavailable when nobody can tell at the moment. */
  verify(token: string): Promise<Caller>;
  /** Whether tokens can be verified right now. */
  ready(): Promise<boolean>;
}

/** The token is not to be accepted. The message is for the log, never for the caller. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  /** Known when the signature was right and only the claims were not. */
  readonly holder: Holder;

  constructor(message: string, holder: Holder = {}) {
    super(message);
    this.holder = holder;
  }
}

/** Stands for a token where the token itself must not be kept. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
