import { describe, expect, it } from 'vitest';
import { createLimiter, networkOf } from '../../templates/src/runtime/limits.js';

function setUp(perMinute: number) {
  const clock = { now: 0 };
  return { clock, limiter: createLimiter({ perMinute, now: () => clock.now }) };
}

describe('a limit', () => {
  it('lets through what it says, and tells when more may come', () => {
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

  it('counts each key for itself', () => {
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

  it('remembers ten thousand keys, and forgets the oldest first', () => {
    const { limiter } = setUp(1);
    for (let i = 0; i < 10_000; i += 1) limiter.take(String(i));
    expect(limiter.take('1')).toBeDefined();
    limiter.take('one more');
    expect(limiter.take('1')).toBeDefined();
    expect(limiter.take('0')).toBeUndefined();
  });

  it('forgets a key that begins a new minute no earlier than the others', () => {
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
