import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import { generations, jsonOf } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import type { Project, RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { buildTodo } from '../support/todo-stage.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

const apiKey = secret('key of the API');
/** Too long to occur in a port, a time or an ID of a request by chance. */
const privateIds = [4_711_000_004_711, 4_712_000_004_712] as const;
let project: Project;
let api: TodoApi;
let issuer: StaticIssuer;
let server: RunningProject;

function start(env: Record<string, string> = {}): Promise<RunningProject> {
  return project.start({
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: api.url,
    UPSTREAM_API_KEY: apiKey,
    ...env,
  });
}

beforeAll(async () => {
  project = await buildTodo();
  api = await startTodoApi({ apiKey });
  issuer = await startStaticIssuer();
  server = await start();
});

afterAll(async () => {
  await project.remove();
  await Promise.all([api.close(), issuer.close()]);
});

const at = (path: string) => new URL(path, server.url).href;

describe.each(generations)('the metadata, as $name discovers it', ({ discovery }) => {
  const pathForm = '/.well-known/oauth-protected-resource/mcp';
  const rootForm = '/.well-known/oauth-protected-resource';

  it.each([pathForm, rootForm])('at %s, leads to the authorization server', async (path) => {
    const metadata = await discovery.discoverOAuthProtectedResourceMetadata(server.url, {
      resourceMetadataUrl: at(path),
    });
    expect(metadata).toMatchObject({
      resource: server.url,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['todo.read', 'todo.write'],
      bearer_methods_supported: ['header'],
    });
    const [found = ''] = metadata.authorization_servers ?? [];
    const authorization = await discovery.discoverAuthorizationServerMetadata(found);
    expect(authorization).toMatchObject({ issuer: issuer.issuer });
  });

  it('is found by guessing from the URL, and by the challenge', async () => {
    const guessed = await discovery.discoverOAuthProtectedResourceMetadata(server.url);
    expect(guessed.resource).toBe(server.url);
    const refused = await fetch(server.url, { method: 'POST' });
    const challenge = discovery.extractWWWAuthenticateParams(refused);
    expect(challenge.resourceMetadataUrl?.href).toBe(at(pathForm));
    expect(challenge).toMatchObject({ scope: 'todo.read' });
    expect(challenge.error).toBeUndefined();
  });

  it('is readable from any page in a browser', async () => {
    const headers = { Origin: 'https://inspector.example.com' };
    const response = await fetch(at(pathForm), { headers });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

it('serves MCP and metadata at the path of its public URL too', async () => {
  const resource = 'https://tools.example.com/todo/v2';
  const behind = await start({ MCP_RESOURCE_URL: resource });
  const well = new URL('/.well-known/oauth-protected-resource/todo/v2', behind.url);
  expect(await (await fetch(well)).json()).toMatchObject({ resource });
  const token = await issuer.sign({ aud: resource, scope: 'todo.read' });
  const url = new URL('/todo/v2', behind.url).href;
  for (const generation of generations) {
    const client = await new HttpClient(generation, url, { token }).connect();
    expect(await client.listTools()).toHaveLength(9);
    await client.close();
  }
});

it('reports that it is up, and whether it can verify tokens', async () => {
  const silent = await startStaticIssuer();
  silent.outage = 'error';
  const blind = await start({ OAUTH_AUTHORIZATION_SERVER: silent.issuer });
  const answers = (url: string) =>
    Promise.all(
      ['/healthz', '/readyz'].map(async (path) => (await fetch(new URL(path, url))).status),
    );
  expect(await answers(blind.url)).toEqual([200, 503]);
  expect(await answers(server.url)).toEqual([200, 200]);
  await silent.close();
});

it('finishes running calls at SIGTERM, and exits with 0 then', async () => {
  // Neither idle connections nor busy ones may delay the exit, which here would take an hour.
  const mortal = await start({ MCP_SHUTDOWN_SECONDS: '3600', MCP_KEEP_ALIVE_SECONDS: '3600' });
  const token = await issuer.sign({ aud: mortal.url, scope: 'todo.read' });
  const clients = generations.map(
    (generation) => new HttpClient(generation, mortal.url, { token }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  const running = () => api.requests.filter(({ path }) => path === '/report?seconds=1').length;
  const calls = clients.map(async (client) => {
    const result = await client.call('get_report', { seconds: 1 });
    await callUntilRefused(client);
    return jsonOf(result);
  });
  await expect.poll(running).toBe(3);
  const [{ status }, ...reports] = await Promise.all([mortal.end('SIGTERM'), ...calls]);
  expect(reports).toEqual(Array(3).fill(expect.objectContaining({ open: 4, done: 1 })));
  expect(status).toBe(0);
  await Promise.all(clients.map((client) => client.close()));
});

/** A client that keeps sending requests on its open connection, even while the server shuts down. */
async function callUntilRefused(client: HttpClient): Promise<void> {
  const called = () =>
    client.call('list_tags').then(
      () => true,
      () => false,
    );
  while (await called());
}

describe('the audit log', () => {
  const claims = () => ({ aud: server.url, sub: 'ada', client_id: 'ada-app', scope: 'todo.read' });
  const last = () => server.audit().at(-1);

  it.each(generations)(
    'has a line for each call of $name, without arguments and results',
    async (era) => {
      const token = await issuer.sign(claims());
      const client = await new HttpClient(era, server.url, { token }).connect();
      await client.call('list_todos', { tag: 'a-private-matter' });
      expect(last()).toEqual({
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        event: 'tool_call',
        request: api.requests.at(-1)?.headers['x-request-id'],
        tool: 'list_todos',
        subject: 'ada',
        client: 'ada-app',
        scopes: ['todo.read'],
        status: 200,
        ms: expect.any(Number) as number,
      });
      await client.call('get_todo', { id: privateIds[0] });
      expect(last()).toMatchObject({ tool: 'get_todo', status: 404 });
      await expect(client.call('delete_todo', { id: privateIds[1] })).rejects.toThrow();
      expect(last()).toMatchObject({
        event: 'scope_failure',
        tools: ['delete_todo'],
        subject: 'ada',
      });
      await client.close();
      for (const text of ['a-private-matter', ...privateIds.map(String), token, apiKey])
        expect(server.output()).not.toContain(text);
    },
  );

  it('has a line for each token that is refused, without the token', async () => {
    const token = await issuer.sign({ ...claims(), aud: 'https://elsewhere.example.com/mcp' });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const refused = await fetch(server.url, { method: 'POST', headers, body: '{}' });
    expect(refused.status).toBe(401);
    expect(last()).toMatchObject({ event: 'auth_failure' });
    expect(last()?.reason).toMatch(/aud/i);
    for (const part of token.split('.')) expect(server.output()).not.toContain(part);
  });
});
