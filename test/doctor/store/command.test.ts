import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../../../src/commands/doctor/store/hosts.js';
import type { Row } from '../../../src/commands/doctor/store/rules.js';
import { main } from '../../../src/cli.js';
import { run, Sink } from '../../support/command-line.js';
import { listen, type LocalServer } from '../../support/http.js';
import { startProvider } from '../authorization-server.js';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
const todo = join(folder, 'todo');
const petstore = join(folder, 'petstore');
const publicUrl = ['--resource-url', 'https://mcp.acme.dev/mcp'];

/** Real documents, as npm packages carry them. */
const documents = [
  'node_modules/@figma/rest-api-spec/openapi/openapi.yaml',
  'node_modules/@readme/oas-examples/3.1/json/train-travel.json',
  'node_modules/@readme/oas-examples/3.0/json/uspto.json',
];
const real = documents.map((_, index) => join(folder, `real-${index}`));

beforeAll(async () => {
  const oauth = ['--oauth-server', 'https://auth.example.com', ...publicUrl];
  const generate = (url: string, output: string) =>
    run(['generate', '--url', url, '--output', output, ...oauth]);
  await generate('fixtures/todo/input.yaml', todo);
  await generate('fixtures/petstore-3.0/input.yaml', petstore);
  for (const [index, url] of documents.entries()) await generate(url, real[index] ?? '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(argv: readonly string[]): Promise<{ status: number; rows: readonly Row[] }> {
  const { status, stdout } = await run(['doctor', ...argv, '--json']);
  return { status, rows: (JSON.parse(stdout) as { checks: Row[] }).checks };
}

const failed = (rows: readonly Row[]) =>
  rows.filter(({ status }) => status === 'fail').map(({ id }) => id);

/** An MCP server that lists these tools, and answers everything else with an error. */
function serve(tools: readonly object[], initialize: object = {}): Promise<LocalServer> {
  return listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '' } = parsed(Buffer.concat(chunks).toString());
      const results: Record<string, object> = {
        initialize: { protocolVersion: '2025-11-25', capabilities: {}, ...initialize },
        'tools/list': { tools },
      };
      const result = results[method];
      const error = { code: -32_601, message: 'Method not found' };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...(result ? { result } : { error }) }));
    });
  });
}

function parsed(text: string): { readonly method?: string } {
  return text === '' ? {} : (JSON.parse(text) as { method?: string });
}

describe('doctor --store', () => {
  it.each(hosts)(
    'finds nothing to change in the samples and in real documents for %s',
    async (host) => {
      for (const project of [todo, petstore, ...real]) {
        const { status, rows } = await rowsOf(['--store', host, '--project', project]);
        expect([project, failed(rows)]).toEqual([project, []]);
        expect(status).toBe(0);
      }
    },
  );

  it('lists the items that only a person can supply, and how to check the rest', async () => {
    const { status, stdout } = await run(['doctor', '--store', 'claude', '--project', todo]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^pass +title +Every tool has one\.$/m);
    expect(stdout).toMatch(/^not checked +first-answer /m);
    expect(stdout).toContain(
      '\nHow to check the rest:\n  Pass the running server with --server.\n',
    );
    const [, people = ''] = stdout.split('\nWhat only a person can supply:\n');
    expect(people).toContain('  A privacy policy is published.\n');
    expect(people).toMatch(/\nReady for Claude: 0 failed, \d+ passed, \d+ not checked\.\n$/);
  });

  it('reads the variables of a project', async () => {
    const env = {
      MCP_MAX_RESULT_CHARACTERS: '200000',
      MCP_RESOURCE_URL: 'http://mcp.acme.dev/mcp',
    };
    const stdout = new Sink();
    const argv = ['doctor', '--store', 'claude', '--project', todo, '--json'];
    expect(await main(argv, { stdout, stderr: new Sink(), env })).toBe(1);
    const { checks } = JSON.parse(stdout.text) as { checks: Row[] };
    expect(failed(checks)).toEqual(['result-cap', 'https']);
  });

  it('reads them as the server does: lists, empty ones, and those that it would not start with', async () => {
    const stderr = new Sink();
    const withVariables = async (env: Readonly<Record<string, string>>) => {
      const stdout = new Sink();
      const argv = ['doctor', '--store', 'claude', '--project', todo, '--json'];
      await main(argv, { stdout, stderr, env });
      return stdout.text;
    };
    const issuers = '["https://a.invalid", "https://b.invalid"]';
    const text = await withVariables({
      OAUTH_AUTHORIZATION_SERVER: issuers,
      MCP_MAX_RESULT_CHARACTERS: '',
    });
    expect(text).toContain('https://a.invalid has no metadata');
    expect(text).toMatch(/They are shortened to [1-9][\d,]+ characters/);
    const wrong = await withVariables({ MCP_MAX_RESULT_CHARACTERS: 'many' });
    expect(wrong).toContain('MCP_MAX_RESULT_CHARACTERS must be a whole number');
  });

  it('reads the server.json of a project', async () => {
    const entry = { name: 'acme/todo', description: 'To-dos', version: 'latest' };
    const place = join(todo, 'server.json');
    writeFileSync(place, JSON.stringify(entry));
    const { status, rows } = await rowsOf(['--store', 'registry', '--project', todo]);
    rmSync(place);
    expect(status).toBe(1);
    expect(failed(rows)).toEqual(['registry-namespace', 'registry-version', 'registry-remote']);
  });

  it('looks at a running server', async () => {
    const tools = [{ name: 'get everything', inputSchema: { type: 'object' } }];
    const server = await serve(tools, { instructions: 'Gets everything.' });
    const { status, rows } = await rowsOf(['--store', 'chatgpt', '--server', `${server.url}/mcp`]);
    await server.close();
    expect(status).toBe(1);
    // The response time depends on the machine.
    const wrong = failed(rows).filter((id) => id !== 'first-answer');
    expect(wrong).toEqual(['title', 'hints', 'name-characters', 'description']);
    expect(rows.find(({ id }) => id === 'error-form')).toMatchObject({ status: 'pass' });
    expect(rows.find(({ id }) => id === 'https')).toMatchObject({ status: 'not checked' });
  });

  it('reports a server that does not answer, and judges its project alone', async () => {
    const server = await serve([]);
    await server.close();
    const { status, rows } = await rowsOf([
      ...['--store', 'vscode', '--server', `${server.url}/mcp`, '--project', todo],
    ]);
    expect(status).toBe(1);
    expect(rows.find(({ id }) => id === 'first-answer')).toMatchObject({
      status: 'fail',
      found: 'There was no response: ECONNREFUSED.',
    });
    expect(rows.find(({ id }) => id === 'tool-count')).toMatchObject({ found: '9 are listed.' });
  });

  it.each(hosts)('does not call a server ready for %s that hangs up', async (host) => {
    const server = await listen(({ socket }) => void socket.destroy());
    const argv = ['doctor', '--store', host, '--server', `${server.url}/mcp`];
    const { status, stdout } = await run(argv);
    await server.close();
    expect([status, stdout]).toEqual([1, expect.stringMatching(/\nNot ready for .+: 1 failed/)]);
    expect(stdout).toContain('nothing else about it could be checked');
  });

  it('needs something to check', async () => {
    const { status, stderr } = await run(['doctor', '--store', 'claude']);
    expect(status).toBe(2);
    expect(stderr).toContain('MISSING_OPTION');
  });
});

describe('doctor --store --probe', () => {
  it.each(['chatgpt', 'claude', 'vscode', 'cursor'] as const)(
    'registers the redirect URIs of %s',
    async (host) => {
      const provider = await startProvider();
      const { rows } = await rowsOf([
        ...['--store', host, '--project', todo, '--oauth-server', provider.issuer, '--probe'],
      ]);
      await provider.close();
      expect(rows.find(({ id }) => id === 'redirects')).toMatchObject({ status: 'pass' });
      expect(failed(rows)).toEqual([]);
    },
  );

  it('finds a client that does not have them', async () => {
    const provider = await startProvider();
    const { status, rows } = await rowsOf([
      ...['--store', 'claude', '--project', todo, '--oauth-server', provider.issuer],
      ...['--probe', '--client-id', 'machine'],
    ]);
    await provider.close();
    expect(status).toBe(1);
    expect(failed(rows)).toEqual(['redirects']);
  });
});
