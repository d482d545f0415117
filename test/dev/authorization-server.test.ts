import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { completeAuthorization } from '../support/authorize.js';

const resource = 'http://127.0.0.1:3000/mcp';
const verifier = 'v'.repeat(43);

let authorization: AuthorizationServer;
let client: { readonly client_id: string; readonly redirect_uri: string };

beforeAll(async () => {
  authorization = await startAuthorizationServer({
    resource,
    defaultResource: resource,
    scopes: ['read', 'write'],
  });
  const redirect_uri = 'http://127.0.0.1:9/callback';
  const { client_id } = await post('/reg', {
    redirect_uris: [redirect_uri],
    token_endpoint_auth_method: 'none',
  });
  client = { client_id: String(client_id), redirect_uri };
});
afterAll(() => authorization.close());

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(authorization.issuer + path, {
    method: 'POST',
    body: form ? body : JSON.stringify(body),
    ...(!form && { headers: { 'Content-Type': 'application/json' } }),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** The claims of the access token after a sign-in with these parameters of the two requests. */
async function signIn(asked: Record<string, string>, exchanged: Record<string, string> = {}) {
  const url = new URL(`${authorization.issuer}/auth`);
  url.search = new URLSearchParams({
    ...client,
    ...asked,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const { code } = await completeAuthorization(url);
  const grant = { ...client, ...exchanged, grant_type: 'authorization_code', code };
  const tokens = await post('/token', new URLSearchParams({ ...grant, code_verifier: verifier }));
  return decodeJwt(String(tokens['access_token']));
}

// Clients of MCP 2025-03-26 send neither scope nor resource, those of 2025-06-18 only the resource.
it.each([
  ['neither a scope nor a resource', {}, 'read write'],
  ['an empty scope', { scope: '' }, 'read write'],
  ['a resource but no scope', { resource }, 'read write'],
  ['a scope but no resource', { scope: 'read' }, 'read'],
  ['openid, and the resource only for the code', { scope: 'openid read', resource }, 'read'],
])('a client that asks for %s gets a token for the server', async (_name, asked, scope) => {
  expect(await signIn(asked)).toMatchObject({ aud: resource, scope });
});
