import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingsError } from '../../templates/src/runtime/environment.js';
import { readHttpSettings, readStdioSettings } from '../../templates/src/runtime/settings.js';
import { freePort } from '../support/http.js';
import { textOf } from '../support/http-client.js';
import { startProtectedServer } from '../support/protected-server.js';
import { watchSecrets } from '../support/secret-watch.js';
import { notesApi, startUserStage, type UserStage } from './user-stage.js';
import { withoutOAuth } from './connect.js';

const watch = watchSecrets();
let stage: UserStage;
beforeAll(async () => {
  stage = await startUserStage(watch);
});
afterAll(() => stage.close());

/** One call of one user at a server with these settings, where other credentials are set as well. */
async function callOnce(user: string, variables: Record<string, string>) {
  const server = await startProtectedServer(await notesApi(), { ...stage.variables, ...variables });
  try {
    const client = await stage.signIn(server.url, user);
    for (const { access_token: token } of client.memory.issued) watch.hide(token);
    const result = await client.call('list_notes');
    for (const { token } of stage.exchanges) watch.hide(token);
    watch.see([client.messages().map(({ exchange }) => exchange.body), server.output()]);
    const line = server.audit().find(({ event }) => event === 'tool_call');
    return { result, line, text: textOf(result) };
  } finally {
    await server.close();
  }
}

const wrong = watch.hide(`wrong-${crypto.randomUUID()}`);

describe.each<[string, Record<string, string>]>([
  ['chosen', {}],
  // Without UPSTREAM_BEARER_TOKEN and UPSTREAM_AUTH, its own variable is what chooses it.
  ['implied', { UPSTREAM_AUTH: '', UPSTREAM_TOKEN_EXCHANGE: 'rfc8693' }],
])('when token exchange is %s, there is nothing to fall back to', (_, chosen) => {
  test.each<[string, string, Record<string, string>, string]>([
    ['the user is gone', 'mallory', {}, 'invalid_grant'],
    ['it is for another API', 'alice', { UPSTREAM_TOKEN_AUDIENCE: 'urn:other' }, 'invalid_target'],
    [
      'more is asked than the user has',
      'alice',
      { UPSTREAM_SCOPES: 'notes.admin' },
      'invalid_scope',
    ],
    ['the secret is wrong', 'alice', { UPSTREAM_CLIENT_SECRET: wrong }, 'invalid_client'],
    ['the client is unknown', 'alice', { UPSTREAM_CLIENT_ID: 'nobody' }, 'invalid_client'],
    ['the client may not exchange', 'alice', { UPSTREAM_CLIENT_ID: 'batch' }, 'invalid_request'],
  ])('and %s', async (__, user, variables, code) => {
    stage.blocked.add('mallory');
    const { result, line, text } = await callOnce(user, { ...chosen, ...variables });
    expect(result.isError).toBe(true);
    expect(text).toContain(`did not issue an access token to this server (${code})`);
    expect(line).toMatchObject({ subject: user, failure: `credentials:${code}` });
    expect(stage.tokenRequests.at(-1)).toMatchObject({ error: code });
    expect(stage.api.requests).toEqual([]);
  });

  test('and the endpoint is not reachable', async () => {
    const url = `http://127.0.0.1:${await freePort()}/token`;
    const { result, line } = await callOnce('alice', { ...chosen, UPSTREAM_TOKEN_URL: url });
    expect(result.isError).toBe(true);
    expect(line).toMatchObject({
      failure: expect.stringMatching(/^credentials:unreachable: http/) as string,
    });
    expect(stage.api.requests).toEqual([]);
  });
});

test('one user who is gone does not affect the others', async () => {
  stage.blocked.add('mallory');
  const server = await startProtectedServer(await notesApi(), stage.variables);
  const [mallory, alice] = await Promise.all([
    stage.signIn(server.url, 'mallory'),
    stage.signIn(server.url, 'alice'),
  ]);
  const before = stage.api.requests.length;
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, number) =>
      (number % 2 === 0 ? mallory : alice).call('list_notes'),
    ),
  );
  expect(results.map(({ isError }) => isError === true)).toEqual(
    results.map((_, number) => number % 2 === 0),
  );
  expect(stage.api.requests).toHaveLength(before + 5);
  stage.blocked.delete('mallory');
  expect((await mallory.call('list_notes')).isError).toBeFalsy();
  for (const { token } of stage.exchanges) watch.hide(token);
  watch.see([server.output(), results]);
  expect(stage.callerTokensAtApi()).toEqual([]);
  await server.close();
});

describe('where callers have no tokens, the start is refused', () => {
  const problem =
    'UPSTREAM_AUTH cannot be token-exchange here: it needs callers that send access tokens, over HTTP with OAuth, ' +
    'for example UPSTREAM_AUTH=client-credentials';

  test.each([
    ['chosen', {}],
    ['implied', { UPSTREAM_AUTH: '', UPSTREAM_TOKEN_EXCHANGE: 'rfc8693' }],
  ])('when it is %s', async (_, chosen) => {
    const variables = { ...stage.variables, ...chosen };
    const [open, closed] = await Promise.all([notesApi('none'), notesApi('oauth2')]);
    const refused = new SettingsError(problem);
    expect(() => readStdioSettings(closed, variables)).toThrow(refused);
    expect(() => readStdioSettings(open, variables)).toThrow(refused);
    expect(() => readHttpSettings(open, withoutOAuth(variables))).toThrow(refused);
    expect(() => readHttpSettings(closed, variables)).not.toThrow();
  });

  test.each(['UPSTREAM_CLIENT_ID', 'UPSTREAM_CLIENT_SECRET', 'UPSTREAM_TOKEN_AUDIENCE'])(
    'and without %s too',
    async (name) => {
      const api = await notesApi();
      const start = () => readHttpSettings(api, { ...stage.variables, [name]: '' });
      expect(start).toThrow(SettingsError);
      expect(start).toThrow(new RegExp(`^${name} `));
    },
  );
});
