import { ProtocolError, type CallToolResult } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import { nearest } from '../../../templates/src/runtime/nearest.js';
import { callByName, findOperations, findTool, searchTools } from './find.js';
import { logout, SignInStore, storePath } from './store.js';
import { toInputError } from './problems.js';
import { describeTool, resultText, toolRow } from './render.js';
import type { Session } from './session.js';
import { targetOf, type SignInFlags, type Target } from './target.js';
import { InputError } from '../../errors.js';
import { isObject } from '../../json.js';
import { quietly } from '../../print/quietly.js';
import type { Terminal } from '../../print/terminal.js';
import { plural } from '../../numbers.js';
import { toPort, type Run } from '../../project/flags.js';
import { readGiven } from '../../project/given.js';
import { formatTable } from '../../print/table.js';

interface CallFlags extends SignInFlags {
  readonly args?: string;
  readonly find?: string;
  readonly describe?: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp call notes list_notes
  $ openapi-to-mcp call http://127.0.0.1:3000/mcp
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --describe
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --args '{"limit": 3}'
  $ openapi-to-mcp call https://mcp.example.com/mcp --find 'share a note'
  $ openapi-to-mcp call https://mcp.example.com/mcp list_notes --client-id my-client
  $ MCP_TOKEN=… openapi-to-mcp call https://mcp.example.com/mcp --token-env MCP_TOKEN --json

A server that \`add\` has added is called by its name, and a generated project by
its folder. The server is started over stdio, as a local client would start it,
and stopped afterwards.

The client is that of --client-id (with its secret, if any, in
OAUTH_CLIENT_SECRET), else the one described by --client-metadata; without both
it registers itself. Sign-ins are kept in your configuration folder, in a file
that only you can read.
`;

/** Adds `call`. */
export function addCall(program: Command, run: Run): void {
  program
    .command('call')
    .description('call a tool of an MCP server, or list its tools; signs in if needed')
    .argument(
      '<server>',
      "the server's URL, the name of one that `add` has added, or the folder of a project",
    )
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
async function callCommand(
  server: string,
  tool: string | undefined,
  flags: CallFlags,
  terminal: Terminal,
): Promise<number> {
  if (flags.find !== undefined) refuseBoth(flags, tool);
  const target = await targetOf(server, flags, terminal);
  if (flags.logout === true) return forget(target.name, terminal);
  const args = await readArguments(flags.args, terminal);
  const session = await target.open();
  try {
    return await quietly(() => converse(session, { target, tool, args, flags }, terminal));
  } catch (error) {
    throw toInputError(error, target.name, tool, await nearestTo(tool, error, session));
  } finally {
    await session.close();
  }
}

/** The arguments of a tool: JSON, `@file` with JSON, or `-` for JSON on stdin. @throws InputError */
async function readArguments(
  given: string | undefined,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  const isNamed = given === '-' || given.startsWith('@');
  try {
    const text = isNamed ? await readGiven(given.replace(/^@/, ''), terminal) : given;
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  throw invalid('They are not a JSON object.');
}

function invalid(reason: string): InputError {
  return new InputError({
    code: 'INVALID_ARGUMENTS',
    message: `The arguments cannot be read: ${reason.replace(/\.$/, '')}.`,
    place: '--args',
    remedy: `Write a JSON object, for example --args '{"limit": 3}'; @file reads it from a file, - from stdin.`,
  });
}

interface Wish {
  readonly target: Target;
  readonly tool: string | undefined;
  readonly args: Record<string, unknown>;
  readonly flags: CallFlags;
}

async function converse(
  session: Session,
  { target, tool, args, flags }: Wish,
  terminal: Terminal,
): Promise<number> {
  terminal.progress(`${target.opening}…`);
  await session.connect();
  if (flags.find !== undefined)
    return show(await findOperations(session, target.name, flags.find), terminal);
  if (tool === undefined) return list(session, target.name, terminal);
  if (flags.describe === true) return describe(session, tool, terminal);
  terminal.progress(`Calling ${tool}…`);
  return show(await callByName(session, tool, args), terminal);
}

/** The tool that was probably meant, if the server does not have the named one. */
async function nearestTo(
  tool: string | undefined,
  error: unknown,
  session: Session,
): Promise<string | undefined> {
  if (tool === undefined || !(error instanceof ProtocolError)) return undefined;
  const names = (await quietly(() => session.listTools()).catch(() => [])).map(({ name }) => name);
  return names.includes(tool) ? undefined : nearest(tool, names);
}

async function describe(session: Session, name: string, terminal: Terminal): Promise<number> {
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

async function list(session: Session, server: string, terminal: Terminal): Promise<number> {
  const tools = await session.listTools();
  const header = ['TOOL', 'SCOPES', 'WHAT IT DOES'];
  const table = formatTable(header, tools.map(toolRow), terminal.resultColumns);
  const hint =
    searchTools(tools) === undefined
      ? ''
      : `openapi-to-mcp call ${server} --find 'words' finds operations, and call ${server} <operation> calls one.\n`;
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

async function forget(server: string, terminal: Terminal): Promise<number> {
  const store = new SignInStore(storePath(terminal.env));
  const { forgotten, revoked } = await logout(server, store);
  terminal.result({ ok: true, forgotten, revoked }, `${signedOut(forgotten, revoked)}\n`);
  return 0;
}

function signedOut(forgotten: number, revoked: number): string {
  if (forgotten === 0) return 'There was no sign-in.';
  return revoked === forgotten
    ? 'Signed out; the token was revoked.'
    : 'Signed out. The token could not be revoked: it is valid until it expires.';
}
