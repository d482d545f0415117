import { setTimeout as pause } from 'node:timers/promises';
import type { Authorized } from '../credentials/authorize.js';
import type { Answer } from './transport.js';

/** How a call is tried. */
export interface Attempts {
  /** Gives the request its credentials, anew for every try. */
  readonly authorize: () => Promise<Authorized>;
  readonly send: (request: Authorized['request']) => Promise<Answer>;
  /** Told of a token that the API refused; whether another one may be had. */
  readonly renew: (refused: string) => boolean;
  /** Further tries. */
  readonly retries: number;
  /** Milliseconds since any fixed moment: when nobody waits any more. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;

/** RFC 9110 section 9.2.2, and QUERY (OpenAPI 3.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY'];

/**
 * Sends a request until there is an answer to pass on: once more with a new token after a 401, and some times more
 * after a 429 or 503 when the method is idempotent and the API asks for no more patience than there is.
 */
export async function attempt(
  attempts: Attempts,
): Promise<{ readonly answer: Answer; readonly secrets: readonly string[] }> {
  const secrets: string[] = [];
  for (let [tries, renewed] = [0, false]; ;) {
    const { request, token, secrets: shown } = await attempts.authorize();
    secrets.push(...shown);
    const answer = await attempts.send(request);
    if (answer.status === 401 && !renewed && token !== undefined && attempts.renew(token)) {
      renewed = true;
      continue;
    }
    const delay = tries < attempts.retries ? delayAfter(answer, tries) : undefined;
    if (delay === undefined || performance.now() + delay >= attempts.deadline)
      return { answer, secrets };
    await pause(delay, undefined, { signal: attempts.signal });
    tries += 1;
  }
}

/** Milliseconds until the next try; undefined when there should be none. */
function delayAfter({ method, status, headers }: Answer, tries: number): number | undefined {
  if (!IDEMPOTENT.includes(method) || (status !== 429 && status !== 503)) return undefined;
  // Each caller at another moment, or all that were refused together come back together.
  const backoff = FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2);
  return Math.max(backoff, retryAfter(headers.get('retry-after')));
}

/** Seconds or a date (RFC 9110 section 10.2.3). */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}
