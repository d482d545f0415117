import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { templateNames } from '../../src/plan/operations/path-template.js';
import { planOperation } from './helpers.js';

describe('a required parameter that allows only one value', () => {
  it.each<[string, JsonObject, Json]>([
    [
      'its default',
      { type: 'string', default: '2024-01-01', enum: ['2023-01-01', '2024-01-01'] },
      '2024-01-01',
    ],
    ['a default that counts as false', { type: 'boolean', default: false }, false],
    ['a constant', { const: 7 }, 7],
    ['an enumeration of one', { type: 'string', enum: ['List'] }, 'List'],
    ['the same behind a reference', { $ref: '#/components/schemas/Version' }, 'v1'],
  ])('is not an argument: %s', (_, schema, value) => {
    const rest = { components: { schemas: { Version: { type: 'string', enum: ['v1'] } } } };
    const parameters = [{ name: 'v', in: 'query', required: true, schema }];
    const { tool } = planOperation({ parameters }, { rest });
    expect(tool?.request.parameters).toEqual([{ name: 'v', in: 'query', default: value }]);
    expect(tool?.inputSchema).not.toHaveProperty('required');
    expect(tool?.inputSchema).toHaveProperty('properties.v');
  });

  it('is left to the API if it is optional', () => {
    const parameters = [{ name: 'v', in: 'query', schema: { type: 'string', default: 'x' } }];
    expect(planOperation({ parameters }).tool?.request.parameters).toEqual([
      { name: 'v', in: 'query' },
    ]);
  });
});

it.each<[string, string, JsonObject, Json | undefined]>([
  ['header', 'Notion-Version', { type: 'string', default: '2025-09-03' }, '2025-09-03'],
  ['header', 'x-api-version', { type: 'integer', default: 1 }, 1],
  ['header', 'X-Restli-Protocol-Version', { type: 'string', enum: ['2.0.0'] }, '2.0.0'],
  ['header', 'API-Version', { type: 'string', example: '1' }, undefined],
  ['header', 'API-Version', { type: 'string', default: '' }, undefined],
  ['header', 'Accept-Language', { type: 'string', default: 'en' }, undefined],
  ['query', 'api-version', { type: 'string', default: '2024-01-01' }, '2024-01-01'],
  ['query', 'apiVersion', { type: 'string', default: 'v2' }, 'v2'],
  ['header', 'X-Expected-Version', { type: 'integer', default: 1 }, undefined],
  ['header', 'If-Version', { type: 'integer', default: 1 }, undefined],
  ['query', 'version', { type: 'string', default: 'latest' }, undefined],
])('an optional %s %s of %j is sent as %j', (where, name, schema, value) => {
  const { tool } = planOperation({ parameters: [{ name, in: where, schema }] });
  const expected = { name, in: where, ...(value !== undefined && { default: value }) };
  expect(tool?.request.parameters).toEqual([expected]);
  expect(tool?.inputSchema).toHaveProperty(`properties.${name}`);
});

it('a reference has a description of its own', () => {
  const [Q, B] = [
    { name: 'q', in: 'query', description: 'Any text.', schema: { type: 'string' } },
    { description: 'Anything.', content: { 'application/json': { schema: {} } } },
  ];
  const components = { parameters: { Q, R: { ...Q, name: 'r' } }, requestBodies: { B } };
  const { tool } = planOperation(
    {
      parameters: [
        { $ref: '#/components/parameters/Q', description: 'The name of a pet.' },
        { $ref: '#/components/parameters/R' },
      ],
      requestBody: { $ref: '#/components/requestBodies/B', description: 'The pet.' },
    },
    { rest: { components } },
  );
  expect(tool?.inputSchema['properties']).toMatchObject({
    q: { description: 'The name of a pet.' },
    r: { description: 'Any text.' },
    body: { description: 'The pet.' },
  });
});

it('has the example that documents in 2.0 give it', () => {
  const parameters = [{ name: 'q', in: 'query', schema: { type: 'string' }, 'x-example': 'Rex' }];
  const { tool } = planOperation({ parameters });
  expect(tool?.inputSchema).toHaveProperty('properties.q.examples', ['Rex']);
});

it('only a caller that sends bytes says how they are encoded', () => {
  const gzip = { type: 'string', enum: ['gzip'] };
  const planned = (type: string) => {
    const content = { [type]: { schema: {} } };
    const parameters: JsonObject[] = [
      { name: 'Content-Encoding', in: 'header', required: true, schema: gzip },
      { name: 'X-Other', in: 'header', schema: {} },
    ];
    const { tool, warnings } = planOperation({ parameters, requestBody: { content } });
    return [tool?.request.parameters?.map(({ name }) => name), warnings];
  };
  const skipped = [['X-Other'], ['PARAMETER_LEFT_OUT #/paths/~1x/post']];
  expect(planned('application/json')).toEqual(skipped);
  expect(planned('text/plain')).toEqual(skipped);
  expect(planned('application/octet-stream')).toEqual([['Content-Encoding', 'X-Other'], []]);
});

describe('the additions of OpenAPI 3.2', () => {
  it('include a whole query as one parameter', () => {
    const content = { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } };
    const parameters = [{ name: 'filter', in: 'querystring', content }];
    expect(planOperation({ parameters }).tool?.request.parameters).toEqual([
      { name: 'filter', in: 'querystring', content: 'application/x-www-form-urlencoded' },
    ]);
  });

  it.each<[JsonObject, JsonObject]>([
    [{}, { style: 'cookie' }],
    [{ explode: true }, { style: 'cookie' }],
    [{ explode: false }, { style: 'cookie', explode: false }],
  ])('include cookies that are not escaped, %j', (explode, expected) => {
    const parameters = [{ name: 'c', in: 'cookie', style: 'cookie', ...explode, schema: {} }];
    expect(planOperation({ parameters }).tool?.request.parameters).toEqual([
      { name: 'c', in: 'cookie', ...expected },
    ]);
  });
});

describe('path templates', () => {
  it('contain each of their names once', () => {
    expect(templateNames('/{a}/{b:[0-9]{2}}/{a}?c={c}')).toEqual(['a', 'b:[0-9]{2}', 'c']);
  });

  it('distinguish declared parameters from undeclared ones', () => {
    const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }];
    const { tool, warnings } = planOperation({ parameters }, { path: '/a/{id:[0-9]+}/{b*}' });
    expect(tool?.request.path).toBe('/a/{id}/{b}');
    expect(tool?.inputSchema['required']).toEqual(['id', 'b']);
    expect(warnings).toEqual(['UNDECLARED_PATH_PARAMETER #/paths/~1a~1{id:[0-9]+}~1{b*}/post']);
  });

  it('may declare a parameter twice; the operation’s counts, or the last of two', () => {
    const id = (schema: JsonObject) => ({ name: 'id', in: 'path', required: true, schema });
    const { tool, warnings } = planOperation(
      { parameters: [id({ type: 'string' }), id({ type: 'integer' })] },
      { path: '/a/{id}/b/{id}' },
    );
    expect(tool?.inputSchema['properties']).toEqual({ id: { type: 'integer' } });
    expect(warnings).toEqual([]);
  });
});
