import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownClients } from '../../../src/clients.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../../support/authorization-server.js';
import { completeAuthorization } from '../../support/authorize.js';
import { freePort } from '../../support/http.js';
import {
  recordedCall,
  recordedClients,
  type RecordedClient,
} from '../../support/recorded-clients.js';
import { challengeOf, startTestServer, type TestServer } from '../../support/server.js';

let authorization: AuthorizationServer;
let server: TestServer;
let url: string;

/** Clients with a client ID metadata document, by its URL; here the server already knows it. */
const documented = new Map(
  recordedClients.flatMap(({ name, client }) => (client === undefined ? [] : [[client, name]])),
);

beforeAll(async () => {
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}/mcp`;
  authorization = await startAuthorizationServer({
    resource: url,
    scopes: ['notes.read', 'notes.write', 'admin', 'root'],
    clients: [...documented].map(([id, name]) => ({ client_id: id, ...metadataOf(name) })),
  });
  server = await startTestServer({
    env: {
      PORT: port,
      MCP_RESOURCE_URL: url,
      OAUTH_AUTHORIZATION_SERVER: authorization.issuer,
    },
  });
});
afterAll(() => Promise.all([server.close(), authorization.close()]));

/** The redirect URI of a recorded client: the first one that it always uses, or a port on this machine. */
function redirectUriOf(name: string): string {
  const client = knownClients.findLast((one) => name.startsWith(one.name));
  const [fixed] = client?.redirectUris.filter(({ optional }) => optional === undefined) ?? [];
  return fixed?.uri ?? 'http://127.0.0.1:3118/callback';
}

/** How a client describes itself (RFC 7591 section 2). */
function metadataOf(name: string) {
  const redirectUri = redirectUriOf(name);
  return {
    client_name: name,
    redirect_uris: [redirectUri],
    application_type: redirectUri.startsWith('https:') ? ('web' as const) : ('native' as const),
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none' as const,
  };
}

/** Registers a client without a document; returns a function that gets a token with some scopes. */
async function enter({ name, client }: RecordedClient) {
  const redirectUri = redirectUriOf(documented.get(client ?? '') ?? name);
  if (client !== undefined)
    return { id: client, ask: (scope: string) => signIn(client, redirectUri, scope) };
  const registered = await fetch(`${authorization.issuer}/reg`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(metadataOf(name)),
  });
  const { client_id: id } = (await registered.json()) as { client_id: string };
  return { id, ask: (scope: string) => signIn(id, redirectUri, scope) };
}

async function signIn(id: string, redirectUri: string, scope: string): Promise<string> {
  const verifier = crypto.randomUUID() + crypto.randomUUID();
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const same = { client_id: id, redirect_uri: redirectUri, resource: url };
  const query = new URLSearchParams({
    ...same,
    response_type: 'code',
    scope,
    code_challenge: Buffer.from(hash).toString('base64url'),
    code_challenge_method: 'S256',
  });
  const request = `${authorization.issuer}/auth?${query.toString()}`;
  const { code } = await completeAuthorization(request, { login: 'alice' });
  const answer = await fetch(`${authorization.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...same,
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function call(client: RecordedClient, name: string, token?: string): Promise<Response> {
  const { headers, body } = recordedCall(client, name);
  const authorized = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...headers,
      ...authorized,
    } as Record<string, string>,
    body: JSON.stringify(body),
  });
}

/** The scopes that a refused call asks for, read where the client reads them: from the 403 or from the tool error. */
async function wantedScopes(response: Response): Promise<string> {
  if (response.status === 403) return challengeOf(response)?.['scope'] ?? '';
  const { result } = (await response.json()) as {
    result: { _meta?: Record<string, readonly string[]> };
  };
  const [challenge = ''] = result._meta?.['mcp/www_authenticate'] ?? [];
  return /\bscope="([^"]*)"/.exec(challenge)?.[1] ?? '';
}

describe('a client that lacks a scope asks its user again, and then has both', () => {
  it.each(recordedClients)('$name', async (client) => {
    const { id, ask } = await enter(client);
    const before = authorization.consents.filter(({ clientId }) => clientId === id).length;
    const first = challengeOf(await call(client, 'read'))?.['scope'] ?? '';
    expect(first).toBe('notes.read');
    const token = await ask(first);
    expect(await (await call(client, 'read', token)).text()).toContain('read ran');

    const refused = await call(client, 'write', token);
    expect(refused.status).toBe(client.report === 'http' ? 403 : 200);
    const wanted = await wantedScopes(refused);
    expect(wanted).toBe('notes.read notes.write');

    const wider = await ask(wanted);
    expect(await (await call(client, 'write', wider)).text()).toContain('write ran');
    expect(await (await call(client, 'read', wider)).text()).toContain('read ran');
    const asked = authorization.consents.filter(({ clientId }) => clientId === id);
    expect(asked.slice(before)).toHaveLength(2);
  });
});
