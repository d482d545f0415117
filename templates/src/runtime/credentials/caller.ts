/** Who makes a call, as far as what is sent to the API may depend on it. */
export interface UpstreamCaller {
  readonly subject?: string;
  readonly client?: string;
  /** As granted, in the provider's spelling. */
  readonly scopes: readonly string[];
}

/**
 * The access token that a caller showed to this server. It is for this server, so it is a type of its own that no
 * request can be made with: only token exchange and forwarding reveal it.
 */
export class CallerToken {
  readonly #value: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly audiences: readonly string[];

  constructor(
    value: string,
    { expiresAt, audiences }: Pick<CallerToken, 'expiresAt' | 'audiences'>,
  ) {
    this.#value = value;
    this.expiresAt = expiresAt;
    this.audiences = audiences;
  }

  reveal(): string {
    return this.#value;
  }
}
