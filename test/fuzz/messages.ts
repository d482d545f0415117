import fc from 'fast-check';
import { toolNames } from './grants.js';

/** JSON-RPC, or nearly, as the text of a body. */
export interface Message {
  readonly text: string;
  /** The called tool, if the message is a correct call. */
  readonly calls?: string;
}

/** Arguments that fit the tool. */
export function goodArguments(tool: string): Record<string, unknown> {
  if (tool === 'read_note') return { id: 'a' };
  if (tool === 'files') return { path: 'a/b' };
  if (tool === 'write_note') return { body: { text: 'a' } };
  return tool === 'shapes' ? { matrix: ['a'], label: 'b', list: ['c'] } : {};
}

const words = (list: string) => list.trim().split(/\s+/);

const tool = fc.constantFrom(...toolNames);
/** Few, so that messages refer to one another. */
const smallId = fc.integer({ min: 1, max: 3 });
const id = fc.oneof(
  { weight: 4, arbitrary: smallId },
  { weight: 2, arbitrary: fc.integer() },
  { weight: 2, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, 1.5, 1e308, {}, [], '', -0) },
);
const oddNames = words(`
  FREE fr\u0435e write_note\u200b ../free free/.. free\0 __proto__ constructor toString hasOwnProperty tools/call
`);
const oddName = fc.oneof(
  fc.constantFrom<unknown>(
    ...oddNames,
    'free ',
    '',
    'x'.repeat(65),
    'x'.repeat(100_000),
    null,
    true,
  ),
  fc.constantFrom<unknown>(0, ['write_note'], { name: 'write_note' }),
  fc.string(),
);
const methods = words(`
  initialize server/discover tools/list ping tools/call resources/read notifications/initialized
  notifications/cancelled logging/setLevel tools/Call completion/complete prompts/get tasks/get
  subscriptions/listen __proto__ toString
`);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...methods) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>('', null, 1, ['tools/call'], { method: 'tools/call' }),
  },
  { weight: 1, arbitrary: fc.string() },
);
const meta = fc.record(
  {
    'io.modelcontextprotocol/protocolVersion': fc.constantFrom('2026-07-28', '2025-11-25', 'x', 1),
    'io.modelcontextprotocol/clientInfo': fc.constantFrom<unknown>({ name: 'f', version: '1' }, 1),
    'io.modelcontextprotocol/clientCapabilities': fc.constantFrom<unknown>({}, [], null),
    progressToken: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: [] },
);

const callId = fc.oneof(smallId, fc.integer());
const goodCall = fc.record({ id: callId, tool }).map(({ id: own, tool: name }): Message => {
  const params = { name, arguments: goodArguments(name) };
  return { calls: name, text: text({ jsonrpc: '2.0', id: own, method: 'tools/call', params }) };
});

/** Required members, each perhaps of the wrong type, or missing. */
const nearly = fc
  .record(
    {
      jsonrpc: fc.constantFrom<unknown>('2.0', '2.0', '2.0', '1.0', 2, null),
      id,
      method,
      params: fc.oneof(
        fc.record(
          {
            name: fc.oneof(tool, oddName),
            arguments: fc.oneof(fc.constant({}), fc.jsonValue({ maxDepth: 2 })),
            requestId: id,
            _meta: fc.oneof(meta, fc.jsonValue({ maxDepth: 1 })),
            protocolVersion: fc.constantFrom<unknown>('2025-11-25', '2024-11-05', 'x', 1, null),
            capabilities: fc.jsonValue({ maxDepth: 1 }),
            clientInfo: fc.jsonValue({ maxDepth: 1 }),
          },
          { requiredKeys: [] },
        ),
        fc.jsonValue({ maxDepth: 2 }),
      ),
      result: fc.jsonValue({ maxDepth: 1 }),
      error: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: ['jsonrpc', 'method'] },
  )
  .map((value): Message => ({ text: text(value) }));

/** Notifications about a request that may be in progress. */
const about = fc
  .record({ kind: fc.constantFrom('cancelled', 'progress', 'message'), requestId: id })
  .map(({ kind, requestId }): Message => {
    const params = { requestId, progressToken: requestId, progress: 1, reason: 'x' };
    return { text: text({ jsonrpc: '2.0', method: `notifications/${kind}`, params }) };
  });

/** A member twice, under one spelling or two, so that two readers may see two calls. */
const duplicates = fc
  .record({ first: tool, second: tool, key: fc.constantFrom('name', 'params', 'method') })
  .map(({ first, second, key }): Message => {
    const call = (name: string) => `"params":{"name":"${name}","arguments":{}}`;
    const members = {
      name: `"method":"tools/call","params":{"name":"${first}","n\\u0061me":"${second}","arguments":{}}`,
      params: `"method":"tools/call",${call(first)},${call(second)}`,
      method: `"method":"tools/list","m\\u0065thod":"tools/call",${call(first)},"Method":"ping"`,
    };
    return { text: `{"jsonrpc":"2.0","id":1,${members[key as 'name']},"__proto__":{"id":2}}` };
  });

const deep = fc
  .record({ depth: fc.integer({ min: 10, max: 100_000 }), place: fc.integer({ min: 0, max: 3 }) })
  .map(({ depth, place }): Message => {
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    const objects = '{"a":'.repeat(depth / 8) + '1' + '}'.repeat(depth / 8);
    const call = (args: string, name = '"free"') =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${name},"arguments":${args}}}`;
    const bodies = [nested, call(`{"a":${nested}}`), call(objects), call('{}', nested)];
    return { text: bodies[place] ?? nested };
  });

const noJson = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '\ufeff{}', '{', 'null', '1', '""', '[]', 'NaN', "{'a':1}", '{}{}', '[1,]'),
    fc.constantFrom(
      '{"jsonrpc":"2.0"',
      '{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
      '\0',
      '[[]]',
    ),
  )
  .map((value): Message => ({ text: value }));

/** One message. */
export const message: fc.Arbitrary<Message> = fc.oneof(
  { weight: 6, arbitrary: goodCall },
  { weight: 6, arbitrary: nearly },
  { weight: 3, arbitrary: duplicates },
  { weight: 1, arbitrary: about },
  { weight: 1, arbitrary: deep },
  { weight: 2, arbitrary: noJson },
);

/** Several in an array, as in the revision 2025-03-26; parts that are not JSON make the whole invalid. */
export const batch: fc.Arbitrary<readonly Message[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(goodCall, { minLength: 1, maxLength: 4 }) },
  {
    weight: 3,
    arbitrary: fc.array(fc.oneof(goodCall, nearly, duplicates, about), { maxLength: 6 }),
  },
  { weight: 2, arbitrary: fc.array(fc.oneof(goodCall, about), { minLength: 2, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(goodCall, { minLength: 90, maxLength: 130 }) },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }) },
);

function text(value: unknown): string {
  return JSON.stringify(value);
}
