import { jsonOf } from '../support/generations.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { readHttpSettings, readStdioSettings } from '../../templates/src/runtime/settings.js';
import { textOf } from '../support/http-client.js';
import { startProtectedServer } from '../support/protected-server.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header } from '../runtime/upstream/wire.js';
import { apiResource } from './service-stage.js';
import { notesApi, startUserStage, type UserStage } from './user-stage.js';
import { withoutOAuth } from './connect.js';

const watch = watchSecrets();
const refusal =
  'This tool was not called: the access token of this session is not also meant for the API. ' +
  'The operator of this server can see the reason in its log.';

let stage: UserStage;
let forward: Record<string, string>;
beforeAll(async () => {
  stage = await startUserStage(watch, { trusted: ['alice', 'carol'] });
  // One server after the other, all at the URL that the tokens are for.
  forward = { ...stage.variables, UPSTREAM_AUTH: 'forward' };
});
afterAll(() => stage.close());

/** The outcome of one user's calls at a server with these settings. */
async function run(user: string, variables: Variables, ...tools: string[]) {
  const server = await startProtectedServer(await notesApi(), {
    ...forward,
    ...(variables as Record<string, string>),
  });
  const before = stage.api.requests.length;
  try {
    const client = await stage.signIn(server.url, user);
    const token = watch.hide(client.memory.issued.at(-1)?.access_token ?? '');
    const results = [];
    for (const tool of tools) results.push(await client.call(tool));
    watch.see([client.messages().map(({ exchange }) => exchange.body), server.output()]);
    const lines = server.audit().filter(({ event }) => event === 'tool_call');
    const requests = stage.api.requests.slice(before);
    return { token, results, lines, requests, output: server.output() };
  } finally {
    await server.close();
  }
}

test('a token that is for the API as well is sent as it is', async () => {
  const { token, results, lines, requests } = await run('alice', {}, 'list_notes');
  expect(results.slice(0, 1).map(jsonOf)[0]).toMatchObject({
    caller: { sub: 'alice', aud: [forward['MCP_RESOURCE_URL'], apiResource] },
    headers: { authorization: 'Bearer [redacted]' },
  });
  expect(requests.map((request) => header(request, 'authorization'))).toEqual([
    [`Bearer ${token}`],
  ]);
  expect(header(requests[0], 'x-api-key')).toEqual([]);
  expect(lines).toMatchObject([{ subject: 'alice', status: 200 }]);
  expect(stage.exchanges).toEqual([]);
});

test('one that is not is an error, and neither it nor anything else is sent', async () => {
  const { results, lines, requests } = await run('bob', {}, 'list_notes', 'create_note');
  expect(results.map(textOf)).toEqual([refusal, refusal]);
  expect(results.map(({ isError }) => isError)).toEqual([true, true]);
  const line = { subject: 'bob', failure: 'credentials:audience' };
  expect(lines).toMatchObject([line, line]);
  expect(requests).toEqual([]);
});

test('an operation that needs nothing gets nothing', async () => {
  for (const user of ['alice', 'bob']) {
    const { results, requests } = await run(user, {}, 'get_status');
    expect(results[0]?.isError).toBeFalsy();
    expect(requests.map((request) => header(request, 'authorization'))).toEqual([[]]);
  }
});

test('a 401 is passed on: there is no other token to be had', async () => {
  stage.api.statuses.push(401);
  const { results, requests } = await run('carol', {}, 'list_notes');
  expect(textOf(results[0] ?? { content: [] })).toContain('The API answered 401');
  expect(requests).toHaveLength(1);
  expect(stage.tokenRequests.filter(({ client }) => client === 'mcp-server')).toEqual([]);
});

test('it is never implied, not even when nothing else is left', async () => {
  const nothingElse = {
    UPSTREAM_AUTH: '',
    UPSTREAM_API_KEY: '',
    UPSTREAM_USERNAME: '',
    UPSTREAM_PASSWORD: '',
    UPSTREAM_BEARER_TOKEN: '',
    UPSTREAM_CLIENT_ID: '',
  };
  const { results, requests, lines, output } = await run('alice', nothingElse, 'list_notes');
  expect(results[0]?.isError).toBe(true);
  expect(lines).toMatchObject([{ failure: 'credentials' }]);
  expect(requests).toEqual([]);
  expect(output).not.toContain("passes callers' tokens on");
});

test('a start with it warns', async () => {
  const { output } = await run('alice', {});
  expect(output).toContain(`(api-key, forward, tokens for ${apiResource})\n`);
  expect(output).toContain(
    "  warning    UPSTREAM_AUTH=forward passes callers' tokens on to the API. The MCP specification forbids that " +
      'for tokens that were not issued for it; use token-exchange to act as the caller.\n',
  );
});

describe('a start is refused', () => {
  test('without the audience that a token must have', async () => {
    const api = await notesApi();
    const start = () => readHttpSettings(api, { ...forward, UPSTREAM_TOKEN_AUDIENCE: '' });
    expect(start).toThrow(SettingsError);
    expect(start).toThrow(
      /^UPSTREAM_TOKEN_AUDIENCE must be set for UPSTREAM_AUTH=forward: only tokens that are also for this audience are sent, /,
    );
  });

  test('where callers have no tokens', async () => {
    const [open, closed] = await Promise.all([notesApi('none'), notesApi()]);
    const refused = new SettingsError(
      'UPSTREAM_AUTH cannot be forward here: it needs callers that send access tokens, over HTTP with OAuth, ' +
        'for example UPSTREAM_AUTH=client-credentials',
    );
    expect(() => readHttpSettings(open, withoutOAuth(forward))).toThrow(refused);
    expect(() => readStdioSettings(closed, forward)).toThrow(refused);
    expect(() => readHttpSettings(closed, forward)).not.toThrow();
  });
});
