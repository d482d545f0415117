import { describe, expect, test } from 'vitest';
import type { JsonObject, Parameter, RequestShape } from '../../../templates/src/runtime/api.js';
import { ArgumentError } from '../../../templates/src/runtime/upstream/arguments.js';
import { createBuildRequest } from '../../../templates/src/runtime/upstream/request.js';

const id: Parameter = { name: 'id', in: 'path' };

function build(
  shape: Partial<RequestShape>,
  args: JsonObject = {},
  baseUrl = 'https://h.example/v1',
  ownServers = true,
) {
  const servers = { baseUrl, ownServers, serverValues: {} };
  const request = createBuildRequest(servers)({ method: 'GET', path: '/pets', ...shape }, args);
  return { ...request, url: request.origin + request.path };
}

describe('url', () => {
  const a: Parameter = { name: 'a', in: 'query' };
  const b: Parameter = { name: 'b', in: 'query', argument: 'b_query' };

  test.each<[string, Partial<RequestShape>, JsonObject, string]>([
    ['https://h.example/v1', {}, {}, 'https://h.example/v1/pets'],
    ['https://h.example/v1/', {}, {}, 'https://h.example/v1/pets'],
    ['https://h.example/v1//', {}, {}, 'https://h.example/v1/pets'],
    ['https://h.example', {}, {}, 'https://h.example/pets'],
    ['https://h.example/v1', { path: '/' }, {}, 'https://h.example/v1/'],
    ['https://h.example/v1', { path: 'pets' }, {}, 'https://h.example/v1/pets'],
    [
      'https://h.example/v1',
      { path: '/pets/{id}', parameters: [id] },
      { id: 'a/b' },
      'https://h.example/v1/pets/a%2Fb',
    ],
    [
      'https://h.example',
      { path: '/a/{id}/b/{id}', parameters: [id] },
      { id: 1 },
      'https://h.example/a/1/b/1',
    ],
    [
      'https://h.example',
      { parameters: [a, b] },
      { b_query: 'x', a: [1, 2] },
      'https://h.example/pets?a=1&a=2&b=x',
    ],
    ['https://h.example', { parameters: [a, b] }, { b: 'x' }, 'https://h.example/pets'],
    [
      'https://h.example',
      { path: '/?Action=List', parameters: [a] },
      { a: 1 },
      'https://h.example/?Action=List&a=1',
    ],
    ['https://h.example', { path: '/pets#put' }, {}, 'https://h.example/pets'],
    ['https://h.example', { path: '/a|b^c' }, {}, 'https://h.example/a%7Cb%5Ec'],
    [
      'https://h.example',
      { server: 'https://o.example:8443/x' },
      {},
      'https://o.example:8443/x/pets',
    ],
    ['https://h.example', { path: '//evil.example/x' }, {}, 'https://h.example//evil.example/x'],
  ])('%s with %j and %j', (base, shape, args, url) => {
    expect(build(shape, args, base).url).toBe(url);
  });

  test.each<[string, JsonObject]>([
    ['/{id}{more}', { id: '.', more: 'x' }],
    ['/.{id}', { id: '%2e' }],
    ['/a{id}', {}],
    ['/a/{id}', { id: '..' }],
  ])('%s with %j is refused or stays below the path', (path, args) => {
    const shape = { path, parameters: [id, { name: 'more', in: 'path' } as const] };
    let href = 'https://h.example/v1/';
    try {
      href = build(shape, args).url;
    } catch (error) {
      expect(error).toBeInstanceOf(ArgumentError);
    }
    expect(href.startsWith('https://h.example/v1/')).toBe(true);
  });

  test.each(['/../admin', '/a/%2e%2e/b', '/a\\b', '/a/./b'])('template %s is refused', (path) => {
    expect(() => build({ path })).toThrow(/lead to another path/);
  });

  test('a segment that some servers read as dots is refused', () => {
    const shape = { path: '/a/{id}', parameters: [{ ...id, allowReserved: true }] };
    expect(() => build(shape, { id: '..;x' })).toThrow(ArgumentError);
    expect(build(shape, { id: 'a;x' }).path).toBe('/v1/a/a;x');
  });

  test('two harmless pieces cannot become dots', () => {
    const parameters = [
      { name: 'a', in: 'path' },
      { name: 'b', in: 'path' },
    ] as const;
    expect(() => build({ path: '/x.{a}/{b}', parameters }, { a: '.', b: 'y' })).toThrow(
      ArgumentError,
    );
    expect(() => build({ path: '/.{a}/{b}', parameters }, { a: 'x', b: 'y' })).not.toThrow();
  });

  test('inherited members are not arguments', () => {
    const parameters: Parameter[] = [
      { name: 'constructor', in: 'query' },
      { name: '__proto__', in: 'query' },
    ];
    expect(build({ parameters }).path).toBe('/v1/pets');
    const own = JSON.parse('{"__proto__":"x"}') as JsonObject;
    expect(build({ parameters }, own).path).toBe('/v1/pets?__proto__=x');
  });
});

describe('headers', () => {
  test('are built from scratch', () => {
    const parameters: Parameter[] = [
      { name: 'X-Trace', in: 'header' },
      { name: 'session', in: 'cookie' },
      { name: 'mode', in: 'cookie' },
    ];
    const shape = { parameters, accept: 'application/json' };
    const { headers } = build(shape, { 'X-Trace': 't', session: 'a b', mode: 'x' });
    expect(headers).toEqual({
      accept: 'application/json',
      cookie: 'session=a%20b; mode=x',
      'x-trace': 't',
    });
  });

  test.each([
    'Host',
    'authorization',
    'Cookie',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Content-Type',
    'Proxy-Authorization',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'Upgrade',
    'TE',
  ])('%s is not an argument', (name) => {
    const { headers } = build({ parameters: [{ name, in: 'header' }] }, { [name]: 'x' });
    expect(headers).toEqual({ accept: '*/*' });
  });

  test('Accept comes from the document', () => {
    const parameters: Parameter[] = [{ name: 'Accept', in: 'header' }];
    const { headers } = build({ parameters, accept: 'text/csv' }, { Accept: 'text/html' });
    expect(headers['accept']).toBe('text/csv');
  });
});

describe('body', () => {
  const body = { mediaType: 'application/json' };

  test('is sent with its type', () => {
    const request = build({ method: 'POST', body }, { body: { a: 1 } });
    expect(request.body).toBe('{"a":1}');
    expect(request.headers['content-type']).toBe('application/json');
  });

  test('absent, nothing is sent', () => {
    const request = build({ method: 'POST', body });
    expect(request.body).toBeUndefined();
    expect(request.headers).not.toHaveProperty('content-type');
  });

  test('is not dropped silently from a GET', () => {
    expect(() => build({ body }, { body: {} })).toThrow(ArgumentError);
  });
});

describe('servers of operations', () => {
  const server = 'https://o.example/x';

  test('are ignored if the operator chose another base URL', () => {
    expect(build({ server }).url).toBe('https://o.example/x/pets');
    expect(build({ server }, {}, 'https://staging.example', false).url).toBe(
      'https://staging.example/pets',
    );
  });
});

describe('a value of several segments', () => {
  const shape = (path: string) => ({
    path,
    parameters: [{ ...id, style: 'segments' } as const, { name: 'more', in: 'path' } as const],
  });

  test.each([
    ['/files/{id}', { id: 'a/b.txt' }, '/v1/files/a/b.txt'],
    ['/v1/{id}/versions', { id: 'projects/p1' }, '/v1/v1/projects/p1/versions'],
    ['/{more}/{id}', { more: 'x/y', id: 'x/y' }, '/v1/x%2Fy/x/y'],
    ['/{id}:undelete', { id: 'projects/p1' }, '/v1/projects/p1:undelete'],
    ['/files/{id}', { id: '/a/...' }, '/v1/files/a/...'],
  ])('%s %j', (path, args, sent) => {
    expect(build(shape(path), args).path).toBe(sent);
  });

  test.each([
    'a/../b',
    '../b',
    'a/..',
    'a/./b',
    '.',
    'a/%2e%2e/b',
    'a/%252e%252e%252fb',
    'a/..;x/b',
    'a\\..\\b',
    'a/..%2fb',
    '/',
    '',
  ])('%j is refused', (value) => {
    expect(() => build(shape('/files/{id}'), { id: value })).toThrow(ArgumentError);
  });
});

describe('dots in a path value', () => {
  test.each([
    '..',
    '../admin',
    'a/..',
    'a/../b',
    '..\\admin',
    'a\\..',
    '..;/admin',
    '..;a=b/admin',
    '.;x',
    '..?x',
    '..#x',
    '.?x',
    '.#',
    '..%3fx',
    '%2e%23',
    '%2e%2e/x',
    '..%2fx',
    '.%2E%5cx',
    '%252e%252e%252fx',
    '%25252e%25252e',
    'a/%2e%2E;b/c',
    '..%00',
    '..%00.png',
    '..%20',
    '.. ',
    '．．',
    '‥／admin',
  ])('%j is refused', (value) => {
    expect(() => build({ path: '/pets/{id}', parameters: [id] }, { id: value })).toThrow(
      ArgumentError,
    );
  });

  test.each([
    ['dots', `a${'.'.repeat(65_536)}`],
    ['escapes', '%2e'.repeat(30_000)],
    ['characters that are encoded', ' é'.repeat(20_000)],
  ])('more %s than any server reads are refused', (_, value) => {
    expect(() => build({ path: '/pets/{id}', parameters: [id] }, { id: value })).toThrow(
      /must not be empty, too long,/,
    );
  });

  test.each(['a..b', '...', '.a', 'v1.0', 'main...feature', '..a', 'why..?', 'v1.?'])(
    '%j is an ordinary value',
    (value) => {
      const { path } = build({ path: '/pets/{id}', parameters: [id] }, { id: value });
      expect(path).toBe(`/v1/pets/${encodeURIComponent(value)}`);
    },
  );
});

describe('a free-form object in the query', () => {
  const filter: Parameter = { name: 'filter', in: 'query' };
  const deep: Parameter = { name: 'deep', in: 'query', style: 'deepObject' };
  const shape = {
    path: '/?Action=List',
    parameters: [
      filter,
      deep,
      { name: 'limit', in: 'query' } as const,
      { name: 'page_size', in: 'query' } as const,
    ],
  };

  test.each([
    { Action: 'Delete' },
    { action: 'Delete' },
    { 'Action[]': 'Delete' },
    { 'Action[0]': 'Delete' },
    { '%41ction': 'Delete' },
    { ' Action': 'Delete' },
    { 'Action\0': 'Delete' },
    { 'page.size': 100_000 },
    { 'page size': 100_000 },
    { 'page[size': 100_000 },
    { limit: 100_000 },
    { LIMIT: 100_000 },
    { deep: 'x' },
    { 'deep[a]': 'x' },
    { a: 1, Action: ['Delete', 'Drop'] },
  ] as JsonObject[])('cannot repeat a fixed pair or another parameter: %j', (value) => {
    expect(() => build(shape, { filter: value })).toThrow(/"filter" must not have a member/);
  });

  test('can have every other member', () => {
    const value = { color: 'red', Actions: 'x', filter: 'y', 'page[size]': 1 };
    expect(build(shape, { filter: value, limit: 5, deep: { limit: 1 } }).path).toBe(
      '/v1/?Action=List&color=red&Actions=x&filter=y&page%5Bsize%5D=1&deep%5Blimit%5D=1&limit=5',
    );
  });

  test('cannot do it as the whole query either', () => {
    const content = 'application/x-www-form-urlencoded';
    const parameters: Parameter[] = [{ name: 'q', in: 'querystring', content }];
    const whole = { path: '/?Action=List', parameters };
    expect(() => build(whole, { q: { action: 'Delete' } })).toThrow(ArgumentError);
    expect(build(whole, { q: { a: 1 } }).path).toBe('/v1/?Action=List&a=1');
  });
});
