import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { leanSchema, leanTool } from '../../src/plan/tools/lean.js';
import { repeatsName } from '../../src/plan/tools/lean-text.js';
import { makeTool } from '../runtime/upstream/wire.js';

/** A member with this name and schema, as generated. */
function shortened(name: string, schema: JsonObject): JsonObject {
  const { properties } = leanSchema({ type: 'object', properties: { [name]: schema } });
  return properties[name] as JsonObject;
}

describe('a schema', () => {
  test.each<[string, string, JsonObject, JsonObject]>([
    ['a description that repeats the name', 'petId', { description: 'The ID of the pet.' }, {}],
    [
      'a title that repeats the name',
      'pet_name',
      { title: 'Pet Name', type: 'string' },
      { type: 'string' },
    ],
    ['examples after the first', 'q', { examples: ['a', 'b'] }, { examples: ['a'] }],
    ['an example of a list', 'q', { enum: ['a', 'b'], examples: ['a'] }, { enum: ['a', 'b'] }],
    ['an example that is the default', 'q', { default: 1, examples: [1] }, { default: 1 }],
    [
      'an example that only shows the format',
      'q',
      { type: 'string', format: 'date-time', examples: ['2024-01-01T00:00:00Z'] },
      { type: 'string', format: 'date-time' },
    ],
    ['an example of null', 'q', { examples: [null] }, {}],
    ['an example that is the type', 'q', { examples: ['string', 'a'] }, { examples: ['a'] }],
    ['a variable of Postman', 'q', { examples: ['{{ user_id }}'] }, {}],
    ['a placeholder', 'q', { examples: ['<user ID>', '[USER_ID]', '...'] }, {}],
    [
      'an object that nobody filled in',
      'pet',
      {
        properties: { name: { type: 'string' }, tags: { type: 'array' } },
        examples: [{ name: 'string', size: 0, ok: true, tags: ['string'] }],
      },
      { properties: { name: { type: 'string' }, tags: { type: 'array' } } },
    ],
    [
      'a number that somebody filled in',
      'pet',
      { properties: { name: {} }, examples: [{ name: 'string', size: 3 }] },
      { properties: { name: {} }, examples: [{ name: 'string', size: 3 }] },
    ],
    ['an empty description', 'q', { description: ' \n' }, {}],
    [
      'a description that only lists the values',
      'q',
      { enum: ['a', 'b'], description: 'One of: a, b.' },
      { enum: ['a', 'b'] },
    ],
    [
      'the default of additionalProperties',
      'q',
      { type: 'object', additionalProperties: {} },
      { type: 'object' },
    ],
    ['defaults without a meaning', 'q', { deprecated: false, required: [] }, {}],
    [
      'the same at a greater depth',
      'q',
      { items: { properties: { id: { description: 'ID' } } }, anyOf: [{ description: 'The q' }] },
      { items: { properties: { id: {} } }, anyOf: [{}] },
    ],
  ])('omits %s', (_, name, schema, expected) => {
    expect(shortened(name, schema)).toEqual(expected);
  });

  test.each<[string, JsonObject]>([
    ['petId', { description: 'The ID of the pet to buy.', type: 'string' }],
    ['status', { enum: ['open'], examples: ['weird'] }],
    ['text', { type: 'string', examples: ['Dear {{name}}'] }],
    ['text', { type: 'string', examples: ['<b>bold</b>'] }],
    ['size', { type: 'integer', examples: [0] }],
    ['size', { type: 'integer', examples: ['string'] }],
    ['columnType', { type: 'string', examples: ['string'] }],
    ['kind', { type: 'string', examples: ['integer'] }],
    ['free', { type: 'object', examples: [{ name: 'string', size: 0 }] }],
    ['pet', { properties: { name: { type: 'string' } }, examples: [{ name: 'string', size: 3 }] }],
    ['size', { type: 'integer', examples: [1, '2 GB'] }],
    ['p', { title: '🚀' }],
    ['since', { type: 'string', format: 'uri', examples: ['https://a.example/hook'] }],
    ['since', { type: 'string', description: 'A version.', examples: ['2024-01-01'] }],
    ['n', { type: 'integer', description: '10 or 20', examples: [10] }],
    ['q', { type: 'object', additionalProperties: false }],
    ['q', { allOf: [{ additionalProperties: true }], unevaluatedProperties: false }],
    ['q', { additionalProperties: {}, unevaluatedProperties: false }],
    ['q', { type: 'object', additionalProperties: { type: 'string', minLength: 2 } }],
    ['q', { enum: ['description', { format: 'int32' }], default: { title: 'q' } }],
    ['n', { type: 'integer', format: 'int64' }],
    ['properties', { properties: { format: { type: 'string' }, examples: { type: 'array' } } }],
    ['q', { type: 'array', items: {}, description: '名前' }],
    ['名前', { description: '名前と住所' }],
    ['body', { $ref: '#/$defs/Pet', deprecated: true, required: ['title'] }],
  ])('keeps what a model needs: %s %j', (name, schema) => {
    expect(shortened(name, schema)).toEqual(schema);
  });

  test('required members are not also stated in words', () => {
    const members = { a: { description: 'Required. A.' }, b: { description: 'B (optional)' } };
    const schema = { type: 'object', required: ['a'], properties: members };
    const { properties } = leanSchema(schema) as unknown as { properties: JsonObject };
    expect(properties).toEqual({ a: {}, b: {} });
    const { properties: others } = leanSchema({ ...schema, required: ['b'] });
    expect(others).toEqual(members);
  });

  test('definitions keep their names', () => {
    const schema = { type: 'object', $defs: { Pet: { description: 'Pet', title: 'Pet' } } };
    expect(leanSchema(schema)).toEqual(schema);
  });
});

test('a long text is not compared', () => {
  expect(repeatsName('pet '.repeat(1000), 'pet')).toBe(false);
});

test.each([
  ['list_pets', 'List pets', 'List pets\n\nA page of them.', 'A page of them.'],
  [
    'get_pets',
    'Pets on sale',
    'Pets on sale\n\nA page of them.',
    'Pets on sale\n\nA page of them.',
  ],
  ['list_pets', 'List pets', 'List pets', 'List pets'],
  [
    'list_pets',
    'List pets',
    'Deprecated. List pets\n\nA page of them.',
    'Deprecated. A page of them.',
  ],
])('the description of %s, called %s', (name, title, description, expected) => {
  expect(leanTool({ ...makeTool({}), name, title, description })).toMatchObject({
    title,
    description: expected,
  });
});
