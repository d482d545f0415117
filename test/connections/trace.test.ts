import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readStdioSettings } from '../../templates/src/runtime/settings.js';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import { header, startStub, type Stub } from '../runtime/upstream/wire.js';
import { generations } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { startTestServer, testApi, toolCall, type TestServer } from '../support/server.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const traceparent = `00-${trace}-${parent}-01`;
let stub: Stub;
let server: TestServer;

beforeAll(async () => {
  stub = await startStub();
  const api = { ...testApi, baseUrl: stub.url };
  const env = { UPSTREAM_BASE_URL: stub.url };
  server = await startTestServer({ api, env, call: createCall(api, readStdioSettings(api, env)) });
});
afterAll(() => Promise.all([server.close(), stub.close()]));
beforeEach(() => {
  stub.requests.length = 0;
});

/** What the API was sent for a call. */
function sent(name: string): string[] {
  expect(stub.requests).toHaveLength(1);
  return header(stub.requests[0], name);
}

describe.each(generations)('the trace of a call by $name', (generation) => {
  let client: HttpClient;
  beforeAll(async () => {
    const token = await server.token({ scope: 'notes.read' });
    client = await new HttpClient(generation, server.url, { token }).connect();
  });
  afterAll(() => client.close());
  const call = (meta?: Record<string, unknown>) => client.call('read', {}, undefined, meta);

  it('goes on to the API', async () => {
    await call({ traceparent });
    expect(sent('traceparent')).toEqual([traceparent]);
  });

  it.each([
    ['not sampled', `00-${trace}-${parent}-00`],
    ['of a later version', `01-${trace}-${parent}-01`],
  ])('goes on as it is: %s', async (_, value) => {
    await call({ traceparent: value });
    expect(sent('traceparent')).toEqual([value]);
  });

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['empty', ''],
    ['a word', 'x'],
    ['a number', 7],
    ['an object', { traceparent }],
    ['a list', [traceparent]],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${parent}-01`],
    ['a parent of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['of version ff', `ff-${trace}-${parent}-01`],
    ['in capitals', traceparent.toUpperCase()],
    ['too short', traceparent.slice(0, -1)],
    ['too long', `${traceparent}-00`],
    ['with a blank before', ` ${traceparent}`],
    ['with a blank after', `${traceparent} `],
    ['with a line break after', `${traceparent}\n`],
    ['with a header after', `${traceparent}\r\nX-Evil: 1`],
    ['on a second line', `x\n${traceparent}`],
    ['with a digit that is none', traceparent.replace('b', '\u0663')],
    ['of another dash', traceparent.replaceAll('-', '\u2010')],
  ])('does not go on when it is none: %s', async (_, value) => {
    const { isError = false } = await call({ traceparent: value });
    expect(isError).toBe(false);
    expect(sent('traceparent')).toEqual([]);
    expect(sent('x-evil')).toEqual([]);
  });

  it('goes on alone', async () => {
    const other = { tracestate: 'congo=t61', baggage: 'user=alice', 'x-mine': 'mine' };
    await call({ traceparent, ...other });
    expect(sent('traceparent')).toEqual([traceparent]);
    for (const name of Object.keys(other)) expect(sent(name)).toEqual([]);
  });

  it('is beside the id of the call, which is that of the audit line', async () => {
    await call({ traceparent });
    await call();
    const ids = stub.requests.map((request) => header(request, 'x-request-id')).flat();
    const lines = server.audit.filter(({ event }) => event === 'tool_call').slice(-2);
    expect(ids).toEqual(lines.map(({ request }) => request));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('headers of the caller’s own request', () => {
  const mine = {
    traceparent,
    tracestate: 'congo=t61',
    baggage: 'user=alice',
    'x-request-id': 'mine',
    'x-b3-traceid': trace,
    'x-amzn-trace-id': `Root=1-${trace}`,
    'x-cloud-trace-context': trace,
    'x-forwarded-for': '10.0.0.1',
    'x-mine': 'mine',
  };

  it('go nowhere', async () => {
    const authorization = `Bearer ${await server.token({ scope: 'notes.read' })}`;
    const response = await server.post(toolCall('read'), { authorization, ...mine });
    expect(response.status).toBe(200);
    await response.text();
    const names = stub.requests.flatMap(({ headers }) => headers.map(([name]) => name));
    expect(names.filter((name) => name in mine)).toEqual(['x-request-id']);
    expect(sent('x-request-id')).not.toEqual(['mine']);
    const all = JSON.stringify(stub.requests);
    for (const value of [trace, 'alice', 'congo', 'mine', '10.0.0.1'])
      expect(all).not.toContain(value);
  });

  it('are no trace where the message has one', async () => {
    const authorization = `Bearer ${await server.token({ scope: 'notes.read' })}`;
    const other = `00-${'1'.repeat(32)}-${parent}-01`;
    const message = toolCall('read') as { params: object };
    const params = { ...message.params, _meta: { traceparent: other } };
    await (await server.post({ ...message, params }, { authorization, ...mine })).text();
    expect(sent('traceparent')).toEqual([other]);
  });
});
