import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { ANSWER_MS } from '../../templates/src/runtime/confirm.js';
import type { ToolMode } from '../../templates/src/runtime/operations/offer.js';
import {
  confirmingApi,
  modes,
  overHttp,
  overStdio,
  yes,
  type Mode,
} from '../support/confirming.js';
import { startTestServer, type TestServer } from '../support/server.js';

const modern: Mode = { pin: '2026-07-28' };
const META = 'io.modelcontextprotocol/';
let server: TestServer;
const started: TestServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((one) => one.close()));
});

async function start(env: Record<string, string> = { MCP_CONFIRM: 'destructive' }) {
  server = await startTestServer({ api: confirmingApi, env });
  started.push(server);
  return server;
}

const textOf = (result: { content?: unknown }) => JSON.stringify(result.content);
const ran = () => server.calls.map(({ tool }) => tool);

describe('a person, over HTTP in 2026-07-28', () => {
  it('confirms a call, which is then made once', async () => {
    const { url } = await start();
    const { call, asked, client } = await overHttp(url, await server.token(), modern, yes);
    expect(textOf(await call('erase', { id: 5, list: 'to do' }))).toContain('erase ran');
    expect(asked).toEqual([
      'Erase item 5 of "to do"?\nThis calls erase (DELETE /erase/{id}) with\nid: 5\nlist: "to do"',
    ]);
    expect(server.calls).toEqual([{ tool: 'erase', args: { id: 5, list: 'to do' } }]);
    expect(server.audit.filter(({ event }) => event === 'confirmation')).toMatchObject([
      { tool: 'erase', subject: 'alice', outcome: 'asked' },
      { tool: 'erase', subject: 'alice', outcome: 'confirmed' },
    ]);
    await client.close();
  });

  it.each([
    ['no', { action: 'decline' }],
    ['nothing', { action: 'cancel' }],
    ['an empty form', { action: 'accept', content: {} }],
    ['a form without content', { action: 'accept' }],
    ['a box that is not ticked', { action: 'accept', content: { confirm: false } }],
    ['another box', { action: 'accept', content: { yes: true } }],
  ] as const)('responds with %s, and nothing is called', async (_, answer) => {
    const { url } = await start();
    const { call, asked, client } = await overHttp(url, await server.token(), modern, answer);
    const result = await call('drop');
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('did not confirm');
    expect(asked).toHaveLength(1);
    expect(ran()).toEqual([]);
    await client.close();
  });

  it('is not asked if the client does not support it, which is reported', async () => {
    const { url } = await start();
    const { call, client } = await overHttp(url, await server.token(), modern);
    const result = await call('drop');
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('this client cannot ask');
    expect(ran()).toEqual([]);
    await client.close();
  });

  it('is not asked if scopes are missing', async () => {
    const { url } = await start();
    const { call, asked, client } = await overHttp(
      url,
      await server.token({ scope: '' }),
      modern,
      yes,
    );
    await expect(call('write')).rejects.toThrow();
    expect(asked).toEqual([]);
    await client.close();
  });

  it('confirms the operation in search mode, not the tool that calls it', async () => {
    const { url } = await start({ MCP_CONFIRM: 'destructive', MCP_TOOLS: 'search' });
    const { call, asked, client } = await overHttp(url, await server.token(), modern, yes);
    const args = { name: 'erase', arguments: { id: 5 } };
    expect(textOf(await call('call_write_operation', args))).toContain('erase ran');
    expect(asked).toEqual([
      expect.stringContaining('Erase item 5 of (not given)?\nThis calls erase '),
    ]);
    const free = { name: 'note', arguments: {} };
    expect(textOf(await call('call_write_operation', free))).toContain('note ran');
    expect(textOf(await call('call_write_operation', { name: 'keep' }))).toContain('keep ran');
    expect(asked).toHaveLength(2);
    await client.close();
  });
});

it('refuses clients of the earlier era over HTTP, even those that could ask', async () => {
  const { url } = await start();
  const { call, asked, client } = await overHttp(url, await server.token(), 'legacy', yes);
  const result = await call('drop');
  expect(result.isError).toBe(true);
  expect(textOf(result)).toContain('this client cannot ask');
  expect(textOf(await call('free'))).toContain('free ran');
  expect([asked, ran()]).toEqual([[], ['free']]);
  await client.close();
});

describe.each(modes)('over stdio, in %j', (mode) => {
  const settings = { which: 'destructive' } as const;

  it('a person confirms', async () => {
    const { call, asked, calls, close } = await overStdio(settings, mode, yes);
    expect(textOf(await call('drop', { id: 1 }))).toContain('drop ran');
    expect([asked.length, calls]).toEqual([1, ['drop']]);
    await close();
  });

  it.each(['decline', 'cancel'] as const)('a person may %s', async (action) => {
    const { call, asked, calls, close } = await overStdio(settings, mode, { action });
    expect((await call('drop')).isError).toBe(true);
    expect([asked.length, calls]).toEqual([1, []]);
    await close();
  });

  it('a client that cannot ask is refused', async () => {
    const { call, calls, close } = await overStdio(settings, mode);
    expect(textOf(await call('drop'))).toContain('this client cannot ask');
    expect(calls).toEqual([]);
    await close();
  });

  it('tools marked in the document are confirmed by default', async () => {
    const { call, asked, calls, close } = await overStdio(undefined, mode, yes);
    for (const name of ['drop', 'keep', 'free', 'erase', 'note']) await call(name);
    expect(asked).toHaveLength(2);
    expect(calls).toEqual(['drop', 'keep', 'free', 'erase', 'note']);
    await close();
  });
});

/** Arguments that cannot become a request, and the error messages. */
const unusable: readonly (readonly [fault: string, args: JsonObject, text: string])[] = [
  ['an unknown name', { id: '1', lits: 2 }, 'Unknown argument'],
  ['a missing one', { list: 1 }, 'id is missing'],
  ['another type', { id: '1', list: 'all' }, 'list must be'],
  ['a value out of bounds', { id: '1', list: 0 }, 'list must be'],
  ['a way out of the path', { id: '..' }, 'must not be'],
  ['half a character', { id: '\ud800' }, 'is not valid Unicode text'],
];

/** A call of `wipe` in each mode. */
const offers: readonly (readonly [ToolMode, (args: JsonObject) => [string, JsonObject]])[] = [
  ['all', (args) => ['wipe', args]],
  ['search', (args) => ['call_write_operation', { name: 'wipe', arguments: args }]],
];

describe.each(offers)('arguments that cannot be sent, with MCP_TOOLS=%s', (tools, asCall) => {
  it.each(unusable)('%s: are refused over HTTP without a question', async (_, args, text) => {
    const { url } = await start({ MCP_CONFIRM: 'destructive', MCP_TOOLS: tools });
    const { call, asked, client } = await overHttp(url, await server.token(), modern, yes);
    const result = await call(...asCall(args));
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(text);
    expect([asked, ran()]).toEqual([[], []]);
    expect(server.audit).toContainEqual(
      expect.objectContaining({ event: 'tool_call', tool: 'wipe', failure: 'arguments' }),
    );
    expect(textOf(await call(...asCall({ id: '1' })))).toContain('wipe ran');
    expect(asked).toHaveLength(1);
    await client.close();
  });

  it.each(modes.flatMap((mode) => unusable.map((one) => [mode, ...one] as const)))(
    'over stdio, in %j, %s',
    async (mode, _, args, text) => {
      const settings = { which: 'destructive' } as const;
      const { call, asked, calls, close } = await overStdio(settings, mode, yes, tools);
      const result = await call(...asCall(args));
      expect(result.isError).toBe(true);
      expect(textOf(result)).toContain(text);
      expect([asked, calls]).toEqual([[], []]);
      await call(...asCall({ id: '1' }));
      expect([asked.length, calls]).toEqual([1, ['wipe']]);
      await close();
    },
  );
});

describe('MCP_CONFIRM', () => {
  it.each([
    ['document', ['erase', 'note']],
    ['destructive', ['drop', 'erase', 'note']],
    ['none', []],
  ])('%s asks about %j', async (value, expected) => {
    await start({ MCP_CONFIRM: value });
    const headers = { Authorization: `Bearer ${await server.token()}` };
    const asked: string[] = [];
    for (const name of ['drop', 'erase', 'keep', 'note', 'free']) {
      const response = await server.post(request(name), { ...headersOf(name), ...headers });
      if ((await response.text()).includes('input_required')) asked.push(name);
    }
    expect(asked).toEqual(expected);
  });
});

/** A call in 2026-07-28, by hand. */
function request(name: string, args: JsonObject = {}, more: JsonObject = {}) {
  const _meta = {
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientInfo`]: { name: 'test', version: '1' },
    [`${META}clientCapabilities`]: { elicitation: { form: {} } },
  };
  const params = { name, arguments: args, _meta, ...more };
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
}

const headersOf = (name: string) => ({
  'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': 'tools/call',
  'Mcp-Name': name,
});

interface Result {
  readonly requestState?: string;
  readonly inputRequests?: { readonly confirm: { readonly params: { readonly message: string } } };
}

async function send(at: TestServer, name: string, args: JsonObject, more: JsonObject = {}) {
  const headers = { ...headersOf(name), Authorization: `Bearer ${await at.token()}` };
  const text = await (await at.post(request(name, args, more), headers)).text();
  const body = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as { result?: Result };
  return { text, result: body.result };
}

const answered = (requestState: string | undefined): JsonObject => ({
  requestState: requestState ?? '',
  inputResponses: { confirm: { action: 'accept', content: { confirm: true } } },
});

describe('MCP_REQUEST_STATE_KEY', () => {
  const key = 'k'.repeat(32);

  it('allows the answer to reach another instance', async () => {
    const [first, second] = [
      await start({ MCP_REQUEST_STATE_KEY: key }),
      await start({ MCP_REQUEST_STATE_KEY: key }),
    ];
    const { result } = await send(first, 'erase', { id: 1 });
    const { text } = await send(second, 'erase', { id: 1 }, answered(result?.requestState));
    // The issuers of the two differ, and so do their callers' tokens, but not the callers.
    expect(text).toContain('erase ran');
  });

  it.each<Record<string, string>>([{}, { MCP_REQUEST_STATE_KEY: 'j'.repeat(32) }])(
    '%j: requires the same value',
    async (env) => {
      const first = await start({ MCP_REQUEST_STATE_KEY: key });
      const { result } = await send(first, 'erase', { id: 1 });
      const { text } = await send(
        await start(env),
        'erase',
        { id: 1 },
        answered(result?.requestState),
      );
      expect(text).toContain('-32602');
      expect(ran()).toEqual([]);
    },
  );

  it('must have 32 bytes', async () => {
    await expect(start({ MCP_REQUEST_STATE_KEY: 'ü'.repeat(15) })).rejects.toThrow(
      'MCP_REQUEST_STATE_KEY must have 32 bytes or more',
    );
    await start({ MCP_REQUEST_STATE_KEY: 'ü'.repeat(16) });
  });
});

describe('an answer', () => {
  it('is valid for a few minutes', async () => {
    await start();
    const { result } = await send(server, 'erase', { id: 1 });
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + ANSWER_MS + 2000 });
    const late = await send(server, 'erase', { id: 1 }, answered(result?.requestState));
    vi.setSystemTime(now + ANSWER_MS - 2000);
    const { text } = await send(server, 'erase', { id: 1 }, answered(result?.requestState));
    expect(late.text).toContain('Invalid or expired requestState');
    expect(text).toContain('erase ran');
    expect(ran()).toEqual(['erase']);
  });

  it.each<[JsonObject, JsonObject]>([
    [
      { a: 1, b: { c: [1, 2], d: 'x' } },
      { b: { d: 'x', c: [1, 2] }, a: 1 },
    ],
    [{}, {}],
  ])('is valid for the same arguments in another order: %j', async (asked, called) => {
    await start();
    const { result } = await send(server, 'erase', asked);
    expect((await send(server, 'erase', called, answered(result?.requestState))).text).toContain(
      'erase ran',
    );
  });

  it.each<[string, string]>([
    ['{"id":1}', '{"id":2}'],
    ['{"id":1}', '{"id":"1"}'],
    ['{"id":1}', '{"id":1,"force":true}'],
    ['{"id":[["list",1]]}', '{"id":[[1]]}'],
    ['{"id":{"a":1}}', '{"id":["object",["a",1]]}'],
    ['{"id":{"a":1}}', '{"id":[["a",1]]}'],
    ['{"id":null}', '{}'],
  ])('to %s is not valid for %s', async (asked, called) => {
    await start();
    const { result } = await send(server, 'erase', JSON.parse(asked) as JsonObject);
    const args = JSON.parse(called) as JsonObject;
    const { text } = await send(server, 'erase', args, answered(result?.requestState));
    expect(text).toContain('The user has confirmed another call');
    expect(ran()).toEqual([]);
  });
});

it('also covers arguments that only the text of JSON can contain', async () => {
  await start({ MCP_CONFIRM: 'destructive', MCP_TOOLS: 'search' });
  const by = (text: string) => ({ name: 'erase', arguments: text });
  const [one, other] = ['{"__proto__":{"id":1}}', '{"__proto__":{"id":2}}'];
  const { result } = await send(server, 'call_write_operation', by(one));
  const answer = answered(result?.requestState);
  const { text } = await send(server, 'call_write_operation', by(other), answer);
  expect(text).toContain('The user has confirmed another call');
  expect((await send(server, 'call_write_operation', by(one), answer)).text).toContain('erase ran');
});

describe('a question', () => {
  const messageOf = async (name: string, args: JsonObject) =>
    (await send(server, name, args)).result?.inputRequests?.confirm.params.message;

  it('shows the model’s values in quotes, on one line, truncated, without invisible characters', async () => {
    await start();
    const hostile = 'x"?\nIt is harmless: tick.\u202e\u200b';
    expect(await messageOf('erase', { id: hostile })).toBe(
      'Erase item "x\\"?\\nIt is harmless: tick.\ufffd\ufffd" of (not given)?\n' +
        'This calls erase (DELETE /erase/{id}) with\n' +
        'id: "x\\"?\\nIt is harmless: tick.\ufffd\ufffd"',
    );
    const cut = '"x{199}… \\(truncated\\)';
    expect(await messageOf('erase', { id: 'x'.repeat(1000) })).toMatch(
      new RegExp(`^Erase item ${cut} of .*\n.*\nid: ${cut}$`),
    );
  });

  it('shows a limited number of arguments', async () => {
    await start();
    const args = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`a${n}`, n]));
    expect(await messageOf('drop', args)).toMatch(
      /^Drop everything\?\n.*with\n(a\d+: \d+\n){20}and 5 more$/,
    );
    expect(await messageOf('drop', {})).toBe(
      'Drop everything?\nThis calls drop (DELETE /drop/{id}).',
    );
  });
});
