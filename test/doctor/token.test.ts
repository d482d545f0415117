import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkToken } from '../../src/commands/doctor/token-checks.js';
import { usualRules } from '../../src/commands/doctor/token-rules.js';
import { createJwtVerifier } from '../../templates/src/runtime/oauth/jwt.js';
import { createKeys } from '../../templates/src/runtime/oauth/keys.js';
import type { Verifier } from '../../templates/src/runtime/oauth/token.js';

const issuer = 'https://auth.example.com';
const resource = 'https://mcp.example.com/mcp';
const needed = ['notes.read', 'notes.write'];
const rules = usualRules({ issuer, resource });
let key: CryptoKey;
let verifier: Verifier;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one' };
  // Every token is checked after a pause, so that an unknown key counts as unknown.
  let at = 0;
  const keys = createKeys({ load: () => Promise.resolve([jwk]), now: () => (at += 60_000) });
  verifier = createJwtVerifier(rules.oauth, keys);
});

const now = () => Math.floor(Date.now() / 1000);

const good = (): JWTPayload => ({
  iss: issuer,
  aud: resource,
  sub: 'ada',
  iat: now(),
  exp: now() + 600,
  scope: needed.join(' '),
});

async function sign(payload: JWTPayload, header: object = {}, signer = key): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header })
    .sign(signer);
}

async function wrongIn(token: string): Promise<string[]> {
  const checks = await checkToken(token, { rules, verifier, needed });
  expect(JSON.stringify(checks)).not.toContain(token);
  return checks
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => `${id}: ${status}`);
}

describe('a token is explained claim by claim', () => {
  it('when nothing is wrong', async () => {
    expect(await wrongIn(await sign(good()))).toEqual([]);
    expect(await wrongIn(await sign(good(), { typ: undefined }))).toEqual([]);
    expect(await wrongIn(await sign({ ...good(), scope: undefined, scp: needed }))).toEqual([]);
    expect(await wrongIn(await sign({ ...good(), aud: ['other', resource] }))).toEqual([]);
    expect(await wrongIn(await sign({ ...good(), nonce: 'n' }))).toEqual([]);
    const groups = Array.from({ length: 400 }, (_, index) => `group-${index}-of-a-big-company`);
    expect(await wrongIn(await sign({ ...good(), groups }))).toEqual([]);
  });

  it.each<[string, JWTPayload, string[]]>([
    ['issuer', { iss: `${issuer}/` }, ['token-issuer: fail']],
    ['audience', { aud: 'https://api.example.com' }, ['token-audience: fail']],
    ['no audience', { aud: undefined }, ['token-audience: fail']],
    ['an end', { exp: now() - 60 }, ['token-time: fail']],
    ['no end', { exp: undefined }, ['token-time: fail']],
    ['a beginning', { nbf: now() + 600 }, ['token-time: fail']],
    ['an ID token', { at_hash: 'n' }, ['token-kind: fail']],
    ['a refresh token of Ory Hydra', { token_use: 'refresh_token' }, ['token-kind: fail']],
    ['an ID token of Entra', { tid: 't', ver: '2.0' }, ['token-kind: fail']],
    ['an ID token of Cognito', { token_use: 'id' }, ['token-kind: fail']],
    ['a refresh token of Keycloak', { typ: 'Refresh' }, ['token-kind: fail']],
    ['a refresh token of Django', { token_type: 'refresh' }, ['token-kind: fail']],
    ['a bound token', { cnf: { jkt: 'x' } }, ['token-kind: fail']],
    ['a scope', { scope: 'notes.read' }, ['token-scopes: warn']],
    ['two things', { iss: 'x', scope: 'y' }, ['token-issuer: fail', 'token-scopes: warn']],
  ])('when it is %s', async (_name, change, wrong) => {
    expect(await wrongIn(await sign({ ...good(), ...change }))).toEqual(wrong);
  });

  it('when it is of another kind, by its header', async () => {
    expect(await wrongIn(await sign(good(), { typ: 'logout+jwt' }))).toEqual(['token-form: fail']);
    expect(await wrongIn('b3BhcXVl')).toEqual(['token-form: fail']);
    expect(await wrongIn('a.b.c.d.e')).toEqual(['token-form: fail']);
  });

  it('when its signature is not right', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect(await wrongIn(await sign(good(), {}, privateKey))).toEqual(['token-signature: fail']);
    expect(await wrongIn(await sign(good(), { kid: 'two' }))).toEqual(['token-signature: fail']);
    const [, payload = ''] = (await sign(good())).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await wrongIn(`${header}.${payload}.`)).toEqual(['token-signature: fail']);
  });
});
