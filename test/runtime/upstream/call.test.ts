import { afterEach, describe, expect, test } from 'vitest';
import type { Tool } from '../../../templates/src/runtime/api.js';
import { createCall } from '../../../templates/src/runtime/upstream/call.js';
import type { Variables } from '../../../templates/src/runtime/environment.js';
import {
  type Answer,
  header,
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  type Stub,
  textOf,
} from './wire.js';

let stub: Stub | undefined;
afterEach(() => stub?.close());

const context = { signal: new AbortController().signal, requestId: 'req-1' };
const securitySchemes = { bearer: { type: 'http', scheme: 'bearer' } } as const;

async function start(answer?: Answer, variables: Variables = {}) {
  stub = await startStub(answer);
  const api = makeApi({ baseUrl: `${stub.url}/v1`, securitySchemes });
  return { call: createCall(api, makeSettings(api, variables)), requests: stub.requests };
}

const json: Answer = (_, response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');

test('a call, from arguments to result', async () => {
  const { call, requests } = await start(json, {
    UPSTREAM_HEADERS: '{"X-Tenant":"acme","Accept":"text/csv"}',
  });
  const tool = makeTool(
    {
      method: 'PUT',
      path: '/pets/{id}',
      parameters: [
        { name: 'id', in: 'path' },
        { name: 'X-Tenant', in: 'header' },
        { name: 'X-Request-Id', in: 'header' },
      ],
      body: { mediaType: 'application/json' },
    },
    { properties: { id: { type: 'integer' } } },
  );
  const args = { id: '5', body: { n: 1 }, 'X-Tenant': 'other', 'X-Request-Id': 'mine' };
  const outcome = await call(tool, args, context);
  expect(outcome).toEqual({
    status: 200,
    requestId: 'mine',
    result: { content: [{ type: 'text', text: '{"a":1}' }] },
  });
  const [request] = requests;
  expect(request).toMatchObject({ method: 'PUT', url: '/v1/pets/5' });
  expect(request?.body.toString()).toBe('{"n":1}');
  expect(header(request, 'content-type')).toEqual(['application/json']);
  expect(header(request, 'x-request-id')).toEqual(['mine']);
  expect(header(request, 'x-tenant')).toEqual(['acme']);
  expect(header(request, 'accept')).toEqual(['text/csv']);
  expect(header(request, 'user-agent')).toEqual(['stub-mcp-server']);
});

test('an upstream error keeps its status and masks the credentials that it repeats', async () => {
  const answer: Answer = (request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer', 'set-cookie': 'a=b' });
    response.end(`refused: ${header(request, 'authorization').join()}`);
  };
  const { call } = await start(answer, { UPSTREAM_BEARER_TOKEN: 'top-secret-token' });
  const outcome = await call(makeTool({ security: [{ bearer: [] }] }), {}, context);
  expect(outcome.status).toBe(401);
  expect(outcome.failure).toBeUndefined();
  expect(outcome.result.isError).toBe(true);
  expect(textOf(outcome.result)).toContain('refused: Bearer [redacted]');
});

test.each([400, 422])(
  'after %d, the result names the differences of the arguments',
  async (status) => {
    const { call } = await start((_, response) => response.writeHead(status).end('bad request'));
    const due = { type: 'string', format: 'date-time' };
    const tool = makeTool(
      { method: 'POST', body: { mediaType: 'application/json' } },
      { properties: { body: { type: 'object', properties: { due } } } },
    );
    const { result } = await call(tool, { body: { due: 'tomorrow' } }, context);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/bad request\n.*: body\.due is not a date-time\.$/);
    const good = await call(tool, { body: { due: '2026-01-31T12:00:00Z' } }, context);
    expect(textOf(good.result)).toMatch(/bad request$/);
  },
);

test('after other responses, it does not', async () => {
  const { call } = await start((_, response) => response.writeHead(404).end('none'));
  const tool = makeTool({}, { properties: { q: { format: 'uuid' } } });
  const { result } = await call(tool, { q: 'x' }, context);
  expect(textOf(result)).toMatch(/none$/);
});

test.each<[Variables, boolean]>([
  [{}, false],
  [{ UPSTREAM_BEARER_TOKEN: 'abc' }, false],
  [{ UPSTREAM_BEARER_TOKEN: 'abc', UPSTREAM_AUTH: 'bearer' }, true],
  [{ UPSTREAM_HEADERS: '{"X-Key":"abc"}' }, true],
])('after a 401, the result shows whether a credential was refused: %j', async (set, isSent) => {
  const { call } = await start((_, response) => response.writeHead(401).end(), set);
  expect(textOf((await call(makeTool({}), {}, context)).result)).toContain(
    isSent
      ? 'The API refused the credential of this MCP server, not yours: signing in again'
      : 'This MCP server sent no credential, because none is set that the document of the API asks for: signing in',
  );
});

test('a response is truncated at the limit', async () => {
  const { call } = await start(json, { MCP_MAX_RESPONSE_BYTES: '3' });
  const { result } = await call(makeTool({}), {}, context);
  expect(textOf(result)).toBe(
    '{"a\nThe response was truncated: it is longer than 3 bytes.\nAsk for something smaller or more specific, if the API allows it.',
  );
});

describe('failures are results with fixed texts', () => {
  test.each<[string, Tool, RegExp, RegExp]>([
    ['arguments', makeTool({}, { required: ['q'] }), /^arguments$/, /^q is missing\.$/],
    [
      'path',
      makeTool({ path: '/{id}', parameters: [{ name: 'id', in: 'path' }] }),
      /^arguments$/,
      /"id"/,
    ],
    [
      'credentials',
      makeTool({ security: [{ bearer: [] }] }),
      /^credentials$/,
      /UPSTREAM_BEARER_TOKEN/,
    ],
    [
      'a template without its parameter',
      makeTool({ path: '/{id}' }),
      /^internal:Error$/,
      /^This server failed/,
    ],
    [
      'a method that cannot be sent',
      makeTool({ method: 'A B' }),
      /^internal:InvalidArgumentError$/,
      /^This server failed/,
    ],
  ])('%s', async (_, tool, failure, message) => {
    const { call, requests } = await start();
    const outcome = await call(tool, {}, context);
    expect(outcome.result.isError).toBe(true);
    expect(outcome.status).toBeUndefined();
    expect(outcome.failure).toMatch(failure);
    expect(textOf(outcome.result)).toMatch(message);
    expect(requests).toEqual([]);
  });

  test('timeout', async () => {
    const { call } = await start(() => undefined, { UPSTREAM_TIMEOUT_MS: '50' });
    const outcome = await call(makeTool({}), {}, context);
    expect(outcome.failure).toBe('timeout');
    expect(textOf(outcome.result)).toMatch(/^The API did not respond in time/);
  });

  test('cancelled', async () => {
    const { call } = await start();
    const outcome = await call(makeTool({}), {}, { ...context, signal: AbortSignal.abort() });
    expect(outcome.failure).toBe('cancelled');
  });

  test('network: a connection that is lost during the call leaves its effect open', async () => {
    const { call } = await start((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      setImmediate(() => response.destroy());
    });
    const outcome = await call(makeTool({ method: 'POST' }), {}, context);
    expect(textOf(outcome.result)).toBe(
      'The API could not be reached, or the connection was lost. The call may have taken effect.',
    );
  });

  test('network: the code is for the log, not for the model', async () => {
    const { call } = await start();
    await stub?.close();
    const outcome = await call(makeTool({}), {}, context);
    expect(outcome.failure).toBe('network:ECONNREFUSED');
    expect(JSON.stringify(outcome.result)).not.toMatch(/ECONN|127\.0\.0\.1|effect/);
  });

  test('network: an answer that is not HTTP has a code as well', async () => {
    const { call } = await start((_, { socket }) => socket?.end('\x15\x03\x01\0\x02\x02F'));
    const outcome = await call(makeTool({}), {}, context);
    expect(outcome.failure).toBe('network:HTTPParserError');
  });
});
