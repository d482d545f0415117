import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { generations, type Generation, jsonOf } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import type { Project, RunningProject } from '../support/project.js';
import { buildTodo } from '../support/todo-stage.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

let project: Project;
let issuer: StaticIssuer;
let api: TodoApi;
let server: RunningProject;

beforeAll(async () => {
  project = await buildTodo();
  issuer = await startStaticIssuer();
  api = await startTodoApi({ apiKey: 'the-key' });
  server = await project.start({
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: api.url,
    UPSTREAM_API_KEY: 'the-key',
  });
});

afterAll(async () => {
  await project.remove();
  await Promise.all([issuer.close(), api.close()]);
});

async function connect(generation: Generation, sub: string): Promise<HttpClient> {
  const claims = { aud: server.url, sub, client_id: `${sub}-app`, scope: 'todo.read todo.write' };
  const token = await issuer.sign(claims);
  return new HttpClient(generation, server.url, { token }).connect();
}

/** Creates a to-do and reads it again, and resolves to the returned titles. */
async function roundTrip(client: HttpClient, title: string): Promise<unknown[]> {
  const created = jsonOf(await client.call('create_todo', { body: { title } }));
  const read = jsonOf(await client.call('get_todo', { id: created['id'] }));
  return [created['title'], read['title']];
}

describe.each(generations)('$name', (generation) => {
  it('gives each of two concurrent users their own responses in forty interleaved calls', async () => {
    const users = ['ada', 'bob'].map((name) => `${name} of ${generation.name}`);
    const clients = await Promise.all(users.map((user) => connect(generation, user)));
    const jobs = Array.from({ length: 20 }, (_, number) =>
      clients.map((client, index) => ({ client, title: `${users[index] ?? ''}: ${number}` })),
    ).flat();
    const answers = await Promise.all(jobs.map(({ client, title }) => roundTrip(client, title)));
    expect(answers).toEqual(jobs.map(({ title }) => [title, title]));
    for (const user of users) {
      const lines = server
        .audit()
        .filter(({ event, subject }) => event === 'tool_call' && subject === user);
      expect(lines).toHaveLength(40);
      expect(new Set(lines.map(({ client }) => client))).toEqual(new Set([`${user}-app`]));
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  it('keeps responding while other clients connect and disconnect', async () => {
    const steady = await connect(generation, 'steady');
    const coming = [...generations, ...generations];
    const visits = Promise.all(
      coming.map(async (visitor) => {
        const client = await connect(visitor, 'passing');
        expect(await client.listTools()).toHaveLength(9);
        await client.close();
      }),
    );
    for (let calls = 0; calls < 30; calls += 1) {
      const limit = 1 + (calls % 3);
      const result = await steady.call('list_todos', { limit });
      expect(jsonOf(result)['items']).toHaveLength(limit);
    }
    await visits;
    await steady.close();
  });
});

it('gives a client the same tools, regardless of which client listed them before', async () => {
  const lists = await Promise.all(
    generations.map(async (generation) => {
      const client = await connect(generation, 'reader');
      const tools = await client.listTools();
      await client.close();
      return tools;
    }),
  );
  expect(lists[1]).toEqual(lists[0]);
  expect(lists[2]).toEqual(lists[0]);
});
