import { afterEach, describe, expect, it } from 'vitest';
import type { Api, Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { changeTool, hideTool } from '../../../templates/src/runtime/customize.js';
import {
  challengeOf,
  startTestServer,
  testApi,
  type TestServer,
  type TestServerOptions,
} from '../../support/server.js';

let server: TestServer;
const searching: Api = { ...testApi, toolMode: 'search' };

interface Options extends TestServerOptions {
  readonly scope?: string;
}

async function start({ scope = 'notes.read', ...options }: Options = {}) {
  server = await startTestServer({ api: searching, ...options });
  const headers = { Authorization: `Bearer ${await server.token({ scope })}` };
  return (body: unknown) => server.post(body, headers);
}

interface Answer {
  readonly result?: {
    readonly tools?: readonly { name: string; annotations: JsonObject; _meta: JsonObject }[];
    readonly content?: readonly { text: string }[];
    readonly isError?: boolean;
    readonly _meta?: JsonObject;
  };
  readonly error?: { readonly message: string };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as Answer;
}

const textOf = async (response: Response) =>
  (await answerOf(response)).result?.content?.map(({ text }) => text).join('\n') ?? '';

const message = (name: string, args: Json, id: Json = 1, more: JsonObject = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...more },
});
const read = (name: Json, args?: Json) =>
  message('call_read_operation', { name, ...(args !== undefined && { arguments: args }) });
const write = (name: Json, args?: Json) =>
  message('call_write_operation', { name, ...(args !== undefined && { arguments: args }) });
const find = (args: JsonObject) => message('find_operations', args);
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
/** With a progress token, the SDK handles the request. */
const throughSdk = (body: ReturnType<typeof read>) => ({
  ...body,
  params: { ...body.params, _meta: { progressToken: 1 } },
});

describe('search mode', () => {
  afterEach(() => server.close());

  it('lists three tools, none of which mixes safe and unsafe operations', async () => {
    const { result } = await answerOf(await (await start())(list));
    const hints = result?.tools?.map(({ name, annotations }) => [
      name,
      annotations['readOnlyHint'],
      annotations['destructiveHint'],
    ]);
    expect(hints).toEqual([
      ['find_operations', true, false],
      ['call_read_operation', true, false],
      ['call_write_operation', false, true],
    ]);
    expect(result?.tools?.[2]?._meta).toEqual({
      securitySchemes: [{ type: 'oauth2', scopes: ['notes.read'] }],
    });
  });

  it('is chosen by MCP_TOOLS, whatever was generated', async () => {
    const post = await start({ env: { MCP_TOOLS: 'all' } });
    const { result } = await answerOf(await post(list));
    expect(result?.tools?.map(({ name }) => name)).toEqual(['free', 'read', 'write']);
    await server.close();
    const other = await start({ api: testApi, env: { MCP_TOOLS: 'search' } });
    expect((await answerOf(await other(list))).result?.tools).toHaveLength(3);
  });

  it.each([
    ['directly', (body: ReturnType<typeof read>): unknown => body],
    ['through the SDK', throughSdk],
  ])('calls the operation named %s', async (_, way) => {
    const post = await start();
    const args = { a: [1] };
    expect(await textOf(await post(way(read('read', args))))).toBe('read ran');
    expect(await textOf(await post(way(read('read', JSON.stringify(args)))))).toBe('read ran');
    expect(server.calls).toEqual([
      { tool: 'read', args },
      { tool: 'read', args },
    ]);
    expect(server.audit.filter(({ event }) => event === 'tool_call')).toMatchObject([
      { tool: 'read', status: 200 },
      { tool: 'read', status: 200 },
    ]);
  });

  it.each([
    ['directly', (body: ReturnType<typeof read>): unknown => body],
    ['through the SDK', throughSdk],
    ['in a batch', (body: ReturnType<typeof read>) => [find({ query: 'x' }), body]],
  ])(
    'responds with 403 %s if the operation needs another scope, before anything runs',
    async (_, way) => {
      const post = await start();
      const response = await post(way(write('write', 'not JSON')));
      expect(response.status).toBe(403);
      expect(challengeOf(response)).toMatchObject({
        error: 'insufficient_scope',
        scope: 'notes.read notes.write',
      });
      expect(server.calls).toEqual([]);
    },
  );

  it.each(['GET', 'HEAD', 'OPTIONS', 'QUERY'])(
    'lets the tool that reads call %s',
    async (method) => {
      const tools = searching.tools.map((tool) =>
        tool.name === 'read' ? { ...tool, request: { ...tool.request, method } } : tool,
      );
      const post = await start({ api: { ...searching, tools } });
      const refusal = { result: { isError: true } };
      expect(await answerOf(await post(read('read')))).not.toMatchObject(refusal);
      expect(await answerOf(await post(write('read')))).toMatchObject(refusal);
    },
  );

  it('checks the scopes of an operation again if errors are tool errors', async () => {
    const post = await start({ env: { MCP_SCOPE_ERRORS: 'tool' } });
    const { result } = await answerOf(await post(write('write')));
    expect(result?.isError).toBe(true);
    expect(result?._meta).toHaveProperty('mcp/www_authenticate');
    expect(server.calls).toEqual([]);
  });

  it.each([
    [read('write'), 'write is a write operation (POST): call it with call_write_operation.'],
    [write('read'), 'read only reads: call it with call_read_operation.'],
    [read('raed'), 'There is no operation "raed". The nearest names are'],
    [read('Read'), 'There is no operation "Read". The nearest names are read'],
    [read('__proto__'), 'There is no operation "__proto__".'],
    [read(7), '`name` must be the name of an operation'],
    [
      message('call_read_operation', { name: 'read', limit: 5, args: {} }),
      'Unknown: "limit", "args". The arguments of the operation go inside `arguments`.',
    ],
    [
      message('call_write_operation', { name: 'write', body: {}, arguments: {} }),
      'Unknown: "body".',
    ],
    [read('read', '[1]'), '`arguments` must be an object'],
    [read('read', 7), '`arguments` must be an object'],
    [read('read', '{'.repeat(9)), '`arguments` must be an object'],
    [read('read', `{"a":${'['.repeat(600)}${']'.repeat(600)}}`), '`arguments` must be an object'],
    [find({ query: 7 }), '`query` must be a string.'],
    [find({ names: [1] }), '`names` must be a list of at most 20 names.'],
    [find({ limit: 'x' }), '`limit` must be a number.'],
  ])('refuses %j with the reason', async (body, text) => {
    const post = await start({ scope: 'notes.read notes.write' });
    const { result } = await answerOf(await post(body));
    expect([result?.isError, result?.content?.[0]?.text]).toEqual([
      true,
      expect.stringContaining(text),
    ]);
    expect(server.calls).toEqual([]);
  });

  it('takes blank arguments of a search for absent, and a number from a text', async () => {
    const post = await start({ scope: 'notes.read notes.write' });
    const textOf = async (args: JsonObject) => {
      const { result } = await answerOf(await post(find(args)));
      return [result?.isError, result?.content?.[0]?.text];
    };
    const blank = { resource: null, tag: '', names: [], limit: '1' };
    expect(await textOf({ query: 'read', ...blank })).toEqual(
      await textOf({ query: 'read', limit: 1 }),
    );
    expect(await textOf({ query: null, ...blank, limit: null })).toEqual(await textOf({}));
  });

  it.each<JsonObject>([
    { names: 'read, write' },
    { name: 'read, write', names: [] },
    { names: '["read","write"]' },
    { name: ['read', 'write'] },
  ])('finds the operations of %j', async (args) => {
    const post = await start({ scope: 'notes.read notes.write' });
    const both = await textOf(await post(find({ names: ['read', 'write'] })));
    expect(both).toContain('write (call_write_operation) input schema');
    expect(await textOf(await post(find(args)))).toBe(both);
  });

  it('decides only by the method which operations read, not by curated hints', async () => {
    const annotations = { ...testApi.tools[2]?.annotations, readOnlyHint: true } as never;
    const api = changeTool(searching, 'write', { annotations });
    const post = await start({ api, scope: 'notes.write' });
    expect(await textOf(await post(read('write')))).toContain('call_write_operation');
  });

  it('has no tool for an unpinned operation', async () => {
    const post = await start();
    expect((await answerOf(await post(message('read', {})))).error?.message).toBe(
      'Unknown tool. read only reads: call it with call_read_operation.',
    );
    const { error } = await answerOf(await post(message('readd', {})));
    expect(error?.message).toMatch(/^Unknown tool\. There are find_operations, .* are read, /);
    await server.close();
    const tools = testApi.tools.map((tool) => ({ ...tool, pinned: tool.name === 'read' }));
    const other = await start({ api: { ...searching, tools } });
    expect(await textOf(await other(message('read', {})))).toBe('read ran');
    const { result } = await answerOf(await other(list));
    expect(result?.tools?.map(({ name }) => name).at(-1)).toBe('read');
  });

  it('neither finds nor calls a hidden tool', async () => {
    const post = await start({ api: hideTool(searching, 'write'), scope: '' });
    const response = await post(write('write'));
    expect(response.status).toBe(200);
    expect(await textOf(response)).toContain('There is no operation "write"');
    expect(await textOf(await post(find({ query: 'write' })))).not.toContain('POST');
    expect(await textOf(await post(find({ names: ['write'] })))).toContain('There is no operation');
  });

  it('names the scopes that the caller lacks', async () => {
    const post = await start();
    const text = await textOf(await post(find({ query: 'write' })));
    expect(text).toContain('/write: POST write (The tool write) [needs scope notes.write]');
    expect(text).toContain('write (call_write_operation) input schema: {"type":"object"');
    expect(await textOf(await post(find({ query: 'read' })))).not.toContain('needs scope');
  });

  it('responds with the map of resources if no operation matches the words', async () => {
    const post = await start();
    const text = await textOf(await post(find({ query: 'zebra' })));
    expect(text).toContain('No operation was found for these words');
    expect(text).toContain('/free: GET free');
    expect(await textOf(await post(find({})))).toContain('/write: POST write');
    expect(await textOf(await post(find({ tag: 'write' })))).toMatch(/^\/write: POST write/);
  });

  it('counts a call of each of the three under the rate limit', async () => {
    const post = await start({ env: { MCP_RATE_LIMIT: '2' } });
    await post(find({ query: 'read' }));
    await post(read('read'));
    expect((await post(read('read'))).status).toBe(429);
  });
});
