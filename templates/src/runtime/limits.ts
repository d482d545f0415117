/** What is over a limit. */
export interface Excess {
  /** Seconds until more may come; at least 1. */
  readonly retryAfter: number;
  /** The first in its minute, and so worth a line in the log. */
  readonly first: boolean;
}

/** Counts against a limit for each key. */
export interface Limiter {
  /** Takes `count` of what the key has left, or nothing, and tells of the excess. */
  take(key: string, count?: number): Excess | undefined;
}

export interface LimitOptions {
  readonly perMinute: number;
  /** Milliseconds since any fixed moment. */
  readonly now?: () => number;
}

const WINDOW_MS = 60_000;
// Some 2 MB. Beyond it the oldest count is forgotten, which favours its key.
const MAX_KEYS = 10_000;

interface Count {
  readonly endsAt: number;
  taken: number;
  refused: boolean;
}

/** A limit for each minute that begins with a key's first use. */
export function createLimiter({ perMinute, now = () => performance.now() }: LimitOptions): Limiter {
  // In the order in which the minutes began, so that those that are over come first.
  const counts = new Map<string, Count>();

  function open(key: string, at: number): Count {
    counts.delete(key);
    for (const [other, { endsAt }] of counts) {
      if (endsAt > at && counts.size < MAX_KEYS) break;
      counts.delete(other);
    }
    const count = { endsAt: at + WINDOW_MS, taken: 0, refused: false };
    counts.set(key, count);
    return count;
  }

  return {
    take(key, amount = 1) {
      const at = now();
      const known = counts.get(key);
      const count = known !== undefined && known.endsAt > at ? known : open(key, at);
      if (count.taken + amount <= perMinute) {
        count.taken += amount;
        return undefined;
      }
      const first = !count.refused;
      count.refused = true;
      return { retryAfter: Math.ceil((count.endsAt - at) / 1000), first };
    },
  };
}

/**
 * What of an address one party controls: an IPv4 address, or the 64 bits of an IPv6 address that a network is
 * given (RFC 6177), since the others cost nothing to change.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  const zeros = 8 - (before?.length ?? 0) - (after?.length ?? 0);
  const groups = [
    ...(before ?? []),
    ...Array<string>(Math.max(0, zeros)).fill('0'),
    ...(after ?? []),
  ];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
