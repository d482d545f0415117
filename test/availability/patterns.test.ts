import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sent } from './answers.js';
import { call, callInEra, eras } from './bodies.js';
import { Lab } from './lab.js';
import { expectNoStall } from './stall.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterEach(() => {
  lab.around.upstream.behaviour = undefined;
});
afterAll(() => lab.close());

/** Hours for `^(\w|\d|-)+$` and `^(a|a)+$` in an engine that backtracks. */
const digits = `${'1'.repeat(40)}!`;
const letters = `${'a'.repeat(40)}!`;
const json = (value: unknown) => JSON.stringify(value);

/** Where a pattern of the document can be, and an argument that would keep it busy. */
const places: readonly (readonly [where: string, tool: string, args: object])[] = [
  ['a query', 'alternatives', { q: digits }],
  ['a header', 'alternatives', { 'X-Code': digits }],
  ['a path', 'get_code', { code: letters }],
  ['a body', 'put_patterns', { body: { square: '@.'.repeat(10_000) + ' ' } }],
  ['the end of a long text', 'put_patterns', { body: { tail: `${'a'.repeat(60_000)}!` } }],
  ['a list', 'put_patterns', { body: { list: ['x', digits] } }],
  ['patternProperties', 'put_patterns', { body: { named: { [digits]: 1 } } }],
  ['propertyNames', 'put_patterns', { body: { names: { [digits]: 1 } } }],
  ['oneOf', 'put_patterns', { body: { either: digits } }],
  ['a body far down', 'put_patterns', { body: { nested: { deep: [{}, { q: letters }] } } }],
  ['the body of a PATCH', 'patch_patterns', { body: { list: [digits] } }],
];

describe('a pattern of the document', () => {
  it.each(places)('in %s is never run', async (_where, tool, args) => {
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        const { received, refused } = await sent(stage, { body: call(tool, json(args)) });
        expect(refused).toBe(false);
        expect(received).toHaveLength(1);
      }),
    );
  });

  it.each(eras)('is never run in the era of %s', async (era) => {
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        const attempt = callInEra(era, 'alternatives', json({ q: digits }));
        expect((await sent(stage, attempt)).received).toHaveLength(1);
      }),
    );
  });

  it.each(eras)('is never run for a call that asks for progress (%s)', async (era) => {
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        const attempt = callInEra(era, 'alternatives', json({ q: digits }), '"progressToken":"p1"');
        expect((await sent(stage, attempt)).received).toHaveLength(1);
      }),
    );
  });

  it('is never run for a batch', async () => {
    const one = call('alternatives', json({ q: digits }));
    const batch = [1, 2, 3].map((id) => one.replace('"id":1', `"id":${id}`));
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        const { answer, received } = await sent(stage, { body: `[${batch.join()}]` });
        expect(answer.status).toBe(200);
        expect(received).toHaveLength(3);
      }),
    );
  });

  it('is never run over a text that is longer than it may be', async () => {
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        const q = `${'@.'.repeat(10_000)} `;
        const { received, refused } = await sent(stage, { body: call('short', json({ q })) });
        expect(refused).toBe(true);
        expect(received).toHaveLength(0);
      }),
    );
  });

  it.each([400, 422])('is not run to explain why the API answered %i', async (status) => {
    await lab.alone((stage) =>
      expectNoStall(stage, async () => {
        lab.around.upstream.behaviour = (_request, response) =>
          response.writeHead(status).end('bad');
        const { received, refused } = await sent(stage, {
          body: call('put_patterns', json({ body: { list: [digits], either: digits } })),
        });
        expect(refused).toBe(true);
        expect(received).toHaveLength(1);
      }),
    );
  });

  it('is listed for the model all the same', async () => {
    const body = await lab.alone(
      async (stage) => (await stage.send({ token: await stage.token() })).body,
    );
    for (const pattern of [String.raw`^(\w|\d|-)+$`, String.raw`^\S+@\S+\.\S+$`, '[a-z]+$'])
      expect(body).toContain(`"pattern":${json(pattern)}`);
    expect(body).toContain(`"patternProperties":{${json(String.raw`^(\w|\d|-)+$`)}`);
  });
});
