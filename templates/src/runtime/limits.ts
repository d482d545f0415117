import { BlockList, isIP, SocketAddress } from 'node:net';
import { Cache } from './cache.js';

/** What is over a limit. */
export interface Excess {
  /** Seconds until more may come; at least 1. */
  readonly retryAfter: number;
  /** The first in its minute, and so worth a line in the log. */
  readonly first: boolean;
}

/** One that was taken, and that may be given back to its minute. */
export interface Hold {
  release(): void;
}

/** Counts against a limit for each key. */
export interface Limiter {
  /** Takes `count` of what the key has left, or nothing, and reports the excess. */
  take(key: string, count?: number): Excess | undefined;
  /** Takes one for something whose end decides whether it counts. */
  hold(key: string): Hold | Excess;
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
  const counts = new Cache<Count>({ max: MAX_KEYS, now });

  function countOf(key: string): Count {
    const known = counts.get(key);
    if (known !== undefined) return known;
    const count = { endsAt: now() + WINDOW_MS, taken: 0, refused: false };
    counts.set(key, count, count.endsAt);
    return count;
  }

  function takeOf(count: Count, amount: number): Excess | undefined {
    if (count.taken + amount <= perMinute) {
      count.taken += amount;
      return undefined;
    }
    const first = !count.refused;
    count.refused = true;
    return { retryAfter: Math.max(1, Math.ceil((count.endsAt - now()) / 1000)), first };
  }

  return {
    take: (key, amount = 1) => takeOf(countOf(key), amount),
    hold(key) {
      const count = countOf(key);
      return takeOf(count, 1) ?? { release: () => void (count.taken -= 1) };
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

// Far more proxies than stand before any server.
const MAX_HOPS = 32;

/**
 * The address that a request came from: the right-most one of `X-Forwarded-For` that no proxy of the operator's has,
 * since whatever is left of it the client may have written itself. `forwardedFor` is the header's lines.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: readonly string[],
  trusted: readonly string[],
): string {
  if (forwardedFor.length === 0 || !isTrusted(socketAddress, trusted)) return socketAddress;
  let address = socketAddress;
  for (const hop of forwardedFor.join(',').split(',').reverse().slice(0, MAX_HOPS)) {
    const next = hopAddress(hop.trim());
    if (next === undefined) return address;
    address = next;
    if (!isTrusted(address, trusted)) return address;
  }
  return address;
}

/** The address of one hop, without the port that some proxies add; undefined when it is anything else. */
function hopAddress(hop: string): string | undefined {
  const [, bracketed, ipv4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? [];
  const address = bracketed ?? ipv4 ?? hop;
  return isIP(address) === 0 || address.includes('%') ? undefined : canonical(address);
}

/** One spelling for each address; an IPv4 address that is mapped into IPv6 becomes itself (RFC 4291 section 2.5.5.2). */
function canonical(address: string): string {
  if (isIP(address) === 4) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=.*\.)/, '');
}

/** Whether an address is in one of these networks, each an address or a CIDR (RFC 4632) that the settings have checked. */
export function isTrusted(address: string, cidrs: readonly string[]): boolean {
  if (cidrs.length === 0 || isIP(address) === 0) return false;
  const own = canonical(address);
  return listOf(cidrs).check(own, familyOf(own));
}

// By the array of the settings, which lives as long as the server.
const lists = new WeakMap<readonly string[], BlockList>();

function listOf(cidrs: readonly string[]): BlockList {
  const known = lists.get(cidrs);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    const family = familyOf(network);
    list.addSubnet(network, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  lists.set(cidrs, list);
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
