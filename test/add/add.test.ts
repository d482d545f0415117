import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { clientNames, type ClientName } from '../../src/project/local-clients.js';
import { generations, jsonOf, type ToolResult } from '../support/generations.js';
import { secret } from '../support/secrets.js';
import { key, Session } from '../init/session.js';
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

/** Starts a server as the client would: exactly as registered, in an unrelated folder. */
async function callAs({ command, args }: Entry) {
  if (generation === undefined) throw new Error('There is no generation.');
  const session = generation.stdio({ command, args, cwd: desk.home, env: {}, stderr: 'ignore' });
  await session.connect();
  const result = await session.callTool('get_todo', { id: 2 });
  await session.close();
  return jsonOf(result);
}

describe.each(clientNames)('add --client %s', (client) => {
  it('registers a server that works, and remove restores the file to the byte', async () => {
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

describe('a client that is not installed', () => {
  const words = (...more: string[]) => [...more, 'node', 'MAIN', '--stdio'];
  const launch = '"command":"node","args":["MAIN","--stdio"]';
  const cases: [ClientName, string[] | string][] = [
    ['claude-code', words('claude', 'mcp', 'add', '--scope', 'user', 'todo-api', '--')],
    ['codex', words('codex', 'mcp', 'add', 'todo-api', '--')],
    ['vscode', ['code', '--add-mcp', `{"name":"todo-api",${launch}}`]],
    ['cursor', `{"mcpServers":{"todo-api":{"type":"stdio",${launch}}}}`],
  ];

  /** The words that a shell makes of a line. */
  function split(line: string): string[] {
    const print = ['-c', `printf '%s\\n' ${line}`];
    return execFileSync('sh', print, { encoding: 'utf8' }).trimEnd().split('\n');
  }

  it('is not changed: there is a line to paste', async () => {
    const other = await openDesk({ UPSTREAM_API_KEY: apiKey, OPENAPI_TO_MCP_DATA_DIR: desk.data });
    const main = join(desk.data, 'servers/todo-api/dist/main.js');
    // Or the shell would have nothing to get wrong.
    expect(main).toContain(' ');
    for (const [client, wanted] of cases) {
      const argv = ['add', document, '--base-url', api.url, '--client', client];
      const { status, stdout } = await other.run(...argv);
      expect(status).toBe(0);
      const [, line = ''] = /^ {2}(.+)$/m.exec(stdout) ?? [];
      const pasted = typeof wanted === 'string' ? line : split(line);
      expect(JSON.stringify(pasted).replaceAll(main, 'MAIN')).toBe(JSON.stringify(wanted));
      expect(existsSync(other.fileOf(client))).toBe(false);
    }
    await other.remove();
  });
});

describe('the project', () => {
  it('has the key in a private .env, and requires no token', async () => {
    const project = join(desk.data, 'servers/todo-api');
    const env = join(project, '.env');
    expect(await readFile(env, 'utf8')).toContain(`UPSTREAM_API_KEY=${apiKey}\n`);
    expect((await stat(env)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(project, 'openapi-to-mcp.lock'), 'utf8')).toContain('none');
  });

  it('can be called by its name and by its folder, over stdio', async () => {
    const { stdout } = await add('--client', 'cursor');
    expect(stdout).toMatch(/^Try it: openapi-to-mcp call todo-api get_report$/m);
    const { status, stdout: listed } = await desk.run('call', 'todo-api', 'list_todos');
    expect([status, listed]).toEqual([0, expect.stringContaining('Buy milk')]);
    const project = join(desk.data, 'servers/todo-api');
    const one = await desk.run('call', project, 'get_todo', '--args', '{"id": 2}', '--json');
    expect(jsonOf(JSON.parse(one.stdout) as ToolResult)).toMatchObject({ title: 'Buy milk' });
    const unknown = await desk.run('call', 'todo-api', 'get_todos');
    expect(unknown.stderr).toBe(
      'REFUSED at todo-api\n  Unknown tool. The nearest names are get_todo, list_todos, delete_todo.\n  Did you mean get_todo? openapi-to-mcp call todo-api lists the tools.\n',
    );
  });

  it('prints commands that work where npx runs this program', async () => {
    const other = await openDesk({
      UPSTREAM_API_KEY: apiKey,
      OPENAPI_TO_MCP_DATA_DIR: desk.data,
      npm_command: 'exec',
    });
    await other.install('cursor');
    const argv = ['add', document, '--base-url', api.url, '--yes', '--client', 'cursor'];
    const { stdout } = await other.run(...argv);
    expect(stdout).toMatch(/^Try it: npx -y @openapi-to-mcp\/cli call todo-api /m);
    expect(stdout).toMatch(/^Undo: {3}npx -y @openapi-to-mcp\/cli remove todo-api$/m);
    await other.remove();
  });

  it('is called without a sign-in, and says why its server does not start', async () => {
    const signedIn = await desk.run('call', 'todo-api', '--token-env', 'TOKEN');
    expect(signedIn).toMatchObject({ status: 2, stdout: '' });
    expect(signedIn.stderr).toContain('INVALID_OPTION at --token-env');
    const other = await openDesk({ OPENAPI_TO_MCP_DATA_DIR: desk.data, MCP_TOOLS: 'some' });
    const { status, stderr } = await other.run('call', 'todo-api');
    expect(status).toBe(2);
    expect(stderr).toContain(`SERVER_FAILED at ${join(desk.data, 'servers/todo-api')}`);
    expect(stderr).toContain('MCP_TOOLS must be one of all, search');
    await other.remove();
  });

  it('keeps its key in a second run, and says so; a key file replaces it', async () => {
    const env = join(desk.data, 'servers/todo-api/.env');
    const before = await readFile(env, 'utf8');
    const again = await add('--client', 'cursor');
    expect(again.stdout).toContain(`Kept in ${env}: UPSTREAM_API_KEY\n`);
    expect(await readFile(env, 'utf8')).toBe(before);
    const file = join(desk.home, 'key.txt');
    await writeFile(file, 'another key\n');
    const replaced = await add('--client', 'cursor', '--key-file', file);
    expect(replaced.stdout).not.toContain('Kept');
    expect(await readFile(env, 'utf8')).toContain("UPSTREAM_API_KEY='another key'");
    // As PowerShell writes it.
    await writeFile(file, '\u{FEFF}a third key\r\n');
    await add('--client', 'cursor', '--key-file', file);
    expect(await readFile(env, 'utf8')).toContain("UPSTREAM_API_KEY='a third key'");
    await writeFile(file, '\n');
    const empty = await add('--client', 'cursor', '--key-file', file);
    expect(empty.stderr).toContain(`UNREADABLE_KEY at ${file}\n  The file with the key is empty.`);
    await writeFile(env, before);
  });

  it('is not registered where its server does not start', async () => {
    const env = join(desk.data, 'servers/todo-api/.env');
    const before = await readFile(env, 'utf8');
    await writeFile(env, `${before}MCP_TOOLS=some\n`);
    const configuration = await desk.install('codex');
    const { status, stderr } = await add('--client', 'codex');
    expect(status).toBe(2);
    expect(stderr).toContain('MCP_TOOLS must be one of all, search');
    expect(await desk.textOf('codex')).toBe(configuration);
    await writeFile(env, before);
  });

  it('is deleted with its key when its last client is gone, not before', async () => {
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

describe('what is not written', () => {
  const cases: [string, string[], string][] = [
    ['without consent', ['--no-key'], 'NOT_CONFIRMED at --yes'],
    ['without the key', ['--yes'], 'MISSING_KEY at --key-file'],
    ['with a key of nowhere', ['--yes', '--key-file', '/nowhere'], 'UNREADABLE_KEY at /nowhere'],
    ['without a client', ['--yes', '--no-key', '--client='], 'INVALID_ARGUMENT at --client'],
  ];

  it.each(cases)('%s: nothing', async (_, flags, problem) => {
    const other = await openDesk();
    const before = await other.install('cursor');
    const argv = ['add', document, '--base-url', api.url, '--client', 'cursor', ...flags];
    const { status, stderr } = await other.run(...argv);
    expect([status, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect(await other.textOf('cursor')).toBe(before);
    expect(existsSync(other.data)).toBe(false);
    await other.remove();
  });
});

describe('at a terminal', () => {
  const argv = ['add', document, '--client', 'cursor'];

  it('asks for the key without showing it, shows the change, and does nothing without consent', async () => {
    const other = await openDesk();
    const before = await other.install('cursor');
    const session = new Session([...argv, '--base-url', api.url], { env: other.env });
    await session.see('API key (UPSTREAM_API_KEY', apiKey, key.enter);
    await session.see('"todo-api": {');
    await session.see('Add it?', 'n');
    const { status, stderr } = await session.result();
    expect(status).toBe(130);
    expect(stderr).toContain('Cancelled. Nothing was written.');
    expect(stderr).not.toContain(apiKey);
    expect(await other.textOf('cursor')).toBe(before);
    await other.remove();
  });
});

describe('a second server', () => {
  it('cannot take the name of another one in the client, or the project of another document', async () => {
    const other = await openDesk({ UPSTREAM_API_KEY: apiKey });
    await other.install('vscode');
    const foreign = '{ "servers": { "todo-api": { "command": "other", "args": [] } } }';
    await writeFile(other.fileOf('vscode'), foreign);
    const argv = ['add', document, '--base-url', api.url, '--client', 'vscode', '--yes'];
    const first = await other.run(...argv);
    expect(first.stderr).toContain(`NAME_TAKEN at ${other.fileOf('vscode')}`);
    expect(await other.textOf('vscode')).toBe(foreign);

    const project = join(other.data, 'servers/todo-api');
    await other.run('generate', '-u', 'fixtures/petstore-3.1/input.yaml', '-o', project);
    const second = await other.run(...argv);
    expect(second.stderr).toContain(`NAME_TAKEN at ${project}`);
    await other.remove();
  });
});

describe('the list of added servers', () => {
  it.each([
    ['cannot be read', (file: string) => mkdir(file, { recursive: true })],
    ['is not a list of servers', (file: string) => writeFile(file, '[{ "name": "x" }]')],
  ])('that %s is reported', async (_, spoil) => {
    const other = await openDesk();
    await mkdir(other.data, { recursive: true });
    const file = join(other.data, 'registrations.json');
    await spoil(file);
    const { status, stderr } = await other.run('remove', 'notes');
    expect([status, stderr.split('\n')[0]]).toEqual([2, `BROKEN_REGISTRATIONS at ${file}`]);
    await other.remove();
  });
});
