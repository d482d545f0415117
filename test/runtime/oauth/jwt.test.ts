import {
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type GenerateKeyPairResult,
} from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJwtVerifier } from '../../../templates/src/runtime/oauth/jwt.js';
import { createKeys, type Keys } from '../../../templates/src/runtime/oauth/keys.js';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';
import {
  InvalidToken,
  ProviderUnavailable,
  readScopes,
} from '../../../templates/src/runtime/oauth/token.js';
import { audience, issuer, oauthOf } from './oauth.js';

const now = Math.floor(Date.now() / 1000);

let pair: GenerateKeyPairResult;
let other: GenerateKeyPairResult;
beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true });
  other = await generateKeyPair('ES256', { extractable: true });
});

async function publish(...keys: CryptoKey[]): Promise<Keys> {
  const published = await Promise.all(keys.map((key) => exportJWK(key)));
  return createKeys({ load: () => Promise.resolve(published) });
}

function verifierOf(keys: Keys, settings?: Partial<OAuthSettings>) {
  return createJwtVerifier(oauthOf(settings), keys);
}

function sign(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = pair.privateKey,
) {
  const usual = { iss: issuer, aud: audience, exp: now + 600 };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
    .sign(key);
}

/** Verifies a token with these claims under the default settings, with these changes. */
async function verify(
  claims: Record<string, unknown>,
  settings?: Partial<OAuthSettings>,
  header?: Record<string, unknown>,
) {
  const verifier = verifierOf(await publish(pair.publicKey), settings);
  return verifier.verify(await sign(claims, header));
}

describe('signatures', () => {
  it.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])('may be %s', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const verifier = verifierOf(await publish(publicKey));
    const token = await sign({}, { alg }, privateKey);
    await expect(verifier.verify(token)).resolves.toMatchObject({ expiresAt: now + 600 });
  });

  it('may be of any RSA algorithm', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const verifier = verifierOf(await publish(publicKey));
    const jwk = await exportJWK(privateKey);
    for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']) {
      const token = await sign({}, { alg }, await importJWK(jwk, alg));
      await expect(verifier.verify(token), alg).resolves.toBeDefined();
    }
  });

  it('must not be symmetric, even if there were a key for that', async () => {
    const secret = new Uint8Array(32);
    const keys: Keys = {
      resolve: () => secret,
      memory: () => undefined,
      renew: () => Promise.resolve(),
      ready: () => Promise.resolve(true),
    };
    const token = await sign({}, { alg: 'HS256' }, secret);
    await expect(verifierOf(keys).verify(token)).rejects.toThrow('ERR_JOSE_ALG_NOT_ALLOWED');
  });

  it('must be right', async () => {
    const verifier = verifierOf(await publish(pair.publicKey));
    const token = await sign({}, {}, other.privateKey);
    await expect(verifier.verify(token)).rejects.toThrow('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  it('may name a key, when the provider publishes its key without a name', async () => {
    const verifier = verifierOf(await publish(pair.publicKey));
    await expect(verifier.verify(await sign({}, { kid: 'x' }))).resolves.toBeDefined();
    const forged = await sign({}, { kid: 'x' }, other.privateKey);
    await expect(verifier.verify(forged)).rejects.toThrow(InvalidToken);
  });

  it.each([null, ''])('may have %j for a name, like none at all', async (kid) => {
    const named = { ...(await exportJWK(pair.publicKey)), kid: 'k' };
    const verifier = verifierOf(createKeys({ load: () => Promise.resolve([named]) }));
    await expect(verifier.verify(await sign({}, { kid }))).resolves.toBeDefined();
    await expect(verifier.verify(await sign({}, { kid: 'x' }))).rejects.toThrow();
  });

  it('are not blamed on the token while no key is known', async () => {
    const keys = createKeys({ load: () => Promise.reject(new ProviderUnavailable('down')) });
    await expect(verifierOf(keys).verify(await sign())).rejects.toThrow(ProviderUnavailable);
    expect(await verifierOf(keys).ready()).toBe(false);
  });
});

describe('the reason for a refusal', () => {
  it.each([
    ['an opaque token', () => 'ya29.a0AfH6'],
    ['an encrypted one', () => 'eyJh.eyJi.eyJj.eyJk.eyJl'],
    ['a word of a broken client', () => 'undefined'],
  ])('of %s says which setting is for it', async (_, token) => {
    const verifier = verifierOf(await publish(pair.publicKey));
    await expect(verifier.verify(token())).rejects.toThrow(
      'not a signed JWT: OAUTH_TOKEN_FORMAT=opaque is for other tokens (ERR_JWS_INVALID)',
    );
  });

  it('is in words for a signature and an algorithm too', async () => {
    const verifier = verifierOf(await publish(pair.publicKey));
    await expect(verifier.verify(await sign({}, {}, other.privateKey))).rejects.toThrow(
      /^the signature is not valid/,
    );
    const symmetric = await sign({}, { alg: 'HS256' }, new Uint8Array(32));
    await expect(verifier.verify(symmetric)).rejects.toThrow(/^signed with an algorithm that/);
  });
});

describe('keys that rotate without a key id', () => {
  it('are found after failing signatures, at most once in 30 s', async () => {
    let published = pair.publicKey;
    let [at, loads] = [0, 0];
    const load = async () => {
      loads += 1;
      return [await exportJWK(published)];
    };
    const verifier = verifierOf(createKeys({ load, now: () => at }));
    await verifier.verify(await sign());
    published = other.publicKey;
    const rotated = await sign({}, {}, other.privateKey);
    await expect(verifier.verify(rotated)).rejects.toThrow(InvalidToken);
    expect(loads).toBe(1);
    at += 30_000;
    await expect(verifier.verify(rotated)).resolves.toBeDefined();
    for (let i = 0; i < 10; i += 1)
      await expect(verifier.verify(await sign())).rejects.toThrow(InvalidToken);
    expect(loads).toBe(2);
  });
});

describe('a token without a key id, where several keys fit', () => {
  it('is tried with each of them', async () => {
    const keys = await publish(other.publicKey, pair.publicKey);
    await expect(verifierOf(keys).verify(await sign())).resolves.toBeDefined();
  });

  it('is refused when none of them signed it', async () => {
    const third = await generateKeyPair('ES256');
    const verifier = verifierOf(await publish(pair.publicKey, other.publicKey));
    const token = await sign({}, {}, third.privateKey);
    await expect(verifier.verify(token)).rejects.toThrow('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  it('is refused for its claims by the key that signed it', async () => {
    for (const keys of [
      await publish(pair.publicKey, other.publicKey),
      await publish(other.publicKey, pair.publicKey),
    ]) {
      const verify = verifierOf(keys).verify(await sign({ aud: 'https://x.example', sub: 'bob' }));
      await expect(verify).rejects.toMatchObject({
        message: expect.stringContaining('claim aud') as string,
        holder: { subject: 'bob' },
      });
    }
  });
});

describe('claims', () => {
  it.each([
    ['iss', 'missing'],
    ['aud', 'nothing is not this server'],
    ['exp', 'missing'],
  ])('must have %s', async (claim, reason) => {
    await expect(verify({ [claim]: undefined })).rejects.toThrow(`claim ${claim}: ${reason}`);
  });

  it('may name any of the issuers and audiences configured', async () => {
    const settings = {
      issuers: ['https://a.example', 'https://b.example'],
      audiences: ['x', 'y'],
    };
    const claims = { iss: 'https://b.example', aud: ['z', 'y'] };
    await expect(verify(claims, settings)).resolves.toBeDefined();
    await expect(verify({ ...claims, iss: issuer }, settings)).rejects.toThrow(
      `claim iss: ${JSON.stringify(issuer)} is not an accepted issuer`,
    );
    await expect(verify({ ...claims, aud: audience }, settings)).rejects.toThrow('claim aud');
  });

  it('may be off by the tolerance configured', async () => {
    const early = { iat: now + 300, nbf: now + 300 };
    const late = { exp: now - 300 };
    const tolerant = { clockTolerance: 600 };
    await expect(verify(early, tolerant)).resolves.toBeDefined();
    await expect(verify(late, tolerant)).resolves.toMatchObject({ expiresAt: now - 300 });
    await expect(verify(late)).rejects.toThrow('claim exp');
    await expect(verify({ iat: now + 300 })).rejects.toThrow('claim iat');
    await expect(verify({ nbf: now + 300 })).rejects.toThrow('claim nbf');
  });

  it.each([
    [{ token_use: 'id' }, /token_use/],
    [{ token_use: 'refresh' }, /token_use/],
    [{ token_use: 7 }, /token_use/],
    [{ typ: 'ID' }, /Keycloak/],
    [{ typ: 'Refresh' }, /Keycloak/],
    [{ typ: 'Logout' }, /Keycloak/],
    [{ typ: 'Offline' }, /Keycloak/],
    [{ token_type: 'refresh' }, /token_type/],
    [{ token_type: 'id_token' }, /token_type/],
    [{ at_hash: 'x' }, /ID token/],
    [{ c_hash: 'x' }, /ID token/],
    // Azure AD B2C: no tenant ID, but a policy.
    [{ ver: '1.0', tfp: 'B2C_1_signin', nonce: 'n' }, /ID token/],
    [{ ver: '1.0', acr: 'b2c_1a_signin' }, /ID token/],
    [{ tid: 't', ver: '2.0', azp: '' }, /ID token/],
    [{ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, /event/],
    [{ cnf: { jkt: 'x' } }, /sender-constrained/],
    [{ cnf: null }, /sender-constrained/],
  ])('must not be %j', async (claims, reason) => {
    const refused = verify({ ...claims, sub: 'bob' });
    await expect(refused).rejects.toThrow(InvalidToken);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(reason) as string,
      holder: { subject: 'bob' },
    });
  });

  it.each([
    { token_use: 'access' },
    { typ: 'Bearer' },
    { typ: 7 },
    { ver: '1.0', tfp: 'B2C_1_signin', azp: 'c' },
    { ver: '1.0', acr: '1' },
    { events: 7 },
    // Written by serializers that do not omit members without a value.
    { at_hash: null, c_hash: '', token_use: null },
    { at_hash: '', c_hash: null, token_use: '' },
  ])('may be %j', async (claims) => {
    await expect(verify(claims)).resolves.toBeDefined();
  });

  it('belong to an access token by its type alone, if configured', async () => {
    const strict = { requireAtJwt: true };
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt'])
      await expect(verify({}, strict, { typ })).resolves.toBeDefined();
    for (const typ of ['JWT', 'application/JWT', undefined])
      await expect(verify({}, {}, { typ })).resolves.toBeDefined();
    for (const typ of ['JWT', undefined])
      await expect(verify({}, strict, { typ })).rejects.toThrow(/^typ: .* is not at\+jwt$/);
  });
});

describe('the holder', () => {
  it.each([
    [{ client_id: 'a', azp: 'b', cid: 'c', appid: 'd' }, { client: 'a' }],
    [{ client_id: 7, azp: 'b' }, { client: 'b' }],
    [{ cid: 'c', appid: 'd' }, { client: 'c' }],
    [{ appid: 'd' }, { client: 'd' }],
    [{ sub: 'alice' }, { subject: 'alice' }],
    [{ client_id: 7, sub: 7 }, {}],
  ])('of %j is %j', async (claims, holder) => {
    const rest = { scopes: [], expiresAt: now + 600, audiences: [audience] };
    expect(await verify(claims)).toEqual({ ...rest, ...holder });
  });

  it('has the scopes of all the claims configured, together', async () => {
    const claims = { scope: 'a b', scp: ['c'], permissions: ['d'] };
    expect((await verify(claims)).scopes).toEqual(['a', 'b', 'c']);
    const { scopes } = await verify(claims, { scopeClaims: ['permissions', 'scope'] });
    expect(scopes).toEqual(['d', 'a', 'b']);
  });

  it.each([
    ['realm_access.roles', ['a', 'b']],
    ['resource_access.my.client.roles', ['c']],
    ['https://example.com/roles', ['d']],
    ['app_metadata.roles', ['e']],
    ['realm_access', []],
    ['realm_access.roles.0', []],
    ['realm_access.constructor.name', []],
    ['scope.length', []],
    ['.roles', []],
  ])('has the scopes of a claim at a path: %s', async (claim, expected) => {
    const claims = {
      realm_access: { roles: ['a', 'b'] },
      resource_access: { 'my.client': { roles: ['c'] }, my: {} },
      'https://example.com/roles': 'd',
      app_metadata: { roles: ['f'] },
      'app_metadata.roles': ['e'],
      scope: 'g',
    };
    expect((await verify(claims, { scopeClaims: [claim] })).scopes).toEqual(expected);
  });
});

describe('a token that was verified', () => {
  afterEach(() => void vi.useRealTimers());

  /** Two verifiers with one clock; the second remembers nothing; `verified` counts the signatures of the first. */
  async function setUp() {
    vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 });
    const state = {
      published: [await exportJWK(pair.publicKey)],
      loads: 0,
      down: false,
      verified: 0,
    };
    const load = () => {
      state.loads += 1;
      return state.down
        ? Promise.reject(new ProviderUnavailable('down'))
        : Promise.resolve(state.published);
    };
    const keys = createKeys({ load });
    await keys.ready();
    const counting: Keys = {
      ...keys,
      resolve: (header, token) => {
        state.verified += 1;
        return keys.resolve(header, token);
      },
    };
    const forgetful = verifierOf({ ...createKeys({ load }), memory: () => undefined });
    return { state, keys, verifier: verifierOf(counting), forgetful };
  }

  const at = (seconds: number) => vi.setSystemTime((now + seconds) * 1000);
  const outcome = (verified: Promise<unknown>) =>
    verified.catch((error: unknown) => {
      const { name, message, holder } = error as InvalidToken;
      return { name, message, holder };
    });

  it('is verified once', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ sub: 'alice', nbf: now + 29 });
    const caller = await verifier.verify(token);
    for (let i = 0; i < 5; i += 1) expect(await verifier.verify(token)).toBe(caller);
    expect(state.verified).toBe(1);
  });

  it('is remembered as a whole: another signature is another token', async () => {
    const { verifier } = await setUp();
    const token = await sign();
    await verifier.verify(token);
    const flipped = token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9);
    await expect(verifier.verify(flipped)).rejects.toThrow('ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    const [, payload, signature] = (await sign({ sub: 'mallory' })).split('.');
    const [header] = token.split('.');
    await verifier.verify([header, payload, signature].join('.'));
    await expect(verifier.verify([header, payload, token.split('.')[2]].join('.'))).rejects.toThrow(
      InvalidToken,
    );
  });

  it('expires as without memory, second by second', async () => {
    const { verifier, forgetful } = await setUp();
    const begins = await sign({ sub: 'bob', nbf: now, exp: now + 60 });
    const issued = await sign({ sub: 'bob', iat: now, exp: now + 60 });
    const tokens = [begins, issued, await sign({ sub: 'bob', exp: now + 60 })];
    for (const token of tokens) await verifier.verify(token);
    // A clock that is set back, too.
    for (const seconds of [0, 59, 60, 61, 89, 90, 91, 3600, -29, -30, -31, -3600, 30]) {
      at(seconds);
      for (const token of tokens)
        expect(await outcome(verifier.verify(token)), String(seconds)).toEqual(
          await outcome(forgetful.verify(token)),
        );
    }
    at(90);
    expect(await outcome(verifier.verify(begins))).toEqual({
      name: 'InvalidToken',
      message: 'claim exp: expired',
      holder: { subject: 'bob' },
    });
    at(-31);
    expect(await outcome(verifier.verify(begins))).toMatchObject({
      message: 'claim nbf: not valid yet',
    });
    expect(await outcome(verifier.verify(issued))).toMatchObject({
      message: 'claim iat: in the future',
    });
  });

  it('is not remembered beyond its end, but verified within the tolerance', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ exp: now + 60 });
    await verifier.verify(token);
    at(59);
    await verifier.verify(token);
    expect(state.verified).toBe(1);
    at(60);
    await verifier.verify(token);
    await verifier.verify(token);
    expect(state.verified).toBe(3);
  });

  it('is remembered only if it was good', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ aud: 'https://other.example' });
    for (let i = 0; i < 3; i += 1)
      await expect(verifier.verify(token)).rejects.toThrow('claim aud');
    expect(state.verified).toBe(3);
  });

  it('starts the reload of the keys after ten minutes, and is refused when its key was withdrawn', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ exp: now + 3600 });
    await verifier.verify(token);
    state.published = [await exportJWK(other.publicKey)];
    at(599);
    await verifier.verify(token);
    expect(state.loads).toBe(1);
    at(600);
    await verifier.verify(token);
    await expect.poll(() => state.loads).toBe(2);
    await expect(verifier.verify(token)).rejects.toThrow(InvalidToken);
  });

  it('is refused at once after a long pause during which its key was withdrawn', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ exp: now + 3600 });
    await verifier.verify(token);
    state.published = [await exportJWK(other.publicKey)];
    at(1200);
    await expect(verifier.verify(token)).rejects.toThrow(InvalidToken);
  });

  it('is verified again with every new key set', async () => {
    const { state, keys, verifier } = await setUp();
    const token = await sign();
    await verifier.verify(token);
    at(30);
    await keys.renew();
    await verifier.verify(token);
    await verifier.verify(token);
    expect(state.verified).toBe(2);
  });

  it('is not remembered for keys that arrived while it was verified with the old ones', async () => {
    const { state, keys } = await setUp();
    const token = await sign();
    const slow: Keys = {
      ...keys,
      resolve: async (header, input) => {
        state.verified += 1;
        const key = await keys.resolve(header, input);
        at(30);
        await keys.renew();
        return key;
      },
    };
    const verifier = verifierOf(slow);
    await verifier.verify(token);
    state.published = [await exportJWK(other.publicKey)];
    await verifier.verify(token);
    expect(state.verified).toBe(2);
  });

  it('is accepted for a day while the provider is down, and not a second longer', async () => {
    const { state, verifier } = await setUp();
    const token = await sign({ exp: now + 7 * 86_400 });
    await verifier.verify(token);
    state.down = true;
    for (const seconds of [600, 1900, 86_399]) {
      at(seconds);
      await expect(verifier.verify(token)).resolves.toBeDefined();
    }
    at(86_400);
    await expect(verifier.verify(token)).rejects.toThrow(ProviderUnavailable);
  });

  it('is one of ten thousand', async () => {
    const { keys } = await setUp();
    const memory = keys.memory();
    const value = { caller: { scopes: [], expiresAt: 0, audiences: [] }, from: 0 };
    for (let i = 0; i <= 10_000; i += 1) memory?.set(String(i), value, Infinity);
    expect(memory?.get('0')).toBeUndefined();
    expect(memory?.get('1')).toBe(value);
  });
});

it.each([
  ['a b', ['a', 'b']],
  [' a  b ', ['a', 'b']],
  ['a,b', ['a,b']],
  ['', []],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [['a', 7], []],
  [{ a: true }, []],
  [7, []],
  [null, []],
  [undefined, []],
])('reads the scopes %j as %j', (claim, scopes) => {
  expect(readScopes(claim)).toEqual(scopes);
});
