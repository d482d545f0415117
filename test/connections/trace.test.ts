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

/** The API's request for a call. */
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

  it('is passed on to the API', async () => {
    await call({ traceparent });
    expect(sent('traceparent')).toEqual([traceparent]);
  });

  it.each([
    ['not sampled', `00-${trace}-${parent}-00`],
    ['of a later version', `01-${trace}-${parent}-01`],
  ])('is passed on unchanged: %s', async (_, value) => {
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

  const state = { tracestate: 'congo=t61,rojo=00f067aa0ba902b7', baggage: 'user=alice;p=1,a=%20' };

  it('is passed on with its state and its baggage, but nothing else', async () => {
    await call({ traceparent, ...state, 'x-mine': 'mine' });
    expect(sent('traceparent')).toEqual([traceparent]);
    expect(sent('tracestate')).toEqual([state.tracestate]);
    expect(sent('baggage')).toEqual([state.baggage]);
    expect(sent('x-mine')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a number', 7],
    ['a list', ['a=b']],
    ['without a value', 'a'],
    ['with a header after', 'a=b\r\nX-Evil: 1'],
    ['beyond ASCII', 'a=ü'],
    ['too long', `a=${'b'.repeat(9000)}`],
    ['of too many members', Array.from({ length: 100 }, (_, index) => `a${index}=b`).join()],
  ])('is passed on without a state or a baggage that is %s', async (_, value) => {
    await call({ traceparent, tracestate: value, baggage: value });
    expect(sent('traceparent')).toEqual([traceparent]);
    for (const name of ['tracestate', 'baggage', 'x-evil']) expect(sent(name)).toEqual([]);
  });

  it('has no state without a parent', async () => {
    await call({ ...state, traceparent: 'x' });
    for (const name of Object.keys(state)) expect(sent(name)).toEqual([]);
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

  it('go nowhere, but for those of its trace', async () => {
    const authorization = `Bearer ${await server.token({ scope: 'notes.read' })}`;
    const response = await server.post(toolCall('read'), { authorization, ...mine });
    expect(response.status).toBe(200);
    await response.text();
    const names = stub.requests.flatMap(({ headers }) => headers.map(([name]) => name));
    const traced = ['x-request-id', 'traceparent', 'tracestate', 'baggage'];
    expect(names.filter((name) => name in mine).sort()).toEqual([...traced].sort());
    for (const name of ['traceparent', 'tracestate', 'baggage'] as const)
      expect(sent(name)).toEqual([mine[name]]);
    expect(sent('x-request-id')).not.toEqual(['mine']);
    const all = JSON.stringify(stub.requests);
    for (const value of ['Root=1', 'mine', '10.0.0.1']) expect(all).not.toContain(value);
  });

  it('are ignored if the message has a trace itself', async () => {
    const authorization = `Bearer ${await server.token({ scope: 'notes.read' })}`;
    const other = `00-${'1'.repeat(32)}-${parent}-01`;
    const message = toolCall('read') as { params: object };
    const params = { ...message.params, _meta: { traceparent: other } };
    await (await server.post({ ...message, params }, { authorization, ...mine })).text();
    expect(sent('traceparent')).toEqual([other]);
    // They belong to the trace of the headers.
    for (const name of ['tracestate', 'baggage']) expect(sent(name)).toEqual([]);
  });
});
