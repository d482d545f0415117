import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Api, Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { createMcp } from '../../../templates/src/runtime/mcp.js';
import { readDirect } from '../../../templates/src/runtime/messages.js';
import { createOffer } from '../../../templates/src/runtime/operations/offer.js';
import type { Call } from '../../../templates/src/runtime/upstream/call.js';
import { plainRequest } from '../../support/plain-request.js';
import { testApi } from '../../support/server.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1500);
const api: Api = { ...testApi, toolMode: 'search' };
const MAX_ANSWER = 60_000;

const oddNames = ['READ', ' read', 'read ', 'constructor', '__proto__', '', 'find_operations'];
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('free', 'read', 'write') },
  { weight: 1, arbitrary: fc.constantFrom(...oddNames) },
  { weight: 1, arbitrary: fc.string() },
) as fc.Arbitrary<Json>;
const anything = fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<Json>;
const given = fc.oneof(
  anything,
  anything.map((value) => JSON.stringify(value)),
  fc.dictionary(fc.string(), anything),
);
const tool = fc.constantFrom(
  'find_operations',
  'call_read_operation',
  'call_write_operation',
  'read',
);
const some = { requiredKeys: [] };
const argumentsOf = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: operation, arguments: given }, some) },
  {
    weight: 3,
    arbitrary: fc.record(
      { query: fc.string(), resource: fc.string(), names: fc.array(operation), limit: fc.double() },
      some,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.dictionary(fc.constantFrom('query', 'tag', 'names', 'name'), anything),
  },
) as fc.Arbitrary<JsonObject>;

describe('the three tools, on generated arguments', () => {
  it('run exactly the operation that the gate checked, each by the right tool', () => {
    const offer = createOffer(api);
    let ran = 0;
    fc.assert(
      fc.property(tool, argumentsOf, (name, args) => {
        const meant = offer.meaning(name, args);
        const checked = offer.operationOf(name, args);
        if (meant?.tool === undefined) {
          expectAnswer(meant?.answer(undefined));
          return;
        }
        ran += 1;
        expect([meant.tool.name, args['name']]).toEqual([checked, checked]);
        expect(name).toBe(
          meant.tool.request.method === 'GET' ? 'call_read_operation' : 'call_write_operation',
        );
        expect(Array.isArray(meant.arguments) || typeof meant.arguments).toBe('object');
      }),
      { numRuns: RUNS },
    );
    expect(ran).toBeGreaterThan(RUNS / 100);
  });

  it('respond the same directly and through the SDK', async () => {
    const echo: Call = ({ name }, args) =>
      Promise.resolve({
        result: { content: [{ type: 'text', text: JSON.stringify({ name, args }) }] },
      });
    const nothing = () => undefined;
    const mcp = createMcp({ api, call: echo, audit: nothing, onError: nothing });
    const property = fc.asyncProperty(tool, argumentsOf, async (name, args) => {
      const params = { name, arguments: args };
      const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
      const request = plainRequest({
        headers: [
          'content-type',
          'application/json',
          'accept',
          'application/json, text/event-stream',
        ],
      });
      const direct = readDirect(request, body);
      expect(direct).toBeDefined();
      if (direct === undefined) return;
      const [ours, theirs] = await Promise.all([
        mcp.direct(direct, request).then(messageOf),
        mcp.sdk(request, body).then(messageOf),
      ]);
      expect(ours).toEqual(theirs);
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS / 10) });
  });
});

function expectAnswer(answer: unknown): void {
  if (answer !== undefined) expect(JSON.stringify(answer).length).toBeLessThan(MAX_ANSWER);
}

async function messageOf({ body }: { readonly body: unknown }): Promise<unknown> {
  const text = await new Response(body as string).text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
}
