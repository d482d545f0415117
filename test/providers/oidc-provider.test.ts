import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { completeAuthorization } from '../support/authorize.js';
import { startTestServer, toolCall, type TestServer } from '../support/server.js';
import { oidcProviderIdToken, oidcProviderToken } from './oidc-provider.js';
import { resource, type Token } from './provider.js';

interface Issued {
  readonly access_token: string;
  readonly id_token: string;
}

// The one provider that runs here: its tokens in the fixtures are compared with real ones.
let provider: AuthorizationServer;
let server: TestServer;
let issued: Issued;

beforeAll(async () => {
  provider = await startAuthorizationServer({ resource, scopes: ['openid', 'notes.read'] });
  server = await startTestServer({
    env: { OAUTH_AUTHORIZATION_SERVER: provider.issuer, MCP_RESOURCE_URL: resource },
  });
  issued = await logIn(provider.issuer);
});
afterAll(() => Promise.all([provider.close(), server.close()]));

it.each([
  ['access_token', oidcProviderToken],
  ['id_token', oidcProviderIdToken],
] as const)('issues the %s of the fixture', (name, fixture) => {
  const site = { origin: provider.issuer, now: 0, key: {} };
  const token = issued[name];
  expect(membersOf({ header: decodeProtectedHeader(token), claims: decodeJwt(token) })).toEqual(
    membersOf(fixture(site, ['notes.read'])),
  );
  expect(decodeProtectedHeader(token).typ).toBe(fixture(site, []).header['typ']);
});

it('issues an access token that is accepted, and an ID token that is not', async () => {
  const call = (token: string) =>
    server.post(toolCall('read'), { Authorization: `Bearer ${token}` });
  expect((await call(issued.access_token)).status).toBe(200);
  expect((await call(issued.id_token)).status).toBe(401);
  expect(server.calls).toHaveLength(1);
});

function membersOf({ header, claims }: Token) {
  return { header: Object.keys(header).sort(), claims: Object.keys(claims).sort() };
}

/** The tokens of a client that registers itself, with a user who consents. */
async function logIn(issuer: string): Promise<Issued> {
  const redirect_uri = 'http://127.0.0.1:9/callback';
  const registration = { redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
  const { client_id } = await post<{ client_id: string }>(`${issuer}/reg`, registration);
  const code_verifier = 'v'.repeat(43);
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
  const url = new URL(`${issuer}/auth`);
  const request = { response_type: 'code', scope: 'openid notes.read', code_challenge };
  url.search = new URLSearchParams({
    ...{ ...request, client_id, redirect_uri, resource },
    code_challenge_method: 'S256',
  }).toString();
  const { code } = await completeAuthorization(url);
  // Without the resource here too, `openid` gives a token for the userinfo endpoint.
  const grant = { grant_type: 'authorization_code', code, code_verifier, resource };
  return post(`${issuer}/token`, new URLSearchParams({ ...grant, client_id, redirect_uri }));
}

async function post<T>(url: string, body: object): Promise<T> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(url, {
    method: 'POST',
    ...(form ? { body } : { body: JSON.stringify(body) }),
    ...(!form && { headers: { 'Content-Type': 'application/json' } }),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as T;
}
