import type { Api } from '../../diff/api-types.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { MockRequest } from './mock/mock.js';

/** Where everything is. */
export interface Places {
  readonly url: string;
  /** Absent: no token is asked for. */
  readonly issuer?: string | undefined;
  readonly upstream: string;
  readonly mocked: boolean;
}

/** What a person wants to know when everything runs. */
export function summarize(
  { name, title }: Pick<Api, 'name' | 'title'>,
  { url, issuer, upstream, mocked }: Places,
  terminal: Terminal,
): string {
  const line = (key: string, value: string, note = '') =>
    `  ${key.padEnd(12)}${terminal.style('bold', value, 'stdout')}${note && `   ${note}`}\n`;
  return [
    `${printable(title)}\n`,
    line('MCP server', url),
    issuer === undefined
      ? line('Callers', 'anybody on this machine')
      : line('Sign-in', issuer, 'any name is let in'),
    line('API', upstream, mocked ? 'a mock, made from the document' : ''),
    '\n',
    snippetsOf(name, url),
    '\nCtrl-C ends all of it; a change in src/ restarts the server.\n',
  ].join('');
}

/** One request to the mock, on a line. */
export function mockLine({ method, path, status }: MockRequest): string {
  return `mock  ${printable(`${method} ${path}`)}  ${status}\n`;
}

/** Configuration that a client takes, ready to paste; `name` is the server's. */
export function snippetsOf(name: string, url: string): string {
  const json = (value: object) => JSON.stringify(value);
  return [
    ['Inspector', `npx @modelcontextprotocol/inspector --server-url ${url} --transport http`],
    ['Terminal', `openapi-to-mcp call ${url}`],
    ['Claude Code', `claude mcp add --transport http ${name} ${url}`],
    ['VS Code', `.vscode/mcp.json  ${json({ servers: { [name]: { type: 'http', url } } })}`],
    ['Cursor', `.cursor/mcp.json  ${json({ mcpServers: { [name]: { url } } })}`],
  ]
    .map(([client = '', text = '']) => `  ${client.padEnd(12)}${text}\n`)
    .join('');
}
