import { expect, test } from 'vitest';
import type { Json } from '../../src/load/document.js';
import { at, document2, document3, loadDocument, schemas } from './helpers.js';

/** The result for a schema of a 3.0 document, and the keywords with warnings. */
async function upgraded(schema: Json, openapi = '3.0.3') {
  const components = { schemas: { S: schema, X: { type: 'object' } } };
  const document = await loadDocument({
    ...document3({ '/a': { get: {} } }, { components }),
    openapi,
  });
  return {
    schema: at(schemas(document), 'S'),
    warnings: document.warnings.map(({ code, place }) => [code, place]),
  };
}

const x = { $ref: '#/components/schemas/X' };
const none = { type: 'null' };

const cases: [string, Json, Json][] = [
  ['an example as tools write it in 2.0', { 'x-example': 5 }, { 'x-example': 5, examples: [5] }],
  [
    'dependentRequired',
    { dependentRequired: { a: ['b'] } },
    { dependentSchemas: { a: { required: ['b'] } } },
  ],
  [
    'dependencies beside dependentSchemas',
    { dependencies: { a: ['b'] }, dependentSchemas: { a: x, c: x } },
    { dependentSchemas: { a: { allOf: [x, { required: ['b'] }] }, c: x } },
  ],
  ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  ['nullable that is false', { type: 'string', nullable: false }, { type: 'string' }],
  [
    'nullable beside several types',
    { type: ['string', 'null'], nullable: true },
    { type: ['string', 'null'] },
  ],
  ['nullable without a type, which allows all', { nullable: true }, {}],
  ['nullable enum', { enum: ['a'], nullable: true }, { enum: ['a', null] }],
  ['nullable enum with null', { enum: [null, 'a'], nullable: true }, { enum: [null, 'a'] }],
  [
    'nullable $ref',
    { ...x, nullable: true, description: 'd' },
    { description: 'd', anyOf: [x, none] },
  ],
  [
    'nullable allOf',
    { allOf: [x], nullable: true, title: 't' },
    { title: 't', anyOf: [{ allOf: [x] }, none] },
  ],
  [
    'nullable as a part of allOf',
    { allOf: [x, { nullable: true }], title: 't' },
    { title: 't', anyOf: [{ allOf: [x] }, none] },
  ],
  ['null as a part of allOf', { allOf: [x, none] }, { anyOf: [{ allOf: [x] }, none] }],
  ['nothing but null in allOf', { allOf: [none, none] }, { allOf: [none, none] }],
  ['nullable oneOf', { oneOf: [x], nullable: true }, { anyOf: [{ oneOf: [x] }, none] }],
  ['nullable anyOf', { anyOf: [x], nullable: true }, { anyOf: [x, none] }],
  ['nullable anyOf with null', { anyOf: [x, none], nullable: true }, { anyOf: [x, none] }],
  [
    'nullable anyOf and allOf',
    { anyOf: [x], allOf: [x], nullable: true },
    { allOf: [{ anyOf: [x, none] }, { anyOf: [{ allOf: [x] }, none] }] },
  ],
  [
    'exclusive bounds',
    { minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: true },
    { exclusiveMinimum: 1, exclusiveMaximum: 5 },
  ],
  [
    'numbers and booleans among strings, as in YAML',
    { type: 'string', enum: [1, 'a', true, null] },
    { type: 'string', enum: ['1', 'a', 'true', null] },
  ],
  [
    'strings among numbers',
    { type: 'integer', enum: ['1', 2, 'x'] },
    { type: ['integer', 'string'], enum: [1, 2, 'x'] },
  ],
  [
    'strings among numbers or null',
    { type: ['integer', 'null'], enum: ['1', '2', null] },
    { type: ['integer', 'null'], enum: [1, 2, null] },
  ],
  [
    'other strings among numbers or null',
    { type: ['integer', 'null'], enum: ['a', null] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  ['a number in quotes', { type: 'integer', const: '5' }, { type: 'integer', const: 5 }],
  ['a number as a string', { type: 'string', const: 5 }, { type: 'string', const: '5' }],
  ['a text as a number', { type: 'integer', const: 'a' }, { type: 'string', const: 'a' }],
  [
    'a text as a number or null',
    { type: ['number', 'null'], const: 'a' },
    { type: ['string', 'null'], const: 'a' },
  ],
  ['null as a number', { type: 'integer', const: null }, { type: 'integer', const: null }],
  ['a word as a boolean', { type: 'boolean', const: 'yes' }, { type: 'boolean', const: true }],
  ['a default in quotes', { type: 'integer', default: '20' }, { type: 'integer', default: 20 }],
  [
    'a default of a number or null',
    { type: ['number', 'null'], default: '1.50' },
    { type: ['number', 'null'], default: 1.5 },
  ],
  [
    'a default that no number holds',
    { type: 'integer', default: '9007199254740993' },
    { type: 'integer', default: '9007199254740993' },
  ],
  [
    'a default that is no number',
    { type: 'integer', default: '' },
    { type: 'integer', default: '' },
  ],
  [
    'words in quotes among booleans',
    { type: 'boolean', default: 'no', enum: ['yes', 'no'] },
    { type: 'string', default: 'no', enum: ['yes', 'no'] },
  ],
  [
    'numbers among booleans',
    { type: 'boolean', enum: [0, 1, null] },
    { type: 'number', enum: [0, 1, null] },
  ],
  [
    'the values of items beside their list',
    { type: 'array', items: { type: 'string' }, enum: ['a', 'b'] },
    { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
  ],
  [
    'lists among the values of a list',
    { type: 'array', items: x, enum: [['a'], ['b']] },
    { type: 'array', items: x, enum: [['a'], ['b']] },
  ],
  [
    'lists among the values of a string',
    { type: 'string', enum: [['a', 'b'], 'c'] },
    { type: 'string', enum: ['a', 'b', 'c'] },
  ],
  [
    'strings among booleans',
    { type: 'boolean', enum: ['true'] },
    { type: 'boolean', enum: [true] },
  ],
  ['exclusive bounds that are false', { minimum: 1, exclusiveMinimum: false }, { minimum: 1 }],
  ['exclusive bounds without a bound', { exclusiveMinimum: true }, {}],
  ['exclusive bounds of 3.1', { exclusiveMinimum: 3 }, { exclusiveMinimum: 3 }],
  [
    'example',
    { example: { nullable: true, example: 1 } },
    { examples: [{ nullable: true, example: 1 }] },
  ],
  ['examples before example', { example: 1, examples: [2] }, { examples: [2] }],
  ['examples by name', { examples: { a: { value: 1 }, b: 2 } }, { examples: [1, 2] }],
  [
    'properties that are named like keywords',
    {
      properties: {
        example: { type: 'string' },
        nullable: { type: 'boolean' },
        type: { type: 'file' },
      },
    },
    {
      properties: {
        example: { type: 'string' },
        nullable: { type: 'boolean' },
        type: { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' },
      },
    },
  ],
  [
    'binary',
    { type: 'string', format: 'binary' },
    { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' },
  ],
  [
    'base64',
    { type: 'string', format: 'byte' },
    { type: 'string', format: 'byte', contentEncoding: 'base64' },
  ],
  ['items by position', { items: [x], additionalItems: false }, { prefixItems: [x], items: false }],
  [
    'descriptive siblings of a $ref',
    { ...x, description: 'd', 'x-a': 1 },
    { ...x, description: 'd', 'x-a': 1 },
  ],
  ['ignored siblings of a $ref', { ...x, type: 'string', required: ['a'] }, x],
  [
    'defaults',
    { default: { nullable: true, type: 'file' } },
    { default: { nullable: true, type: 'file' } },
  ],
  [
    'types of other languages',
    { properties: { a: { type: 'int' }, b: { type: 'String' }, c: { type: 'any' } } },
    { properties: { a: { type: 'integer' }, b: { type: 'string' }, c: {} } },
  ],
  [
    'lists in one word',
    {
      properties: {
        a: { type: 'string[]' },
        b: { type: 'Array<int[]>' },
        c: { type: 'List[date]' },
      },
    },
    {
      properties: {
        a: { type: 'array', items: { type: 'string' } },
        b: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
        c: { type: 'array', items: { type: 'string', format: 'date' } },
      },
    },
  ],
  [
    'several types in one word, and null without quotes',
    {
      properties: { a: { type: 'string | null' }, b: { type: ['Int', null] }, c: { type: [null] } },
    },
    {
      properties: {
        a: { type: ['string', 'null'] },
        b: { type: ['integer', 'null'] },
        c: { type: ['null'] },
      },
    },
  ],
  [
    'formats and containers as types',
    {
      properties: { a: { type: 'date-time' }, b: { type: 'Email' }, c: { type: 'list', items: x } },
    },
    {
      properties: {
        a: { type: 'string', format: 'date-time' },
        b: { type: 'string', format: 'email' },
        c: { type: 'array', items: x },
      },
    },
  ],
  ['numbers in quotes', { maxLength: '3', minimum: '0.5' }, { maxLength: 3, minimum: 0.5 }],
  ['required of draft 3', { required: true }, {}],
  ['lists that must not be empty', { allOf: [], anyOf: [], oneOf: [] }, {}],
];

test.each(cases)('%s', async (_, schema, expected) => {
  expect(await upgraded(schema)).toStrictEqual({ schema: expected, warnings: [] });
});

test('3.1 documents that still use 3.0 keywords are understood', async () => {
  const { schema } = await upgraded(
    { type: 'string', nullable: true, exclusiveMinimum: false },
    '3.1.0',
  );
  expect(schema).toEqual({ type: ['string', 'null'] });
});

test('in 3.1 the siblings of a $ref count', async () => {
  expect((await upgraded({ ...x, required: ['a'] }, '3.1.0')).schema).toEqual({
    ...x,
    required: ['a'],
  });
});

test.each([
  ['type', 'thing'],
  ['type', ['string', 'thing']],
  ['required', 'a'],
  ['required', [{}]],
  ['enum', 'a'],
  ['minLength', -1],
  ['minLength', 'x'],
  ['maximum', null],
  ['multipleOf', 0],
  ['pattern', {}],
  ['uniqueItems', 'maybe'],
])('a %s that is %j is removed, with a warning', async (key, value) => {
  expect(await upgraded({ description: 'd', [key]: value })).toEqual({
    schema: { description: 'd' },
    warnings: [['INVALID_KEYWORD', `#/components/schemas/S/${key}`]],
  });
});

test('schemas are found in every place', async () => {
  const schema = { type: 'string', nullable: true };
  const content = { 'a/b': { schema, encoding: { e: { headers: { h: { schema } } } } } };
  const document = await loadDocument(
    document3(
      {
        '/a': {
          parameters: [
            { name: 'a', in: 'query', schema },
            { name: 'b', in: 'query', content },
          ],
          post: {
            requestBody: { content },
            responses: { default: { headers: { h: { schema } }, content } },
            callbacks: { c: { '{$url}': { post: { requestBody: { content } } } } },
          },
        },
      },
      {
        components: { schemas: { S: { not: schema, properties: { p: schema }, allOf: [schema] } } },
      },
    ),
  );
  expect(JSON.stringify(document.openapi)).not.toContain('nullable');
});

test('examples of media types and parameters stay unchanged', async () => {
  const content = {
    'a/b': { example: { nullable: true }, examples: { a: { value: { example: 1 } } } },
  };
  const document = await loadDocument(
    document3({
      '/a': {
        post: { requestBody: { content }, parameters: [{ name: 'a', in: 'query', example: 1 }] },
      },
    }),
  );
  const expected = {
    requestBody: { content },
    parameters: [{ name: 'a', in: 'query', example: 1 }],
  };
  expect(document.openapi['paths']).toEqual({ '/a': { post: expected } });
});

test('2.0: x-nullable, and a discriminator that is a name', async () => {
  const definitions = {
    A: { discriminator: 'kind', properties: { kind: { type: 'string', 'x-nullable': true } } },
  };
  const document = await loadDocument(document2({ '/a': { get: {} } }, { definitions }));
  expect(schemas(document)).toEqual({
    A: {
      discriminator: { propertyName: 'kind' },
      properties: { kind: { type: ['string', 'null'] } },
    },
  });
});

const codes = Array.from({ length: 65 }, (_, index) => `C${index}`);

test.each([
  [{ enum: codes, 'x-enum-descriptions': codes.map((code) => `Code ${code}`) }, undefined],
  [{ enum: [0, 1], 'x-enumNames': ['None', 'Some'], description: 'd' }, 'd\n\n0: None\n1: Some'],
  [{ enum: ['a', 'b', null], 'x-enum-varnames': ['A', 'B'] }, undefined],
  [{ enum: ['a', 'b'], 'x-enumDescriptions': { b: 'x' } }, 'b: x'],
  [{ enum: [0.5, 2], 'x-enum-varnames': ['Half', 'Two'] }, '0.5: Half\n2: Two'],
  [{ enum: [7], 'x-enum-varnames': ['S'], 'x-enum-descriptions': ['x'] }, '7: S: x'],
  [{ enum: ['p', 'q'], 'x-ms-enum': { values: [{ name: 'P', description: 'x' }] } }, 'p: x'],
  [{ enum: [0], 'x-enumNames': ['None'], description: '0 = None' }, '0 = None'],
  [{ enum: [1, 2], 'x-speakeasy-enums': { 1: 'One', 2: 'Two' } }, '1: One\n2: Two'],
  [{ enum: ['A'], 'x-enum-elements': [{ name: 'A', description: 'First.' }] }, 'A: First.'],
  [
    {
      enum: ['1'],
      'x-enum-values': [{ numericValue: '1', identifier: 'Read', description: 'Reads.' }],
      description: 'd',
    },
    'd\n\n1: Read: Reads.',
  ],
  [{ 'x-extensible-enum': ['A', 'B'], description: 'd' }, 'd\n\nKnown values: A, B'],
  [{ 'x-extensible-enum': ['A', 'B'], description: 'A or B.' }, 'A or B.'],
])('the names of the values of an enum are described, %j', async (schema, description) => {
  const { schema: result } = await upgraded(schema);
  expect(at(result, 'description')).toBe(description);
});
