/** What tokens are asked for. */
export interface TokenTarget {
  /** Instead of what the document says; empty asks for none. */
  readonly scopes?: readonly string[];
  /** The API, as its authorization server calls it (RFC 8693 section 2.1; Auth0 wants it with every grant). */
  readonly audience?: string;
  /** The API's own URL (RFC 8707). */
  readonly resource?: string;
}

/** The parameters of a token request that say what the token is for. */
export function targetParameters(
  target: TokenTarget,
  needed: readonly string[],
): Record<string, string> {
  const scope = [...new Set(target.scopes ?? needed)].sort().join(' ');
  return {
    ...(scope !== '' && { scope }),
    ...(target.audience !== undefined && { audience: target.audience }),
    ...(target.resource !== undefined && { resource: target.resource }),
  };
}
