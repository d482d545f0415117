import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RequestShape } from '../../templates/src/runtime/api.js';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { createCall, type CallOptions } from '../../templates/src/runtime/upstream/call.js';
import {
  header,
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  textOf,
  type Answer,
  type Stub,
} from '../runtime/upstream/wire.js';
import { secret } from '../support/secrets.js';

let stub: Stub;
beforeEach(() => {
  // The shortest pauses: a quarter of a second, and half of one.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => random.mockRestore();
});
afterEach(() => stub.close());

/** Answers with these one after the other, the last for ever. */
function inTurn(...statuses: readonly (readonly [number, Record<string, string>?])[]): Answer {
  const left = [...statuses];
  return (_, response) => {
    const [status, headers = {}] = left.length > 1 ? (left.shift() ?? [0]) : (left[0] ?? [0]);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(`{"status":${status}}`);
  };
}

async function start(answer: Answer, variables: Variables = {}, options: CallOptions = {}) {
  stub = await startStub(answer);
  const api = makeApi({
    baseUrl: stub.url,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'query', name: 'key', variable: 'UPSTREAM_API_KEY' },
    },
  });
  const call = createCall(api, makeSettings(api, variables), options);
  const context = { signal: new AbortController().signal, requestId: 'the-request' };
  return (shape: Partial<RequestShape>, args = {}) => call(makeTool(shape), args, context);
}

describe('an API that is busy', () => {
  const credentials = {
    UPSTREAM_BEARER_TOKEN: secret('token of a retried call'),
    UPSTREAM_API_KEY: secret('key of a retried call'),
  };
  const security = [{ bearer: [], key: [] }];

  it.each([
    [429, 'GET'],
    [503, 'HEAD'],
    [429, 'PUT'],
    [503, 'DELETE'],
  ])('with a %i to a %s is sent the very same request again', async (status, method) => {
    const run = await start(inTurn([status], [200]), credentials);
    const body = method === 'PUT' ? { mediaType: 'application/json' } : undefined;
    const shape = { method, security, ...(body !== undefined && { body }) };
    const outcome = await run(shape, body && { body: { text: 'é' } });
    expect(outcome).toMatchObject({ status: 200 });
    expect(outcome.result.isError).toBeUndefined();
    const [first, second, ...more] = stub.requests;
    expect(more).toEqual([]);
    expect(second).toEqual(first);
    expect(first?.body.toString()).toBe(body === undefined ? '' : '{"text":"é"}');
    expect(first?.url).toBe(`/things?key=${credentials.UPSTREAM_API_KEY}`);
    expect(header(second, 'authorization')).toEqual([
      `Bearer ${credentials.UPSTREAM_BEARER_TOKEN}`,
    ]);
    expect(header(second, 'x-request-id')).toEqual(['the-request']);
  });

  it('is sent the same parts again', async () => {
    const run = await start(inTurn([503], [200]));
    const shape = { method: 'PUT', body: { mediaType: 'multipart/form-data' } };
    await run(shape, { body: { name: 'x' } });
    const [first, second] = stub.requests;
    expect(second).toEqual(first);
    expect(second?.body.toString()).toContain('name="name"');
  });

  it.each([
    [429, 'POST'],
    [503, 'POST'],
    [429, 'PATCH'],
    [503, 'PATCH'],
    [500, 'GET'],
    [502, 'GET'],
    [504, 'PUT'],
    [408, 'DELETE'],
  ])('with a %i to a %s is not sent it again', async (status, method) => {
    const run = await start(inTurn([status, { 'retry-after': '1' }], [200]));
    const outcome = await run({ method });
    expect(outcome).toMatchObject({ status, result: { isError: true } });
    expect(textOf(outcome.result)).toContain('Retry-After: 1');
    expect(stub.requests).toHaveLength(1);
  });

  it('with a hang-up is not sent it again', async () => {
    const run = await start((_, response) => response.destroy());
    expect((await run({})).failure).toBe('network:UND_ERR_SOCKET');
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ['twice', {}, 3],
    ['once', { UPSTREAM_RETRIES: '1' }, 2],
    ['never', { UPSTREAM_RETRIES: '0' }, 1],
  ])('is asked again %s', async (_, variables, expected) => {
    const run = await start(inTurn([503]), variables);
    expect(await run({})).toMatchObject({ status: 503, result: { isError: true } });
    expect(stub.requests).toHaveLength(expected);
  });

  it('is asked from the beginning, where it sent elsewhere first', async () => {
    const run = await start(inTurn([302, { location: '/other' }], [503], [200]));
    expect(await run({})).toMatchObject({ status: 200 });
    expect(stub.requests.map(({ url }) => url)).toEqual(['/things', '/other', '/things']);
  });

  it('is shown a custom credential made for each try', async () => {
    let made = 0;
    const credential: CallOptions['credential'] = (request) => {
      made += 1;
      return { ...request, headers: new Headers([['x-signature', `signature ${made}`]]) };
    };
    const run = await start(inTurn([503], [200]), {}, { credential });
    await run({});
    const signatures = stub.requests.map((request) => header(request, 'x-signature'));
    expect(signatures).toEqual([['signature 1'], ['signature 2']]);
  });
});

describe('an API that asks for patience', () => {
  it.each([
    ['in seconds', '60'],
    // Counted from when this file was loaded.
    ['by a date', new Date(Date.now() + 3_600_000).toUTCString()],
  ])('beyond the budget, %s, answers the caller itself', async (_, value) => {
    const run = await start(inTurn([429, { 'retry-after': value }], [200]));
    const outcome = await run({});
    expect(outcome).toMatchObject({ status: 429, result: { isError: true } });
    expect(textOf(outcome.result)).toContain(`Retry-After: ${value}`);
    expect(stub.requests).toHaveLength(1);
  });

  it('within it gets it', async () => {
    const run = await start(inTurn([503, { 'retry-after': '1' }], [200]));
    const asked = Date.now();
    expect(await run({})).toMatchObject({ status: 200 });
    // Not a second exactly: timers may be a little early.
    expect(Date.now() - asked).toBeGreaterThan(900);
  });
});

describe('UPSTREAM_RETRIES', () => {
  const retriesOf = (value: string) =>
    makeSettings(makeApi({ baseUrl: 'http://x.example' }), { UPSTREAM_RETRIES: value }).retries;

  it('is two unless it is set, and ten at most', () => {
    expect([retriesOf(''), retriesOf('0'), retriesOf('10')]).toEqual([2, 0, 10]);
  });

  it.each(['11', '-1', '1.5', 'many'])('is not %s', (value) => {
    expect(() => retriesOf(value)).toThrow(SettingsError);
    expect(() => retriesOf(value)).toThrow(/^UPSTREAM_RETRIES must be a whole number from 0 to 10/);
  });
});
