import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../attack/stage.js';
import { sent, type Sent } from './answers.js';
import { call, callInEra, eras, type Era } from './bodies.js';
import { Lab } from './lab.js';

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start();
});
afterEach(() => {
  lab.around.upstream.behaviour = undefined;
});
afterAll(() => lab.close());

const text = (args: unknown) => (typeof args === 'string' ? args : JSON.stringify(args));
const believed = (body: object, more: object = {}) => ({ id: '1', body, ...more });

/** Nothing reaches the API, and the caller receives an error. */
async function expectRefused(tool: string, args: unknown, era: Era = 'initialize'): Promise<Sent> {
  const result = await sent(stage, callInEra(era, tool, text(args)));
  expect([result.received.map(({ target }) => target), result.refused]).toEqual([[], true]);
  return result;
}

/** The API gets the call, and judges. */
async function expectSent(tool: string, args: unknown): Promise<string> {
  const { received, refused } = await sent(stage, { body: call(tool, text(args)) });
  expect([received.length, refused]).toEqual([1, false]);
  return received[0]?.body ?? '';
}

/** Arguments that no reading of the document allows. */
const impossible: readonly (readonly [what: string, tool: string, args: unknown])[] = [
  ['an unknown argument', 'believed', believed({ title: 'ab' }, { Limit: 5 })],
  ['no path parameter', 'believed', { body: { title: 'ab' } }],
  ['no body', 'believed', { id: '1' }],
  ['an object in the path', 'get_slug', { slug: { a: 'b' } }],
  ['a list in the path', 'get_slug', { slug: [['a']] }],
  ['null in the path', 'get_slug', { slug: null }],
  ['an object in a query', 'plain', { q: { $ne: null } }],
  ['a number below its minimum', 'believed', believed({ title: 'ab' }, { limit: 0 })],
  ['a number above its maximum', 'believed', believed({ title: 'ab' }, { limit: 101 })],
  ['a fraction for an integer', 'believed', believed({ title: 'ab' }, { limit: 1.5 })],
  ['a text for a number', 'believed', believed({ title: 'ab' }, { limit: 'many' })],
  ['a text that is not in an enum', 'believed', believed({ title: 'ab' }, { sort: 'Up' })],
  ['a list for a body', 'believed', { id: '1', body: [{ title: 'ab' }] }],
  ['a body without a required member', 'believed', believed({ kind: 'note' })],
  ['a text that is too short', 'believed', believed({ title: 'a' })],
  ['a text that is too long', 'believed', believed({ title: 'a'.repeat(11) })],
  ['another const', 'believed', believed({ title: 'ab', kind: 'Note' })],
  ['no item of an enum', 'believed', believed({ title: 'ab', state: 'ajar' })],
  ['an exclusive minimum', 'believed', believed({ title: 'ab', count: 0 })],
  ['too few items', 'believed', believed({ title: 'ab', tags: [] })],
  ['too many items', 'believed', believed({ title: 'ab', tags: ['a', 'b', 'c', 'd'] })],
  ['a wrong type in a list', 'believed', believed({ title: 'ab', tags: ['a', { b: 1 }] })],
  ['a missing member in a list', 'believed', believed({ title: 'ab', parts: [{ n: 1 }, {}] })],
  ['a wrong type far down', 'tree', { body: { children: [{ children: [{ name: [1] }] }] } }],
  ['no branch of anyOf', 'believed', believed({ title: 'ab', owner: 5 })],
  ['half a branch of anyOf', 'believed', believed({ title: 'ab', owner: { name: 'x' } })],
  ['a wrong type under PATCH', 'amend_believed', believed({ title: ['ab'] })],
  ['a number beyond 2^53', 'believed', '{"id":"1","body":{"title":"ab","count":9007199254740993}}'],
];

describe('arguments that the document cannot allow in any reading', () => {
  it.each(impossible)('is not sent: %s', async (_what, tool, args) => {
    await expectRefused(tool, args);
  });

  it.each(impossible)('is not sent in the stateless era: %s', async (_what, tool, args) => {
    await expectRefused(tool, args, '2026-07-28');
  });

  it('names the nearest argument for one that is unknown', async () => {
    const { answer } = await expectRefused('believed', believed({ title: 'ab' }, { limti: 5 }));
    expect(answer.body).toContain('limti');
    expect(answer.body).toMatch(/\blimit\b/);
  });

  it('is not sent in a batch, where the rest is', async () => {
    const bad = call('believed', text(believed({ title: 'a' })));
    const good = call('plain').replace('"id":1', '"id":2');
    const { received } = await sent(stage, { body: `[${bad},${good}]` });
    expect(received.map(({ target }) => target)).toEqual(['/v1/plain']);
  });
});

/** Arguments that a document is believed to allow. */
const possible: readonly (readonly [what: string, tool: string, args: unknown])[] = [
  ['members of a body that are unknown', 'believed', believed({ title: 'ab', more: { x: [1] } })],
  ['the first branch of anyOf', 'believed', believed({ title: 'ab', owner: 'ann' })],
  ['the second branch of anyOf', 'believed', believed({ title: 'ab', owner: { id: 1 } })],
  ['PATCH without what POST requires', 'amend_believed', believed({ kind: 'note' })],
  ['the bounds themselves', 'believed', believed({ title: 'ab', count: 1 }, { limit: 100 })],
  ['the largest exact number', 'believed', believed({ title: 'ab', count: 2 ** 53 - 1 })],
];

/** Arguments that differ where documents are commonly wrong. */
const doubted: readonly (readonly [what: string, body: object])[] = [
  ['pattern', { code: 'abcd' }],
  ['format', { due: 'tomorrow' }],
  ['uniqueItems', { ids: [1, 1] }],
  ['exclusive oneOf', { owner: { name: 'a', mail: 'b' } }],
  ['not', { other: 'text' }],
  ['if and then', { size: { unit: 'none', value: 5 } }],
  ['closed allOf', { closed: { name: 'a', extra: 'b' } }],
];

describe('rules that documents commonly get wrong', () => {
  it.each(doubted)('is left to the API: %s', async (_what, body) => {
    expect(await expectSent('doubted', { body })).toBe(JSON.stringify(body));
  });

  it.each(possible)('or allow is sent: %s', async (_what, tool, args) => {
    await expectSent(tool, args);
  });

  it('is listed for the model', async () => {
    const { body } = await stage.send({ token: await stage.token() });
    const line = /^data: (.*)$/m.exec(body)?.[1] ?? body;
    const { result } = JSON.parse(line) as { result: { tools: { name: string }[] } };
    const listed = JSON.stringify(result.tools.find(({ name }) => name === 'doubted'));
    for (const keyword of [
      'pattern',
      'format',
      'uniqueItems',
      'anyOf',
      'not',
      'if',
      'additionalProperties',
    ])
      expect(listed).toContain(`"${keyword}":`);
  });
});

describe.each([400, 422])('an answer of %i', (status) => {
  const refuse = () => {
    lab.around.upstream.behaviour = (_request, response) =>
      response.writeHead(status, { 'Content-Type': 'text/plain' }).end('mark of the API');
  };

  it.each(eras)('names where the arguments differ from the schema (%s)', async (era) => {
    refuse();
    const body = { due: 'tomorrow', ids: [1, 1] };
    const { text: told, refused } = await sent(stage, callInEra(era, 'doubted', text({ body })));
    expect(refused).toBe(true);
    expect(told).toContain('mark of the API');
    for (const place of ['body.due', 'date-time', 'body.ids']) expect(told).toContain(place);
  });

  it('names no difference where there is none', async () => {
    refuse();
    const body = { due: '2026-01-01T00:00:00Z', ids: [1, 2] };
    const { text: told } = await sent(stage, { body: call('doubted', text({ body })) });
    expect(told).toContain('mark of the API');
    expect(told).not.toMatch(/body\.(due|ids)/);
  });

  it('stays short for a long list', async () => {
    refuse();
    const ids = Array<number>(10_000).fill(7);
    const { text: told } = await sent(stage, {
      body: call('doubted', text({ body: { due: 'tomorrow', ids } })),
    });
    expect(told).toContain('body.due');
    expect(told.length).toBeLessThan(5000);
  });
});

describe('an answer of another status', () => {
  it.each([404, 409, 500])('does not mention the schema: %i', async (status) => {
    lab.around.upstream.behaviour = (_request, response) => response.writeHead(status).end('no');
    const { text: told } = await sent(stage, {
      body: call('doubted', text({ body: { due: 'tomorrow' } })),
    });
    expect(told).toContain(String(status));
    expect(told).not.toContain('body.due');
  });
});
