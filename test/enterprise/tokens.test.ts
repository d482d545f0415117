import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startTestServer, testApi, toolCall, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

async function call(claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
  const token = await server.token(claims, header);
  return server.post(toolCall('read'), { Authorization: `Bearer ${token}` });
}

const scope = { scope: 'notes.read' };

/** Access tokens that were issued for an assertion, as authorization servers format them. */
const tokens: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>?])[] = [
  ['RFC 9068', { ...scope, client_id: 'f53f191f9311af35', jti: 'x' }, { typ: 'at+jwt' }],
  [
    'a client ID document as the client',
    { ...scope, client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata' },
    { typ: 'at+jwt' },
  ],
  ['Okta', { scp: ['notes.read'], scope: undefined, cid: '0oa1', uid: '00u1', ver: 1 }],
  ['an actor beside the user', { ...scope, act: { sub: 'assistant' } }],
  ['a chain of actors', { ...scope, act: { sub: 'agent-2', act: { sub: 'agent-1' } } }],
  ['how the user signed in', { ...scope, auth_time: 1, amr: ['mfa', 'hwk'], acr: 'phr' }],
  [
    'the identity of the user elsewhere',
    { ...scope, email: 'a@example.com', tenant: 't1', aud_sub: '7' },
  ],
  ['details besides the scope', { ...scope, authorization_details: [{ type: 'notes' }] }],
];

describe('a token that was issued for an assertion', () => {
  it.each(tokens.map(([name, ...token]) => [name, token] as const))(
    '%s: is accepted',
    async (_, token) => {
      const response = await call(...token);
      expect(await response.text()).toContain('read ran');
    },
  );

  it.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['the assertion itself, from the same issuer', scope, { typ: 'oauth-id-jag+jwt' }],
    ['one for the authorization server', { ...scope, aud: 'https://auth.example.com' }],
    ['one that names the resource only as the assertion does', { aud: undefined, resource: 'x' }],
    ['one that is bound to a key', { ...scope, cnf: { jkt: 'x' } }, { typ: 'at+jwt' }],
  ])('%s: is refused', async (_, claims, header = {}) => {
    expect((await call(claims, header)).status).toBe(401);
  });

  it('is logged with the user and the client, but not with the actor', async () => {
    await (await call({ ...scope, sub: 'carol', act: { sub: 'an-agent' } })).text();
    const line = server.audit.findLast(({ event }) => event === 'tool_call');
    expect(line).toMatchObject({ subject: 'carol', client: 'test-client' });
    expect(JSON.stringify(line)).not.toContain('an-agent');
  });
});

describe('the announcement', () => {
  const EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

  /** The announcement as the official client sees it, in both eras. */
  async function extensionsOf(at: TestServer, mode: 'legacy' | { pin: '2026-07-28' }) {
    const client = new Client({ name: 'x', version: '1' }, { versionNegotiation: { mode } });
    const headers = { Authorization: `Bearer ${await at.token(scope)}` };
    const transport = new StreamableHTTPClientTransport(new URL(at.url), {
      requestInit: { headers },
    });
    await client.connect(transport);
    const extensions = client.getServerCapabilities()?.extensions;
    await client.close();
    return Object.keys(extensions ?? {});
  }

  it.each(['legacy', { pin: '2026-07-28' }] as const)('in %j', async (mode) => {
    const extensions = await extensionsOf(server, mode);
    expect(extensions).toContain(EXTENSION);
    expect(extensions).toContain('io.modelcontextprotocol/oauth-client-credentials');
  });

  it('is omitted if the server requires no token', async () => {
    const open = await startTestServer({ api: { ...testApi, authentication: 'none' } });
    expect(await extensionsOf(open, 'legacy')).toEqual([]);
    await open.close();
  });
});
