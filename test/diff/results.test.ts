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

// The argument `fields` lists the first members only, 36 characters of them.
const [long, longer] = ['a_member_with_a_name', 'one_with_a_longer_name'];

test.each<[string, JsonObject, JsonObject, string]>([
  ['is added before others', { [long]: a, b }, { [longer]: a, [long]: a, b }, longer],
  ['moves to the front', { [long]: a, [longer]: b }, { [longer]: b, [long]: a }, longer],
  ['no longer is in front', { [longer]: a, [long]: b }, { [long]: b }, long],
])('a member that %s does not make another one count as removed or new', (_, had, has, first) => {
  expect(compareApis(apiOf(had), apiOf(has))).toMatchObject([
    { code: 'RESULT_CHANGED', message: `The result now begins with "${first}".` },
  ]);
});

test('another type of a member shows in an output schema', () => {
  const changes = (outputSchemas: 'all' | 'none') =>
    compareApis(apiOf({ a }, outputSchemas), apiOf({ a: c }, outputSchemas));
  expect(changes('none')).toEqual([]);
  expect(changes('all')).toMatchObject([
    { code: 'RESULT_CHANGED', message: 'The result is described differently.' },
  ]);
});
