import { expect, test } from 'vitest';
import { at, document2 } from './helpers.js';
import { toolsOf } from './tools.js';

const name = { name: 'name', in: 'body', type: 'string', required: true, description: 'Full' };
const age = { name: 'age', in: 'body', type: 'integer' };
const string = { type: 'string' };

/** The body of an operation with these parameters, as an argument, and whether it is required. */
async function bodyOf(parameters: object[], rest: object = {}): Promise<[unknown, unknown]> {
  const post = { operationId: 'send', parameters, ...rest };
  const { tools } = await toolsOf({ 'api.json': document2({ '/a': { post } }) });
  return [at(tools['send'], 'properties', 'body'), at(tools['send'], 'required')];
}

test('parameters of the body are the members of one JSON object', async () => {
  const tags = { name: 'tags', in: 'body', schema: { type: 'array', items: string } };
  const properties = {
    name: { type: 'string', description: 'Full' },
    age: { type: 'integer' },
    tags: { type: 'array', items: string },
  };
  expect(await bodyOf([name, age, tags])).toEqual([
    { type: 'object', required: ['name'], properties },
    ['body'],
  ]);
});

test('a single value is a member too', async () => {
  expect(await bodyOf([age])).toEqual([
    { type: 'object', properties: { age: { type: 'integer' } } },
    undefined,
  ]);
});

test.each([
  ['a text', [{ ...name, name: 'note' }], { consumes: ['text/plain'] }, string],
  ['named body', [{ ...name, name: 'body' }], {}, string],
  ['of the same name', [name, { ...age, name: 'name' }], {}, string],
  ['a list', [{ name: 'a', in: 'body', type: 'array', items: string }], {}, { items: string }],
  ['with properties', [{ name: 'a', in: 'body', properties: { b: string } }], {}, {}],
  ['with a schema', [{ ...name, schema: { properties: { b: string } } }], {}, {}],
])('a body that is %s is whole', async (_, parameters, rest, expected) => {
  const [body] = await bodyOf(parameters, rest);
  expect(body).toMatchObject(expected);
  expect(at(body, 'properties', 'name')).toBeUndefined();
  if (JSON.stringify(parameters).includes('"b"'))
    expect(at(body, 'properties', 'b')).toEqual(string);
});

test.each([
  ['a file of the form', { name: 'image', in: 'formData', type: 'file' }],
  ['a file of the body', { name: 'image', in: 'body', type: 'file' }],
])('with %s, all of them are fields of the form', async (_, file) => {
  const whole = { name: 'meta', in: 'body', schema: { type: 'object', properties: { b: string } } };
  const [body] = await bodyOf([age, whole, file]);
  expect(at(body, 'properties')).toMatchObject({
    age: { type: 'integer' },
    meta: { type: 'object', properties: { b: string } },
    image: { contentEncoding: 'base64' },
  });
});

test('fields of the body beside those of a form are fields', async () => {
  const field = { name: 'b', in: 'formData', type: 'string' };
  expect(at(await bodyOf([age, field]), '0', 'properties')).toMatchObject({
    age: { type: 'integer' },
    b: string,
  });
});

test('the fields beside the schema of a body do not change it', async () => {
  const schema = { allOf: [{ type: 'object', properties: { a: string } }] };
  const body = { name: 'pet', in: 'body', type: 'string', default: 'x', schema };
  expect(await bodyOf([body])).toEqual([schema.allOf[0], undefined]);
});

test.each(['body', 'requestBody', 'request_body'])('one called %s is the whole', async (called) => {
  expect(await bodyOf([{ ...age, name: called }])).toEqual([{ type: 'integer' }, undefined]);
});
