import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeys, UnknownKey } from '../../../templates/src/runtime/oauth/keys.js';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/token.js';

const MINUTE = 60_000;
const token = { payload: '', signature: '' };
let published: JWK;

beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  published = { ...(await exportJWK(publicKey)), kid: 'known', use: 'sig', alg: 'ES256' };
});

/** A key set with the test's clock and provider. */
function setUp() {
  const state = {
    ...{ now: 0, loads: 0, down: false, slow: false, hangs: false },
    keys: [published] as unknown[],
  };
  const failures: string[] = [];
  const keys = createKeys({
    now: () => state.now,
    onFailure: (reason) => failures.push(reason),
    load: () => {
      state.loads += 1;
      if (state.hangs) return new Promise(() => undefined);
      return state.down
        ? Promise.reject(new ProviderUnavailable('down'))
        : new Promise((resolve) =>
            state.slow ? setImmediate(resolve, state.keys) : resolve(state.keys),
          );
    },
  });
  const ask = (kid: string, alg = 'ES256') =>
    Promise.resolve(keys.resolve({ alg, kid }, token as never));
  return { state, keys, ask, failures };
}

describe('keys', () => {
  it('loads once for any number of waiting tokens', async () => {
    const { state, ask } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => ask('known')));
    expect(state.loads).toBe(1);
  });

  it('asks again for an unknown key, but at most once in 30 seconds', async () => {
    const { state, ask } = setUp();
    await ask('known');
    await expect(ask('spare')).rejects.toThrow(UnknownKey);
    state.now = 31_000;
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    for (let i = 0; i < 50; i += 1)
      await expect(ask(`made-up-${i}`)).rejects.toThrow(ProviderUnavailable);
    expect(state.loads).toBe(3);
    state.now = 62_000;
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    expect(state.loads).toBe(4);
  });

  it('reports the first unknown key at once, with a spare load', async () => {
    const { state, ask } = setUp();
    await ask('known');
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    expect(state.loads).toBe(2);
    await expect(ask('made-up-too')).rejects.toThrow(ProviderUnavailable);
    expect(state.loads).toBe(2);
  });

  it('finds a key that appeared right after a load, with the spare load', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.keys = [published, { ...published, kid: 'new' }];
    state.now = 1;
    await expect(ask('new')).resolves.toBeDefined();
    expect(state.loads).toBe(2);
  });

  it('uses the spare load once for all concurrent requests', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.slow = true;
    const asked = Array.from({ length: 20 }, (_, i) => ask(`made-up-${i}`));
    const reasons = (await Promise.allSettled(asked)).map((one) =>
      one.status === 'rejected' ? (one.reason as Error).name : one.status,
    );
    expect(new Set(reasons)).toEqual(new Set(['UnknownKey']));
    expect(state.loads).toBe(2);
  });

  it('loads the keys 21 times in ten minutes of made-up ones', async () => {
    const { state, ask } = setUp();
    await ask('known');
    for (; state.now < 10 * MINUTE; state.now += 500)
      await expect(ask(`made-up-${state.now}`)).rejects.toThrow();
    expect(state.loads).toBe(21);
  });

  it('has no spare load after a failure', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.down = true;
    state.now = 31_000;
    await expect(ask('made-up')).rejects.toThrow(ProviderUnavailable);
    await expect(ask('made-up')).rejects.toThrow(ProviderUnavailable);
    expect(state.loads).toBe(2);
  });

  it('has a spare load again only after a minute without a load', async () => {
    const { state, ask } = setUp();
    await ask('known');
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    state.now = 59_999;
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    await expect(ask('made-up')).rejects.toThrow(ProviderUnavailable);
    state.now = 119_999;
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    await expect(ask('made-up-too')).rejects.toThrow(UnknownKey);
    expect(state.loads).toBe(5);
  });

  it('does not use it for a withdrawn key', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.keys = [{ ...published, kid: 'new' }];
    state.now = 31_000;
    await expect(ask('new')).resolves.toBeDefined();
    await expect(ask('known')).rejects.toThrow(UnknownKey);
    expect(state.loads).toBe(2);
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    expect(state.loads).toBe(3);
  });

  it('pauses for the full 30 seconds, whether the last attempt failed or not', async () => {
    const { state, ask } = setUp();
    await ask('known');
    await expect(ask('spare')).rejects.toThrow(UnknownKey);
    state.now = 29_999;
    await expect(ask('made-up')).rejects.toMatchObject({
      name: 'ProviderUnavailable',
      retryAfter: 1,
    });
    expect(state.loads).toBe(2);
    state.down = true;
    state.now = 30_000;
    await expect(ask('made-up')).rejects.toThrow(ProviderUnavailable);
    state.now = 59_999;
    await expect(ask('made-up')).rejects.toThrow(ProviderUnavailable);
    expect(state.loads).toBe(3);
  });

  it('finds a new key without a restart', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.keys = [{ ...published, kid: 'new' }];
    state.now = 31_000;
    await expect(ask('new')).resolves.toBeDefined();
  });

  it('finds a new key right after the clock was set back', async () => {
    const { state, ask } = setUp();
    state.now = 60 * MINUTE;
    await expect(ask('made-up')).rejects.toThrow(UnknownKey);
    state.now = MINUTE;
    state.keys = [{ ...published, kid: 'new' }];
    await expect(ask('new')).resolves.toBeDefined();
    await expect(ask('known')).rejects.toThrow(UnknownKey);
  });

  it('drops a withdrawn key ten minutes later, with the next token after that', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.keys = [{ ...published, kid: 'new' }];
    state.now = 9 * MINUTE;
    await expect(ask('known')).resolves.toBeDefined();
    expect(state.loads).toBe(1);
    state.now = 10 * MINUTE;
    await ask('known');
    await expect.poll(() => state.loads).toBe(2);
    await expect(ask('known')).rejects.toThrow(UnknownKey);
  });

  it('does not delay tokens with known keys while the provider hangs', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.hangs = true;
    state.now = 11 * MINUTE;
    await expect(ask('known')).resolves.toBeDefined();
    await expect(ask('known')).resolves.toBeDefined();
    expect(state.loads).toBe(2);
  });

  it.each([[[]], [[{ kty: 'oct', k: 'c2VjcmV0' }]], [[null, 7]]])(
    'treats the key set %j as an outage',
    async (keys) => {
      const { state, keys: known, ask, failures } = setUp();
      state.keys = keys;
      await expect(ask('known')).rejects.toThrow(ProviderUnavailable);
      expect(await known.ready()).toBe(false);
      expect(failures).toEqual(['the key set does not have a usable key']);
    },
  );

  it.each([
    { use: 'enc' },
    { use: 'other' },
    { use: 7 },
    { key_ops: ['encrypt'] },
    { key_ops: 'verify' },
    { key_ops: {} },
    { kty: 'RSA' },
    { kty: 'RSA', n: 7 },
    { kty: 'oct' },
    { kty: undefined },
    { d: 'c2VjcmV0' },
  ])('treats a set of one key with %j as an outage', async (member) => {
    const { state, ask } = setUp();
    state.keys = [{ ...published, ...member }];
    await expect(ask('known')).rejects.toThrow(ProviderUnavailable);
  });

  it('waits for new keys when the old ones have expired', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.keys = [{ ...published, kid: 'new' }];
    state.now = 24 * 60 * MINUTE;
    await expect(ask('new')).resolves.toBeDefined();
    state.now = 72 * 60 * MINUTE;
    await expect(ask('new')).resolves.toBeDefined();
    expect(state.loads).toBe(3);
  });

  it('survives a fault of this program while it fetches keys again', async () => {
    const { state, ask, failures } = setUp();
    await ask('known');
    state.keys = 7 as never;
    state.now = 11 * MINUTE;
    await expect(ask('known')).resolves.toBeDefined();
    await expect.poll(() => failures).toEqual([expect.stringContaining('TypeError')]);
  });

  it('uses known keys for a day while the provider is down', async () => {
    const { state, ask, failures } = setUp();
    await ask('known');
    state.down = true;
    state.now = 23 * 60 * MINUTE;
    await expect(ask('known')).resolves.toBeDefined();
    await expect.poll(() => failures).toEqual(['down']);
    state.now = 24 * 60 * MINUTE;
    await expect(ask('known')).rejects.toThrow(ProviderUnavailable);
  });

  it('blames the provider, not the token, when a key may be new and the provider is down', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.down = true;
    state.now = 31_000;
    await expect(ask('new')).rejects.toThrow(ProviderUnavailable);
    state.down = false;
    state.now = 62_000;
    await expect(ask('new')).rejects.toThrow(UnknownKey);
  });

  it('pauses after a failure, then recovers', async () => {
    const { state, keys, ask } = setUp();
    state.down = true;
    for (let i = 0; i < 5; i += 1) await expect(ask('known')).rejects.toThrow(ProviderUnavailable);
    expect(state.loads).toBe(1);
    expect(await keys.ready()).toBe(false);
    state.down = false;
    state.now = 999;
    expect(await keys.ready()).toBe(false);
    state.now = 1000;
    expect(await keys.ready()).toBe(true);
  });

  it('ignores keys that must not verify a token', async () => {
    const { state, ask } = setUp();
    const rsa = await generateKeyPair('RS256', { extractable: true });
    const weak = {
      kty: 'RSA',
      kid: 'weak',
      alg: 'RS256',
      e: 'AQAB',
      n: Buffer.alloc(128, 0xff).toString('base64url'),
    };
    state.keys = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'symmetric', alg: 'HS256' },
      { ...published, kid: 'encryption', use: 'enc' },
      { ...published, kid: 'operations', key_ops: ['encrypt'] },
      weak,
      { ...(await exportJWK(rsa.publicKey)), kid: 'trivial', alg: 'RS256', e: 'AQ' },
      null,
      { ...(await exportJWK(rsa.publicKey)), kid: 'strong', alg: 'RS256' },
    ];
    const unknown = async (kid: string, alg?: string) => {
      state.now += 30_000;
      await expect(ask(kid, alg)).rejects.toThrow(UnknownKey);
    };
    for (const kid of ['encryption', 'operations']) await unknown(kid);
    await unknown('symmetric', 'HS256');
    for (const kid of ['weak', 'trivial']) await unknown(kid, 'RS256');
    await expect(ask('strong', 'RS256')).resolves.toBeDefined();
  });

  it('takes a key without an ID for that of any token, unless another has the ID', async () => {
    const { state, ask } = setUp();
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const unnamed = { ...(await exportJWK(publicKey)), use: null, key_ops: null, alg: '', kid: '' };
    state.keys = [published, unnamed];
    const [known, other] = [await ask('known'), await ask('other')];
    expect(await exportJWK(known as never)).toMatchObject({ x: published.x });
    expect(await exportJWK(other as never)).toMatchObject({ x: unnamed.x });
  });

  it('accepts a key with the operations of its private key', async () => {
    const { state, ask } = setUp();
    state.keys = [{ ...published, kid: 'both', key_ops: ['sign', 'verify', 'verify'] }];
    await expect(ask('both')).resolves.toBeDefined();
  });

  it.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
  ])('takes %s in a key and %s in a token for the same', async (inKey, inToken) => {
    const { state, ask } = setUp();
    const { publicKey } = await generateKeyPair('Ed25519', { extractable: true });
    state.keys = [{ ...(await exportJWK(publicKey)), kid: 'edwards', alg: inKey }];
    await expect(ask('edwards', inToken)).resolves.toBeDefined();
    await expect(ask('edwards', 'ES256')).rejects.toThrow(UnknownKey);
  });

  it('keeps to the algorithm in any other key', async () => {
    const { state, ask } = setUp();
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    state.keys = [{ ...(await exportJWK(publicKey)), kid: 'rsa', alg: 'RS256' }];
    await expect(ask('rsa', 'PS256')).rejects.toThrow(UnknownKey);
  });

  it('takes a list without members in a key for none', async () => {
    const { state, ask } = setUp();
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(publicKey)), kid: 'rsa', key_ops: [], oth: [], x5c: [] };
    state.keys = [key];
    await expect(ask('rsa', 'RS256')).resolves.toBeDefined();
  });

  it('does not blame a token for a fault of this program', async () => {
    const keys = createKeys({ load: () => Promise.reject(new TypeError('bug')) });
    const asked = Promise.resolve(keys.resolve({ alg: 'ES256', kid: 'x' }, token as never));
    await expect(asked).rejects.toThrow(TypeError);
  });
});

describe('after a long time without a token', () => {
  it('does not accept a key that was withdrawn meanwhile', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.now = 23 * 60 * MINUTE;
    state.keys = [{ ...published, kid: 'new' }];
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => ask('known')));
    expect(answers.map(({ status }) => status)).toEqual(Array<string>(5).fill('rejected'));
  });

  it('accepts it while the provider is down, and waits for that only once', async () => {
    const { state, ask } = setUp();
    await ask('known');
    state.now = 23 * 60 * MINUTE;
    state.down = true;
    await expect(ask('known')).resolves.toBeDefined();
    state.hangs = true;
    state.now += MINUTE;
    await expect(ask('known')).resolves.toBeDefined();
  });
});
