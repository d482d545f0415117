import { existsSync } from 'node:fs';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { clientNames } from '../../src/commands/add/clients.js';
import { generations, jsonOf } from '../support/generations.js';
import { secret } from '../support/secrets.js';
import { openDesk, type Desk, type Entry } from './desk.js';

const document = 'fixtures/todo/input.yaml';
const [generation] = generations;
let api: TodoApi;
let desk: Desk;
let apiKey: string;

beforeAll(async () => {
  apiKey = secret('key of the Todo API');
  api = await startTodoApi({ apiKey });
  desk = await openDesk({ UPSTREAM_API_KEY: apiKey });
});

afterAll(async () => {
  await Promise.all([api.close(), desk.remove()]);
});

const add = (...argv: string[]) =>
  desk.run('add', document, '--base-url', api.url, '--yes', ...argv);

/** Starts a server as the client would: exactly as registered, in a folder that has nothing to do with it. */
async function callAs({ command, args }: Entry) {
  if (generation === undefined) throw new Error('There is no generation.');
  const session = generation.stdio({ command, args, cwd: desk.home, env: {}, stderr: 'ignore' });
  await session.connect();
  const result = await session.callTool('get_todo', { id: 2 });
  await session.close();
  return jsonOf(result);
}

describe.each(clientNames)('add --client %s', (client) => {
  it('registers a server that works, and remove brings back the file to the byte', async () => {
    const before = await desk.install(client);
    await chmod(desk.fileOf(client), 0o640);
    const others = await desk.serversOf(client);
    const { status, stdout, stderr } = await add('--client', client);
    expect(stderr).toContain('This is added:');
    expect(status).toBe(0);
    expect(stdout).toContain(`: ${desk.fileOf(client)}`);
    expect(stdout + stderr + (await desk.textOf(client))).not.toContain(apiKey);

    const { 'todo-api': todo, ...rest } = await desk.serversOf(client);
    expect(rest).toEqual(others);
    expect(todo?.args).toEqual([join(desk.data, 'servers/todo-api/dist/main.js'), '--stdio']);
    if (todo === undefined) throw new Error('There is no entry.');
    expect(await callAs(todo)).toMatchObject({ title: 'Buy milk' });
    for (const line of before.split('\n')) expect(await desk.textOf(client)).toContain(line.trim());

    expect((await desk.run('remove', 'todo-api', '--client', client, '--keep')).status).toBe(0);
    expect(await desk.textOf(client)).toBe(before);
    expect((await stat(desk.fileOf(client))).mode & 0o777).toBe(0o640);
  });
});

describe('the project', () => {
  it('holds the key in a .env of its owner, and asks for no token', async () => {
    const project = join(desk.data, 'servers/todo-api');
    const env = join(project, '.env');
    expect(await readFile(env, 'utf8')).toContain(`UPSTREAM_API_KEY=${apiKey}\n`);
    expect((await stat(env)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(project, 'openapi-to-mcp.lock'), 'utf8')).toContain('none');
  });

  it('goes with its last client, its key too, and not before', async () => {
    await desk.install('cursor');
    await desk.install('codex');
    await add('--client', 'cursor');
    await add('--client', 'codex');
    const project = join(desk.data, 'servers/todo-api');
    await desk.run('remove', 'todo-api', '--client', 'cursor', '--yes');
    expect(existsSync(project)).toBe(true);
    const { stdout } = await desk.run('remove', 'todo-api', '--yes');
    expect(stdout).toContain(`Deleted: ${project}`);
    expect(existsSync(project)).toBe(false);
    const { status, stderr } = await desk.run('remove', 'todo-api');
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'NOT_ADDED at name']);
  });
});
