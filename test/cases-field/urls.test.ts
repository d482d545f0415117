import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

describe('with every credential', () => {
  const api = field('urls', {
    UPSTREAM_API_KEY_KEY: 'key-1',
    UPSTREAM_API_KEY_CONSUMER: 'consumer-1',
  });

  test.each([
    ['get_file', { proxy: 'a/b.txt' }, '/files/a/b.txt'],
    ['get_file', { proxy: 'a b/ü?x' }, '/files/a%20b/%C3%BC%3Fx'],
    ['get_name', { name: 'projects/p1' }, '/names/projects/p1'],
    ['get_tree', { path: 'a/b/' }, '/trees/a/b/'],
    ['get_disk', { p: '/a/b' }, '/disks/a/b'],
    ['get_locks', { scope: 'subscriptions/1' }, '/scopes/subscriptions/1/locks'],
    ['get_plain', { id: 'a/b' }, '/plain/a%2Fb'],
  ])('%s %j', async (tool, args, path) => {
    expect((await api.call(tool, args)).line?.replace('?code=abc', '')).toBe(`GET ${path}`);
  });

  test.each(['a/../b', '../x', 'a/%2e%2e/b', 'a/./b', '..'])('%j is refused', async (proxy) => {
    expect((await api.call('get_file', { proxy })).requests).toEqual([]);
  });

  test('such an argument keeps its description', async () => {
    const tool = (await api.client().listTools()).find(({ name }) => name === 'get_file');
    expect(JSON.stringify(tool?.inputSchema)).toContain('The path of the file');
  });

  test.each([
    ['look', { term: 'a b', page: 2 }, ['term=a%20b', 'page=2']],
    ['look', { term: 'a' }, ['term=a']],
    ['fixed', { page: 3 }, ['action=list', 'page=3']],
  ])('the query of %s %j', async (tool, args, pairs) => {
    const [, query = ''] = ((await api.call(tool, args)).line ?? '').split('?');
    expect(
      query
        .split('&')
        .filter((pair) => pair !== 'code=abc')
        .sort(),
    ).toEqual([...pairs].sort());
  });

  test('a header that is named like a scheme carries its credential', async () => {
    const { requests } = await api.call('list_crm');
    expect(header(requests[0], 'authorization')).toEqual(['key-1']);
    expect(header(requests[0], 'x-consumer-id')).toEqual(['consumer-1']);
    expect(header((await api.call('list_other')).requests[0], 'x-consumer-id')).toEqual([]);
  });
});

describe('without the second credential', () => {
  const api = field('urls', { UPSTREAM_API_KEY_KEY: 'key-1' });

  test('the call names the variable', async () => {
    const { requests, result } = await api.call('list_crm');
    expect(requests).toEqual([]);
    expect(textOf(result)).toContain('UPSTREAM_API_KEY_CONSUMER');
  });
});
