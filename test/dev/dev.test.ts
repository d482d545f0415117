import { EventEmitter } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi } from '../../fixtures/todo/api.js';
import { main } from '../../src/cli.js';
import { Sink } from '../support/command-line.js';
import { root } from '../support/fixtures.js';
import { generations, jsonOf } from '../support/generations.js';
import { HttpClient, isUnauthorized } from '../support/http-client.js';
import { freePort, listen } from '../support/http.js';
import { linkInstalled } from '../support/installed.js';
import { generateInto, startKnown } from '../support/project.js';
import { projectsFolder } from '../support/shared-projects.js';

let folder: string;
let project: string;
const running: Dev[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(projectsFolder(), 'openapi-to-mcp-dev-'));
  project = join(folder, 'todo');
  await generateInto(project, 'fixtures/todo/input.yaml', [
    '--oauth-server',
    'https://auth.example.com',
  ]);
  await linkInstalled(project);
  await startKnown(project);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((dev) => dev.end()));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Places {
  readonly url: string;
  readonly issuer?: string;
  readonly upstream: string;
  readonly mocked: boolean;
}

interface Dev {
  readonly places: Places;
  /** The one given with --port. */
  readonly port: number;
  readonly stderr: () => string;
  /** Ends it as Ctrl-C does; resolves to the exit status. */
  readonly end: () => Promise<number>;
}

/** Runs `dev` in this process, until everything is there. */
async function startDev(...flags: string[]): Promise<Dev> {
  const signals = new EventEmitter();
  const stdout = new Sink();
  const stderr = new Sink();
  const env = { ...process.env, UPSTREAM_API_KEY: 'the real key', OAUTH_AUDIENCE: 'elsewhere' };
  const port = await freePort();
  const ports = ['--port', String(port), '--auth-port', String(await freePort())];
  const argv = ['dev', project, ...ports, '--mock-port', String(await freePort()), ...flags];
  const status = main(argv, {
    stdout,
    stderr,
    env,
    once: (signal, listener) => signals.once(signal, listener),
    execPath: process.execPath,
  });
  const early = status.then((code) => {
    throw new Error(`dev ended with ${code}: ${stderr.text}`);
  });
  await Promise.race([early, expect.poll(() => stdout.text).toContain('Ctrl-C')]);
  early.catch(() => undefined);
  const places = placesIn(stdout.text);
  const dev = {
    places,
    port,
    stderr: () => stderr.text,
    end: () => {
      signals.emit('SIGINT');
      return status;
    },
  };
  running.push(dev);
  return dev;
}

/** The command line of `dev` over stdio: the mock is on a port that no other test wants. */
async function devStdio(): Promise<string[]> {
  return ['dev', project, '--stdio', '--mock-port', String(await freePort())];
}

function placesIn(text: string): Places {
  const after = (key: string) => new RegExp(`^  ${key} +(\\S+)`, 'm').exec(text)?.[1];
  const issuer = after('Sign-in');
  return {
    url: after('MCP server') ?? '',
    upstream: after('API') ?? '',
    mocked: text.includes('a mock'),
    ...(issuer !== undefined && { issuer }),
  };
}

/** Sends requests for an origin to a port of this machine, as a tunnel does. */
function throughTunnel(origin: string, port: number): { close: () => void } {
  const { fetch: direct } = globalThis;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(origin)) return direct(request);
    const url = request.url.replace(origin, `http://127.0.0.1:${port}`);
    const { method, headers, redirect, signal } = request;
    const body = method === 'GET' ? null : await request.arrayBuffer();
    return direct(url, { method, headers, body, redirect, signal });
  };
  return { close: () => void (globalThis.fetch = direct) };
}

async function enter(url: string): Promise<HttpClient> {
  const [, , generation] = generations;
  if (generation === undefined) throw new Error('There is no third generation.');
  const client = new HttpClient(generation, url, { login: 'ada' });
  await expect(client.connect()).rejects.toSatisfy(isUnauthorized);
  await client.authorize();
  return client.connect();
}

describe('dev', () => {
  it('is everything a project needs: sign-in, consent, a mock of the API; and ends without a trace', async () => {
    const dev = await startDev();
    const client = await enter(dev.places.url);
    const claims = decodeJwt(client.memory.tokens()?.access_token ?? '');
    expect(claims).toMatchObject({ iss: dev.places.issuer, aud: dev.places.url, sub: 'ada' });
    const result = await client.call('get_todo', { id: 7 });
    expect(jsonOf(result)).toMatchObject({ title: 'Water the plants' });
    expect(dev.stderr()).toContain('mock  GET /todos/7  200');
    expect(dev.stderr()).not.toContain('the real key');
    await client.close();
    expect(await dev.end()).toBe(0);
    for (const url of Object.values(dev.places).filter((place) => typeof place === 'string'))
      await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('restarts the server after a change, and keeps the old one if the change does not compile', async () => {
    const dev = await startDev();
    const main = join(project, 'src/main.ts');
    const before = await readFile(main, 'utf8');
    await writeFile(
      main,
      before.replace('await run(', "api.tools.length.toFixed('');\nawait run("),
    );
    await expect.poll(dev.stderr).toContain('COMMAND_FAILED');
    expect(dev.stderr()).toContain('src/main.ts');
    expect((await fetch(new URL('/healthz', dev.places.url))).status).toBe(200);
    await writeFile(main, before);
    await expect.poll(dev.stderr).toContain('Restarted');
    const restarts = () => dev.stderr().split('Restarted').length - 1;
    const sign = join(folder, 'end-now');
    const watching = `setInterval(() => existsSync(${JSON.stringify(sign)}) && process.exit(3), 50);`;
    await appendFile(main, `${watching}\n`);
    await expect.poll(restarts).toBe(2);
    await writeFile(sign, '');
    await expect.poll(dev.stderr).toContain('The server exited with 3.');
    await writeFile(main, before);
    await expect.poll(restarts).toBe(3);
    expect((await fetch(new URL('/healthz', dev.places.url))).status).toBe(200);
  });

  it('calls the real API with --upstream, with the credentials in the environment', async () => {
    const api = await startTodoApi({ apiKey: 'the real key' });
    const dev = await startDev('--upstream', api.url);
    expect(dev.places).toMatchObject({ upstream: api.url, mocked: false });
    const client = await enter(dev.places.url);
    const result = await client.call('get_todo', { id: 2 });
    expect(jsonOf(result)).toMatchObject({ title: 'Buy milk' });
    await client.close();
    await api.close();
  });

  it('serves clients in the cloud, and their sign-in, under the URL of a tunnel', async () => {
    const origin = 'https://dev.example.com';
    const dev = await startDev('--public-url', `${origin}/`);
    expect(dev.places).toMatchObject({ url: `${origin}/mcp`, issuer: origin });
    const tunnel = throughTunnel(origin, dev.port);
    try {
      const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`);
      expect(await metadata.json()).toMatchObject({
        issuer: origin,
        authorization_endpoint: `${origin}/auth`,
        token_endpoint: `${origin}/token`,
      });
      const client = await enter(`${origin}/mcp`);
      const claims = decodeJwt(client.memory.tokens()?.access_token ?? '');
      expect(claims).toMatchObject({ iss: origin, aud: `${origin}/mcp` });
      expect(jsonOf(await client.call('get_todo', { id: 7 }))).toMatchObject({
        title: 'Water the plants',
      });
      await client.close();
    } finally {
      tunnel.close();
    }
    expect(await dev.end()).toBe(0);
    await expect(fetch(`http://127.0.0.1:${dev.port}/mcp`)).rejects.toThrow('fetch failed');
  });

  it('speaks to a local client, without a sign-in', async () => {
    const [, , generation] = generations;
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    const session = generation?.stdio({
      command: process.execPath,
      args: [tsx, join(root, 'test/support/run-cli.ts'), ...(await devStdio())],
      cwd: root,
      env: { PATH: process.env.PATH ?? '' },
      stderr: 'ignore',
    });
    await session?.connect();
    const result = await session?.callTool('get_todo', { id: 7 });
    expect(result && jsonOf(result)).toMatchObject({ title: 'Water the plants' });
    await session?.close();
  });
});

describe('dev --stdio', () => {
  /** Runs it until its server is there, and hangs up as a client does. */
  async function runStdio(isTTY: boolean): Promise<string> {
    const stdin = Object.assign(new PassThrough(), { isTTY });
    const [stdout, stderr] = [new Sink(), new Sink(isTTY)];
    const env = { ...process.env, npm_command: undefined };
    const streams = { stdin, stdout, stderr, env, execPath: process.execPath };
    const status = main(await devStdio(), streams);
    await expect.poll(() => stderr.text).toContain('9 tools over stdio');
    stdin.end();
    expect(await status).toBe(0);
    return stderr.text;
  }

  it('says in a terminal that the API is a mock, that it waits, and what to paste', async () => {
    const text = await runStdio(true);
    const shown = stripVTControlCharacters(text);
    expect(shown).toContain(
      'The API is a mock, made from the document. This now waits for a client',
    );
    // In quotes, since the path of the folder has blanks.
    const command = `openapi-to-mcp dev "${project}" --stdio`;
    expect(shown).toMatch(/^ {2}Inspector +npx -y -p node@22 .*mcp-inspector openapi-to-mcp dev/m);
    expect(shown).toContain(`mcp-inspector ${command}\n`);
    expect(shown).toContain(`claude mcp add --scope user todo-api -- ${command}\n`);
    expect(shown).toContain(`codex mcp add todo-api -- ${command}\n`);
    expect(shown).toMatch(/^ {2}Cursor +\{"mcpServers":\{"todo-api":/m);
    // The progress line is cleared before the next line.
    const steps = text.split('\r\u001b[K').filter((step) => /^(Reading|Building)/.test(step));
    expect(steps.join('')).not.toContain('\n');
    expect(steps).not.toEqual([]);
  });

  it('prints one line to a log', async () => {
    const [first] = (await runStdio(false)).split('\n');
    expect(first).toBe('Todo API: the API is a mock, made from the document.');
  });
});

describe('dev reports the problem', () => {
  async function fail(...argv: string[]): Promise<string> {
    const stderr = new Sink();
    const status = await main(['dev', ...argv], { stdout: new Sink(), stderr, env: process.env });
    expect(status).toBe(2);
    return stderr.text;
  }

  it('with a port', async () => {
    const other = await listen(() => undefined);
    const { port } = new URL(other.url);
    expect(await fail(project, '--port', port)).toMatch(/PORT_TAKEN at --port[^]*--port/);
    expect(await fail(project, '--auth-port', port)).toMatch(/PORT_TAKEN at --auth-port/);
    expect(await fail(project, '--port', 'web')).toContain('A port is a number');
    await other.close();
  });

  it('with the URL of a tunnel, and with what must not be public', async () => {
    const publicly = (...argv: string[]) => fail(project, '--public-url', ...argv);
    expect(await publicly('http://dev.example.com')).toContain('INVALID_OPTION at --public-url');
    expect(await publicly('https://dev.example.com/a')).toContain('INVALID_OPTION');
    const url = 'https://dev.example.com';
    expect(await publicly(url, '--upstream', 'https://api.example.com')).toMatch(
      /NOT_PUBLIC[^]*would use the real API/,
    );
    expect(await publicly(url, '--stdio')).toMatch(/NOT_PUBLIC[^]*has no URL/);
    const open = join(folder, 'open');
    await generateInto(open, 'fixtures/todo/input.yaml', ['--auth', 'none']);
    expect(await fail(open, '--public-url', url)).toMatch(/NOT_PUBLIC[^]*no sign-in/);
  });

  it('with a folder, and with a URL', async () => {
    expect(await fail(folder)).toContain('NO_PROJECT');
    expect(await fail(project, '--upstream', 'api.example.com')).toContain('--upstream');
  });
});
