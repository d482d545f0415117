import { ProtocolError, type CallToolResult } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import { nearest } from '../../../templates/src/runtime/environment.js';
import { readArguments } from './arguments.js';
import { describeTool, findTool } from './describe.js';
import { callByName, findOperations, searchTools } from './find.js';
import { logout, SignInStore, storePath } from './store.js';
import { modeOf, StoredClient, type ClientIdentity } from './oauth-provider.js';
import { toInputError } from './problems.js';
import { resultText, toolRow } from './render.js';
import { McpSession, type Credentials } from './session.js';
import { signInWith } from './sign-in.js';
import { endpointOf } from '../../net/endpoint.js';
import { firstFree } from '../../net/listening.js';
import { InputError } from '../../errors.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { plural } from '../../print/budget.js';
import { toPort, type Run } from '../../project/flags.js';
import { formatTable } from '../../print/table.js';

/** The flags of `call`. */
export interface CallFlags {
  readonly args?: string;
  readonly find?: string;
  readonly describe?: boolean;
  readonly clientId?: string;
  readonly clientMetadata?: string;
  readonly callbackPort?: number;
  readonly browser: boolean;
  readonly tokenEnv?: string;
  readonly logout?: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp call http://127.0.0.1:3000/mcp
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --describe
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --args '{"limit": 3}'
  $ openapi-to-mcp call https://mcp.example.com/mcp --find 'share a note'
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --client-id my-client
  $ MCP_TOKEN=… openapi-to-mcp call https://mcp.example.com/mcp --token-env MCP_TOKEN --json

The client is that of --client-id (with its secret, if any, in OAUTH_CLIENT_SECRET), else the one described by
--client-metadata; without both it registers itself. Sign-ins are kept in your configuration folder, in a file that only
you can read.
`;

/** Adds `call`. */
export function addCall(program: Command, run: Run): void {
  program
    .command('call')
    .description('call a tool of an MCP server, or list its tools; signs in if needed')
    .argument('<server>', "the server's URL")
    .argument('[tool]', 'the tool to call, or the operation if the server is in search mode')
    .option('--args <json>', 'its arguments: a JSON object, @file, or - for stdin')
    .option('--describe', "show the tool's description and arguments instead of calling it")
    .option('--find <words>', 'find operations, if the server is in search mode')
    .option('--client-id <id>', 'use this client, registered at the authorization server')
    .option('--client-metadata <url>', 'use the client described by the document at this URL')
    .option(
      '--callback-port <port>',
      'the port that the browser returns to (default: a free one)',
      toPort,
    )
    .option('--no-browser', 'print the sign-in URL and wait')
    .option(
      '--token-env <name>',
      'use the token in this environment variable instead of signing in',
    )
    .option('--logout', 'sign out and revoke the token')
    .option('--json', 'print the result as received')
    .addHelpText('after', examples)
    .action((server: string, tool: string | undefined, flags: CallFlags) =>
      run((terminal) => callCommand(server, tool, flags, terminal)),
    );
}

/** Lists the tools of a server, or calls one. Resolves to the exit status: 1 when the tool reports an error. */
export async function callCommand(
  server: string,
  tool: string | undefined,
  flags: CallFlags,
  terminal: Terminal,
): Promise<number> {
  const url = await locate(toServerUrl(server), terminal);
  const store = new SignInStore(storePath(terminal.env));
  if (flags.logout === true) return forget(url, store, terminal);
  if (flags.find !== undefined) refuseBoth(flags, tool);
  const args = await readArguments(flags.args, terminal);
  const session = new McpSession(url, await credentialsOf(url, flags, store, terminal));
  try {
    terminal.progress(`Connecting to ${url.host}…`);
    await session.connect();
    if (flags.find !== undefined)
      return show(await findOperations(session, url, flags.find), terminal);
    if (tool === undefined) return await list(session, url, terminal);
    if (flags.describe === true) return await describe(session, tool, terminal);
    terminal.progress(`Calling ${tool}…`);
    return show(await callByName(session, tool, args), terminal);
  } catch (error) {
    throw toInputError(error, url, tool, await nearestTo(tool, error, session));
  } finally {
    await session.close();
  }
}

/** The tool that was probably meant, if the server does not have the named one. */
async function nearestTo(
  tool: string | undefined,
  error: unknown,
  session: McpSession,
): Promise<string | undefined> {
  if (tool === undefined || !(error instanceof ProtocolError)) return undefined;
  const names = (await session.listTools().catch(() => [])).map(({ name }) => name);
  return names.includes(tool) ? undefined : nearest(tool, names);
}

async function locate(given: URL, terminal: Terminal): Promise<URL> {
  const url = await endpointOf(given);
  if (url !== given) terminal.remark(`MCP is at ${url.href}.\n`);
  return url;
}

async function describe(session: McpSession, name: string, terminal: Terminal): Promise<number> {
  const found = await findTool(session, name);
  if (found === undefined) throw new ProtocolError(-32_602, `Unknown tool: ${name}`);
  if ('content' in found) return show(found, terminal);
  const text = describeTool(found, terminal.resultColumns);
  terminal.result({ ok: true, tool: found }, terminal.shown(text));
  return 0;
}

function show(result: CallToolResult, terminal: Terminal): number {
  const isWatched = Number.isFinite(terminal.resultColumns);
  terminal.result(result, terminal.shown(resultText(result, isWatched)));
  return result.isError === true ? 1 : 0;
}

async function list(session: McpSession, url: URL, terminal: Terminal): Promise<number> {
  const tools = await session.listTools();
  const rows = tools.map((tool) => toolRow(tool).map((cell) => printable(cell)));
  const table = formatTable(['TOOL', 'SCOPES', 'WHAT IT DOES'], rows, terminal.resultColumns);
  const hint =
    searchTools(tools) === undefined
      ? ''
      : `openapi-to-mcp call ${url.href} --find 'words' finds operations, and call ${url.href} <operation> calls one.\n`;
  terminal.result({ ok: true, tools }, `${table}\n${plural(tools.length, 'tool')}.\n${hint}`);
  return 0;
}

function refuseBoth({ args }: CallFlags, tool: string | undefined): void {
  if (tool === undefined && args === undefined) return;
  throw new InputError({
    code: 'INVALID_OPTION',
    message: '--find takes neither a tool nor arguments.',
    place: '--find',
    remedy: 'Find the operation first, then call it.',
  });
}

async function forget(url: URL, store: SignInStore, terminal: Terminal): Promise<number> {
  const { forgotten, revoked } = await logout(url.href, store);
  terminal.result({ ok: true, forgotten, revoked }, `${signedOut(forgotten, revoked)}\n`);
  return 0;
}

function signedOut(forgotten: number, revoked: number): string {
  if (forgotten === 0) return 'There was no sign-in.';
  return revoked === forgotten
    ? 'Signed out; the token was revoked.'
    : 'Signed out. The token could not be revoked: it is valid until it expires.';
}

async function credentialsOf(
  url: URL,
  flags: CallFlags,
  store: SignInStore,
  terminal: Terminal,
): Promise<Credentials> {
  if (flags.tokenEnv !== undefined) return { token: tokenIn(flags.tokenEnv, terminal) };
  const identity = identityOf(flags, terminal);
  const mode = modeOf(identity);
  const wanted = flags.callbackPort;
  const redirect = (port: number) => `http://127.0.0.1:${port}/callback`;
  const known = await store.find({
    resource: url.href,
    mode,
    ...(wanted !== undefined && { redirectUrl: redirect(wanted) }),
  });
  const signIn = known.at(-1);
  // Servers that do not follow RFC 8252 section 7.3 bind a registration to its port.
  const before = signIn === undefined ? undefined : Number(new URL(signIn.redirectUrl).port);
  const port = wanted ?? (await firstFree(before ?? 33_420)) ?? 33_420;
  const fresh = { issuer: '', resource: url.href, redirectUrl: redirect(port), mode };
  const provider = new StoredClient(identity, signIn ?? fresh, port, store);
  return { provider, signIn: signInWith(terminal, port, flags.browser) };
}

function tokenIn(name: string, { env }: Terminal): string {
  const token = env[name]?.trim() ?? '';
  if (token !== '') return token;
  throw new InputError({
    code: 'MISSING_TOKEN',
    message: `The environment variable ${name} is not set.`,
    place: '--token-env',
    remedy: 'Set it to an access token.',
  });
}

function identityOf({ clientId, clientMetadata }: CallFlags, { env }: Terminal): ClientIdentity {
  if (clientId !== undefined) {
    const secret = env.OAUTH_CLIENT_SECRET;
    return { kind: 'registered', id: clientId, ...(secret && { secret }) };
  }
  if (clientMetadata === undefined) return { kind: 'dynamic' };
  if (URL.canParse(clientMetadata)) {
    const { protocol, pathname } = new URL(clientMetadata);
    if (protocol === 'https:' && pathname !== '/') return { kind: 'metadata', url: clientMetadata };
  }
  throw new InputError({
    code: 'INVALID_OPTION',
    message: 'A client ID metadata document has an https URL with a path.',
    place: '--client-metadata',
    remedy: 'Write it as https://app.example.com/client.json.',
  });
}

/** Anyone on the way can read a token sent over plain http (RFC 6750 section 5.3). */
function toServerUrl(server: string): URL {
  if (URL.canParse(server)) {
    const url = new URL(server);
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return url;
  }
  throw new InputError({
    code: 'INVALID_SERVER',
    message: `${JSON.stringify(server)} is not the URL of an MCP server.`,
    place: 'server',
    remedy: 'Write it with its path: https://mcp.example.com/mcp; http is for this machine only.',
  });
}
