import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { load } from '../../src/load/load.js';
import {
  answering,
  keysOf,
  codesOf,
  document2,
  document3,
  folder,
  loadFiles,
  problemsOf,
  schemas,
  serve,
} from './helpers.js';

const answered = (document: { openapi: object }) =>
  JSON.stringify(Reflect.get(document.openapi, 'paths'));

test('a part of another file becomes a component, once, and is referred to', async () => {
  const document = await loadFiles({
    'openapi.json': document3({
      '/a': answering({ $ref: 'models/pet.yaml' }),
      '/b': answering({ $ref: './models/pet.yaml#' }),
      '/c': answering({ $ref: 'models/all.json#/definitions/Owner', description: 'mine' }),
    }),
    'models/pet.yaml':
      'type: object\nproperties:\n  owner: {$ref: "all.json#/definitions/Owner"}\n',
    'models/all.json': { definitions: { Owner: { type: 'string' } } },
  });
  expect(schemas(document)).toEqual({
    Owner: { type: 'string' },
    pet: { type: 'object', properties: { owner: { $ref: '#/components/schemas/Owner' } } },
  });
  expect(answered(document).match(/#\/components\/schemas\/pet/g)).toHaveLength(2);
  expect(document.warnings).toEqual([]);
});

test('siblings of a reference stay beside it', async () => {
  const document = await loadFiles({
    'o.json': {
      ...document3({ '/a': answering({ $ref: 'p.json', description: 'mine' }) }),
      openapi: '3.1.0',
    },
    'p.json': { type: 'string' },
  });
  expect(answered(document)).toContain('{"$ref":"#/components/schemas/p","description":"mine"}');
});

test('references in another file are relative to that file, also within it and back into the root', async () => {
  const document = await loadFiles({
    'api/openapi.json': document3(
      { '/a': answering({ $ref: '../lib/a.json#/A' }) },
      { components: { schemas: { Root: { type: 'number' } } } },
    ),
    'lib/a.json': {
      A: {
        anyOf: [
          { $ref: '#/B' },
          { $ref: 'sub/c.json' },
          { $ref: '../api/openapi.json#/components/schemas/Root' },
        ],
      },
      B: { type: 'string' },
    },
    'lib/sub/c.json': { items: { $ref: '../a.json#/B' } },
  });
  expect(schemas(document)).toEqual({
    Root: { type: 'number' },
    A: {
      anyOf: ['B', 'c', 'Root'].map((name) => ({ $ref: `#/components/schemas/${name}` })),
    },
    B: { type: 'string' },
    c: { items: { $ref: '#/components/schemas/B' } },
  });
});

test('recursion within and between files survives', async () => {
  const document = await loadFiles({
    'o.json': document3({ '/a': answering({ $ref: 'a.json' }) }),
    'a.json': { properties: { self: { $ref: '#' }, b: { $ref: 'b.json' } } },
    'b.json': { properties: { a: { $ref: 'a.json' } } },
  });
  expect(schemas(document)).toEqual({
    a: { properties: { self: ref('a'), b: ref('b') } },
    b: { properties: { a: ref('a') } },
  });
});

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

test('a component that is only a reference becomes its target', async () => {
  const document = await loadFiles({
    'o.json': document3(
      {
        '/a': answering({ $ref: 'pet.json' }),
        '/b': answering({ $ref: '#/components/schemas/Pet' }),
      },
      { components: { schemas: { Pet: { $ref: 'pet.json' }, Same: { $ref: 'pet.json#/not' } } } },
    ),
    'pet.json': { not: { $ref: '#' } },
  });
  expect(schemas(document)).toEqual({ Pet: { not: ref('Pet') }, Same: ref('Pet') });
});

test('sections, path lists and other parts without a section of components are inlined', async () => {
  const document = await loadFiles({
    'o.json': document3(
      { $ref: 'paths/index.json' },
      { components: { schemas: { $ref: 'schemas/index.json' } } },
    ),
    'paths/index.json': { '/pets': { get: { $ref: 'list.json' }, 'x-kept': 1 } },
    'paths/list.json': {
      parameters: { $ref: '../parameters.json' },
      responses: { 200: { $ref: '../response.json' } },
    },
    'parameters.json': [{ name: 'q', in: 'query', schema: { $ref: 'schemas/index.json#/Query' } }],
    'response.json': { description: 'ok' },
    'schemas/index.json': { Query: { $ref: 'query.json' }, Plain: { type: 'string' } },
    'schemas/query.json': { items: { $ref: 'index.json#/Plain' } },
  });
  expect(document.openapi['paths']).toEqual({
    '/pets': {
      get: {
        parameters: [{ name: 'q', in: 'query', schema: ref('Query') }],
        responses: { 200: { $ref: '#/components/responses/response' } },
      },
      'x-kept': 1,
    },
  });
  expect(document.openapi['components']).toEqual({
    schemas: { Query: { items: ref('Plain') }, Plain: { type: 'string' } },
    responses: { response: { description: 'ok' } },
  });
  expect(document.warnings).toEqual([]);
});

test('every kind is moved to its section, including path items', async () => {
  const document = await loadFiles({
    'o.json': document3({ '/a': { $ref: 'all.json#/item' } }),
    'all.json': {
      item: {
        parameters: [{ $ref: '#/p' }],
        post: {
          requestBody: { $ref: '#/body' },
          callbacks: { c: { '{$url}': { $ref: '#/item' } } },
          responses: { 200: { headers: { h: { $ref: '#/h' } }, links: { l: { $ref: '#/l' } } } },
        },
      },
      p: { name: 'p', in: 'query' },
      body: { content: { 'a/b': { examples: { e: { $ref: '#/e' } } } } },
      h: { required: true },
      l: { operationId: 'x' },
      e: { value: { $ref: 'nowhere.json' } },
    },
  });
  const { components } = document.openapi;
  expect(keysOf(components).sort()).toEqual([
    'examples',
    'headers',
    'links',
    'parameters',
    'pathItems',
    'requestBodies',
  ]);
  expect(components).toMatchObject({
    pathItems: {
      item: { post: { callbacks: { c: { '{$url}': { $ref: '#/components/pathItems/item' } } } } },
    },
    examples: { e: { value: { $ref: 'nowhere.json' } } },
  });
});

test('in 2.0, schemas are moved to the definitions, and a path item is inlined', async () => {
  const document = await loadFiles({
    'o.json': document2({ '/a': { $ref: 'item.json' } }),
    'item.json': { get: { responses: { 200: { description: '', schema: { $ref: 'pet.json' } } } } },
    'pet.json': { type: 'object' },
  });
  expect(schemas(document)).toEqual({ pet: { type: 'object' } });
  expect(answered(document)).toContain('#/components/schemas/pet');
});

test('parts that want the same name, or one that is taken, get names that do not depend on the order', async () => {
  const files = (paths: object) => ({
    'o.json': document3(paths, { components: { schemas: { C: { type: 'null' } } } }),
    'a.json': { T: { type: 'string' }, C: { type: 'string' } },
    'b.json': { T: { type: 'number' } },
  });
  const [a, b, c] = ['a.json#/T', 'b.json#/T', 'a.json#/C'].map(($ref) => answering({ $ref }));
  const one = schemas(await loadFiles(files({ '/a': a, '/b': b, '/c': c })));
  const other = schemas(await loadFiles(files({ '/c': c, '/b': b, '/a': a })));
  expect(one).toEqual(other);
  expect(keysOf(one).join(' ')).toMatch(/^C C_[0-9a-f]{8} T_[0-9a-f]{8} T_[0-9a-f]{8}$/);
});

test('a reference inside data is data, but one in a property with such a name is not', async () => {
  const data = { $ref: 'http://127.0.0.1:1/never.json' };
  const document = await loadFiles({
    'o.json': document3({
      '/a': answering({
        example: data,
        default: data,
        enum: [data],
        const: data,
        'x-data': data,
        properties: {
          example: { $ref: 'p.json' },
          default: { $ref: 'p.json' },
          $ref: { enum: [1] },
        },
      }),
      '/b': { get: { responses: { default: { $ref: 'r.json' } } } },
      'x-paths': data,
    }),
    'p.json': { type: 'string' },
    'r.json': { description: 'r' },
  });
  const text = JSON.stringify(document.openapi);
  expect(text.match(/never\.json/g)).toHaveLength(6);
  expect(text.match(/#\/components\/schemas\/p"/g)).toHaveLength(2);
  expect(text).toContain('#/components/responses/r');
});

test('references that are percent-encoded, or pass through another one, are replaced by the resolved ones', async () => {
  const document = await loadFiles({
    'o.json': document3(
      {
        '/a/{id}': answering({ $ref: '#/components/schemas/Big%20Pet' }),
        '/b': answering({ $ref: '#/components/schemas/Alias/properties/x' }),
        '/c': answering({
          $ref: '#/paths/~1a~1%7Bid%7D/get/responses/200/content/application~1json/schema',
        }),
      },
      {
        components: {
          schemas: { 'Big Pet': { properties: { x: { type: 'string' } } }, Alias: ref('Big Pet') },
        },
      },
    ),
  });
  const text = answered(document);
  expect(text).toContain('"#/components/schemas/Big Pet"');
  expect(text).toContain('"#/components/schemas/Big Pet/properties/x"');
  expect(text).toContain('"#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema"');
  expect(schemas(document)).toMatchObject({ Alias: ref('Big Pet') });
  expect(document.warnings).toEqual([]);
});

test("a discriminator's mapping leads to the bundled schemas", async () => {
  const mapping = { dog: 'dog.json', cat: '#/components/schemas/Cat', bird: 'Bird' };
  const document = await loadFiles({
    'o.json': document3(
      { '/a': answering({ discriminator: { propertyName: 'kind', mapping } }) },
      { components: { schemas: { Cat: {} } } },
    ),
    'dog.json': { type: 'object' },
  });
  expect(answered(document)).toContain(
    JSON.stringify({ ...mapping, dog: '#/components/schemas/dog' }),
  );
  expect(schemas(document)).toMatchObject({ dog: { type: 'object' } });
});

test('cycles of references, and parts that contain themselves, are warnings', async () => {
  const document = await loadFiles({
    'o.json': document3({
      '/a': answering({ $ref: 'a.json' }),
      '/b': answering({ properties: { $ref: 'p.json' } }),
    }),
    'a.json': { $ref: 'b.json' },
    'b.json': { $ref: 'a.json' },
    'p.json': { again: { properties: { $ref: 'p.json' } } },
  });
  expect(document.warnings.map(({ code }) => code)).toEqual(['INVALID_VALUE', 'UNRESOLVED_REF']);
});

test('a pointer into another file that leads nowhere is a warning, and never means the root', async () => {
  const document = await loadFiles({
    'o.json': document3(
      { '/a': answering({ $ref: 'a.json#/None' }), '/b': answering({ $ref: 'a.json#/A' }) },
      { components: { schemas: { Mine: {} } } },
    ),
    'a.json': { A: { items: { $ref: '#/components/schemas/Mine' } } },
  });
  expect(document.warnings.map(({ code }) => code)).toEqual(['UNRESOLVED_REF', 'UNRESOLVED_REF']);
  expect(document.warnings[0]?.message).toContain('"a.json#/None"');
  expect(document.warnings[1]?.message).toContain('"a.json#/components/schemas/Mine"');
});

test('missing or broken files are reported with the places that refer to them, and the rest is used', async () => {
  const { openapi, warnings } = await loadFiles({
    'o.json': document3({
      '/a': answering({ $ref: 'none.json' }),
      '/b': answering({ $ref: 'sub/bad.yaml' }),
      '/c': answering({ $ref: 'sub/pet.graphql' }),
      '/d': answering({ $ref: 'sub/pet.xml' }),
    }),
    'sub/bad.yaml': 'a: "x\n',
    'sub/pet.graphql': 'type Pet {\n  id: ID\n}\n',
    'sub/pet.xml': '<pet id="1"/>',
  });
  expect(keysOf(openapi['paths'])).toEqual(['/a', '/b', '/c', '/d']);
  expect(warnings).toMatchObject([
    { code: 'SOURCE_NOT_FOUND', place: 'none.json' },
    { code: 'INVALID_SYNTAX', place: 'sub/bad.yaml:2:1' },
    { code: 'NOT_OPENAPI', place: 'sub/pet.graphql' },
    { code: 'SOURCE_NOT_TEXT', place: 'sub/pet.xml' },
    { code: 'UNRESOLVED_REF', message: 'The $ref "none.json" does not resolve.' },
    { code: 'UNRESOLVED_REF', message: 'The $ref "sub/bad.yaml" does not resolve.' },
    { code: 'UNRESOLVED_REF', message: 'The $ref "sub/pet.graphql" does not resolve.' },
    { code: 'UNRESOLVED_REF', message: 'The $ref "sub/pet.xml" does not resolve.' },
  ]);
});

test('problems of files are reported in the same order, whichever arrives first', async () => {
  const paths = {
    '/a': answering({ $ref: '/a.yaml' }),
    '/b': answering({ $ref: '/b.yaml' }),
  };
  for (const last of ['/a.yaml', '/b.yaml']) {
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const origin = await serve(({ url }, response) => {
      if (url === '/') response.end(JSON.stringify(document3(paths)));
      else if (url === last) void arrived.then(() => response.end('a: "x\n'));
      else response.end('a: "x\n', arrive);
    });
    const { warnings } = await load(origin);
    expect(warnings.map(({ code, place }) => [code, place]).slice(0, 2)).toEqual([
      ['INVALID_SYNTAX', 'a.yaml:2:1'],
      ['INVALID_SYNTAX', 'b.yaml:2:1'],
    ]);
  }
});

test('a network failure stops the run, because tools must not come and go', async () => {
  const origin = await serve((request, response) => {
    const status = Number(request.url?.slice(1));
    if (status > 0) response.writeHead(status).end();
    else
      response.end(
        JSON.stringify(
          document3({ '/a': answering({ $ref: '/503' }), '/b': answering({ $ref: '/404' }) }),
        ),
      );
  });
  expect(await problemsOf(load(origin))).toMatchObject([
    { code: 'SOURCE_HTTP_STATUS', place: '503' },
  ]);
});

test('a document from the network never reaches a file, directly or through another', async () => {
  const root = await folder({ 'secret.json': { type: 'string' } });
  const secret = pathToFileURL(join(root, 'secret.json')).href;
  const origin = await serve((request, response) => {
    const $ref = request.url === '/hop' ? 'b.json' : secret;
    response.end(
      JSON.stringify(
        request.url === '/b.json' ? { items: { $ref } } : document3({ '/a': answering({ $ref }) }),
      ),
    );
  });
  for (const path of ['/', '/hop']) {
    const [problem] = await problemsOf(load(origin + path));
    expect(problem?.code).toBe('REF_FORBIDDEN');
  }
});

test('a file that was already read is still forbidden to a document from the network', async () => {
  const root = await folder({ 'secret.json': { type: 'string' } });
  const secret = pathToFileURL(join(root, 'secret.json')).href;
  const origin = await serve((_, response) =>
    response.end(JSON.stringify({ items: { $ref: secret } })),
  );
  const main = await folder({
    'o.json': document3({
      '/a': answering({ $ref: secret }),
      '/b': answering({ $ref: `${origin}/x.json` }),
    }),
  });
  const work = load(join(main, 'o.json'), { allowPrivate: true });
  expect(await codesOf(work)).toEqual(['REF_FORBIDDEN']);
});

test.each(['ftp://x.example/a.json', 'urn:example:a'])('%s cannot be read', async ($ref) => {
  const { warnings } = await loadFiles({ 'o.json': document3({ '/a': answering({ $ref }) }) });
  expect(warnings).toMatchObject([{ code: 'UNRESOLVED_REF' }]);
});

test('headers are only sent to references of the same origin', async () => {
  const seen: unknown[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers['x-key']);
    response.end('{"type": "string"}');
  });
  const origin = await serve((request, response) => {
    seen.push(request.headers['x-key']);
    const schema = { properties: { a: { $ref: '/a.json' }, b: { $ref: `${other}/b.json` } } };
    response.end(JSON.stringify(request.url === '/' ? document3({ '/x': answering(schema) }) : {}));
  });
  await load(origin, { headers: { 'x-key': 'k' }, allowPrivate: true });
  expect(seen.sort()).toEqual(['k', 'k', undefined]);
});

test('the hash depends on the content, not on its order, its formatting or its files', async () => {
  const hashOf = async (files: Record<string, string>) => (await loadFiles(files)).hash;
  const get = { responses: {} };
  const straight = JSON.stringify(document3({ '/a': { get }, '/b': { get } }));
  const turned = JSON.stringify(document3({ '/b': { get }, '/a': { get } }), null, 2);
  const hash = await hashOf({ 'o.json': straight });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashOf({ 'o.json': turned })).toBe(hash);
  expect(await hashOf({ 'o.json': straight.replace('/b', '/c') })).not.toBe(hash);
  const responses = (...codes: string[]) =>
    hashOf({
      'o.json': `{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{"responses":{${codes
        .map((code) => `"${code}":{"description":"${code}"}`)
        .join()}}}}}}`,
    });
  expect(await responses('default', '404', '200')).toBe(await responses('200', 'default', '404'));
  expect(await responses('2XX', '404')).not.toBe(await responses('404'));
  const split = (type: string) =>
    hashOf({
      'o.json': JSON.stringify(document3({ '/a': answering({ $ref: 'b.json' }) })),
      'b.json': JSON.stringify({ type }),
    });
  expect(await split('string')).not.toBe(await split('integer'));
});

test('overlapping references do not explode', async () => {
  const maps = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `m${i}.json`,
      Object.fromEntries(
        ['a', 'b'].map((key) => [key, { properties: { $ref: `m${i + 1}.json` } }]),
      ),
    ]),
  );
  const work = loadFiles({
    'o.json': document3({ '/a': answering({ properties: { $ref: 'm0.json' } }) }),
    ...maps,
    'm30.json': {},
  });
  expect(await codesOf(work)).toEqual(['TOO_REPETITIVE']);
});

test('an endless chain of documents is refused', async () => {
  const origin = await serve((request, response) => {
    const next = Number(request.url?.slice(1)) + 1;
    const schema = { not: { $ref: `${next}` } };
    response.end(JSON.stringify(next === 1 ? document3({ '/a': answering(schema) }) : schema));
  });
  expect(await codesOf(load(`${origin}/0`))).toEqual(['TOO_DEEP']);
});

test('a reference where 3.x does not allow one is inlined, even within the document', async () => {
  const get = { responses: { 200: { description: 'd' } } };
  const document = await loadFiles({
    'o.json': document3({
      '/a': { get },
      '/b': { get: { $ref: '#/paths/~1a/get', summary: 's' } },
    }),
  });
  expect(document.openapi['paths']).toEqual({
    '/a': { get },
    '/b': { get: { ...get, summary: 's' } },
  });
});
