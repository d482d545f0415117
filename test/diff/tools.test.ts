import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/json.js';
import { base, changesBetween, lines, patched } from './documents.js';

type Row = readonly [title: string, patch: JsonObject, ...changes: string[]];

const list = (operation: JsonObject): JsonObject => ({ paths: { '/pets': { get: operation } } });
const add = (operation: JsonObject): JsonObject => ({ paths: { '/pets': { post: operation } } });
const get = (operation: JsonObject): JsonObject => ({
  paths: { '/pets/{id}': { get: operation } },
});
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const tag = { name: 'tag', in: 'query', description: 'One tag', schema: { type: 'string' } };
const limit = { name: 'limit', in: 'query', schema: { type: 'integer' } };
const withLimit = (parameter: JsonObject) =>
  list({ parameters: [{ ...limit, ...parameter }, tag] });
const withTag = (parameter: JsonObject) => list({ parameters: [limit, { ...tag, ...parameter }] });

const tools: Row[] = [
  ['nothing', {}],
  ['a tag of the document', list({ tags: ['animals'] })],
  ['an answer that is never requested', list({ responses: { 404: { description: 'none' } } })],
  [
    'an operation left out',
    list({ 'x-mcp': { enabled: false } }),
    'breaking TOOL_REMOVED list_pets',
  ],
  [
    'a path removed',
    { paths: { '/pets/{id}': null } },
    'breaking TOOL_REMOVED delete_pet',
    'breaking TOOL_REMOVED get_pet',
  ],
  ['another operationId', list({ operationId: 'find' }), 'breaking TOOL_RENAMED list_pets'],
  [
    'another operationId, and an argument less',
    list({ operationId: 'find', parameters: [tag] }),
    'breaking TOOL_RENAMED list_pets',
    'breaking ARGUMENT_REMOVED list_pets limit',
  ],
  [
    'another path and another operationId',
    { paths: { '/pets/{id}': { get: null }, '/pet': { get: { operationId: 'find' } } } },
    'breaking TOOL_REMOVED get_pet',
    'compatible TOOL_ADDED find',
  ],
  [
    'the same operationId at another path',
    {
      paths: {
        '/pets/{id}': { get: null },
        '/pet/{id}': { get: { operationId: 'get_pet', parameters: [id] } },
      },
    },
    'breaking OPERATION_CHANGED get_pet',
  ],
  [
    'a new version under the old operationId, the old one under a new one',
    {
      paths: {
        '/pets': { get: { operationId: 'list_pets_v1' } },
        '/v2/pets': {
          get: (base['paths'] as Record<string, JsonObject>)['/pets']?.['get'] as Json,
        },
      },
    },
    'breaking OPERATION_CHANGED list_pets',
    'compatible TOOL_ADDED list_pets_v1',
  ],
  [
    'PUT where there was POST',
    {
      paths: {
        '/pets': {
          post: null,
          put: (base['paths'] as Record<string, JsonObject>)['/pets']?.['post'] as Json,
        },
      },
    },
    'breaking OPERATION_CHANGED add_pet',
    'security MORE_DANGEROUS add_pet annotations.destructiveHint',
    'security LOOKS_SAFER add_pet annotations.idempotentHint',
  ],
  [
    'another name of a parameter in the path',
    {
      paths: {
        '/pets/{id}': { get: null },
        '/pets/{petId}': {
          get: { operationId: 'get_pet', parameters: [{ ...id, name: 'petId' }] },
        },
      },
    },
    'breaking ARGUMENT_REMOVED get_pet id',
    'breaking ARGUMENT_REQUIRED get_pet petId',
  ],
  [
    'an operation added',
    { paths: { '/owners': { get: { operationId: 'list_owners' } } } },
    'compatible TOOL_ADDED list_owners',
  ],
  [
    'a DELETE added',
    { paths: { '/owners': { delete: { operationId: 'delete_owners' } } } },
    'security DESTRUCTIVE_TOOL_ADDED delete_owners',
  ],
];

const parameters: Row[] = [
  ['a parameter removed', list({ parameters: [tag] }), 'breaking ARGUMENT_REMOVED list_pets limit'],
  [
    'a parameter added',
    get({ parameters: [id, limit] }),
    'compatible ARGUMENT_ADDED get_pet limit',
  ],
  [
    'a required parameter added',
    get({ parameters: [id, { ...limit, required: true }] }),
    'breaking ARGUMENT_REQUIRED get_pet limit',
  ],
  [
    'a parameter newly required',
    withLimit({ required: true }),
    'breaking ARGUMENT_REQUIRED list_pets limit',
  ],
  [
    'a required parameter with a default',
    withLimit({ required: true, schema: { type: 'integer', default: 10 } }),
    'compatible DEFAULT_CHANGED list_pets limit',
  ],
  [
    'a parameter in another place of the request',
    withLimit({ in: 'header' }),
    'compatible REQUEST_CHANGED list_pets limit',
  ],
  [
    'a parameter in another notation',
    withTag({ schema: { type: 'string' }, style: 'pipeDelimited' }),
    'compatible REQUEST_CHANGED list_pets tag',
  ],
  ['a parameter deprecated', withTag({ deprecated: true }), 'compatible DEPRECATED list_pets tag'],
  ['another description', withTag({ description: 'A tag' }), 'compatible WORDING list_pets tag'],
  ['an example', withTag({ example: 'cat' }), 'compatible WORDING list_pets tag'],
];

const json = (more: JsonObject = {}) => ({
  schema: { type: 'object', properties: { name: { type: 'string' } }, ...more },
});
const body = (content: JsonObject, more: JsonObject = {}): JsonObject =>
  add({ requestBody: { content, ...more } });
const xml = { schema: { type: 'object', properties: { name: { type: 'string' } } } };
const binary = { 'image/png': {} };

const bodies: Row[] = [
  ['a body removed', add({ requestBody: null }), 'breaking ARGUMENT_REMOVED add_pet body'],
  [
    'a body newly required',
    body({}, { required: true }),
    'breaking ARGUMENT_REQUIRED add_pet body',
  ],
  [
    'a body added',
    {
      paths: {
        '/pets/{id}': {
          delete: { requestBody: { content: { 'application/json': json() } } },
        },
      },
    },
    'compatible ARGUMENT_ADDED delete_pet body',
  ],
  [
    'another media type',
    body({ 'application/json': null, 'application/merge-patch+json': json() }),
    'breaking MEDIA_TYPE_REMOVED add_pet body',
    'compatible MEDIA_TYPE_ADDED add_pet body',
  ],
  [
    'text where there was an object',
    body({ 'application/json': null, 'text/plain': { schema: { type: 'string' } } }),
    'breaking MEDIA_TYPE_REMOVED add_pet body',
    'breaking TYPE_CHANGED add_pet body',
    'compatible MEDIA_TYPE_ADDED add_pet body',
    'compatible WORDING add_pet body',
  ],
  ['a media type that JSON stands for', body({ 'text/yaml': xml })],
  ['a media type besides', body(binary), 'compatible MEDIA_TYPE_ADDED add_pet body'],
  [
    'a media type besides, and a property less',
    body({ 'application/json': json({ properties: { name: null } }), ...binary }),
    'breaking PROPERTY_REMOVED add_pet body.name',
    'compatible MEDIA_TYPE_ADDED add_pet body',
  ],
  [
    'a form where there was JSON',
    body({ 'application/json': null, 'application/x-www-form-urlencoded': json() }),
    'breaking MEDIA_TYPE_REMOVED add_pet body',
    'compatible MEDIA_TYPE_ADDED add_pet body',
  ],
];

const words: Row[] = [
  ['another title', list({ summary: 'All pets' }), 'compatible WORDING list_pets title'],
  [
    'another description',
    list({ description: 'Old first' }),
    'compatible WORDING list_pets description',
  ],
  [
    'other words in several places',
    {
      paths: {
        '/pets': {
          get: {
            description: 'All',
            parameters: [
              { ...limit, description: 'Most' },
              { ...tag, description: 'A tag' },
            ],
          },
        },
      },
    },
    'compatible WORDING list_pets description, limit, tag',
  ],
  ['an operation deprecated', list({ deprecated: true }), 'compatible DEPRECATED list_pets'],
  [
    'another media type of the answer',
    list({ responses: { 200: { content: { 'application/json': null, 'text/csv': {} } } } }),
    'breaking ARGUMENT_REMOVED list_pets fields',
    'compatible ACCEPT_CHANGED list_pets accept',
  ],
  [
    'another version of the API',
    { info: { version: '2' } },
    'compatible VERSION_CHANGED * version',
  ],
  [
    'other words about the API',
    { info: { description: 'Pets.' }, externalDocs: { url: 'https://docs.example.com' } },
    'compatible WORDING * description, documentation',
  ],
  [
    'another title of the API',
    { info: { title: 'Animals' } },
    'compatible NAME_CHANGED * name',
    'compatible WORDING * title',
  ],
];

describe.each([
  ['tools', tools],
  ['parameters', parameters],
  ['bodies', bodies],
  ['words', words],
])('the effect of a changed document on its %s', (_, rows) => {
  for (const [title, patch, ...changes] of rows)
    it(title, () => {
      const after = patched(base, patch) as JsonObject;
      expect(lines(changesBetween(base, after))).toEqual(changes);
    });
});

it('a parameter that is called body is one like any other', () => {
  const of = (type: string) => {
    const body = { name: 'body', in: 'query', schema: { type } };
    return patched(base, get({ parameters: [id, body] })) as JsonObject;
  };
  expect(lines(changesBetween(of('string'), of('integer')))).toEqual([
    'breaking TYPE_CHANGED get_pet body',
  ]);
});

it('an operation that is no longer deprecated', () => {
  const before = patched(base, list({ deprecated: true })) as JsonObject;
  expect(lines(changesBetween(before, base))).toEqual(['compatible DEPRECATION_LIFTED list_pets']);
});

describe('the effect of a changed body with several media types', () => {
  const bodyOf = (content: JsonObject) =>
    patched(base, add({ requestBody: { description: 'A pet', content } })) as JsonObject;
  const patch = {
    'application/merge-patch+json': json({ properties: { age: { type: 'integer' } } }),
  };
  const form = (contentType: string) => ({
    'application/json': null,
    'multipart/form-data': { ...json(), encoding: { name: { contentType } } },
  });
  const rows: (readonly [string, JsonObject, JsonObject, ...string[]])[] = [
    [
      'inside of one of them',
      patch,
      { 'application/merge-patch+json': json({ properties: { age: { type: 'number' } } }) },
      'compatible TYPE_WIDENED add_pet body.age',
    ],
    ['one of them less', patch, {}, 'breaking MEDIA_TYPE_REMOVED add_pet body'],
    ['one of them more', {}, patch, 'compatible MEDIA_TYPE_ADDED add_pet body'],
    [
      'another media type of a part',
      form('text/plain'),
      form('text/html'),
      'compatible REQUEST_CHANGED add_pet body',
    ],
  ];
  for (const [title, before, after, ...changes] of rows)
    it(title, () => {
      expect(lines(changesBetween(bodyOf(before), bodyOf(after)))).toEqual(changes);
    });
});
