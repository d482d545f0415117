import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { generations, jsonOf } from '../support/generations.js';
import { textOf } from '../support/http-client.js';
import type { Project } from '../support/project.js';
import { buildTodo } from '../support/todo-stage.js';

let project: Project;
let api: TodoApi;
let env: Record<string, string>;

beforeAll(async () => {
  project = await buildTodo();
  api = await startTodoApi({ apiKey: 'key-from-the-environment' });
  env = { UPSTREAM_BASE_URL: api.url, UPSTREAM_API_KEY: 'key-from-the-environment' };
});

afterAll(async () => {
  await project.remove();
  await api.close();
});

describe.each(generations)('$name over stdio', (generation) => {
  const open = (variables: Record<string, string>) =>
    generation.stdio({
      command: process.execPath,
      args: ['dist/main.js', '--stdio'],
      cwd: project.folder,
      env: variables,
      stderr: 'ignore',
    });

  it('lists and calls every kind of tool with the key of the environment, without a token', async () => {
    const session = open(env);
    await session.connect();
    expect(await session.listTools()).toHaveLength(9);
    const read = await session.callTool('get_todo', { id: 2 });
    expect(jsonOf(read)).toMatchObject({ title: 'Buy milk' });
    const written = await session.callTool('update_todo', { id: 4, body: { done: true } });
    expect(jsonOf(written)).toMatchObject({ id: 4, done: true });
    await session.close();
  });

  it('names the missing variable instead of calling without the key', async () => {
    const before = api.requests.length;
    const session = open({ UPSTREAM_BASE_URL: api.url });
    await session.connect();
    const result = await session.callTool('get_todo', { id: 2 });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('UPSTREAM_API_KEY');
    expect(api.requests).toHaveLength(before);
    await session.close();
  });
});

describe('started by a client in another workspace', () => {
  let workspace: string;

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-workspace-'));
    await writeFile(join(workspace, '.env'), 'UPSTREAM_BASE_URL=https://evil.example.com\n');
    await writeFile(join(workspace, 'key.txt'), 'the key of the workspace');
    await writeFile(join(project.folder, 'key.txt'), 'key-from-the-environment\n');
    const own = [`UPSTREAM_BASE_URL=${api.url}`, 'UPSTREAM_API_KEY_FILE=./key.txt'];
    await writeFile(join(project.folder, '.env'), `${own.join('\n')}\n`);
  });

  afterAll(async () => {
    await rm(workspace, { recursive: true });
    for (const name of ['.env', 'key.txt']) await rm(join(project.folder, name));
  });

  const callFrom = async (variables: Record<string, string>) => {
    const [generation] = generations;
    if (generation === undefined) throw new Error('There is no generation.');
    const session = generation.stdio({
      command: process.execPath,
      args: [join(project.folder, 'dist/main.js'), '--stdio'],
      cwd: workspace,
      env: variables,
      stderr: 'ignore',
    });
    await session.connect();
    const result = await session.callTool('get_todo', { id: 2 });
    await session.close();
    return result;
  };

  it('reads .env and the files that it names from the project, never from the workspace', async () => {
    expect(jsonOf(await callFrom({}))).toMatchObject({ title: 'Buy milk' });
  });

  it('prefers the environment to its .env', async () => {
    const result = await callFrom({ UPSTREAM_BASE_URL: 'http://127.0.0.1:9' });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('could not be reached');
  });
});

/** Runs the server until it exits: its stdin ends after the responses to all requests. */
async function runServer(
  args: string[],
  variables: Record<string, string>,
  messages: object[] = [],
) {
  const command = ['dist/main.js', ...args];
  const child = spawn(process.execPath, command, { cwd: project.folder, env: variables });
  const expected = messages.filter((message) => 'id' in message).length;
  let stdout = '';
  const hangUp = () => {
    if (stdout.split('\n').length > expected) child.stdin.end();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    hangUp();
  });
  for (const message of messages) {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
  hangUp();
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stderr, [status]] = await Promise.all([text(child.stderr), closed]);
  return { status, stdout, stderr };
}

it('writes JSON-RPC on stdout and nothing else, and ends with its stdin', async () => {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  };
  const call = (id: number, name: string, args: object | string) => ({
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  });
  const { status, stdout, stderr } = await runServer(['--stdio'], env, [
    { id: 1, method: 'initialize', params },
    // Some clients write null where they mean nothing.
    { method: 'notifications/initialized', params: null },
    { id: 2, method: 'tools/list', params: null },
    call(3, 'get_todo', { id: 1 }),
    call(4, 'get_todo', { id: 'wrong' }),
    call(5, 'no_such_tool', {}),
    call(6, 'list_todos', ''),
  ]);
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { jsonrpc: string; id: number });
  expect(messages.map(({ jsonrpc }) => jsonrpc)).toEqual(Array(6).fill('2.0'));
  expect(messages.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(messages.find(({ id }) => id === 6)).not.toHaveProperty('error');
  expect(stderr).toContain('"tool":"get_todo"');
  expect(stdout + stderr).not.toContain('key-from-the-environment');
  expect(status).toBe(0);
});

const stdioMistakes: [string, string][] = [
  ['UPSTREAM_BASE_URL', 'not a URL'],
  ['UPSTREAM_TIMEOUT_MS', 'soon'],
  ['UPSTREAM_HEADERS', '{"Authorization": "hush'],
  ['UPSTREAM_AUTH', 'magic'],
];
const httpMistakes: [string, string][] = [
  ...stdioMistakes,
  ['PORT', 'hush'],
  ['MCP_RESOURCE_URL', 'hush'],
  ['OAUTH_AUTHORIZATION_SERVER', 'hush'],
  ['MCP_SCOPE_ERRORS', 'hush'],
];

describe.each([
  ['--stdio', stdioMistakes],
  ['HTTP', httpMistakes],
])('wrong settings over %s', (mode, mistakes) => {
  it('make it exit with 2 and a line for each of them, which does not repeat the value', async () => {
    const { status, stdout, stderr } = await runServer(
      mode === 'HTTP' ? [] : [mode],
      Object.fromEntries(mistakes),
    );
    expect(status).toBe(2);
    expect(stdout).toBe('');
    const [headline, ...lines] = stderr.trimEnd().split('\n');
    expect(headline).toBe('The server cannot start:');
    const named = lines.map((line) => /^ {2}([A-Z_]+) .+, for example \1=/.exec(line)?.[1]);
    expect(named.sort()).toEqual(mistakes.map(([name]) => name).sort());
    expect(stderr).not.toContain('hush');
  });
});
