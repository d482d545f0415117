import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inputOf, listFixtures, root } from '../support/fixtures.js';
import { folder } from './helpers.js';
import { compareWithSwaggerParser } from './oracle.js';

/** The documents that swagger-parser does not read, and its error messages. */
const unreadable: Readonly<Record<string, RegExp>> = {
  // Dangling references are warnings here.
  broken: /Missing \$ref pointer/,
  'error-all-broken': /Missing \$ref pointer/,
  'error-strict': /Missing \$ref pointer/,
  'error-broken-yaml': /Error parsing/,
  'error-missing-file': /Error opening file/,
  'error-not-openapi': /not a valid Openapi API definition/,
  'openapi-3.2': /Unsupported OpenAPI version: 3\.2/,
};

/** Intended differences. */
const known: Readonly<Record<string, readonly RegExp[]>> = {
  // The key `__proto__` is removed from documents, with a warning.
  hostile: [/properties\/__proto__: undefined here/, /schema: null here, <ref \*1> \{/],
};

it.each(listFixtures().map((fixture) => [fixture.name, fixture] as const))(
  'the operations of %s are those that swagger-parser resolves',
  async (name, fixture) => {
    const compared = compareWithSwaggerParser(join(root, inputOf(fixture)));
    const refusal = unreadable[name];
    if (refusal !== undefined) return expect(compared).rejects.toThrow(refusal);
    const expected = (known[name] ?? []).map((words) => expect.stringMatching(words) as string);
    expect((await compared).differences).toEqual(expected);
  },
);

const operation = (schema: object) => ({
  responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
});

it('references between files that refer back lead to the same schemas', async () => {
  const at = await folder({
    'openapi.json': {
      openapi: '3.0.3',
      info: { title: 'Shop', version: '1' },
      paths: {
        '/orders': { $ref: 'paths/orders.json#/orders' },
        '/items': { get: operation({ $ref: '#/components/schemas/Item' }) },
      },
      components: { schemas: { Item: { $ref: 'schemas/item.json' } } },
    },
    'paths/orders.json': {
      orders: {
        parameters: [{ $ref: '../parameters.json#/limit' }],
        get: operation({ type: 'array', items: { $ref: '../schemas/order.json' } }),
      },
    },
    'parameters.json': { limit: { name: 'limit', in: 'query', schema: { type: 'integer' } } },
    'schemas/order.json': {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: 'item.json' } } },
    },
    'schemas/item.json': {
      type: 'object',
      properties: { order: { $ref: 'order.json' }, parent: { $ref: '#' } },
    },
  });
  const compared = await compareWithSwaggerParser(join(at, 'openapi.json'));
  expect(compared).toEqual({ operations: 2, differences: [] });
});
