import { describe, expect, it } from 'vitest';
import { nameTools, slug, words } from '../../src/plan/operations/names.js';
import type { Operation } from '../../src/plan/operations/operations.js';

function operation(method: string, path: string, operationId?: string): Operation {
  return {
    place: `${method} ${path}`,
    method,
    path,
    template: path,
    styles: new Map(),
    queries: new Map(),
    tags: [],
    definition: {},
    pathItem: {},
    parameters: [],
    ...(operationId !== undefined && { operationId }),
  };
}

function namesOf(
  operations: Operation[],
  chosen: Record<string, string> = {},
): Record<string, string> {
  const { names } = nameTools(operations, ({ place }) => chosen[place]);
  return Object.fromEntries([...names].map(([{ place }, name]) => [place, name]));
}

describe('tool names', () => {
  it.each([
    ['getPetById', 'get_pet_by_id'],
    ['listHTTPServersV2', 'list_http_servers_v2'],
    ['floatingIPs_list', 'floating_ips_list'],
    ['getURLsOfAPIs', 'get_urls_of_apis'],
    ['pets/list-all', 'pets_list_all'],
    ['Créer un élément', 'creer_un_element'],
    ['__proto__', 'proto'],
    ['../../etc/passwd', 'etc_passwd'],
    ['2FAStatus', 'get_2_fa_status'],
    ['1.Create a thing', 'get_1_create_a_thing'],
  ])('%s is %s', (operationId, name) => {
    expect(namesOf([operation('GET', '/x', operationId)])).toEqual({ 'GET /x': name });
  });

  it('falls back to method and path', () => {
    expect(namesOf([operation('GET', '/pets/{petId}'), operation('POST', '/', '数据')])).toEqual({
      'GET /pets/{petId}': 'get_pets_by_pet_id',
      'POST /': 'post',
    });
  });

  it('does not repeat the method, unless that tells operations apart', () => {
    const [a, b] = [operation('GET', '/getPets'), operation('GET', '/pets')];
    expect(namesOf([a])).toEqual({ 'GET /getPets': 'get_pets' });
    expect(namesOf([a, b])).toEqual({ 'GET /getPets': 'get_get_pets', 'GET /pets': 'get_pets' });
    expect(nameTools([a, b], () => undefined).warnings).toMatchObject([{ place: 'GET /getPets' }]);
    expect(namesOf([operation('GET', '/get')])).toEqual({ 'GET /get': 'get_get' });
  });

  it('gives a contested name to none of the operations, in any order', () => {
    const operations = [
      operation('GET', '/a', 'same'),
      operation('GET', '/b', 'Same'),
      operation('GET', '/c', 'other'),
    ];
    const names = { 'GET /a': 'get_a', 'GET /b': 'get_b', 'GET /c': 'other' };
    expect(namesOf(operations)).toEqual(names);
    expect(namesOf(operations.toReversed())).toEqual(names);
  });

  it('gives it to none even if the fallback of one is the name of another', () => {
    const operations = [
      operation('GET', '/a', 'x'),
      operation('GET', '/b', 'x'),
      operation('GET', '/c', 'get_a'),
    ];
    const names = namesOf(operations);
    expect(new Set(Object.values(names)).size).toBe(3);
    expect(namesOf(operations.toReversed())).toEqual(names);
    expect(names['GET /b']).toBe('get_b');
  });

  it('ends names that are too long, or still collide, in a hash of the whole', () => {
    const long = namesOf([
      operation('GET', '/x', `a${'b'.repeat(80)}`),
      operation('GET', '/y', `a${'b'.repeat(81)}`),
    ]);
    for (const name of Object.values(long)) expect(name).toMatch(/^ab{54}_[0-9a-f]{8}$/);
    expect(long['GET /x']).not.toBe(long['GET /y']);
    const cased = namesOf([operation('GET', '/F'), operation('GET', '/f')]);
    for (const name of Object.values(cased)) expect(name).toMatch(/^get_f_[0-9a-f]{8}$/);
  });

  it('treats - and _ as the same letter, since both become the same file', () => {
    expect(
      namesOf([operation('GET', '/a', 'x'), operation('GET', '/b', 'my_name')], {
        'GET /a': 'my-name',
      }),
    ).toEqual({ 'GET /a': 'x', 'GET /b': 'get_b' });
  });

  it('is always valid and unique', () => {
    const odd = [
      '',
      '-',
      '💥',
      'a'.repeat(300),
      'A-A',
      'a_a',
      'a a',
      '"; process.exit()',
      '\u0000',
      'İ',
    ].flatMap((id) => [operation('GET', `/${id}`, id), operation('PUT', `/{${id}}`)]);
    const names = Object.values(namesOf(odd));
    expect(new Set(names).size).toBe(odd.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9_-]{1,64}$/);
  });

  it('keeps the words of a title together', () => {
    expect(slug("GitHub's v3 REST API – OpenAPI", '-')).toBe('github-s-v3-rest-api-openapi');
    expect(words('OpenAPI', '-')).toBe('open-api');
  });
});
