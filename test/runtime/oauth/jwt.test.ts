import {
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type GenerateKeyPairResult,
} from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readScopes } from '../../../templates/src/runtime/oauth/claims.js';
import { createJwtVerifier } from '../../../templates/src/runtime/oauth/jwt.js';
import { createKeys, type Keys } from '../../../templates/src/runtime/oauth/keys.js';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/provider.js';
import { InvalidToken } from '../../../templates/src/runtime/oauth/token.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';

const issuer = 'https://as.example';
const audience = 'https://m.example/mcp';
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

function verifierOf(keys: Keys, variables: Record<string, string> = {}) {
  const { oauth } = readHttpSettings(testApi, {
    OAUTH_AUTHORIZATION_SERVER: issuer,
    MCP_RESOURCE_URL: audience,
    ...variables,
  });
  if (oauth === undefined) throw new Error('This API asks for tokens.');
  return createJwtVerifier(oauth, keys);
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

/** Verifies a token with these claims under the settings that the variables make. */
async function verify(
  claims: Record<string, unknown>,
  variables?: Record<string, string>,
  header?: Record<string, unknown>,
) {
  const verifier = verifierOf(await publish(pair.publicKey), variables);
  return verifier.verify(await sign(claims, header));
}

describe('signatures', () => {
  it.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])('may be %s', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const verifier = verifierOf(await publish(publicKey));
    const token = await sign({}, { alg }, privateKey);
    await expect(verifier.verify(token)).resolves.toMatchObject({ expiresAt: now + 600 });
  });

  it('may be of every RSA algorithm', async () => {
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
    await expect(verifier.verify(await sign({}, { kid: 'x' }))).rejects.toThrow('unknown key');
  });

  it('are nobody’s while no key is known', async () => {
    const keys = createKeys({ load: () => Promise.reject(new ProviderUnavailable('down')) });
    await expect(verifierOf(keys).verify(await sign())).rejects.toThrow(ProviderUnavailable);
    expect(await verifierOf(keys).ready()).toBe(false);
  });
});

describe('keys that rotate without a key id of their own', () => {
  it('are found by the signatures that fail, at most once in 30 s', async () => {
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
  ])('must hold %s', async (claim, reason) => {
    await expect(verify({ [claim]: undefined })).rejects.toThrow(`claim ${claim}: ${reason}`);
  });

  it('may name any of the issuers and audiences configured', async () => {
    const variables = {
      OAUTH_ISSUER: 'https://a.example https://b.example',
      OAUTH_AUDIENCE: 'x y',
    };
    const claims = { iss: 'https://b.example', aud: ['z', 'y'] };
    await expect(verify(claims, variables)).resolves.toBeDefined();
    await expect(verify({ ...claims, iss: issuer }, variables)).rejects.toThrow('claim iss');
    await expect(verify({ ...claims, aud: audience }, variables)).rejects.toThrow('claim aud');
  });

  it('may be off by the tolerance configured', async () => {
    const early = { iat: now + 300, nbf: now + 300 };
    const late = { exp: now - 300 };
    const tolerant = { OAUTH_CLOCK_TOLERANCE: '600' };
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
    [{ at_hash: 'x' }, /ID token/],
    [{ c_hash: 'x' }, /ID token/],
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

  it.each([{ token_use: 'access' }, { typ: 'Bearer' }, { typ: 7 }])('may be %j', async (claims) => {
    await expect(verify(claims)).resolves.toBeDefined();
  });

  it('are of an access token by its type alone, when that is configured', async () => {
    const strict = { OAUTH_REQUIRE_AT_JWT: 'true' };
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt'])
      await expect(verify({}, strict, { typ })).resolves.toBeDefined();
    for (const typ of ['JWT', undefined])
      await expect(verify({}, strict, { typ })).rejects.toThrow(/^typ$/);
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
    const { scopes } = await verify(claims, { OAUTH_SCOPE_CLAIM: 'permissions scope' });
    expect(scopes).toEqual(['d', 'a', 'b']);
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
