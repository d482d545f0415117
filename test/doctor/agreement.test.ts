/**
 * `doctor --token` explains a token; a server accepts it or does not. On generated tokens, under the settings that
 * providers need, they agree.
 */
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkToken } from '../../src/commands/doctor/token-checks.js';
import {
  issuerAmong,
  listedIssuers,
  projectRules,
  projectVariables,
} from '../../src/commands/doctor/token-rules.js';
import { createJwtVerifier } from '../../templates/src/runtime/oauth/jwt.js';
import { createKeys } from '../../templates/src/runtime/oauth/keys.js';
import type { OAuthSettings } from '../../templates/src/runtime/oauth/settings.js';
import { InvalidToken } from '../../templates/src/runtime/oauth/token.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const issuer = 'https://auth.example.com';
const resource = 'https://mcp.example.com/mcp';

/** The variables that operators set for each provider. */
const providers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no setting': {},
  'Entra ID': { OAUTH_AUDIENCE: 'app-id', OAUTH_ISSUER: `${issuer} https://sts.example.net/t/` },
  Cognito: { OAUTH_AUDIENCE: 'c1 c2', OAUTH_AUDIENCE_CLAIM: 'client_id' },
  Auth0: { OAUTH_SCOPE_CLAIM: 'permissions', OAUTH_CLOCK_TOLERANCE: '0' },
  'RFC 9068': { OAUTH_REQUIRE_AT_JWT: 'true' },
  Hydra: { OAUTH_AUDIENCE: 'c1', OAUTH_AUDIENCE_CLAIM: 'client_id', OAUTH_CLOCK_TOLERANCE: '600' },
  Google: { OAUTH_ISSUER: 'accounts.google.com', OAUTH_AUDIENCE: `${resource} api://x` },
  'a prefix': { OAUTH_SCOPE_PREFIX: 'rs/', OAUTH_SCOPE_IMPLIES: 'admin=notes.read' },
};

let pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
let stranger: CryptoKey;
let folder: string;

beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true });
  stranger = (await generateKeyPair('ES256')).privateKey;
  folder = await mkdtemp(join(tmpdir(), 'agreement-'));
});

afterAll(() => rm(folder, { recursive: true }));

const now = () => Math.floor(Date.now() / 1000);

/** Mostly the usual value, sometimes an odd one or none. */
const mostly = (usual: unknown, ...odd: readonly unknown[]) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, ...odd) },
  );

/** Seconds from now, none of them near a limit. */
const times = (...offsets: readonly number[]) => offsets.map((offset) => now() + offset);

/** The usual value as often as all others together. */
const often = (usual: unknown, ...odd: readonly unknown[]) =>
  fc.oneof(fc.constant(usual), fc.constantFrom(...odd));

const tokensFor = ({ issuers, audiences, audienceClaim }: OAuthSettings) =>
  fc.record({
    claims: fc.record({
      iss: often(
        issuers[0],
        ...[issuer, 'accounts.google.com', 'https://sts.example.net/t/', `${issuer}/`, 7, [issuer]],
      ),
      aud: often(
        audienceClaim === 'aud' ? audiences[0] : undefined,
        ...[resource, ['other', resource], 'app-id', 'api://x', undefined, '', [], null, [''], {}],
        ...[7, 'https://other.example', [resource, 7]],
      ),
      client_id: mostly('c1', 'c2', 'c9', ['c1'], ''),
      exp: mostly(now() + 600, ...times(-60, -300, -7200), 'soon', null),
      nbf: fc.constantFrom<unknown>(undefined, undefined, ...times(-60, 300, 7200), 'now'),
      iat: mostly(now() - 5, ...times(300, 7200), '0'),
      scope: mostly('notes.read', 'rs/notes.read', 'admin', ''),
      permissions: mostly(undefined, ['notes.read']),
      token_use: mostly(undefined, 'access', 'id', 'refresh_token', 7),
      typ: mostly(undefined, 'Bearer', 'ID', 'Refresh', 7),
      at_hash: mostly(undefined, 'x'),
      nonce: mostly(undefined, 'n'),
      tid: mostly(undefined, 't'),
      ver: mostly(undefined, '2.0'),
      cnf: mostly(undefined, { jkt: 'x' }, null),
    }),
    header: fc.record({
      typ: mostly('at+jwt', 'JWT', 'jwt', 'logout+jwt'),
      kid: mostly('one', 'two'),
    }),
    forged: mostly(false, true),
  });

const present = (value: object) => JSON.parse(JSON.stringify(value)) as JWTPayload;

function sign(claims: object, header: object, forged: unknown): Promise<string> {
  return new SignJWT(present(claims))
    .setProtectedHeader({ alg: 'ES256', ...(JSON.parse(JSON.stringify(header)) as object) })
    .sign(forged === true ? stranger : pair.privateKey);
}

describe.each(Object.entries(providers))('with the settings of %s', (_, settings) => {
  it('doctor fails what a server refuses, and nothing else', async () => {
    const variables = {
      MCP_RESOURCE_URL: resource,
      OAUTH_AUTHORIZATION_SERVER: issuer,
      ...settings,
    };
    await writeFile(
      join(folder, '.env'),
      Object.entries(variables)
        .map((pair) => pair.join('='))
        .join('\n'),
    );
    const set = await projectVariables(folder, testApi, {});
    const rules = projectRules(folder, testApi, set, { issuer, resource: undefined });
    const { oauth } = readHttpSettings(testApi, variables);
    if (oauth === undefined) throw new Error('The server asks for no tokens.');
    const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one' };
    let at = 0;
    const load = () => Promise.resolve([jwk]);
    // After a pause each, so that an unknown key is known to be one.
    const verifierOf = (settings: typeof oauth) =>
      createJwtVerifier(settings, createKeys({ load, now: () => (at += 60_000) }));
    const [server, verifier] = [verifierOf(oauth), verifierOf(rules.oauth)];
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(tokensFor(oauth), async ({ claims, header, forged }) => {
        const token = await sign(claims, header, forged);
        const checks = await checkToken(token, { rules, verifier, needed: [] });
        const failed = checks.filter(({ status }) => status === 'fail');
        const refusal = await server.verify(token).catch((error: unknown) => error);
        if (!(refusal instanceof InvalidToken)) accepted += 1;
        expect(failed.length > 0, JSON.stringify([claims, header, failed])).toBe(
          refusal instanceof InvalidToken,
        );
        // Explained by the rules, and not only by the verdict.
        expect(JSON.stringify(failed)).not.toContain('A server refuses it');
      }),
      { numRuns: 200 },
    );
    // A comparison of refusals only would prove little.
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('the variables of a project', () => {
  it('are those of its .env, and the environment wins', async () => {
    await writeFile(join(folder, '.env'), 'OAUTH_AUDIENCE="a b"\nOAUTH_ISSUER=x\nOTHER=1\n');
    expect(await projectVariables(folder, testApi, { OAUTH_ISSUER: 'y', HOME: '/root' })).toEqual({
      OAUTH_AUDIENCE: 'a b',
      OAUTH_ISSUER: 'y',
    });
  });

  it('are refused as the server would refuse them', async () => {
    await writeFile(join(folder, '.env'), 'OAUTH_CLOCK_TOLERANCE=days\n');
    const set = await projectVariables(folder, testApi, {});
    expect(() => projectRules(folder, testApi, set, { issuer, resource })).toThrow(
      /OAUTH_CLOCK_TOLERANCE must be a whole number/,
    );
  });
});

describe('with several authorization servers', () => {
  const other = 'https://other.example.com';
  const settings = [
    `OAUTH_AUTHORIZATION_SERVER=${issuer} ${other}`,
    `MCP_RESOURCE_URL=${resource}`,
    'OAUTH_AUDIENCE_2=api://x',
  ];

  it('doctor applies the rules of the issuer in the token', async () => {
    await writeFile(join(folder, '.env'), settings.join('\n'));
    const set = await projectVariables(folder, testApi, {});
    const listed = listedIssuers(set);
    const token = await sign({ iss: other }, {}, false);
    expect(listed).toEqual([issuer, other]);
    expect(issuerAmong(listed, token)).toBe(other);
    expect(issuerAmong(listed, undefined)).toBe(issuer);
    expect(issuerAmong(listed, 'opaque')).toBe(issuer);
    expect(issuerAmong([], token)).toBeUndefined();
    const rulesOf = (asked: string) =>
      projectRules(folder, testApi, set, { issuer: asked, resource: undefined }).oauth;
    expect(rulesOf(other)).toMatchObject({ issuers: [other], audiences: ['api://x'] });
    expect(rulesOf(issuer)).toMatchObject({ issuers: [issuer], audiences: [resource] });
  });
});
