import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';
import { InvalidToken, ProviderUnavailable } from '../../../templates/src/runtime/oauth/token.js';
import { createVerifier } from '../../../templates/src/runtime/oauth/verifier.js';
import { startStaticIssuer, type StaticIssuer } from '../../support/tokens.js';
import { audience, oauthOf } from './oauth.js';

let issuer: StaticIssuer;
afterEach(async () => {
  vi.restoreAllMocks();
  await issuer.close();
});

async function setUp(settings: (issuer: StaticIssuer) => Partial<OAuthSettings> = () => ({})) {
  issuer = await startStaticIssuer({ audience });
  const oauth = oauthOf({ issuer: issuer.issuer, issuers: [issuer.issuer], ...settings(issuer) });
  const reasons: unknown[] = [];
  const verifier = createVerifier(oauth, (event, { reason }) => {
    if (event === 'provider_failure') reasons.push(reason);
  });
  return { verifier, reasons };
}

describe('the verifier', () => {
  it('sends no request before the first token', async () => {
    const { verifier } = await setUp();
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    await expect(verifier.verify(await issuer.sign())).resolves.toMatchObject({ subject: 'alice' });
    expect(issuer.fetched(issuer.paths.oauth)).toBe(1);
  });

  it('finds the keys at the configured URL', async () => {
    const direct = await setUp(({ issuer: url, paths }) => ({ jwksUri: url + paths.jwks }));
    expect(await direct.verifier.ready()).toBe(true);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    await issuer.close();
    const odd = await setUp(({ issuer: url, paths }) => ({ metadataUrl: url + paths.openid }));
    expect(await odd.verifier.ready()).toBe(true);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    expect(issuer.fetched(issuer.paths.openid)).toBe(1);
  });

  it.each([{}, { keys: {} }, { keys: 'x' }])('treats the key set %j as an outage', async (set) => {
    const { verifier, reasons } = await setUp();
    issuer.documents.set(issuer.paths.jwks, set);
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ProviderUnavailable);
    expect(reasons).toEqual([`${issuer.issuer}${issuer.paths.jwks} is not a key set`]);
  });

  it('allows five seconds for all documents together', async () => {
    const { verifier, reasons } = await setUp();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ProviderUnavailable);
    // A third of the time, then half of the rest, since the keys need some too.
    const [first = 0, second = 0, ...others] = timeout.mock.calls.flat();
    expect(first).toBeLessThanOrEqual(5000 / 3);
    expect(second).toBeLessThanOrEqual(5000 / 2);
    expect(others).toEqual([]);
    expect(reasons).toHaveLength(1);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
  });
});

describe('the verifier of opaque tokens', () => {
  const opaque = ({ introspectionClient }: StaticIssuer, url?: string, secret?: string) => ({
    introspection: {
      ...(url !== undefined && { url }),
      client: {
        id: introspectionClient['OAUTH_CLIENT_ID'] ?? '',
        authentication: {
          method: 'client_secret_basic' as const,
          secret: secret ?? introspectionClient['OAUTH_CLIENT_SECRET'] ?? '',
        },
      },
    },
  });

  it('discovers the endpoint once, and asks it', async () => {
    const { verifier } = await setUp((known) => opaque(known));
    const token = issuer.issue({ scope: 'notes.read' });
    await expect(verifier.verify(token)).resolves.toMatchObject({ scopes: ['notes.read'] });
    await expect(verifier.verify('made-up')).rejects.toThrow(InvalidToken);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(1);
    expect(issuer.fetched(issuer.paths.introspection)).toBe(2);
    expect(await verifier.ready()).toBe(true);
  });

  it('asks the configured endpoint, even about tokens that look like a JWT', async () => {
    const { verifier } = await setUp((known) =>
      opaque(known, known.issuer + known.paths.introspection),
    );
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow('not active');
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
  });

  it('reports its own fault if its secret is wrong', async () => {
    const { verifier } = await setUp((known) => opaque(known, undefined, 'wrong'));
    await expect(verifier.verify(issuer.issue())).rejects.toThrow(/introspect answered 401 "/);
    expect(await verifier.ready()).toBe(false);
  });

  it('blames the token for an unsupported token type, but for no other 400', async () => {
    const { verifier } = await setUp((known) => opaque(known));
    for (const error of ['unsupported_token_type', 'invalid_token']) {
      issuer.introspectionFailure = { status: 400, error };
      await expect(verifier.verify(issuer.issue())).rejects.toThrow(InvalidToken);
    }
    issuer.introspectionFailure = { status: 400, error: 'No, <secret>' };
    await expect(verifier.verify(issuer.issue())).rejects.toThrow(/answered 400$/);
    issuer.introspectionFailure = { status: 400, error: 'invalid_client' };
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(
      /answered 400 "invalid_client"/,
    );
    expect(await verifier.ready()).toBe(false);
    issuer.introspectionFailure = { status: 429, error: 'slow_down' };
    await expect(verifier.verify(await issuer.sign())).rejects.toThrow(ProviderUnavailable);
  });

  it('pauses for a second before it looks for the provider again', async () => {
    const { verifier } = await setUp((known) => opaque(known));
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    issuer.outage = 'error';
    const token = issuer.issue();
    for (let i = 0; i < 10; i += 1)
      await expect(verifier.verify(token)).rejects.toThrow(ProviderUnavailable);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(1);
    issuer.outage = 'none';
    vi.advanceTimersByTime(999);
    await expect(verifier.verify(token)).rejects.toThrow(ProviderUnavailable);
    vi.advanceTimersByTime(1);
    await verifier.verify(token);
  });
});
