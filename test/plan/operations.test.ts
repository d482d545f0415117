import { describe, expect, it } from 'vitest';
import { planOperation, planPaths } from './helpers.js';

it('are not among the extensions of paths', () => {
  const { api, warnings } = planPaths({
    'x-shared': { get: { operationId: 'hidden' } },
    '/things': { get: { operationId: 'list' } },
  });
  expect(api.tools.map(({ name }) => name)).toEqual(['list']);
  expect(warnings).toEqual([]);
});

describe('methods', () => {
  it('are those of the path item and any others that it adds (3.2)', () => {
    const { api, warnings } = planPaths({
      '/things': {
        query: { operationId: 'search', requestBody: { content: { 'application/json': {} } } },
        additionalOperations: {
          LINK: { operationId: 'link' },
          'no token': { operationId: 'broken' },
          connect: { operationId: 'connect' },
          COPY: 'nothing',
        },
        trace: { operationId: 'traced' },
      },
    });
    expect(api.tools.map(({ name, request }) => [name, request.method])).toEqual([
      ['link', 'LINK'],
      ['search', 'QUERY'],
    ]);
    expect(api.tools.map(({ annotations }) => annotations)).toEqual([
      { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    ]);
    expect(warnings.map(({ place, message }) => [place, message])).toEqual([
      ['#/paths/~1things/trace', 'Skipped: TRACE requests cannot be sent.'],
      ['#/paths/~1things/additionalOperations/no token', 'Skipped: that is not an HTTP method.'],
      [
        '#/paths/~1things/additionalOperations/connect',
        'Skipped: connect requests cannot be sent.',
      ],
      ['#/paths/~1things/additionalOperations/COPY', 'Skipped: it is not an object.'],
    ]);
  });

  it('that only read need the scope for reading', () => {
    const paths = {
      '/a': { query: { operationId: 'a' } },
      '/b': { additionalOperations: { LINK: { operationId: 'b' } } },
      '/c': { options: { operationId: 'c' } },
    };
    const { api } = planPaths(paths, {}, { scopes: 'method' });
    expect(api.scopes).toEqual({
      a: [['tools:read']],
      b: [['tools:execute']],
      c: [['tools:read']],
    });
  });
});

it('a path item adds its own operations to those it refers to', () => {
  const { api } = planPaths(
    {
      '/a': {
        $ref: '#/components/pathItems/Shared',
        put: { operationId: 'own' },
        get: { operationId: 'mine' },
      },
    },
    {
      components: {
        pathItems: { Shared: { get: { operationId: 'theirs' }, post: { operationId: 'shared' } } },
      },
    },
  );
  expect(api.tools.map(({ name }) => name)).toEqual(['mine', 'own', 'shared']);
});

it('a path item adds its own parameters to those it refers to', () => {
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
  const page = (type: string) => ({ name: 'page', in: 'query', schema: { type } });
  const { api, warnings } = planPaths(
    { '/a/{id}': { $ref: '#/components/pathItems/Shared', parameters: [page('integer')] } },
    { components: { pathItems: { Shared: { parameters: [id, page('string')], get: {} } } } },
  );
  expect(api.tools[0]?.inputSchema.properties).toEqual({
    id: { type: 'integer' },
    page: { type: 'integer' },
  });
  expect(warnings).toEqual([]);
});

it('a header of an operation replaces that of its path, in any case', () => {
  const { api } = planPaths({
    '/a': {
      parameters: [
        { name: 'X-Tenant', in: 'header', schema: {} },
        { name: 'Q', in: 'query', schema: {} },
      ],
      get: {
        parameters: [
          { name: 'x-tenant', in: 'header', schema: { type: 'integer' } },
          { name: 'q', in: 'query', schema: {} },
        ],
      },
    },
  });
  expect(Object.keys(api.tools[0]?.inputSchema.properties ?? {})).toEqual(['x-tenant', 'Q', 'q']);
});

it('the description of a path describes its operations that have none', () => {
  const { api } = planPaths({
    '/a': {
      summary: 'Letters',
      description: 'Letters are sent by post.',
      get: { operationId: 'a' },
      post: { operationId: 'b', summary: 'Send one' },
      put: { operationId: 'c', description: '' },
    },
    '/d': { description: 'Stamps', get: { operationId: 'd' } },
  });
  expect(api.tools.map(({ title, description }) => [title, description])).toEqual([
    ['A', 'Letters are sent by post.'],
    ['Send one', 'Send one'],
    ['C', 'Letters are sent by post.'],
    ['D', 'Stamps'],
  ]);
});

it.each([
  [{ summary: 'Send one', description: 'Send one' }, 'Send one'],
  [{ summary: 'Send one', description: 'Send one, or two.' }, 'Send one, or two.'],
  [{ summary: 'Send one', description: 'By post.' }, 'Send one\n\nBy post.'],
])('a summary that the description begins with is there once: %j', (texts, description) => {
  expect(planOperation(texts).tool?.description).toBe(description);
});

it('declared response headers are read by models, but for those of browsers and proxies', () => {
  const headersOf = (...names: string[]) => ({
    headers: Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }])),
  });
  const { tool } = planOperation({
    responses: {
      200: headersOf('ETag', 'Content-Type', 'access-control-allow-origin', 'X-Frame-Options'),
      201: headersOf('Via', 'X-Powered-By', 'X-Server', 'Strict-Transport-Security', 'Location'),
      400: headersOf('etag', 'Content-Security-Policy-Report-Only', 'Vary', 'Content-Language'),
    },
  });
  expect(tool?.request.responseHeaders).toEqual([
    'etag',
    'X-Server',
    'Location',
    'Content-Language',
  ]);
});

it('deprecated operations are kept and marked, and dropped by their pattern', () => {
  const paths = {
    '/a': {
      get: { operationId: 'old', summary: 'Old', deprecated: true },
      put: { operationId: 'new' },
    },
  };
  const { api } = planPaths(paths);
  expect(api.tools.map(({ description }) => description)).toEqual(['PUT /a', 'Deprecated. Old']);
  const names = (options: object) =>
    planPaths(paths, {}, options).api.tools.map(({ name }) => name);
  expect(names({ exclude: ['deprecated'] })).toEqual(['new']);
  expect(names({ include: ['deprecated'] })).toEqual(['old']);
});

it('a path without its first slash is found by the patterns of paths', () => {
  const paths = { 'admin/purge': { delete: {} }, '{{baseUrl}}/things': { get: {} } };
  const { api } = planPaths(paths, {}, { exclude: ['DELETE /**'] });
  expect(api.tools.map(({ request }) => request.path)).toEqual(['/things']);
  expect(planPaths(paths).api.tools[0]?.request.path).toBe('/admin/purge');
});

it('truncation is reported, in the tool and beside it', () => {
  const wide = (value: object): object => ({
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`property${i}`, value])),
  });
  const schema = wide(wide(wide({ type: 'string' })));
  const requestBody = { content: { 'application/json': { schema } } } as never;
  const { tool, warnings } = planOperation({ requestBody });
  expect(warnings).toEqual(['SCHEMA_CUT #/paths/~1x/post']);
  expect(tool?.inputSchema['properties']).toHaveProperty(
    'body.description',
    'Below the first level, only small parts are described here, because the full schema would be too long; the others are not checked.',
  );
});

describe('--read-only', () => {
  const hinted = (operationId: string, readOnlyHint: boolean) => ({
    operationId,
    'x-mcp': { annotations: { readOnlyHint } },
  });
  const paths = {
    '/things': {
      get: { operationId: 'list' },
      head: { operationId: 'look' },
      query: { operationId: 'find' },
      post: { operationId: 'add' },
      put: { operationId: 'replace' },
      additionalOperations: { LINK: { operationId: 'link' } },
    },
    '/things/search': { post: hinted('search', true) },
    '/things/reset': { get: hinted('reset', false) },
  };
  const names = (from: Parameters<typeof planPaths>[0], more = {}) =>
    planPaths(from, {}, { readOnly: true, ...more }).api.tools.map(({ name }) => name);

  it('keeps only operations that read: by method, unless x-mcp.annotations corrects it', () => {
    expect(names(paths)).toEqual(['find', 'list', 'look', 'search']);
    expect(names(paths, { readOnly: false })).toHaveLength(8);
  });

  it('can be combined with patterns', () => {
    expect(names(paths, { include: ['* /things'], exclude: ['look'] })).toEqual(['find', 'list']);
  });

  it('uses the nearest x-mcp', () => {
    const { post } = paths['/things/search'];
    const root = { 'x-mcp': { annotations: { readOnlyHint: true } } };
    const near = { '/a': { get: { operationId: 'a' }, delete: hinted('b', false), post } };
    const { api } = planPaths(near, root, { readOnly: true });
    expect(api.tools.map(({ name }) => name)).toEqual(['a', 'search']);
  });

  it('is named if nothing is left', () => {
    expect(() => names({ '/a': { post: {} } })).toThrow(
      'No operation is left after --include, --exclude and --read-only.',
    );
  });
});
