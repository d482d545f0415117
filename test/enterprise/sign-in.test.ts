import {
  Client,
  CrossAppAccessProvider,
  discoverAndRequestJwtAuthGrant,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { freePort } from '../support/http.js';
import {
  acceptIdJag,
  grantee,
  startIdentityProvider,
  type IdentityProvider,
} from '../support/id-jag.js';
import { secret } from '../support/secrets.js';
import { challengeOf, startTestServer, toolCall, type TestServer } from '../support/server.js';

const application = {
  id: 'assistant-at-idp',
  secret: secret('application'),
  idAtResource: 'assistant',
};
let idp: IdentityProvider;
let authorization: AuthorizationServer;
let server: TestServer;
let url: string;

beforeAll(async () => {
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}/mcp`;
  idp = await startIdentityProvider(application);
  authorization = await startAuthorizationServer({
    resource: url,
    scopes: ['notes.read', 'notes.write'],
    clients: [grantee(application)],
  });
  await acceptIdJag(authorization.provider, idp.issuer);
  server = await startTestServer({
    env: {
      PORT: port,
      MCP_RESOURCE_URL: url,
      OAUTH_AUTHORIZATION_SERVER: authorization.issuer,
    },
  });
});
afterAll(() => Promise.all([server.close(), authorization.close(), idp.close()]));

/** The official client, signed in by an identity provider: without a question or a browser. */
function assistantOf(user: string, scope?: string) {
  const provider = new CrossAppAccessProvider({
    clientId: application.idAtResource,
    clientSecret: application.secret,
    expectedIssuer: authorization.issuer,
    assertion: async (context) => {
      const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
        idpUrl: idp.issuer,
        audience: context.authorizationServerUrl,
        resource: context.resourceUrl,
        scope: scope ?? context.scope ?? '',
        idToken: await idp.idToken(user),
        clientId: application.id,
        clientSecret: application.secret,
      });
      return jwtAuthGrant;
    },
  });
  const client = new Client({ name: 'assistant', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  return { client, provider, connect: () => client.connect(transport) };
}

async function tokenOf(user: string, scope?: string): Promise<string> {
  const { client, provider, connect } = assistantOf(user, scope);
  await connect();
  await client.close();
  return provider.tokens()?.access_token ?? '';
}

/** Both steps without a client, for requests that the official one would not make. */
async function exchange(resource: string, scope: string) {
  const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
    idpUrl: idp.issuer,
    audience: authorization.issuer,
    resource,
    scope,
    idToken: await idp.idToken('alice'),
    clientId: application.id,
    clientSecret: application.secret,
  });
  const { idAtResource: id } = application;
  const answer = await fetch(`${authorization.issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${id}:${application.secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwtAuthGrant,
    }),
  });
  const { access_token: token = '' } = (await answer.json()) as { access_token?: string };
  return { status: answer.status, token };
}

const call = (name: string, token: string) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(toolCall(name)),
  });

describe('a user who is signed in by an identity provider', () => {
  it('calls a tool: ID token, assertion, access token, call', async () => {
    const { client, connect } = assistantOf('alice');
    await connect();
    const result = await client.callTool({ name: 'read', arguments: {} });
    expect(result.content).toEqual([{ type: 'text', text: 'read ran' }]);
    expect(server.audit).toContainEqual(
      expect.objectContaining({
        event: 'tool_call',
        tool: 'read',
        subject: 'alice',
        client: 'assistant',
        scopes: ['notes.read'],
      }),
    );
    expect(authorization.consents).toEqual([]);
    await client.close();
  });

  it('has the scopes that the assertion has, and no others', async () => {
    const token = await tokenOf('alice', 'notes.read');
    expect((await call('read', token)).status).toBe(200);
    const refused = await call('write', token);
    expect(refused.status).toBe(403);
    expect(challengeOf(refused)).toMatchObject({
      error: 'insufficient_scope',
      scope: 'notes.read notes.write',
    });
    const { token: wider } = await exchange(url, 'notes.read notes.write');
    expect((await call('write', wider)).status).toBe(200);
  });

  it('is distinguished from other users', async () => {
    await (await call('read', await tokenOf('bob', 'notes.read'))).text();
    const subjects = server.audit.flatMap(({ event, subject }) =>
      event === 'tool_call' ? [subject] : [],
    );
    expect(subjects.at(-1)).toBe('bob');
  });

  it('is refused when the administrator denies access', async () => {
    idp.denied.add('mallory');
    await expect(assistantOf('mallory').connect()).rejects.toThrow(/access_denied/);
  });
});

describe('anything but an access token for this server', () => {
  it.each([
    ['the assertion', () => Promise.resolve(idp.grants.at(-1) ?? '')],
    ['the ID token', () => idp.idToken('alice')],
  ])('%s: is refused', async (_, present) => {
    await tokenOf('alice');
    const before = server.calls.length;
    const { status } = await call('read', await present());
    // 503 while the keys were loaded too recently to know that the key is foreign.
    expect([401, 503]).toContain(status);
    expect(server.calls).toHaveLength(before);
  });

  it('a token that the same authorization server issued for another server: is refused', async () => {
    const { status, token } = await exchange('https://mcp.other.example/mcp', 'notes.read');
    expect(status).toBe(200);
    expect((await call('read', token)).status).toBe(401);
  });
});
