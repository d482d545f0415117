import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Api, JsonObject, RequestShape } from '../../templates/src/runtime/api.js';
import { CallerToken } from '../../templates/src/runtime/caller.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import type { CustomCredential } from '../../templates/src/runtime/upstream/call.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header, makeTool, textOf } from '../runtime/upstream/wire.js';
import { callerIn, connect } from './connect.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { createCarelessSigner, createSigner, verifySignature } from './signing.js';

const watch = watchSecrets();
const secret = watch.hide(`signing-${crypto.randomUUID()}`);
const signed = { scheme: [] };
const schemes: Api['securitySchemes'] = {
  // A credential that this server does not know by itself.
  scheme: { type: 'http', scheme: 'hmac' },
  key: { type: 'apiKey', in: 'query', name: 'api key', variable: 'UPSTREAM_API_KEY' },
};

let api: EchoApi;
beforeEach(async () => {
  api = await startEchoApi({
    admit: (request) => (verifySignature(request, secret) ? 'signed' : undefined),
  });
});
afterEach(() => api.close());

function connectWith(credential: CustomCredential | undefined, variables: Variables = {}) {
  const options = { baseUrl: `${api.url}/v1`, schemes, variables, watch };
  return connect({ ...options, ...(credential !== undefined && { credential }) });
}

/** Counts its calls, and records its arguments. */
function createSpy(sign: CustomCredential = createSigner(secret)) {
  const calls: unknown[][] = [];
  const credential: CustomCredential = (...given) => {
    calls.push(given);
    return sign(...given);
  };
  return { calls, credential };
}

/** Signatures are secrets of one request. */
function hideSignatures(): string[] {
  return api.requests.flatMap((request) =>
    header(request, 'x-signature').map((value) => watch.hide(value)),
  );
}

const query = { name: 'q', in: 'query' } as const;

describe.each([
  ['in a copy of the request', createSigner(secret)],
  ['in the request itself', createCarelessSigner(secret)],
])('a signature %s', (_, credential) => {
  test.each<[string, Partial<RequestShape>, JsonObject, string]>([
    ['a GET', {}, {}, '/v1/things'],
    [
      'a GET with a query',
      { parameters: [query] },
      { q: 'a b&c=/ü' },
      '/v1/things?q=a%20b%26c%3D%2F%C3%BC',
    ],
    [
      'a body of JSON',
      { method: 'POST', body: { mediaType: 'application/json' } },
      { body: { n: 'ü' } },
      '/v1/things',
    ],
    [
      'a binary body',
      { method: 'PUT', body: { mediaType: 'application/octet-stream', binary: true } },
      { body: Buffer.from([0, 255, 10, 13, 128]).toString('base64') },
      '/v1/things',
    ],
    [
      'a form',
      { method: 'POST', body: { mediaType: 'application/x-www-form-urlencoded' } },
      { body: { a: 'b c' } },
      '/v1/things',
    ],
  ])('is that of %s', async (__, shape, args, url) => {
    const outcome = await connectWith(credential)(makeTool({ ...shape, security: [signed] }), {
      args,
    });
    expect(api.requests.map((request) => request.url)).toEqual([url]);
    expect(outcome.status).toBe(200);
    expect(callerIn(outcome)).toBe('signed');
    // The API repeats it, and the caller does not get to see it.
    expect(hideSignatures()).toHaveLength(1);
    expect(textOf(outcome.result)).toContain('"x-signature":"[redacted]"');
  });
});

test('is for exactly this request: any other secret is refused', async () => {
  const credential = createSigner(watch.hide(`other-${crypto.randomUUID()}`));
  const outcome = await connectWith(credential)(makeTool({ security: [signed] }));
  expect(outcome.status).toBe(401);
  expect(hideSignatures()).toHaveLength(1);
});

test('covers the key that the environment has', async () => {
  const key = watch.hide(`key &${crypto.randomUUID()}`);
  const call = connectWith(createSigner(secret), { UPSTREAM_API_KEY: key });
  const outcome = await call(makeTool({ security: [{ key: [] }] }));
  expect(callerIn(outcome)).toBe('signed');
  expect(api.requests[0]?.url).toBe(`/v1/things?api%20key=${encodeURIComponent(key)}`);
  hideSignatures();
});

test('every retry is signed again', async () => {
  api.statuses.push(503);
  const { calls, credential } = createSpy();
  const outcome = await connectWith(credential)(makeTool({ security: [signed] }));
  expect(outcome.status).toBe(200);
  expect(calls).toHaveLength(2);
  expect(new Set(hideSignatures()).size).toBe(2);
  const times = api.requests.map((request) => Date.parse(header(request, 'x-timestamp').join()));
  expect(times).toHaveLength(2);
  expect(times[1]).toBeGreaterThan(times[0] ?? Infinity);
});

test('it receives the caller, but not the token', async () => {
  const { calls, credential } = createSpy();
  const who = { subject: 'alice', client: 'app', scopes: ['things.read'] };
  const caller = { ...who, expiresAt: 4_000_000_000, audiences: [] };
  const token = watch.hide(`caller-${crypto.randomUUID()}`);
  await connectWith(credential)(makeTool({ security: [signed] }), {
    caller,
    token: new CallerToken(token, { expiresAt: Infinity, audiences: [] }),
  });
  expect(calls).toHaveLength(1);
  expect(calls[0]?.[1]).toEqual(caller);
  expect(inspect(calls, { depth: null, showHidden: true })).not.toContain(token);
  hideSignatures();
});

describe('it replaces', () => {
  const { calls, credential } = createSpy();

  test('credentials that the environment does not have, which would be an error without it', async () => {
    const tool = makeTool({ security: [{ key: [] }, signed] });
    const without = await connectWith(undefined)(tool);
    expect(without.failure).toBe('credentials');
    expect(api.requests).toEqual([]);
    expect(callerIn(await connectWith(credential)(tool))).toBe('signed');
    hideSignatures();
  });

  test('nothing if no credentials are required', async () => {
    calls.length = 0;
    for (const security of [[], [{}]]) await connectWith(credential)(makeTool({ security }));
    expect(calls).toEqual([]);
    expect(api.requests.map((request) => header(request, 'x-signature'))).toEqual([[], []]);
  });
});

describe('when it fails', () => {
  const text = watch.hide(`the key is ${crypto.randomUUID()}`);

  test.each<[string, CustomCredential]>([
    [
      'at once',
      () => {
        throw new Error(text);
      },
    ],
    ['later', () => Promise.reject(new Error(text))],
    ['with another kind of error', () => Promise.reject(new RangeError(text))],
  ])('%s, nothing is sent, and nothing is disclosed', async (_, credential) => {
    const outcome = await connectWith(credential)(makeTool({ security: [signed] }));
    expect(outcome.failure).toMatch(/^internal:(Range)?Error$/);
    expect(textOf(outcome.result)).toBe(
      'This server failed to complete the call; its operator can see the reason in the log.',
    );
    expect(api.requests).toEqual([]);
  });

  test('by never coming back, the call ends in time, or when it is cancelled', async () => {
    const call = connectWith(() => new Promise(() => undefined), { UPSTREAM_TIMEOUT_MS: '200' });
    const tool = makeTool({ security: [signed] });
    expect((await call(tool)).failure).toBe('credentials:timeout');
    const patient = connectWith(() => new Promise(() => undefined));
    expect((await patient(tool, { signal: AbortSignal.timeout(50) })).failure).toBe('cancelled');
    expect(api.requests).toEqual([]);
  });
});
