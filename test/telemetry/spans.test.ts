import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { header, startStub, type Stub } from '../runtime/upstream/wire.js';
import { generations } from '../support/generations.js';
import { freePort } from '../support/http.js';
import { HttpClient } from '../support/http-client.js';
import { buildProject, type Project } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';
import { readSdk, sdkEnvironment, startWatched, type SeenSpan, type Watched } from './watched.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const traceparent = `00-${trace}-${parent}-01`;
const otherTrace = '1'.repeat(32);
const apiKey = secret('key of the orders');
const issued = secret('token for the orders');

let project: Project;
let stub: Stub;
let issuer: StaticIssuer;
let all: Watched;
let search: Watched;
let env: Record<string, string>;

beforeAll(async () => {
  project = await buildProject('search-mode', {
    source: 'fixtures/search-mode/input.yaml',
    args: ['--oauth-server', 'https://auth.example.com', '--tools', 'search'],
  });
  stub = await startStub(({ url }, response) => {
    response.statusCode = url.endsWith('/404') ? 404 : 200;
    // The second member is a token that is not worth keeping.
    const answer = { id: 7, access_token: issued, expires_in: 1 };
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
  issuer = await startStaticIssuer();
  env = {
    UPSTREAM_BASE_URL: stub.url,
    UPSTREAM_BEARER_TOKEN: apiKey,
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
  };
  all = await startWatched(project, { ...env, MCP_TOOLS: 'all' });
  search = await startWatched(project, env);
});
afterAll(() => Promise.all([project.remove(), stub.close(), issuer.close()]));
beforeEach(async () => {
  stub.requests.length = 0;
  await Promise.all([all.drop(), search.drop()]);
});

interface Sent {
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** Calls a tool like a client that is already connected. */
async function call(
  server: Watched,
  name: string,
  args: Record<string, unknown> = {},
  { scope = 'orders:read orders:write', headers = {}, meta }: Sent = {},
) {
  const authorization = `Bearer ${await issuer.sign({ aud: server.url, scope, sub: 'alice' })}`;
  const params = { name, arguments: args, ...(meta && { _meta: meta }) };
  return post(
    server,
    { jsonrpc: '2.0', id: 'call-1', method: 'tools/call', params },
    {
      authorization,
      ...headers,
    },
  );
}

async function post({ url }: Watched, message: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  return { status: response.status, text: await response.text() };
}

/** The spans of one kind; there should be exactly one. */
async function only(server: Watched, kind: SeenSpan['kind']): Promise<SeenSpan> {
  const spans = (await server.seen()).spans.filter((span) => span.kind === kind);
  expect(spans.map(({ name }) => name)).toHaveLength(1);
  return spans[0] as SeenSpan;
}

describe('a call of a tool', () => {
  it('has a server span that follows the conventions for MCP and HTTP', async () => {
    await call(all, 'get_order', { id: 7 });
    const span = await only(all, 'SERVER');
    expect(span).toMatchObject({
      name: 'tools/call get_order',
      status: 0,
      scope: 'openapi-to-mcp',
    });
    expect(span.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2025-11-25',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_order',
      'jsonrpc.request.id': 'call-1',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/mcp',
      'url.path': '/mcp',
      'url.scheme': 'http',
    });
  });

  it('has a client span below it, whose id is sent to the API as the parent', async () => {
    await call(all, 'get_order', { id: 7 });
    const [server, client] = [await only(all, 'SERVER'), await only(all, 'CLIENT')];
    expect(client).toMatchObject({ name: 'GET /orders/{id}', parent: server.spanId });
    expect(client.traceId).toBe(server.traceId);
    expect(client.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(stub.url).port),
      'url.template': '/orders/{id}',
    });
    const [request] = stub.requests;
    expect(header(request, 'traceparent')).toEqual([`00-${client.traceId}-${client.spanId}-01`]);
  });

  it('is named after its operation in search mode', async () => {
    await call(search, 'call_read_operation', { name: 'get_order', arguments: { id: 7 } });
    const span = await only(search, 'SERVER');
    expect(span.name).toBe('tools/call get_order');
    expect(span.attributes['gen_ai.tool.name']).toBe('get_order');
  });

  it('is named after the tool if there is no operation', async () => {
    await call(search, 'find_operations', { query: 'orders' });
    expect(await only(search, 'SERVER')).toMatchObject({ name: 'tools/call find_operations' });
    await search.drop();
    await call(search, 'call_read_operation', { name: 'no_such_operation' });
    const span = await only(search, 'SERVER');
    expect(span.name).toBe('tools/call call_read_operation');
    expect(span.attributes['error.type']).toBe('tool_error');
  });

  it.each([
    ['the API refuses', 'get_order', { id: 404 }, 'tool_error'],
    ['there is no such tool', 'no_such_tool', {}, '-32602'],
  ])('is marked as failed if %s', async (_, name, args, error) => {
    await call(all, name, args);
    const span = await only(all, 'SERVER');
    expect(span.status).toBe(2);
    expect(span.attributes['error.type']).toBe(error);
    expect(span.name).toBe(name === 'get_order' ? 'tools/call get_order' : 'tools/call');
  });

  it('is marked as failed in the client span if the API refuses', async () => {
    await call(all, 'get_order', { id: 404 });
    const client = await only(all, 'CLIENT');
    expect(client).toMatchObject({ status: 2 });
    expect(client.attributes).toMatchObject({
      'error.type': '404',
      'http.response.status_code': 404,
    });
  });

  it('counts attempts of a call only, and no requests for tokens', async () => {
    const server = await startWatched(project, {
      ...env,
      MCP_TOOLS: 'all',
      UPSTREAM_BEARER_TOKEN: '',
      UPSTREAM_CLIENT_ID: 'orders-server',
      UPSTREAM_CLIENT_SECRET: secret('client'),
      UPSTREAM_TOKEN_URL: `${stub.url}/token`,
    });
    for (const id of [7, 8]) await call(server, 'get_order', { id });
    const { spans } = await server.seen();
    const sent = spans.filter(({ kind }) => kind === 'CLIENT');
    expect(sent.map(({ name }) => name.split(' ', 1)[0])).toEqual(['POST', 'GET', 'POST', 'GET']);
    for (const { attributes } of sent)
      expect(attributes).not.toHaveProperty(['http.request.resend_count']);
    await server.end('SIGTERM');
  });

  it('has an error code if the API cannot be reached', async () => {
    const UPSTREAM_BASE_URL = `http://127.0.0.1:${await freePort()}`;
    const server = await startWatched(project, { ...env, UPSTREAM_BASE_URL });
    await call(server, 'list_customers');
    const client = await only(server, 'CLIENT');
    expect(client.attributes['error.type']).toBe('ECONNREFUSED');
    expect(client.status).toBe(2);
    await server.end('SIGTERM');
  });

  it.each(generations)('has a span over stdio with $name', async (generation) => {
    const sdk = await sdkEnvironment();
    const client = generation.stdio({
      command: process.execPath,
      args: ['dist/main.js', '--stdio'],
      cwd: project.folder,
      env: { ...env, ...sdk },
      stderr: 'ignore',
    });
    await client.connect();
    await client.callTool('call_read_operation', { name: 'list_orders', arguments: {} });
    const { spans } = await readSdk(sdk.TELEMETRY_PORT);
    await client.close();
    const own = spans.find(({ kind }) => kind === 'SERVER');
    expect(own?.name).toBe('tools/call list_orders');
    expect(own?.attributes['network.transport']).toBe('pipe');
    expect(spans.find(({ kind }) => kind === 'CLIENT')?.parent).toBe(own?.spanId);
  });

  it('is measured by the copy of the API that is in the bundle', () => {
    const bundle = readFileSync(join(project.folder, 'dist/main.js'), 'utf8');
    expect(bundle).toContain('opentelemetry.js.api.');
    expect(bundle).not.toMatch(/(from|require\(|import\()\s*["']@opentelemetry/);
  });

  it.each(generations)('has the same spans from a client of $name', async (generation) => {
    const token = await issuer.sign({ aud: all.url, scope: 'orders:read' });
    const client = await new HttpClient(generation, all.url, { token }).connect();
    await all.drop();
    await client.call('list_orders', {}, undefined, { progressToken: 'p-1' });
    await client.close();
    // Other requests of a client, such as an event stream, may end at any time.
    const ofCall = async () => {
      const { spans } = await all.seen();
      const server = spans.find(({ name }) => name === 'tools/call list_orders');
      return { server, below: spans.filter(({ parent }) => server && parent === server.spanId) };
    };
    await expect.poll(async () => (await ofCall()).below.length).toBe(1);
    const { server, below } = await ofCall();
    expect([server?.kind, below[0]?.kind]).toEqual(['SERVER', 'CLIENT']);
  });
});

describe('the trace of a caller', () => {
  const state = { tracestate: 'congo=t61', baggage: 'tenant=acme' };

  it.each<[string, Sent]>([
    ['in headers', { headers: { traceparent, ...state } }],
    ['in _meta', { meta: { traceparent, ...state } }],
  ])('is passed on to the API: %s', async (_, sent) => {
    await call(all, 'get_order', { id: 7 }, sent);
    expect(await only(all, 'SERVER')).toMatchObject({ traceId: trace, parent });
    const { spanId } = await only(all, 'CLIENT');
    const [request] = stub.requests;
    expect(header(request, 'traceparent')).toEqual([`00-${trace}-${spanId}-01`]);
    expect(header(request, 'tracestate')).toEqual([state.tracestate]);
    expect(header(request, 'baggage')).toEqual([state.baggage]);
  });

  it('is that of _meta if headers have another', async () => {
    const headers = { traceparent: `00-${otherTrace}-${parent}-01`, baggage: 'of=headers' };
    await call(all, 'get_order', { id: 7 }, { headers, meta: { traceparent } });
    expect(await only(all, 'SERVER')).toMatchObject({ traceId: trace, parent });
    expect(header(stub.requests[0], 'baggage')).toEqual([]);
  });

  it('may be one that was not sampled', async () => {
    await call(
      all,
      'get_order',
      { id: 7 },
      { headers: { traceparent: traceparent.replace(/01$/, '00') } },
    );
    expect((await all.seen()).spans).toEqual([]);
    expect(header(stub.requests[0], 'traceparent')[0]).toMatch(
      new RegExp(`^00-${trace}-\\w{16}-00$`),
    );
  });

  it('is passed on unchanged if the SDK has no propagator', async () => {
    const server = await startWatched(project, { ...env, TELEMETRY_PROPAGATORS: 'none' });
    const args = { name: 'get_order', arguments: { id: 7 } };
    await call(server, 'call_read_operation', args, { headers: { traceparent, ...state } });
    const [request] = stub.requests;
    expect(header(request, 'traceparent')).toEqual([traceparent]);
    expect(header(request, 'baggage')).toEqual([state.baggage]);
    await server.end('SIGTERM');
  });

  it('is passed on only as the propagators of the SDK do it', async () => {
    const server = await startWatched(project, { ...env, TELEMETRY_PROPAGATORS: 'other' });
    const args = { name: 'get_order', arguments: { id: 7 } };
    await call(server, 'call_read_operation', args, { headers: { traceparent, ...state } });
    const [request] = stub.requests;
    expect(header(request, 'x-trace')).toEqual(['1']);
    for (const name of ['traceparent', 'tracestate', 'baggage'])
      expect(header(request, name)).toEqual([]);
    await server.end('SIGTERM');
  });

  it.each<[string, unknown]>([
    ['a number', 7],
    ['an object', { baggage: 'a=b' }],
    ['a list', ['a=b']],
    ['nonsense', 'x'.repeat(10_000)],
  ])('is omitted if it is %s', async (_, value) => {
    const meta = { traceparent: value, tracestate: value, baggage: value };
    expect((await call(all, 'get_order', { id: 7 }, { meta })).status).toBe(200);
    const span = await only(all, 'SERVER');
    expect(span.parent).toBeUndefined();
  });
});

describe('nothing private', () => {
  const words = { customer: 'customer-4711', status: 'open' };
  /** Too long to occur in a time or an ID of a span by chance. */
  const privateId = 4_711_000_004_711;

  it('is in a span or a metric', async () => {
    await call(all, 'create_order', { body: { customer: words.customer } });
    await call(all, 'list_orders', { status: words.status });
    await call(all, 'get_order', { id: privateId });
    await fetch(`${all.url}?access_token=${apiKey}`, { method: 'POST' });
    await fetch(new URL(`/${apiKey}/x`, all.url));
    const seen = JSON.stringify(await all.seen());
    for (const word of [words.customer, 'alice', String(privateId), apiKey, '"open"', 'eyJ'])
      expect(seen).not.toContain(word);
  });

  it('except the parts that the operator enables', async () => {
    const server = await startWatched(project, { ...env, MCP_TRACE_DETAILS: 'arguments subject' });
    const args = { name: 'create_order', arguments: { body: { customer: words.customer } } };
    await call(server, 'call_write_operation', args);
    const { attributes } = await only(server, 'SERVER');
    expect(attributes['enduser.id']).toBe('alice');
    expect(attributes['gen_ai.tool.call.arguments']).toBe(JSON.stringify(args));
    expect(JSON.stringify(await server.seen())).not.toContain('eyJ');
    await server.drop();
    await call(server, 'call_write_operation', {
      ...args,
      arguments: { body: 'x'.repeat(20_000) },
    });
    const { attributes: long } = await only(server, 'SERVER');
    expect(long['gen_ai.tool.call.arguments']).toHaveLength(10_000);
    await server.end('SIGTERM');
  });

  it('whose setting must be a known word', async () => {
    const start = project.start({ ...env, MCP_TRACE_DETAILS: 'tokens' });
    await expect(start).rejects.toThrow('MCP_TRACE_DETAILS');
  });
});

describe('metrics', () => {
  /** The attributes and numbers of a metric. */
  async function points(server: Watched, name: string) {
    const { metrics } = await server.seen();
    return metrics.find((metric) => metric.name === name)?.points ?? [];
  }
  const reasons = async () =>
    Object.fromEntries(
      (await points(all, 'openapi_to_mcp.refusals')).map(({ attributes, value }) => [
        attributes['reason'],
        value,
      ]),
    ) as Record<string, number>;

  it('have the durations of messages and of requests to the API, in seconds', async () => {
    await call(all, 'list_customers');
    const own = (await points(all, 'mcp.server.operation.duration')).filter(
      ({ attributes }) => attributes['gen_ai.tool.name'] === 'list_customers',
    );
    expect(own).toHaveLength(1);
    const { count, sum, buckets } = own[0]?.value as {
      count: number;
      sum: number;
      buckets: { boundaries: number[] };
    };
    expect(count).toBe(1);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(100);
    expect(buckets.boundaries).toEqual([
      0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
    ]);
    const below = await points(all, 'http.client.request.duration');
    expect(below.map(({ attributes }) => attributes['url.template'])).toContain('/customers');
  });

  it('count refusals by reason', async () => {
    const before = await reasons();
    await post(all, {}, {});
    await post(all, {}, { authorization: 'Bearer eyJ.not.valid' });
    await call(all, 'delete_order', { id: 7 }, { scope: 'orders:read' });
    await call(all, 'get_order', { id: 7 }, { headers: { origin: 'https://evil.example' } });
    await fetch(new URL('/nothing', all.url));
    const after = await reasons();
    const more = Object.entries(after).map(([reason, n]) => [reason, n - (before[reason] ?? 0)]);
    expect(Object.fromEntries(more.filter(([, n]) => n !== 0))).toEqual({
      'no access token': 1,
      invalid_token: 1,
      insufficient_scope: 1,
      'origin not allowed': 1,
      'unknown path': 1,
    });
  });

  it('count no ended request as open', async () => {
    await call(all, 'get_order', { id: 7 });
    const values = (await points(all, 'http.server.active_requests')).map(({ value }) => value);
    expect(values.length).toBeGreaterThan(0);
    expect(new Set(values)).toEqual(new Set([0]));
  });

  it('count a waiting request as open', async () => {
    let answer: (() => void) | undefined;
    const slow = await startStub((_, response) => {
      answer = () => response.end('{}');
    });
    const server = await startWatched(project, { ...env, UPSTREAM_BASE_URL: slow.url });
    const waiting = call(server, 'list_customers');
    await expect.poll(() => answer !== undefined).toBe(true);
    const open = await points(server, 'http.server.active_requests');
    expect(
      open.map(({ attributes, value }) => [attributes['http.request.method'], value]),
    ).toContainEqual(['POST', 1]);
    answer?.();
    await waiting;
    await server.end('SIGTERM');
    await slow.close();
  });

  it('do not grow with values that clients invent', async () => {
    const authorization = `Bearer ${await issuer.sign({ aud: all.url, scope: 'orders:read' })}`;
    for (const method of ['a/1', 'b/2', 'c/3'])
      await post(all, { jsonrpc: '2.0', id: 1, method }, { authorization });
    const methods = (await points(all, 'mcp.server.operation.duration')).map(
      ({ attributes }) => attributes['mcp.method.name'],
    );
    expect(methods).toContain('_OTHER');
    expect(methods.some((method) => /\d/.test(String(method)))).toBe(false);
    const invented = { authorization, 'mcp-protocol-version': '9999-12-31' };
    await post(all, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, invented);
    const versions = (await points(all, 'mcp.server.operation.duration')).map(
      ({ attributes }) => attributes['mcp.protocol.version'],
    );
    expect(versions).toContain('2025-11-25');
    expect(versions).not.toContain('9999-12-31');
  });
});

it.each([
  { method: 'tools/call', params: { name: { toString: 1, valueOf: 1 } } },
  { method: 'ping', params: { protocolVersion: { toString: 1, valueOf: 1 } } },
])('no message ends the server: %j', async (message) => {
  const authorization = `Bearer ${await issuer.sign({ aud: all.url, scope: 'orders:read' })}`;
  const headers = { authorization, 'mcp-protocol-version': '' };
  const { status } = await post(all, { jsonrpc: '2.0', id: 1, ...message }, headers);
  expect(status).toBe(200);
  expect(await only(all, 'SERVER')).toMatchObject({ name: message.method });
});

it('probes of this server have none', async () => {
  await fetch(new URL('/healthz', all.url));
  await fetch(new URL('/readyz', all.url));
  expect((await all.seen()).spans).toEqual([]);
});

it('a refusal has a span, and it is not the server’s fault', async () => {
  expect((await post(all, {}, { traceparent })).status).toBe(401);
  const span = await only(all, 'SERVER');
  expect(span).toMatchObject({ name: 'POST /mcp', status: 0, traceId: trace, parent });
  expect(span.attributes).toMatchObject({
    'http.response.status_code': 401,
    'error.type': '401',
    'openapi_to_mcp.refusal': 'no access token',
  });
});

it('the last measurements are sent before the process ends', async () => {
  const file = join(project.folder, 'spans.txt');
  const server = await startWatched(project, { ...env, TELEMETRY_FILE: file });
  await call(server, 'list_customers');
  expect(existsSync(file)).toBe(false);
  expect((await server.end('SIGTERM')).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('tools/call list_customers');
});
