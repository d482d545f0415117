import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generations } from '../support/generations.js';
import { listen, type LocalServer } from '../support/http.js';
import { HttpClient, textOf } from '../support/http-client.js';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

const three = ['find_operations', 'call_read_operation', 'call_write_operation'];
let project: Project;
let upstream: LocalServer;
let issuer: StaticIssuer;
let server: RunningProject;
let env: Record<string, string>;
const asked: string[] = [];

beforeAll(async () => {
  project = await buildProject('search-mode', {
    source: 'fixtures/search-mode/input.yaml',
    args: ['--oauth-server', 'https://auth.example.com', '--tools', 'search'],
  });
  upstream = await listen(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.setHeader('Content-Type', 'application/json').end('{"id":7}');
  });
  issuer = await startStaticIssuer();
  env = { UPSTREAM_BASE_URL: upstream.url, UPSTREAM_BEARER_TOKEN: 'key-of-the-orders' };
  server = await project.start({ ...env, OAUTH_AUTHORIZATION_SERVER: issuer.issuer });
});

beforeEach(() => void asked.splice(0));

afterAll(() => Promise.all([project.remove(), upstream.close(), issuer.close()]));

interface Caller {
  readonly listTools: () => Promise<readonly { readonly name: string }[]>;
  readonly callTool: (
    name: string,
    args: Record<string, unknown>,
  ) => ReturnType<HttpClient['call']>;
}

/** From nothing to a called operation, in the steps of a model. */
async function findAndCall({ listTools, callTool }: Caller): Promise<void> {
  const listed = await listTools();
  expect(listed.map(({ name }) => name)).toEqual([...three, 'list_customers']);
  const found = textOf(await callTool('find_operations', { query: 'cancel an order' }));
  expect(found).toContain('delete_order (call_write_operation) input schema: {"type":"object"');
  const written = { name: 'delete_order', arguments: { id: 7 } };
  expect((await callTool('call_write_operation', written)).isError).not.toBe(true);
  const read = { name: 'get_order', arguments: '{"id":7}' };
  expect(textOf(await callTool('call_read_operation', read))).toContain('7');
  await callTool('list_customers', {});
  expect(asked).toEqual(['DELETE /orders/7', 'GET /orders/7', 'GET /customers']);
}

const sessions = (variables: Record<string, string>, generation: (typeof generations)[number]) =>
  generation.stdio({
    command: process.execPath,
    args: ['dist/main.js', '--stdio'],
    cwd: project.folder,
    env: variables,
    stderr: 'ignore',
  });

async function connectHttp(generation: (typeof generations)[number], scope: string) {
  const token = await issuer.sign({ aud: server.url, scope });
  return new HttpClient(generation, server.url, { token }).connect();
}

describe.each(generations)('a project of --tools search with $name', (generation) => {
  it('finds and calls operations over HTTP', async () => {
    const client = await connectHttp(generation, 'orders:read orders:write');
    await findAndCall({
      listTools: () => client.listTools(),
      callTool: (name, args) => client.call(name, args),
    });
    await client.close();
  });

  it('finds and calls operations over stdio', async () => {
    const session = sessions(env, generation);
    await session.connect();
    await findAndCall({
      listTools: () => session.listTools(),
      callTool: (name, args) => session.callTool(name, args),
    });
    await session.close();
  });

  it('asks for the scopes of the operation, and shows beforehand which are missing', async () => {
    const client = await connectHttp(generation, 'orders:read');
    const found = textOf(await client.call('find_operations', { query: 'cancel an order' }));
    expect(found).toContain('[needs scope orders:write]');
    const deleting = { name: 'delete_order', arguments: { id: 7 } };
    await expect(client.call('call_write_operation', deleting)).rejects.toThrow();
    expect(client.messages().at(-1)?.exchange.status).toBe(403);
    expect(asked).toEqual([]);
    await client.close();
  });

  it('lists each operation if MCP_TOOLS is set to that', async () => {
    const session = sessions({ ...env, MCP_TOOLS: 'all' }, generation);
    await session.connect();
    expect(await session.listTools()).toHaveLength(5);
    await session.close();
  });
});
