import { expect, test } from 'vitest';
import { at, document3 } from './helpers.js';
import { toolsOf } from './tools.js';

const schema = {
  type: 'object',
  description: 'A pet.',
  required: ['name'],
  properties: { name: { type: 'string', nullable: true } },
};
const pet = { ...schema, properties: { name: { type: ['string', 'null'] } } };
const json = 'application/json';
const reference = { $ref: '#/components/schemas/Pet' };

/** The arguments of a tool with this request body, and the warnings. */
async function inputOf(requestBody: object, components: object = {}) {
  const paths = { '/a': { post: { operationId: 'send', requestBody } } };
  const rest = { components: { schemas: { Pet: schema }, ...components } };
  const { tools, warnings } = await toolsOf({ 'api.json': document3(paths, rest) });
  return { input: tools['send'], warnings };
}

test.each<[string, object]>([
  ['content', { schema }],
  ['content and the media type, with examples', { schema: reference, example: { name: 'Rex' } }],
  ['content alone', { [json]: { schema } }],
  ['content, the media type and schema', schema],
  ['everything but a reference', reference],
  ['the schema below its media type', { content: json, schema }],
  ['the schema below its media types', { content: [json], schema: reference }],
  ['the media type', { content: { schema } }],
  ['schema', { content: { [json]: schema } }],
  ['schema, with a reference', { content: { [json]: reference } }],
])('a body without %s has its schema', async (_, requestBody) => {
  const { input, warnings } = await inputOf({ ...requestBody });
  expect(at(input, 'properties', 'body')).toMatchObject(pet);
  expect(warnings).toEqual([]);
});

test('references at a wrong level are followed to and in other files', async () => {
  const { tools, warnings } = await toolsOf({
    'api.json': document3({
      '/a': { post: { operationId: 'a', requestBody: { schema: { $ref: 'pets.json#/Pet' } } } },
      '/b': { post: { operationId: 'b', requestBody: { $ref: 'pets.json#/body' } } },
      '/c': { post: { operationId: 'c', requestBody: { [json]: { $ref: 'pets.json#/Pet' } } } },
    }),
    'pets.json': { Pet: schema, body: { schema: { $ref: '#/Pet' } } },
  });
  expect(warnings).toEqual([]);
  for (const name of ['a', 'b', 'c'])
    expect(at(tools[name], 'properties', 'body')).toMatchObject(pet);
});

test('the body is required, and so are its members', async () => {
  for (const requestBody of [{ schema }, { [json]: { schema } }, { content: { schema } }]) {
    const { input } = await inputOf({ ...requestBody, required: true });
    expect(at(input, 'required')).toEqual(['body']);
    expect(at(input, 'properties', 'body', 'required')).toEqual(['name']);
  }
  const { input } = await inputOf({ type: 'object', required: true });
  expect(at(input, 'required')).toEqual(['body']);
});

test('shared bodies too', async () => {
  const shared = { requestBodies: { Pet: { schema } } };
  const { input } = await inputOf({ $ref: '#/components/requestBodies/Pet' }, shared);
  expect(at(input, 'properties', 'body')).toMatchObject(pet);
});

test('shared bodies that are a schema', async () => {
  const shared = { requestBodies: { Pet: schema } };
  const { input } = await inputOf({ $ref: '#/components/requestBodies/Pet' }, shared);
  expect(at(input, 'properties', 'body')).toMatchObject(pet);
});

test('a shared media type may be called schema', async () => {
  const requestBody = { content: { [json]: { $ref: '#/components/mediaTypes/schema' } } };
  const { input, warnings } = await inputOf(requestBody, { mediaTypes: { schema: { schema } } });
  expect(at(input, 'properties', 'body')).toMatchObject(pet);
  expect(warnings).toEqual([]);
});

test.each<[string, object]>([
  ['without a schema', { required: true, 'x-a': 1 }],
  ['whose content is empty', { content: {}, type: 'object' }],
])('a body %s has none', async (_, requestBody) => {
  const { input } = await inputOf(requestBody);
  expect(at(input, 'properties')).toBeUndefined();
});

test('a body among the schemas is that body', async () => {
  const body = { type: 'object', content: { 'text/plain': { schema: { type: 'string' } } } };
  const { input } = await inputOf(reference, { schemas: { Pet: body } });
  expect(at(input, 'properties', 'body')).toMatchObject({ type: 'string' });
});

test('the name of a type in the place of a schema is its type', async () => {
  const properties = { name: 'string', done: 'Bool', owner: 'Person' };
  const { input, warnings } = await inputOf({
    content: { [json]: { schema: { type: 'object', properties } } },
  });
  expect(at(input, 'properties', 'body', 'properties')).toEqual({
    name: { type: 'string' },
    done: { type: 'boolean' },
  });
  expect(warnings).toMatchObject([
    { code: 'INVALID_VALUE', place: expect.stringMatching(/owner$/) as string },
  ]);
});

test('a keyword among the properties is not a property', async () => {
  const properties = { type: 'object', name: 'string' };
  const { input, warnings } = await inputOf({ content: { [json]: { schema: { properties } } } });
  expect(at(input, 'properties', 'body', 'properties')).toEqual({ name: { type: 'string' } });
  expect(warnings).toMatchObject([{ code: 'INVALID_VALUE' }]);
});

const id = { in: 'query', schema: { allOf: { $ref: '#/components/schemas/Id' } } };

test('a property with the name of a keyword is one beside a keyword among the properties', async () => {
  const properties = { type: 'array', title: { type: 'string' } };
  const { input } = await inputOf({ content: { [json]: { schema: { properties } } } });
  expect(at(input, 'properties', 'body', 'properties')).toEqual({ title: { type: 'string' } });
});

test.each<[string, object]>([
  ['one parameter', { name: 'id', ...id }],
  ['a reference', { $ref: '#/components/parameters/id' }],
  ['parameters by their names', { id, other: { in: 'header' } }],
])('an object in the place of a list: %s', async (_, parameters) => {
  const rest = {
    components: { schemas: { Id: { type: 'integer' } }, parameters: { id: { name: 'id', ...id } } },
  };
  const paths = { '/a': { get: { operationId: 'read', parameters } } };
  const { tools, warnings } = await toolsOf({ 'api.json': document3(paths, rest) });
  expect(at(tools['read'], 'properties', 'id')).toEqual({ type: 'integer' });
  expect(warnings).toEqual([]);
});
