import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('blanks');

test.each([
  [{ limit: null, sort: null, tags: null, 'X-Trace': null }, ''],
  [{ limit: '', open: '', tags: '', level: '', code: '' }, ''],
  [{ sort: '', level: null, open: null }, ''],
  [{ name: null }, ''],
  [{ name: '', mode: '' }, '&mode=&name='],
  [{ filter: null }, ''],
  [{ filter: { from: 1, to: null } }, '&filter%5Bfrom%5D=1'],
  [{ filter: '' }, ''],
])('parameters that are not meant are not sent, %j', async (args, rest) => {
  const { line } = await api.call('search', { q: 'a', ...args });
  const [path = '', ...pairs] = (line ?? '').split(/[?&]/);
  expect([path, ...pairs]).toEqual(['GET /search', 'q=a', ...rest.split('&').slice(1)]);
});

test('headers and cookies neither', async () => {
  const blank = { 'X-Depth': '', 'X-Trace': null, page: null };
  const { requests } = await api.call('search', { q: 'a', ...blank });
  expect(requests).toHaveLength(1);
  for (const name of ['x-depth', 'x-trace', 'cookie'])
    expect(header(requests[0], name)).toEqual([]);
});

test.each([
  ['create', null],
  ['create', ''],
  ['blob', null],
  ['blob', ''],
  ['upload', ''],
])('an optional body of %s that is %j is none', async (tool, body) => {
  const { requests } = await api.call(tool, { body });
  expect(requests[0]?.body.length).toBe(0);
  expect(header(requests[0], 'content-type')).toEqual([]);
});

describe('members of a body', () => {
  const name = 'a';

  test.each<[body: unknown, sent: unknown]>([
    [{ name, due: null, size: null }, { name }],
    [{ name, size: '', kind: '' }, { name }],
    [
      { name, due: '' },
      { name, due: '' },
    ],
    [
      { name, owner: null },
      { name, owner: null },
    ],
    [
      { name, unknown: null },
      { name, unknown: null },
    ],
    [
      { name, place: { city: null, floor: '' } },
      { name, place: {} },
    ],
    [{ name, place: null, items: '' }, { name }],
    [
      { name, items: [{ sku: 'x', count: null }] },
      { name, items: [{ sku: 'x' }] },
    ],
    [
      { name, limits: { a: null, b: 2 } },
      { name, limits: { b: 2 } },
    ],
    [
      { name, either: { a: 'x', b: null } },
      { name, either: { a: 'x' } },
    ],
    ['{"name":"a","size":null}', { name }],
  ])('%j', async (body, sent) => {
    expect(JSON.parse((await api.call('create', { body })).body ?? '')).toEqual(sent);
  });

  test('a form', async () => {
    const { body } = await api.call('send', {
      body: { name, due: null, size: '', place: { floor: null } },
    });
    expect(body).toBe('name=a&place=%7B%7D');
  });

  test.each([
    [{ main: 'QUJD', more: '' }, ['main']],
    [{ main: 'QUJD', more: null, text: '' }, ['main', 'text']],
    [{ main: '', more: 'data:,' }, ['main', 'more']],
  ])('parts of a form with files, %j', async (body, names) => {
    const sent = (await api.call('upload', { body })).body ?? '';
    expect([...sent.matchAll(/ name="([^"]*)"/g)].map(([, name]) => name)).toEqual(names);
  });

  test.each([
    ['create', { name: null }, 'body.name must be a string, not null'],
    ['create', { name, counts: [1, null] }, 'body.counts[1] must be an integer, not null'],
    ['create', { name, counts: [''] }, 'body.counts[0] must be an integer, not a string'],
    ['replace', { name, size: null }, 'body.size is missing'],
    ['replace', { name, size: '' }, 'body.size is missing'],
    ['create', { name, either: { a: null } }, 'body.either.a must be a string, not null'],
  ])('%s %j is refused', async (tool, body, said) => {
    const { requests, result } = await api.call(tool, { body });
    expect(requests).toEqual([]);
    expect(textOf(result)).toContain(said);
  });

  test('a text may be empty', async () => {
    const { requests } = await api.call('note', { body: '' });
    expect(header(requests[0], 'content-type')).toEqual(['text/plain']);
  });
});

describe('PATCH', () => {
  const merge = 'application/merge-patch+json';

  test.each([
    [{ due: null, place: { city: null } }],
    [{ name: null, size: null, kind: null }],
    [{ items: null, limits: { a: null } }],
  ])('a merge patch deletes, %j', async (body) => {
    const sent = (await api.call('change', { body, content_type: merge })).body;
    expect(JSON.parse(sent ?? '')).toEqual(body);
  });

  test('plain JSON does not', async () => {
    const body = { name: 'a', size: null };
    const sent = (await api.call('change', { body, content_type: 'application/json' })).body;
    expect(sent).toBe('{"name":"a"}');
  });
});

test.each([{ q: null }, { q: 'a', tags: [null, 1] }])('%j is refused', async (args) => {
  const { requests } = await api.call('search', args);
  expect(requests).toEqual([]);
});
