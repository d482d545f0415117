import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTodoApi, type TodoApi } from '../../fixtures/todo/api.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../../test/support/authorization-server.js';
import { freePort } from '../../test/support/http.js';
import { Processes, type ServerProcess } from '../../test/support/processes.js';
import { step } from './step.js';

/** Everything that the demo needs: three servers that know each other's URLs and keys. */
export interface Stage {
  readonly api: TodoApi;
  /** The key that only the MCP server uses to call the API. */
  readonly apiKey: string;
  readonly authorization: AuthorizationServer;
  /** The generated server's URL, which is the resource of the tokens. */
  readonly resource: string;
  readonly toolCount: number;
  /** The output of the generated server so far. */
  readonly log: () => string;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const source = 'fixtures/todo/input.yaml';

/** Generates, installs, builds and starts; `cleanup` collects the undo steps. */
export async function setStage(cleanup: (() => Promise<unknown>)[]): Promise<Stage> {
  const processes = new Processes();
  const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-demo-'));
  cleanup.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  cleanup.push(() => processes.close());
  const project = join(folder, 'todo-mcp-server');
  const port = await freePort();
  const resource = `http://127.0.0.1:${port}/mcp`;
  const apiKey = `upstream-${crypto.randomUUID()}`;
  const api = await startTodoApi({ apiKey });
  cleanup.push(api.close);
  const scopes = ['todo.read', 'todo.write'];
  const authorization = await startAuthorizationServer({ resource, scopes });
  cleanup.push(authorization.close);
  const issuer = authorization.issuer;

  const npm = (...args: string[]) => processes.run({ command: 'npm', args, cwd: project });
  let toolCount = 0;
  await step('generate', source, async () => {
    const bin = join(repository, 'bin/openapi-to-mcp.js');
    const options = ['--url', source, '--output', project];
    const auth = ['--auth', 'oauth2', '--oauth-server', issuer];
    const args = [bin, 'generate', ...options, ...auth];
    await processes.run({ command: process.execPath, args, cwd: repository });
    toolCount = (await readdir(join(project, 'src/generated/tools'))).length;
    return `${source} → a TypeScript project with ${toolCount} tools`;
  });
  await step('install', 'npm install', () =>
    timed('npm install', npm('install', '--no-audit', '--no-fund')),
  );
  await step('build', 'npm run build', () => timed('npm run build', npm('run', 'build')));

  let server: ServerProcess | undefined;
  await step('start', 'node dist/main.js', async () => {
    server = await processes.serve({
      command: process.execPath,
      args: ['dist/main.js'],
      cwd: project,
      env: {
        PORT: String(port),
        MCP_RESOURCE_URL: resource,
        OAUTH_AUTHORIZATION_SERVER: issuer,
        UPSTREAM_BASE_URL: api.url,
        UPSTREAM_API_KEY: apiKey,
      },
      readyUrl: new URL('/healthz', resource).href,
    });
    return `MCP server :${port}, Todo API :${portOf(api.url)}, authorization server :${portOf(issuer)}`;
  });
  if (!server) throw new Error('The server was not started');
  return { api, apiKey, authorization, resource, toolCount, log: server.output };
}

async function timed(what: string, work: Promise<unknown>): Promise<string> {
  const start = Date.now();
  await work;
  return `${what}, ${((Date.now() - start) / 1000).toFixed(1)} s`;
}

function portOf(url: string): string {
  return new URL(url).port;
}
