import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { explainDifferences } from '../../../templates/src/runtime/upstream/arguments.js';
import { makeTool } from './wire.js';

function explain(body: Json, given: Json, $defs: JsonObject = {}, method = 'POST') {
  const tool = makeTool({ method }, { properties: { body }, $defs });
  const text = explainDifferences(tool, { body: given });
  return text?.replace(/^The arguments differ from the tool's input schema: /, '');
}

describe('formats', () => {
  test.each<[format: string, name: string, right: Json[], wrong: Json[]]>([
    ['date', 'a date', ['2024-02-29'], ['2023-02-29', '2024-2-9', '2024-13-01', 'today', '']],
    ['time', 'a time', ['23:59:60Z', '00:00:00.5+01:00'], ['24:00:00Z', '12:00', '12:00:00']],
    [
      'date-time',
      'a date-time',
      ['2024-02-29T12:00:00Z', '2024-02-29 12:00:00.123-05:00'],
      ['2024-02-29', '2024-02-30T12:00:00Z', '2024-02-29T12:00Z', 'tomorrow'],
    ],
    ['email', 'an email address', ['a+b@example.com'], ['a', 'a@b@c', 'a b@c', '@', 'a@']],
    ['uri', 'a URI', ['https://example.com/x?y#z', 'urn:a:b'], ['example.com', '/x', 'a: b']],
    [
      'uuid',
      'a UUID',
      ['01234567-89ab-cdef-0123-456789ABCDEF'],
      ['01234567-89ab-cdef-0123', '0123456789abcdef0123456789abcdef'],
    ],
    ['ipv4', 'an IPv4 address', ['192.168.0.1'], ['256.0.0.1', '1.2.3', '01.2.3.4', '1.2.3.4.5']],
    ['ipv6', 'an IPv6 address', ['::1', '2001:db8::'], ['1.2.3.4', ':::', 'x::1', '::1]/x']],
    ['hostname', 'a hostname', ['example.com', 'a'], ['a_b', '-a', 'a..b', 'a'.repeat(64)]],
    ['int32', 'a 32-bit integer', [2147483647, -2147483648], [2147483648, -2147483649]],
  ])('%s', (format, name, right, wrong) => {
    for (const value of right)
      expect([value, explain({ format }, value)]).toEqual([value, undefined]);
    for (const value of wrong)
      expect([value, explain({ format }, value)]).toEqual([value, `body is not ${name}.`]);
  });

  test('unknown values and long texts are not compared', () => {
    expect(explain({ format: 'date' }, 5)).toBeUndefined();
    expect(explain({ format: 'carrier-pigeon' }, 'x')).toBeUndefined();
    expect(explain({ format: 'uuid' }, 'x'.repeat(2049))).toBeUndefined();
    expect(explain({ format: 5 }, 'x')).toBeUndefined();
  });
});

describe('other differences', () => {
  const closed = (...names: string[]): JsonObject => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    additionalProperties: false,
  });

  test.each<[schema: JsonObject, given: Json, said: string]>([
    [{ uniqueItems: true }, [1, 2, 1], 'body has an item twice.'],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      'body has an item twice.',
    ],
    [
      { oneOf: [{ type: 'integer' }, { minimum: 0 }, { maximum: -1 }] },
      1,
      'body seems to match 2 branches instead of one.',
    ],
    [
      { oneOf: [closed('a'), closed('b')] },
      { a: 1, b: 2 },
      'body matches no branch (nearest: body has the unknown member "b").',
    ],
    [
      { anyOf: [closed('a', 'b'), { type: 'null' }] },
      { c: 1, d: 2 },
      'body has the unknown member "c"; body has the unknown member "d".',
    ],
    [{ properties: { x: closed('a') } }, { x: { b: 1 } }, 'body.x has the unknown member "b".'],
    [
      { properties: { a: {} }, unevaluatedProperties: false },
      { b: 1 },
      'body has the unknown member "b".',
    ],
  ])('%j: %j', (schema, given, said) => {
    expect(explain(schema, given)).toBe(said);
  });

  test.each<[schema: JsonObject, given: Json]>([
    [{ uniqueItems: true }, [1, '1', [1], { a: 1 }, { a: 2 }, null]],
    [{ uniqueItems: 'yes' }, [1, 1]],
    [{ oneOf: [{ type: 'integer' }, { maximum: -1 }] }, 1],
    [{ allOf: [closed('a'), closed('b')] }, { a: 1, b: 1 }],
    [{ ...closed('a'), patternProperties: {} }, { b: 1 }],
    [closed('a'), { a: 1 }],
    [{ not: {} }, 1],
  ])('none in %j: %j', (schema, given) => {
    expect(explain(schema, given)).toBeUndefined();
  });

  test('members that PATCH may omit', () => {
    const schema = { type: 'object', required: ['name'] };
    expect(explain(schema, {}, {}, 'PATCH')).toBe('body.name is missing.');
  });

  test('several, as in the issue', () => {
    const properties = {
      due: { type: 'string', format: 'date-time' },
      owner: { oneOf: [closed('id'), closed('name')] },
    };
    expect(explain({ properties }, { due: 'tomorrow', owner: { id: 1, name: 2 } })).toMatch(
      /^body\.due is not a date-time; body\.owner matches no branch/,
    );
  });
});

describe('a pattern', () => {
  const code = { type: 'string', pattern: '^[A-Z]{3}$' };

  test('is named, but not run, if nothing else was found', () => {
    const said = 'body.code should match the pattern ^[A-Z]{3}$.';
    expect(explain({ properties: { code } }, { code: 'abcd' })).toBe(said);
    expect(explain({ properties: { code } }, { code: 'ABC' })).toBe(said);
    expect(explain({ properties: { code } }, {})).toBeUndefined();
    expect(explain({ properties: { code } }, { code: 5 })).not.toContain('pattern');
    const nullable = { anyOf: [code, { type: 'null' }] };
    expect(explain({ properties: { code: nullable } }, { code: 'abcd' })).toBe(said);
    expect(explain({ oneOf: [code, { pattern: 'x' }] }, 'abcd')).toBeUndefined();
  });

  test('is not named beside other differences', () => {
    const properties = { code, due: { format: 'date' } };
    expect(explain({ properties }, { code: 'a', due: 'x' })).toBe('body.due is not a date.');
  });

  test('is named at most a few times', () => {
    const said = explain({ items: code }, ['a', 'b', 'c', 'd']) ?? '';
    expect(said.split('; ')).toHaveLength(3);
  });
});

test('the text is bounded', () => {
  const long = { additionalProperties: { format: 'date', pattern: 'p'.repeat(5000) } };
  const members = Array.from({ length: 100 }, (_, i) => [`${'m'.repeat(60)}${i}`, 'x']);
  expect(explain(long, Object.fromEntries(members) as Json)?.length).toBeLessThan(2100);
  const pattern = { pattern: 'p'.repeat(5000) };
  expect(explain(pattern, 'x')?.length).toBeLessThan(300);
});
