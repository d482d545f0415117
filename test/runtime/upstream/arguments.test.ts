import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { ArgumentError } from '../../../templates/src/runtime/upstream/argument-error.js';
import { createReadArguments } from '../../../templates/src/runtime/upstream/arguments.js';
import { takeLeniently } from '../../../templates/src/runtime/upstream/lenient.js';
import { makeTool } from './wire.js';

const read = createReadArguments();

function readWith(properties: JsonObject, args: JsonObject, rest: JsonObject = {}): JsonObject {
  return read(makeTool({}, { properties, ...rest }), args);
}

describe('strings that spell the wanted value', () => {
  const $defs = {
    point: { type: 'object', properties: { x: { type: 'integer' } } },
  };

  test.each<[schema: Json, given: Json, taken: Json]>([
    [{ type: 'integer' }, '5', 5],
    [{ type: 'number' }, '5.5', 5.5],
    [{ type: 'number' }, '5', 5],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'object' }, '{"a":1}', { a: 1 }],
    [{ type: 'array' }, '[1]', [1]],
    [{ items: {} }, '[1]', [1]],
    [{ type: ['integer', 'null'] }, '5', 5],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, '5', 5],
    [{ oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'false', false],
    [{ allOf: [{ description: 'x' }, { type: 'integer' }] }, '5', 5],
    [{ $ref: '#/$defs/point' }, '{"x":1}', { x: 1 }],
    [{ properties: { a: {} } }, '{"a":1}', { a: 1 }],
    [{ type: 'string' }, '5', '5'],
    [{ type: ['string', 'integer'] }, '5', '5'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, '5', '5'],
    [{ anyOf: [{ type: 'integer' }, {}] }, '5', '5'],
    [{}, '5', '5'],
    [true, '5', '5'],
    [{ enum: ['1', 1] }, '1', '1'],
    [{ type: 'integer' }, 5, 5],
  ])('%j: %j is %j', (schema, given, taken) => {
    expect(readWith({ a: schema }, { a: given }, { $defs })).toEqual({
      a: taken,
    });
  });

  test.each<[Json, string]>([
    [{ type: 'integer' }, '5.5'],
    [{ type: 'integer' }, 'five'],
    [{ type: 'integer' }, '12345678901234567890'],
    [{ type: 'integer' }, ''],
    [{ type: 'integer' }, 'true'],
    [{ type: 'boolean' }, '1'],
    [{ type: 'object' }, '[1]'],
    [{ type: 'object' }, 'null'],
    [{ type: 'array' }, '{}'],
  ])('%j: %j is refused', (schema, given) => {
    expect(() => readWith({ a: schema }, { a: given })).toThrow(/arguments\/a must be/);
  });

  test('the body, and one level into it', () => {
    const body = { $ref: '#/$defs/body' };
    const rest = {
      $defs: {
        body: {
          allOf: [
            {
              type: 'object',
              properties: {
                n: { type: 'integer' },
                deep: { type: 'object', properties: { n: { type: 'string' } } },
              },
            },
          ],
        },
      },
    };
    expect(readWith({ body }, { body: '{"n":"5","deep":{"n":"6"}}' }, rest)).toEqual({
      body: { n: 5, deep: { n: '6' } },
    });
    expect(readWith({ body }, { body: { n: '5' } }, rest)).toEqual({ body: { n: 5 } });
  });

  test('a recursive schema comes to an end', () => {
    const loop = { anyOf: Array.from({ length: 20 }, () => ({ $ref: '#/$defs/loop' })) };
    const root = { properties: { a: loop, body: loop }, $defs: { loop } };
    expect(takeLeniently({ a: '5', body: { x: '5' } }, root)).toEqual({ a: '5', body: { x: '5' } });
  });
});

test('the caller’s object stays as it was', () => {
  const args = { n: '5', body: { n: '5' } };
  const properties = {
    n: { type: 'integer' },
    body: { type: 'object', properties: { n: { type: 'integer' } } },
  };
  expect(readWith(properties, args)).toEqual({ n: 5, body: { n: 5 } });
  expect(args).toEqual({ n: '5', body: { n: '5' } });
});

test('__proto__ is a key like others', () => {
  const args = JSON.parse(
    '{"__proto__":{"polluted":true},"body":{"__proto__":{"polluted":true}}}',
  ) as JsonObject;
  const taken = readWith({ body: { type: 'object' } }, args);
  expect((taken as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(taken)).toBe(Object.prototype);
  expect(Object.getPrototypeOf(taken['body'])).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

describe('what does not fit', () => {
  test('is an ArgumentError in ajv’s words', () => {
    const run = (): unknown =>
      readWith({ n: { type: 'integer' } }, { n: 'data must' }, { required: ['q'] });
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(/arguments must have required property 'q', arguments\/n must be integer/);
  });

  test('unknown arguments, only where the schema closes itself, and by name', () => {
    expect(readWith({}, { zzz: 1 })).toEqual({ zzz: 1 });
    expect(() => readWith({}, { zzz: 1 }, { required: ['q'] })).not.toThrow(/zzz/);
    expect(() => readWith({ a: {} }, { a: 1, zzz: 1 }, { additionalProperties: false })).toThrow(
      /Not an argument of this tool: "zzz"\./,
    );
  });

  test('in a message of bounded length', () => {
    const items = { type: 'array', items: { type: 'integer' } };
    const run = (): unknown =>
      readWith({ a: items }, { a: Array.from({ length: 5000 }, () => 'x') });
    expect(run).toThrow(ArgumentError);
    expect(run).not.toThrow(/[^]{2500}/);
  });
});

test('a schema is compiled once, when its tool is first called', () => {
  let reads = 0;
  const schema = {
    type: 'object' as const,
    get properties() {
      reads += 1;
      return {};
    },
  };
  const tool = { ...makeTool({}), inputSchema: schema };
  const fresh = createReadArguments();
  expect(reads).toBe(0);
  fresh(tool, {});
  const first = reads;
  fresh(tool, {});
  const perCall = reads - first;
  expect(first).toBeGreaterThan(perCall);
});

test('names by the hundred are told apart without a complaint about each', () => {
  const args = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, i]));
  const check = () => readWith({ a: {} }, args, { additionalProperties: false });
  expect(check).toThrow(/no arguments of 101 of the names .* such as "n0", "n1", .*"n9"\.$/);
});
