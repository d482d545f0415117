import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CustomCredential } from '../../templates/src/runtime/upstream/call.js';
import { startProtectedServer, type ProtectedServer } from '../support/protected-server.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header } from '../runtime/upstream/wire.js';
import { notesApi, startUserStage, type UserStage } from './user-stage.js';

const watch = watchSecrets();
const calls: unknown[][] = [];
const credential: CustomCredential = (...given) => {
  calls.push(given);
  const [request, caller] = given;
  request.headers.set('x-on-behalf-of', caller?.subject ?? 'nobody');
  return request;
};

let stage: UserStage;
let server: ProtectedServer;
beforeAll(async () => {
  stage = await startUserStage(watch);
  // With no credential of the API's at all, which would be an error without custom code.
  const ours = /^(PORT|MCP_.*|OAUTH_.*|UPSTREAM_BASE_URL)$/;
  const variables = Object.entries(stage.variables).filter(([name]) => ours.test(name));
  server = await startProtectedServer(await notesApi(), Object.fromEntries(variables), credential);
});
afterAll(async () => {
  await server.close();
  await stage.close();
});

test('custom code of a server with OAuth receives the caller, but not the token', async () => {
  const [alice, bob] = await Promise.all([
    stage.signIn(server.url, 'alice'),
    stage.signIn(server.url, 'bob'),
  ]);
  await alice.call('list_notes');
  await bob.call('list_notes');
  expect(calls.map(([, caller]) => caller)).toMatchObject([
    {
      subject: 'alice',
      client: expect.any(String) as string,
      scopes: ['notes.read', 'notes.write'],
    },
    { subject: 'bob', client: expect.any(String) as string, scopes: ['notes.read', 'notes.write'] },
  ]);
  expect(stage.api.requests.map((request) => header(request, 'x-on-behalf-of'))).toEqual([
    ['alice'],
    ['bob'],
  ]);
  for (const { memory } of [alice, bob])
    for (const { access_token: token } of memory.issued) watch.hide(token);
  watch.see([server.output(), inspect(calls, { depth: null, showHidden: true })]);
  expect(stage.callerTokensAtApi()).toEqual([]);
});

test('an operation that needs nothing does not pass through it', async () => {
  const client = await stage.signIn(server.url, 'carol');
  const before = calls.length;
  expect((await client.call('get_status')).isError).toBeFalsy();
  expect(calls).toHaveLength(before);
});
