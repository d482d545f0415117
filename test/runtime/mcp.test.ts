import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import type { Call, CallContext } from '../../templates/src/runtime/upstream/call.js';
import {
  startTestServer,
  testApi,
  toolCall,
  type TestServer,
  type TestServerOptions,
} from '../support/server.js';

let server: TestServer;
afterEach(() => server.close());

async function start(options: TestServerOptions = {}) {
  server = await startTestServer(options);
  const headers = { Authorization: `Bearer ${await server.token({ scope: 'notes.read' })}` };
  return (body: unknown, more: Record<string, string> = {}) =>
    server.post(body, { ...headers, ...more });
}

/** The result of a message, however the answer was framed. */
async function resultOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return (JSON.parse(json) as { result: Record<string, unknown> }).result;
}

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
};

describe('the server', () => {
  it('introduces itself with title and instructions', async () => {
    const post = await start({ api: { ...testApi, description: 'Keeps notes.' } });
    expect(await resultOf(await post(initialize))).toMatchObject({
      serverInfo: { name: 'test', title: 'Test API', version: '1.0.0' },
      instructions: 'Keeps notes.',
      capabilities: { tools: {} },
    });
  });

  it('has no instructions when the document says nothing', async () => {
    const post = await start();
    expect(await resultOf(await post(initialize))).not.toHaveProperty('instructions');
  });

  it('lets a list be kept by its client alone, for five minutes', async () => {
    const post = await start();
    const modern = {
      ...list,
      params: {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    };
    const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' };
    expect(await resultOf(await post(modern, headers))).toMatchObject({
      ttlMs: 300_000,
      cacheScope: 'private',
    });
  });

  it('lists title, annotations, and each scope of a tool once', async () => {
    const [first, ...others] = testApi.tools;
    if (first === undefined) throw new Error('The API of the tests has tools.');
    const api: Api = {
      ...testApi,
      scopes: { ...testApi.scopes, [first.name]: [['a', 'b'], ['a']] },
      tools: [{ ...first, title: 'The first' }, ...others],
    };
    const post = await start({ api });
    const { tools } = await resultOf(await post(list));
    const [titled, plain] = tools as Record<string, unknown>[];
    expect(titled).toMatchObject({
      title: 'The first',
      annotations: { title: 'The first', readOnlyHint: true },
      _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['a', 'b'] }] },
    });
    expect(plain).not.toHaveProperty('title');
    expect(plain?.['annotations']).not.toHaveProperty('title');
  });
});

describe('a call', () => {
  it('leaves a line of who called what, and how it ended', async () => {
    const contexts: CallContext[] = [];
    const call: Call = (_tool, _args, context) => {
      contexts.push(context);
      return Promise.resolve({
        result: { content: [], isError: true },
        status: 502,
        failure: 'network',
      });
    };
    const post = await start({ call });
    await post(toolCall('read'));
    await post(toolCall('read'));
    const ids = contexts.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(2);
    expect(server.audit).toEqual(
      ids.map((request) => ({
        event: 'tool_call',
        request,
        tool: 'read',
        subject: 'alice',
        client: 'test-client',
        scopes: ['notes.read'],
        status: 502,
        failure: 'network',
        ms: expect.any(Number) as number,
      })),
    );
  });

  it('may come without arguments', async () => {
    const post = await start();
    await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read' } });
    expect(server.calls).toEqual([{ tool: 'read', args: {} }]);
  });

  it('of an unknown tool is not repeated in the answer', async () => {
    const post = await start();
    const text = await (await post(toolCall('rm-rf'))).text();
    expect(text).toContain('Unknown tool');
    expect(text).not.toContain('rm-rf');
    expect(server.calls).toEqual([]);
  });

  it('ends when its caller hangs up', async () => {
    const events = new EventEmitter();
    const [begun, aborted] = [once(events, 'begun'), once(events, 'aborted')];
    const call: Call = (_tool, _args, { signal }) => {
      signal.addEventListener('abort', () => events.emit('aborted'));
      events.emit('begun');
      return new Promise(() => undefined);
    };
    await start({ call });
    const caller = new AbortController();
    const answer = fetch(server.url, {
      method: 'POST',
      body: JSON.stringify(toolCall('read')),
      headers: {
        Authorization: `Bearer ${await server.token({ scope: 'notes.read' })}`,
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
      },
      signal: caller.signal,
    }).then((response) => response.text());
    await begun;
    caller.abort();
    await expect(answer).rejects.toThrow();
    await aborted;
  });
});
