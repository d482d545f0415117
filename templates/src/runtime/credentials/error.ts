/** There are no credentials that the API would accept for this call; the message says what to do about it. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  /** For the log: an error code of OAuth (RFC 6749 section 5.2), or `unreachable`. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
