import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { createMcp } from '../../templates/src/runtime/mcp.js';
import type { Call, CallContext } from '../../templates/src/runtime/upstream/call.js';
import {
  startTestServer,
  testApi,
  toolCall,
  type TestServer,
  type TestServerOptions,
} from '../support/server.js';

let server: TestServer;

async function start(options: TestServerOptions = {}) {
  server = await startTestServer(options);
  const headers = { Authorization: `Bearer ${await server.token({ scope: 'notes.read' })}` };
  return (body: unknown, more: Record<string, string> = {}) =>
    server.post(body, { ...headers, ...more });
}

/** The result of a message, in any framing of the response. */
async function resultOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return (JSON.parse(json) as { result: Record<string, unknown> }).result;
}

/** A call that reports its beginning and its cancellation, and otherwise never ends. */
function endless(events: EventEmitter): Call {
  return (_tool, _args, { signal }) => {
    signal.addEventListener('abort', () => events.emit('aborted'));
    events.emit('begun');
    return new Promise(() => undefined);
  };
}

const FAILED =
  'This server failed to complete the call; its operator can see the reason in the log.';
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
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
  afterEach(() => server.close());

  it('introduces itself with title and instructions', async () => {
    const post = await start({ api: { ...testApi, description: 'Keeps notes.' } });
    expect(await resultOf(await post(initialize))).toMatchObject({
      serverInfo: { name: 'test', title: 'Test API', version: '1.0.0' },
      instructions: 'Keeps notes.\n\nTools of Test API, for: free, read, write.',
      capabilities: { tools: {} },
    });
  });

  it('shows its icon', async () => {
    const icon = 'https://acme.dev/logo.svg';
    const post = await start({ api: { ...testApi, icon } });
    expect(await resultOf(await post(initialize))).toHaveProperty('serverInfo.icons', [
      { src: icon },
    ]);
  });

  it('describes the purpose of its tools if the document does not', async () => {
    const post = await start();
    expect(await resultOf(await post(initialize))).toHaveProperty(
      'instructions',
      'Tools of Test API, for: free, read, write.',
    );
  });

  it('allows only the client to cache a list, for five minutes', async () => {
    const post = await start();
    const modern = {
      ...list,
      params: {
        _meta: modernMeta,
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
      annotations: { readOnlyHint: true },
      securitySchemes: [{ type: 'oauth2', scopes: ['a', 'b'] }],
      _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['a', 'b'] }] },
    });
    expect(plain).not.toHaveProperty('title');
    // Nothing is stated twice, and no hint has its default value.
    expect(titled?.['annotations']).not.toHaveProperty('title');
  });
});

describe('a call', () => {
  afterEach(() => server.close());

  it('logs a line with the caller, the tool and the outcome', async () => {
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
      ids.map((id) => ({
        event: 'tool_call',
        request: id,
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

  it.each([[null], [''], [undefined]])('may have %j for its arguments', async (args) => {
    const post = await start();
    const call = { ...list, method: 'tools/call', params: { name: 'read', arguments: args } };
    expect((await post(call)).status).toBe(200);
    expect(server.calls).toMatchObject([{ args: {} }]);
  });

  it('may come without arguments', async () => {
    const post = await start();
    await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read' } });
    expect(server.calls).toEqual([{ tool: 'read', args: {} }]);
  });

  it('of an unknown tool is not repeated in the response, which has the nearest names', async () => {
    const post = await start();
    const text = await (await post(toolCall('rm-read'))).text();
    expect(text).toContain('Unknown tool. The nearest names are read, ');
    expect(text).not.toContain('rm-read');
    expect(server.calls).toEqual([]);
  });

  it('of custom code that fails is a result with a fixed text', async () => {
    const post = await start({ call: () => Promise.reject(new TypeError('s3cret')) });
    const result = await resultOf(await post(toolCall('read')));
    expect(result).toEqual({ content: [{ type: 'text', text: FAILED }], isError: true });
    expect(server.audit).toMatchObject([{ event: 'tool_call', failure: 'internal:TypeError' }]);
  });

  it.each(['2025-11-25', '2026-07-28'])(
    'ends when its caller disconnects (%s)',
    async (version) => {
      const events = new EventEmitter();
      const [begun, aborted] = [once(events, 'begun'), once(events, 'aborted')];
      const call = endless(events);
      await start({ call });
      const caller = request(server.url, {
        method: 'POST',
        agent: false,
        headers: {
          Authorization: `Bearer ${await server.token({ scope: 'notes.read' })}`,
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': version,
          'Mcp-Method': 'tools/call',
          'Mcp-Name': 'read',
        },
      });
      const params = { name: 'read', arguments: {}, _meta: modernMeta };
      const message = { ...toolCall('read'), ...(version === '2026-07-28' && { params }) };
      caller.on('error', () => undefined).end(JSON.stringify(message));
      await begun;
      caller.destroy();
      await expect(aborted).resolves.toEqual([]);
    },
  );
});

it('ends a call that its caller cancels, over stdio', async () => {
  const events = new EventEmitter();
  const [begun, aborted] = [once(events, 'begun'), once(events, 'aborted')];
  const call = endless(events);
  const [client, transport] = InMemoryTransport.createLinkedPair();
  const nothing = () => undefined;
  const { factory } = createMcp({ api: testApi, call, audit: nothing, onError: nothing });
  const mcp = await (await factory())({ era: 'legacy' });
  await mcp.connect(transport);
  await client.start();
  await client.send(initialize as never);
  await client.send({ ...toolCall('read'), id: 2 } as never);
  await begun;
  const params = { requestId: 2 };
  await client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  await expect(aborted).resolves.toEqual([]);
  await mcp.close();
});
