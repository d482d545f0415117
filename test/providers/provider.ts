import type { JWK } from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

/** A JWT as a provider signs it. */
export interface Token {
  readonly header: Claims;
  readonly claims: Claims;
}

/** The values that a provider fills into its documents and tokens. */
export interface Site {
  /** The URL of the provider in the test. */
  readonly origin: string;
  /** Seconds since the epoch. */
  readonly now: number;
  /** Its public key. */
  readonly key: JWK;
}

/** A token that must be refused, and the reason that the log must give. */
export interface Refused {
  readonly token: (site: Site) => Token | string;
  readonly reason: string;
}

/** The protocol between one provider, configured as on its page, and a generated server. */
export interface Provider {
  readonly name: string;
  /** The page in `docs/providers`, the blocks of variables that are set, and the token that is issued. */
  readonly page: string;
  readonly blocks: readonly number[];
  readonly token: number;
  /** The values for the words in capitals there. */
  readonly values: Readonly<Record<string, string>>;
  /** The documents that the provider serves, by their paths. */
  readonly documents: (site: Site) => Readonly<Record<string, unknown>>;
  /** How it signs; absent: RS256. */
  readonly algorithm?: string;
  /** It has none of this server's scopes: the project is generated with `--scopes none`. */
  readonly scopeless?: true;
  /** Tokens are opaque, and the page has the introspection response for one. */
  readonly opaque?: true;
  /** The `scope` of a challenge: the first, and the one for notes.write when notes.read was granted. */
  readonly asks: { readonly first: string; readonly more: string };
  /** The caller that the audit log must name for the access token. */
  readonly caller: { readonly subject: string; readonly client?: string };
  readonly refused: Readonly<Record<string, Refused>>;
}

/** The public URL of the server, as on the pages. */
export const resource = 'https://mcp.example.com/mcp';
/** Another API of the same provider. */
export const otherApi = 'https://other.example.com/api';

/** When a token was issued, and when it expires. */
export function times({ now }: Site): { readonly iat: number; readonly exp: number } {
  return { iat: now, exp: now + 300 };
}

/** A token with other claims. */
export function changed({ header, claims }: Token, changes: Claims): Token {
  return { header, claims: { ...claims, ...changes } };
}
