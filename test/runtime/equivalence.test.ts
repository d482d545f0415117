/**
 * A single `tools/call` or `tools/list` is answered without the SDK's transport. These tests send generated requests of
 * both protocol eras both ways, and compare status, challenge and message.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../templates/src/runtime/api.js';
import { CallerToken, type Holder } from '../../templates/src/runtime/caller.js';
import type { HttpRequest, HttpResponse } from '../../templates/src/runtime/http.js';
import { createMcp } from '../../templates/src/runtime/mcp.js';
import { readDirect } from '../../templates/src/runtime/messages.js';
import type { Call } from '../../templates/src/runtime/upstream/call.js';
import { plainRequest } from '../support/plain-request.js';
import { testApi } from '../support/server.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3000);
const MODERN = '2026-07-28';
const META = 'io.modelcontextprotocol/';

/** Returns everything that it received, so that a difference on the way in becomes one in the response. */
const echo: Call = ({ name }, args, { caller, traceparent }) => {
  const seen = { name, args, caller: { ...caller }, traceparent: traceparent ?? null };
  return Promise.resolve({
    result: {
      content: [{ type: 'text', text: JSON.stringify(seen) }],
      structuredContent: seen as unknown as JsonObject,
      ...(name === 'write' && { isError: true, _meta: { own: 1 } }),
    },
  });
};

const nothing = () => undefined;
const refused = { isError: true, content: [{ type: 'text' as const, text: 'refused' }] };
const mcp = createMcp({
  api: { ...testApi, description: 'Keeps notes.' },
  call: echo,
  audit: nothing,
  onError: nothing,
  gate: {
    authorize: ({ name }, caller) =>
      name === 'read' && !caller?.scopes.length ? refused : undefined,
    scopesOf: ({ name }) => testApi.scopes[name]?.flat() ?? [],
    lacking: () => [],
    baseline: [],
    isPublic: () => false,
  },
});

/** The message in any framing, with status and challenge. */
async function shown({ status, headers, body }: HttpResponse) {
  const text = await new Response(body as string | null).text();
  const event = /^data: (.*)$/m.exec(text)?.[1];
  const challenge = Object.entries(headers).find(([name]) => /^www-auth/i.test(name))?.[1];
  return { status, challenge, message: JSON.parse(event ?? text) as unknown };
}

interface Sample {
  readonly request: HttpRequest;
  readonly body: Json;
  readonly holder: Holder;
}

/** Compares both ways; whether the request is answered directly. */
async function compare({ request, body, holder }: Sample): Promise<boolean> {
  const direct = readDirect(request, body);
  if (direct === undefined) return false;
  const [ours, theirs] = await Promise.all([
    mcp.direct(direct, request, holder).then(shown),
    mcp.sdk(request, body, holder).then(shown),
  ]);
  expect(ours).toEqual(theirs);
  return true;
}

const holder = (scopes: readonly string[]): Holder => {
  const caller = { subject: 'alice', client: 'c', scopes, expiresAt: 4e9, audiences: ['a'] };
  return { caller, token: new CallerToken('t', caller) };
};

/** Mostly an ordinary value, sometimes an odd one, sometimes none. */
const mostly = <T>(usual: fc.Arbitrary<T>, ...odd: readonly unknown[]) =>
  fc.oneof(
    { weight: 40, arbitrary: usual },
    { weight: 1, arbitrary: fc.constantFrom(undefined, ...odd) },
  );

const json = fc.jsonValue({ maxDepth: 3 });
const ids = fc.oneof(fc.integer(), fc.string(), fc.constantFrom(0, -1, '', 2 ** 53 - 1));
const oddIds = [null, 1.5, 2 ** 53, true, [], {}];
const names = fc.constantFrom('free', 'read', 'write', 'unknown', 'constructor', '__proto__', '');
const objects = fc.dictionary(fc.string(), json, { maxKeys: 4 });
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const plainInfo = fc.constant({ name: 'client', version: '1.0' });
const oddInfo = fc.record(
  {
    name: mostly(fc.string(), 7, null),
    version: mostly(fc.string(), 7),
    title: mostly(fc.string(), null),
    websiteUrl: fc.string(),
    icons: fc.constantFrom([], [{ src: 'a' }], [{}]),
    other: json,
  },
  { requiredKeys: ['name', 'version'] },
);
const info = fc.oneof({ weight: 3, arbitrary: plainInfo }, { weight: 1, arbitrary: oddInfo });
const capabilities = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        elicitation: fc.constantFrom({}, { form: {} }, { form: {}, url: {} }, { form: 1 }, 7),
        sampling: fc.constantFrom({}, { tools: {} }, { tools: 1 }),
        roots: fc.constantFrom({}, { listChanged: true }, { listChanged: {} }, { listChanged: 1 }),
        extensions: fc.constantFrom({}, { 'a/b': {} }, { 'a/b': 1 }),
        experimental: fc.constantFrom({}, { x: {} }, []),
        tasks: fc.constantFrom({}, { list: {} }),
        own: fc.constantFrom({}, { x: {} }, 1),
      },
      { requiredKeys: [] },
    ),
  },
);

/** The members that every request of the later era has. */
const envelope = (modern: boolean) =>
  modern
    ? {
        [`${META}protocolVersion`]: mostly(fc.constant(MODERN), '2025-11-25', 7, '2027-01-01'),
        [`${META}clientInfo`]: mostly(info, {}, null, 'x'),
        [`${META}clientCapabilities`]: mostly(capabilities, null, [], 'x'),
      }
    : {};

const extras = fc.record(
  {
    traceparent: fc.constantFrom(traceparent, 'x', 7),
    own: json,
    progressToken: fc.constantFrom(1, 'a', {}),
    [`${META}logLevel`]: fc.constantFrom('debug', 'x'),
    [`${META}related-task`]: fc.constantFrom({ taskId: 'a' }, {}),
    [`${META}other`]: json,
  },
  { requiredKeys: [] },
);
const harmless = fc.record(
  { traceparent: fc.constantFrom(traceparent, 'x', 7), own: json },
  { requiredKeys: [] },
);

const meta = (modern: boolean) =>
  fc
    .tuple(
      fc.record(envelope(modern)),
      fc.oneof({ weight: 5, arbitrary: harmless }, { weight: 1, arbitrary: extras }),
    )
    .map(([required, more]) => ({ ...required, ...more }));

const lines = (pairs: Readonly<Record<string, unknown>>) =>
  Object.entries(pairs).flatMap(([name, value]) =>
    typeof value === 'string' ? [name, value] : [],
  );

/** Members that are undefined are absent. */
const present = (value: object) => JSON.parse(JSON.stringify(value)) as JsonObject;

function samples(modern: boolean): fc.Arbitrary<Sample> {
  const parts = fc.record({
    id: mostly(ids as fc.Arbitrary<unknown>, ...oddIds),
    jsonrpc: mostly(fc.constant('2.0'), '1.0', 2),
    method: mostly(fc.constantFrom('tools/call', 'tools/list'), 'ping', 'tools/call ', 7),
    name: mostly(names as fc.Arbitrary<unknown>, 7, null, {}),
    args: mostly(objects as fc.Arbitrary<unknown>, null, [], 'x', 7),
    meta: mostly(meta(modern) as fc.Arbitrary<unknown>, null, [], 'x', 7),
    more: fc.oneof({ weight: 30, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: objects }),
    moreParams: fc.oneof(
      { weight: 30, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constantFrom({ cursor: 'a' }, { task: {} }, { x: 1 }) },
    ),
    accept: mostly(
      fc.constant('application/json, text/event-stream'),
      '*/*',
      'application/json',
      'text/event-stream',
    ),
    version: modern
      ? mostly(fc.constant(MODERN), '2025-11-25', 'x')
      : mostly(
          fc.constantFrom('2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'),
          MODERN,
          'x',
          '',
        ),
    methodHeader: mostly(fc.constant('same'), 'tools/list', 'x'),
    nameHeader: mostly(fc.constant('same'), 'free', 'x'),
    scopes: fc.constantFrom([], ['notes.read']),
  });
  return parts.map((part) => {
    const call = part.method === 'tools/call';
    const params = {
      ...(call && { name: part.name, arguments: part.args }),
      _meta: part.meta,
      ...part.moreParams,
    };
    const { id, jsonrpc, method } = part;
    const body = present({ jsonrpc, id, method, params, ...part.more });
    const same = (header: unknown, own: unknown) =>
      header === 'same' ? (modern ? String(own) : undefined) : header;
    const headers = lines({
      'Content-Type': 'application/json',
      Accept: part.accept,
      'MCP-Protocol-Version': part.version,
      'Mcp-Method': same(part.methodHeader, method),
      'Mcp-Name': same(part.nameHeader, part.name),
    });
    return { request: plainRequest({ headers }), body, holder: holder(part.scopes) };
  });
}

describe.each([
  ['the initialize era', false],
  [MODERN, true],
])('requests of %s', (_, modern) => {
  it('get the same response both ways', async () => {
    let direct = 0;
    await fc.assert(
      fc.asyncProperty(samples(modern), async (sample) => {
        direct += Number(await compare(sample));
      }),
      { numRuns: RUNS },
    );
    // A comparison of nothing would prove nothing.
    expect(direct).toBeGreaterThan(RUNS / 20);
  });
});

describe('the requests of real clients', () => {
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'read', arguments: {} },
  };
  const list = { jsonrpc: '2.0', id: 'a', method: 'tools/list' };
  const accept = ['Accept', 'application/json, text/event-stream'];
  const envelope = {
    [`${META}protocolVersion`]: MODERN,
    [`${META}clientInfo`]: { name: 'client', version: '1.0' },
    [`${META}clientCapabilities`]: { elicitation: { form: {}, url: {} }, sampling: {} },
  };
  const modern = (method: string, name?: string) => [
    ...accept,
    'MCP-Protocol-Version',
    MODERN,
    'Mcp-Method',
    method,
    ...(name === undefined ? [] : ['Mcp-Name', name]),
  ];

  it.each<[string, readonly string[], Json]>([
    ['a call', accept, call],
    ['a call with a version', [...accept, 'MCP-Protocol-Version', '2025-06-18'], call],
    ['a list', accept, list],
    ['a list as JSON alone', ['Accept', 'application/json'], list],
    ['a list with parameters', accept, { ...list, params: {} }],
    [
      'a call of 2026-07-28',
      modern('tools/call', 'read'),
      { ...call, params: { ...call.params, _meta: envelope } },
    ],
    ['a list of 2026-07-28', modern('tools/list'), { ...list, params: { _meta: envelope } }],
  ])('are answered directly, with the same response: %s', async (_, headers, body) => {
    const request = plainRequest({ headers: ['Content-Type', 'application/json', ...headers] });
    expect(await compare({ request, body, holder: holder(['notes.read']) })).toBe(true);
  });

  it.each<[string, readonly string[], Json]>([
    ['a batch', accept, [call]],
    ['initialize', accept, { ...list, method: 'initialize' }],
    ['a notification', accept, { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['progress', accept, { ...call, params: { ...call.params, _meta: { progressToken: 1 } } }],
    ['a cursor', accept, { ...list, params: { cursor: 'x' } }],
    ['an odd content type', [...accept, 'Content-Type', 'text/plain'], list],
    ['a modern header without an envelope', modern('tools/list'), list],
    [
      'arguments with a member that it drops',
      accept,
      { ...call, params: { name: 'free', arguments: JSON.parse('{"__proto__":[]}') as Json } },
    ],
  ])('that need more are passed to the SDK: %s', (_, headers, body) => {
    const request = plainRequest({ headers: ['Content-Type', 'application/json', ...headers] });
    expect(readDirect(request, body)).toBeUndefined();
  });
});
