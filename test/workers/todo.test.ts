import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generations, jsonOf } from '../support/generations.js';
import { HttpClient, isUnauthorized } from '../support/http-client.js';
import type { Project } from '../support/project.js';
import { buildTodo, startTodoStage, type TodoStage } from '../support/todo-stage.js';

let project: Project;

beforeAll(async () => {
  project = await buildTodo('--target', 'workers');
});

afterAll(() => project.remove());

describe.each(generations)('$name drives the Todo server, a Worker', (generation) => {
  let stage: TodoStage;
  let client: HttpClient;

  beforeAll(async () => {
    stage = await startTodoStage(project);
    client = new HttpClient(generation, stage.server.url, { login: 'ada' });
  });

  afterAll(async () => {
    await client.close();
    await stage.close();
  });

  it('signs in, lists and calls', async () => {
    await expect(client.connect()).rejects.toSatisfy(isUnauthorized);
    await client.authorize();
    await client.connect();
    expect(await client.listTools()).toHaveLength(9);
    const result = await client.call('get_todo', { id: 2 });
    expect(jsonOf(result)).toMatchObject({ id: 2, title: 'Buy milk' });
    expect(stage.api.requests.at(-1)).toMatchObject({ method: 'GET', path: '/todos/2' });
    const image = await client.call('get_attachment', { id: 1 });
    expect(image.content).toEqual([expect.objectContaining({ mimeType: 'image/png' })]);
  });

  it('writes a log line for each call', async () => {
    await client.call('get_todo', { id: 1 });
    expect(stage.server.audit().at(-1)).toMatchObject({
      event: 'tool_call',
      tool: 'get_todo',
      subject: 'ada',
      status: 200,
    });
  });
});
