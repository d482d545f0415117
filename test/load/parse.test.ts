import { describe, expect, it, test } from 'vitest';
import { InputError, type Problem } from '../../src/errors.js';
import { parse } from '../../src/load/parse/parse.js';
import { at, secondsOf } from './helpers.js';

function parsed(text: string): { value: unknown; warnings: Problem[] } {
  const warnings: Problem[] = [];
  return { value: parse(text, 'f', (problem) => warnings.push(problem)), warnings };
}

function problems(text: string): readonly Problem[] {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error('it did not fail');
}

test('reads JSON and YAML alike', () => {
  expect(parsed('{"a": [1, true, null, "x"]}').value).toEqual({ a: [1, true, null, 'x'] });
  expect(parsed('a:\n  - 1\n  - true\n  -\n  - x\n').value).toEqual({ a: [1, true, null, 'x'] });
  expect(parsed('// c\n'.replace('//', '#') + '{"a": 1,}').value).toEqual({ a: 1 });
});

test('dates, the word no, and versions stay strings', () => {
  const text =
    '%YAML 1.1\n---\nd: 2020-01-02\nt: !!timestamp 2020-01-02\nn: no\n1.10: v\n200: ok\n';
  expect(parsed(text).value).toEqual({
    d: '2020-01-02',
    t: '2020-01-02',
    n: 'no',
    '1.10': 'v',
    200: 'ok',
  });
});

test('merge keys add missing members, the earlier source first', () => {
  const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 0\nd: {<<: *b}\n';
  expect(parsed(text).value).toMatchObject({ c: { x: 0, y: 1, z: 2 }, d: { y: 2, z: 2 } });
});

test('a key "<<" that merges nothing is an ordinary key', () => {
  expect(parsed('<<: 1').value).toEqual({ '<<': 1 });
});

test('aliases are copies, and mean the anchor as defined at their place', () => {
  const { value } = parsed('a: &x {k: 1}\nb: *x\nc: &y {in: *x}\nd: &x {k: 2}\ne: *x\nf: *y\n');
  expect(value).toMatchObject({ b: { k: 1 }, e: { k: 2 }, f: { in: { k: 1 } } });
  expect(at(value, 'a')).not.toBe(at(value, 'b'));
});

test('aliases do not explode', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join()}]`,
  );
  expect(problems(`a0: &a0 [1]\n${levels.join('\n')}\n`)).toMatchObject([
    { code: 'TOO_REPETITIVE' },
  ]);
});

/**
 * The factor of time for four times the input: about 4, or 16 if time is quadratic. Measured again if it is more, since
 * garbage of other tests may be collected at any time.
 */
async function growth(textOf: (size: number) => string, size: number): Promise<number> {
  const [small, large] = [textOf(size), textOf(4 * size)];
  let [less, more] = [Infinity, Infinity];
  for (let attempt = 0; attempt < 5 && !(more / less < 6); attempt += 1) {
    less = Math.min(less, await secondsOf(() => parsed(small)));
    more = Math.min(more, await secondsOf(() => parsed(large)));
  }
  return more / less;
}

test('aliases are resolved in linear time', async () => {
  const textOf = (size: number) => `a: &a {k: 1}\nb:\n${'  - *a\n'.repeat(size)}`;
  expect(await growth(textOf, 10_000)).toBeLessThan(9);
});

test('an alias inside its own anchor, and one without an anchor, are errors with a place', () => {
  expect(problems('a: &a\n  b: *a\n')).toMatchObject([{ code: 'INVALID_SYNTAX', place: 'f:2:6' }]);
  expect(problems('a: *b\n')).toMatchObject([{ code: 'INVALID_SYNTAX', place: 'f:1:4' }]);
});

test('errors name line and column, and each place once', () => {
  expect(problems('{"a": {"b": [1')).toHaveLength(1);
  expect(problems('a:\n  b: "x\n')[0]).toMatchObject({ code: 'INVALID_SYNTAX', place: 'f:3:1' });
  expect(problems('{\n  "a": [1, 2}\n')[0]).toMatchObject({
    code: 'INVALID_SYNTAX',
    place: 'f:2:13',
  });
});

test.each(['.nan', '.inf', '-.Inf'])('%s is read as text', (text) => {
  expect(parsed(`a: ${text}\nb: [${text}]\n`).value).toEqual({ a: text, b: [text] });
});

test.each(['a: !!binary aGk=', '? {x: 1}\n: 2', '{"a": 1e999}', '{"a": -1e999}'])(
  'JSON cannot represent %j',
  (text) => {
    expect(problems(text)).toMatchObject([{ code: 'INVALID_SYNTAX' }]);
  },
);

test('a duplicate key is a warning with a place, and the last one counts', () => {
  const json = parsed('{"a": {"k": 1,\n "\\u006b": {"k": 2}}, "b": [{"k": "k"}, {"k": 0}]}');
  expect(json.value).toMatchObject({ a: { k: { k: 2 } } });
  expect(json.warnings).toMatchObject([{ code: 'DUPLICATE_KEY', place: 'f:2:2' }]);
  const yaml = parsed('a: 1\nb:\n  k: 1\n  k: 2\n');
  expect(yaml.value).toEqual({ a: 1, b: { k: 2 } });
  expect(yaml.warnings).toMatchObject([{ code: 'DUPLICATE_KEY', place: 'f:4:3' }]);
});

test('keys are compared in linear time', async () => {
  const textOf = (size: number) => Array.from({ length: size }, (_, i) => `k${i}: 1\n`).join('');
  expect(await growth(textOf, 10_000)).toBeLessThan(9);
});

test.each([
  '{"a": {"__proto__": {"x": 1}}}',
  'a:\n  __proto__: {x: 1}\n',
  'a: &a {__proto__: {x: 1}}\n<<: *a\n',
])('%j sets no prototype', (text) => {
  const { value, warnings } = parsed(text);
  const a = at(value, 'a');
  expect(a).toEqual({});
  expect(Object.getPrototypeOf(a)).toBe(Object.prototype);
  expect(warnings).toMatchObject([{ code: 'FORBIDDEN_KEY' }]);
});

test('merging sets no prototype either', () => {
  const { value } = parsed('b: {<<: {__proto__: {x: 1}}}\n');
  expect(at(value, 'b', 'x')).toBeUndefined();
});

test('the depth is bounded in every syntax', () => {
  const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
  expect(parsed(nested(256)).value).toBeTypeOf('object');
  expect(problems(nested(300))).toMatchObject([{ code: 'TOO_DEEP' }]);
  expect(problems(`# yaml\n${nested(300)}`)).toMatchObject([{ code: 'TOO_DEEP' }]);
  expect(problems('['.repeat(100_000))[0]?.code).toMatch(/TOO_DEEP|INVALID_SYNTAX/);
});

test('the first of two YAML documents is used, with a warning', () => {
  const { value, warnings } = parsed('a: 1\n---\nb: 2\n');
  expect(value).toEqual({ a: 1 });
  expect(warnings).toMatchObject([{ code: 'MULTIPLE_DOCUMENTS', place: 'f:2:1' }]);
});

test.each([
  ['---\n---\na: 1\n'],
  ['# a template\n---\n# Source: a.yaml\n---\n\na: 1\n'],
  ['\n--- # first\r\n\r\n---\r\na: 1\r\n'],
])('empty documents before it do not count: %j', (text) => {
  const { value, warnings } = parsed(text);
  expect(value).toEqual({ a: 1 });
  expect(warnings).toEqual([]);
  expect(problems(`${text}a: : b\n`)[0]?.place).toMatch(`f:${text.split('\n').length}:`);
});

describe('lone surrogates', () => {
  const half = '\\ud83d';

  it.each([
    ['JSON', `{"a${half}": ["x${half}", "\\ud83d\\ude00"]}`],
    ['YAML', `"a${half}": ["x${half}", "\\ud83d\\ude00"]`],
  ])('become U+FFFD in names and texts: %s', (_, text) => {
    expect(parse(text, 'x', () => undefined)).toEqual({ 'a\ufffd': ['x\ufffd', '😀'] });
  });
});

test.each(['{ // c\n"a": 1}', '{\n/* c */ "a": 1}', '/* c */ {}'])(
  '%j is JSON with a comment, not YAML',
  (text) => {
    expect(problems(text)).toMatchObject([
      { code: 'INVALID_SYNTAX', message: 'Not valid JSON: it cannot contain comments.' },
    ]);
  },
);
