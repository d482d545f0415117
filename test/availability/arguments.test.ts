import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../attack/stage.js';
import { sent } from './answers.js';
import { call, callInEra, eras, largestBody, members, message } from './bodies.js';
import { Lab } from './lab.js';
import { expectNoStall } from './stall.js';

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start();
});
afterAll(() => lab.close());

/** Each call is looked at by the API, or refused as a call; the server does neither hang nor fail. */
async function answered(body: string): Promise<void> {
  const { answer } = await sent(stage, { body });
  expect(answer.status).toBe(200);
}

const json = (value: unknown) => JSON.stringify(value);
const list = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => item(index));

/** Arguments of `formats`, of about as many characters as is asked for, that keep an eager checker busy. */
const texts: Readonly<Record<string, (length: number) => string>> = {
  email: (length) => `${'a.'.repeat(length / 2)}!`,
  uri: (length) => `a://${'a'.repeat(length)}%`,
  host: (length) => `${'a'.repeat(length)}.`,
  template: (length) => '{a'.repeat(length / 2),
  url: (length) => `http://${'a-'.repeat(length / 2)}`,
  duration: (length) => `P${'1'.repeat(length)}`,
  time: (length) => '1'.repeat(length),
  reference: (length) => `${'/'.repeat(length)}%`,
  ipv6: (length) => '1:'.repeat(length / 2),
  byte: (length) => `${'AAAA'.repeat(length / 4)}!`,
  regex: (length) => '('.repeat(length),
  pointer: (length) => '/~'.repeat(length / 2),
};

describe('a text that is no', () => {
  it.each(Object.keys(texts))('%s goes to the API and does not stall the server', async (name) => {
    const short = texts[name]?.(200);
    const { received } = await sent(stage, { body: call('formats', json({ [name]: short })) });
    expect(received).toHaveLength(1);
    await expectNoStall(stage, () =>
      answered(call('formats', json({ [name]: texts[name]?.(200_000) }))),
    );
  });
});

/** Bodies that an eager checker compares item by item with one another. */
const comparisons: readonly (readonly [string, string, object])[] = [
  ['texts', 'unique', { texts: list(40_000, (i) => `s${i}`) }],
  ['texts that are all the same', 'unique', { texts: list(40_000, () => 's') }],
  ['numbers', 'unique', { numbers: list(40_000, (i) => i) }],
  ['lists', 'unique', { lists: list(20_000, (i) => [i]) }],
  ['objects of which one must fit', 'unique', { some: list(40_000, () => ({})) }],
];

describe('a long list', () => {
  it.each(comparisons)('%s does not stall the server', async (_what, tool, body) => {
    await expectNoStall(stage, () => answered(call(tool, json({ body }))));
  });
});

describe('the largest body that is accepted', () => {
  it('reaches the API and does not stall the server', async () => {
    const body = largestBody('any_body');
    // It is parsed, checked and written again on its way to the API, instead of parsed only.
    await expectNoStall(
      stage,
      async () => expect((await sent(stage, { body })).received).toHaveLength(1),
      10,
    );
  });

  it('does not stall the server when its caller may not make the call', async () => {
    const token = await stage.token({ scope: '' });
    const body = largestBody('any_body');
    await expectNoStall(stage, async () => {
      const { answer, received } = await sent(stage, { body, token });
      expect(answer.status).toBe(403);
      expect(received).toHaveLength(0);
    });
  });

  it('does not stall the server when the API answers 422', async () => {
    lab.around.upstream.behaviour = (_request, response) => response.writeHead(422).end('bad');
    const body = largestBody('any_body');
    const load = async () => expect((await sent(stage, { body })).refused).toBe(true);
    await expectNoStall(stage, load, 10).finally(() => {
      lab.around.upstream.behaviour = undefined;
    });
  });
});

describe('arguments that no tool has', () => {
  it.each(eras)('are refused and do not stall the server, 40,000 of them (%s)', async (era) => {
    const attempt = callInEra(era, 'plain', `{${members(40_000)}}`);
    await expectNoStall(stage, async () => {
      const { answer, refused, received } = await sent(stage, attempt);
      expect([answer.status, refused, received.length]).toEqual([200, true, 0]);
      expect(answer.body.length).toBeLessThan(10_000);
    });
  });

  it('are refused when they are called __proto__ and constructor', async () => {
    const args = '{"__proto__":{"q":"x"},"constructor":{"prototype":{"q":"y"}}}';
    const { refused, received } = await sent(stage, { body: call('plain', args) });
    expect(refused).toBe(true);
    expect(received).toHaveLength(0);
  });

  it('inside a body reach the API as they are', async () => {
    const body = '{"k":1,"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}';
    const { received } = await sent(stage, { body: call('any_body', `{"body":${body}}`) });
    expect(received.map((request) => request.body)).toEqual([body]);
  });
});

describe('depth', () => {
  const nested = (depth: number, open = '[', close = ']') =>
    open.repeat(depth) + close.repeat(depth);
  const tree = (depth: number) => nested(depth, '{"children":[', ']}');

  it('of thirty levels is fine', async () => {
    const body = call('tree', `{"body":${tree(15)}}`);
    expect((await sent(stage, { body })).received).toHaveLength(1);
  });

  it.each([
    ['in arguments', call('tree', `{"body":${tree(50_000)}}`)],
    ['in arguments that no tool has', call('plain', `{"x":${nested(50_000)}}`)],
    [
      'in _meta',
      message('tools/call', `"params":{"name":"plain","_meta":{"a":${nested(500_000)}}}`),
    ],
    ['in an id', `{"jsonrpc":"2.0","id":${nested(500_000)},"method":"ping"}`],
    ['in a batch', nested(500_000)],
    ['in objects', message('ping', `"params":${nested(100_000, '{"a":', '}').replace('}', '1}')}`)],
    ['in a result', `{"jsonrpc":"2.0","id":1,"result":{"a":${nested(500_000)}}}`],
    ['in a notification', `{"jsonrpc":"2.0","method":"x","params":{"a":${nested(500_000)}}}`],
  ])('%s without end is refused and does not stall the server', async (_where, body) => {
    await expectNoStall(stage, async () => {
      const { answer, received } = await sent(stage, { body });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(received).toHaveLength(0);
    });
  });
});
