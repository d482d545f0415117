import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assistant, terminalClientId } from '../../fixtures/todo/deployment/clients.js';
import type { Deployment } from '../../fixtures/todo/deployment/deployment.js';
import { main } from '../../src/cli.js';
import { completeAuthorization, CookieJar } from '../support/authorize.js';
import { Sink, type Result } from '../support/command-line.js';
import { listen } from '../support/http.js';
import type { Project } from '../support/project.js';
import { deployTodo } from '../support/todo-deployment.js';
import { buildTodo } from '../support/todo-stage.js';

let project: Project;
let deployment: Deployment;
let config: string;
/** The user's browser: a user who signed in there stays signed in. */
let jar: CookieJar;

beforeAll(async () => {
  project = await buildTodo();
  deployment = await deployTodo(project);
});

afterAll(async () => {
  await deployment.close();
  await project.remove();
});

beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-config-'));
  jar = new CookieJar();
});

afterEach(() => rm(config, { recursive: true, force: true }));

type Browse = (page: URL) => Promise<unknown>;

/** Signs in at the page and follows the redirect back to the client. */
const agree: Browse = async (page) => {
  const { params } = await completeAuthorization(page, { login: 'ada', jar });
  return answer(page, params);
};

async function answer(page: URL, params: URLSearchParams): Promise<Response> {
  const redirect = new URL(page.searchParams.get('redirect_uri') ?? '');
  redirect.search = params.toString();
  return fetch(redirect);
}

interface CallOptions {
  readonly browse?: Browse;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** The pages that users were sent to, and the outcome of a run of `call`. */
async function call(
  args: readonly string[],
  { browse = agree, env = {}, stdin }: CallOptions = {},
): Promise<Result & { readonly pages: readonly URL[] }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const status = main(['call', ...args], {
    stdout,
    stderr,
    env: { OPENAPI_TO_MCP_CONFIG_DIR: config, ...env },
    ...(stdin !== undefined && { stdin: Readable.from([stdin]) }),
  });
  const pages: URL[] = [];
  const ended = new AbortController();
  void status.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    const found = [...stderr.text.matchAll(/^ {2}(http:\S+)$/gm)].map(([, url = '']) => url);
    for (const url of found.slice(pages.length)) {
      pages.push(new URL(url));
      await browse(new URL(url));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { status: await status, stdout: stdout.text, stderr: stderr.text, pages };
}

const here = (...args: string[]) => [deployment.server, ...args, '--no-browser'];

describe('signing in', () => {
  it('registers, asks with PKCE, resource and state, and lists the tools', async () => {
    const { status, stdout, pages } = await call(here());
    expect(status).toBe(0);
    expect(stdout).toMatch(/^get_todo +todo\.read +Get a to-do$/m);
    expect(stdout).toContain('9 tools.');
    const [page] = pages;
    expect(pages).toHaveLength(1);
    expect(page?.searchParams.get('resource')).toBe(deployment.server);
    expect(page?.searchParams.get('code_challenge_method')).toBe('S256');
    expect(page?.searchParams.get('state')).toMatch(/^[\da-f-]{36}$/);
    expect(page?.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  });

  it.each([
    ['registered', () => ['--client-id', assistant.client_id], assistant.client_id],
    ['documented', () => ['--client-metadata', terminalClientId], terminalClientId],
  ])('as a client that is %s', async (_name, flags, id) => {
    const env = { OAUTH_CLIENT_SECRET: assistant.client_secret };
    const run = await call(here('get_todo', '--args', '{"id":2}', ...flags()), { env });
    expect(run).toMatchObject({ status: 0 });
    expect(run.stdout).toContain('Buy milk');
    expect(run.pages.map((page) => page.searchParams.get('client_id'))).toEqual([id]);
    expect(await stored()).not.toContain(assistant.client_secret);
  });

  it('is not begun where another program uses the port of --callback-port', async () => {
    const other = await listen(() => undefined);
    const { port } = new URL(other.url);
    const { status, pages, stderr } = await call(here('--callback-port', port));
    expect({ status, pages }).toEqual({ status: 2, pages: [] });
    expect(stderr).toContain(`PORT_TAKEN at --callback-port\n  Port ${port} is already in use.`);
    await other.close();
  });

  it('is not asked for twice, by the same or another tool', async () => {
    await call(here());
    const again = await call(here('get_todo', '--args', '-', '--json'), { stdin: '{"id":2}' });
    expect(again).toMatchObject({ status: 0, pages: [], stderr: '' });
    const [content] = (JSON.parse(again.stdout) as { content: { text: string }[] }).content;
    expect(JSON.parse(content?.text ?? '')).toMatchObject({ title: 'Buy milk' });
  });

  it('is asked for again, once, where a tool needs more', async () => {
    await call(here());
    const body = ['--args', '{"body":{"title":"From the terminal"}}'];
    const more = await call(here('create_todo', ...body));
    expect(more.status).toBe(0);
    expect(more.pages.map((page) => page.searchParams.get('scope')?.split(' ').sort())).toEqual([
      ['offline_access', 'todo.read', 'todo.write'],
    ]);
    expect(more.stderr).toContain('This also needs todo.write.\n');
    expect((await call(here('create_todo', ...body))).pages).toEqual([]);
  });

  it('is renewed without the user when the token has expired', async () => {
    await call(here());
    const before = await entries();
    const spoilt = before.map((entry) => ({
      ...entry,
      tokens: { ...entry.tokens, access_token: 'expired' },
    }));
    await writeFile(storeFile(), JSON.stringify(spoilt));
    const again = await call(here('get_todo', '--args', '{"id":2}'));
    expect(again).toMatchObject({ status: 0, pages: [] });
    const [after] = await entries();
    expect(after?.tokens?.access_token).not.toBe('expired');
    expect(after?.tokens?.refresh_token).toBeDefined();
  });

  it('is forgotten, and revoked', async () => {
    await call(here());
    const [entry] = await entries();
    // One that was not completed, with another client, has no token to revoke.
    const unfinished = { ...entry, mode: 'client other', tokens: undefined };
    await writeFile(storeFile(), JSON.stringify([unfinished, entry]));
    const out = await call([deployment.server, '--logout']);
    expect(out).toMatchObject({ status: 0, stdout: 'Signed out; the token was revoked.\n' });
    expect(await entries()).toEqual([]);
    const refreshed = await fetch(`${deployment.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: entry?.tokens?.refresh_token ?? '',
        client_id: entry?.client?.client_id ?? '',
      }),
    });
    expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });
    await writeFile(storeFile(), JSON.stringify([unfinished]));
    const none = await call([deployment.server, '--logout']);
    expect([none.stdout, await entries()]).toEqual(['There was no sign-in.\n', []]);
    expect((await call(here())).pages).toHaveLength(1);
  });
});

describe('the file of sign-ins', () => {
  it('is readable only by its owner, and no other file is left', async () => {
    await rm(config, { recursive: true });
    await call(here());
    expect((await stat(storeFile())).mode & 0o777).toBe(0o600);
    expect((await stat(config)).mode & 0o777).toBe(0o700);
    expect(await readdir(config)).toEqual(['sign-ins.json']);
  });

  it('holds no token for another server', async () => {
    await call(here());
    let seen: string | undefined = 'nothing came';
    const other = await listen((request, response) => {
      seen = request.headers.authorization;
      response.writeHead(404).end();
    });
    await call([`${other.url}/mcp`, '--no-browser']);
    expect(seen).toBeUndefined();
    await other.close();
  });

  it('may be broken, which is reported', async () => {
    await writeFile(storeFile(), '{');
    const { status, stderr } = await call(here());
    expect(status).toBe(2);
    expect(stderr).toMatch(/BROKEN_STORE at .*sign-ins\.json/);
  });
});

describe('another authorization server than before', () => {
  it('is not shown what the first one issued, and may not send the user anywhere but to a page', async () => {
    await call(here());
    const asked: string[] = [];
    const evil = await listen((request, response) => {
      const origin = `http://${request.headers.host ?? ''}`;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push(`${request.url ?? ''} ${body} ${request.headers.authorization ?? ''}`);
        const metadata = {
          issuer: origin,
          authorization_endpoint: 'file:///usr/bin/xcalc',
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
        };
        const registered = { client_id: 'x', redirect_uris: ['http://127.0.0.1:33420/callback'] };
        const answers: Record<string, object> = {
          '/.well-known/oauth-protected-resource/mcp': {
            resource: `${origin}/mcp`,
            authorization_servers: [origin],
          },
          '/.well-known/oauth-authorization-server': metadata,
          '/register': registered,
        };
        const answer = answers[request.url ?? ''];
        response.setHeader('Content-Type', 'application/json');
        if (answer === undefined) response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
        else
          response.writeHead(request.url === '/register' ? 201 : 200).end(JSON.stringify(answer));
      });
    });
    // As if the server of the first sign-in had been at this address.
    const moved = (await stored()).replaceAll(deployment.server, `${evil.url}/mcp`);
    await writeFile(storeFile(), moved);
    const [entry] = await entries();
    const { status, stderr } = await call([`${evil.url}/mcp`, '--no-browser']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/UNSAFE_SIGN_IN/);
    expect(asked.some((request) => request.startsWith('/register'))).toBe(true);
    const { refresh_token: refresh = 'none', access_token: access = 'none' } = entry?.tokens ?? {};
    expect(asked.join('\n')).not.toContain(refresh);
    // The access token was issued for the server itself.
    const authorized = asked.filter((request) => request.includes(access));
    expect(authorized.every((request) => request.startsWith('/mcp '))).toBe(true);
    await evil.close();
  });
});

describe('a secret', () => {
  it('goes to the authorization server that it was used with first, and to no other', async () => {
    const env = { OAUTH_CLIENT_SECRET: assistant.client_secret };
    const flags = ['--client-id', assistant.client_id];
    await call(here(...flags), { env });
    const sent: string[] = [];
    const evil = await listen((request, response) => {
      const origin = `http://${request.headers.host ?? ''}`;
      const { pathname } = new URL(request.url ?? '', origin);
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        sent.push(JSON.stringify([request.url, body, request.headers]));
        const answers: Record<string, object> = {
          '/.well-known/oauth-protected-resource/mcp': {
            resource: `${origin}/mcp`,
            authorization_servers: [origin],
          },
          '/.well-known/oauth-authorization-server': {
            issuer: origin,
            authorization_endpoint: `${origin}/auth`,
            token_endpoint: `${origin}/token`,
            registration_endpoint: `${origin}/register`,
            response_types_supported: ['code'],
            code_challenge_methods_supported: ['S256'],
            token_endpoint_auth_methods_supported: ['client_secret_basic'],
          },
        };
        response.setHeader('Content-Type', 'application/json');
        const answer = answers[pathname];
        if (answer !== undefined) response.end(JSON.stringify(answer));
        else response.writeHead(pathname === '/mcp' ? 401 : 400).end('{}');
      });
    });
    const moved = (await stored()).replaceAll(deployment.server, `${evil.url}/mcp`);
    await writeFile(storeFile(), moved);
    const browse: Browse = (page) =>
      answer(page, new URLSearchParams({ code: 'x', state: page.searchParams.get('state') ?? '' }));
    const args = [`${evil.url}/mcp`, ...flags, '--no-browser'];
    expect((await call(args, { env, browse })).status).toBe(2);
    expect(sent.length).toBeGreaterThan(2);
    const basic = Buffer.from(`${assistant.client_id}:${assistant.client_secret}`).toString(
      'base64',
    );
    expect(sent.join('\n')).not.toContain(assistant.client_secret);
    expect(sent.join('\n')).not.toContain(basic);
    await evil.close();
  });
});

describe('the answer of the authorization server', () => {
  const changed =
    (change: (params: URLSearchParams) => void): Browse =>
    async (page) => {
      const { params } = await completeAuthorization(page, { login: 'ada', jar });
      change(params);
      return answer(page, params);
    };

  it('counts only from the one that was asked (RFC 9207)', async () => {
    const mixUp = changed((params) => params.set('iss', 'https://evil.example'));
    const { status, stderr } = await call(here(), { browse: mixUp });
    expect(status).toBe(2);
    expect(stderr).toContain('WRONG_ISSUER');
    expect(JSON.stringify(await entries())).not.toContain('access_token');
  });

  it('counts only with our state', async () => {
    const statuses: number[] = [];
    const browse: Browse = async (page) => {
      const { params } = await completeAuthorization(page, { login: 'ada', jar });
      const forged = new URLSearchParams(params);
      forged.set('state', 'forged');
      statuses.push((await answer(page, forged)).status);
      statuses.push((await answer(page, params)).status);
    };
    expect(await call(here(), { browse })).toMatchObject({ status: 0 });
    expect(statuses).toEqual([400, 200]);
  });

  it('may be no', async () => {
    const deny: Browse = (page) =>
      answer(
        page,
        new URLSearchParams({
          error: 'access_denied',
          state: page.searchParams.get('state') ?? '',
          iss: deployment.issuer,
        }),
      );
    const { status, stderr } = await call(here(), { browse: deny });
    expect(status).toBe(2);
    expect(stderr).toContain('DENIED');
  });
});

describe('calling', () => {
  it('exits with 1 when the tool reports an error', async () => {
    const { status, stdout } = await call(here('get_todo', '--args', '{"id":999}'));
    expect(status).toBe(1);
    expect(stdout).toContain('There is no to-do 999');
  });

  it('describes content that is not text', async () => {
    const { stdout } = await call(here('get_attachment', '--args', '{"id":1}'));
    expect(stdout).toMatch(/^\[image: image\/png, \d+ bytes\]$/m);
  });

  it('takes arguments from a file', async () => {
    const file = join(config, 'args.json');
    await writeFile(file, '{"id":2}');
    expect((await call(here('get_todo', '--args', `@${file}`))).stdout).toContain('Buy milk');
  });

  it('takes a token from the environment, without asking the user', async () => {
    await call(here());
    const [entry] = await entries();
    const env = {
      TOKEN: entry?.tokens?.access_token ?? '',
      OPENAPI_TO_MCP_CONFIG_DIR: join(config, 'empty'),
    };
    const token = [deployment.server, '--token-env', 'TOKEN'];
    expect(await call(token, { env })).toMatchObject({ status: 0, pages: [] });
    const refused = await call([...token, '--json'], { env: { ...env, TOKEN: 'x' } });
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      problems: [
        { code: 'UNAUTHORIZED', remedy: expect.stringContaining('--token <file>') as string },
      ],
    });
    const body = ['create_todo', '--args', '{"body":{"title":"x"}}'];
    expect(
      (await call([deployment.server, ...body, '--token-env', 'TOKEN'], { env })).stderr,
    ).toMatch(/^FORBIDDEN/);
  });

  it('describes a tool with its arguments, and calls nothing', async () => {
    const { status, stdout } = await call(here('create_todo', '--describe'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Create a to-do\n/);
    expect(stdout).toMatch(/^ARGUMENT +TYPE +REQUIRED +DESCRIPTION$/m);
    expect(stdout).toMatch(/^body +object +yes/m);
    const { stdout: json } = await call(here('list_todos', '--describe', '--json'));
    expect(JSON.parse(json)).toMatchObject({ ok: true, tool: { name: 'list_todos' } });
    const unknown = await call(here('create_todos', '--describe'));
    expect(unknown).toMatchObject({ status: 2 });
    expect(unknown.stderr).toContain('Did you mean create_todo? ');
  });

  it('finds MCP at /mcp where only the host is given', async () => {
    const { origin, href } = new URL(deployment.server);
    const { status, stderr } = await call([origin, ...here().slice(1)]);
    expect(status).toBe(0);
    expect(stderr).toContain(`MCP is at ${href}.`);
  });

  it.each([
    ['no sign-in there', () => [deployment.server], 'NOT_SIGNED_IN'],
    ['an unknown tool', () => here('no_such_tool'), 'REFUSED'],
    ['a tool with a near name', () => here('get_todos'), 'Did you mean get_todo? '],
    [
      'arguments that are not JSON',
      () => here('get_todo', '--args', '{id:2}'),
      'INVALID_ARGUMENTS',
    ],
    ['arguments that are a list', () => here('get_todo', '--args', '[]'), 'INVALID_ARGUMENTS'],
    ['a file that is not there', () => here('get_todo', '--args', '@nowhere'), 'INVALID_ARGUMENTS'],
    ['plain http elsewhere', () => ['http://mcp.example.com/mcp'], 'INVALID_SERVER'],
    ['no URL', () => ['mcp.example.com'], 'INVALID_SERVER'],
    ['nothing at that port', () => ['http://127.0.0.1:9/mcp'], 'UNREACHABLE'],
    ['no document', () => here('--client-metadata', 'http://a.example/c'), 'INVALID_OPTION'],
    ['an empty variable', () => [deployment.server, '--token-env', 'NONE'], 'MISSING_TOKEN'],
  ])('reports the problem with %s', async (_name, args, code) => {
    const { status, stdout, stderr } = await call(args());
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(code);
  });
});

interface Entry {
  readonly tokens?: { readonly access_token?: string; readonly refresh_token?: string };
  readonly client?: { readonly client_id: string };
}

function storeFile(): string {
  return join(config, 'sign-ins.json');
}

function stored(): Promise<string> {
  return readFile(storeFile(), 'utf8');
}

async function entries(): Promise<Entry[]> {
  return JSON.parse(await stored()) as Entry[];
}
