import { hash } from 'node:crypto';
import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';

/** The caller that the access token names (RFC 9068 section 2.2); the token itself is not part of it. */
export interface Caller {
  /** The authorization server that the subject belongs to; absent if there is only one. */
  readonly issuer?: string;
  readonly subject?: string;
  /** The client that the token was issued to. */
  readonly client?: string;
  /** As granted, in the provider's spelling. */
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** All audiences of the token, this server and others (RFC 7519 section 4.1.3). */
  readonly audiences: readonly string[];
}

/**
 * The access token that a caller sent to this server. It was issued for this server, so it has its own type, which
 * cannot be used to make a request: only token exchange and forwarding reveal it.
 */
export class CallerToken {
  readonly #value: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly audiences: readonly string[];

  constructor(value: string, { expiresAt, audiences }: Pick<Caller, 'expiresAt' | 'audiences'>) {
    this.#value = value;
    this.expiresAt = expiresAt;
    this.audiences = audiences;
  }

  reveal(): string {
    return this.#value;
  }
}

/** A caller together with the token that authenticated it. */
export interface Holder {
  readonly caller: Caller;
  readonly token: CallerToken;
}

/** SHA-256 of a whole token, for every place where the token itself must not be kept. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'base64');
}

/** The members of a log line that name the caller; empty if there is none. */
export function identityOf(caller: Caller | undefined): Record<string, unknown> {
  if (caller === undefined) return {};
  const { issuer, subject, client, scopes } = caller;
  return { issuer, subject, client, scopes };
}

/**
 * The key under which a caller's requests are counted: the subject, or else the client, or else the token. `network` is
 * for a caller without a token, if others have one.
 */
export function rateKeyOf(holder: Holder | undefined, network?: string): string {
  if (holder === undefined) return network === undefined ? '' : `network ${network}`;
  const { issuer, subject, client } = holder.caller;
  const of = issuer === undefined ? '' : ` of ${issuer}`;
  if (subject !== undefined) return `subject ${subject}${of}`;
  return client === undefined ? `token ${hashOf(holder.token.reveal())}` : `client ${client}${of}`;
}

/** The SDK carries an `AuthInfo`; ours is the holder inside. */
export function authInfoOf(holder: Holder): AuthInfo {
  const { client = '', scopes, expiresAt } = holder.caller;
  return { token: '', clientId: client, scopes: [...scopes], expiresAt, extra: { holder } };
}

/** The holder that the SDK carried to a handler. */
export function holderOf({ http }: ServerContext): Holder | undefined {
  return http?.authInfo?.extra?.['holder'] as Holder | undefined;
}
