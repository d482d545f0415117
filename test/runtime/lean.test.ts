import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { instructionsOf } from '../../templates/src/runtime/instructions.js';
import { leanSchema, repeatsName } from '../../templates/src/runtime/lean.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { makeTool } from './upstream/wire.js';

/** A member with this name and schema, as listed. */
function listed(name: string, schema: JsonObject): JsonObject {
  const { properties } = leanSchema({ type: 'object', properties: { [name]: schema } });
  return properties[name] as JsonObject;
}

describe('a listed schema', () => {
  test.each<[string, string, JsonObject, JsonObject]>([
    ['a description that repeats the name', 'petId', { description: 'The ID of the pet.' }, {}],
    [
      'a title that repeats the name',
      'pet_name',
      { title: 'Pet Name', type: 'string' },
      { type: 'string' },
    ],
    ['sizes in memory', 'n', { type: 'integer', format: 'int64' }, { type: 'integer' }],
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
    expect(listed(name, schema)).toEqual(expected);
  });

  test.each<[string, JsonObject]>([
    ['petId', { description: 'The ID of the pet to buy.', type: 'string' }],
    ['since', { type: 'string', format: 'uri', examples: ['https://a.example/hook'] }],
    ['since', { type: 'string', description: 'A version.', examples: ['2024-01-01'] }],
    ['n', { type: 'integer', description: '10 or 20', examples: [10] }],
    ['q', { type: 'object', additionalProperties: false }],
    ['q', { allOf: [{ additionalProperties: true }], unevaluatedProperties: false }],
    ['q', { additionalProperties: {}, unevaluatedProperties: false }],
    ['q', { type: 'object', additionalProperties: { type: 'string', minLength: 2 } }],
    ['q', { enum: ['description', { format: 'int32' }], default: { title: 'q' } }],
    ['properties', { properties: { format: { type: 'string' }, examples: { type: 'array' } } }],
    ['q', { type: 'array', items: {}, description: '名前' }],
    ['名前', { description: '名前と住所' }],
    ['body', { $ref: '#/$defs/Pet', deprecated: true, required: ['title'] }],
  ])('keeps what a model needs: %s %j', (name, schema) => {
    expect(listed(name, schema)).toEqual(schema);
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

describe('a listed tool', () => {
  const tool = makeTool({});

  test.each<[string, JsonObject, boolean]>([
    ['arguments', { properties: { a: {} } }, false],
    ['an open body', { properties: { body: { type: 'object' } } }, false],
    ['a closed body', { properties: { body: { additionalProperties: false } } }, true],
    ['a body closed as a whole', { properties: { body: { unevaluatedProperties: false } } }, true],
    ['no arguments', {}, true],
  ])('with %s is only closed if the document closes it', (_, schema, isClosed) => {
    const { inputSchema } = listTool(makeTool({}, { ...schema, additionalProperties: false }));
    expect(Object.hasOwn(inputSchema, 'additionalProperties')).toBe(isClosed);
  });

  test('shows the names that `fields` accepts, and leaves the rest to the instructions', () => {
    const { properties } = listTool({ ...tool, fields: ['id', 'owner.name'] }).inputSchema;
    const list = { type: 'array', items: { type: 'string' } };
    expect(properties).toEqual({ fields: { ...list, description: 'id, owner.name' } });
    expect(listTool({ ...tool, fields: [] }).inputSchema['properties']).toEqual({ fields: list });
    const api = { title: 'Zoo', tools: [{ ...tool, fields: [] }] };
    expect(instructionsOf(api)).toContain('`fields` selects parts of a response by their paths');
    expect(instructionsOf({ ...api, tools: [tool] })).not.toContain('fields');
  });
  const hints = { readOnlyHint: true, destructiveHint: false, openWorldHint: true };

  test('that only reads is not marked as idempotent, but one that replaces is', () => {
    const reading = { ...tool, annotations: { ...hints, idempotentHint: true } };
    expect(listTool(reading).annotations).toEqual(hints);
    const writing = { ...reading, annotations: { ...reading.annotations, readOnlyHint: false } };
    expect(listTool(writing).annotations).toMatchObject({ idempotentHint: true });
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
  ])('%s: %s', (name, title, description, expected) => {
    expect(listTool({ ...tool, name, title, description })).toMatchObject({
      title,
      description: expected,
    });
  });
});
