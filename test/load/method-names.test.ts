import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/json.js';
import { at, loadDocument, loadFiles } from './helpers.js';
import { plan } from '../../src/plan/plan.js';

const ok = { responses: { 200: { description: 'OK' } } };

/** The tools of a document with one path, and its warnings. */
async function planOf(pathItem: object, version: object = { openapi: '3.1.0' }) {
  const document = await loadDocument({
    ...version,
    info: { title: 'Pets', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/pets': pathItem },
  });
  const { api, warnings } = plan(document, {});
  return {
    tools: api.tools.map(({ name, request }) => `${name} ${request.method}`),
    inputs: api.tools.map(({ inputSchema }) => Object.keys(inputSchema.properties ?? {})),
    warnings: [...document.warnings, ...warnings],
  };
}

test.each([['GET'], ['Get']])('a method may be written as %s', async (method) => {
  const { tools, warnings } = await planOf({
    parameters: [],
    [method]: { operationId: 'list', ...ok },
    post: ok,
  });
  expect(tools).toEqual(['list GET', 'post_pets POST']);
  expect(warnings).toEqual([]);
});

test.each([
  ['another file', { $ref: 'path.json' }],
  ['a part of another file', { $ref: 'paths.json#/pets' }],
  ['components', { $ref: '#/components/pathItems/Pets' }],
])('it is also read in %s, with what it refers to', async (_, pathItem) => {
  const send = {
    requestBody: { content: { 'application/json': { schema: { $ref: 'pet.json' } } } },
    ...ok,
  };
  const document = await loadFiles({
    'openapi.json': {
      openapi: '3.1.0',
      info: { title: 'Pets', version: '1' },
      servers: [{ url: 'https://api.example.com' }],
      paths: { '/pets': pathItem },
      components: { pathItems: { Pets: { Post: send } } },
    },
    'path.json': { POST: send },
    'paths.json': { pets: { POST: send } },
    'pet.json': { type: 'object', properties: { name: { type: 'string' } } },
  });
  const { api, warnings } = plan(document, {});
  expect([...document.warnings, ...warnings]).toEqual([]);
  expect(api.tools.map(({ request }) => request.method)).toEqual(['POST']);
  expect(JSON.stringify(api.tools[0]?.inputSchema)).toContain('"name":{"type":"string"}');
});

test('its parts are upgraded like those of other operations', async () => {
  const body = { name: 'pet', in: 'body', schema: { type: 'object' } };
  const { tools, inputs } = await planOf(
    { POST: { parameters: [body], ...ok } },
    { swagger: '2.0' },
  );
  expect(tools).toEqual(['post_pets POST']);
  expect(inputs).toEqual([['body']]);
});

test('the method as OpenAPI writes it takes precedence, and the other is reported', async () => {
  const { tools, warnings } = await planOf({ GET: ok, get: { operationId: 'own', ...ok } });
  expect(tools).toEqual(['own GET']);
  expect(warnings).toMatchObject([{ code: 'UNSUPPORTED_METHOD', place: '#/paths/~1pets/GET' }]);
});

test.each([['PURGE'], ['link'], ['gte']])('%s is reported, not lost', async (method) => {
  const { tools, warnings } = await planOf({ get: ok, [method]: { operationId: 'other', ...ok } });
  expect(tools).toEqual(['get_pets GET']);
  expect(warnings).toEqual([
    {
      code: 'UNSUPPORTED_METHOD',
      place: `#/paths/~1pets/${method}`,
      message: `Skipped: ${method} is not a method of a path in OpenAPI.`,
      remedy: 'Correct it, or move the operation to additionalOperations, with --overlay.',
    },
  ]);
});

test('other members of a path are not operations', async () => {
  const { warnings } = await planOf({ get: ok, 'x-old': ok, foo: { a: 1 }, summary: 'Pets' });
  expect(warnings).toEqual([]);
});

test('a reference through a method in upper case is followed', async () => {
  const schema = { $ref: '#/paths/~1pets/POST/requestBody/content/application~1json/schema' };
  const requestBody = (one: object) => ({ content: { 'application/json': { schema: one } } });
  const document = await loadDocument({
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: {
      '/owners': { POST: { requestBody: requestBody(schema), ...ok } },
      '/pets': { POST: { requestBody: requestBody({ type: 'integer' }), ...ok } },
    },
  });
  expect(document.warnings).toEqual([]);
  const { tools } = plan(document, {}).api;
  const bodies = tools.map(({ inputSchema }) =>
    at(inputSchema as JsonObject, 'properties', 'body'),
  );
  expect(bodies).toEqual([{ type: 'integer' }, { type: 'integer' }]);
});
