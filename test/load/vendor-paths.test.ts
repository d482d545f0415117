import { expect, test } from 'vitest';
import { loadDocument } from './helpers.js';
import { plan } from '../../src/plan/plan.js';

const ok = { responses: { 200: { description: 'OK' } } };
const inPath = (name: string) => ({ name, in: 'path', required: true, type: 'string' });
const inQuery = (name: string, value: string) => ({
  ...inPath(name),
  in: 'query',
  enum: [value],
});

/** The requests of a 2.0 document with such paths, and the warnings. */
async function planOf(vendorPaths: object, paths: object = {}, rest: object = {}) {
  const document = await loadDocument({
    swagger: '2.0',
    info: { title: 'Blobs', version: '1' },
    host: 'blobs.example.com',
    paths,
    'x-ms-paths': vendorPaths,
    ...rest,
  });
  const { api, warnings } = plan(document, {});
  return {
    requests: Object.fromEntries(api.tools.map(({ name, request }) => [name, request])),
    schemas: Object.fromEntries(api.tools.map(({ name, inputSchema }) => [name, inputSchema])),
    warnings: [...document.warnings, ...warnings],
  };
}

test('the paths of a document without others become tools', async () => {
  const { requests, warnings } = await planOf({
    '/?comp=list': { get: { operationId: 'List', ...ok } },
    '/{blob}?comp=lease&acquire': {
      parameters: [inPath('blob')],
      put: { operationId: 'Acquire', parameters: [inQuery('comp', 'lease')], ...ok },
    },
  });
  expect(warnings).toEqual([]);
  expect(requests['list']).toMatchObject({ method: 'GET', path: '/?comp=list' });
  expect(requests['acquire']).toMatchObject({
    path: '/{blob}?comp=lease&acquire',
    parameters: [
      { name: 'blob', in: 'path' },
      { name: 'comp', in: 'query', default: 'lease' },
    ],
  });
});

test('they are upgraded, and refer to shared parts of the document', async () => {
  const body = { name: 'body', in: 'body', schema: { $ref: '#/definitions/Properties' } };
  const definitions = { Properties: { type: 'object', properties: { name: { type: 'string' } } } };
  const { schemas, requests } = await planOf(
    {
      '/a?x=1': {
        put: { operationId: 'put', parameters: [body, { $ref: '#/parameters/V' }], ...ok },
      },
    },
    { '/a': { get: { operationId: 'get', ...ok } } },
    { definitions, parameters: { V: { ...inPath('v'), in: 'header' } } },
  );
  expect(Object.keys(requests)).toEqual(['get', 'put']);
  expect(schemas['put']).toMatchObject({
    properties: { v: { type: 'string' }, body: { properties: { name: { type: 'string' } } } },
  });
});

test('duplicate paths are counted', async () => {
  const { requests, warnings } = await planOf(
    { '/a': { put: { operationId: 'other', ...ok } } },
    { '/a': { get: { operationId: 'get', ...ok } } },
  );
  expect(Object.keys(requests)).toEqual(['get']);
  expect(warnings.map(({ code }) => code)).toEqual(['VENDOR_OPERATIONS']);
});
