/** `npm run todo`: deploys the Todo sample on this machine, to try the five ways in of its README. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assistant, terminalClientId } from '../fixtures/todo/deployment/clients.js';
import { deploy, type Deployment } from '../fixtures/todo/deployment/deployment.js';
import { Processes } from '../test/support/processes.js';

const ports = { port: 3000, issuerPort: 4000, pagePort: 5000 };

const repository = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-todo-'));
const project = join(folder, 'todo-mcp-server');
const processes = new Processes();
let deployment: Deployment | undefined;

async function buildServer(): Promise<void> {
  const bin = join(repository, 'bin/openapi-to-mcp.js');
  const source = ['--url', 'fixtures/todo/input.yaml', '--output', project];
  const auth = ['--oauth-server', `http://127.0.0.1:${ports.issuerPort}`];
  const args = [bin, 'generate', ...source, ...auth];
  await processes.run({ command: process.execPath, args, cwd: repository });
  const npm = (...words: string[]) => processes.run({ command: 'npm', args: words, cwd: project });
  await npm('install', '--no-audit', '--no-fund');
  await npm('run', 'build');
}

async function leave(status: number): Promise<void> {
  await deployment?.close();
  await processes.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(status);
}

for (const [signal, status] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => void leave(status));

try {
  console.log('Generating, installing and building the server…');
  await buildServer();
  deployment = await deploy({
    ...ports,
    startServer: (env) =>
      processes.serve({
        command: process.execPath,
        args: ['dist/main.js'],
        cwd: project,
        env,
        readyUrl: `http://127.0.0.1:${ports.port}/healthz`,
      }),
  });
  console.log(`
MCP server            ${deployment.server}
Authorization server  ${deployment.issuer}   (any name works)
Page                  ${deployment.page}/

1  preregistered      client ${assistant.client_id}, secret ${assistant.client_secret}
2  metadata document  client ${terminalClientId}
3  registers itself   any client that can, such as the MCP Inspector
4  VS Code            { "servers": { "todo": { "type": "http", "url": "${deployment.server}" } } }
5  the sample's page  open ${deployment.page}/

Ctrl-C stops everything.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await leave(1);
}
