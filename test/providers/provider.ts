import type { JWK } from 'jose';

export type Claims = Readonly<Record<string, unknown>>;

/** A JWT as a provider signs it. */
export interface Token {
  readonly header: Claims;
  readonly claims: Claims;
}

/** What a provider fills into its documents and tokens. */
export interface Site {
  /** Where the provider is served in the test. */
  readonly origin: string;
  /** Seconds since the epoch. */
  readonly now: number;
  /** Its public key. */
  readonly key: JWK;
}

/** A token that must not get in, and the reason that the log must give. */
export interface Refused {
  readonly token: (site: Site) => Token | string;
  readonly reason: string;
}

/** How one provider, configured as its page says, speaks to a generated server. */
export interface Provider {
  readonly name: string;
  /** The page in `docs/providers`, which of its blocks of variables are set, and which of its tokens is issued. */
  readonly page: string;
  readonly blocks: readonly number[];
  readonly token: number;
  /** What the words in capitals there stand for. */
  readonly values: Readonly<Record<string, string>>;
  /** The documents that the provider serves, by path, where it serves them. */
  readonly documents: (site: Site) => Readonly<Record<string, unknown>>;
  /** How it signs; absent: RS256. */
  readonly algorithm?: string;
  /** It has none of this server's scopes: the project is generated with `--scopes none`. */
  readonly scopeless?: true;
  /** Tokens are opaque, and the page has what introspection tells of one. */
  readonly opaque?: true;
  /** The `scope` of a challenge: the first, and the one for notes.write when notes.read was granted. */
  readonly asks: { readonly first: string; readonly more: string };
  /** Whom the audit log must name for the access token. */
  readonly caller: { readonly subject: string; readonly client?: string };
  readonly refused: Readonly<Record<string, Refused>>;
}

/** The public URL of the server, as on the pages. */
export const resource = 'https://mcp.example.com/mcp';
/** Another API of the same provider. */
export const otherApi = 'https://other.example.com/api';

/** When a token was issued, and when it ends. */
export function times({ now }: Site): { readonly iat: number; readonly exp: number } {
  return { iat: now, exp: now + 300 };
}

/** A token with other claims. */
export function changed({ header, claims }: Token, changes: Claims): Token {
  return { header, claims: { ...claims, ...changes } };
}
