import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../attack/stage.js';
import { call } from './bodies.js';
import { Lab } from './lab.js';

let lab: Lab;
let stage: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start();
});
afterAll(() => lab.close());

/** Characters that act on a terminal, or on the order of a line, instead of being seen. */
const characters: readonly (readonly [string, string])[] = [
  ['ESC', '\u001b[2J'],
  ['a C1 control', '\u009b2J'],
  ['NEL', '\u0085'],
  ['DEL', '\u007f'],
  ['a bidi override', '\u202e'],
  ['a bidi isolate', '\u2066x\u2069'],
  ['a right-to-left mark', '\u200f'],
  ['a zero-width space', '\u200b'],
  ['a byte order mark', '\ufeff'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['a tag character', '\u{e0041}'],
];

let marks = 0;

/** The one line of the log about something that is done with a mark in it. */
async function lineOf(act: (mark: string) => Promise<unknown>): Promise<string> {
  marks += 1;
  const mark = `mark${marks}x`;
  await act(mark);
  const lines = () =>
    stage
      .log()
      .split('\n')
      .filter((line) => line.includes(mark));
  await expect.poll(lines).toHaveLength(1);
  return lines()[0] ?? '';
}

/** Nothing but what is seen, and the same value when it is read. */
function expectEscaped(line: string, value: string, read: (entry: Entry) => unknown): void {
  expect(/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(line)).toBe(false);
  expect(read(JSON.parse(line) as Entry)).toBe(value);
}

interface Entry {
  readonly subject?: unknown;
  readonly client?: unknown;
  readonly scopes?: readonly unknown[];
}

describe.each(characters)('%s', (_name, character) => {
  it('of a subject is escaped in the line of a call', async () => {
    let value = '';
    const line = await lineOf(async (mark) => {
      value = `${mark}${character}`;
      await stage.send({ body: call('plain'), token: await stage.token({ sub: value }) });
    });
    expectEscaped(line, value, ({ subject }) => subject);
  });

  it('of a client is escaped in the line of a call that lacks a scope', async () => {
    let value = '';
    const line = await lineOf(async (mark) => {
      value = `${mark}${character}`;
      const token = await stage.token({ client_id: value, scope: '' });
      await stage.send({ body: call('plain'), token });
    });
    expectEscaped(line, value, ({ client }) => client);
  });

  it('of a subject is escaped in the line of a refused token', async () => {
    let value = '';
    const line = await lineOf(async (mark) => {
      value = `${mark}${character}`;
      const token = await stage.token({ sub: value, aud: 'https://other.example' });
      await stage.send({ body: call('plain'), token });
    });
    expectEscaped(line, value, ({ subject }) => subject);
  });
});

describe('text of people', () => {
  it.each(['Zoë Ångström', '山田 太郎', 'نورة', '👩‍👩‍👧'])('is legible: %s', async (name) => {
    const line = await lineOf(async (mark) =>
      stage.send({ body: call('plain'), token: await stage.token({ sub: `${mark} ${name}` }) }),
    );
    const [visible = ''] = /^[^\u200d]*/.exec(name) ?? [];
    expect(line).toContain(visible);
  });
});
