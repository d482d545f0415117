import { describe, expect, test } from 'vitest';
import { fitAnswer } from '../../../templates/src/runtime/upstream/fit.js';
import { makeTool } from './wire.js';

const MEGABYTES = 10 * 1024 * 1024;

/** A response of 10 MiB: items like this one. */
function answerOf(item: (number: number) => string): string {
  const parts: string[] = [];
  for (let [length, number] = [2, 0]; length < MEGABYTES; number += 1) {
    const next = item(number);
    parts.push(next);
    length += next.length + 1;
  }
  return `[${parts.join(',')}]`;
}

/** The processor time of this process in milliseconds, independent of other work on the machine. */
function cost(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * The cost of one piece of work as a multiple of another: the minimum of each, over as many attempts as needed to be
 * below a limit. Disturbances (garbage collection, a cold cache) do not affect every attempt.
 */
function ratio(work: () => unknown, other: () => unknown, limit: number): number {
  let [least, leastOther] = [Infinity, Infinity];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    leastOther = Math.min(leastOther, cost(other));
    least = Math.min(least, cost(work));
    if (attempt >= 2 && least / leastOther < limit) break;
  }
  return least / leastOther;
}

const tool = { ...makeTool({}, { properties: { limit: { type: 'integer' } } }), fields: ['id'] };
const call = { tool, args: {}, headers: {}, budget: 60_000 };

const ids = (number: number) => number.toString(36).padStart(12, '0');
const small = (number: number) => `{"id":"${ids(number)}","n":${number},"ok":true}`;
const wide = (number: number) =>
  `{"id":"${ids(number)}","user":{"login":"octocat","type":"User"},"labels":["bug","ui"],"body":"${'All of it. '.repeat(30)}"}`;
const exact = (number: number) => `{"id":${1917043659912705297n + BigInt(number)},"n":${number}}`;

describe('shortening 10 MiB', () => {
  // Everything is done in one step, which blocks the server.
  test.each([
    ['of small items', small, 2],
    ['of wide items', wide, 2],
    ['of one string', () => JSON.stringify('A sentence. '.repeat(MEGABYTES / 12)), 2],
    ['of short numbers', (number: number) => `${number}`, 2],
    ['of numbers with 19 digits', exact, 8],
    ['of texts of 20 digits', (number: number) => `"${String(number).padStart(20, '0')}"`, 8],
  ] as const)('%s costs at most a limited multiple of parsing it', (_, item, times) => {
    const answer = answerOf(item);
    const parse = () => JSON.parse(answer) as unknown;
    const shorten = () => fitAnswer(answer, true, call);
    // Other processes share the caches of the processor, so a busy machine gets twice the limit.
    expect(ratio(shorten, parse, times)).toBeLessThan(2 * times);
  });

  // Each of them took 10 to 250 times as long when every path looked at the whole response.
  test.each([
    ['items', small],
    ['numbers', (number: number) => `${number}`],
    ['lists in lists', (number: number) => `[${number},[${number}],["a"]]`],
    ['items without these members', () => '{}'],
  ])('to some fields of %s costs at most a few times as much', (_, item) => {
    const answer = answerOf(item);
    const parse = () => JSON.parse(answer) as unknown;
    const fields = ['id', 'data.id', '*.a', 'user.login.name.x.y.z'];
    const select = () => fitAnswer(answer, true, { ...call, fields });
    expect(ratio(select, parse, 4)).toBeLessThan(8);
  });

  test('to some fields of a map costs at most a few times as much', () => {
    const answer = answerOf((number) => `"${ids(number)}":${small(number)}`).replace(
      /^\[|\]$/g,
      (end) => (end === '[' ? '{' : '}'),
    );
    const parse = () => JSON.parse(answer) as unknown;
    const select = () => fitAnswer(answer, true, { ...call, fields: ['*.id', 'data.id'] });
    expect(ratio(select, parse, 4)).toBeLessThan(8);
  });
});

test('10 MiB of lines of JSON, called one JSON value, cost at most a limited multiple of parsing the lines', () => {
  const answer = answerOf(wide).slice(1, -1).replaceAll('},{', '}\n{');
  const parse = () => answer.split('\n').map((line) => JSON.parse(line) as unknown);
  const shorten = () => fitAnswer(answer, true, call);
  expect(ratio(shorten, parse, 4)).toBeLessThan(8);
});
