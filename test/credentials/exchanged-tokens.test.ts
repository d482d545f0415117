import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CallerToken } from '../../templates/src/runtime/caller.js';
import { createTokenCache } from '../../templates/src/runtime/credentials/tokens.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { watchSecrets } from '../support/secret-watch.js';
import { textOf } from '../runtime/upstream/wire.js';
import { connect, oauth2, toolFor } from './connect.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { startTokenStub, type TokenStub } from './token-stub.js';

const watch = watchSecrets();
const client: Variables = {
  UPSTREAM_AUTH: 'token-exchange',
  UPSTREAM_CLIENT_ID: 'service',
  UPSTREAM_CLIENT_SECRET: watch.hide(`secret-${crypto.randomUUID()}`),
  UPSTREAM_TOKEN_AUDIENCE: 'urn:api',
};

let stub: TokenStub;
let api: EchoApi;
beforeEach(async () => {
  [stub, api] = await Promise.all([startTokenStub(watch), startEchoApi()]);
});
afterEach(() => Promise.all([stub.close(), api.close()]));

function connectWith(variables: Variables = {}) {
  return connect({
    baseUrl: api.url,
    schemes: { oauth: oauth2(stub.tokenUrl) },
    variables: { ...client, ...variables },
    callers: 'tokens',
    watch,
  });
}

/** A caller whose token is valid for this number of seconds. */
function newCaller(seconds = 3600): CallerToken {
  const expiresAt = Math.floor(Date.now() / 1000) + seconds;
  return new CallerToken(watch.hide(`caller-${crypto.randomUUID()}`), { expiresAt, audiences: [] });
}

const tool = toolFor('a');

test('the exact request', async () => {
  const token = newCaller();
  await connectWith({ UPSTREAM_TOKEN_RESOURCE: 'https://api.example.com' })(toolFor('b', 'a'), {
    token,
  });
  expect(stub.forms()).toEqual([
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token.reveal(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'urn:api',
      resource: 'https://api.example.com',
      scope: 'a b',
    },
  ]);
});

test('the token of a caller shows nowhere by accident', () => {
  const token = newCaller();
  const shown = [JSON.stringify(token), inspect(token, { showHidden: true })];
  watch.see([...shown, token]);
  expect(shown.join()).not.toContain(token.reveal());
});

test('the token of a caller is not sent to the API if the endpoint just returns it', async () => {
  const token = newCaller();
  stub.answer = stub.issue({ access_token: token.reveal() });
  const call = connectWith();
  expect((await call(tool, { token })).failure).toBe('credentials:same_token');
  expect(api.requests).toEqual([]);
  stub.answer = stub.issue();
  expect((await call(tool, { token })).status).toBe(200);
});

test('a call without a token of its caller is an error', async () => {
  const outcome = await connectWith()(tool);
  expect(outcome.failure).toBe('credentials:no_caller_token');
  expect(textOf(outcome.result)).toBe(
    'This tool was not called: it acts as its caller, whose access token is missing. ' +
      'Custom code that calls it must pass on the `token` of its context.',
  );
  expect([stub.requests, api.requests]).toEqual([[], []]);
});

describe('an exchanged token is kept', () => {
  test('no longer than the one that it was exchanged for', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const call = connectWith();
    const [brief, long] = [newCaller(34), newCaller()];
    for (const token of [brief, long, brief, long]) await call(tool, { token });
    expect(stub.requests).toHaveLength(2);
    // The endpoint named an hour for both; one is forgotten half a minute before its caller's token expires.
    vi.advanceTimersByTime(4000);
    for (const token of [brief, long]) await call(tool, { token });
    expect(stub.forms().map((form) => form['subject_token'])).toEqual(
      [brief, long, brief].map((token) => token.reveal()),
    );
  });

  test('no longer than the endpoint allows', async () => {
    stub.answer = stub.issue({ expires_in: 20 });
    const call = connectWith();
    const token = newCaller();
    for (const _ of [1, 2]) await call(tool, { token });
    expect(stub.requests).toHaveLength(2);
  });

  test('for one caller, one set of scopes and one place', async () => {
    const call = connectWith();
    const [one, other] = [newCaller(), newCaller()];
    for (const token of [one, other])
      for (const scopes of [['a'], ['b'], ['a', 'b'], ['b', 'a']])
        await call(toolFor(...scopes), { token });
    expect(stub.requests).toHaveLength(6);
    expect(new Set(api.tokens()).size).toBe(6);
  });
});

describe('the memory of tokens', () => {
  const never = new AbortController().signal;

  /** Counts what it is asked to fetch. */
  function createCounted(now?: () => number) {
    const cache = createTokenCache(now);
    const fetched: string[] = [];
    const get = (key: string, expiresAt = Infinity) =>
      cache.get(
        key,
        () => {
          fetched.push(key);
          return Promise.resolve({ value: `token of ${key}`, expiresAt });
        },
        never,
      );
    return { cache, fetched, get };
  }

  test('holds a thousand, and lets the oldest go', async () => {
    const { fetched, get } = createCounted();
    for (let number = 1; number <= 1000; number += 1) await get(`${number}`);
    for (const key of ['1', '2', '1000']) expect(await get(key)).toBe(`token of ${key}`);
    expect(fetched).toHaveLength(1000);
    await get('1001');
    await get('2');
    expect(fetched).toHaveLength(1001);
    await get('1');
    expect(fetched.slice(1000)).toEqual(['1001', '1']);
  });

  test('counts a renewed one as new, and as one', async () => {
    let now = 0;
    const { fetched, get } = createCounted(() => now);
    for (let number = 1; number <= 1000; number += 1) await get(`${number}`, 60_000);
    now = 30_000;
    await get('1', 120_000);
    expect(fetched).toHaveLength(1001);
    await get('1001', 120_000);
    await get('1', 120_000);
    expect(fetched).toHaveLength(1002);
  });

  test('forgets callers that no longer wait', async () => {
    const waiting = new AbortController();
    const never = new Promise<never>(() => undefined);
    const got = createTokenCache().get('a', () => never, waiting.signal);
    waiting.abort();
    await expect(got).rejects.toThrow('No longer waited for');
  });

  test('forgets a token that was refused, and only that one', async () => {
    const { cache, fetched, get } = createCounted();
    await get('a');
    await get('b');
    cache.discard('token of a');
    cache.discard('token of nobody');
    await get('a');
    await get('b');
    expect(fetched).toEqual(['a', 'b', 'a']);
  });
});
