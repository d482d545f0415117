import { describe, expect, it } from 'vitest';
import type { Claims } from '../../../templates/src/runtime/oauth/claims.js';
import {
  createIntrospectionVerifier,
  introspectionRequest,
} from '../../../templates/src/runtime/oauth/introspection.js';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/provider.js';
import { InvalidToken } from '../../../templates/src/runtime/oauth/token.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';

const issuer = 'https://as.example';
const audience = 'https://m.example/mcp';
const START = Date.now();
const seconds = Math.floor(START / 1000);
const active = { active: true, iss: issuer, aud: audience, sub: 'alice', exp: seconds + 600 };

/** A verifier under a clock and a provider of the test's own. */
function setUp(answer: unknown = active, variables: Record<string, string> = {}) {
  const state = { now: START, answer, asked: [] as string[] };
  const { oauth } = readHttpSettings(testApi, {
    OAUTH_AUTHORIZATION_SERVER: issuer,
    MCP_RESOURCE_URL: audience,
    OAUTH_TOKEN_FORMAT: 'opaque',
    OAUTH_CLIENT_ID: 'me',
    OAUTH_CLIENT_SECRET: 'secret',
    ...variables,
  });
  if (oauth === undefined) throw new Error('This API asks for tokens.');
  const verifier = createIntrospectionVerifier(oauth, {
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
  it('is whose the provider says', async () => {
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
    [{ active: undefined }, 'not active'],
    [{ active: false }, 'not active'],
    [{ active: 'true' }, 'not active'],
    [{ active: 1 }, 'not active'],
    [{ aud: undefined }, 'claim aud'],
    [{ aud: '' }, 'claim aud'],
    [{ aud: [] }, 'claim aud'],
    [{ aud: { [audience]: true } }, 'claim aud'],
    [{ aud: `${audience}/` }, 'claim aud'],
    [{ iss: 'https://other.example' }, 'claim iss'],
    [{ iss: [issuer] }, 'claim iss'],
    [{ exp: seconds - 31 }, 'claim exp'],
    [{ exp: String(seconds + 600) }, 'claim exp'],
    [{ nbf: seconds + 90 }, 'claim nbf'],
    [{ nbf: 'soon' }, 'claim nbf'],
    [{ iat: seconds + 90 }, 'claim iat'],
    [{ token_type: 'DPoP' }, 'token_type'],
    [{ token_type: ['Bearer'] }, 'token_type'],
    [{ token_use: 'refresh_token' }, 'token_use'],
    [{ typ: 'Refresh' }, 'typ'],
    [{ cnf: { jkt: 'x' } }, 'sender-constrained'],
  ])('is refused when the answer has %j', async (claims, reason) => {
    const { verifier } = setUp({ ...active, ...claims });
    const verified = verifier.verify('t');
    await expect(verified).rejects.toThrow(InvalidToken);
    await expect(verified).rejects.toThrow(reason);
  });

  it.each([
    { iss: undefined },
    { exp: undefined },
    { exp: seconds - 29 },
    { nbf: seconds + 29 },
    { aud: ['other', audience] },
    { token_type: 'bearer' },
    { token_use: 'access_token' },
    { typ: 'Bearer' },
  ])('is accepted when the answer has %j', async (claims) => {
    const { verifier } = setUp({ ...active, ...claims });
    await expect(verifier.verify('t')).resolves.toMatchObject({ subject: 'alice' });
  });

  it('may be named by another claim, but not be another server’s', async () => {
    const variables = { OAUTH_AUDIENCE: 'app', OAUTH_AUDIENCE_CLAIM: 'client_id' };
    const claims = { ...active, aud: undefined, client_id: 'app' };
    const fits = setUp({ ...claims, token_type: 'Bearer' }, variables);
    await expect(fits.verifier.verify('t')).resolves.toBeDefined();
    // What oidc-provider tells of a refresh token.
    const refresh = setUp(claims, variables);
    await expect(refresh.verifier.verify('t')).rejects.toThrow('neither aud nor token_type');
    const other = setUp({ ...active, aud: 'https://other.example', client_id: 'app' }, variables);
    await expect(other.verifier.verify('t')).rejects.toThrow(
      'claim aud: "https://other.example" is another server',
    );
    const foreign = setUp({ ...active, aud: 'app', client_id: 'foreign' }, variables);
    await expect(foreign.verifier.verify('t')).rejects.toThrow('claim client_id');
  });

  it('is nobody’s fault while the provider is down', async () => {
    const { verifier } = setUp(new ProviderUnavailable('down'));
    await expect(verifier.verify('t')).rejects.toThrow(ProviderUnavailable);
  });
});

describe('the memory of good tokens', () => {
  it('asks once for however many requests wait', async () => {
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
  it('asks about the same one every five seconds at most', async () => {
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

  it('pushes no good one out', async () => {
    const { state, verifier } = setUp();
    await verifier.verify('good');
    state.answer = { active: false };
    for (let i = 0; i <= 1000; i += 1)
      await expect(verifier.verify(`t${i}`)).rejects.toThrow(InvalidToken);
    await expect(verifier.verify('good')).resolves.toBeDefined();
  });

  it('does not hold what the provider could not say', async () => {
    const { state, verifier } = setUp(new ProviderUnavailable('down'));
    await expect(verifier.verify('t')).rejects.toThrow(ProviderUnavailable);
    state.answer = active;
    await expect(verifier.verify('t')).resolves.toBeDefined();
  });
});

it('asks about 32 tokens at once, and says of more that nobody can tell', async () => {
  const { state, verifier } = setUp(new Promise(() => undefined));
  for (let i = 0; i < 32; i += 1) void verifier.verify(`t${i}`);
  await expect(verifier.verify('one more')).rejects.toThrow(ProviderUnavailable);
  expect(state.asked).toHaveLength(32);
});

describe('readiness', () => {
  it.each([
    [{ active: false }, true],
    [{ error: 'x' }, false],
    [new ProviderUnavailable('answered 401'), false],
  ])('after the answer %j is %j', async (answer, ready) => {
    expect(await setUp(answer).verifier.ready()).toBe(ready);
  });

  it('is asked for every 30 seconds, or every second while there is none', async () => {
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
  });
});

it('asks with the client’s form-encoded credentials, as RFC 6749 section 2.3.1 says', () => {
  const { method, headers, body } = introspectionRequest('t+/=', {
    clientId: 'a:b c',
    clientSecret: 'p%&ü',
  });
  const { Authorization = '' } = headers as Record<string, string>;
  const [scheme, credentials = ''] = Authorization.split(' ');
  expect(scheme).toBe('Basic');
  expect(Buffer.from(credentials, 'base64').toString()).toBe('a%3Ab+c:p%25%26%C3%BC');
  expect(method).toBe('POST');
  expect((body as URLSearchParams).toString()).toBe(
    'token=t%2B%2F%3D&token_type_hint=access_token',
  );
});
