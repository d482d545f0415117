import { jsonOf } from '../support/generations.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header } from '../runtime/upstream/wire.js';
import { notes, startUserStage, type UserStage } from './user-stage.js';
import { apiResource } from './service-stage.js';

const watch = watchSecrets();
let project: Project;
let stage: UserStage;
let server: RunningProject;
beforeAll(async () => {
  [project, stage] = await Promise.all([
    buildProject('notes', {
      source: notes,
      args: ['--oauth-server', 'https://auth.example.com'],
    }),
    startUserStage(watch),
  ]);
  server = await project.start(stage.variables);
});
afterAll(async () => {
  await project.remove();
  await stage.close();
});

test('a generated server acts as its callers: fifty calls of two of them, two exchanges', async () => {
  const [alice, bob] = await Promise.all([
    stage.signIn(server.url, 'alice', 0),
    stage.signIn(server.url, 'bob', 2),
  ]);
  const users = Array.from({ length: 50 }, (_, number) => (number % 2 === 0 ? 'alice' : 'bob'));
  const results = await Promise.all(
    users.map((user, number) =>
      (user === 'alice' ? alice : bob).call('list_notes', { q: `${user} ${number}` }),
    ),
  );
  for (const [number, result] of results.entries()) {
    const sub = users[number];
    expect(jsonOf(result)).toMatchObject({
      caller: { sub, scope: 'notes.read', client: 'mcp-server', aud: apiResource },
      url: `/notes?q=${sub}%20${number}`,
    });
  }
  expect(stage.exchanges.map(({ user }) => user).sort()).toEqual(['alice', 'bob']);
  expect(stage.api.requests).toHaveLength(50);
  const tokenOf = new Map(stage.exchanges.map(({ user, token }) => [user, token]));
  for (const request of stage.api.requests) {
    const [, user = ''] = /q=(\w+)/.exec(request.url) ?? [];
    expect(header(request, 'authorization')).toEqual([`Bearer ${tokenOf.get(user)}`]);
  }

  for (const { token, subjectToken } of stage.exchanges) {
    watch.hide(token);
    watch.hide(subjectToken);
  }
  expect(stage.callerTokensAtApi()).toEqual([]);
  for (const client of [alice, bob])
    watch.see(client.messages().map(({ exchange }) => exchange.body));
  watch.see(server.output());
  expect(server.audit().filter(({ event }) => event === 'tool_call')).toHaveLength(50);
  expect(server.output()).toContain(
    `token-exchange as mcp-server at ${stage.authorization.issuer}/token`,
  );
});

test('over stdio, where callers have no tokens, it does not start', async () => {
  const child = spawn(process.execPath, ['dist/main.js', '--stdio'], {
    cwd: project.folder,
    env: { PATH: process.env.PATH, ...stage.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [exit, stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  watch.see([stdout, stderr]);
  expect(exit).toEqual([2, null]);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    'The server cannot start:\n' +
      '  UPSTREAM_AUTH cannot be token-exchange here: it needs callers that send access tokens, over HTTP with OAuth, ' +
      'for example UPSTREAM_AUTH=client-credentials\n',
  );
});
