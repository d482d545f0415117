import { parseUrl } from './text.js';

/** Milliseconds since the epoch, or since any fixed moment. */
export type Clock = () => number;

/**
 * Values by key, each with its own expiry, and at most `max` of them. Implemented here because a reviewer of a
 * generated project should not have to trust another package for forty lines.
 */
export class Cache<T> {
  readonly #entries = new Map<string, { value: T; from: number; until: number }>();
  readonly #pending = new Map<string, Promise<T>>();
  readonly #max: number;
  readonly #now: Clock;

  constructor({ max, now = Date.now }: { readonly max: number; readonly now?: Clock }) {
    this.#max = max;
    this.#now = now;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    const now = this.#now();
    // A clock that was set back must not give an entry more time.
    if (entry === undefined || (entry.from <= now && now < entry.until)) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps a value until a point in time, and removes the oldest one if there are too many. */
  set(key: string, value: T, until: number): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.size >= this.#max ? this.#entries.keys() : [];
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, from: this.#now(), until });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Removes every entry whose value matches. */
  deleteWhere(matches: (value: T) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }

  /** The pending load of a key, or a new one: it runs once for all waiting callers, and its value is kept. */
  load(key: string, load: () => Promise<T>, until: (value: T) => number): Promise<T> {
    const start = async (): Promise<T> => {
      const value = await load();
      this.set(key, value, until(value));
      return value;
    };
    const started = this.#pending.get(key) ?? start().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }
}

/** Over a limit. */
export interface Excess {
  /** Seconds until further requests are accepted; at least 1. */
  readonly retryAfter: number;
  /** Whether it is the first in its minute, which is logged. */
  readonly first: boolean;
}

/** A unit that was taken, and can be given back within its minute. */
export interface Hold {
  release(): void;
}

/** Counts against a limit for each key. */
export type Limiter = ReturnType<typeof createLimiter>;

const WINDOW_MS = 60_000;
// About 2 MB. Beyond it the oldest count is removed, in favor of its key.
const MAX_KEYS = 10_000;

interface Count {
  readonly endsAt: number;
  taken: number;
  refused: boolean;
}

/** A limit per minute, which begins with a key's first use. */
export function createLimiter(perMinute: number, now: Clock = () => performance.now()) {
  const counts = new Cache<Count>({ max: MAX_KEYS, now });

  function countOf(key: string): Count {
    const known = counts.get(key);
    if (known !== undefined) return known;
    const count = { endsAt: now() + WINDOW_MS, taken: 0, refused: false };
    counts.set(key, count, count.endsAt);
    return count;
  }

  function add(count: Count, amount: number): Excess | undefined {
    if (count.taken + amount <= perMinute) {
      count.taken += amount;
      return undefined;
    }
    const first = !count.refused;
    count.refused = true;
    return { retryAfter: Math.max(1, Math.ceil((count.endsAt - now()) / 1000)), first };
  }

  return {
    /** Takes `amount` of the key's remainder, or nothing, and reports the excess. */
    take: (key: string, amount = 1) => add(countOf(key), amount),
    /** Takes one unit for a call; the outcome decides whether it counts. */
    hold(key: string): Hold | Excess {
      const count = countOf(key);
      return add(count, 1) ?? { release: () => void (count.taken -= 1) };
    },
  };
}

/**
 * The part of an IP address that a single party controls: an IPv4 address, or the first 64 bits of an IPv6 address,
 * which are assigned to a network (RFC 6177); the others can be changed freely.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  return `${groupsOf(address.toLowerCase()).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  const halves = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const [before = [], after = []] = halves;
  const zeros = Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after];
}

// Four numbers up to 255, without leading zeros.
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * The canonical spelling of an address, as in URLs; undefined for anything else. An IPv4 address mapped into IPv6
 * becomes the IPv4 address (RFC 4291 section 2.5.5.2).
 */
export function canonicalAddress(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  const url = /^[\da-f:.]+$/i.test(text) ? parseUrl(`http://[${text}]`) : undefined;
  if (url === undefined) return undefined;
  const address = url.hostname.slice(1, -1);
  const [, ...mapped] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address) ?? [];
  const bytes = mapped
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255]);
  return bytes.length === 0 ? address : bytes.join('.');
}

/** The IP version of an address; 0 for anything else. */
export function familyOf(text: string): 0 | 4 | 6 {
  if (canonicalAddress(text) === undefined) return 0;
  return text.includes(':') ? 6 : 4;
}

/** Whether an address is in one of these networks: addresses or CIDRs (RFC 4632), which the settings have checked. */
export function inNetworks(cidrs: readonly string[]): (address: string) => boolean {
  const networks = cidrs.map((cidr) => {
    const [network = '', length] = cidr.split('/');
    const width = network.includes(':') ? 128 : 32;
    return { bits: bitsOf(network), rest: BigInt(width - Number(length ?? width)) };
  });
  return (address) => {
    // The address of a link-local proxy includes the name of the interface.
    const own = networks.length === 0 ? undefined : bitsOf(address.replace(/%.*$/, ''));
    return networks.some(
      ({ bits, rest }) => own !== undefined && bits !== undefined && (own ^ bits) >> rest === 0n,
    );
  };
}

/** An address as a 128-bit number, IPv4 mapped into IPv6. */
function bitsOf(text: string): bigint | undefined {
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  if (!address.includes(':'))
    return BigInt(address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0xffff));
  const hex = groupsOf(address).map((group) => group.padStart(4, '0'));
  return BigInt(`0x${hex.join('')}`);
}
