import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { createAnswer } from '../../templates/src/runtime/answer.js';
import { plainRequest } from '../support/plain-request.js';
import {
  challengeOf,
  startTestServer,
  testApi,
  toolCall,
  type TestServer,
} from '../support/server.js';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function bearer(claims?: Record<string, unknown>, header?: Record<string, unknown>) {
  return { Authorization: `Bearer ${await server.token(claims, header)}` };
}

/** Sends header lines unchanged, which fetch would not do. */
function raw(
  lines: string[],
  options: { path?: string; method?: string } = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: options.path ?? '/mcp',
        method: options.method ?? 'POST',
        headers: lines as never,
        setHost: false,
      },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.method === 'GET' ? undefined : JSON.stringify(list));
  });
}

describe('credentials', () => {
  it('asks for a token with the metadata and the scopes of the read-only tools, and names no error', async () => {
    const response = await server.post(list);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toEqual({
      scope: 'notes.read',
      resource_metadata: `${new URL(server.url).origin}/.well-known/oauth-protected-resource/mcp`,
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('ignores credentials in another scheme, a query or a cookie', async () => {
    const token = await server.token();
    for (const headers of [{ Authorization: 'Basic YTpi' }, { Cookie: `access_token=${token}` }]) {
      const response = await server.post(list, headers as unknown as Record<string, string>);
      expect(response.status).toBe(401);
      expect(challengeOf(response)).not.toHaveProperty('error');
    }
    const response = await fetch(`${server.url}?access_token=${token}`, {
      method: 'POST',
      body: JSON.stringify(list),
    });
    expect(response.status).toBe(401);
  });

  it('accepts the scheme in any case', async () => {
    const token = await server.token({ scope: 'notes.read' });
    expect((await server.post(list, { Authorization: `bEaReR ${token}` })).status).toBe(200);
  });

  it.each(['Bearer', 'Bearer '])('challenges as without a token after %j', async (value) => {
    const response = await server.post(list, { Authorization: value });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toEqual(challengeOf(await server.post(list)));
  });

  it.each(['Bearer a b', 'Bearer a, Bearer b', 'Bearer é'])(
    'refuses the malformed header %j',
    async (value) => {
      const response = await server.post(list, { Authorization: value });
      expect(response.status).toBe(400);
      expect(challengeOf(response)).toMatchObject({ error: 'invalid_request' });
    },
  );

  it('refuses two Authorization lines, although Node would keep the first', async () => {
    const token = await server.token();
    const { host } = new URL(server.url);
    const answer = await raw([
      'Host',
      host,
      'Authorization',
      `Bearer ${token}`,
      'Authorization',
      `Bearer ${token}`,
      'Content-Type',
      'application/json',
    ]);
    expect(answer.status).toBe(400);
  });

  it('sees a second Authorization line after any number of other headers', async () => {
    const token = await server.token();
    const { host } = new URL(server.url);
    const padding = Array.from({ length: 2100 }, () => ['a', 'b']).flat();
    const credentials = ['Authorization', `Bearer ${token}`];
    const lines = ['Host', host, ...credentials, ...padding, ...credentials];
    expect((await raw([...lines, 'Content-Type', 'application/json'])).status).toBe(400);
  });

  it.each(['GET', 'DELETE', 'POST'])('authenticates %s', async (method) => {
    expect((await fetch(server.url, { method })).status).toBe(401);
  });

  it.each(['notifications/initialized', 'initialize', 'server/discover', 'tools/list', 'ping'])(
    'authenticates %s',
    async (method) => {
      expect((await server.post({ jsonrpc: '2.0', id: 1, method })).status).toBe(401);
    },
  );

  it.each(['//mcp', '/mcp/', '/MCP', '/mcp;x', '/mcp%2f', '/./mcp', '/%6dcp', '/'])(
    'finds nothing at %s',
    async (path) => {
      const { host } = new URL(server.url);
      expect((await raw(['Host', host], { path })).status).toBe(404);
    },
  );
});

describe('tokens', () => {
  it.each([
    ['another audience', { aud: 'http://localhost:1/mcp' }],
    ['a look-alike audience', { aud: 'http://127.0.0.1/mcp' }],
    ['no audience', { aud: undefined }],
    ['an audience object', { aud: { 'http://127.0.0.1/mcp': true } }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an issuer array', { iss: ['https://evil.example'] }],
    ['an expired token', { exp: Math.floor(Date.now() / 1000) - 120 }],
    ['no expiry', { exp: undefined }],
    ['a token of the future', { nbf: Math.floor(Date.now() / 1000) + 120 }],
    ['one issued in the future', { iat: Math.floor(Date.now() / 1000) + 120 }],
    ['an ID token', { at_hash: 'x' }],
    ["Cognito's ID token", { token_use: 'id' }],
    ["Keycloak's refresh token", { typ: 'Refresh' }],
    ['a sender-constrained token', { cnf: { jkt: 'x' } }],
  ])('refuses %s', async (_, claims) => {
    const response = await server.post(list, await bearer(claims));
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatchObject({ error: 'invalid_token', scope: 'notes.read' });
  });

  it.each([
    { typ: 'logout+jwt' },
    { typ: 'dpop+jwt' },
    { crit: ['exp'], exp: 1 },
    { typ: 7 },
    { typ: ['at+jwt'] },
    { typ: {} },
  ])('refuses the header %j', async (header) => {
    expect((await server.post(list, await bearer({}, header))).status).toBe(401);
  });

  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT', undefined])(
    'accepts the type %s',
    async (typ) => {
      expect((await server.post(list, await bearer({}, { typ }))).status).toBe(200);
    },
  );

  it('refuses symmetric signatures, even with a published key as the secret', async () => {
    const keySet = server.issuer.documents.get(server.issuer.paths.jwks);
    const secret = new TextEncoder().encode(JSON.stringify(keySet));
    const token = await server.issuer.sign({}, { alg: 'HS256' }, secret);
    expect((await server.post(list, { Authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it('refuses alg none, garbage and five parts', async () => {
    const [, payload] = (await server.token()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [`${none}.${payload ?? ''}.`, 'garbage', 'a.b.c', 'a.b.c.d.e', '....']) {
      expect((await server.post(list, { Authorization: `Bearer ${token}` })).status).toBe(401);
    }
  });

  it('accepts an audience array that names this server', async () => {
    expect(
      (await server.post(list, await bearer({ aud: ['https://x.example', server.url] }))).status,
    ).toBe(200);
  });

  it('logs the holder of the token if the signature was right', async () => {
    await server.post(list, await bearer({ sub: 'bob', client_id: 'app', exp: 1 }));
    expect(server.audit.at(-1)).toMatchObject({
      event: 'auth_failure',
      subject: 'bob',
      client: 'app',
    });
  });

  it('logs the reason, without the token, and does not reveal it to the caller', async () => {
    const token = await server.token({ aud: 'https://elsewhere.example' });
    const response = await server.post(list, { Authorization: `Bearer ${token}` });
    expect(await response.text()).not.toContain('aud');
    expect(server.audit.at(-1)).toMatchObject({
      event: 'auth_failure',
      reason: expect.stringContaining('aud') as string,
    });
    expect(JSON.stringify(server.audit)).not.toContain(token);
  });
});

describe('scopes', () => {
  it('runs a tool for a token that has its scope', async () => {
    const response = await server.post(
      toolCall('read'),
      await bearer({ scope: 'other notes.read' }),
    );
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('read ran');
  });

  it('reads scp arrays and strings as well', async () => {
    for (const claims of [
      { scope: undefined, scp: ['notes.read'] },
      { scope: undefined, scp: 'x notes.read' },
    ]) {
      expect((await server.post(toolCall('read'), await bearer(claims))).status).toBe(200);
    }
  });

  it('challenges with the scopes that the tool needs and those that the token has', async () => {
    const before = server.calls.length;
    const response = await server.post(
      toolCall('write'),
      await bearer({ scope: 'notes.read unrelated' }),
    );
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toMatchObject({
      error: 'insufficient_scope',
      scope: 'notes.read notes.write',
    });
    expect(server.calls.length).toBe(before);
  });

  it('accepts alternatives', async () => {
    expect(
      (await server.post(toolCall('write'), await bearer({ scope: 'admin root' }))).status,
    ).toBe(200);
    const response = await server.post(toolCall('write'), await bearer({ scope: 'admin' }));
    expect(response.status).toBe(403);
  });

  it.each(['NOTES.READ', 'notes.readx', 'notes', ['notes.read'], { 'notes.read': true }, 7])(
    'does not accept %j as the scope',
    async (scope) => {
      const accepted = Array.isArray(scope);
      expect((await server.post(toolCall('read'), await bearer({ scope }))).status).toBe(
        accepted ? 200 : 403,
      );
    },
  );

  it('executes nothing of a batch with a refused call', async () => {
    const before = server.calls.length;
    const batch = [toolCall('read', 1), toolCall('write', 2)];
    expect((await server.post(batch, await bearer({ scope: 'notes.read' }))).status).toBe(403);
    expect(server.calls.length).toBe(before);
  });

  it('uses the last of duplicate members for both check and dispatch', async () => {
    const before = server.calls.length;
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","name":"write","arguments":{}}}';
    expect((await server.post(body, await bearer({ scope: 'notes.read' }))).status).toBe(403);
    expect(server.calls.length).toBe(before);
  });

  it('lists all tools to any caller with a token, so that a client can step up', async () => {
    const text = await (await server.post(list, await bearer())).text();
    expect(text).toContain('"securitySchemes":[{"type":"oauth2","scopes":["notes.read"]}]');
    expect(text).toContain('"name":"write"');
  });

  it('lists scopes in the provider’s spelling for requests', async () => {
    const other = await startTestServer({ env: { OAUTH_SCOPE_PREFIX: 'api://id/' } });
    const text = await (
      await other.post(list, { Authorization: `Bearer ${await other.token()}` })
    ).text();
    expect(text).toContain('"scopes":["api://id/notes.read"]');
    await other.close();
  });

  it.each(['nothing', '__proto__', 'toString', 'Read', 'read '])(
    'answers the unknown tool %j with -32602',
    async (name) => {
      const response = await server.post(toolCall(name), await bearer({ scope: 'notes.read' }));
      expect(await response.text()).toContain('-32602');
    },
  );
});

describe('host and origin', () => {
  it('refuses a foreign Host before it asks for a token, with 421 and no challenge', async () => {
    const answer = await raw(['Host', 'evil.example']);
    expect(answer.status).toBe(421);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    const foreignToo = await raw(['Host', 'evil.example', 'Origin', 'https://evil.example']);
    expect(foreignToo.status).toBe(421);
    const { host: ours } = new URL(server.url);
    for (const name of ['X-Forwarded-Host', 'Forwarded', 'X-Original-Host'])
      expect((await raw(['Host', 'evil.example', name, ours])).status).toBe(421);
    for (const host of ['127.0.0.1.evil.example', 'evil@127.0.0.1', '127.0.0.1:99999', ''])
      expect((await raw(['Host', host])).status).toBe(421);
  });

  it('ignores the headers of a proxy', async () => {
    const { host, origin } = new URL(server.url);
    const forwarded = ['X-Forwarded-Host', 'evil.example', 'X-Forwarded-Proto', 'https'];
    const answer = await raw(['Host', host, ...forwarded, 'Forwarded', 'host=evil.example']);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain(`resource_metadata="${origin}/`);
    expect(JSON.stringify(answer)).not.toContain('evil');
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1.evil.example'])(
    'refuses the origin %s',
    async (origin) => {
      const response = await server.post(list, { Origin: origin, ...(await bearer()) });
      expect(response.status).toBe(403);
      expect(response.headers.has('www-authenticate')).toBe(false);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  it('allows its own origin to read the challenge', async () => {
    const { origin } = new URL(server.url);
    const response = await server.post(list, { Origin: origin });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    expect(response.headers.get('vary')).toBe('Origin');
  });

  it('answers a preflight without a token', async () => {
    const { origin } = new URL(server.url);
    const response = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('Mcp-Method');
  });
});

describe('bodies', () => {
  it('refuses a body that is not JSON, has another type, or is too long', async () => {
    const headers = await bearer();
    expect((await server.post('{', headers)).status).toBe(400);
    expect((await server.post(list, { ...headers, 'Content-Type': 'text/plain' })).status).toBe(
      415,
    );
    expect((await server.post(`"${'a'.repeat(4_194_305)}"`, headers)).status).toBe(413);
  });

  it.each([
    'null',
    '[]',
    '7',
    '"tools/call"',
    '[null]',
    '{"method":"tools/call"}',
    '{"method":"tools/call","params":null}',
    '{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{"name":{}}}',
    '',
  ])('survives %j without a 5xx', async (body) => {
    expect((await server.post(body, await bearer())).status).toBeLessThan(500);
  });

  it('refuses a compressed body, which would be read uncompressed', async () => {
    const headers = { ...(await bearer()), 'Content-Encoding': 'gzip' };
    expect((await server.post(list, headers)).status).toBe(415);
  });

  it.each<Record<string, string>>([
    { 'Content-Encoding': '' },
    { 'Content-Encoding': 'identity, Identity' },
    { 'Content-Encoding': ', identity' },
    { 'MCP-Protocol-Version': '' },
  ])('takes %j for nothing', async (more) => {
    const headers = { ...(await bearer()), ...more };
    expect((await server.post(list, headers)).status).toBe(200);
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect((await server.post(ping, headers)).status).toBe(200);
  });

  it.each(['identity, gzip', 'br', 'identityx', 'aws-chunked'])(
    'refuses a body in %s',
    async (encoding) => {
      const headers = { ...(await bearer()), 'Content-Encoding': encoding };
      expect((await server.post(list, headers)).status).toBe(415);
    },
  );

  it('does not parse a body that is not declared as JSON', async () => {
    const headers = { ...(await bearer()), 'Content-Type': 'text/plain' };
    expect((await server.post('{', headers)).status).toBe(415);
    const get = { ...(await bearer()), 'Content-Type': 'application/json' };
    expect((await fetch(server.url, { headers: get })).status).toBe(405);
    expect((await fetch(server.url, { method: 'DELETE', headers: get })).status).toBe(405);
  });

  it('limits a body without a stated length', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 5) controller.close();
        else controller.enqueue(new TextEncoder().encode(' '.repeat(1_048_576)));
      },
    });
    const headers = { ...(await bearer()), 'Content-Type': 'application/json' };
    const options = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    expect((await fetch(server.url, options)).status).toBe(413);
  });

  it('refuses more messages, and longer names, than any client sends', async () => {
    const headers = await bearer({ scope: 'notes.read' });
    const before = server.calls.length;
    const many = Array.from({ length: 101 }, (_, id) => toolCall('read', id));
    expect((await server.post(many, headers)).status).toBe(400);
    const response = await server.post(toolCall('x'.repeat(1_000_000)), headers);
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(200);
    expect(server.calls.length).toBe(before);
  });

  it('forbids storing a response, including event streams', async () => {
    const response = await server.post(toolCall('read'), await bearer({ scope: 'notes.read' }));
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
  });

  it('answers other methods with 405', async () => {
    const response = await fetch(server.url, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(await response.json()).toMatchObject({ error: 'method_not_allowed' });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.has('x-powered-by')).toBe(false);
  });
});

describe('public routes', () => {
  it.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'])(
    'serves the metadata at %s to any origin',
    async (path) => {
      const response = await fetch(new URL(path, server.url), {
        headers: { Origin: 'https://evil.example' },
      });
      expect(await response.json()).toEqual({
        resource: server.url,
        authorization_servers: [server.issuer.issuer],
        scopes_supported: ['admin', 'notes.read', 'notes.write', 'root'],
        bearer_methods_supported: ['header'],
        resource_name: 'Test API',
      });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      const head = await fetch(new URL(path, server.url), { method: 'HEAD' });
      expect(head.status).toBe(200);
      // Not the length of another body than the one that GET gets.
      expect(head.headers.get('content-length')).toBe(null);
      expect((await fetch(new URL(path, server.url), { method: 'POST' })).status).toBe(405);
    },
  );

  it('reports that it is up and that it is ready', async () => {
    expect((await fetch(new URL('/healthz', server.url))).status).toBe(200);
    expect((await fetch(new URL('/readyz', server.url))).status).toBe(200);
  });

  it('never poses as an authorization server', async () => {
    expect(
      (await fetch(new URL('/.well-known/oauth-authorization-server', server.url))).status,
    ).toBe(404);
  });
});

it('answers 503 while the provider is down, and recovers without a restart', async () => {
  const other = await startTestServer();
  other.issuer.outage = 'reset';
  const headers = { Authorization: `Bearer ${await other.token()}` };
  const response = await other.post(list, headers);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('30');
  expect(response.headers.has('www-authenticate')).toBe(false);
  expect((await fetch(new URL('/readyz', other.url))).status).toBe(503);
  expect((await fetch(new URL('/.well-known/oauth-protected-resource', other.url))).status).toBe(
    200,
  );
  await other.close();
});

it('tries every possible key for a token without a key id', async () => {
  const other = await startTestServer();
  await other.issuer.rotate({ keep: true });
  const post = async (claims?: Record<string, unknown>) => {
    const token = await other.token(claims, { kid: undefined });
    return other.post(list, { Authorization: `Bearer ${token}` });
  };
  expect((await post()).status).toBe(200);
  await other.issuer.rotate({ keep: true });
  expect((await post()).status).toBe(401);
  expect((await post({ aud: 'https://elsewhere.example' })).status).toBe(401);
  await other.close();
});

describe('with MCP_SCOPE_ERRORS=tool', () => {
  it('responds to a missing scope with a tool error that contains the challenge', async () => {
    const other = await startTestServer({ env: { MCP_SCOPE_ERRORS: 'tool' } });
    const headers = { Authorization: `Bearer ${await other.token({ scope: 'notes.read' })}` };
    const response = await other.post([toolCall('read', 1), toolCall('write', 2)], headers);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('"isError":true');
    expect(text).toContain('"mcp/www_authenticate":["Bearer error=');
    expect(other.calls.map(({ tool }) => tool)).toEqual(['read']);
    expect(other.audit).toContainEqual({
      event: 'scope_failure',
      request: expect.any(String) as string,
      tools: ['write'],
      subject: 'alice',
      client: 'test-client',
      scopes: ['notes.read'],
    });
    await other.close();
  });
});

describe('without authentication', () => {
  it('is ready, requires no token, and ignores any', async () => {
    const other = await startTestServer({ api: { ...testApi, authentication: 'none' } });
    expect((await fetch(new URL('/readyz', other.url))).status).toBe(200);
    expect((await other.post(toolCall('write'))).status).toBe(200);
    expect(other.calls).toHaveLength(1);
    const metadata = await fetch(new URL('/.well-known/oauth-protected-resource', other.url));
    expect(metadata.status).toBe(404);
    expect(await (await other.post(list)).text()).not.toContain('securitySchemes');
    const foreign = await other.post(list, { Origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    await other.close();
  });
});

describe('the rate limit', () => {
  it('counts every message of a subject, and those of a batch all or none', async () => {
    const limited = await startTestServer({ env: { MCP_RATE_LIMIT: '6' } });
    const as = async (claims: Record<string, unknown>) => ({
      Authorization: `Bearer ${await limited.token({ scope: 'notes.read', ...claims })}`,
    });
    const alice = await as({});
    const statusOf = async (body: unknown, headers: Record<string, string>) =>
      (await limited.post(body, headers)).status;
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(await statusOf(list, alice)).toBe(200);
    expect(await statusOf(notification, alice)).toBe(202);
    expect(await statusOf('not JSON', alice)).toBe(400);
    expect(await statusOf(toolCall('write'), alice)).toBe(403);
    expect(await statusOf([toolCall('read', 1), ping, ping], alice)).toBe(429);
    expect(await statusOf([toolCall('read', 1), toolCall('read', 2)], alice)).toBe(200);
    const refused = await limited.post(ping, await as({ client_id: 'another' }));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.headers.has('www-authenticate')).toBe(false);
    expect(await statusOf(toolCall('read'), await as({ sub: 'bob' }))).toBe(200);
    const machine = { sub: undefined, client_id: 'machine' };
    expect(await statusOf(toolCall('read'), await as(machine))).toBe(200);
    const nobody = { sub: undefined, client_id: undefined };
    for (let i = 0; i < 7; i += 1)
      expect(await statusOf(toolCall('read'), await as(nobody))).toBe(200);
    expect(limited.calls).toHaveLength(11);
    expect(limited.audit.filter(({ event }) => event === 'rate_limit')).toEqual([
      {
        event: 'rate_limit',
        request: expect.any(String) as string,
        subject: 'alice',
        client: 'test-client',
      },
    ]);
    await limited.close();
  });

  it('refuses before the body is read', async () => {
    const limited = await startTestServer({ env: { MCP_RATE_LIMIT: '1' } });
    const headers = { Authorization: `Bearer ${await limited.token()}` };
    expect((await limited.post(list, headers)).status).toBe(200);
    const { port } = new URL(limited.url);
    const socket = connect(Number(port), '127.0.0.1');
    const lines = [
      'POST /mcp HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Content-Type: application/json',
    ];
    const head = [...lines, `Authorization: ${headers.Authorization}`, 'Content-Length: 1000000'];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /);
    socket.destroy();
    await limited.close();
  });

  it('counts all callers as one if no token is required', async () => {
    const api = { ...testApi, authentication: 'none' } as const;
    const open = await startTestServer({ api, env: { MCP_RATE_LIMIT: '1' } });
    expect((await open.post(toolCall('read'))).status).toBe(200);
    expect((await open.post(toolCall('read'))).status).toBe(429);
    await open.close();
  });
});

describe('a fault of this server', () => {
  it('is a 500 without details for the caller, and an error in the log', async () => {
    const settings = readHttpSettings(testApi, {
      OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
    });
    const errors: string[] = [];
    const answer = createAnswer({
      api: testApi,
      settings,
      call: () => Promise.reject(new Error('not reached')),
      verifier: {
        verify: () => Promise.reject(new Error('a bug')),
        ready: () => Promise.resolve(true),
      },
      audit: (event, { message }) => {
        if (event === 'error') errors.push(String(message));
      },
    });
    const headers = ['Host', 'localhost', 'Authorization', 'Bearer abc'];
    const response = await answer(plainRequest({ headers }));
    expect(response).toMatchObject({ status: 500, body: null });
    expect(errors).toEqual(['a bug']);
  });
});
