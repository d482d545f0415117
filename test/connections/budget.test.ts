import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import {
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  type Recorded,
  type Stub,
} from '../runtime/upstream/wire.js';
import { secret } from '../support/secrets.js';

/** An API that responds when the test lets it. */
interface SlowApi {
  readonly stub: Stub;
  /** The request that comes next, or is there already and unanswered. */
  readonly next: () => Promise<{ readonly request: Recorded; readonly response: ServerResponse }>;
}

let stub: Stub;
afterEach(async () => {
  vi.useRealTimers();
  await stub.close();
});

async function startSlowApi(): Promise<SlowApi> {
  const waiting: { request: Recorded; response: ServerResponse }[] = [];
  stub = await startStub((request, response) => void waiting.push({ request, response }));
  return {
    stub,
    next: async () => {
      await until(() => waiting.length > 0);
      return waiting.shift() as (typeof waiting)[number];
    },
  };
}

/** Waits without timers, which are stopped here. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = process.hrtime.bigint() + 10_000_000_000n; !condition();) {
    if (process.hrtime.bigint() > end) throw new Error('It did not come');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const oauth = { oauth: { type: 'oauth2' } } as const;

function prepare({ url }: Stub, variables: Variables) {
  const api = makeApi({ baseUrl: url, securitySchemes: oauth });
  const call = createCall(api, makeSettings(api, variables));
  const tool = makeTool({ security: [{ oauth: [] }] });
  const stop = new AbortController();
  const ended: { failure: string | undefined }[] = [];
  const run = () =>
    call(tool, {}, { signal: stop.signal, requestId: 'r1' }).then(({ failure }) => {
      ended.push({ failure });
    });
  return { run, ended, stop };
}

describe('one budget', () => {
  const withToken = (url: string) => ({
    UPSTREAM_TOKEN_URL: `${url}/token`,
    UPSTREAM_CLIENT_ID: 'this-server',
    UPSTREAM_CLIENT_SECRET: secret('client secret'),
    UPSTREAM_TIMEOUT_MS: '5000',
  });

  it('is for the token, all tries and the pauses between them', async () => {
    const { stub: api, next } = await startSlowApi();
    const { run, ended } = prepare(api, withToken(api.url));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    void run();

    const token = await next();
    expect(token.request.url).toBe('/token');
    vi.advanceTimersByTime(2000);
    const body = { access_token: secret('token'), token_type: 'Bearer' };
    token.response.setHeader('content-type', 'application/json').end(JSON.stringify(body));

    const first = await next();
    expect(first.request.url).toBe('/things');
    vi.advanceTimersByTime(2000);
    const timers = vi.getTimerCount();
    first.response.writeHead(503).end();

    // The pause in between lasts half a second at most.
    await until(() => vi.getTimerCount() > timers);
    vi.advanceTimersByTime(500);
    await next();
    vi.advanceTimersByTime(499);
    await turns();
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ failure: 'timeout' }]);
  });

  it('is for the token alone, when that does not come', async () => {
    const { stub: api, next } = await startSlowApi();
    const { run, ended } = prepare(api, withToken(api.url));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    void run();
    await next();
    vi.advanceTimersByTime(4999);
    await turns();
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ failure: 'credentials:timeout' }]);
  });

  it('is what is left of it when the API asks for patience', async () => {
    const { stub: api, next } = await startSlowApi();
    const { run, ended } = prepare(api, {
      UPSTREAM_BEARER_TOKEN: secret('token'),
      UPSTREAM_TIMEOUT_MS: '5000',
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    void run();
    const { response } = await next();
    vi.advanceTimersByTime(2000);
    response.writeHead(503, { 'retry-after': '3' }).end();
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ failure: undefined }]);
    expect(api.requests).toHaveLength(1);
  });
});

/** Lets everything happen that needs no timer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a call whose caller is gone', () => {
  const token = { UPSTREAM_BEARER_TOKEN: secret('token of a cancelled call') };

  it('ends in the middle of a pause', async () => {
    const { stub: api, next } = await startSlowApi();
    const { run, ended, stop } = prepare(api, { ...token, UPSTREAM_TIMEOUT_MS: '600000' });
    void run();
    (await next()).response.writeHead(503, { 'retry-after': '300' }).end();
    await pause(100);
    stop.abort();
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ failure: 'cancelled' }]);
  });

  it('and sends nothing more', async () => {
    const { stub: api, next } = await startSlowApi();
    const { run, ended, stop } = prepare(api, token);
    void run();
    (await next()).response.writeHead(503, { 'retry-after': '1' }).end();
    await pause(100);
    stop.abort();
    await until(() => ended.length > 0);
    await pause(1300);
    expect(ended).toEqual([{ failure: 'cancelled' }]);
    expect(api.requests).toHaveLength(1);
  });
});
