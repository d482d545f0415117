import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.js';
import { document2, document3, loadDocument } from './helpers.js';

const ok = { responses: { 200: { description: 'OK' } } };

/** The only request of a document with these parameters, and all warnings. */
async function requestOf(wrap: (paths: object) => object, parameters: object[], rest: object = {}) {
  const servers = [{ url: 'https://api.example.com' }];
  const operation = { operationId: 'op', parameters, ...rest, ...ok };
  const base = { host: 'api.example.com', servers };
  const document = await loadDocument({ ...wrap({ '/a/{id}': { post: operation } }), ...base });
  const { api, warnings } = plan(document, {});
  return { request: api.tools[0]?.request, warnings: [...document.warnings, ...warnings] };
}

test('the place and style of a parameter may be in any case', async () => {
  const schema = { type: 'string' };
  const { request, warnings } = await requestOf(document3, [
    { name: 'id', in: 'Path', required: true, schema },
    { name: 'q', in: 'QUERY', schema },
    { name: 'X-A', in: 'Header', schema },
    { name: 'c', in: 'cookie ', schema },
    { name: 'd', in: 'query', style: 'DeepObject', schema: { type: 'object' } },
  ]);
  expect(warnings).toEqual([]);
  const parameters = request?.parameters ?? [];
  expect(Object.fromEntries(parameters.map((one) => [one.name, [one.in, one.style]]))).toEqual({
    id: ['path', undefined],
    q: ['query', undefined],
    'X-A': ['header', undefined],
    c: ['cookie', undefined],
    d: ['query', 'deepObject'],
  });
});

test('a query string without a media type is a query', async () => {
  const schema = { type: 'string' };
  const content = { 'application/x-www-form-urlencoded': { schema } };
  const id = { name: 'id', in: 'path', required: true, schema };
  const { request, warnings } = await requestOf(document3, [
    id,
    { name: 'q', in: 'querystring', schema },
  ]);
  expect([request?.parameters?.[1], warnings]).toEqual([{ name: 'q', in: 'query' }, []]);
  const whole = await requestOf(document3, [id, { name: 'q', in: 'QueryString', content }]);
  expect(whole.request?.parameters?.[1]?.in).toBe('querystring');
});

test('those of 2.0 too: body, form, collection format and type', async () => {
  const id = { name: 'id', in: 'PATH', required: true, type: 'string' };
  const list = { name: 'l', in: 'Query', type: 'array', items: { type: 'string' } };
  const inBody = await requestOf(document2, [
    id,
    { ...list, collectionFormat: 'Multi' },
    { name: 'b', in: 'Body', schema: { type: 'object' } },
  ]);
  expect(inBody.warnings).toEqual([]);
  expect(inBody.request?.body?.mediaType).toBe('application/json');
  expect(inBody.request?.parameters?.map(({ name }) => name)).toContain('l');

  const inForm = await requestOf(document2, [
    id,
    { name: 'file', in: 'formdata', type: 'File' },
    { name: 'name', in: 'FormData', type: 'string' },
  ]);
  expect(inForm.warnings).toEqual([]);
  expect(inForm.request?.body?.mediaType).toBe('multipart/form-data');
});

test('other words stay as they are, with a warning', async () => {
  const { warnings } = await requestOf(document3, [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'q', in: 'Url', schema: { type: 'string' } },
  ]);
  expect(warnings.map(({ code }) => code)).toEqual(['PARAMETER_LEFT_OUT']);
});
