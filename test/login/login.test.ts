import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import {
  LOGIN_FILE,
  parseLogin,
  type Login,
} from '../../templates/src/runtime/credentials/login.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { completeAuthorization } from '../support/authorize.js';
import { run, Sink, type Result } from '../support/command-line.js';
import { generations, jsonOf, type Session, type ToolResult } from '../support/generations.js';
import { freePort, listen } from '../support/http.js';
import { textOf } from '../support/http-client.js';
import { buildProject, generateInto, type Project } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startAccountApi, writeDocument, type AccountApi } from './account.js';

const clientSecret = secret('secret of the registered client');
let folder: string;
let authorization: AuthorizationServer;
let api: AccountApi;
let project: Project;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-login-'));
  port = await freePort();
  authorization = await startAuthorizationServer({
    resource: 'https://api.example.com',
    scopes: ['account.read', 'account.write', 'account.admin'],
    // As long as the server's margin, so that each call needs a new one.
    accessTokenTtl: 30,
    clients: [
      {
        client_id: 'by-hand',
        client_secret: clientSecret,
        redirect_uris: [`http://127.0.0.1:${port}/callback`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
  });
  api = await startAccountApi(authorization);
  const { issuer } = authorization;
  const flow = { authorizationUrl: `${issuer}/auth`, tokenUrl: `${issuer}/token` };
  const source = await writeDocument(folder, flow, api.url);
  project = await buildProject('account', { source });
});

afterAll(async () => {
  await project.remove();
  await Promise.all([api.close(), authorization.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Runs `login`; the given function acts as the user's browser on its page. */
async function login(
  directory: string,
  { flags = [], browse = agree, env = {} }: Options = {},
): Promise<Result & { readonly page: URL | undefined }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const argv = ['login', directory, '--no-browser', '--callback-port', String(port), ...flags];
  const status = main(argv, { stdout, stderr, env });
  const ended = new AbortController();
  void status.finally(() => ended.abort());
  let page: URL | undefined;
  while (!ended.signal.aborted) {
    const [, url] = /^ {2}(http:\S+)$/m.exec(stderr.text) ?? [];
    if (url !== undefined && page === undefined) {
      page = new URL(url);
      await browse(page);
    }
    await pause(20);
  }
  return { status: await status, stdout: stdout.text, stderr: stderr.text, page };
}

interface Options {
  readonly flags?: readonly string[];
  readonly browse?: (page: URL) => Promise<unknown>;
  readonly env?: Readonly<Record<string, string>>;
}

async function agree(page: URL): Promise<void> {
  const { params } = await completeAuthorization(page, { login: 'ada' });
  await answer(page, params);
}

async function answer(page: URL, params: URLSearchParams): Promise<number> {
  const redirect = new URL(page.searchParams.get('redirect_uri') ?? '');
  redirect.search = params.toString();
  return (await fetch(redirect)).status;
}

/** A client that starts the server in another folder. */
async function connect(env: Readonly<Record<string, string>> = {}): Promise<Session> {
  const [generation] = generations;
  if (generation === undefined) throw new Error('There is no generation.');
  const args = [join(project.folder, 'dist/main.js'), '--stdio'];
  const options = {
    command: process.execPath,
    args,
    cwd: folder,
    env: { ...env },
    stderr: 'ignore',
  } as const;
  const session = generation.stdio(options);
  await session.connect();
  return session;
}

async function callOnce(env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  const session = await connect(env);
  const result = await session.callTool('get_me', {});
  await session.close();
  return result;
}

async function stored(): Promise<Login> {
  const found = parseLogin(await readFile(join(project.folder, LOGIN_FILE), 'utf8'));
  if (found === undefined) throw new Error('There is no sign-in.');
  return found;
}

const dotenv = () => readFile(join(project.folder, '.env'), 'utf8');

describe('login', () => {
  it('takes the user through PKCE with the scopes of the tools, and keeps the tokens in the project', async () => {
    const { status, stdout, stderr, page } = await login(project.folder);
    expect([status, stderr]).toEqual([0, expect.stringContaining('sign in there')]);
    const query = Object.fromEntries(page?.searchParams ?? []);
    expect(query).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope: 'account.read account.write offline_access',
    });
    const { accessToken, refreshToken, client } = await stored();
    expect(client.authentication).toEqual({ method: 'none' });
    for (const token of [accessToken, refreshToken ?? 'none']) {
      expect(stdout + stderr).not.toContain(token);
    }
    expect((await stat(join(project.folder, LOGIN_FILE))).mode & 0o777).toBe(0o600);
    expect(await dotenv()).toContain('UPSTREAM_AUTH=login\n');
    const ignored = await readFile(join(project.folder, '.gitignore'), 'utf8');
    expect(ignored).toContain(`${LOGIN_FILE}*\n`);
  });

  it('lets the server call the API as that user, from any folder', async () => {
    expect(jsonOf(await callOnce())).toEqual({ user: 'ada' });
    expect(api.seen.at(-1)).toBe('ada: account.read account.write offline_access');
  });

  it('is renewed by many servers at once, with each refresh token used once', async () => {
    const before = await stored();
    const sessions = await Promise.all([connect(), connect(), connect()]);
    const calls = sessions.flatMap((session) => [1, 2].map(() => session.callTool('get_me', {})));
    for (const result of await Promise.all(calls)) expect(jsonOf(result)).toEqual({ user: 'ada' });
    await Promise.all(sessions.map((session) => session.close()));
    const after = await stored();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.accessToken).not.toBe(before.accessToken);
    expect((await stat(join(project.folder, LOGIN_FILE))).mode & 0o777).toBe(0o600);
  });

  it('stops a server over HTTP, with one sentence', async () => {
    await expect(project.start()).rejects.toThrow(
      /The server cannot start:\n {2}UPSTREAM_AUTH must not be login over HTTP: [^\n]+\n?$/,
    );
  });

  it('is requested again after it has expired', async () => {
    const { refreshToken = '' } = await stored();
    const token = await authorization.provider.RefreshToken.find(refreshToken);
    await token?.destroy();
    const result = await callOnce();
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe(
      `This tool was not called: the sign-in to the API has ended. The user of this server must run: openapi-to-mcp login "${project.folder}"`,
    );
  });

  it('also works with a manually registered client and its secret', async () => {
    const file = join(folder, 'client-secret');
    await writeFile(file, `${clientSecret}\n`);
    const ways: Record<string, string>[] = [
      { UPSTREAM_CLIENT_SECRET: clientSecret },
      { UPSTREAM_CLIENT_SECRET: '', UPSTREAM_CLIENT_SECRET_FILE: file },
    ];
    for (const env of ways) {
      const run = await login(project.folder, { flags: ['--client-id', 'by-hand'], env });
      expect([run.status, run.stderr]).toEqual([0, expect.not.stringContaining('OAUTH_ERROR')]);
      expect(run.page?.searchParams.get('client_id')).toBe('by-hand');
      expect(jsonOf(await callOnce())).toEqual({ user: 'ada' });
    }
  });

  it('reports variables that cannot be used', async () => {
    const env = { UPSTREAM_CLIENT_SECRET_FILE: '/nowhere', UPSTREAM_TOKEN_RESOURCE: 'the API' };
    const { status, stderr, page } = await login(project.folder, { env });
    expect([status, page]).toEqual([2, undefined]);
    expect(stderr).toMatch(/^WRONG_SETTINGS at .*\.env\n/);
    expect(stderr).toContain('UPSTREAM_CLIENT_SECRET_FILE must name a readable file');
    expect(stderr).toContain('UPSTREAM_TOKEN_RESOURCE must be a URL');
  });
});

describe('logout', () => {
  it('revokes the tokens, deletes them, and the server reports it', async () => {
    const { refreshToken = '' } = await stored();
    expect(await authorization.provider.RefreshToken.find(refreshToken)).toBeDefined();
    const { status, stdout } = await run(['logout', project.folder]);
    expect([status, stdout]).toEqual([0, 'Signed out. The tokens were revoked and deleted.\n']);
    expect(await authorization.provider.RefreshToken.find(refreshToken)).toBeUndefined();
    await expect(stored()).rejects.toThrow('ENOENT');
    expect(await dotenv()).not.toContain('UPSTREAM_AUTH');
    expect(textOf(await callOnce())).toContain('UPSTREAM_BEARER_TOKEN');
    expect((await run(['logout', project.folder])).stdout).toBe('No user was signed in.\n');
  });
});

describe('a sign-in that cannot be used', () => {
  const whole: Login = {
    tokenUrl: 'http://127.0.0.1:9/token',
    client: { id: 'c', authentication: { method: 'none' } },
    accessToken: 'made-up-access-token',
    expiresAt: 0,
  };
  const cases: [string, string | undefined, string][] = [
    ['missing', undefined, 'the sign-in to the API is missing.'],
    ['broken', '{', 'the sign-in to the API cannot be read.'],
    ['no sign-in', JSON.stringify({ ...whole, expiresAt: 'soon' }), 'cannot be read.'],
    ['expired', JSON.stringify(whole), 'the sign-in to the API has expired.'],
    ['out of reach', JSON.stringify({ ...whole, refreshToken: 'r' }), '(unreachable)'],
  ];

  it.each(cases)('%s', async (_, text, words) => {
    const path = join(project.folder, LOGIN_FILE);
    if (text !== undefined) await writeFile(path, text);
    const before = api.seen.length;
    const result = await callOnce({ UPSTREAM_AUTH: 'login' });
    expect(textOf(result)).toContain(words);
    expect(api.seen).toHaveLength(before);
    await rm(path, { force: true });
  });
});

const token = { access_token: 'issued', token_type: 'Bearer', expires_in: 3600 };

/** Signs in at a server that responds in the given way; `query` is the authorization response. */
async function signInAt(
  respond: (request: IncomingMessage, response: ServerResponse, url: string) => void,
  flags: readonly string[],
  query: Readonly<Record<string, string>> = { code: 'c' },
): Promise<Result & { login?: Login }> {
  const server = await listen((request, response) => respond(request, response, server.url));
  const flow = { authorizationUrl: `${server.url}/auth`, tokenUrl: `${server.url}/token` };
  const place = await mkdtemp(join(folder, 'server-'));
  const other = join(place, 'project');
  await generateInto(other, await writeDocument(place, flow), []);
  const browse = (page: URL) => {
    const state = page.searchParams.get('state') ?? '';
    return answer(page, new URLSearchParams({ ...query, state }));
  };
  const result = await login(other, { flags, browse });
  await server.close();
  const text = await readFile(join(other, LOGIN_FILE), 'utf8').catch(() => '');
  const found = parseLogin(text);
  return { ...result, ...(found !== undefined && { login: found }) };
}

/** Signs in at a server that registers clients with this response, and publishes this metadata as well. */
function registerAt(registration: object, metadata: object = {}, status = 201) {
  return signInAt(({ url: path = '' }, response, url) => {
    const isMetadata = path.startsWith('/.well-known/');
    const published = {
      issuer: url,
      authorization_endpoint: `${url}/auth`,
      token_endpoint: `${url}/token`,
      registration_endpoint: `${url}/register`,
      response_types_supported: ['code'],
      ...metadata,
    };
    response.writeHead(path === '/register' ? status : 200, { 'Content-Type': 'application/json' });
    const body = path === '/register' ? registration : isMetadata ? published : token;
    response.end(JSON.stringify(body));
  }, []);
}

describe('the response of a token endpoint', () => {
  function signIn(type: string, body: string, status = 200) {
    return signInAt(
      ({ method }, response) => {
        response.writeHead(method === 'POST' ? status : 404, { 'Content-Type': type }).end(body);
      },
      ['--client-id', 'me'],
    );
  }

  it.each<[string, object, number]>([
    ['with a type of its own', { ...token, token_type: 'User Access Token' }, 3600],
    ['without a type', { ...token, token_type: undefined }, 3600],
    ['with null for a type', { ...token, token_type: null }, 3600],
    ['with a lifetime as text', { ...token, expires_in: '3600' }, 3600],
    ['with null for a lifetime', { ...token, expires_in: null, refresh_token: 'r' }, 300],
    ['with an empty lifetime', { ...token, expires_in: '', refresh_token: 'r' }, 300],
    ['with a lifetime in words', { ...token, expires_in: 'an hour', refresh_token: 'r' }, 300],
    ['with a list of scopes', { ...token, scope: ['account.read'] }, 3600],
    ['with an ID token as an object', { ...token, id_token: {} }, 3600],
  ])('is accepted %s', async (_, body, seconds) => {
    const before = Date.now();
    const { status, login: found } = await signIn('application/json', JSON.stringify(body));
    expect([status, found?.accessToken]).toEqual([0, 'issued']);
    const received = (found?.expiresAt ?? 0) - seconds * 1000;
    expect(received).toBeGreaterThanOrEqual(before);
    expect(received).toBeLessThanOrEqual(Date.now());
  });

  it('is accepted in the format of the request', async () => {
    const form = 'access_token=issued&expires_in=3600';
    const { login: found } = await signIn('application/x-www-form-urlencoded', form);
    expect(found).toMatchObject({ accessToken: 'issued' });
  });

  it.each(['DPoP', 'mac'])('is refused for a token of the type %s', async (type) => {
    const bound = JSON.stringify({ ...token, token_type: type });
    const { status, stderr, login: found } = await signIn('application/json', bound);
    expect([status, found]).toEqual([2, undefined]);
    expect(stderr).toContain('NO_BEARER_TOKEN');
  });

  it.each([
    ['a page', '<html>', 'OAUTH_ERROR', /status 200, but not with a token/],
    ['an error', '{"error":"invalid_grant"}', 'OAUTH_ERROR', /invalid_grant/],
    ['a number', '{"access_token":5}', 'OAUTH_ERROR', /status 200, but not with a token/],
    ['two lines', '{"access_token":"a\\r\\nX: y"}', 'OAUTH_ERROR', /but not with a token/],
  ])('is %s instead of a token', async (_, body, code, words) => {
    const { status, stderr, login: found } = await signIn('text/html', body);
    expect([status, found]).toEqual([2, undefined]);
    expect(stderr).toContain(code);
    expect(stderr).toMatch(words);
  });

  it('is shown in part if it is long, and without its escapes', async () => {
    const error = { error: 'invalid_grant', error_description: '\u009b31m'.repeat(20_000) };
    const { stderr } = await signIn('application/json', JSON.stringify(error), 400);
    expect(stderr).toContain('OAUTH_ERROR');
    expect(stderr.length).toBeLessThan(2000);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
  });

  it.each([
    [302, 'status 302'],
    [503, 'status 503'],
  ])('is a page with the status %i', async (status, words) => {
    const { stderr } = await signIn('text/html', '<html>', status);
    expect(stderr).toContain('OAUTH_ERROR');
    expect(stderr).toContain(`responds with ${words}, but not with a token`);
  });
});

describe('the response to a registration', () => {
  const client = { client_id: 'registered' };

  it.each<[string, object]>([
    ['without the redirect URIs', client],
    ['with null for what it lacks', { ...client, client_secret: null, logo_uri: null, jwks: null }],
    ['with an empty secret', { ...client, client_secret: '' }],
    ['with times as text', { ...client, client_id_issued_at: '1', client_secret_expires_at: '0' }],
    ['of a public client with a secret', { ...client, ...secretFor('none') }],
  ])('is accepted %s', async (_, registration) => {
    const { status, login: found } = await registerAt(registration);
    expect(status).toBe(0);
    expect(found?.client).toEqual({ id: 'registered', authentication: { method: 'none' } });
  });

  function secretFor(method: string): object {
    return { client_secret: clientSecret, token_endpoint_auth_method: method };
  }

  it('decides how the client authenticates', async () => {
    const { login: found } = await registerAt({ ...client, ...secretFor('client_secret_post') });
    expect(found?.client.authentication).toMatchObject({ method: 'client_secret_post' });
  });

  it.each<[string, object, number, string]>([
    ['has no client', {}, 201, 'the response has no client_id'],
    ['has an empty client', { client_id: '' }, 201, 'the response has no client_id'],
    [
      'is an error',
      { error: 'access_denied', error_description: 'No.' },
      403,
      'access_denied: No.',
    ],
    ['is neither', [], 302, 'status 302'],
  ])('is reported if it %s', async (_, registration, status, words) => {
    const { stderr } = await registerAt(registration, {}, status);
    expect(stderr).toContain('REGISTRATION_REFUSED');
    expect(stderr).toContain(words);
  });
});

describe('the metadata of an authorization server', () => {
  it.each<[string, object]>([
    ['scopes', { scopes_supported: 5 }],
    ['methods', { token_endpoint_auth_methods_supported: [1, {}] }],
    ['response types', { response_types_supported: null }],
    ['challenge methods', { code_challenge_methods_supported: null }],
    ['a revocation endpoint', { revocation_endpoint: 'no URL' }],
  ])('may have %s of the wrong type', async (_, metadata) => {
    const { status, login: found } = await registerAt({ client_id: 'registered' }, metadata);
    expect([status, found?.client.id]).toEqual([0, 'registered']);
    expect(found?.revocationUrl).toBeUndefined();
  });

  it('may have a registration endpoint that is not a URL', async () => {
    const { stderr } = await registerAt({}, { registration_endpoint: 5 });
    expect(stderr).toContain('NO_REGISTRATION at --client-id');
  });
});

it('an authorization response without a code is reported', async () => {
  const { stderr } = await signInAt(
    (_, response) => void response.writeHead(404).end(),
    ['--client-id', 'me'],
    { code: '', error: '' },
  );
  expect(stderr).toContain('The authorization server refused: the response has no code.');
});

describe('a response that is not the user’s', () => {
  const cases: [string, (page: URL) => Promise<unknown>, string][] = [
    ['denied', deny, 'DENIED'],
    [
      'from another authorization server',
      (page) => fake(page, 'https://evil.example'),
      'WRONG_ISSUER',
    ],
    ['without an issuer, which this server names', (page) => fake(page), 'WRONG_ISSUER'],
  ];

  async function deny(page: URL): Promise<void> {
    const state = page.searchParams.get('state') ?? '';
    await answer(page, new URLSearchParams({ error: 'access_denied', state }));
  }

  async function fake(page: URL, iss?: string): Promise<void> {
    const state = page.searchParams.get('state') ?? '';
    const params = { code: 'c', state, ...(iss !== undefined && { iss }) };
    expect(await answer(page, new URLSearchParams({ ...params, state: 'another' }))).toBe(400);
    await answer(page, new URLSearchParams(params));
  }

  it.each(cases)('%s', async (_, browse, code) => {
    const { status, stderr } = await login(project.folder, { browse });
    expect([status, stderr]).toEqual([2, expect.stringContaining(code)]);
    await expect(stored()).rejects.toThrow('ENOENT');
  });
});

describe('the requirements of login', () => {
  it('include a client ID if the server does not support registration', async () => {
    const silent = await listen((_, response) => void response.writeHead(404).end());
    const flow = { authorizationUrl: `${silent.url}/a/b/auth`, tokenUrl: `${silent.url}/token` };
    const other = join(folder, 'other');
    await generateInto(other, await writeDocument(folder, flow), []);
    const { status, stderr } = await login(other);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('NO_REGISTRATION at --client-id'),
    ]);
    expect(stderr).toContain(`http://127.0.0.1:${port}/callback`);
    await silent.close();
  });

  it.each([
    ['token endpoint', (url: string) => ({ tokenUrl: `${url}/token` })],
    ['sign-in page', (url: string) => ({ authorizationUrl: `${url}/auth` })],
  ])('include a review of the project if the document names another %s', async (_, changed) => {
    const hits: string[] = [];
    const evil = await listen(({ url = '' }, response) => {
      hits.push(url);
      response.writeHead(404).end();
    });
    const { issuer } = authorization;
    const flow = { authorizationUrl: `${issuer}/auth`, tokenUrl: `${issuer}/token` };
    const place = await mkdtemp(join(folder, 'reviewed-'));
    const other = join(place, 'project');
    await generateInto(other, await writeDocument(place, flow), []);
    await writeDocument(place, { ...flow, ...changed(evil.url) });
    const { status, stderr, page } = await login(other);
    expect([status, page, hits]).toEqual([2, undefined, []]);
    expect(stderr).toContain('CHANGED_DOCUMENT');
    // Other changes are no reason to generate it again.
    await writeDocument(place, { ...flow, refreshUrl: `${issuer}/refresh` });
    expect((await login(other)).status).toBe(0);
    await evil.close();
  });

  it('include scopes in the forms that the server reads', async () => {
    const { issuer } = authorization;
    const flow = { authorizationUrl: `${issuer}/auth`, tokenUrl: `${issuer}/token` };
    const place = await mkdtemp(join(folder, 'scopes-'));
    const other = join(place, 'project');
    await generateInto(other, await writeDocument(place, flow), []);
    const env = { UPSTREAM_SCOPES: '["account.read", "account.admin"]' };
    const { page } = await login(other, { env });
    expect(page?.searchParams.get('scope')).toBe('account.read account.admin offline_access');
  });

  it('include a document with the flow, a project, and a terminal', async () => {
    const pets = join(folder, 'pets');
    await generateInto(pets, 'fixtures/arguments/input.yaml', []);
    expect((await login(pets)).stderr).toContain('NO_SIGN_IN_FLOW');
    expect((await login(folder)).stderr).toContain('NO_PROJECT');
    expect((await run(['login', project.folder])).stderr).toContain(
      'NOT_SIGNED_IN at --no-browser',
    );
  });
});
