import type { StaticIssuer } from '../support/tokens.js';

/** A token and its expiry, in milliseconds since the epoch. */
export interface Pass {
  readonly token: string;
  readonly endsAt: number;
}

/** Whether a token was valid during a request: both sides have the same clock. */
export type Validity = 'valid' | 'expired' | 'either';

/**
 * Lifetime of a token in seconds: short enough for many renewals, and shorter than the time between two key rotations.
 */
const LIFE = { min: 8, max: 28 };

/**
 * One subject's tokens. Two of three are renewed a while before they end, and the third is used until the server
 * refuses it. Lifetimes are random, so that subjects do not renew together.
 */
export class Wallet {
  readonly subject: string;
  readonly #issuer: StaticIssuer;
  readonly #claims: Readonly<Record<string, unknown>>;
  readonly #renewals: number[];
  #pass: Pass | undefined;
  #renewAt = 0;

  /** `renewals` receives the time of each renewal. */
  constructor(
    issuer: StaticIssuer,
    claims: Readonly<Record<string, unknown>> & { readonly sub: string },
    renewals: number[],
  ) {
    this.subject = claims.sub;
    this.#issuer = issuer;
    this.#claims = claims;
    this.#renewals = renewals;
  }

  async pass(): Promise<Pass> {
    if (this.#pass !== undefined && Date.now() < this.#renewAt) return this.#pass;
    const first = this.#pass === undefined;
    if (!first) this.#renewals.push(Date.now());
    // The first ones begin together, so they must not all have long lifetimes.
    const life = LIFE.min * (first ? 0.25 : 1) + Math.random() * (LIFE.max - LIFE.min);
    const exp = Math.floor(Date.now() / 1000 + life);
    const endsAt = exp * 1000;
    this.#pass = { token: await this.#issuer.sign({ ...this.#claims, exp }), endsAt };
    this.#renewAt = Math.random() < 1 / 3 ? Infinity : endsAt - 500 - Math.random() * 2000;
    return this.#pass;
  }

  /** The server refused the token. */
  drop(): void {
    this.#renewAt = 0;
  }
}

/** Whether a token was valid for a request sent and answered at these times; the server has no tolerance here. */
export function validityOf({ endsAt }: Pass, sentAt: number, answeredAt: number): Validity {
  if (sentAt >= endsAt) return 'expired';
  return answeredAt < endsAt ? 'valid' : 'either';
}
