import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.js';
import { document3, loadDocument } from './helpers.js';

/** The base URL of a document with these servers, and the server of its operation. */
async function serversOf(servers: unknown, operation: object = {}) {
  const document = document3({ '/a': { get: operation } }, { servers });
  const { api } = plan(await loadDocument(document), {});
  return [api.baseUrl, api.tools[0]?.request.server];
}

test.each<[string, unknown]>([
  ['a list of URLs', ['https://api.example.com/v1', { url: 'https://b.example.com' }]],
  ['one URL', 'https://api.example.com/v1'],
  [
    'one server',
    { url: 'https://api.example.com/{version}', variables: { version: { enum: ['v1'] } } },
  ],
])('servers may be %s', async (_, servers) => {
  expect((await serversOf(servers))[0]?.replace('{version}', 'v1')).toBe(
    'https://api.example.com/v1',
  );
});

test('those of an operation too', async () => {
  const one = 'https://a.example.com';
  expect(await serversOf([{ url: 'https://api.example.com' }], { servers: [one] })).toEqual([
    'https://api.example.com',
    one,
  ]);
});

test.each([[null], [[]], [undefined]])('%j is not a server', async (servers) => {
  expect(await serversOf(servers)).toEqual([undefined, undefined]);
});

test.each<[unknown, string]>([
  [3, '#/servers'],
  [[true, { url: 'https://api.example.com' }], '#/servers/0'],
])('%j is reported', async (servers, place) => {
  const { warnings } = await loadDocument(document3({ '/a': { get: {} } }, { servers }));
  expect(warnings).toMatchObject([{ code: 'INVALID_VALUE', place }]);
});
