import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../support/http-client.js';
import { type ToolResult, jsonOf } from '../support/generations.js';
import { startProtectedServer, type ProtectedServer } from '../support/protected-server.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header } from '../runtime/upstream/wire.js';
import { notesApi, startUserStage, type UserStage } from './user-stage.js';
import { apiResource } from './service-stage.js';

const watch = watchSecrets();
let stage: UserStage;
let server: ProtectedServer;
beforeAll(async () => {
  stage = await startUserStage(watch);
  server = await startProtectedServer(await notesApi(), stage.variables);
});
afterAll(async () => {
  await server.close();
  await stage.close();
});

// Before the watch's own, which looks at what is shown here.
afterEach(() => {
  expect(stage.callerTokensAtApi()).toEqual([]);
});

/** Responses from now on. */
function since() {
  const [calls, exchanges] = [stage.api.requests.length, stage.exchanges.length];
  return {
    calls: () => stage.api.requests.slice(calls),
    exchanges: () => stage.exchanges.slice(exchanges).map(({ user, scope }) => ({ user, scope })),
  };
}

/** Everything that a client received from the server, and all output of the server. */
function show(...clients: HttpClient[]): void {
  for (const { token } of stage.exchanges) watch.hide(token);
  for (const { memory } of clients)
    for (const { access_token: token } of memory.issued) watch.hide(token);
  watch.see(clients.flatMap((client) => client.messages().map(({ exchange }) => exchange.body)));
  watch.see(server.output());
}

function callerOf(result: ToolResult): unknown {
  return jsonOf(result)['caller'];
}

test('fifty calls of two users at once: two exchanges, and each call with the right token', async () => {
  // Two protocol eras, and two official clients.
  const [alice, bob] = await Promise.all([
    stage.signIn(server.url, 'alice', 0),
    stage.signIn(server.url, 'bob', 2),
  ]);
  const { calls, exchanges } = since();
  const users = Array.from({ length: 50 }, (_, number) => (number % 2 === 0 ? 'alice' : 'bob'));
  const results = await Promise.all(
    users.map((user, number) =>
      (user === 'alice' ? alice : bob).call('list_notes', { q: `${user} ${number}` }),
    ),
  );
  for (const [number, result] of results.entries()) {
    const sub = users[number];
    expect(callerOf(result)).toEqual({
      sub,
      scope: 'notes.read',
      client: 'mcp-server',
      aud: apiResource,
    });
    expect(jsonOf(result)).toMatchObject({ url: `/notes?q=${sub}%20${number}` });
  }
  expect(calls()).toHaveLength(50);
  expect(exchanges().sort((a, b) => a.user.localeCompare(b.user))).toEqual([
    { user: 'alice', scope: 'notes.read' },
    { user: 'bob', scope: 'notes.read' },
  ]);
  const tokenOf = new Map(stage.exchanges.map(({ user, token }) => [user, token]));
  for (const request of calls()) {
    const [, user = ''] = /q=(\w+)/.exec(request.url) ?? [];
    expect(header(request, 'authorization')).toEqual([`Bearer ${tokenOf.get(user)}`]);
    expect(header(request, 'x-api-key')).toEqual([]);
  }
  expect(stage.tokenRequests.filter(({ client }) => client === 'mcp-server')).toMatchObject([
    { parameters: { audience: apiResource, scope: 'notes.read' } },
    { parameters: { audience: apiResource, scope: 'notes.read' } },
  ]);
  const lines = server.audit().filter(({ event }) => event === 'tool_call');
  expect(lines.filter(({ subject, status }) => subject === 'bob' && status === 200)).toHaveLength(
    25,
  );
  show(alice, bob);
});

test('a token for each set of scopes: those of the operation, and no more', async () => {
  const client = await stage.signIn(server.url, 'carol');
  const { exchanges } = since();
  const written = await client.call('create_note', { body: { text: 'one' } });
  expect(callerOf(written)).toMatchObject({ sub: 'carol', scope: 'notes.write' });
  const listed = await client.call('list_notes');
  expect(callerOf(listed)).toMatchObject({ sub: 'carol', scope: 'notes.read' });
  await client.call('create_note', { body: { text: 'two' } });
  expect(exchanges()).toEqual([
    { user: 'carol', scope: 'notes.write' },
    { user: 'carol', scope: 'notes.read' },
  ]);
  show(client);
});

test('an operation that needs nothing gets nothing', async () => {
  const client = await stage.signIn(server.url, 'dave');
  const { calls, exchanges } = since();
  const result = await client.call('get_status');
  expect(result.isError).toBeFalsy();
  expect(exchanges()).toEqual([]);
  expect(calls()).toHaveLength(1);
  for (const name of ['authorization', 'x-api-key', 'cookie'])
    expect(header(calls()[0], name)).toEqual([]);
  show(client);
});

test('another token of the same user is exchanged for another', async () => {
  const first = await stage.signIn(server.url, 'erin');
  const second = await stage.signIn(server.url, 'erin');
  const { calls, exchanges } = since();
  for (const client of [first, second, first, second]) await client.call('list_notes');
  const erin = { user: 'erin', scope: 'notes.read' };
  expect(exchanges()).toEqual([erin, erin]);
  const tokens = stage.exchanges.slice(-2).map(({ token }) => [`Bearer ${token}`]);
  expect(calls().map((request) => header(request, 'authorization'))).toEqual([
    ...tokens,
    ...tokens,
  ]);
  show(first, second);
});

test('a token that the API refuses is exchanged once more, for its user alone', async () => {
  const [frank, grace] = await Promise.all([
    stage.signIn(server.url, 'frank'),
    stage.signIn(server.url, 'grace'),
  ]);
  await frank.call('list_notes');
  await grace.call('list_notes');
  const { calls, exchanges } = since();
  stage.api.statuses.push(401);
  expect(callerOf(await frank.call('list_notes'))).toMatchObject({ sub: 'frank' });
  expect(callerOf(await grace.call('list_notes'))).toMatchObject({ sub: 'grace' });
  expect(exchanges()).toEqual([{ user: 'frank', scope: 'notes.read' }]);
  expect(calls()).toHaveLength(3);
  stage.api.statuses.push(401, 401);
  expect((await grace.call('list_notes')).isError).toBe(true);
  expect(exchanges()).toHaveLength(2);
  expect(calls()).toHaveLength(5);
  show(frank, grace);
});
