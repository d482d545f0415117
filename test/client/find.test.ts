import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.js';
import { buildProject, type Project } from '../support/project.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

let project: Project;
let issuer: StaticIssuer;

beforeAll(async () => {
  project = await buildProject('search-mode', {
    source: 'fixtures/search-mode/input.yaml',
    args: ['--oauth-server', 'https://auth.example.com', '--tools', 'search'],
  });
  issuer = await startStaticIssuer();
});

afterAll(() => Promise.all([project.remove(), issuer.close()]));

/** `call`, with a token that may read, of a server in a mode. */
async function start(mode: 'all' | 'search') {
  const env = {
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: 'http://127.0.0.1:9',
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
      `4 tools.\nopenapi-to-mcp call ${url} --find 'words' finds operations.\n`,
    );
  });

  it('says that a server lists its operations instead', async () => {
    const { url, call } = await start('all');
    const { status, stderr } = await call('--find', 'order');
    expect(status).toBe(2);
    expect(stderr).toContain('NO_SEARCH');
    expect(stderr).toContain(`openapi-to-mcp call ${url} lists them.`);
    expect((await call()).stdout).toMatch(/5 tools\.\n$/);
  });

  it.each([[['get_order']], [['--args', '{}']]])('takes nothing besides: %j', async (more) => {
    const { status, stderr } = await run(['call', 'https://x.example', '--find', 'x', ...more]);
    expect(status).toBe(2);
    expect(stderr).toContain('--find takes neither a tool nor arguments.');
  });
});
