import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallerToken } from '../../templates/src/runtime/caller.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header, makeTool, startStub, type Stub } from '../runtime/upstream/wire.js';
import { connect, oauth2 } from './connect.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { apiResource } from './service-stage.js';

const watch = watchSecrets();
const security = [{ oauth: [] }];

let api: EchoApi;
let other: Stub;
beforeEach(async () => {
  [api, other] = await Promise.all([startEchoApi(), startStub()]);
});
afterEach(() => Promise.all([api.close(), other.close()]));

function connectTo(baseUrl: string) {
  return connect({
    baseUrl,
    schemes: { oauth: oauth2() },
    variables: { UPSTREAM_AUTH: 'forward', UPSTREAM_TOKEN_AUDIENCE: apiResource },
    callers: 'tokens',
    watch,
  });
}

function newCaller(...audiences: string[]): CallerToken {
  const token = watch.hide(`caller-${crypto.randomUUID()}`);
  return new CallerToken(token, { expiresAt: Date.now() / 1000 + 3600, audiences });
}

describe('a token goes', () => {
  test.each<[string, string[]]>([
    ['for nobody', []],
    ['for this server alone', ['https://mcp.example.com/mcp']],
    ['for something below the API', [`${apiResource}/more`]],
    ['for something above it', ['https://api.example.com']],
    ['for it in other letters', [apiResource.toUpperCase()]],
    ['for it and more in one name', [`${apiResource} https://mcp.example.com/mcp`]],
  ])('nowhere when it is %s', async (_, audiences) => {
    const call = connectTo(api.url);
    const outcome = await call(makeTool({ security }), { token: newCaller(...audiences) });
    expect(outcome.failure).toBe('credentials:audience');
    expect(api.requests).toEqual([]);
  });

  test('nowhere when there is none', async () => {
    expect((await connectTo(api.url)(makeTool({ security }))).failure).toBe('credentials:audience');
    expect(api.requests).toEqual([]);
  });

  test('nowhere when the operation has a server of another origin', async () => {
    const token = newCaller(apiResource);
    const call = connectTo(api.url);
    const outcome = await call(makeTool({ security, server: `${other.url}/v2` }), { token });
    expect(outcome.failure).toBe('credentials:audience');
    expect([api.requests, other.requests]).toEqual([[], []]);
    // One of the same origin is the API.
    const own = await call(makeTool({ security, server: `${api.url}/v2` }), { token });
    expect(own.status).toBe(200);
    expect(api.tokens()).toEqual([token.reveal()]);
  });

  test('to the API where its document is silent, since it was chosen', async () => {
    const token = newCaller(apiResource);
    expect((await connectTo(api.url)(makeTool({}), { token })).status).toBe(200);
    expect(api.tokens()).toEqual([token.reveal()]);
  });
});

describe('a redirect', () => {
  async function redirecting(locationOf: (origin: string) => string) {
    const token = newCaller(apiResource);
    const first: Stub = await startStub((request, response) => {
      const location = locationOf(first.url);
      if (request.url === '/things') response.writeHead(302, { location });
      response.end(header(request, 'authorization').join());
    });
    const outcome = await connectTo(first.url)(makeTool({ security }), { token });
    await first.close();
    const sent = first.requests.map((request) => header(request, 'authorization').join());
    return { outcome, sent, bearer: `Bearer ${token.reveal()}` };
  }

  test('to another origin is not followed, and takes nothing there', async () => {
    const { outcome, sent, bearer } = await redirecting(() => `${other.url}/things`);
    expect(outcome.status).toBe(302);
    expect(outcome.result.isError).toBe(true);
    expect(sent).toEqual([bearer]);
    expect(other.requests).toEqual([]);
  });

  test('within the API takes it along', async () => {
    const { outcome, sent, bearer } = await redirecting((origin) => `${origin}/elsewhere`);
    expect(outcome.status).toBe(200);
    expect(sent).toEqual([bearer, bearer]);
  });
});
