import { describe, expect, test } from 'vitest';
import type { SecurityScheme } from '../../../templates/src/runtime/api.js';
import { CallerToken } from '../../../templates/src/runtime/caller.js';
import type { OAuthClient } from '../../../templates/src/runtime/client.js';
import { createSecrets } from '../../../templates/src/runtime/credentials/secrets.js';
import type { TokenSettings } from '../../../templates/src/runtime/credentials/settings.js';
import {
  createTokenSource,
  type TokenRequest,
} from '../../../templates/src/runtime/credentials/tokens.js';
import type { ClientRequest, HttpClient } from '../../../templates/src/runtime/outgoing.js';

const client: OAuthClient = {
  id: 'my server',
  authentication: { method: 'client_secret_basic', secret: 's3cr:t' },
};
const tokenUrl = 'https://auth.example/token?v=2';
const service = { kind: 'client-credentials', client, tokenUrl, target: {} } as const;
const oidc: SecurityScheme = {
  type: 'openIdConnect',
  openIdConnectUrl: 'https://auth.example/openid',
};

/** An authorization server without a network: it numbers its tokens. */
function createServer() {
  const requests: ClientRequest[] = [];
  let issued = 0;
  const answer = (path: string): object => {
    if (path === '/openid') return { token_endpoint: tokenUrl };
    issued += 1;
    return { access_token: `token-${issued}`, token_type: 'Bearer', expires_in: 3600 };
  };
  const http: HttpClient = (request) => {
    requests.push(request);
    const body = new TextEncoder().encode(JSON.stringify(answer(request.path)));
    return Promise.resolve({ status: 200, headers: {}, body, truncated: false });
  };
  return { requests, http };
}

function sourceOf(tokens: TokenSettings, http: HttpClient) {
  const credentials = {
    schemes: {},
    keys: new Map<string, string>(),
    tokens,
    hasCertificate: false,
    secrets: createSecrets([]),
  };
  const source = createTokenSource({ credentials, baseUrl: 'https://api.example/v1' }, http);
  if (source === undefined) throw new Error('There is no source');
  const token = (more: Partial<TokenRequest> = {}) =>
    source.token({
      scopes: [],
      origin: 'https://api.example',
      signal: new AbortController().signal,
      ...more,
    });
  return { token, renew: (refused: string) => source.renew(refused) };
}

const callerOf = (value: string, audiences: string[] = []) =>
  new CallerToken(value, { expiresAt: Date.now() / 1000 + 600, audiences });

test('a token that never changes has no source', () => {
  const { http } = createServer();
  const credentials = {
    schemes: {},
    keys: new Map<string, string>(),
    tokens: { kind: 'bearer', token: 'static' } as const,
    hasCertificate: false,
    secrets: createSecrets([]),
  };
  expect(createTokenSource({ credentials, baseUrl: 'https://a.example' }, http)).toBeUndefined();
});

test('a token request matches byte for byte', async () => {
  const { requests, http } = createServer();
  const { token } = sourceOf(service, http);
  expect(await token({ scopes: ['b', 'a', 'b'] })).toBe('token-1');
  expect(requests).toEqual([
    {
      method: 'POST',
      origin: 'https://auth.example',
      path: '/token?v=2',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from('my+server:s3cr%3At').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&scope=a+b',
    },
  ]);
});

test('calls share a token and the discovery of its endpoint, until the API refuses it', async () => {
  const { requests, http } = createServer();
  const { tokenUrl: _, ...undocumented } = service;
  const { token, renew } = sourceOf(undocumented, http);
  const calls = Array.from({ length: 10 }, () => token({ scheme: oidc }));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['token-1']));
  expect(await token({ scheme: oidc })).toBe('token-1');
  expect(requests.map(({ path }) => path)).toEqual(['/openid', '/token?v=2']);
  expect(renew('token-1')).toBe(true);
  expect(await token({ scheme: oidc })).toBe('token-2');
  expect(requests).toHaveLength(3);
});

test.each([
  'http://127.0.0.1:9/token',
  'http://localhost/token',
  'http://[::1]/',
  'http://a.example/',
])('a document elsewhere does not send the client’s secret to %s', async (endpoint) => {
  const paths: string[] = [];
  const http: HttpClient = ({ path }) => {
    paths.push(path);
    const body = new TextEncoder().encode(JSON.stringify({ token_endpoint: endpoint }));
    return Promise.resolve({ status: 200, headers: {}, body, truncated: false });
  };
  const { token } = sourceOf({ ...service, tokenUrl: undefined }, http);
  await expect(token({ scheme: oidc })).rejects.toThrow('must set UPSTREAM_TOKEN_URL');
  expect(paths).toEqual(['/openid', '/openid/.well-known/openid-configuration']);
});

test('an exchanged token is for one caller', async () => {
  const { http } = createServer();
  const exchange = { ...service, kind: 'token-exchange', variant: 'rfc8693' } as const;
  const { token } = sourceOf(exchange, http);
  const [alice, bob] = [callerOf('alice'), callerOf('bob')];
  const got = [];
  for (const caller of [alice, bob, alice, bob]) got.push(await token({ caller }));
  expect(got).toEqual(['token-1', 'token-2', 'token-1', 'token-2']);
  await expect(token()).rejects.toThrow(/Custom code .* must pass on .* `token`/);
});

describe('a forwarded token', () => {
  const { http, requests } = createServer();
  const { token, renew } = sourceOf({ kind: 'forward', audience: 'urn:api' }, http);

  test('is the caller’s, only for the API and its audience', async () => {
    const caller = callerOf('alice', ['urn:mcp', 'urn:api']);
    expect(await token({ caller })).toBe('alice');
    const refused = [
      token({ caller, origin: 'https://other.example' }),
      token({ caller, origin: 'http://api.example' }),
      token({ caller: callerOf('alice', ['urn:mcp']) }),
      token(),
    ];
    for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'audience' });
    expect(renew('alice')).toBe(false);
    expect(requests).toEqual([]);
  });
});
