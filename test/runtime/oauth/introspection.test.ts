import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSigningKey } from '../../../templates/src/runtime/client.js';
import {
  createIntrospectionVerifier,
  introspectionRequest,
} from '../../../templates/src/runtime/oauth/introspection.js';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';
import {
  InvalidToken,
  ProviderUnavailable,
  TooManyTokens,
  type Claims,
} from '../../../templates/src/runtime/oauth/token.js';
import { audience, issuer, oauthOf, opaque } from './oauth.js';

const START = Date.now();
const seconds = Math.floor(START / 1000);
const active = { active: true, iss: issuer, aud: audience, sub: 'alice', exp: seconds + 600 };

/** A verifier with the test's clock and provider. */
function setUp(answer: unknown = active, settings: Partial<OAuthSettings> = {}) {
  const state = { now: START, answer, asked: [] as string[] };
  const verifier = createIntrospectionVerifier(oauthOf({ ...opaque, ...settings }), {
    now: () => state.now,
    ask: (token) => {
      state.asked.push(token);
      return state.answer instanceof Error
        ? Promise.reject(state.answer)
        : Promise.resolve(state.answer as Claims);
    },
  });
  return { state, verifier };
}

describe('an opaque token', () => {
  it('is not remembered longer because the clock was set back', async () => {
    const { state, verifier } = setUp();
    await verifier.verify('t');
    state.now -= 3_600_000;
    state.answer = { active: false };
    await expect(verifier.verify('t')).rejects.toThrow('not active');
  });

  it('belongs to the holder that the provider names', async () => {
    const { verifier } = setUp({ ...active, client_id: 'app', scope: 'a b', scp: ['c'] });
    expect(await verifier.verify('t')).toEqual({
      subject: 'alice',
      client: 'app',
      scopes: ['a', 'b', 'c'],
      expiresAt: seconds + 600,
      audiences: [active.aud],
    });
  });

  it.each([
    [{ username: 'bob' }, 'alice'],
    [{ sub: null, username: 'bob' }, 'bob'],
    [{ sub: '', username: 'bob' }, 'bob'],
    [{ sub: null, username: 7 }, undefined],
    [{ sub: null, username: '' }, undefined],
  ])('belongs to the user name, if there is no subject: %j', async (claims, subject) => {
    const { verifier } = setUp({ ...active, ...claims });
    expect(await verifier.verify('t')).toMatchObject({ scopes: [] });
    expect((await verifier.verify('t')).subject).toBe(subject);
  });

  it.each([
    [{ active: undefined }, 'not active: nothing instead of true or false'],
    [{ active: false }, 'not active'],
    [{ active: 'true' }, 'not active: "true" instead of true or false'],
    [{ active: 1 }, 'not active: 1 instead of true or false'],
    [{ aud: undefined }, 'claim aud'],
    [{ active: null }, 'not active'],
    [{ aud: null }, 'claim aud'],
    [{ exp: 0 }, 'claim exp'],
    [{ aud: '' }, 'claim aud'],
    [{ aud: [] }, 'claim aud'],
    [{ aud: { [audience]: true } }, 'claim aud'],
    [{ aud: `${audience}/` }, 'claim aud'],
    [{ iss: 'https://other.example' }, 'claim iss'],
    [{ iss: [issuer] }, 'claim iss'],
    [{ exp: seconds - 31 }, 'claim exp'],
    [{ exp: (seconds - 31) * 1000 }, 'claim exp'],
    [{ nbf: (seconds + 90) * 1000 }, 'claim nbf'],
    [{ iat: (seconds + 90) * 1000 }, 'claim iat'],
    [{ exp: String(seconds + 600) }, `claim exp: "${seconds + 600}" is not a number in the future`],
    [{ nbf: seconds + 90 }, 'claim nbf'],
    [{ nbf: 'soon' }, 'claim nbf: "soon" is not a number in the past'],
    [{ iat: seconds + 90 }, 'claim iat'],
    [{ token_type: 'DPoP' }, 'token_type is not Bearer: "DPoP"'],
    [{ token_type: ['Bearer'] }, 'token_type'],
    [{ token_use: 'refresh_token' }, 'token_use'],
    [{ typ: 'Refresh' }, 'typ'],
    [{ cnf: { jkt: 'x' } }, 'sender-constrained'],
  ])('is refused if the response has %j', async (claims, reason) => {
    const { verifier } = setUp({ ...active, ...claims });
    const verified = verifier.verify('t');
    await expect(verified).rejects.toThrow(InvalidToken);
    await expect(verified).rejects.toThrow(reason);
  });

  it.each([
    { iss: undefined },
    { exp: undefined },
    { exp: seconds - 29 },
    // The last second of the year 9999, for tokens that never expire.
    { exp: 253_402_300_799 },
    { nbf: seconds + 29 },
    { aud: ['other', audience] },
    { token_type: 'bearer' },
    { token_use: 'access_token' },
    { typ: 'Bearer' },
    { iss: null },
    { iss: '', exp: null, nbf: null, iat: null, token_type: null, token_use: '', typ: null },
    { cnf: null, at_hash: null, c_hash: '' },
    { scope: null, sub: 'alice', client_id: null },
  ])('is accepted if the response has %j', async (claims) => {
    const { verifier } = setUp({ ...active, ...claims });
    await expect(verifier.verify('t')).resolves.toMatchObject({ subject: 'alice' });
  });

  it('may have its dates in milliseconds (Gluu)', async () => {
    const ms = { exp: active.exp * 1000, nbf: START - 1000, iat: START - 1000 };
    const { state, verifier } = setUp({ ...active, ...ms });
    expect(await verifier.verify('t')).toMatchObject({ expiresAt: active.exp });
    state.now += 700_000;
    await expect(verifier.verify('t')).rejects.toThrow('claim exp');
  });

  it('may have its audience in another claim, but not that of another server', async () => {
    const settings = { audiences: ['app'], audienceClaim: 'client_id' };
    const claims = { ...active, aud: undefined, client_id: 'app' };
    const fits = setUp({ ...claims, token_type: 'Bearer' }, settings);
    await expect(fits.verifier.verify('t')).resolves.toBeDefined();
    // The response of oidc-provider for a refresh token.
    const refresh = setUp(claims, settings);
    await expect(refresh.verifier.verify('t')).rejects.toThrow('neither aud nor token_type');
    const other = setUp({ ...active, aud: 'https://other.example', client_id: 'app' }, settings);
    await expect(other.verifier.verify('t')).rejects.toThrow(
      'claim aud: "https://other.example" is another server',
    );
    const foreign = setUp({ ...active, aud: 'app', client_id: 'foreign' }, settings);
    await expect(foreign.verifier.verify('t')).rejects.toThrow('claim client_id');
  });

  it('is reported as the provider’s fault while it is down', async () => {
    const { verifier } = setUp(new ProviderUnavailable('down'));
    await expect(verifier.verify('t')).rejects.toThrow(ProviderUnavailable);
  });
});

describe('the memory of good tokens', () => {
  it('asks once for any number of waiting requests', async () => {
    const { state, verifier } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify('t')));
    await verifier.verify('t');
    expect(state.asked).toEqual(['t']);
  });

  it('lasts 30 seconds', async () => {
    const { state, verifier } = setUp();
    await verifier.verify('t');
    state.answer = { active: false };
    state.now += 29_999;
    await expect(verifier.verify('t')).resolves.toBeDefined();
    state.now += 1;
    await expect(verifier.verify('t')).rejects.toThrow(InvalidToken);
  });

  it('ends with the token', async () => {
    const { state, verifier } = setUp({ ...active, exp: seconds + 5 });
    await verifier.verify('t');
    state.now = (seconds + 5) * 1000;
    await verifier.verify('t');
    expect(state.asked).toHaveLength(2);
  });

  it('holds a thousand', async () => {
    const { state, verifier } = setUp();
    for (let i = 0; i <= 1000; i += 1) await verifier.verify(`t${i}`);
    state.asked.length = 0;
    await verifier.verify('t1');
    expect(state.asked).toEqual([]);
    await verifier.verify('t0');
    expect(state.asked).toEqual(['t0']);
  });
});

describe('the memory of refused tokens', () => {
  it('asks about the same one at most every five seconds', async () => {
    const { state, verifier } = setUp({ active: false });
    for (let i = 0; i < 10; i += 1)
      await expect(verifier.verify('t')).rejects.toThrow(InvalidToken);
    state.now += 4999;
    await expect(verifier.verify('t')).rejects.toThrow(InvalidToken);
    expect(state.asked).toEqual(['t']);
    state.now += 1;
    state.answer = active;
    await expect(verifier.verify('t')).resolves.toBeDefined();
  });

  it('does not displace a good one', async () => {
    const { state, verifier } = setUp();
    await verifier.verify('good');
    state.answer = { active: false };
    for (let i = 0; i <= 1000; i += 1)
      await expect(verifier.verify(`t${i}`)).rejects.toThrow(InvalidToken);
    await expect(verifier.verify('good')).resolves.toBeDefined();
  });

  it('does not contain tokens that the provider could not judge', async () => {
    const { state, verifier } = setUp(new ProviderUnavailable('down'));
    await expect(verifier.verify('t')).rejects.toThrow(ProviderUnavailable);
    state.answer = active;
    await expect(verifier.verify('t')).resolves.toBeDefined();
  });
});

describe('questions about unknown tokens', () => {
  const [one, two] = [{ network: '192.0.2.1' }, { network: '192.0.2.2' }];

  it('are 300 per minute for a network, and not one more', async () => {
    const { state, verifier } = setUp({ active: false });
    for (let i = 0; i < 300; i += 1)
      await expect(verifier.verify(`t${i}`, one)).rejects.toThrow(InvalidToken);
    state.now += 10_000;
    const refusal = verifier.verify('one more', one);
    await expect(refusal).rejects.toThrow(TooManyTokens);
    await expect(refusal).rejects.toMatchObject({ retryAfter: 50 });
    expect(state.asked).toHaveLength(300);
    await expect(verifier.verify('one more', two)).rejects.toThrow(InvalidToken);
    state.now += 50_000;
    await expect(verifier.verify('one more', one)).rejects.toThrow(InvalidToken);
  });

  it('are 300 for any number at once, and while the provider is down', async () => {
    const { state, verifier } = setUp(new ProviderUnavailable('down'));
    for (let i = 0; i < 60; i += 1)
      await Promise.allSettled(
        Array.from({ length: 8 }, (_, j) => verifier.verify(`${i} ${j}`, one)),
      );
    expect(state.asked).toHaveLength(300);
  });

  it('do not count if the token is good', async () => {
    const { state, verifier } = setUp();
    for (let i = 0; i < 305; i += 1) await verifier.verify(`good ${i}`, one);
    state.answer = { active: false };
    for (let i = 0; i < 300; i += 1)
      await expect(verifier.verify(`bad ${i}`, one)).rejects.toThrow(InvalidToken);
    await expect(verifier.verify('one more', one)).rejects.toThrow(TooManyTokens);
  });

  it('are not limited by network if it is unknown, as behind a custom verifier', async () => {
    const { state, verifier } = setUp({ active: false });
    for (let i = 0; i < 305; i += 1)
      await expect(verifier.verify(`t${i}`)).rejects.toThrow(InvalidToken);
    expect(state.asked).toHaveLength(305);
  });
});

describe('a network that sends endless made-up tokens', () => {
  const network = { network: '192.0.2.1' };

  /** The network has used up its questions; `old` was good before, but is no longer remembered. */
  async function flooded(claims: Claims = active) {
    const given = setUp(claims);
    await given.verifier.verify('old', network);
    given.state.now += 30_000;
    await given.verifier.verify('known', network);
    given.state.answer = { active: false };
    for (let i = 0; i < 300; i += 1)
      await expect(given.verifier.verify(`t${i}`, network)).rejects.toThrow(InvalidToken);
    given.state.asked.length = 0;
    return given;
  }

  it('gets no response for new ones, but keeps its good ones and those that were good', async () => {
    const { state, verifier } = await flooded();
    state.answer = active;
    await expect(verifier.verify('new', network)).rejects.toThrow(TooManyTokens);
    await expect(verifier.verify('known', network)).resolves.toBeDefined();
    await expect(verifier.verify('old', network)).resolves.toBeDefined();
    expect(state.asked).toEqual(['old']);
  });

  it('learns once that a formerly good token no longer is', async () => {
    const { state, verifier } = await flooded();
    await expect(verifier.verify('old', network)).rejects.toThrow(InvalidToken);
    state.now += 5000;
    await expect(verifier.verify('old', network)).rejects.toThrow(TooManyTokens);
  });

  it('asks no question about it after its end', async () => {
    const claims = { ...active, exp: seconds + 35 };
    const { state, verifier } = await flooded(claims);
    state.now = (seconds + 35) * 1000 - 1;
    await expect(verifier.verify('old', network)).rejects.toThrow(InvalidToken);
    const late = await flooded(claims);
    late.state.now = (seconds + 35) * 1000;
    await expect(late.verifier.verify('old', network)).rejects.toThrow(TooManyTokens);
  });

  it('asks for a day about a token without an end', async () => {
    const claims = { ...active, exp: undefined };
    const { state, verifier } = await flooded(claims);
    state.answer = claims;
    await expect(verifier.verify('old', network)).resolves.toBeDefined();
  });
});

describe('the queue of questions', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** A provider whose responses the test controls, in any order. */
  function slow() {
    const pending = new Map<string, (claims: Claims) => void>();
    const verifier = createIntrospectionVerifier(oauthOf(opaque), {
      ask: (token) => new Promise((resolve) => void pending.set(token, resolve)),
    });
    const outcomes = new Map<string, string>();
    /** Sends tokens named `a0`, `a1`, … from the network `a`. */
    const send = async (network: string, count: number, options: object = { network }) => {
      for (let i = 0; i < count; i += 1) {
        const token = `${network}${i}`;
        verifier.verify(token, options).then(
          () => outcomes.set(token, 'good'),
          (error: unknown) => outcomes.set(token, (error as Error).name),
        );
      }
      await settle();
    };
    const answer = async (token: string) => {
      pending.get(token)?.(active);
      pending.delete(token);
      await settle();
    };
    return { outcomes, send, answer, asked: () => [...pending.keys()] };
  }

  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const names = (network: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `${network}${from + i}`);

  it('has places for 8 per network and for 32 in total', async () => {
    const { send, asked } = slow();
    for (const network of ['a', 'b', 'c', 'd', 'e']) await send(network, 9);
    expect(asked()).toEqual(['a', 'b', 'c', 'd'].flatMap((network) => names(network, 0, 8)));
  });

  it('has places for 32 callers whose network is unknown', async () => {
    const { send, asked } = slow();
    await send('x', 40, {});
    expect(asked()).toEqual(names('x', 0, 32));
  });

  it('gives a free place to the network with the fewest, and to its tokens in order', async () => {
    const { send, answer, asked } = slow();
    for (const network of ['a', 'b', 'c', 'd']) await send(network, 8 + 4);
    await send('e', 2);
    for (let i = 0; i < 4; i += 1) await answer(`a${i}`);
    // The others have 8 each already, and `a` has 7, 6, 5 and 5.
    expect(asked().slice(-4)).toEqual(['e0', 'e1', 'a8', 'a9']);
    for (const token of ['d0', 'b0', 'c0', 'd1', 'b1']) await answer(token);
    // If they have equally many, to the one that has waited longest.
    expect(asked().slice(-5)).toEqual(['a10', 'a11', 'b8', 'd8', 'b9']);
  });

  it('keeps places for tokens that were good before', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(START);
    const { send, answer, asked, outcomes } = slow();
    await send('good', 1, { network: 'a' });
    await answer('good0');
    now.mockReturnValue(START + 30_000);
    await send('a', 20);
    await send('good', 1, { network: 'a' });
    expect(asked().at(-1)).toBe('good0');
    await answer('good0');
    expect(outcomes.get('good0')).toBe('good');
    now.mockRestore();
  });

  it('waits for two seconds, and then treats the provider as unavailable', async () => {
    const { send, outcomes, answer, asked } = slow();
    await send('a', 9);
    await vi.advanceTimersByTimeAsync(1999);
    expect(outcomes.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([...outcomes]).toEqual([['a8', 'ProviderUnavailable']]);
    await answer('a0');
    expect(asked()).toEqual(names('a', 1, 8));
  });

  it('lets 32 per network wait, and 512 in total', async () => {
    const { send, outcomes } = slow();
    await send('a', 8 + 32);
    expect(outcomes.size).toBe(0);
    await send('b', 8 + 33);
    expect([...outcomes]).toEqual([['b40', 'ProviderUnavailable']]);
    for (let i = 0; i < 14; i += 1) await send(`more ${i} `, i < 2 ? 8 + 32 : 32);
    expect(outcomes.size).toBe(1);
    await send('late', 1);
    expect(outcomes.get('late0')).toBe('ProviderUnavailable');
  });

  it('counts neither those that gave up nor those that were refused', async () => {
    const { send, outcomes, answer, asked } = slow();
    for (let round = 0; round < 20; round += 1) {
      await send('a', 8 + 40);
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect([...outcomes.values()]).toEqual(Array(40).fill('ProviderUnavailable'));
    for (const token of names('a', 0, 8)) await answer(token);
    await send('other', 8 + 32, { network: 'a' });
    expect(asked()).toEqual(names('other', 0, 8));
    expect(outcomes.has('other39')).toBe(false);
  });
});

describe('readiness', () => {
  it.each([
    [{ active: false }, true],
    [{ error: 'x' }, false],
    [new ProviderUnavailable('answered 401'), false],
  ])('after the response %j is %j', async (answer, ready) => {
    expect(await setUp(answer).verifier.ready()).toBe(ready);
  });

  it('is requested every 30 seconds, or every second while there is none', async () => {
    const { state, verifier } = setUp({ active: false });
    await verifier.ready();
    state.now += 29_999;
    await verifier.ready();
    expect(state.asked).toHaveLength(1);
    state.now += 1;
    state.answer = new ProviderUnavailable('down');
    expect(await verifier.ready()).toBe(false);
    state.now += 1000;
    state.answer = { active: false };
    expect(await verifier.ready()).toBe(true);
    expect(state.asked).toHaveLength(3);
    state.now -= 3_600_000;
    state.answer = new ProviderUnavailable('down');
    expect(await verifier.ready()).toBe(false);
    expect(state.asked).toHaveLength(4);
  });
});

it('asks with the client’s form-encoded credentials (RFC 6749 section 2.3.1)', async () => {
  const url = 'https://as.example/introspect';
  const authentication = { method: 'client_secret_basic', secret: 'p%&ü' } as const;
  const asked = await introspectionRequest(url, 't+/=', { id: 'a:b c', authentication });
  const [scheme, credentials = ''] = asked.headers?.['authorization']?.split(' ') ?? [];
  expect(scheme).toBe('Basic');
  expect(Buffer.from(credentials, 'base64').toString()).toBe('a%3Ab+c:p%25%26%C3%BC');
  expect(asked.form?.toString()).toBe('token=t%2B%2F%3D&token_type_hint=access_token');
});

it('asks with the client’s secret in the form', async () => {
  const url = 'https://as.example/introspect';
  const authentication = { method: 'client_secret_post', secret: 's' } as const;
  const asked = await introspectionRequest(url, 't', { id: 'me', authentication });
  expect(asked.headers).toBeUndefined();
  expect(Object.fromEntries(asked.form ?? [])).toEqual({
    token: 't',
    token_type_hint: 'access_token',
    client_id: 'me',
    client_secret: 's',
  });
});

it('asks with an assertion that the client’s key signs, for this endpoint', async () => {
  const url = 'https://as.example/introspect';
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = readSigningKey(pem, 'key-1');
  const authentication = { method: 'private_key_jwt', key } as const;
  const { form } = await introspectionRequest(url, 't', { id: 'me', authentication });
  const assertion = form?.get('client_assertion') ?? '';
  const { payload, protectedHeader } = await jwtVerify(assertion, publicKey);
  expect(payload).toMatchObject({ iss: 'me', sub: 'me', aud: url });
  expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'key-1' });
});
