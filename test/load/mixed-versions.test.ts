import { expect, test } from 'vitest';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import { at, document2, document3, folder, loadDocument, schemas } from './helpers.js';
import { toolsOf } from './tools.js';

const string = { type: 'string' };
const key = { type: 'apiKey', in: 'header', name: 'X-Key' };
const pet = { type: 'object', required: ['name'], properties: { name: string } };

/** The API of a document in a file. */
async function apiOf(document: object) {
  const root = await folder({ 'api.json': document });
  return plan(await load(`${root}/api.json`), {}).api;
}

test('a 3.x document with the parameters of 2.0', async () => {
  const parameters = [
    { name: 'sort', in: 'query', type: 'string', enum: ['asc', 'desc'] },
    {
      name: 'ids',
      in: 'query',
      type: 'array',
      items: { type: 'integer' },
      collectionFormat: 'csv',
    },
    { name: 'pet', in: 'body', required: true, schema: { $ref: '#/components/schemas/Pet' } },
  ];
  const put = { operationId: 'send', parameters };
  const document = document3({ '/a': { put } }, { components: { schemas: { Pet: pet } } });
  const { tools, warnings } = await toolsOf({ 'api.json': document });
  expect(tools['send']).toMatchObject({
    properties: {
      sort: { type: 'string', enum: ['asc', 'desc'] },
      ids: { type: 'array', items: { type: 'integer' } },
      body: pet,
    },
    required: ['body'],
  });
  expect(warnings).toEqual([]);
});

test.each([
  ['in a reference', '/a', { parameters: [{ $ref: '#/components/parameters/Sort' }] }],
  ['of a path', '/a', {}],
])('a parameter of 2.0 %s', async (where, path, operation) => {
  const sort = { name: 'sort', in: 'query', type: 'integer' };
  const shared = where === 'of a path' ? { parameters: [sort] } : {};
  const rest = { components: { parameters: { Sort: sort } } };
  const paths = { [path]: { get: { operationId: 'send', ...operation }, ...shared } };
  const { tools } = await toolsOf({ 'api.json': document3(paths, rest) });
  expect(at(tools['send'], 'properties', 'sort')).toEqual({ type: 'integer' });
});

test('a 3.x document with the fields of 2.0 has its server, keys and schemas', async () => {
  const rest = {
    host: 'api.example.com',
    basePath: '/v2',
    securityDefinitions: { key },
    security: [{ key: [] }],
    definitions: { Pet: pet },
  };
  const requestBody = {
    content: { 'application/json': { schema: { $ref: '#/definitions/Pet' } } },
  };
  const api = await apiOf(
    document3({ '/a': { post: { operationId: 'send', requestBody } } }, rest),
  );
  expect(api.baseUrl).toBe('https://api.example.com/v2');
  expect(api.securitySchemes).toMatchObject({ key });
  expect(at(api.tools[0], 'inputSchema', 'properties', 'body')).toMatchObject(pet);
});

test('keywords that a 3.x document has itself stay as they are', async () => {
  const flows = { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: {} } };
  const components = {
    securitySchemes: { oauth: { type: 'oauth2', flows } },
    schemas: { Pet: pet },
    requestBodies: { Pet: { content: { 'application/json': { schema: pet } } } },
  };
  const content = { 'application/json': { schema: pet } };
  const parameters = [
    { name: 'a', in: 'query', schema: string, style: 'pipeDelimited', explode: false },
    { name: 'b', in: 'query', content },
  ];
  const get = { parameters, responses: { 200: { description: 'd', content } } };
  const rest = { components, servers: [{ url: 'https://api.example.com/v3' }] };
  const { openapi } = await loadDocument(
    document3({ '/a': { get } }, { ...rest, host: 'old.example.com', consumes: ['a/b'] }),
  );
  expect(openapi).toMatchObject(rest);
  expect(openapi['paths']).toEqual({ '/a': { get } });
});

test('a 2.0 document with the components and servers of 3.x', async () => {
  const requestBody = {
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
  };
  const document = document2(
    { '/a': { post: { operationId: 'send', requestBody } } },
    {
      servers: [{ url: 'https://api.example.com/v1' }],
      components: { schemas: { Pet: pet }, securitySchemes: { key } },
    },
  );
  expect(schemas(await loadDocument(document))).toEqual({ Pet: pet });
  const api = await apiOf(document);
  expect(api.securitySchemes).toMatchObject({ key });
  expect(api.baseUrl).toBe('https://api.example.com/v1');
});

test('a definition and a component of the same name stay two', async () => {
  const other = { type: 'object', properties: { id: { type: 'integer' } } };
  const post = (operationId: string, $ref: string) => ({
    post: { operationId, requestBody: { content: { 'application/json': { schema: { $ref } } } } },
  });
  const paths = {
    '/a': post('old', '#/definitions/Pet~1a'),
    '/b': post('new', '#/components/schemas/Pet~1a'),
  };
  const rest = {
    definitions: { 'Pet/a': pet, 'Pet/a_': string },
    components: { schemas: { 'Pet/a': other } },
  };
  const { tools } = await toolsOf({ 'api.json': document3(paths, rest) });
  expect(at(tools['old'], 'properties', 'body')).toMatchObject(pet);
  expect(at(tools['new'], 'properties', 'body')).toMatchObject(other);
});

test.each(['body', 'formData'])(
  'a request body is not replaced by a parameter in %s',
  async (place) => {
    const requestBody = { content: { 'application/json': { schema: pet } } };
    const parameters = [{ name: 'a', in: place, schema: { type: 'integer' } }];
    const paths = { '/a': { post: { operationId: 'send', parameters, requestBody } } };
    const { tools } = await toolsOf({ 'api.json': document3(paths) });
    expect(at(tools['send'], 'properties', 'body')).toMatchObject(pet);
  },
);

test('a parameter beside a request body is named in a warning', async () => {
  const requestBody = { content: { 'application/json': { schema: pet } } };
  const parameters = [{ name: 'toy', in: 'body', schema: { type: 'integer' } }];
  const paths = { '/a': { post: { operationId: 'send', parameters, requestBody } } };
  const { warnings } = await loadDocument(document3(paths));
  expect(warnings).toMatchObject([{ code: 'PARAMETER_LEFT_OUT', place: '#/paths/~1a/post' }]);
  expect(warnings[0]?.message).toContain('toy');
});

test('an empty list of servers does not hide the host', async () => {
  const rest = { servers: [], host: 'api.example.com', schemes: ['https'] };
  const { baseUrl } = await apiOf(document3({ '/a': { get: {} } }, rest));
  expect(baseUrl).toBe('https://api.example.com');
});

test('the mapping of a discriminator leads to the definition, not to the component of its name', async () => {
  const kind = (name: string) => ({
    type: 'object',
    required: ['kind'],
    properties: { kind: string, [name]: string },
  });
  const schema = {
    oneOf: [{ $ref: '#/definitions/Cat' }, { $ref: '#/definitions/Dog' }],
    discriminator: {
      propertyName: 'kind',
      mapping: { c: '#/definitions/Cat', d: '#/definitions/Dog' },
    },
  };
  const requestBody = { content: { 'application/json': { schema } } };
  const rest = {
    definitions: { Cat: kind('lives'), Dog: kind('bark') },
    components: { schemas: { Cat: pet } },
  };
  const paths = { '/a': { post: { operationId: 'send', requestBody } } };
  const { tools } = await toolsOf({ 'api.json': document3(paths, rest) });
  expect(at(tools['send'], 'properties', 'body', 'anyOf')).toMatchObject([
    { properties: { kind: { const: 'c' }, lives: string } },
    { properties: { kind: { const: 'd' }, bark: string } },
  ]);
});

test('a schema that is true or false stays as it is', async () => {
  const parameters = [
    { name: 'a', in: 'query', schema: false },
    { name: 'b', in: 'query', type: 'string' },
  ];
  const { openapi } = await loadDocument(document3({ '/a': { get: { parameters } } }));
  expect(at(openapi, 'paths', '/a', 'get', 'parameters')).toMatchObject([
    { name: 'a', schema: false },
    { name: 'b', schema: string },
  ]);
});
