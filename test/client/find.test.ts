import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { searchTools } from '../../src/commands/call/find.js';
import { run } from '../support/command-line.js';
import { listen, type LocalServer } from '../support/http.js';
import { buildProject, type Project } from '../support/project.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

let project: Project;
let issuer: StaticIssuer;
let upstream: LocalServer;
/** The requests to the API. */
let requests: string[];

beforeAll(async () => {
  project = await buildProject('search-mode', {
    source: 'fixtures/search-mode/input.yaml',
    args: ['--oauth-server', 'https://auth.example.com', '--tools', 'search'],
  });
  issuer = await startStaticIssuer();
  upstream = await listen(({ method = '', url = '' }, response) => {
    requests.push(`${method} ${url}`);
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
});

beforeEach(() => {
  requests = [];
});

afterAll(() => Promise.all([project.remove(), issuer.close(), upstream.close()]));

/** `call`, with a token that may read, of a server in a mode. */
async function start(mode: 'all' | 'search') {
  const env = {
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: upstream.url,
    UPSTREAM_BEARER_TOKEN: 'api-token',
  };
  const { url } = await project.start({ ...env, MCP_TOOLS: mode });
  const TOKEN = await issuer.sign({ aud: url, scope: 'orders:read' });
  const call = (...args: string[]) =>
    run(['call', url, ...args, '--token-env', 'TOKEN'], false, { TOKEN });
  return { url, call };
}

describe('call --find', () => {
  it('finds operations, and the list of tools says how', async () => {
    const { url, call } = await start('search');
    const found = await call('--find', 'cancel an order');
    expect(found.status).toBe(0);
    expect(found.stdout).toMatch(
      /^\/orders\/\{id\}: DELETE delete_order.*needs scope orders:write/,
    );
    expect((await call()).stdout).toContain(
      `4 tools.\nopenapi-to-mcp call ${url} --find 'words' finds operations, and call ${url} <operation> calls one.\n`,
    );
  });

  it('calls an operation by its name, with the right one of the two tools', async () => {
    const { call } = await start('search');
    expect(await call('get_order', '--args', '{"id":7}')).toMatchObject({ status: 0 });
    expect(requests).toEqual(['GET /orders/7']);
    const refused = await call('delete_order', '--args', '{"id":7}');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('FORBIDDEN');
    expect(requests).toHaveLength(1);
  });

  it('passes on the names that are near an unknown one', async () => {
    const { call } = await start('search');
    const { status, stdout } = await call('get_ordr');
    expect(status).toBe(1);
    expect(stdout).toContain('There is no operation "get_ordr". The nearest names are get_order');
  });

  it('reports that a server lists its operations instead', async () => {
    const { url, call } = await start('all');
    const { status, stderr } = await call('--find', 'order');
    expect(status).toBe(2);
    expect(stderr).toContain('NO_SEARCH');
    expect(stderr).toContain(`openapi-to-mcp call ${url} lists them.`);
    expect((await call()).stdout).toMatch(/5 tools\.\n$/);
  });

  it.each([[['get_order']], [['--args', '{}']]])('accepts nothing else: %j', async (more) => {
    const { status, stderr } = await run(['call', 'https://x.example', '--find', 'x', ...more]);
    expect(status).toBe(2);
    expect(stderr).toContain('--find takes neither a tool nor arguments.');
  });
});

describe('the three tools of a server', () => {
  const tool = (name: string, names: readonly string[], readOnlyHint?: boolean) => ({
    name,
    inputSchema: {
      type: 'object' as const,
      properties: Object.fromEntries(names.map((one) => [one, {}])),
    },
    ...(readOnlyHint !== undefined && { annotations: { readOnlyHint } }),
  });
  const find = tool('look', ['query', 'resource', 'tag', 'names', 'limit'], true);

  it('are recognized by their arguments, under any names', () => {
    const tools = [
      find,
      tool('get', ['name', 'arguments'], true),
      tool('set', ['name', 'arguments'], false),
    ];
    expect(searchTools(tools)).toEqual({ find: 'look', read: 'get', write: 'set' });
  });

  it.each([
    ['one is missing', [find, tool('get', ['name', 'arguments'], true)]],
    ['hints are the same for all', [find, tool('a', ['name', 'arguments'])]],
    ['a tool is alike', [tool('x', ['query']), tool('get', ['name', 'arguments'], true)]],
  ])('are not there when %s', (_why, tools) => {
    expect(searchTools(tools)).toBeUndefined();
  });
});
