import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { object } from '../../src/json.js';
import { readTemplate } from '../../src/plan/operations/path-template.js';
import { plan } from '../../src/plan/plan.js';
import { documentOf, planOperation, planPaths } from './helpers.js';

const string = { type: 'string' };
const declare = (where: string, ...names: string[]): JsonObject[] =>
  names.map((name) => ({ name, in: where, required: where === 'path', schema: string }));

describe('path templates', () => {
  it.each([
    ['/pets\u200e', '/pets'],
    [' /pets/{id} ', '/pets/{id}'],
    ['/pets/\ufeff{i\u200bd}\n', '/pets/{id}'],
    ['\u00a0/\u0645\u06cc\u200c\u0634\u0648\u062f', '/\u0645\u06cc\u200c\u0634\u0648\u062f'],
  ])('a request has nothing invisible of the path %j', (key, path) => {
    const parameters = path.includes('{') ? declare('path', 'id') : [];
    const { api, warnings } = planPaths({ [key]: { get: { parameters } } });
    expect(api.tools.map(({ request }) => request.path)).toEqual([path]);
    expect(warnings).toEqual([]);
  });

  it('a path with control characters is left as it is, with a warning', () => {
    const { api, warnings } = planPaths({ '/pets\u200e\u001b': { get: {} } });
    expect(api.tools.map(({ request }) => request.path)).toEqual(['/pets\u200e\u001b']);
    expect(warnings.map(({ code }) => code)).toEqual(['HIDDEN_TEXT']);
  });

  it('a path and its twin with an invisible character have a tool for each operation', () => {
    const { api } = planPaths({ '/pets': { get: {} }, '/pets\u200e': { post: {} } });
    const requests = api.tools.map(({ name, request }) => [name, request.method, request.path]);
    expect(requests).toEqual([
      ['get_pets', 'GET', '/pets'],
      ['post_pets', 'POST', '/pets'],
    ]);
  });

  it('twins of one method have different names, whatever their order', () => {
    const paths = { '/pets': { get: {} }, '/pets\u200e': { get: {} } };
    const namesOf = (entries: [string, JsonObject][]) =>
      planPaths(Object.fromEntries(entries)).api.tools.map(({ name }) => name);
    const names = namesOf(Object.entries(paths));
    expect(new Set(names).size).toBe(2);
    expect(namesOf(Object.entries(paths).reverse())).toEqual(names);
  });

  it.each<[string, string[], string]>([
    ['/a/{id}', [], '/a/{id}'],
    ['/a/{id:[0-9]{4}}/{x}', [], '/a/{id}/{x}'],
    ['/a/{id:[0-9]{2,4}}', [], '/a/{id}'],
    ['/a/{id:}', [], '/a/{id}'],
    ['/a/{id:int?}', [], '/a/{id}'],
    ['/a/{id?}', [], '/a/{id}'],
    ['/a/{id:[0-9]+}', ['id:[0-9]+'], '/a/{id:[0-9]+}'],
    ['/a/{:x}', [], '/a/{:x}'],
    ['/a/{}/{b', [], '/a/{}/{b'],
    ['/a?x={x}', [], '/a?x={x}'],
    ['/at/{lat,lng}', [], '/at/{lat},{lng}'],
    ['/a{.format}', [], '/a.{format}'],
    ['/a{/b,c}', [], '/a/{b}/{c}'],
    ['/a/:id/b', ['id'], '/a/{id}/b'],
    ['/a/:id/b', [], '/a/:id/b'],
    ['/a/{id}:id', ['id'], '/a/{id}:id'],
    ['/a/[id]/b', ['id'], '/a/{id}/b'],
    ['/a/[id]/b', [], '/a/[id]/b'],
    ['/a/*', [], '/a/*'],
    ['/a/*id', [], '/a/*id'],
    ['/a/<id>/<int:no>', [], '/a/{id}/{no}'],
    ['{{baseUrl}}/a/{{id}}', [], '/a/{id}'],
    ['/a/${id}', ['id'], '/a/{id}'],
    ['/a/#{id}', ['id'], '/a/{id}'],
    ['/a#{id}', ['id'], '/a#{id}'],
    ['/a/%7Bid%7D/%7b', [], '/a/{id}/%7b'],
    ['/a/{id/b', ['id'], '/a/{id}/b'],
    ['/a/id}', ['id'], '/a/{id}'],
    ['/a/{id}}/b', ['id'], '/a/{id}/b'],
    ['/a/{id}}/id/b}', ['id'], '/a/{id}/id/b}'],
    ['/a/id/{b', ['id'], '/a/id/{b'],
    ['/a/{b/id}', ['id'], '/a/{b/id}'],
    ['/a/{id}(.:format)', ['id', 'format'], '/a/{id}'],
    ['/a/:id(.{format})', ['id'], '/a/{id}'],
    ['/a(.x)/f(.:y)/b', [], '/a(.x)/f(.:y)/b'],
    ['/a/{ID}', ['id'], '/a/{id}'],
    ['/a/{pet_id}/{Name?}', ['petId', 'name'], '/a/{petId}/{name}'],
    ['/a/{id}/{ID}', ['id'], '/a/{id}/{ID}'],
    ['/a/{ID}', ['id', 'Id'], '/a/{ID}'],
    ['/a/{pet}', ['id'], '/a/{pet}'],
  ])('%s with %j declared are %s', (path, names, template) => {
    const declared = names.map((name) => ({ name, in: 'path' }));
    expect(readTemplate(path, declared)).toMatchObject({ template, styles: new Map() });
  });

  it.each([
    '/files/{+path}',
    '/files/{path+}',
    '/files/{path*}',
    '/files/{*path}',
    '/files/{**path}',
    '/files/*path',
    '/files/[...path]',
    '/files/{#path}',
    '/files/{path:path}',
    '/files/<path:path>',
    '/files/{path:.*}',
    '/files/{path:.+}',
    '/files/{path=**}',
    '/files/{path=projects/*}',
    '/files/{path}*',
    '/files/{path}(.*)',
    '/files/{path...}',
    '/files/{...path}',
  ])('%s allow slashes in the value, and keep the declaration', (path) => {
    const schema = { ...string, description: "The file's path" };
    const { tool, warnings } = planOperation(
      { parameters: [{ name: 'path', in: 'path', required: true, schema }] },
      { method: 'get', path },
    );
    expect(tool?.request.path).toBe('/files/{path}');
    expect(tool?.request.parameters).toEqual([{ name: 'path', in: 'path', style: 'segments' }]);
    expect(tool?.inputSchema['properties']).toEqual({ path: schema });
    expect(warnings).toEqual([]);
  });

  it.each(['/files/*', '/files/{*}'])('%s ends with any path, if that is declared', (path) => {
    const { tool, warnings } = planOperation({ parameters: declare('path', '*') }, { path });
    expect(tool?.request.path).toBe('/files/{*}');
    expect(tool?.request.parameters).toEqual([
      { name: '*', in: 'path', style: 'segments', argument: 'wildcard' },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each(['/a*b', '/*/b', '/files/*.json', '/x:*', '/**'])('%s is sent as it is', (path) => {
    expect(planOperation({}, { path }).tool?.request.path).toBe(path);
  });

  it.each(['/files/{path=a/id}', '/files/{path:[a-z]{2}/id}'])(
    'the pattern of %s may end like a parameter',
    (path) => {
      const { tool } = planOperation({ parameters: declare('path', 'path', 'id') }, { path });
      expect(tool?.request.path).toBe('/files/{path}');
    },
  );

  it('allow them if the whole text is declared, or nothing', () => {
    const path = '/files/{path+}/{rest*}';
    const { tool } = planOperation({ parameters: declare('path', 'path+') }, { path });
    expect(tool?.request).toMatchObject({
      path: '/files/{path+}/{rest}',
      parameters: [
        { name: 'path+', in: 'path', style: 'segments' },
        { name: 'rest', in: 'path', style: 'segments' },
      ],
    });
  });

  it('allow them if Azure declares the value as not encoded, in the path and in the query', () => {
    const parameters = ['path', 'query'].map((where) => ({
      ...declare(where, where)[0],
      'x-ms-skip-url-encoding': true,
    })) as JsonObject[];
    const { tool } = planOperation({ parameters }, { path: '/{path}/providers' });
    expect(tool?.request.parameters).toEqual([
      { name: 'path', in: 'path', style: 'segments' },
      { name: 'query', in: 'query', allowReserved: true },
    ]);
  });

  it('do not allow them for patterns without slashes', () => {
    const path = '/{a:[0-9]+}/{b:\\d*}/{c:int}';
    const { tool } = planOperation({ parameters: declare('path', 'a', 'b', 'c') }, { path });
    expect(tool?.request.parameters?.map(({ style }) => style)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('have matrix parameters', () => {
    const { tool } = planOperation({ parameters: declare('path', 'v') }, { path: '/a{;v}' });
    expect(tool?.request).toMatchObject({ path: '/a{v}', parameters: [{ style: 'matrix' }] });
  });
});

describe('queries of path keys', () => {
  const planQuery = (path: string, parameters: JsonObject[]) =>
    planOperation({ parameters }, { method: 'get', path });

  it('are parameters if they are declared as such, each required or not as declared', () => {
    const page = { name: 'page', in: 'query', schema: { type: 'integer' } };
    const term = { name: 'term', in: 'query', required: true, schema: string };
    const { tool, warnings } = planQuery('/look?term={term}&page={page}', [term, page]);
    expect(tool?.request).toMatchObject({
      path: '/look',
      parameters: [
        { name: 'term', in: 'query' },
        { name: 'page', in: 'query' },
      ],
    });
    expect(tool?.inputSchema).toMatchObject({ required: ['term'] });
    expect(Object.keys(object(tool?.inputSchema['properties'] as JsonObject))).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['{?limit,offset}', 'query'],
    ['{?limit,offset}', 'path'],
    ['{?limit}{&offset}', 'query'],
    ['{?limit*,offset:3}', 'query'],
    ['?a=b{&limit,offset}', 'query'],
  ])('written as %s and declared in %s are optional', (suffix, where) => {
    const parameters = declare(where, 'limit', 'offset');
    const { tool, warnings } = planQuery(`/look${suffix}`, parameters);
    expect(tool?.request.parameters).toEqual([
      { name: 'limit', in: 'query' },
      { name: 'offset', in: 'query' },
    ]);
    expect(tool?.request.path).toBe(suffix.startsWith('?') ? '/look?a=b' : '/look');
    expect(tool?.inputSchema['required']).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('are arguments even without a declaration', () => {
    const { tool } = planQuery('/look{?limit}', []);
    expect(tool?.inputSchema).toMatchObject({ properties: { limit: {} } });
    expect(tool?.request).toMatchObject({ parameters: [{ name: 'limit', in: 'query' }] });
  });

  it('have the names of the path', () => {
    const { tool } = planQuery('/look?q={term}', declare('query', 'term'));
    expect(tool?.request).toMatchObject({
      path: '/look',
      parameters: [{ name: 'q', in: 'query' }],
    });
  });

  it('stay in the path if they are declared for it, or are fixed', () => {
    const { tool, warnings } = planQuery('/find?kind=a&term={term}', declare('path', 'term'));
    expect(tool?.request).toMatchObject({
      path: '/find?kind=a&term={term}',
      parameters: [{ name: 'term', in: 'path' }],
    });
    expect(tool?.inputSchema).toMatchObject({ required: ['term'] });
    expect(warnings).toEqual([]);
  });
});

describe('queries of servers', () => {
  const paths = { '/a': { get: { operationId: 'a' } } };
  const planServer = (url: string, rest: JsonObject = {}) => {
    const { api, warnings } = planPaths(paths, { servers: [{ url, ...rest }] });
    const [tool] = api.tools;
    return { baseUrl: api.baseUrl, path: tool?.request.path, warnings };
  };

  it.each<[string, JsonObject, string]>([
    ['https://x.example/v1?api-version=2', {}, '/a?api-version=2'],
    ['https://x.example/v1/?a=1&b=2', {}, '/a?a=1&b=2'],
    ['https://x.example/v1?flag', {}, '/a?flag'],
    [
      'https://x.example/v1?v={v}',
      { variables: { v: { default: '2024-01-01' } } },
      '/a?v=2024-01-01',
    ],
    ['https://x.example/v1?q=a b"c', {}, '/a?q=a%20b%22c'],
  ])('%s are sent with every request', (url, rest, expected) => {
    const { baseUrl, path, warnings } = planServer(url, rest);
    expect([baseUrl, path, warnings]).toEqual(['https://x.example/v1', expected, []]);
  });

  it.each([
    ['https://x.example/index.php?r=', '?r='],
    ['https://x.example/v1?v={v}', '?v={v}'],
    ['https://x.example/v1#top', '#top'],
    ['https://x.example/v1?r=#/x', '?r=#/x'],
  ])('%s are reported if they lack a value', (url, lost) => {
    const { path, warnings } = planServer(url);
    expect(path).toBe('/a');
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['SERVER_QUERY', `${lost} of the server ${JSON.stringify(url)} is not sent.`],
    ]);
  });

  it('are those of the operation or its path, if it has servers', () => {
    const { api } = planPaths(
      {
        '/a': { get: { operationId: 'a', servers: [{ url: 'https://y.example?code=abc' }] } },
        '/b?x=1': { servers: [{ url: 'https://y.example?d=e' }], get: { operationId: 'b' } },
        '/c': { get: { operationId: 'c', servers: [{ url: 'https://y.example' }] } },
        '/d#f': { get: { operationId: 'd' } },
      },
      { servers: [{ url: 'https://x.example?k=1' }] },
    );
    expect(api.tools.map(({ request }) => request.path)).toEqual([
      '/a?code=abc',
      '/b?x=1&d=e',
      '/c',
      '/d?k=1#f',
    ]);
  });

  it('are not sent to another chosen server', () => {
    const servers = [{ url: 'https://x.example?k=1' }];
    const { api } = planPaths(paths, { servers }, { baseUrl: 'https://z.example' });
    expect(api.tools[0]?.request.path).toBe('/a');
  });
});

describe('servers without a scheme', () => {
  const paths = { '/a': { get: { operationId: 'a' } } };
  const root = (servers: JsonObject[]): JsonObject => ({ openapi: '3.1.0', paths, servers });

  it.each([
    ['api.example.com/v1', 'api.example.com/v1', 'https'],
    ['api.example.com', 'api.example.com', 'https'],
    ['localhost:8080/v1', 'localhost:8080/v1', 'http'],
    ['localhost.example.com', 'localhost.example.com', 'https'],
    ['127.0.0.1/v1', '127.0.0.1/v1', 'http'],
    ['backend:8080', 'backend:8080', 'https'],
    ['{region}.example.com/v1', 'eu.example.com/v1', 'https'],
  ])('%s are reported with the remedy, from a file and from a URL', (url, written, scheme) => {
    const variables = { region: { default: 'eu' } };
    const servers = [{ url, variables }];
    for (const from of [undefined, 'https://docs.example.com/openapi.json']) {
      const { api, warnings } = plan(documentOf(root(servers), from));
      expect(api.baseUrl).toBeUndefined();
      expect(warnings).toMatchObject([
        {
          code: 'NO_SERVER',
          message: expect.stringContaining(JSON.stringify(written)) as string,
          remedy: expect.stringContaining(`--base-url ${scheme}://${written}`) as string,
        },
      ]);
    }
  });

  it.each([
    ['v1', 'https://docs.example.com/v1'],
    ['/v1.0', 'https://docs.example.com/v1.0'],
    ['v1.0/api', 'https://docs.example.com/v1.0/api'],
    ['index.php', 'https://docs.example.com/index.php'],
    ['./api.example.com', 'https://docs.example.com/api.example.com'],
    ['//api.example.com/v1', 'https://api.example.com/v1'],
  ])('are not %s, which is relative to the document', (url, expected) => {
    const { api, warnings } = plan(
      documentOf(root([{ url }]), 'https://docs.example.com/openapi.json'),
    );
    expect([api.baseUrl, warnings]).toEqual([expected, []]);
  });

  it('of an operation are reported, and those of the API are used', () => {
    const servers = [{ url: 'api.example.com/v1' }];
    const { api, warnings } = planPaths({
      '/a': { get: { operationId: 'a', servers } },
      '/b': { servers, get: { operationId: 'b' } },
    });
    expect(api.tools.map(({ request }) => request.server)).toEqual([undefined, undefined]);
    expect(warnings.map(({ code, place }) => `${code} ${place ?? ''}`)).toEqual([
      'SERVER_LEFT_OUT #/paths/~1a/get',
      'SERVER_LEFT_OUT #/paths/~1b/get',
    ]);
    expect(warnings[0]?.remedy).toContain('--base-url https://api.example.com/v1');
  });

  it.each([
    ['ws://api.example.com', 'ws://api.example.com'],
    ['https://<tenant>.example.com', 'https://<tenant>.example.com'],
    ['https://{tenant}.example.com', 'https://{tenant}.example.com'],
    ['https://user:secret@api.example.com', 'https://api.example.com'],
  ])('nor are %s of an operation, which are reported', (url, shown) => {
    const { api, warnings } = planPaths({ '/a': { get: { servers: [{ url }] } } });
    expect(api.tools[0]?.request.server).toBeUndefined();
    expect(warnings).toMatchObject([{ code: 'SERVER_LEFT_OUT', place: '#/paths/~1a/get' }]);
    expect(warnings[0]?.message).toContain(JSON.stringify(shown));
  });

  it('do not matter if another one was chosen', () => {
    const chosen = { baseUrl: 'https://z.example' };
    const { warnings } = plan(documentOf(root([{ url: 'api.example.com' }])), chosen);
    expect(warnings).toEqual([]);
  });
});
