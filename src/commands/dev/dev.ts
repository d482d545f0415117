import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { scopesOf, startBeside, type Beside, type Tunnel } from './beside.js';
import { build, prepareProject } from '../../project/build.js';
import { choosePort } from '../../net/listening.js';
import { publicOriginOf } from './front.js';
import { DevServer, serveStdio, watch } from './server.js';
import { mockLine, summarize, summarizeStdio } from './summary.js';
import { resourceOf, variableNames, variablesOf } from './variables.js';
import type { Api } from '../../../templates/src/runtime/api.js';
import { readProject } from '../../diff/read-project.js';
import { InputError } from '../../errors.js';
import type { JsonObject } from '../../json.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { readLock } from '../../write/write.js';
import { collect, fromHome, toPort, type Run } from '../../project/flags.js';
import { formatProblems } from '../../print/problems.js';
import { toUrl } from '../../project/given.js';
import { documentOf, resolveFlags } from '../../project/resolve-flags.js';

interface DevFlags {
  readonly port?: number;
  readonly authPort?: number;
  readonly mockPort?: number;
  readonly publicUrl?: string;
  readonly upstream?: string;
  readonly url?: string;
  readonly header?: readonly string[];
  readonly allowPrivate?: boolean;
  readonly stdio?: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp dev notes-mcp-server
  $ openapi-to-mcp dev notes-mcp-server --upstream https://api.example.com
  $ openapi-to-mcp dev notes-mcp-server --public-url https://name.example.com
  $ openapi-to-mcp dev notes-mcp-server --stdio

Without --upstream, a mock answers with the document's examples; it receives
made-up credentials. The authorization server accepts any user name and stores
nothing. With --stdio there is none, and no token is required.

Clients in the cloud, such as ChatGPT and Claude, need a tunnel to the server's
port. With --public-url, that port serves the server and the authorization
server under the tunnel's URL.
`;

/** Adds `dev`. */
export function addDev(program: Command, run: Run): void {
  program
    .command('dev')
    .description('run a generated project with everything it needs, on this machine')
    .argument('[dir]', 'the project', '.')
    .option('--port <number>', "the server's port (default: 3000, or the next free one)", toPort)
    .option('--auth-port <number>', "the authorization server's port (default: 4000, …)", toPort)
    .option('--mock-port <number>', "the mock's port (default: 4010, …)", toPort)
    .option('--public-url <url>', 'the URL of a tunnel to --port, for clients in the cloud')
    .option('--upstream <url>', 'use the real API, with the credentials in .env, instead of a mock')
    .option(
      '-u, --url <file or URL>',
      'the document (default: the one that the project was generated from)',
      fromHome,
    )
    .option('--header <"Name: value">', 'send this header when fetching --url; repeatable', collect)
    .option('--allow-private', 'allow a document at a private address')
    .option('--stdio', 'speak MCP on stdin and stdout, for local clients')
    .option('--json', 'print all URLs as JSON once everything runs')
    .addHelpText('after', examples)
    .action((directory: string, flags: DevFlags) =>
      run((terminal) => devCommand(directory, flags, terminal)),
    );
}

/** This program cannot run a Worker. */
async function requireNode(directory: string): Promise<void> {
  const lock = await readLock(directory);
  if (lock?.flags.target !== 'workers') return;
  throw new InputError({
    code: 'OTHER_TARGET',
    message: 'The project is for Cloudflare Workers; `dev` runs projects for Node only.',
    place: directory,
    remedy: 'Run it with wrangler, in the project: npm run dev',
  });
}

/** Runs a project with an authorization server and a mock of its API, until it is ended. */
export async function devCommand(
  directory: string,
  flags: DevFlags,
  terminal: Terminal,
): Promise<number> {
  if (flags.upstream !== undefined) toUrl(flags.upstream, '--upstream');
  const publicOrigin = flags.publicUrl === undefined ? undefined : publicOriginOf(flags.publicUrl);
  // Read first, because this completes an interrupted run.
  const document = await readDocument(directory, flags, terminal);
  await requireNode(directory);
  const api = await readProject(directory);
  const port = flags.stdio ? 0 : await choosePort('--port', flags.port, 3000);
  if (publicOrigin !== undefined) refusePublic(api, flags);
  const tunnel = publicOrigin === undefined ? undefined : await tunnelTo(publicOrigin, port);
  const resource = tunnel === undefined ? resourceOf(port) : `${tunnel.origin}/mcp`;
  const caller: Api = flags.stdio ? { ...api, authentication: 'none' } : api;
  const beside = await startBeside(caller, {
    ...flags,
    resource,
    tunnel,
    document,
    onMockRequest: (request) => terminal.remark(mockLine(request)),
  });
  try {
    await prepareProject(directory, terminal);
    const known = variableNames(
      await readFile(join(directory, '.env.example'), 'utf8').catch(() => ''),
    );
    const mocked = beside.mock !== undefined;
    const serverPort = tunnel?.serverPort ?? port;
    const places = { port: serverPort, resource, isPublic: tunnel !== undefined };
    const variables = variablesOf(api, known, { ...places, ...beside, mocked });
    const env = { ...terminal.env, ...variables };
    if (flags.stdio) {
      terminal.remark(summarizeStdio(api, { ...beside, mocked }, directory, terminal));
      return await serveStdio(directory, env, terminal);
    }
    const stage = { directory, api, port: serverPort, url: resource, beside, env };
    return await serve(stage, terminal);
  } finally {
    await beside.close();
  }
}

async function tunnelTo(origin: string, port: number): Promise<Tunnel> {
  return { origin, port, serverPort: await choosePort('--port', undefined, port + 1) };
}

interface Stage {
  readonly directory: string;
  readonly api: Api;
  readonly port: number;
  readonly url: string;
  readonly beside: Beside;
  readonly env: Terminal['env'];
}

async function serve({ directory, api, port, url, beside, env }: Stage, terminal: Terminal) {
  const server = new DevServer({
    directory,
    node: terminal.node,
    env,
    port,
    onLine: (line) => terminal.remark(`${terminal.style('dim', printable(line))}\n`),
    onEnd: (status) =>
      terminal.remark(
        `The server exited with ${status ?? 'a signal'}. It restarts after a change.\n`,
      ),
  });
  const ended = terminal.ended();
  await server.start();
  const stopWatching = watch(join(directory, 'src'), () =>
    restart(server, directory, api, terminal),
  );
  try {
    const { issuer, upstream, mock } = beside;
    const facts = { url, issuer, upstream, mocked: mock !== undefined };
    terminal.result({ ok: true, ...facts, scopes: scopesOf(api) }, summarize(api, facts, terminal));
    await ended;
  } finally {
    // A rebuild would otherwise start the server again.
    await stopWatching();
    await server.stop();
  }
  return 0;
}

/**
 * Builds and restarts after a change. If the build fails, the old server keeps running; if the start fails, none runs.
 */
async function restart(
  server: DevServer,
  directory: string,
  api: Api,
  terminal: Terminal,
): Promise<void> {
  try {
    await build(directory, terminal);
    await server.start();
    terminal.remark(`${terminal.style('green', 'Restarted')} after a change.\n`);
    const scopes = scopesOf(await readProject(directory));
    if (scopes.join(' ') !== scopesOf(api).join(' '))
      terminal.remark('The scopes changed. Restart `dev` to use them.\n');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    terminal.remark(`${formatProblems(error.problems, terminal)}\n`);
  }
}

/** The document for the mock and the consent page. Without a mock, it may be missing. */
async function readDocument(
  directory: string,
  { upstream, ...flags }: DevFlags,
  terminal: Terminal,
): Promise<JsonObject | undefined> {
  if ((await readLock(directory)) === undefined) return undefined;
  try {
    const { url, header, allowPrivate } = flags;
    const given = { url, header, allowPrivate, output: directory };
    return (await documentOf(await resolveFlags(given, terminal))).openapi;
  } catch (error) {
    if (upstream !== undefined) return undefined;
    if (!(error instanceof InputError)) throw error;
    throw new InputError([...error.problems, noMock()]);
  }
}

/** Anyone can sign in, so the API must be a mock. @throws InputError */
function refusePublic({ authentication }: Api, { upstream, stdio }: DevFlags): void {
  const remedy =
    'Use it with the mock and over HTTP only. Deploy the server to reach the real API.';
  if (authentication === 'none')
    throw notPublic(
      'The server has no sign-in, so it must stay on this machine.',
      'Generate it with --oauth-server.',
    );
  if (upstream !== undefined)
    throw notPublic('Anyone who knows the URL can sign in, and would use the real API.', remedy);
  if (stdio === true) throw notPublic('A server over stdio has no URL.', remedy);
}

function notPublic(message: string, remedy: string): InputError {
  return new InputError({ code: 'NOT_PUBLIC', message, place: '--public-url', remedy });
}

function noMock() {
  return {
    code: 'NO_MOCK',
    message: 'The mock needs the document, which is missing.',
    place: '--upstream',
    remedy:
      'Pass the real API with --upstream, or the document with --url and the headers that it needs with --header.',
  };
}
