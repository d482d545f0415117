import type { Fault } from './upstream.js';

/** The kind of a call: the situation that it is meant to test. */
export type Kind =
  | 'read'
  | 'write'
  | 'late'
  | 'upstream 500'
  | 'upstream 503'
  | 'upstream reset'
  | 'upstream breaks off'
  | 'upstream hangs'
  | 'client disconnects'
  | 'scope missing'
  | 'bad arguments'
  | 'tools/list'
  | 'unknown key';

/** UPSTREAM_RETRIES of the server. */
export const retries = 2;

/** One call of a client. */
export interface Call {
  readonly kind: Kind;
  /** Unique to this client and this call. */
  readonly marker: string;
  /** Absent: `tools/list`. */
  readonly tool?: 'read_echo' | 'write_echo';
  readonly args: Readonly<Record<string, unknown>>;
}

/** The number per thousand calls. */
const shares: readonly (readonly [Kind, number])[] = [
  ['write', 250],
  ['late', 40],
  ['upstream 500', 20],
  ['upstream 503', 10],
  ['upstream reset', 20],
  ['upstream breaks off', 10],
  ['upstream hangs', 2],
  ['client disconnects', 20],
  ['scope missing', 10],
  ['bad arguments', 10],
  ['tools/list', 10],
  ['unknown key', 4],
];

const faults: Partial<Record<Kind, Fault>> = {
  'upstream 500': 'error',
  'upstream 503': 'unavailable',
  'upstream reset': 'reset',
  'upstream breaks off': 'cut',
  'upstream hangs': 'hang',
  'client disconnects': 'hang',
};

/** A number between 0 and 1 that depends only on its seed. */
export function chance(seed: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** The kind of the call with this number; most are `read`. */
export function kindOf(number: number): Kind {
  let dice = chance(number) * 1000;
  for (const [kind, share] of shares) {
    if (dice < share) return kind;
    dice -= share;
  }
  return 'read';
}

/** The call of a kind. `writes`: whether the caller may write. */
export function makeCall(kind: Kind, marker: string, number: number, writes: boolean): Call {
  if (kind === 'tools/list') return { kind, marker, args: {} };
  if (kind === 'bad arguments') return { kind, marker, tool: 'read_echo', args: { mark: marker } };
  const wish = {
    marker,
    ...(faults[kind] !== undefined && { fault: faults[kind] }),
    ...(kind === 'late' && { delay: 20 + Math.floor(280 * chance(-number)) }),
  };
  const posts = kind === 'write' || kind === 'scope missing' || (writes && number % 3 === 0);
  return posts
    ? { kind, marker, tool: 'write_echo', args: { body: wish } }
    : { kind, marker, tool: 'read_echo', args: wish };
}
