import { expect, test } from 'vitest';
import {
  answering,
  at,
  codesOf,
  document3,
  loadDocument,
  loadFiles,
  problemsOf,
} from './helpers.js';

const paths = { '/a': { get: {} } };

test.each(['2.0', '2', 2, '2.0.0'])('accepts swagger %j', async (swagger) => {
  const document = await loadDocument({ swagger, paths });
  expect(document.openapi['openapi']).toMatch(/^3\.1\.\d+$/);
  expect(document.openapi).not.toHaveProperty('swagger');
});

test.each(['3.0.0', '3.0.4', 3.1, '3.1.1', '3.1.0-rc0', '3.2.0', 'v3.0.1'])(
  'accepts openapi %j',
  async (openapi) => {
    expect((await loadDocument({ openapi, paths })).openapi['openapi']).toMatch(/^3\.1\.\d+$/);
  },
);

test.each([{ openapi: '4.0.0' }, { openapi: '3.10.0' }, { swagger: '1.2' }, { openapi: '2.0' }])(
  'refuses %j',
  async (version) => {
    expect(await codesOf(loadDocument({ ...version, paths }))).toEqual(['UNSUPPORTED_VERSION']);
  },
);

test.each([
  [{}, /no field "openapi" or "swagger"/],
  [[], /not an object/],
  [{ asyncapi: '2.6.0' }, /AsyncAPI/],
  [{ info: { schema: 'https://schema.getpostman.com/collection/v2.1.0' } }, /Postman/],
  [{ openapi: { a: 1 } }, /no field "openapi" or "swagger"/],
  [{ swaggerVersion: '1.2', apis: [] }, /Swagger 1 .*Convert/],
  [{ discoveryVersion: 'v1' }, /Google API discovery .*Convert/],
  [{ overlay: '1.0.0' }, /Overlay.*--overlay/],
  [{ data: { __schema: {} } }, /GraphQL/],
  [{ __export_format: 4, resources: [] }, /Insomnia/],
  [{ log: { version: '1.2', entries: [] } }, /HAR file/],
  [{ $schema: 'https://json-schema.org/draft/2020-12/schema' }, /JSON Schema/],
  [{ name_for_model: 'pets', api: {} }, /plugin manifest .*api\.url/],
  [{ mcpServers: {} }, /MCP client/],
  [{ urls: [{ name: 'a', url: '/v3/api-docs/a' }] }, /list of documents.*\/v3\/api-docs\/a\./],
  [{ configUrl: '/config', url: '/v3/api-docs' }, /list of documents.*\/v3\/api-docs\./],
  [[{ name: 'a', location: '/v2/api-docs' }], /list of documents.*\/v2\/api-docs\./],
  [{ urls: [{ url: '/<b>\u001b[31m' }] }, /no field "openapi" or "swagger"/],
])('names the kind of %j, with a remedy', async (document, message) => {
  const [problem] = await problemsOf(loadDocument(document));
  expect(problem?.code).toBe('NOT_OPENAPI');
  expect(`${problem?.message} ${problem?.remedy}`).toMatch(message);
});

test.each([
  ['#%RAML 1.0\ntitle: A\n/users:\n  get:\n', /RAML.*Convert/],
  ['"""The root"""\ntype Query {\n  hello: String\n}\n', /GraphQL/],
  ['syntax = "proto3";\nservice S {}\n', /protobuf/],
  ['FORMAT: 1A\n\n# Pets\n', /API Blueprint.*apib2swagger/],
  ['import "@typespec/http";\n\nusing TypeSpec.Http;\n', /TypeSpec.*tsp/],
  ['$version: "2.0"\nnamespace a\n', /Smithy/],
  ['type: collection.insomnia.rest/5.0\nname: a\n', /Insomnia/],
  ['meta {\n  name: a\n}\n', /Bruno/],
  ['```yaml\nopenapi: 3.1.0\n```\n', /Markdown.*Save/],
  ['The document:\n\n```yaml\nopenapi: 3.1.0\n```\n', /Markdown.*Save/],
  ['openapi: 3.1.0\n<<<<<<< HEAD\npaths: {}\n=======\n', /conflict markers.*Resolve/],
  ['{\n<<<<<<< HEAD\n "openapi": "3.1.0"\n=======\n', /conflict markers.*Resolve/],
])('names the kind of the text %j', async (text, message) => {
  const [problem] = await problemsOf(loadFiles({ 'a.yaml': text }));
  expect(problem?.code).toBe('NOT_OPENAPI');
  expect(`${problem?.message} ${problem?.remedy}`).toMatch(message);
});

test('text of a description does not count as another format', async () => {
  const text = 'type Query {\n  a: B\n}\n<<<<<<< HEAD\nsyntax = "proto3"\n';
  const description = text.replace(/^/gm, '    ');
  const yaml = `openapi: 3.1.0\ninfo:\n  title: A\n  version: "1"\n  description: |\n${description}\npaths:\n  /a: { get: {} }\n`;
  expect((await loadFiles({ 'a.yaml': yaml })).openapi['paths']).toEqual({ '/a': { get: {} } });
  const json = { openapi: '3.1.0', info: { title: text, version: '1' }, paths };
  expect((await loadDocument(json)).openapi['info']).toMatchObject({ title: text });
});

test('an empty file is not a document', async () => {
  const [problem] = await problemsOf(loadFiles({ 'a.yaml': '' }));
  expect(problem).toMatchObject({
    code: 'NOT_OPENAPI',
    message: 'The document is empty; an OpenAPI document is expected.',
  });
});

test('a document without paths is refused, and webhooks are not paths', async () => {
  for (const rest of [
    {},
    { paths: {} },
    { paths: null },
    { paths: [] },
    { paths: { 'x-a': {} } },
  ]) {
    expect(await codesOf(loadDocument({ openapi: '3.1.0', ...rest }))).toEqual(['NO_PATHS']);
  }
  const [problem] = await problemsOf(loadDocument({ openapi: '3.1.0', webhooks: { a: {} } }));
  expect(problem?.code).toBe('NO_PATHS');
  expect(problem?.message).toContain('webhooks');
});

test('dangling references are warnings, each with its place', async () => {
  const document = await loadDocument(
    document3(
      {
        '/a': answering({ items: { $ref: '#/components/schemas/None' } }),
        '/b': answering({ $ref: '#' }),
        '/c': answering({ $ref: '#anchor' }),
        '/d': answering({ example: { $ref: '#/none' }, $ref: '#/components/schemas/A' }),
        '/e': answering({ $ref: '#/components/schemas/toString' }),
      },
      { components: { schemas: { A: {} } } },
    ),
  );
  const at = (path: string) =>
    `#/paths/~1${path}/get/responses/200/content/application~1json/schema`;
  expect(document.warnings.map(({ code, place }) => [code, place])).toEqual([
    ['UNRESOLVED_REF', `${at('a')}/items`],
    ['UNRESOLVED_REF', at('b')],
    ['UNRESOLVED_REF', at('c')],
    ['UNRESOLVED_REF', at('e')],
  ]);
});

test('a value that should be an object or a list is removed, with a warning', async () => {
  const document = await loadDocument(
    document3({
      '/a': {
        get: { parameters: { a: 1 }, responses: [], requestBody: null },
        post: 'x',
        parameters: [null, { name: 'a', in: 'query', schema: 'x' }, 1],
        'x-a': 'kept',
      },
      '/b': null,
      '/c': { put: null, get: { responses: { 200: 'ok' } } },
      'x-b': 1,
    }),
  );
  expect(document.openapi['paths']).toEqual({
    '/a': { get: {}, parameters: [{ name: 'a', in: 'query' }], 'x-a': 'kept' },
    '/c': { get: { responses: {} } },
    'x-b': 1,
  });
  expect(document.warnings.map(({ code, place }) => `${code} ${place ?? ''}`).sort()).toEqual([
    'INVALID_VALUE #/paths/~1a/get/parameters',
    'INVALID_VALUE #/paths/~1a/get/responses',
    'INVALID_VALUE #/paths/~1a/parameters/0',
    'INVALID_VALUE #/paths/~1a/parameters/0/schema',
    'INVALID_VALUE #/paths/~1a/parameters/2',
    'INVALID_VALUE #/paths/~1a/post',
    'INVALID_VALUE #/paths/~1b',
    'INVALID_VALUE #/paths/~1c/get/responses/200',
    'INVALID_VALUE #/paths/~1c/put',
  ]);
});

test('an empty property in YAML is a property of any type', async () => {
  const document = await loadDocument(document3({ '/a': answering({ properties: { p: null } }) }));
  expect(JSON.stringify(document.openapi)).toContain('"properties":{"p":{}}');
  expect(document.warnings).toEqual([]);
});

test('schemas that are true or false stay', async () => {
  const document = await loadDocument(
    document3({ '/a': answering({ additionalProperties: false }) }),
  );
  expect(JSON.stringify(document.openapi)).toContain('"additionalProperties":false');
  expect(document.warnings).toEqual([]);
});

test('a list among the parameters, such as an alias in YAML, adds its parameters', async () => {
  const [a, b] = ['a', 'b'].map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
  const { openapi, warnings } = await loadDocument(
    document3({ '/a': { parameters: [[a], b], get: { parameters: [[a, b]] } } }),
  );
  expect(at(openapi, 'paths', '/a')).toEqual({ parameters: [a, b], get: { parameters: [a, b] } });
  expect(warnings).toEqual([]);
});
