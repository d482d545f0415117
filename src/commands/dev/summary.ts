import { resolve } from 'node:path';
import type { Api } from '../../../templates/src/runtime/api.js';
import { shellQuote } from '../../emit/quote.js';
import { pasteRows } from '../../project/local-clients.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { MockRequest } from './mock/mock.js';

/** The URLs of everything. */
export interface Places {
  readonly url: string;
  /** Absent if no token is required. */
  readonly issuer?: string | undefined;
  readonly upstream: string;
  readonly mocked: boolean;
}

/** The summary shown once everything runs. */
export function summarize(
  { name, title, resourceUrl }: Pick<Api, 'name' | 'title' | 'resourceUrl'>,
  { url, issuer, upstream, mocked }: Places,
  terminal: Terminal,
): string {
  const line = (key: string, value: string, note = '') =>
    `  ${key.padEnd(12)}${terminal.style('bold', value, 'stdout')}${note && `   ${note}`}\n`;
  return [
    `${printable(title)}\n`,
    line(
      'MCP server',
      url,
      resourceUrl === undefined ? '' : `here instead of ${printable(resourceUrl)}`,
    ),
    issuer === undefined
      ? line('Callers', 'anyone on this machine')
      : line('Sign-in', issuer, 'any name works'),
    line('API', upstream, mocked ? 'a mock, made from the document' : ''),
    '\n',
    snippetsOf(name, url, terminal),
    tunnelLines(url),
    'Ctrl-C ends all of it; a change in src/ restarts the server.\n',
  ].join('');
}

function tunnelLines(url: string): string {
  const { hostname, origin } = new URL(url);
  if (hostname !== '127.0.0.1')
    return `\nUse ${url} in ChatGPT and Claude.\nAnyone who knows it can sign in; the API behind it is a mock.\n`;
  return `\nClients in the cloud, such as ChatGPT and Claude, cannot reach this machine.\nDeploy the server, or run this with --public-url and a tunnel to\n${origin}.\n`;
}

/** The Inspector needs a later Node than this program, so npx installs one; this version was tested. */
const inspector = 'npx -y -p node@22 -p @modelcontextprotocol/inspector@2.12.0 mcp-inspector';

/** The summary for a server over stdio, which prints nothing itself: its API, and how clients start it. */
export function summarizeStdio(
  { name, title }: Pick<Api, 'name' | 'title'>,
  { upstream, mocked }: Pick<Places, 'upstream' | 'mocked'>,
  directory: string,
  terminal: Terminal,
): string {
  const api = mocked ? 'The API is a mock, made from the document' : `The API is ${upstream}`;
  if (!terminal.interactive)
    return `${printable(title)}: ${printable(api.replace('The', 'the'))}.\n`;
  const [program = '', ...words] = terminal.program;
  const args = [...words, 'dev', resolve(directory), '--stdio'];
  const launch = { name, command: program, args };
  const command = [launch.command, ...args].map(shellQuote).join(' ');
  return [
    `${printable(title)}\n\n${printable(api)}. This now waits for a client\non stdin; Ctrl-C stops it.\n`,
    'To use it in a client, let the client start it.\nPaste a command, or a line into its configuration:\n\n',
    format([['Inspector', `${inspector} ${command}`], ...pasteRows(launch)]),
    '\n',
  ].join('');
}

/** One request to the mock, on a line. */
export function mockLine({ method, path, status }: MockRequest): string {
  return `mock  ${printable(`${method} ${path}`)}  ${status}\n`;
}

/** Client configuration to paste; `name` is the server's. */
function snippetsOf(name: string, url: string, { program }: Terminal): string {
  const json = (value: object) => JSON.stringify(value);
  return format([
    ['Inspector', `${inspector} --server-url ${url} --transport http`],
    ['Terminal', `${program.join(' ')} call ${url}`],
    ['Claude Code', `claude mcp add --transport http ${name} ${url}`],
    ['VS Code', `.vscode/mcp.json  ${json({ servers: { [name]: { type: 'http', url } } })}`],
    ['Cursor', `.cursor/mcp.json  ${json({ mcpServers: { [name]: { url } } })}`],
  ]);
}

function format(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([client, text]) => `  ${client.padEnd(12)}${text}\n`).join('');
}
