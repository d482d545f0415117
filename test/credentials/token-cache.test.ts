import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header, makeTool, textOf } from '../runtime/upstream/wire.js';
import { connect, oauth2, toolFor } from './connect.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { startTokenStub, type TokenStub } from './token-stub.js';

const watch = watchSecrets();
const client: Variables = {
  UPSTREAM_CLIENT_ID: 'service',
  UPSTREAM_CLIENT_SECRET: watch.hide(`secret-${crypto.randomUUID()}`),
};

let stub: TokenStub;
let api: EchoApi;
/** Tokens that the API no longer accepts. */
let refused: Set<string>;
beforeEach(async () => {
  refused = new Set();
  stub = await startTokenStub(watch);
  api = await startEchoApi({
    admit: (request) => (refused.has(header(request, 'authorization').join()) ? undefined : true),
  });
});
afterEach(() => Promise.all([stub.close(), api.close()]));

function connectWith(variables: Variables = {}) {
  const schemes = { oauth: oauth2(stub.tokenUrl) };
  return connect({ baseUrl: api.url, schemes, variables: { ...client, ...variables }, watch });
}

/** The API no longer accepts this number of first tokens. */
function refuse(count: number): void {
  for (const token of stub.issued.slice(0, count)) refused.add(`Bearer ${token}`);
}

const tool = toolFor('a');
const times = (count: number) => Array.from({ length: count });
const requests = () => ({ token: stub.requests.length, api: api.requests.length });

describe('a token is kept', () => {
  test('for all calls', async () => {
    const call = connectWith();
    for (const _ of times(5)) expect((await call(tool)).status).toBe(200);
    expect(requests()).toEqual({ token: 1, api: 5 });
    expect(new Set(api.tokens())).toEqual(new Set(stub.issued));
  });

  test('until half a minute before it expires', async () => {
    stub.answer = stub.issue({ expires_in: 33 });
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const call = connectWith();
    await call(tool);
    vi.advanceTimersByTime(2999);
    await call(tool);
    expect(stub.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect((await call(tool)).status).toBe(200);
    expect(stub.requests).toHaveLength(2);
    expect(api.tokens()).toEqual([0, 0, 1].map((index) => stub.issued[index]));
  });

  test.each<[string, unknown, number]>([
    ['not at all when it ends within that', 30, 3],
    ['not at all when it has ended', -5, 3],
    ['not at all when it is unknown', 'soon', 3],
    ['not at all when it is to be good for ever', 'Infinity', 3],
    ['for as long as a string states', '3600', 1],
    ['for some minutes without a statement', undefined, 1],
    ['for some minutes with null', null, 1],
    ['for some minutes with an empty string', '', 1],
    ['not at all with zero', 0, 3],
  ])('%s', async (_, expiresIn, count) => {
    stub.answer = stub.issue({ expires_in: expiresIn });
    const call = connectWith();
    for (const _ of times(3)) expect((await call(tool)).status).toBe(200);
    expect(requests()).toEqual({ token: count, api: 3 });
    expect(new Set(api.tokens()).size).toBe(count);
  });
});

describe('a 401 of the API', () => {
  test('is one more token and one more try', async () => {
    const call = connectWith();
    await call(tool);
    refuse(1);
    expect((await call(tool)).status).toBe(200);
    expect(requests()).toEqual({ token: 2, api: 3 });
    expect(api.tokens()).toEqual([0, 0, 1].map((index) => stub.issued[index]));
    // And the new one is kept.
    await call(tool);
    expect(requests()).toEqual({ token: 2, api: 4 });
  });

  test('includes the body, with any method', async () => {
    const call = connectWith();
    const post = makeTool({
      method: 'POST',
      body: { mediaType: 'application/json' },
      security: [{ oauth: ['a'] }],
    });
    await call(post, { args: { body: { n: 1 } } });
    refuse(1);
    expect((await call(post, { args: { body: { n: 2 } } })).status).toBe(200);
    expect(api.requests.map(({ body }) => body.toString())).toEqual([
      '{"n":1}',
      '{"n":2}',
      '{"n":2}',
    ]);
  });

  test('that persists does not loop: two of each for the first call, and for every other', async () => {
    const all = await startEchoApi({ admit: () => undefined });
    const schemes = { oauth: oauth2(stub.tokenUrl) };
    const call = connect({ baseUrl: all.url, schemes, variables: client, watch });
    const outcome = await call(tool);
    expect(outcome.status).toBe(401);
    expect(outcome.result.isError).toBe(true);
    expect(textOf(outcome.result)).toContain('The API refused the credential of this MCP server');
    expect([stub.requests.length, all.requests.length]).toEqual([2, 2]);
    // The second token is still there to be tried, and then there is one more.
    await call(tool);
    expect([stub.requests.length, all.requests.length]).toEqual([3, 4]);
    await all.close();
  });

  test('to many calls at once is one more token for all of them', async () => {
    const call = connectWith();
    await call(tool);
    refuse(1);
    const outcomes = await Promise.all(times(20).map(() => call(tool)));
    expect(outcomes.map(({ status }) => status)).toEqual(times(20).map(() => 200));
    expect(requests()).toEqual({ token: 2, api: 41 });
  });

  test('to a token that never changes is the end of it', async () => {
    const token = watch.hide(`static-${crypto.randomUUID()}`);
    refused.add(`Bearer ${token}`);
    const variables = { UPSTREAM_BEARER_TOKEN: token };
    const schemes = { oauth: oauth2(stub.tokenUrl) };
    const outcome = await connect({ baseUrl: api.url, schemes, variables, watch })(tool);
    expect(outcome.status).toBe(401);
    expect(requests()).toEqual({ token: 0, api: 1 });
  });
});

describe('many calls at once', () => {
  /** The token endpoint takes its time, so that all of them wait for it. */
  function takeTime(ms: number): void {
    const answer = stub.issue();
    stub.answer = (request, response) => void setTimeout(() => answer(request, response), ms);
  }

  /** It takes as long as a test likes: the returned function lets it answer. */
  function takeUntil(): () => void {
    const [answer, waiting] = [stub.issue(), new Set<() => void>()];
    stub.answer = (request, response) => void waiting.add(() => answer(request, response));
    return () => waiting.forEach((go) => go());
  }

  test('are one token request', async () => {
    takeTime(100);
    const call = connectWith();
    const outcomes = await Promise.all(times(50).map(() => call(tool)));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200]));
    expect(requests()).toEqual({ token: 1, api: 50 });
    expect(new Set(api.tokens())).toEqual(new Set(stub.issued));
  });

  test('fail together, and the next one asks again', async () => {
    stub.answer = (_, response) => void setTimeout(() => response.writeHead(503).end(), 100);
    const call = connectWith();
    const outcomes = await Promise.all(times(50).map(() => call(tool)));
    expect(new Set(outcomes.map(({ failure }) => failure))).toEqual(
      new Set(['credentials:status 503']),
    );
    expect(requests()).toEqual({ token: 1, api: 0 });
    stub.answer = stub.issue();
    expect((await call(tool)).status).toBe(200);
    expect(requests()).toEqual({ token: 2, api: 1 });
  });

  test.each([0, 1, 2])('go on when number %i of three is cancelled', async (cancelled) => {
    const answer = takeUntil();
    const call = connectWith();
    const stop = new AbortController();
    const calls = times(3).map((_, index) =>
      call(tool, index === cancelled ? { signal: stop.signal } : {}),
    );
    await expect.poll(() => stub.requests.length).toBe(1);
    stop.abort();
    expect((await calls[cancelled])?.failure).toBe('cancelled');
    answer();
    const others = await Promise.all(calls.filter((_, index) => index !== cancelled));
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    expect(requests()).toEqual({ token: 1, api: 2 });
  });

  test('the token is kept even if its only waiter is gone', async () => {
    const answer = takeUntil();
    const call = connectWith();
    const stop = new AbortController();
    const waiting = call(tool, { signal: stop.signal });
    await expect.poll(() => stub.requests.length).toBe(1);
    stop.abort();
    expect((await waiting).failure).toBe('cancelled');
    answer();
    expect((await call(tool)).status).toBe(200);
    expect(requests()).toEqual({ token: 1, api: 1 });
  });
});
