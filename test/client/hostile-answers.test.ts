import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run, type Result } from '../support/command-line.js';
import { listen, type LocalServer } from '../support/http.js';

const escapes = '\u001b]0;title\u0007\u009b31m\u202e\nReady for MCP.';

interface Message {
  readonly id?: number;
  readonly method?: string;
}

/** Responds to a message, or declines, so that the well-behaved server does. */
type Respond = (message: Message, response: ServerResponse) => boolean;

const sends =
  (status: number, type: string, body: string, headers = {}): Respond =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
    return true;
  };

const json = (value: unknown, status = 200) =>
  sends(status, 'application/json', JSON.stringify(value));

const on =
  (method: string, outcome: object): Respond =>
  (message, response) =>
    message.method === method &&
    json({ jsonrpc: '2.0', id: message.id, ...outcome })(message, response);

const lists = (result: object) => on('tools/list', { result });
const plain = { name: 'a', inputSchema: { type: 'object' } };

const results: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'x', version: '1' },
  },
  'tools/list': { tools: [plain] },
  'tools/call': { content: [{ type: 'text', text: 'done' }] },
};

function behave({ id, method = '' }: Message, response: ServerResponse): void {
  const result = results[method];
  if (id === undefined) response.writeHead(202).end();
  else if (result !== undefined) json({ jsonrpc: '2.0', id, result })({}, response);
  else json({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } })({}, response);
}

let respond: Respond;
let server: LocalServer;
let config: string;

beforeAll(async () => {
  config = await mkdtemp(join(tmpdir(), 'hostile-answers-'));
  server = await listen((request, response) => {
    if (request.method !== 'POST') response.writeHead(405).end();
    else
      void text(request).then((body) => {
        const message = JSON.parse(body) as Message;
        if (!respond(message, response)) behave(message, response);
      });
  });
});

afterAll(async () => {
  await server.close();
  await rm(config, { recursive: true, force: true });
});

/** What reached this program's own streams, past the terminal of the command. */
let leaked = '';
const { debug, warn } = console;
afterEach(() => {
  Object.assign(console, { debug, warn });
  expect(leaked).toBe('');
});

function command(name: string, ...argv: string[]): Promise<Result> {
  leaked = '';
  const leak = (...words: unknown[]) => (leaked += words.join(' '));
  Object.assign(console, { debug: leak, warn: leak });
  const flags = name === 'call' ? ['--no-browser'] : [];
  const target = name === 'call' ? [] : ['--server'];
  const words = [name, ...target, `${server.url}/mcp`, ...argv, ...flags];
  return run(words, argv.includes('--describe'), { OPENAPI_TO_MCP_CONFIG_DIR: config });
}

/** Nothing but text, and the progress that a terminal shows. */
function isClean({ stdout, stderr }: Result): boolean {
  return !/[^\P{C}\n]/u.test(stdout + stderr.replaceAll('\r\u001b[K', ''));
}

const page = sends(200, 'text/html', `<h1>${escapes}</h1>`);
const failing: readonly (readonly [string, Respond, string, RegExp])[] = [
  ['a page', page, 'NO_MCP', /Unexpected content type: text\/html\.\n/],
  ['half a message', sends(200, 'application/json', '{'), 'NO_MCP', /it is not JSON\.\n/],
  ['no message', json({ a: 1 }), 'NO_MCP', /it does not have the expected structure\.\n/],
  ['nothing', sends(204, 'text/plain', ''), 'NO_MCP', /cannot be used/],
  ['status 500', json({ error: escapes }, 500), 'NO_MCP', /HTTP 500\.\n/],
  ['status 403', json({ error: escapes }, 403), 'FORBIDDEN', /denies access, with status 403\.\n/],
  ['a redirect', sends(302, 'x/y', '', { Location: 'http://10.0.0.1/' }), 'NO_MCP', /10\.0\.0\.1/],
  [
    'an error',
    (m, r) => json({ jsonrpc: '2.0', id: m.id, error: { code: -32000, message: escapes } })(m, r),
    'NO_MCP',
    /cannot be used/,
  ],
  [
    'a version that is a number',
    on('initialize', { result: { protocolVersion: 5 } }),
    'NO_MCP',
    /Invalid result for initialize\.\n/,
  ],
  [
    'tools that are not a list',
    lists({ tools: 'x' }),
    'NO_MCP',
    /Invalid result for tools\/list\.\n/,
  ],
  ['a tool that is null', lists({ tools: [null] }), 'NO_MCP', /Invalid result for tools\/list\.\n/],
  [
    'an endless list',
    (m, r) => lists({ tools: [plain], nextCursor: String(Math.random()) })(m, r),
    'NO_MCP',
    /64/,
  ],
  [
    'an ended connection',
    (_, r) => Boolean(r.destroy()),
    'UNREACHABLE',
    /does not respond: UND_ERR_SOCKET\.\n/,
  ],
];

describe.each(failing)('a server that sends %s', (_, sent, code, reason) => {
  it('is reported by call for what it is', async () => {
    respond = sent;
    const result = await command('call');
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(new RegExp(`^${code} at `));
    expect(result.stderr).toMatch(reason);
    expect(result.stderr).not.toMatch(/\.\.\n/);
    expect(isClean(result)).toBe(true);
  });

  it('is no surprise for doctor', async () => {
    respond = sent;
    for (const argv of [[], ['--store', 'claude']]) {
      const result = await command('doctor', ...argv);
      expect(result.status).toBeLessThan(2);
      expect(isClean(result)).toBe(true);
    }
  });
});

const odd = [null, 5, { scopes: [escapes, 5] }];
const properties = { [escapes]: { enum: [escapes], description: escapes }, b: { $ref: '#/b/%' } };
const listed: readonly (readonly [string, object])[] = [
  ['names with escapes', { ...plain, title: escapes, description: escapes }],
  ['scopes of other types', { ...plain, _meta: { securitySchemes: odd } }],
  ['arguments with escapes', { ...plain, inputSchema: { type: 'object', properties } }],
  [
    'headers with escapes',
    { ...plain, inputSchema: { type: 'object', properties: { c: { 'x-mcp-header': escapes } } } },
  ],
];

describe.each(listed)('a tool with %s', (_, tool) => {
  it('is listed and described', async () => {
    respond = lists({ tools: [tool] });
    for (const argv of [[], ['a', '--describe']]) {
      const result = await command('call', ...argv);
      expect(result.status).toBe(0);
      expect(isClean(result)).toBe(true);
    }
    expect(isClean(await command('doctor', '--store', 'chatgpt'))).toBe(true);
  });
});

describe('a server without tools', () => {
  it('leaves JSON the only thing on stdout', async () => {
    respond = on('initialize', { result: { ...results['initialize'], capabilities: {} } });
    const { status, stdout } = await command('call', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ok: true, tools: [] });
  });
});

describe('an unknown tool', () => {
  it('gets the nearest one that is listed, whatever the server says', async () => {
    respond = (message, response) =>
      lists({ tools: [{ ...plain, name: 'list_notes' }] })(message, response) ||
      on('tools/call', { error: { code: -32602, message: escapes } })(message, response);
    const result = await command('call', 'list_note');
    expect(result.stderr).toMatch(/^REFUSED at /);
    expect(result.stderr).toContain('  Did you mean list_notes? ');
    expect(isClean(result)).toBe(true);
    const far = await command('call', 'zzzzzz');
    expect(far.stderr).not.toContain('Did you mean');
  });
});
