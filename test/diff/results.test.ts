import { expect, test } from 'vitest';
import { compareApis } from '../../src/diff/compare-apis.js';
import type { JsonObject } from '../../src/json.js';
import { plan } from '../../src/plan/plan.js';
import { documentOf } from '../plan/helpers.js';

/** The API of one operation that returns a list of such items. */
function apiOf(properties: JsonObject | undefined, outputSchemas: 'all' | 'none' = 'none') {
  const schema = { type: 'array', items: { type: 'object', properties: properties ?? {} } };
  const json: JsonObject = { 'application/json': { schema } };
  const content = properties === undefined ? { 'text/csv': {} } : json;
  const get: JsonObject = {
    operationId: 'list',
    responses: { 200: { description: 'ok', content } },
  };
  const root = { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: { '/a': { get } } };
  return plan(documentOf(root), { outputSchemas }).api;
}

const [a, b, c] = [{ type: 'string' }, { type: 'string' }, { type: 'integer' }];

test.each<[string, JsonObject | undefined, JsonObject | undefined, string[]]>([
  ['nothing', { a, b }, { b, a }, []],
  ['a member less', { a, b }, { a }, ['compatible The result no longer has "b".']],
  ['a member more', { a }, { a, b, c }, ['compatible The result now also has "b", "c".']],
  ['no members any more', { a }, undefined, ['breaking The argument fields was removed.']],
  ['members for the first time', undefined, { a }, ['compatible The argument fields is new.']],
])('%s', (_, before, after, expected) => {
  const changes = compareApis(apiOf(before), apiOf(after));
  const found = changes.map(({ gravity, message }) => `${gravity} ${message}`);
  expect(found.filter((line) => !line.includes('requests'))).toEqual(expected);
});

test('another type of a member shows in an output schema', () => {
  const changes = (outputSchemas: 'all' | 'none') =>
    compareApis(apiOf({ a }, outputSchemas), apiOf({ a: c }, outputSchemas));
  expect(changes('none')).toEqual([]);
  expect(changes('all')).toMatchObject([
    { code: 'RESULT_CHANGED', message: 'The result is described differently.' },
  ]);
});
