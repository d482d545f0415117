import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, Stage } from '../attack/stage.js';
import { sent } from './answers.js';
import { call, callInEra, eras, inEra, members, message } from './bodies.js';
import { Lab } from './lab.js';
import { expectNoStall } from './stall.js';

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start();
});
afterAll(() => lab.close());

/** 3.5 MB: seven times the members that a body may have. */
const MANY = 350_000;
const wide = members(MANY);

/** Refused with 4xx before any processing: no other caller waits, and nothing reaches the API. */
async function refused(attempt: Attempt): Promise<void> {
  const token = await stage.token({ scope: '', sub: 'wide' });
  await expectNoStall(stage, async () => {
    const { answer, received } = await sent(stage, { token, ...attempt });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(received).toHaveLength(0);
  });
}

const initialize = (capabilities: string, info: string) =>
  message(
    'initialize',
    `"params":{"protocolVersion":"2025-06-18","capabilities":{${capabilities}},"clientInfo":{"name":"a","version":"1"${info}}}`,
  );

/** Small objects, as many that their members are too many together. */
const scattered = Array.from({ length: MANY / 10 }, () => `{${members(10)}}`).join();
/** A tree of objects of two members each. */
const halves = (depth: number): string =>
  depth === 0 ? '1' : `{"a":${halves(depth - 1)},"b":${halves(depth - 1)}}`;
const batch = (one: string) => `[${Array.from({ length: 100 }, () => one).join()}]`;

const bodies: readonly (readonly [string, string])[] = [
  ['the arguments of a call', call('any_body', `{${wide}}`)],
  ['the body of a call', call('any_body', `{"body":{"k":1,${wide}}}`)],
  ['the parameters of tools/list', message('tools/list', `"params":{${wide}}`)],
  ['_meta of tools/list', message('tools/list', `"params":{"_meta":{${wide}}}`)],
  ['_meta of a call', message('tools/call', `"params":{"name":"plain","_meta":{${wide}}}`)],
  ['members of a call', message('tools/call', `"params":{"name":"plain",${wide}}`)],
  ['a notification', `{"jsonrpc":"2.0","method":"notifications/x","params":{${wide}}}`],
  [
    '_meta of a notification',
    `{"jsonrpc":"2.0","method":"notifications/initialized","params":{"_meta":{${wide}}}}`,
  ],
  ['members of a ping', message('ping', wide)],
  ['capabilities', initialize(wide, '')],
  ['clientInfo', initialize('', `,${wide}`)],
  ['an id', `{"jsonrpc":"2.0","id":{${wide}},"method":"ping"}`],
  ['a result', `{"jsonrpc":"2.0","id":1,"result":{${wide}}}`],
  ['an error', `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x","data":{${wide}}}}`],
  ['a hundred messages of a batch', batch(message('ping', members(MANY / 100)))],
  [
    'a hundred notifications of a batch',
    batch(`{"jsonrpc":"2.0","method":"x","params":{${members(MANY / 100)}}}`),
  ],
  ['small objects', message('ping', `"params":{"a":[${scattered}]}`)],
  ['a tree', message('ping', `"params":${halves(17)}`)],
  ['one name again and again', message('ping', Array(MANY).fill('"a":1').join())],
  ['names with escapes', message('ping', members(200_000).replaceAll('_"', '\\u005f"'))],
  ['lines and spaces', message('ping', members(250_000).replaceAll(':', ' \n\t:'))],
];

describe('350,000 members', () => {
  it.each(bodies)('in %s are refused and do not stall the server', (_where, body) =>
    refused({ body }),
  );

  it.each(['tools/list', 'server/discover', 'ping'])(
    'in _meta of %s of the stateless era are refused and do not stall the server',
    (method) => refused(inEra('2026-07-28', method, '', wide)),
  );

  it.each(eras)('in _meta of a call that asks for progress are refused (%s)', (era) =>
    refused(callInEra(era, 'plain', '{}', `"progressToken":1,${wide}`)),
  );

  it('in chunks are refused and do not stall the server', () => {
    const body = message('ping', wide);
    return refused({
      without: ['content-length'],
      headers: [['Transfer-Encoding', 'chunked']],
      body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    });
  });

  it('are not waited for by PUT or without a token', async () => {
    const announced: Attempt = {
      without: ['content-length'],
      headers: [['Content-Length', String(wide.length)]],
      body: '',
    };
    await refused({ ...announced, method: 'PUT' });
    await refused({ ...announced, token: 'made-up' });
  });

  it('by four connections at once do not stall the server', async () => {
    const token = await stage.token({ scope: '', sub: 'wide' });
    const body = message('tools/list', `"params":{${wide}}`);
    await expectNoStall(stage, async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => stage.send({ token, body })));
      for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
    });
  });
});

describe('the limit of members', () => {
  it.each(eras)('is above 45,000 in the arguments (%s)', async (era) => {
    const attempt = callInEra(era, 'any_body', `{"body":{"k":1,${members(45_000)}}}`);
    expect((await sent(stage, attempt)).received).toHaveLength(1);
  });

  it.each(eras)('is below 60,000 in the arguments (%s)', async (era) => {
    await refused(callInEra(era, 'any_body', `{"body":{"k":1,${members(60_000)}}}`));
  });

  it.each(eras)('is far lower outside of the arguments (%s)', async (era) => {
    await refused(inEra(era, 'tools/list', '', members(45_000)));
    await refused(callInEra(era, 'plain', '{}', members(45_000)));
    const few = await sent(stage, callInEra(era, 'plain', '{}', members(50)));
    expect(few.received).toHaveLength(1);
  });

  it('is not met by a member that is only called arguments', async () => {
    const arguments_ = `"arguments":{${members(45_000)}}`;
    await refused({ body: message('tools/list', `"params":{"_meta":{${arguments_}}}`) });
    await refused({ body: message('ping', arguments_) });
  });

  it('does not count the content of strings', async () => {
    const text = JSON.stringify(`"\\",{[:`.repeat(100_000));
    const body = call('any_body', `{"body":{"k":1,"text":${text}}}`);
    expect((await sent(stage, { body })).received).toHaveLength(1);
  });

  it('counts the content after a string that ends with a backslash', async () => {
    await refused({ body: message('ping', String.raw`"a":"x\\",${wide}`) });
    await refused({ body: message('ping', String.raw`"a":"x\\\"",${wide}`) });
  });
});
