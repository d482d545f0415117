import { runInContext, createContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Operation } from '../../src/plan/operations/operations.js';
import type { Json, JsonObject } from '../../src/json.js';
import { answerOf } from '../../src/commands/dev/mock/answer.js';
import { propertiesOf, fileUse } from '../../src/plan/input/properties.js';
import { hasClosed } from '../../src/plan/schema/closed.js';
import { createInheritance } from '../../src/plan/schema/inheritance.js';
import { readOnlyNames } from '../../src/plan/schema/read-only.js';
import { createReferenceGraph } from '../../src/plan/schema/references.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { secondsOf } from '../load/helpers.js';
import { planPaths } from './helpers.js';

const ref = (index: number) => ({ $ref: `#/components/schemas/S${index}` });
const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
const schemasOf = (count: number, schemaOf: (index: number) => Json): JsonObject =>
  Object.fromEntries(range(0, count).map((index) => [`S${index}`, schemaOf(index)]));

/** Schemas with more paths between them than can be followed. */
const shapes: Readonly<Record<string, JsonObject>> = {
  'an object that contains itself sixty times': schemasOf(1, () => ({
    type: 'object',
    properties: Object.fromEntries(range(0, 60).map((index) => [`p${index}`, ref(0)])),
  })),
  'sixty objects that each contain all of them': schemasOf(60, (own) => ({
    type: 'object',
    properties: Object.fromEntries(
      range(0, 60).map((index) => [`p${index}`, ref((own + index + 1) % 60)]),
    ),
  })),
  'a list of itself': schemasOf(1, () => ({ type: 'array', items: ref(0) })),
  'schemas that each inherit from all later ones': schemasOf(26, (own) => ({
    allOf: [...range(own + 1, 26).map(ref), { properties: { [`p${own}`]: { type: 'string' } } }],
  })),
  'closed schemas that each inherit from the next two': schemasOf(42, (own) => ({
    type: 'object',
    additionalProperties: false,
    properties: { [`p${own}`]: { type: 'string' } },
    ...(own < 40 && { allOf: [ref(own + 1), ref(own + 2)] }),
  })),
};

/** Milliseconds: what follows every path needs years, and a machine may stand still meanwhile. */
const timeout = 120_000;

/** The result of work, which is interrupted when it does not end. */
function inTime<T>(work: () => T): T {
  return runInContext('work()', createContext({ work }), { timeout }) as T;
}

function operationOf(mediaType: string): JsonObject {
  const schema = ref(0);
  return {
    operationId: 'op',
    requestBody: { content: { [mediaType]: { schema } } },
    responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } },
  };
}

const cases = Object.keys(shapes).flatMap((shape) =>
  [
    'application/json',
    'application/xml',
    'text/csv',
    'application/yaml',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
  ].map((mediaType) => [shape, mediaType] as const),
);

test.each(cases)('%s, as %s', (shape, mediaType) => {
  const schemas = shapes[shape] ?? {};
  const operation = operationOf(mediaType);
  const options: PlanOptions = { outputSchemas: 'all' };
  const { api } = inTime(() =>
    planPaths({ '/x': { post: operation } }, { components: { schemas } }, options),
  );
  expect(api.tools.map(({ name }) => name)).toEqual(['op']);
  expect(JSON.stringify(api.tools).length).toBeLessThan(100_000);
});

test.each(Object.keys(shapes))('%s, in a response of the mock', (shape) => {
  const schemas = shapes[shape] ?? {};
  const definition = operationOf('application/json');
  const operation = { definition } as unknown as Operation;
  const answer = inTime(() => answerOf({ components: { schemas } }, operation));
  expect(answer.status).toBe(200);
  expect(answer.body).toBeTypeOf('string');
});

test.each([
  [3, 6],
  [60, 2],
])('a sample of %i schemas that contain one another is %i deep', (count, depth) => {
  const members = range(0, count);
  const schemas = schemasOf(count, (own) => ({
    type: 'object',
    properties: Object.fromEntries(
      members.map((index) => [`p${index}`, ref((own + index + 1) % count)]),
    ),
  }));
  const definition = operationOf('application/json');
  const operation = { definition } as unknown as Operation;
  const { body } = answerOf({ components: { schemas } }, operation);
  expect(String(body).split('{"p0":').length).toBe(depth);
});

test('lists in lists keep their columns and elements', () => {
  const list = (items: Json) => ({ type: 'array', items });
  const schema = list(list({ type: 'object', properties: { a: { type: 'integer' } } }));
  const describe = (mediaType: string) => {
    const requestBody = { content: { [mediaType]: { schema } } };
    const { api } = planPaths({ '/x': { post: { operationId: 'op', requestBody } } });
    return JSON.stringify(api.tools[0]?.inputSchema);
  };
  expect(describe('text/csv')).toContain('- a: integer');
  expect(describe('application/xml')).toContain('<a>integer</a>');
});

test('required names and types are found through any number of parts', () => {
  const schemas = {
    ...schemasOf(20, (own) => ({ allOf: [ref(own + 1)] })),
    S20: { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
  };
  const requestBody = { content: { 'text/csv': { schema: ref(0) } } };
  const { api } = planPaths(
    { '/x': { post: { operationId: 'op', requestBody } } },
    { components: { schemas } },
  );
  expect(JSON.stringify(api.tools[0]?.inputSchema)).toContain('- a: string, required');
});

const LENGTH = 20_000;

/** A chain of schemas, of which the last one is different. */
function chain(
  link: (next: JsonObject, index: number) => JsonObject,
  last: JsonObject,
): JsonObject {
  const schemas = schemasOf(LENGTH, (own) => link(ref(own + 1), own));
  return { components: { schemas: { ...schemas, [`S${LENGTH}`]: last } } };
}

test.each(['allOf', 'anyOf', 'oneOf'])('a chain of %s may be of any length', (keyword) => {
  const last = { additionalProperties: false, properties: { a: {} }, format: 'binary' };
  const root = chain((next) => ({ [keyword]: [next] }), last);
  expect([...propertiesOf(ref(0), root).keys()]).toEqual(['a']);
  expect(hasClosed(ref(0), createReferenceGraph(root))).toBe(true);
  // Not found, but not a crash either.
  expect(fileUse(ref(0), root)).toBe('never');
});

test.each<[string, JsonObject]>([
  ['nothing is special', {}],
  ['the last one is closed', { additionalProperties: false }],
  ['the last one is read-only', { properties: { a: { readOnly: true } } }],
])('a long chain costs no more than as many schemas: %s', async (_, last) => {
  const length = 10_000;
  const heirs = schemasOf(length, (own) => ({ allOf: [ref(own + 1), { properties: { b: {} } }] }));
  const schemas = { ...heirs, [`S${length}`]: { type: 'object', ...last } };
  const graph = createReferenceGraph({ components: { schemas } });
  const work = () => {
    for (const schema of Object.values(schemas)) {
      expect(hasClosed(schema, graph)).toBe('additionalProperties' in last);
      readOnlyNames(schema, graph);
    }
  };
  expect(await secondsOf(work)).toBeLessThan(8);
});

test('thousands of media types cost no more than a few', async () => {
  const media = range(0, 4000).map((index) => [
    `application/x${index}+json`,
    { schema: { type: 'object', properties: { [`p${index}`]: {} } } },
  ]);
  const requestBody = { content: Object.fromEntries(media) as JsonObject };
  const work = () => planPaths({ '/x': { post: { operationId: 'op', requestBody } } });
  expect(await secondsOf(work)).toBeLessThan(5);
});

test('a schema is closed by a part of a circle', () => {
  const schemas: Record<string, JsonObject> = {
    A: { allOf: [{ $ref: '#/components/schemas/B' }] },
    B: { allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/C' }] },
    C: { anyOf: [{ additionalProperties: false }] },
    D: { allOf: [{ $ref: '#/components/schemas/D' }, {}] },
  };
  const graph = createReferenceGraph({ components: { schemas } });
  const found = Object.values(schemas).map((schema) => hasClosed(schema, graph));
  expect(found).toEqual([true, true, true, false]);
  expect(hasClosed(schemas['B'] ?? {}, graph)).toBe(true);
});

test('a discriminator is inherited through any number of schemas', () => {
  const last = { properties: { kind: {} }, discriminator: { propertyName: 'kind' } };
  const root = chain((next) => ({ allOf: [next] }), last);
  const inheritance = createInheritance(root);
  expect(inheritance.discriminator(ref(0).$ref)?.property).toBe('kind');
  expect(inheritance.discriminator(ref(LENGTH - 1).$ref)?.property).toBe('kind');
});

test('own properties come after inherited ones, and replace them', () => {
  const root = {
    components: {
      schemas: {
        S0: { allOf: [ref(1), { properties: { b: 1, c: 1 } }], properties: { a: 2, d: 2 } },
        S1: { properties: { a: 0, b: 0 }, allOf: [ref(0)] },
      },
    },
  };
  expect([...propertiesOf(ref(0), root)]).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
    ['d', 2],
  ]);
});
