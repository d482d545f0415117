import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, RequestShape } from '../../../templates/src/runtime/api.js';
import { ArgumentError, readArguments } from '../../../templates/src/runtime/upstream/arguments.js';
import { writeJson } from '../../../templates/src/runtime/upstream/numbers.js';
import { makeTool } from './wire.js';

function read(
  properties: JsonObject,
  args: JsonObject,
  rest: JsonObject = {},
  request: Partial<RequestShape> = {},
): JsonObject {
  return readArguments(makeTool(request, { properties, ...rest }), args);
}

/** The messages about the argument `a`, or about the body if there is one. */
function complaint(properties: JsonObject, args: JsonObject, rest: JsonObject = {}): string {
  try {
    read(properties, args, rest);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as ArgumentError).message;
  }
  return 'taken';
}

describe('the text of JSON as a body that has no schema', () => {
  const body = (mediaType: string) => ({ method: 'POST', body: { mediaType } });
  const json = body('application/vnd.x+json');

  test.each<[Json, string]>([
    ['{"id": 1917043659912705297}', '{"id":1917043659912705297}'],
    ['[1]', '[1]'],
    ['{id}', '"{id}"'],
    ['5', '"5"'],
    ['', '""'],
    [{ a: '{}' }, '{"a":"{}"}'],
  ])('%j', (given, sent) => {
    const open: JsonObject[] = [{}, { description: 'Anything' }];
    for (const schema of open)
      expect(writeJson(read({ body: schema }, { body: given }, { required: ['body'] }, json))).toBe(
        `{"body":${sent}}`,
      );
  });

  test.each<[JsonObject, Partial<RequestShape>]>([
    [{ type: 'string' }, json],
    [{ anyOf: [{ type: 'string' }] }, json],
    [{ allOf: [{ type: 'string' }, {}] }, json],
    [{ enum: ['{}'] }, json],
    [{}, body('text/plain')],
    [{}, body('application/x-thing')],
  ])('stays text for %j of %j', (schema, request) => {
    expect(read({ body: schema }, { body: '{}' }, {}, request)).toEqual({ body: '{}' });
  });
});

describe('strings that spell the expected value', () => {
  const $defs = { point: { type: 'object', properties: { x: { type: 'integer' } } } };

  test.each<[schema: Json, given: Json, taken: Json]>([
    [{ type: 'integer' }, '5', 5],
    [{ type: 'number' }, '5.5', 5.5],
    [{ type: 'number' }, '5', 5],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean' }, 'True', true],
    [{ type: ['boolean', 'null'] }, ' FALSE', false],
    [{ enum: ['True', 'False'] }, 'True', 'True'],
    [{ type: ['boolean', 'string'] }, 'True', 'True'],
    [{ type: ['integer', 'string'], enum: ['auto', 1, '2'] }, '1', 1],
    [{ type: ['integer', 'string'], enum: ['auto', 1, '2'] }, '2', '2'],
    [{ type: 'object' }, '{"a":1}', { a: 1 }],
    [{ type: 'array' }, '[1]', [1]],
    [{ items: {} }, '[1]', [1]],
    [{ type: ['integer', 'null'] }, '5', 5],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, '5', 5],
    [{ oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'false', false],
    [{ allOf: [{ description: 'x' }, { type: 'integer' }] }, '5', 5],
    [{ $ref: '#/$defs/point' }, '{"x":1}', { x: 1 }],
    [{ properties: { a: {} } }, '{"a":1}', { a: 1 }],
    [{ oneOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }, '{"a":1}', { a: 1 }],
    [{ type: 'integer', enum: [1, 2] }, '2', 2],
    [{ type: 'string' }, '5', '5'],
    [{ type: ['string', 'integer'] }, '5', '5'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, '5', '5'],
    [{ anyOf: [{ type: 'integer' }, {}] }, '5', '5'],
    [{}, '5', '5'],
    [true, '5', '5'],
    [{ enum: ['1', 1] }, '1', '1'],
    [{ enum: [1, 2] }, '2', 2],
    [{ enum: [true, null] }, 'True', true],
    [{ enum: ['auto', 1, '2'] }, '1', 1],
    [{ enum: ['auto', 1, '2'] }, '2', '2'],
    [{ enum: [{ x: 1 }] }, '{"x":1}', { x: 1 }],
    [{ enum: [...Array(30).keys(), '30'] }, '30', '30'],
    [{ const: 5 }, '5', 5],
    [{ const: '5' }, '5', '5'],
    [{ anyOf: [{ const: 1 }, { const: 2 }] }, '2', 2],
    [{ anyOf: [{ enum: [1] }, { type: 'string' }] }, '1', '1'],
    [{ items: {} }, 'plain', 'plain'],
    [{ type: 'integer' }, 5, 5],
  ])('%j: %j is %j', (schema, given, taken) => {
    expect(read({ a: schema }, { a: given }, { $defs })).toEqual({ a: taken });
  });

  test.each<[Json, string]>([
    [{ type: 'integer' }, '5.5'],
    [{ type: 'integer' }, 'five'],
    [{ type: 'integer' }, ''],
    [{ type: 'integer' }, 'true'],
    [{ type: 'boolean' }, '1'],
    [{ type: 'object' }, '[1]'],
    [{ type: 'object' }, 'null'],
    [{ type: 'array' }, '{}'],
    [{ type: 'array' }, '[1'],
  ])('%j: %j is refused', (schema, given) => {
    expect(complaint({ a: schema }, { a: given }, { required: ['a'] })).toMatch(
      /^a must be .*, not a string\.$/,
    );
  });

  test('at every depth', () => {
    const rest: JsonObject = {
      $defs: {
        node: {
          allOf: [
            {
              type: 'object',
              properties: {
                n: { type: 'integer' },
                text: { type: 'string' },
                flags: { type: 'array', items: { type: 'boolean' } },
                next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
              },
            },
          ],
        },
      },
    };
    const given = { n: '1', text: '2', next: '{"flags":["true"],"next":{"n":"3","text":"4"}}' };
    expect(read({ body: { $ref: '#/$defs/node' } }, { body: given }, rest)).toEqual({
      body: { n: 1, text: '2', next: { flags: [true], next: { n: 3, text: '4' } } },
    });
  });

  test('stay strings if another branch accepts them', () => {
    const branch = (kind: string, type: string): JsonObject => ({
      type: 'object',
      properties: { kind: { const: kind }, a: { type } },
    });
    const body = { oneOf: [branch('number', 'integer'), branch('text', 'string')] };
    expect(read({ body }, { body: { kind: 'text', a: '5' } })).toEqual({
      body: { kind: 'text', a: '5' },
    });
    expect(read({ body }, { body: { kind: 'number', a: '5' } })).toEqual({
      body: { kind: 'number', a: 5 },
    });
  });

  describe('in an open branch, as the branch that describes them expects', () => {
    const user = { type: 'object', properties: { id: { type: 'integer' }, tags: {} } };
    const mail = { type: 'object', properties: { mail: { type: 'string' } } };
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    const numbers = { type: 'object', additionalProperties: { type: 'integer' } };
    const rest = { $defs: { user } };
    test.each<[string, Json, given: Json, expected: Json]>([
      ['oneOf', { oneOf: [mail, user] }, { id: '5' }, { id: 5 }],
      ['a reference', { anyOf: [mail, { $ref: '#/$defs/user' }] }, { id: '5' }, { id: 5 }],
      ['allOf', { anyOf: [mail, { allOf: [user, mail] }] }, { id: '5' }, { id: 5 }],
      ['items', { items: { oneOf: [mail, user] } }, [{ id: '5' }], [{ id: 5 }]],
      ['branches', { anyOf: [{ oneOf: [mail, user] }, {}] }, { id: '5' }, { id: 5 }],
      ['more members', { oneOf: [mail, user], type: 'object' }, { id: '5', x: 1 }, { id: 5, x: 1 }],
      ['absent members', { oneOf: [mail, user] }, { id: null, tags: 1 }, { tags: 1 }],
      ['no number', { oneOf: [mail, user] }, { id: 'me' }, { id: 'me' }],
      ['a string', { oneOf: [user, mail] }, { mail: '5' }, { mail: '5' }],
      ['a map', { oneOf: [user, map] }, { id: '5' }, { id: '5' }],
      ['a map of numbers', { anyOf: [mail, numbers] }, { x: '7' }, { x: 7 }],
      [
        'a member beside a map',
        { anyOf: [mail, numbers] },
        { mail: '5', x: '7' },
        { mail: '5', x: '7' },
      ],
    ])('%s', (_, body, given, expected) => {
      expect(read({ body }, { body: given }, rest)).toEqual({ body: expected });
    });
  });

  test('digits that no number can represent are neither rounded nor refused', () => {
    const digits = '12345678901234567890';
    expect(writeJson(read({ a: { type: 'integer' } }, { a: digits }))).toBe(`{"a":${digits}}`);
    expect(complaint({ a: { type: 'integer', maximum: 100 } }, { a: digits })).toBe(
      'a must be at most 100.',
    );
    const listed: JsonObject[] = [
      { enum: [5, digits] },
      { const: digits },
      { enum: [Number(digits)] },
    ];
    for (const schema of listed)
      expect(writeJson(read({ a: { type: 'integer', ...schema } }, { a: digits }))).toBe(
        `{"a":${digits}}`,
      );
    expect(complaint({ a: { type: 'integer', enum: ['7'] } }, { a: digits })).toMatch(/one of/);
    expect(complaint({ a: { type: 'boolean' } }, { a: digits })).toMatch(/^a must be a boolean/);
    const inText = read({ a: { type: 'object' } }, { a: `{"id":${digits}}` });
    expect(writeJson(inText)).toBe(`{"a":{"id":${digits}}}`);
  });

  test('of two places with the same spelling, each is named', () => {
    const inner: Json = { type: 'object', properties: { y: { type: 'integer' } } };
    const schema: Json = {
      anyOf: [{ type: 'object', properties: { x: inner } }, { type: 'null' }],
    };
    const text = '{"x":{"y":"n"}}';
    expect(complaint({ a: schema, b: schema }, { a: text, b: text })).toBe(
      'a.x.y must be an integer, not a string; b.x.y must be an integer, not a string.',
    );
  });

  test('no more members than a request may have', () => {
    const text = JSON.stringify(Array.from({ length: 50_001 }, () => 1));
    expect(complaint({ a: { type: 'array' } }, { a: text })).toMatch(/^a must be an array/);
  });
});

describe('the caller’s object', () => {
  const properties = {
    n: { type: 'integer' },
    body: { type: 'object', properties: { list: { items: { type: 'integer' } } } },
  };

  test('stays as it was', () => {
    const args = { n: '5', body: { list: ['5'] } };
    expect(read(properties, args)).toEqual({ n: 5, body: { list: [5] } });
    expect(args).toEqual({ n: '5', body: { list: ['5'] } });
  });

  test('is used unchanged if it fits', () => {
    const args = { n: 5, body: { list: [5] } };
    expect(read(properties, args)).toBe(args);
  });

  test('may have a member __proto__', () => {
    const args = JSON.parse(
      '{"n":"5","__proto__":{"polluted":true},"body":{"list":["1"],"__proto__":{"polluted":true}}}',
    ) as JsonObject;
    const taken = read(properties, args);
    expect((taken as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(taken)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(taken['body'])).toBe(Object.prototype);
    expect(Object.keys(taken['body'] as JsonObject)).toContain('__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('values that no reading of the document allows', () => {
  const $defs = { id: { type: 'integer', minimum: 1 } };
  const pet = (kind: string, properties: JsonObject): JsonObject => ({
    type: 'object',
    required: ['kind'],
    properties: { kind: { const: kind }, ...properties },
  });

  test.each<[schema: Json, given: Json, said: string]>([
    [{ type: 'string' }, 5, 'must be a string, not a number'],
    [{ type: 'integer' }, 5.5, 'must be an integer, not a fraction'],
    [{ type: ['integer', 'null'] }, [], 'must be an integer or null, not an array'],
    [{ type: 'object' }, null, 'must be an object, not null'],
    [{ enum: ['x', 1, { y: 1 }] }, 'z', 'must be one of "x", 1, {"y":1}'],
    [{ enum: [{ y: [1] }] }, { y: [2] }, 'must be one of {"y":[1]}'],
    [{ const: 'x' }, 'z', 'must be "x"'],
    [{ const: [1] }, [1, 2], 'must be [1]'],
    [{ const: [1, 2] }, [1], 'must be [1,2]'],
    [{ const: { a: 1, b: 2 } }, { a: 1 }, 'must be {"a":1,"b":2}'],
    [{ const: { a: 1 } }, { a: 1, b: 2 }, 'must be {"a":1}'],
    [{ minimum: 2 }, 1, 'must be at least 2'],
    [{ maximum: 2 }, 3, 'must be at most 2'],
    [{ exclusiveMinimum: 2 }, 2, 'must be greater than 2'],
    [{ exclusiveMaximum: 2 }, 2, 'must be less than 2'],
    [{ multipleOf: 5 }, 7, 'must be a multiple of 5'],
    [{ minLength: 2 }, 'a', 'must have at least 2 characters'],
    [{ minLength: 2 }, '😀', 'must have at least 2 characters'],
    [{ maxLength: 1 }, 'ab', 'must have at most 1 character'],
    [{ maxLength: 3 }, '😀😀😀😀', 'must have at most 3 characters'],
    [{ minItems: 1 }, [], 'must have at least 1 item'],
    [{ maxItems: 1 }, [1, 2], 'must have at most 1 item'],
    [{ minProperties: 1 }, {}, 'must have at least 1 member'],
    [{ maxProperties: 1 }, { a: 1, b: 2 }, 'must have at most 1 member'],
    [false, 1, 'must be left out'],
    [{ $ref: '#/$defs/id' }, 0, 'must be at least 1'],
    [{ allOf: [{ type: 'integer' }, { maximum: 3 }] }, 4, 'must be at most 3'],
    [
      { anyOf: [{ type: 'integer' }, { oneOf: [{ type: 'null' }, { type: 'array' }] }] },
      'x',
      'must be an integer, null or an array, not a string',
    ],
    [{ anyOf: [{ $ref: '#/$defs/id' }, { type: 'null' }] }, 0, 'must be at least 1'],
    [
      { oneOf: [pet('dog', {}), pet('cat', { age: { type: 'integer' } }), { type: 'null' }] },
      { kind: 'cat', age: 'old' },
      'matches no branch (nearest: a.age must be an integer, not a string)',
    ],
  ])('%j: %j %s', (schema, given, said) => {
    expect(complaint({ a: schema }, { a: given }, { $defs, required: ['a'] })).toBe(`a ${said}.`);
  });

  test.each<[schema: Json, given: Json]>([
    [{ minLength: 1, maxLength: 1 }, '😀'],
    [{ maxLength: 4 }, '😀😀😀😀'],
    [{ const: { a: 1, b: [2] } }, { b: [2], a: 1 }],
    [{ enum: [1] }, 1.0],
    [{ type: 'integer' }, 5.0],
  ])('but not %j: %j', (schema, given) => {
    expect(read({ a: schema }, { a: given })).toEqual({ a: given });
  });

  test('every wrong part is named, at every depth', () => {
    const item = { type: 'object', required: ['price'], properties: { price: { minimum: 0 } } };
    const properties = {
      body: {
        type: 'object',
        required: ['name'],
        properties: { due: { type: 'string' }, items: { items: item } },
        additionalProperties: { type: 'boolean' },
      },
      status: { enum: ['available', 'pending', 'sold'] },
    };
    const body: Json = { due: 1, items: [{ price: 1 }, {}, { price: -1 }], 'odd "name"': 1 };
    expect(
      complaint(properties, { status: 'lost', body }, { required: ['q'] }).split(/; /),
    ).toEqual([
      'q is missing',
      'status must be one of "available", "pending", "sold"',
      'body.name is missing',
      'body.due must be a string, not a number',
      'body.items[1].price is missing',
      'body.items[2].price must be at least 0',
      'body["odd \\"name\\""] must be a boolean, not a number.',
    ]);
  });

  test.each<[Json]>([[2 ** 53], [-(2 ** 53)], [1e300], [Infinity]])(
    'a number that does not arrive unchanged: %d',
    (number) => {
      const said = 'is a number beyond 2^53: send it as a string of digits.';
      expect(complaint({ a: { type: 'integer' } }, { a: number })).toContain(`a ${said}`);
      expect(complaint({ body: {} }, { body: { ids: [1, number] } })).toBe(`body.ids[1] ${said}`);
      expect(read({ a: {} }, { a: 2 ** 53 - 1 })).toEqual({ a: 2 ** 53 - 1 });
    },
  );

  test('members that the body requires, except of PATCH', () => {
    const properties = {
      filter: { type: 'object', required: ['q'] },
      body: { type: 'object', required: ['name'], properties: { sub: { required: ['x'] } } },
    };
    const run = (method: string, args: JsonObject) => () =>
      read(properties, args, { required: ['body'] }, { method });
    expect(run('PUT', { body: {} })).toThrow('body.name is missing.');
    expect(run('PUT', { body: { name: 1, sub: {} } })).toThrow('body.sub.x is missing.');
    expect(run('PATCH', { body: { sub: {} } })()).toEqual({ body: { sub: {} } });
    expect(run('PATCH', {})).toThrow('body is missing.');
    expect(run('PATCH', { body: {}, filter: {} })).toThrow('filter.q is missing.');
  });
});

describe('an unknown argument', () => {
  const closed = { additionalProperties: false };
  const tool = { limit: {}, petId: {}, 'X-Trace': {} };

  test.each([
    ['limt', 'Unknown argument "limt". Did you mean "limit"?'],
    ['limti', 'Unknown argument "limti". Did you mean "limit"?'],
    ['pet_id', 'Unknown argument "pet_id". Did you mean "petId"?'],
    ['xtrace', 'Unknown argument "xtrace". Did you mean "X-Trace"?'],
    ['colour', 'Unknown argument "colour". This tool takes "limit", "petId", "X-Trace".'],
    ['__proto__', 'Unknown argument "__proto__". This tool takes "limit", "petId", "X-Trace".'],
  ])('%s', (name, said) => {
    const args = JSON.parse(`{${JSON.stringify(name)}:1}`) as JsonObject;
    expect(complaint(tool, args, closed)).toBe(said);
  });

  test('is referred to the one argument that has such a member', () => {
    const parts: JsonObject[] = [{ $ref: '#/$defs/Pet' }, { oneOf: [{ properties: { tag: {} } }] }];
    const own = { ...tool, body: { allOf: parts } };
    const root = { ...closed, $defs: { Pet: { properties: { name: {}, self: {} } } } };
    for (const name of ['name', 'tag'])
      expect(complaint(own, { [name]: 1 }, root)).toBe(
        `Unknown argument "${name}". It belongs inside "body".`,
      );
    expect(complaint(own, { names: 1 }, root)).toMatch(/"names"\. This tool takes/);
    const two = { a: { properties: { x: {} } }, b: { properties: { x: {} } } };
    expect(complaint(two, { x: 1 }, closed)).toMatch(/"x"\. This tool takes/);
  });

  test.each([
    [20, /, "argument19"\.$/],
    [21, /, "argument19" and others\.$/],
  ])('of a tool with %i arguments is answered with the first twenty', (count, end) => {
    const names = Array.from({ length: count }, (_, index) => [`argument${index}`, {}] as const);
    expect(complaint(Object.fromEntries(names), { colour: 1 }, closed)).toMatch(end);
  });

  test('that holds the arguments is named as such', () => {
    const said = 'Unknown argument "arguments". Pass its members instead of it.';
    expect(complaint(tool, { arguments: { limit: 1 } }, closed)).toBe(said);
    expect(complaint(tool, { input: { colour: 1 } }, closed)).toMatch(/"input"\. This tool takes/);
  });

  test('is not mistaken for one that was given', () => {
    expect(complaint(tool, { limit: 1, limt: 1 }, closed)).not.toContain('Did you mean');
  });

  test('of a tool without arguments', () => {
    expect(complaint({}, { a: 1 }, closed)).toBe(
      'Unknown argument "a". This tool has no arguments.',
    );
  });

  test('does not mean an item of a list', () => {
    const said = 'The argument object must be an object, not an array.';
    expect(complaint(tool, ['x'] as never, closed)).toBe(said);
  });

  test('does not hide other faults', () => {
    const rest = { ...closed, required: ['petId'] };
    expect(complaint(tool, { limt: 1 }, rest)).toBe(
      'Unknown argument "limt". Did you mean "limit"? petId is missing.',
    );
  });

  test('exists only if the schema is closed; members of a body are sent', () => {
    expect(read({}, { zzz: 1 })).toEqual({ zzz: 1 });
    const body = { type: 'object', properties: {}, additionalProperties: false };
    expect(read({ body }, { body: { zzz: 1 } }, closed)).toEqual({ body: { zzz: 1 } });
  });

  test('is found among a hundred thousand', () => {
    const args = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, i]));
    const said = complaint(tool, args, { ...closed, required: ['limit'] });
    expect(said).toMatch(/100000 arguments are unknown\.$/);
    expect(said).not.toContain('missing');
  });
});

describe('constraints that are often wrong in documents are never enforced', () => {
  const open = { type: 'object', properties: { a: { type: 'string' } } };
  const shut = { ...open, additionalProperties: false, unevaluatedProperties: false };
  test.each<[Json, Json]>([
    [{ pattern: '^a$' }, 'b'],
    [{ pattern: '[' }, 'b'],
    [{ type: 'string', format: 'date-time' }, 'tomorrow'],
    [{ uniqueItems: true }, [1, 1]],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 1],
    [{ not: {} }, 1],
    [{ if: {}, then: false, else: false }, 1],
    [{ contains: { type: 'string' }, minContains: 2 }, [1]],
    [{ propertyNames: { maxLength: 1 } }, { long: 1 }],
    [{ patternProperties: { '^x': { type: 'string' } } }, { x: 1 }],
    [{ patternProperties: { '^x': {} }, additionalProperties: { type: 'string' } }, { x: 1 }],
    [{ additionalProperties: false }, { x: 1 }],
    [{ unevaluatedProperties: false }, { x: 1 }],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }],
    [{ dependentSchemas: { a: false } }, { a: 1 }],
    [{ prefixItems: [{}], items: false }, [1, 2]],
    [{ allOf: [shut, { ...shut, properties: { b: {} } }] }, { a: 'x', b: 1 }],
    [
      { allOf: [{ properties: { a: {} } }, { additionalProperties: { type: 'string' } }] },
      { a: 1 },
    ],
    [{ multipleOf: 0.01 }, 19.99],
  ])('%j: %j', (schema, given) => {
    expect(read({ body: schema }, { body: given })).toEqual({ body: given });
  });

  test.each<[Json]>([
    [null],
    [7],
    ['string'],
    [{ type: 'file' }],
    [{ type: ['string', 'date'] }],
    [{ type: [] }],
    [{ enum: 'x' }],
    [{ enum: [] }],
    [{ minimum: '5' }],
    [{ multipleOf: 0 }],
    [{ required: true }],
    [{ properties: [] }],
    [{ items: [{ type: 'string' }] }],
    [{ anyOf: {} }],
    [{ anyOf: [] }],
    [{ $ref: '#/$defs/none' }],
    [{ $ref: '#/$defs/%zz' }],
    [{ $ref: 'https://example.com/' }],
    [{ $ref: 5 }],
  ])('an odd schema accepts everything: %j', (schema) => {
    for (const value of [1, null, [1], { a: 1 }, true] as Json[])
      expect(read({ a: schema }, { a: value }, { $defs: {} })).toEqual({ a: value });
  });

  test('names of definitions are decoded', () => {
    const $defs = { 'a/b~c d': { type: 'integer' } };
    const schema = { $ref: '#/$defs/a~1b~0c%20d' };
    expect(complaint({ a: schema }, { a: 'x' }, { $defs })).toMatch(/^a must be an integer/);
  });
});

describe('messages', () => {
  const items = { type: 'array', items: { type: 'integer' } };

  test('are of bounded length', () => {
    const long = { type: 'object', properties: { ['n'.repeat(64)]: items } };
    const value = { ['n'.repeat(64)]: Array.from({ length: 5000 }, () => 'x') };
    const said = complaint({ body: long }, { body: value });
    expect(said.length).toBeLessThan(2100);
    expect(said.split('; ')).toHaveLength(10);
    const many = { a: { enum: Array.from({ length: 500 }, (_, i) => `${'e'.repeat(100)}${i}`) } };
    expect(complaint(many, { a: 'x' }).length).toBeLessThan(2100);
    expect(complaint(many, { a: 'x' })).toMatch(/ and 480 more\.$/);
    const each = Object.fromEntries(Array.from('abcdef', (name) => [name, many.a]));
    const all = complaint(each, Object.fromEntries(Array.from('abcdef', (name) => [name, 'x'])));
    expect(all.length).toBe(2001);
  });

  test('repeat no value', () => {
    const args = { a: 'top-secret', b: ['top-secret'], c: { x: 'top-secret' }, d: 'top-secret' };
    const properties: JsonObject = {
      a: { type: 'integer' },
      b: items,
      c: { anyOf: [{ properties: { x: { const: 1 } } }, { required: ['y'] }] },
      d: { enum: ['x'] },
    };
    expect(complaint(properties, args)).toMatch(/a must.*b\[0\] must.*c .*d must/);
    expect(complaint(properties, args)).not.toContain('top-secret');
  });
});

describe('a body of several media types', () => {
  const types = ['a', 'b', 'c', 'd'].map((name) => `application/${name}+json`);
  const [mediaType = '', ...others] = types;
  const request = { body: { mediaType, others: others.map((one) => ({ mediaType: one })) } };
  const typed = (schemas: readonly JsonObject[], body: Json, $defs: JsonObject = {}) => {
    const anyOf = schemas.map((schema, index) => ({ ...schema, title: types[index] ?? '' }));
    const content_type = { type: 'string', enum: types };
    return read({ body: { anyOf }, content_type }, { body }, { $defs }, request)['content_type'];
  };

  test('is sent as the type for lists, also if the schema of objects is shared', () => {
    const schemas: JsonObject[] = [{ $ref: '#/$defs/Pet' }, { type: 'array' }];
    expect(typed(schemas, [1], { Pet: { type: 'object' } })).toBe(types[1]);
  });

  test('is compared with all of them, unless that would take too long', () => {
    const last = ['boolean', 'object', 'array', 'integer'];
    const schemas = last.map((type) => ({
      properties: { list: { items: { type: 'integer' } }, last: { type } },
    }));
    const bodyOf = (length: number) => ({ list: Array.from({ length }, () => 1), last: 1 });
    expect(typed(schemas, bodyOf(10))).toBe(types[3]);
    expect(typed(schemas, bodyOf(90_000))).toBeUndefined();
  });
});
