import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.js';
import { loadDocument } from './helpers.js';

const ok = { responses: { 200: { description: 'OK' } } };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const item = (operationId: string) => ({ get: { operationId, parameters: [id], ...ok } });
const plain = (operationId: string) => ({ get: { operationId, ...ok } });

/** The server, if it is not that of the document, and path of each tool. */
async function requestsOf(paths: object, rest: object): Promise<Record<string, string>> {
  const info = { title: 'Pets', version: '1' };
  const { api } = plan(await loadDocument({ info, paths, ...rest }), {});
  return Object.fromEntries(
    api.tools.map(({ name, request: { server = '', path } }) => [name, `${server} ${path}`]),
  );
}

test('a path that is a URL of one of the servers is the rest of it', async () => {
  const servers = [{ url: 'https://api.example.com/v1/' }, { url: 'http://localhost' }];
  const paths = {
    'https://api.example.com/v1/pets/{id}': item('pets'),
    'http://localhost/dogs/{id}': item('dogs'),
    'https://api.example.com/v1': plain('all'),
  };
  expect(await requestsOf(paths, { openapi: '3.1.0', servers })).toEqual({
    all: ' /',
    dogs: ' /dogs/{id}',
    pets: ' /pets/{id}',
  });
});

test('any other URL is a separate server', async () => {
  const servers = [{ url: 'https://api.example.com' }];
  const paths = {
    'https://files.example.com/v2/files/{id}': item('files'),
    'https://api.example.community/pets': plain('other'),
    'HTTPS://up.example.com/': plain('up'),
  };
  expect(await requestsOf(paths, { openapi: '3.1.0', servers })).toEqual({
    files: 'https://files.example.com /v2/files/{id}',
    other: 'https://api.example.community /pets',
    up: 'https://up.example.com /',
  });
});

test('in 2.0 the server has parts', async () => {
  const rest = { swagger: '2.0', host: 'api.example.com', basePath: '/v1', schemes: ['https'] };
  const paths = { 'https://api.example.com/v1/pets': plain('pets') };
  expect(await requestsOf(paths, rest)).toEqual({ pets: ' /pets' });
});

test('a path that exists already is not replaced', async () => {
  const servers = [{ url: 'https://api.example.com' }];
  const paths = { '/pets': plain('pets'), 'https://api.example.com/pets': plain('again') };
  const requests = await requestsOf(paths, { openapi: '3.1.0', servers });
  expect(requests['pets']).toBe(' /pets');
});
