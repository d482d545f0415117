import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/provider.js';
import { createVerifier } from '../../../templates/src/runtime/oauth/verifier.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';
import { startStaticIssuer, type StaticIssuer } from '../../support/tokens.js';

let issuer: StaticIssuer;
afterEach(async () => {
  vi.restoreAllMocks();
  await issuer.close();
});

async function setUp(variables: (issuer: StaticIssuer) => Record<string, string> = () => ({})) {
  issuer = await startStaticIssuer();
  const { oauth } = readHttpSettings(testApi, {
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    ...variables(issuer),
  });
  if (oauth === undefined) throw new Error('This API asks for tokens.');
  const reasons: unknown[] = [];
  const verifier = createVerifier(oauth, (event, { reason }) => {
    if (event === 'provider_failure') reasons.push(reason);
  });
  return { verifier, reasons };
}

describe('the verifier', () => {
  it('asks for nothing before the first token', async () => {
    const { verifier } = await setUp();
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    await expect(verifier.verify(await issuer.sign())).resolves.toMatchObject({ subject: 'alice' });
    expect(issuer.fetched(issuer.paths.oauth)).toBe(1);
  });

  it('finds the keys where the settings say', async () => {
    const direct = await setUp(({ issuer: url, paths }) => ({ OAUTH_JWKS_URI: url + paths.jwks }));
    expect(await direct.verifier.ready()).toBe(true);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    await issuer.close();
    const odd = await setUp(({ issuer: url, paths }) => ({
      OAUTH_METADATA_URL: url + paths.openid,
    }));
    expect(await odd.verifier.ready()).toBe(true);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    expect(issuer.fetched(issuer.paths.openid)).toBe(1);
  });

  it.each([{}, { keys: {} }, { keys: 'x' }])('takes the key set %j for an outage', async (set) => {
    const { verifier, reasons } = await setUp();
    issuer.documents.set(issuer.paths.jwks, set);
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ProviderUnavailable);
    expect(reasons).toEqual([`${issuer.issuer}${issuer.paths.jwks} is not a key set`]);
  });

  it('gives all documents together five seconds', async () => {
    const { verifier, reasons } = await setUp();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ProviderUnavailable);
    expect(timeout.mock.calls).toEqual([[5000]]);
    expect(reasons).toHaveLength(1);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
  });
});
