import { describe, expect, it } from 'vitest';
import { createLimiter, inNetworks, networkOf } from '../../templates/src/runtime/limits.js';
import { clientAddress } from '../../templates/src/runtime/node-http.js';

function setUp(perMinute: number) {
  const clock = { now: 0 };
  return { clock, limiter: createLimiter(perMinute, () => clock.now) };
}

describe('a limit', () => {
  it('admits its number of requests, and reports when to try again', () => {
    const { clock, limiter } = setUp(2);
    expect(limiter.take('a')).toBeUndefined();
    clock.now = 10_500;
    expect(limiter.take('a')).toBeUndefined();
    expect(limiter.take('a')).toEqual({ retryAfter: 50, first: true });
    expect(limiter.take('a')).toEqual({ retryAfter: 50, first: false });
    clock.now = 59_999;
    expect(limiter.take('a')).toEqual({ retryAfter: 1, first: false });
    clock.now = 60_000;
    expect(limiter.take('a')).toBeUndefined();
  });

  it('counts each key separately', () => {
    const { limiter } = setUp(1);
    expect(limiter.take('a')).toBeUndefined();
    expect(limiter.take('b')).toBeUndefined();
    expect(limiter.take('a')).toBeDefined();
  });

  it('takes several at once, or none', () => {
    const { limiter } = setUp(5);
    expect(limiter.take('a', 3)).toBeUndefined();
    expect(limiter.take('a', 3)).toMatchObject({ first: true });
    expect(limiter.take('a', 2)).toBeUndefined();
    expect(limiter.take('a')).toMatchObject({ first: false });
  });

  it('gives back units that turn out not to count, within the same minute', () => {
    const { clock, limiter } = setUp(2);
    const hold = () => {
      const held = limiter.hold('a');
      if ('retryAfter' in held) throw new Error('over the limit');
      return held;
    };
    const [first] = [hold(), hold()];
    expect(limiter.hold('a')).toEqual({ retryAfter: 60, first: true });
    first.release();
    const late = hold();
    expect(limiter.take('a')).toBeDefined();
    clock.now = 60_000;
    expect(limiter.take('a', 2)).toBeUndefined();
    late.release();
    expect(limiter.take('a')).toBeDefined();
  });

  it('remembers ten thousand keys, and forgets the oldest first', () => {
    const { limiter } = setUp(1);
    for (let i = 0; i < 10_000; i += 1) limiter.take(String(i));
    expect(limiter.take('1')).toBeDefined();
    limiter.take('one more');
    expect(limiter.take('1')).toBeDefined();
    expect(limiter.take('0')).toBeUndefined();
  });

  it('does not forget a key that begins a new minute earlier than the others', () => {
    const { clock, limiter } = setUp(1);
    limiter.take('0');
    clock.now = 60_000;
    for (let i = 0; i < 10_000; i += 1) limiter.take(String(i));
    limiter.take('one more');
    expect(limiter.take('9999')).toBeDefined();
    expect(limiter.take('0')).toBeUndefined();
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('the address of a client', () => {
  const trusted = ['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48', '::ffff:172.16.0.0/108'];
  const isTrusted = inNetworks(trusted);

  it.each([
    // The client itself: the rest of the header is its own claim.
    ['198.51.100.1', ['1.2.3.4'], '198.51.100.1'],
    ['10.0.0.1', [], '10.0.0.1'],
    ['::ffff:198.51.100.1', [], '198.51.100.1'],
    ['::ffff:10.0.0.1', ['unknown'], '10.0.0.1'],
    ['10.0.0.1', ['198.51.100.1'], '198.51.100.1'],
    ['::ffff:10.0.0.1', ['198.51.100.1'], '198.51.100.1'],
    ['2001:db8:1::1', ['198.51.100.1'], '198.51.100.1'],
    // The right-most one that is not a proxy's, on any number of lines.
    ['10.0.0.1', ['1.2.3.4, 198.51.100.1, 192.0.2.7,10.9.9.9'], '198.51.100.1'],
    ['10.0.0.1', ['1.2.3.4', '198.51.100.1', '192.0.2.7'], '198.51.100.1'],
    ['10.0.0.1', ['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
    // All spellings are the same address.
    ['10.0.0.1', ['2001:DB8:0:0::1'], '2001:db8::1'],
    ['10.0.0.1', ['::ffff:c633:6401'], '198.51.100.1'],
    ['10.0.0.1', ['1.2.3.4, ::ffff:a09:909'], '1.2.3.4'],
    ['10.0.0.1', ['198.51.100.1:4711'], '198.51.100.1'],
    ['10.0.0.1', ['[2001:db8::1]:4711'], '2001:db8::1'],
    ['10.0.0.1', ['[2001:db8::1]'], '2001:db8::1'],
    // Anything else ends the search.
    ['10.0.0.1', ['1.2.3.4, unknown'], '10.0.0.1'],
    ['10.0.0.1', ['1.2.3.4, unknown, 10.0.0.2'], '10.0.0.2'],
    ['10.0.0.1', ['1.2.3.4,'], '10.0.0.1'],
    ['10.0.0.1', [''], '10.0.0.1'],
    ['10.0.0.1', ['198.51.100.1:x'], '10.0.0.1'],
    ['10.0.0.1', ['198.51.100.256'], '10.0.0.1'],
    ['10.0.0.1', ['[198.51.100.1'], '10.0.0.1'],
    ['10.0.0.1', ['fe80::1%eth0'], '10.0.0.1'],
    ['10.0.0.1', ['"198.51.100.1"'], '10.0.0.1'],
    // A closed socket has no address.
    ['', ['1.2.3.4'], ''],
  ])('behind %j, which forwards %j, is %j', (socket, lines, client) => {
    expect(clientAddress(socket, lines, isTrusted)).toBe(client);
  });

  it('is that of the socket if no proxy is trusted', () => {
    expect(clientAddress('10.0.0.1', ['198.51.100.1'], inNetworks([]))).toBe('10.0.0.1');
  });

  it('is searched for in the last 32 hops', () => {
    const hops = (count: number) => [`198.51.100.1${', 10.0.0.2'.repeat(count)}`];
    expect(clientAddress('10.0.0.1', hops(31), isTrusted)).toBe('198.51.100.1');
    expect(clientAddress('10.0.0.1', hops(32), isTrusted)).toBe('10.0.0.2');
  });

  it.each([
    ['172.16.0.1', true],
    ['::ffff:172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.0.2.8', false],
    ['2001:db8:1:ffff::1', true],
    ['2001:db8:2::1', false],
    ['fe80::1%eth0', false],
    ['', false],
    ['nonsense', false],
  ])('%s belongs to a proxy: %s', (address, own) => {
    expect(isTrusted(address)).toBe(own);
  });

  it('belongs to a link-local proxy on an interface of any name', () => {
    expect(inNetworks(['fe80::/10'])('fe80::1%eth0')).toBe(true);
  });
});
