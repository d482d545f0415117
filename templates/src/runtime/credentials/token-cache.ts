/** A token of the API's authorization server. */
export interface UpstreamToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Tokens by what they were asked for with. */
export interface TokenCache {
  /**
   * The known token, or what `fetch` gives: it is called once however many wait, and goes on when one of them no
   * longer does.
   */
  get(key: string, fetch: () => Promise<UpstreamToken>, signal: AbortSignal): Promise<string>;
  /** Forgets a token. */
  discard(value: string): void;
}

// A token that is sent now must still be good when it arrives and is looked at.
const MARGIN_MS = 30_000;
const MAX_TOKENS = 1000;

export function createTokenCache(now: () => number = Date.now): TokenCache {
  // In the order of their last fetch, so that the oldest goes first.
  const tokens = new Map<string, UpstreamToken>();
  const pending = new Map<string, Promise<UpstreamToken>>();

  async function load(key: string, fetch: () => Promise<UpstreamToken>): Promise<UpstreamToken> {
    const token = await fetch();
    tokens.delete(key);
    const [oldest] = tokens.keys();
    if (tokens.size >= MAX_TOKENS && oldest !== undefined) tokens.delete(oldest);
    tokens.set(key, token);
    return token;
  }

  return {
    async get(key, fetch, signal) {
      const known = tokens.get(key);
      if (known !== undefined && now() < known.expiresAt - MARGIN_MS) return known.value;
      tokens.delete(key);
      const waiting = pending.get(key) ?? load(key, fetch).finally(() => pending.delete(key));
      pending.set(key, waiting);
      return (await unlessAborted(waiting, signal)).value;
    },
    discard(value) {
      for (const [key, token] of tokens) if (token.value === value) tokens.delete(key);
    },
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new DOMException('No longer waited for', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
