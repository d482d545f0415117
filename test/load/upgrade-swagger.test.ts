import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../src/load/load.js';
import { at, document2, folder, keysOf, loadDocument, serve } from './helpers.js';

/** The upgraded paths of a 2.0 document. */
async function paths(before: object, rest: object = {}): Promise<unknown> {
  return (await loadDocument(document2(before, rest))).openapi['paths'];
}

/** One upgraded operation. */
async function operation(post: object, rest: object = {}): Promise<unknown> {
  return at(await paths({ '/a': { post } }, rest), '/a', 'post');
}

const json = 'application/json';
const body = {
  name: 'b',
  in: 'body',
  required: true,
  description: 'd',
  schema: { type: 'object' },
  'x-b': 1,
};
const media = { schema: { type: 'object' } };

test('a body has the types that the operation consumes, or those of the document, or JSON', async () => {
  const request = (...types: string[]) => ({
    requestBody: {
      required: true,
      description: 'd',
      'x-b': 1,
      content: Object.fromEntries(types.map((type) => [type, media])),
    },
    parameters: [],
  });
  const parameters = [body];
  const document = { consumes: ['a/d'] };
  expect(await operation({ parameters })).toEqual(request(json));
  expect(await operation({ parameters }, document)).toEqual(request('a/d'));
  expect(await operation({ parameters, consumes: ['a/o', 'a/p'] }, document)).toEqual(
    request('a/o', 'a/p'),
  );
  expect(await operation({ parameters, consumes: [] }, document)).toEqual(request(json));
});

test('responses have the types that the operation produces, or those of the document', async () => {
  const responses = {
    200: { description: 'd', schema: { type: 'object' }, examples: { 'a/d': 1, 'a/x': 2, odd: 3 } },
  };
  const rest = { produces: ['a/d'] };
  expect(await operation({ responses }, rest)).toEqual({
    responses: {
      200: {
        description: 'd',
        content: { 'a/d': { ...media, example: 1 }, 'a/x': { ...media, example: 2 } },
      },
    },
  });
  expect(await operation({ responses, produces: ['a/o'] }, rest)).toMatchObject({
    responses: { 200: { content: { 'a/o': media } } },
  });
  expect(await operation({ responses: { 200: { description: 'd' } } }, rest)).toEqual({
    responses: { 200: { description: 'd' } },
  });
});

test('a response that is a file is binary, and so is its type when none is named', async () => {
  const responses = { 200: { schema: { type: 'file' } } };
  const schema = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' };
  expect(await operation({ responses })).toEqual({
    responses: { 200: { content: { 'application/octet-stream': { schema } } } },
  });
});

test('headers of a response keep their order and their schema', async () => {
  const headers = {
    b: { type: 'integer', description: 'd' },
    a: {
      type: 'array',
      items: { type: 'string', collectionFormat: 'csv' },
      collectionFormat: 'csv',
    },
  };
  const upgraded = await operation({ responses: { 200: { headers } } });
  expect(JSON.stringify(upgraded)).toBe(
    JSON.stringify({
      responses: {
        200: {
          headers: {
            b: { description: 'd', schema: { type: 'integer' } },
            a: { schema: { type: 'array', items: { type: 'string' } } },
          },
        },
      },
    }),
  );
});

test('form fields keep their enum, default, items and description', async () => {
  const fields = [
    {
      name: 'f',
      in: 'formData',
      type: 'string',
      enum: ['a'],
      default: 'a',
      description: 'd',
      required: true,
    },
    {
      name: 'l',
      in: 'formData',
      type: 'array',
      items: { type: 'integer' },
      collectionFormat: 'pipes',
    },
    {
      name: 'm',
      in: 'formData',
      type: 'array',
      items: { type: 'integer' },
      collectionFormat: 'multi',
    },
  ];
  expect(await operation({ parameters: fields })).toEqual({
    parameters: [],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            properties: {
              f: { type: 'string', enum: ['a'], default: 'a', description: 'd' },
              l: { type: 'array', items: { type: 'integer' } },
              m: { type: 'array', items: { type: 'integer' } },
            },
            required: ['f'],
          },
          encoding: { l: { style: 'pipeDelimited', explode: false } },
        },
      },
    },
  });
});

test.each([
  [['application/x-www-form-urlencoded', 'multipart/form-data'], 'file', ['multipart/form-data']],
  [[], 'file', ['multipart/form-data']],
  [['multipart/form-data'], 'string', ['multipart/form-data']],
  [
    ['multipart/form-data', 'application/x-www-form-urlencoded'],
    'string',
    ['application/x-www-form-urlencoded', 'multipart/form-data'],
  ],
  [[json], 'string', ['application/x-www-form-urlencoded']],
])('a form that consumes %j with a %s is sent as %j', async (consumes, type, expected) => {
  const result = await operation({ consumes, parameters: [{ name: 'f', in: 'formData', type }] });
  expect(keysOf(at(result, 'requestBody', 'content'))).toEqual(expected);
});

test('shared parameters: references to a body or a form field become the body', async () => {
  const parameters = {
    Body: body,
    Field: { name: 'f', in: 'formData', type: 'string' },
    Page: { name: 'page', in: 'query', type: 'integer', maximum: 9 },
  };
  const references = (...names: string[]) =>
    names.map((name) => ({ $ref: `#/parameters/${name}` }));
  const document = await loadDocument(
    document2(
      {
        '/a': { post: { consumes: ['a/b'], parameters: references('Page', 'Body') } },
        '/b': { post: { parameters: references('Field') } },
      },
      { parameters },
    ),
  );
  expect(document.openapi['paths']).toMatchObject({
    '/a': {
      post: {
        parameters: [{ $ref: '#/components/parameters/Page' }],
        requestBody: { content: { 'a/b': media } },
      },
    },
    '/b': {
      post: {
        parameters: [],
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { properties: { f: { type: 'string' } } },
            },
          },
        },
      },
    },
  });
  expect(document.openapi['components']).toEqual({
    parameters: { Page: { name: 'page', in: 'query', schema: { type: 'integer', maximum: 9 } } },
  });
  expect(document.warnings).toEqual([]);
});

test("the path's body applies to every operation, except those without a body and those with their own", async () => {
  const own = { ...body, schema: { type: 'string' } };
  const request = (content: object) => ({
    ...{ required: true, description: 'd', 'x-b': 1 },
    content: { [json]: content },
  });
  const result = await paths({
    '/a': {
      get: {},
      put: {},
      post: { parameters: [own] },
      parameters: [body, { name: 'q', in: 'query', type: 'string' }],
      'x-text': 'kept',
      'x-null': null,
    },
  });
  expect(result).toEqual({
    '/a': {
      get: {},
      put: { requestBody: request(media) },
      post: {
        parameters: [],
        requestBody: request({ schema: { type: 'string' } }),
      },
      parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
      'x-text': 'kept',
      'x-null': null,
    },
  });
});

test("form fields of the path and the operation become one form, in which the operation's take precedence", async () => {
  const field = (name: string, type: string) => ({ name, in: 'formData', type });
  const result = await paths({
    '/a': {
      parameters: [field('a', 'string'), field('b', 'string')],
      post: { parameters: [field('b', 'integer')] },
    },
  });
  expect(JSON.stringify(result)).toContain(
    '"properties":{"b":{"type":"integer"},"a":{"type":"string"}}',
  );
});

test.each([
  ['query', undefined, { style: 'form', explode: false }],
  ['query', 'csv', { style: 'form', explode: false }],
  ['query', 'multi', { style: 'form', explode: true }],
  ['query', 'ssv', { style: 'spaceDelimited', explode: false }],
  ['query', 'pipes', { style: 'pipeDelimited', explode: false }],
  ['query', 'tsv', { style: 'tabDelimited', explode: false }],
  ['path', 'csv', { style: 'simple', explode: false }],
  ['path', 'pipes', { style: 'pipeDelimited', explode: false }],
  ['header', 'ssv', { style: 'spaceDelimited', explode: false }],
  ['header', undefined, { style: 'simple', explode: false }],
])('a list in the %s, format %s', async (place, collectionFormat, style) => {
  const parameter = {
    name: 'l',
    in: place,
    type: 'array',
    items: { type: 'string' },
    collectionFormat,
  };
  expect(await operation({ parameters: [parameter] })).toEqual({
    parameters: [
      { name: 'l', in: place, ...style, schema: { type: 'array', items: { type: 'string' } } },
    ],
  });
});

test('fields of a form beside a whole body are named in a warning', async () => {
  const parameters = [
    { name: 'note', in: 'formData', type: 'string' },
    { name: 'pet', in: 'body', schema: { type: 'object' } },
  ];
  const document = await loadDocument(document2({ '/a': { post: { parameters } } }));
  expect(document.warnings).toMatchObject([
    { code: 'PARAMETER_LEFT_OUT', place: '#/paths/~1a/post' },
  ]);
  expect(document.warnings[0]?.message).toContain(': note.');
});

test('an unknown list format is a warning', async () => {
  const parameters = [{ name: 'l', in: 'path', type: 'array', collectionFormat: 'multi' }];
  const document = await loadDocument(document2({ '/a': { get: { parameters } } }));
  expect(document.warnings).toMatchObject([
    { code: 'UNSUPPORTED_COLLECTION_FORMAT', place: '#/paths/~1a/get/parameters/0' },
  ]);
});

test('security definitions', async () => {
  const urls = { authorizationUrl: 'https://a.example/auth', tokenUrl: 'https://a.example/token' };
  const scopes = { read: 'r' };
  const document = await loadDocument(
    document2(
      { '/a': { get: {} } },
      {
        security: [{ o: ['read'] }],
        securityDefinitions: {
          b: { type: 'basic', description: 'd' },
          k: { type: 'apiKey', in: 'header', name: 'X' },
          o: { type: 'oauth2', flow: 'accessCode', ...urls, scopes, description: 'd', 'x-o': 1 },
          i: { type: 'oauth2', flow: 'implicit', authorizationUrl: urls.authorizationUrl },
          c: { type: 'oauth2', flow: 'application', tokenUrl: urls.tokenUrl, scopes },
          p: { type: 'oauth2', flow: 'password', tokenUrl: urls.tokenUrl, scopes },
          u: { type: 'oauth2', flow: 'other' },
        },
      },
    ),
  );
  expect(document.openapi['security']).toEqual([{ o: ['read'] }]);
  expect(document.openapi['components']).toEqual({
    securitySchemes: {
      b: { type: 'http', scheme: 'basic', description: 'd' },
      k: { type: 'apiKey', in: 'header', name: 'X' },
      o: {
        type: 'oauth2',
        description: 'd',
        'x-o': 1,
        flows: { authorizationCode: { ...urls, scopes } },
      },
      i: {
        type: 'oauth2',
        flows: { implicit: { authorizationUrl: urls.authorizationUrl, scopes: {} } },
      },
      c: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: urls.tokenUrl, scopes } } },
      p: { type: 'oauth2', flows: { password: { tokenUrl: urls.tokenUrl, scopes } } },
      u: { type: 'oauth2', flows: {} },
    },
  });
  expect(document.warnings).toMatchObject([
    { code: 'UNKNOWN_FLOW', place: '#/securityDefinitions/u/flow' },
  ]);
});

const servers: [object, string[] | undefined][] = [
  [{}, undefined],
  [{ basePath: '/' }, undefined],
  [{ basePath: '/v1' }, ['/v1']],
  [{ basePath: 'v1', schemes: ['https'] }, ['/v1']],
  [{ host: 'a.example' }, ['https://a.example']],
  [{ host: 'a.example', basePath: '/v1' }, ['https://a.example/v1']],
  [
    { host: 'a.example:8080', schemes: ['http', 'https', 'wss'] },
    ['https://a.example:8080', 'http://a.example:8080'],
  ],
  [{ host: 'a.example', schemes: ['http'], basePath: '/' }, ['http://a.example']],
  [{ host: 'http://a.example/', schemes: ['wss'] }, ['https://a.example']],
  [{ host: 'localhost:8080', basePath: '/v1' }, ['http://localhost:8080/v1']],
  [{ host: '127.0.0.1' }, ['http://127.0.0.1']],
  [{ host: 'localhost:8443', schemes: ['https'] }, ['https://localhost:8443']],
];

test.each(servers)('the servers of %j are %j', async (rest, expected) => {
  const document = await loadDocument(document2({ '/a': { get: {} } }, rest));
  expect(document.openapi['servers']).toEqual(expected?.map((url) => ({ url })));
  for (const key of Object.keys(rest)) expect(document.openapi).not.toHaveProperty(key);
});

const secret = { name: 'secret', in: 'path', required: true, type: 'string' };
const suffix = { name: 'suffix', in: 'path', type: 'string', default: '.vault.example.com' };
const parameters = [secret, { $ref: '#/parameters/suffix' }, { $ref: 'common.json#/Region' }, {}];

test.each([
  [{ hostTemplate: '{secret}{suffix}', parameters }, 'https://{secret}{suffix}/v1'],
  [
    { hostTemplate: '{secret}{suffix}/', useSchemePrefix: false, parameters },
    '{secret}{suffix}/v1',
  ],
  [{ hostTemplate: 'https://{secret}{suffix}', parameters }, 'https://{secret}{suffix}/v1'],
])('the host template of Azure’s %j is the server %s', async (template, url) => {
  const rest = { host: 'a.example', basePath: '/v1', parameters: { suffix } };
  const document = await loadDocument(
    document2({ '/a': { get: {} } }, { ...rest, 'x-ms-parameterized-host': template }),
  );
  expect(document.openapi['servers']).toEqual([{ url, variables: { secret, suffix } }]);
});

test('the server of a host template without parameters, or of a template that is none', async () => {
  const loaded = async (template: unknown) =>
    loadDocument(
      document2({ '/a': { get: {} } }, { host: 'a.example', 'x-ms-parameterized-host': template }),
    );
  const { openapi } = await loaded({ hostTemplate: '{region}.example.com' });
  expect(openapi['servers']).toEqual([{ url: 'https://{region}.example.com', variables: {} }]);
  for (const template of [{}, { hostTemplate: 1 }, 'x'])
    expect((await loaded(template)).openapi['servers']).toEqual([{ url: 'https://a.example' }]);
});

test('an unspecified scheme is that of the document’s own URL', async () => {
  const text = JSON.stringify(document2({ '/a': { get: {} } }, { host: 'a.example' }));
  const origin = await serve((_, response) => response.end(text));
  expect((await load(origin)).openapi['servers']).toEqual([{ url: 'http://a.example' }]);
  const path = join(await folder({ 'a.json': text }), 'a.json');
  expect((await load(path)).openapi['servers']).toEqual([{ url: 'https://a.example' }]);
});

test('shared responses, references and extensions are moved to their new places', async () => {
  const schema = { $ref: '#/definitions/A' };
  const document = await loadDocument(
    document2(
      { '/a': { get: { responses: { 200: { $ref: '#/responses/R' } }, 'x-mcp': { name: 'n' } } } },
      {
        produces: ['a/b'],
        'x-root': { $ref: '#/definitions/A' },
        tags: [{ name: 't' }],
        definitions: { A: { items: schema, example: { $ref: '#/definitions/A' } } },
        responses: { R: { description: 'd', schema } },
      },
    ),
  );
  const moved = { $ref: '#/components/schemas/A' };
  expect(document.openapi).toEqual({
    openapi: '3.1.1',
    info: { title: 'T', version: '1' },
    'x-root': schema,
    tags: [{ name: 't' }],
    paths: {
      '/a': {
        get: { responses: { 200: { $ref: '#/components/responses/R' } }, 'x-mcp': { name: 'n' } },
      },
    },
    components: {
      schemas: { A: { items: moved, examples: [{ $ref: '#/definitions/A' }] } },
      responses: { R: { description: 'd', content: { 'a/b': { schema: moved } } } },
    },
  });
});

test('references into the middle of an operation, which some bundlers write, stay valid', async () => {
  const post = '#/paths/~1a/post';
  const list = { type: 'array', items: { $ref: `${post}/responses/200/schema/properties/x` } };
  const document = await loadDocument(
    document2({
      '/a': {
        post: {
          parameters: [{ ...body, schema: { $ref: `${post}/responses/200/schema` } }],
          responses: { 200: { schema: { type: 'object', properties: { x: { type: 'string' } } } } },
        },
      },
      '/b': { post: { parameters: [{ name: 'b', in: 'body', schema: list }] } },
    }),
  );
  const text = JSON.stringify(document.openapi['paths']);
  expect(text).not.toContain('#/paths');
  const stem = 'paths__a_post_responses_200_schema';
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  expect(document.openapi['components']).toEqual({
    schemas: {
      [stem]: { type: 'object', properties: { x: ref(`${stem}_properties_x`) } },
      [`${stem}_properties_x`]: { type: 'string' },
    },
  });
  expect(document.openapi['paths']).toMatchObject({
    '/a': {
      post: {
        requestBody: { content: { [json]: { schema: ref(stem) } } },
        responses: { 200: { content: { [json]: { schema: ref(stem) } } } },
      },
    },
    '/b': {
      post: {
        requestBody: { content: { [json]: { schema: { items: ref(`${stem}_properties_x`) } } } },
      },
    },
  });
});

test('no two places share an object, so that one can be changed without the other', async () => {
  const types = ['a/b', 'a/c'];
  const shared = { $ref: '#/parameters/B' };
  const post = {
    parameters: [shared],
    responses: { 200: media },
    consumes: types,
    produces: types,
  };
  const result = await paths(
    { '/a': { post, put: { parameters: [shared] } } },
    { parameters: { B: body } },
  );
  const bodyOf = (method: string, type: string) =>
    at(result, '/a', method, 'requestBody', 'content', type, 'schema');
  expect(bodyOf('post', 'a/b')).toEqual(bodyOf('post', 'a/c'));
  expect(bodyOf('post', 'a/b')).not.toBe(bodyOf('post', 'a/c'));
  expect(bodyOf('post', 'a/b')).not.toBe(bodyOf('put', json));
  const content = at(result, '/a', 'post', 'responses', '200', 'content');
  expect(at(content, 'a/b', 'schema')).toEqual(at(content, 'a/c', 'schema'));
  expect(at(content, 'a/b', 'schema')).not.toBe(at(content, 'a/c', 'schema'));
});

test('a body of the operation replaces a form of the path, and vice versa', async () => {
  const field = { name: 'f', in: 'formData', type: 'string' };
  const ofPath = (own: object, shared: object) =>
    paths({ '/a': { parameters: [shared], post: { parameters: [own] } } });
  const types = (result: unknown) => keysOf(at(result, '/a', 'post', 'requestBody', 'content'));
  expect(types(await ofPath(body, field))).toEqual([json]);
  expect(types(await ofPath(field, body))).toEqual(['application/x-www-form-urlencoded']);
});
