import { once } from 'node:events';
import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const initialize = {
  ...list,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'curl\u202e', version: '8' },
  },
};
/** The `_meta` of a request in a version (MCP 2026-07-28). */
const metaOf = (version: string) => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '8' },
  'io.modelcontextprotocol/clientCapabilities': {},
});
const [current, future] = [metaOf('2026-07-28'), metaOf('2099-01-01')];
let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startTestServer({ env: { MCP_MAX_HEADER_BYTES: '8192' } });
  token = await server.token();
});

afterAll(() => server.close());

interface Attempt {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The status of a request, and the lines that it added to the log. */
async function attempt({ method = 'POST', path = '/mcp', headers = {}, body = '' }: Attempt) {
  const before = server.audit.length;
  const { port } = new URL(server.url);
  const status = await new Promise((resolve, reject) => {
    const sent = { 'Content-Type': 'application/json', Accept: '*/*', ...headers };
    const request = rawRequest({ port, method, path, headers: sent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject).end(body);
  });
  return { status, lines: server.audit.slice(before) };
}

const bearer = () => ({ Authorization: `Bearer ${token}` });

describe('a refused request', () => {
  it.each<[string, () => Attempt, number, Record<string, unknown>]>([
    ['without a token', () => ({}), 401, { reason: 'no access token', authorization: false }],
    [
      'with another scheme',
      () => ({ headers: { Authorization: 'Basic YTpi' } }),
      401,
      { reason: /the scheme is not Bearer/, authorization: true },
    ],
    [
      'for another host',
      () => ({ headers: { Host: 'notes-mcp:3000', ...bearer() } }),
      421,
      { host: 'notes-mcp:3000', set: 'MCP_ALLOWED_HOSTS', authorization: true },
    ],
    [
      'of another origin',
      () => ({ headers: { Origin: 'http://localhost:6274' } }),
      403,
      { origin: 'http://localhost:6274', set: 'MCP_ALLOWED_ORIGINS' },
    ],
    [
      'at another path',
      () => ({ path: '/mcp/?token=secret' }),
      404,
      { path: '/mcp/', served: ['/mcp'], set: 'MCP_RESOURCE_URL' },
    ],
    ['with another method', () => ({ method: 'PUT', headers: bearer() }), 405, { method: 'PUT' }],
    [
      'that posts to the metadata',
      () => ({ path: '/.well-known/oauth-protected-resource' }),
      405,
      { reason: 'unknown method', authorization: false },
    ],
    ['by GET', () => ({ method: 'GET', headers: bearer() }), 405, { reason: /Not Allowed/ }],
    [
      'that takes neither JSON nor events',
      () => ({ headers: { ...bearer(), Accept: 'text/html' }, body: JSON.stringify(list) }),
      406,
      { reason: 'Accept', accept: 'text/html' },
    ],
    [
      'with a compressed body',
      () => ({ headers: { ...bearer(), 'Content-Encoding': 'gzip' } }),
      415,
      { reason: 'Content-Encoding', encoding: 'gzip' },
    ],
    [
      'with another type of body',
      () => ({ headers: { ...bearer(), 'Content-Type': 'text/plain' }, body: '{}' }),
      415,
      { reason: '415 Unsupported Media Type', message: /must be application\/json/ },
    ],
    [
      'with a version in its header that its body does not have',
      () => ({
        headers: { ...bearer(), 'MCP-Protocol-Version': '2026-07-28' },
        body: JSON.stringify(list),
      }),
      400,
      { reason: '400 Bad Request', message: /header names protocol revision 2026-07-28/ },
    ],
    [
      'in a version to come',
      () => ({
        headers: { ...bearer(), 'MCP-Protocol-Version': '2099-01-01', 'Mcp-Method': 'tools/list' },
        body: JSON.stringify({ ...list, params: { _meta: future } }),
      }),
      400,
      { reason: '400 Bad Request', message: 'Unsupported protocol version: 2099-01-01' },
    ],
    [
      'that is not JSON-RPC',
      () => ({ headers: bearer(), body: '7' }),
      400,
      { reason: '400 Bad Request', message: /not a valid JSON-RPC message/ },
    ],
    [
      'of a method that does not exist',
      () => ({
        headers: { ...bearer(), 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/lost' },
        body: JSON.stringify({ ...list, method: 'tools/lost', params: { _meta: current } }),
      }),
      404,
      { reason: '404 Not Found', message: 'Method not found' },
    ],
    [
      'with a body that is not JSON',
      () => ({ headers: bearer(), body: '{' }),
      400,
      { reason: /JSON/ },
    ],
    [
      'with headers beyond the limit',
      () => ({ headers: { ...bearer(), 'X-Pad': 'x'.repeat(9000) } }),
      431,
      { reason: 'headers too large', set: 'MCP_MAX_HEADER_BYTES', method: 'POST', path: '/mcp' },
    ],
  ])('%s leaves one line with its reason', async (_, make, expected, members) => {
    const { status, lines } = await attempt(make());
    expect(status).toBe(expected);
    const [refused, ...others] = lines;
    expect(others).toEqual([]);
    const { method = 'POST' } = make();
    expect(refused).toMatchObject({ event: 'refused', status: expected, method });
    expect(refused?.['address']).toBe('127.0.0.1');
    for (const [name, value] of Object.entries(members)) {
      if (value instanceof RegExp) expect(refused?.[name]).toMatch(value);
      else expect(refused?.[name]).toEqual(value);
    }
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`secret|${token.slice(-20)}`));
  });

  it('never logs a token that is part of its path', async () => {
    const { lines } = await attempt({ path: `/mcp/${token}` });
    expect(lines).toMatchObject([{ path: '/mcp/…' }]);
  });

  it('for a bad token leaves only the line with its reason', async () => {
    const { lines } = await attempt({ headers: { Authorization: 'Bearer x' } });
    expect(lines.map(({ event }) => event)).toEqual(['auth_failure']);
  });

  /** Opens a connection, and sends the head of a request with a token. */
  function begin(...lines: readonly string[]) {
    const { port, host } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    const type = 'Content-Type: application/json';
    const head = [`POST /mcp HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`, type];
    socket.write([...head, ...lines, '', ''].join('\r\n'));
    return socket;
  }

  it.each([
    ['Transfer-Encoding: xchunked', '2\r\n{}\r\n0\r\n\r\n'],
    ['Transfer-Encoding: chunked', '2\n{}\n0\n\n'],
    ['Transfer-Encoding: chunked', 'two\r\n{}\r\n0\r\n\r\n'],
    ['Content-Length: 100', '{'],
  ])('whose body cannot be parsed leaves one line: %s, %j', async (header, body) => {
    const before = server.audit.length;
    const socket = begin(header);
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString())).end(body);
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n$/);
    const reason = expect.stringMatching(/^not HTTP: HPE_/) as string;
    expect(server.audit.slice(before)).toMatchObject([{ event: 'refused', status: 400, reason }]);
  });

  it('is not a whole one that other bytes follow: it may have been carried out', async () => {
    const socket = begin('Content-Length: 2');
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString())).write('{}}');
    await once(socket, 'close');
    expect(received).toBe('');
  });

  it('leaves no line if the client disconnects while it sends the body', async () => {
    const before = server.audit.length;
    const socket = begin('Content-Length: 100', 'Expect: 100-continue');
    await once(socket, 'data');
    socket.resetAndDestroy();
    await attempt({});
    expect(server.audit.slice(before)).toMatchObject([{ reason: 'no access token' }]);
  });

  it('is counted per network, so that the log cannot be flooded', async () => {
    const other = await startTestServer();
    for (let i = 0; i < 320; i += 1) await fetch(new URL('/none', other.url));
    expect(other.audit).toHaveLength(301);
    expect(other.audit.at(-1)).toMatchObject({ limited: true });
    await other.close();
  });
});

describe('the types that a client accepts', () => {
  it.each([
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/json;q=0.1, text/html', 'application/json'],
    ['TEXT/*;q=0.5', 'text/event-stream'],
    ['text/event-stream', 'text/event-stream'],
    ['*/*, application/json;q=0', 'text/event-stream'],
    ['*/*;q=0', undefined],
    ['application/xml', undefined],
    ['application/json;q=0, text/event-stream;q=0.0', undefined],
  ])('by Accept: %s is sent as %s', async (accept, type) => {
    // If both are accepted, the SDK may respond with either.
    for (const body of accept === '*/*' ? [list] : [list, initialize]) {
      const response = await server.post(body, { ...bearer(), Accept: accept });
      expect(response.status).toBe(type === undefined ? 406 : 200);
      if (type === undefined) continue;
      expect(response.headers.get('content-type')).toBe(type);
      const text = await response.text();
      const data = type === 'text/event-stream' ? /^data: (.*)$/m.exec(text)?.[1] : text;
      expect(JSON.parse(data ?? '')).toMatchObject({ id: 1, result: {} });
    }
  });

  it('only as JSON, for a batch, means a list', async () => {
    const headers = { ...bearer(), Accept: 'application/json' };
    const batch = [list, { ...list, id: 2, method: 'ping' }];
    const response = await server.post(batch, headers);
    const answers = (await response.json()) as { id: number }[];
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2]);
  });
});

it('logs the name that a client gives itself', async () => {
  const before = server.audit.length;
  await server.post(initialize, bearer());
  const lines = server.audit.slice(before).filter(({ event }) => event === 'initialize');
  expect(lines).toMatchObject([{ software: 'curl\u202e 8, 2025-11-25' }]);
});

describe('an idle connection', () => {
  it.each([
    [{}, 'timeout=65'],
    [{ MCP_KEEP_ALIVE_SECONDS: '600' }, 'timeout=600'],
    [{ MCP_KEEP_ALIVE_SECONDS: '1' }, 'timeout=1'],
  ])('is kept according to %j', async (env, announced) => {
    const other = await startTestServer({ env });
    const { headers } = await fetch(new URL('/healthz', other.url));
    expect(headers.get('keep-alive')).toMatch(new RegExp(`^${announced}\\b`));
    await other.close();
  });
});

describe('a custom route', () => {
  it.each([
    '/.well-known/openai-apps-challenge',
    '/.well-known/mcp/server-card.json',
    '/.well-known/oauth-authorization-server',
    '/health',
  ])('can be at %s', async (path) => {
    const other = await startTestServer({ routes: { [path]: () => new Response('own') } });
    expect(await (await fetch(new URL(path, other.url))).text()).toBe('own');
    await other.close();
  });

  it.each([
    '/mcp',
    '/healthz',
    '/readyz',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
  ])('cannot be at %s, which is reported in one sentence', async (path) => {
    await expect(
      startTestServer({ routes: { [path]: () => new Response() } }),
    ).rejects.toMatchObject({
      name: 'SettingsError',
      message: `The route ${path} is reserved by the server: choose another path for this route in main.ts`,
    });
  });
});
