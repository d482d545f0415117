import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { rateKeyOf, CallerToken } from '../../../templates/src/runtime/caller.js';
import { createDispatcher } from '../../../templates/src/runtime/oauth/dispatch.js';
import { InvalidToken, type Verifier } from '../../../templates/src/runtime/oauth/token.js';

const caller = { subject: 'alice', scopes: [], expiresAt: 1, audiences: [] };

/** A verifier that accepts everything, and counts. */
function accepting(ready: Verifier['ready'] = () => Promise.resolve(true)) {
  const seen: unknown[] = [];
  const verifier: Verifier = {
    verify: (token, options) => {
      seen.push([token, options]);
      return Promise.resolve(caller);
    },
    ready,
  };
  return { seen, verifier };
}

const tokenOf = (iss: unknown) =>
  new SignJWT({ iss } as never).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));

describe('a verifier for several issuers', () => {
  it('uses only that of the issuer, and names the issuer of the caller', async () => {
    const [one, two] = [accepting(), accepting()];
    const verifier = createDispatcher([
      { issuers: ['urn:1'], verifier: one.verifier },
      { issuers: ['urn:2'], verifier: two.verifier },
    ]);
    const token = await tokenOf('urn:2');
    const found = await verifier.verify(token, { network: 'n' });
    expect(found).toEqual({ ...caller, issuer: 'urn:2' });
    expect([one.seen, two.seen]).toEqual([[], [[token, { network: 'n' }]]]);
  });

  it.each(['urn:3', 'urn:', 'urn:11', 'URN:1', '', 7, ['urn:1'], { 'urn:1': 1 }, null, undefined])(
    'refuses the issuer %j without a request',
    async (iss) => {
      const one = accepting();
      const verifier = createDispatcher([{ issuers: ['urn:1'], verifier: one.verifier }]);
      await expect(verifier.verify(await tokenOf(iss))).rejects.toThrow(InvalidToken);
      expect(one.seen).toEqual([]);
    },
  );

  it.each(['garbage', 'a.b', '..', 'a.b.c', 'a.bnVsbA.c', 'a.W10.c'])(
    'refuses %s',
    async (token) => {
      const verifier = createDispatcher([{ issuers: [''], verifier: accepting().verifier }]);
      await expect(verifier.verify(token)).rejects.toThrow('claim iss: nothing is unknown');
    },
  );

  it('is ready as soon as one of them is, after asking all', async () => {
    let asked = 0;
    const never = () => new Promise<boolean>(() => (asked += 1));
    const no = () => Promise.resolve(false);
    const ready = (...all: Verifier['ready'][]) =>
      createDispatcher(
        all.map((one, index) => ({ issuers: [String(index)], verifier: accepting(one).verifier })),
      ).ready();
    expect(await ready(never, () => Promise.resolve(true), never)).toBe(true);
    expect(asked).toBe(2);
    expect(await ready(no, no)).toBe(false);
    expect(await ready(() => Promise.reject(new Error('x')), no)).toBe(false);
  });
});

describe('the key of a rate limit', () => {
  const keyOf = (holder: object) =>
    rateKeyOf({ caller: { ...caller, ...holder }, token: new CallerToken('t', caller) });

  it('distinguishes two people with the same name, and a person from a client', () => {
    const keys = [
      keyOf({}),
      keyOf({ issuer: 'urn:1' }),
      keyOf({ issuer: 'urn:2' }),
      keyOf({ issuer: 'urn:1', subject: undefined, client: 'alice' }),
      keyOf({ issuer: 'urn:2', subject: undefined, client: 'alice' }),
      rateKeyOf(undefined),
      rateKeyOf(undefined, 'alice'),
      rateKeyOf(undefined, 'bob'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
