import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import {
  explainDifferences,
  readArguments,
} from '../../../templates/src/runtime/upstream/arguments.js';
import { makeTool } from './wire.js';

// Without the bounds that they test, these cases would take hours, or overflow the stack.

function judge(a: Json, given: Json, $defs: JsonObject = {}): string {
  const tool = makeTool({}, { properties: { a }, $defs });
  try {
    return explainDifferences(tool, readArguments(tool, { a: given })) ?? 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

function chain(length: number, link: (next: JsonObject) => Json, end: Json): JsonObject {
  const links = Array.from({ length }, (_, i): [string, Json] => [
    `L${i}`,
    link({ $ref: `#/$defs/L${i + 1}` }),
  ]);
  return Object.fromEntries([...links, [`L${length}`, end]]);
}

function nested(depth: number, wrap: (inner: Json) => Json, innermost: Json): Json {
  let value = innermost;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

const first = { $ref: '#/$defs/L0' };
const long = 'a'.repeat(4 * 1024 * 1024);

describe('texts', () => {
  test.each([String.raw`^(\w|\d|-)+$`, '^(a+)+$', String.raw`^\S+@\S+\.\S+$`, '[a-z]+$'])(
    'no pattern runs: %s',
    (pattern) => {
      const given = `${'1'.repeat(41)}!`;
      const named = `The arguments differ from the tool's input schema: a should match the pattern ${pattern}.`;
      expect(judge({ type: 'string', maxLength: 64, pattern }, given)).toBe(named);
      expect(judge({ pattern }, long)).toBe(named);
      const members = { patternProperties: { [pattern]: { type: 'integer' } } };
      expect(judge({ ...members, propertyNames: { pattern } }, { [given]: 'x' })).toBe('taken');
    },
  );

  test('of four mebibytes', () => {
    expect(judge({ maxLength: 10 }, long)).toBe('a must have at most 10 characters.');
    expect(judge({ type: 'object' }, `{"a":"${long}"}`)).toBe('taken');
    for (const unit of ['[', ' ', '9', '{"a":', '-', '\u{1f600}']) {
      const given = unit.repeat(long.length / unit.length);
      expect(judge({ type: ['array', 'integer'] }, given)).toMatch(/^a must be an array or/);
    }
    const formats = [
      'date',
      'time',
      'date-time',
      'email',
      'uri',
      'uuid',
      'ipv4',
      'ipv6',
      'hostname',
    ];
    for (const format of formats) {
      for (const given of ['1', 'a.', 'a@', ':', '-', '2024-01-01T'].map((text) =>
        text.repeat(600),
      ))
        expect(judge({ format }, given)).toMatch(/is not|taken/);
    }
  });

  test('are measured and parsed a limited number of times', () => {
    const given = '\u{1f600}'.repeat(1_000_000);
    const branches = Array.from({ length: 1000 }, (_, i) => ({ maxLength: 999_999 - i }));
    expect(judge({ anyOf: branches }, given)).toBe('taken');
    const objects = Array.from({ length: 1000 }, (_, i) => ({
      type: 'object',
      required: [`r${i}`],
    }));
    expect(judge({ anyOf: objects }, `{"a":"${long}"}`)).toBe('taken');
  });
});

describe('many members', () => {
  const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]));

  test('are all checked', () => {
    const schema = { type: 'object', additionalProperties: { type: 'integer', maximum: 49_998 } };
    expect(judge(schema, members)).toBe('a.k49999 must be at most 49998.');
    const items = { items: { anyOf: [{ enum: Array.from({ length: 5000 }, (_, i) => i) }] } };
    expect(judge(items, [...Array.from({ length: 50_000 }, () => 1), 5000])).toMatch(
      /^a\[50000\] must be one of 0, 1, /,
    );
  });

  test('are not compared endlessly with one another or with objects', () => {
    const twins = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    expect(judge({ uniqueItems: true }, twins)).toBe('taken');
    expect(judge({ uniqueItems: true }, [long, 'x', 'x'])).toBe('taken');
    expect(judge({ uniqueItems: true }, ['x', 'x', long])).toMatch(/a has an item twice\.$/);
    const values = Array.from({ length: 10_000 }, (_, i) => ({ i: { i: -i } }));
    expect(
      judge(
        { items: { enum: values } },
        twins.map(({ i }) => ({ i: { i: i + 1 } })),
      ),
    ).toMatch(/^a\[0\] must be one of/);
    const known = Array.from({ length: 30 }, () => ({ i: { i: 0 } }));
    const strange = { i: { i: 1 } };
    expect(judge({ items: { enum: values } }, [...known, strange])).toBe('taken');
    expect(judge({ items: { enum: values } }, [...known.slice(0, 10), strange])).toMatch(
      /^a\[10\]/,
    );
  });
});

describe('depth', () => {
  const node: JsonObject = {
    type: 'object',
    required: ['v'],
    properties: { next: { $ref: '#/$defs/node' }, v: { type: 'integer' } },
  };
  const wrap = (next: Json): Json => ({ next, v: 1 });

  test.each<[string, JsonObject]>([
    ['plain', node],
    [
      'through branches',
      { anyOf: [{ oneOf: [{ ...node, required: ['none'] }, { allOf: [node] }] }] },
    ],
    ['through conversions', { oneOf: [{ type: 'null' }, { anyOf: [{ allOf: [node] }] }] }],
  ])('of values: %s', (_, own) => {
    const schema = { $ref: '#/$defs/node' };
    expect(judge(schema, nested(498, wrap, { v: 1 }), { node: own })).toBe('taken');
    expect(judge(schema, nested(498, wrap, { v: '1' }), { node: own })).toBeDefined();
    expect(judge(schema, nested(50, wrap, { v: 'x' }), { node: own })).toMatch(
      /must be an integer/,
    );
    expect(judge(schema, nested(50_000, wrap, { v: 1 }), { node: own })).toMatch(
      /^a\.next.* is nested deeper than 500 levels\.$/,
    );
    const text = '{"v":1,"next":'.repeat(20_000) + '{}' + '}'.repeat(20_000);
    expect(judge(schema, text, { node: own })).toMatch(/nested deeper than 500 levels\.$/);
  });

  test('of schemas', () => {
    const all = chain(5000, (next) => ({ allOf: [next] }), { type: 'integer' });
    expect(judge(first, 'x', all)).toBe('taken');
    const any = chain(5000, (next) => ({ anyOf: [next], oneOf: [next] }), { type: 'integer' });
    expect(judge(first, 'x', any)).toBe('taken');
    expect(
      judge(
        first,
        'x',
        chain(30, (next) => next, { type: 'integer' }),
      ),
    ).toMatch(/^a must/);
  });
});

describe('branches', () => {
  test('at a depth of twelve are still distinguished', () => {
    const $defs = chain(12, (next) => ({ anyOf: [next, { type: 'null' }] }), { type: 'integer' });
    expect(judge(first, 'x', $defs)).toBe('a must be an integer or null, not a string.');
    expect(judge(first, '5', $defs)).not.toMatch(/^a must/);
  });

  test.each<[string, (next: JsonObject) => Json]>([
    ['anyOf', (next) => ({ anyOf: [next, next, next] })],
    ['oneOf', (next) => ({ oneOf: [next, next, next] })],
    ['allOf', (next) => ({ allOf: [next, next, next] })],
  ])('that multiply end: %s', (_, link) => {
    const $defs = chain(40, link, { type: 'object', properties: { a: { type: 'integer' } } });
    expect(judge(first, { a: {} }, $defs)).toBeDefined();
    expect(judge(first, { a: 1 }, $defs)).toBeDefined();
  });

  test('that are recursive and double at every level end', () => {
    const child = { properties: { next: { $ref: '#/$defs/L0' } } };
    const L0 = { anyOf: [{ ...child, required: ['x'] }, { ...child, required: ['y'] }, child] };
    const given = nested(100, (next) => ({ next }), { next: 1 });
    expect(judge(first, given, { L0 })).toBe('taken');
  });

  test('that lead back to themselves end', () => {
    const loop = { anyOf: Array.from({ length: 20 }, () => ({ $ref: '#/$defs/loop' })) };
    const around = { allOf: [{ $ref: '#/$defs/back' }] };
    const $defs: JsonObject = { loop, around, back: { $ref: '#/$defs/around', maximum: 3 } };
    expect(judge(loop, '5', $defs)).toBe('taken');
    const every = { allOf: Array.from({ length: 20 }, () => ({ $ref: '#/$defs/every' })) };
    const both = { properties: { a: every, b: { type: 'integer' } } };
    expect(judge(both, { a: '5', b: 'x' }, { every })).toBe(
      'a.b must be an integer, not a string.',
    );
    expect(judge({ $ref: '#/$defs/around' }, 5, $defs)).toBe('a must be at most 3.');
  });
});
