import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { object } from '../../src/json.js';
import { planOperation, planPaths } from './helpers.js';

/** The arguments of a tool whose parameters have these names, in this place. */
function argumentsFor(where: string, names: readonly string[], schema: JsonObject = {}) {
  const path = where === 'path' ? `/x/${names.map((name) => `{${name}}`).join('/')}` : '/x';
  const parameters = names.map((name) => ({ name, in: where, required: where === 'path', schema }));
  const { tool, warnings } = planOperation({ parameters }, { method: 'get', path });
  const args = object(object(tool?.inputSchema)['properties']);
  return { args, shapes: tool?.request.parameters ?? [], warnings };
}

describe('arguments', () => {
  it.each([
    ['größe', 'grosse'],
    ['año', 'ano'],
    ['naïve-Œuvre', 'naive-OEuvre'],
    ['ŁÓDŹ', 'LODZ'],
    ['ｆｕｌｌ', 'full'],
    ['smørrebrød[]', 'smorrebrod'],
  ])('fold the accents of %s', (name, expected) => {
    const { args, shapes } = argumentsFor('query', [name]);
    expect(args).toEqual({ [expected]: { title: name } });
    expect(shapes).toMatchObject([{ name, argument: expected }]);
  });

  it('are not called constructor, which some clients cannot list', () => {
    const { args, shapes } = argumentsFor('query', ['constructor', 'toString']);
    expect(Object.keys(args)).toEqual(['constructor_', 'toString']);
    expect(shapes[0]).toEqual({ name: 'constructor', in: 'query', argument: 'constructor_' });
  });

  it.each(['path', 'query', 'cookie'])(
    'in %s keep a trace of characters that they cannot contain',
    (where) => {
      const names = ['编号', 'имя', 'ページ', '🚀'];
      const { args } = argumentsFor(where, names);
      expect(Object.keys(args)).toHaveLength(4);
      expect(Object.keys(args).every((name) => /^p_[0-9a-f]{8}$/.test(name))).toBe(true);
      expect(Object.values(args).map((schema) => object(schema)['title'])).toEqual(names);
    },
  );

  it('describe what they are sent as if their names are ambiguous', () => {
    const { args } = argumentsFor('query', ['sent<', 'sent>', 'sent', 'page[size]']);
    expect(Object.entries(args)).toMatchObject([
      [expect.stringMatching(/^sent_query_[0-9a-f]{8}$/), { description: 'Sent as sent<' }],
      [expect.stringMatching(/^sent_query_[0-9a-f]{8}$/), { description: 'Sent as sent>' }],
      ['sent', {}],
      ['page_size', {}],
    ]);
    expect([args['sent'], args['page_size']]).toEqual([{}, {}]);
  });

  it('are more than the few Latin letters in a name', () => {
    const { args } = argumentsFor('query', ['用户ID', 'ID', 'V2号']);
    expect(Object.keys(args)).toEqual([
      expect.stringMatching(/^ID_[0-9a-f]{8}$/),
      'ID',
      expect.stringMatching(/^V2_[0-9a-f]{8}$/),
    ]);
  });

  it('keep the titles and descriptions of their schemas beside the real name', () => {
    const schema = { title: 'Number', description: 'Of an order' };
    expect(argumentsFor('query', ['编号'], schema).args).toEqual({
      p_fc147721: { title: 'Number', description: '编号\n\nOf an order' },
    });
  });

  it('do not describe names that only differ in notation', () => {
    expect(argumentsFor('query', ['$filter', 'page[size]']).args).toEqual({
      filter: {},
      page_size: {},
    });
  });

  it('accept numbers as names, which YAML produces', () => {
    const parameters = [{ name: 1, in: 'query', schema: {} }] as unknown as JsonObject[];
    const { tool } = planOperation({ parameters });
    expect(tool?.request.parameters).toEqual([{ name: '1', in: 'query' }]);
  });

  it('cannot be headers that HTTP does not allow, and the warning gives the reason', () => {
    const { api, warnings } = planPaths({
      '/x': { get: { parameters: [{ name: 'ヘッダー', in: 'header', schema: {} }] } },
    });
    expect(api.tools[0]?.request.parameters).toBeUndefined();
    expect(warnings.map(({ message }) => message)).toEqual([
      'The header ヘッダー is skipped: HTTP does not allow that name.',
    ]);
  });
});

describe('tools', () => {
  const nameOf = (operationId: string | undefined, path = '/orders', method = 'post') =>
    planPaths({ [path]: { [method]: operationId === undefined ? {} : { operationId } } }).api
      .tools[0]?.name;

  it.each([
    ['查询订单V2', 'post_orders'],
    ['图片OCR', 'post_orders'],
    ['getПользователь', 'post_orders'],
    ['get注文', 'post_orders'],
    ['٣orders', 'post_orders'],
    ['obtenerAño', 'obtener_ano'],
    ['straßen', 'strassen'],
    ['launch🚀', 'launch'],
  ])('with the operationId %s are named %s', (operationId, expected) => {
    expect(nameOf(operationId)).toBe(expected);
  });

  it.each([
    ['/订单', 'post', /^post_[0-9a-f]{8}$/],
    ['/订单/{编号}', 'get', /^get_[0-9a-f]{8}$/],
    ['/api/订单/items/{编号}', 'get', /^get_api_items_[0-9a-f]{8}$/],
    ['/заказы/v2', 'get', /^get_v2_[0-9a-f]{8}$/],
    ['/straße/{größe}', 'get', /^get_strasse_by_grosse$/],
  ])('at %s get different names', (path, method, expected) => {
    expect(nameOf(undefined, path, method)).toMatch(expected);
    expect(nameOf('查询', path, method)).toMatch(expected);
  });

  it.each([
    [{ operationId: '查询订单V2' }, '查询订单V2'],
    [{ operationId: 'getPet' }, 'Get pet'],
    [{ operationId: 'pets.listHTTPServers' }, 'Pets list HTTP servers'],
    [{ operationId: 'getPet', summary: 'One pet' }, 'One pet'],
    [{ operationId: 'getPet', 'x-mcp': { title: 'A pet' } }, 'A pet'],
    [{}, 'Get orders'],
  ])('of %j have the title %s', (operation, title) => {
    const [tool] = planPaths({ '/orders': { get: operation } }).api.tools;
    expect(tool?.title).toBe(title);
  });

  it('are not described differently because of an operationId', () => {
    expect(planPaths({ '/orders': { get: { operationId: 'getPet' } } }).api.tools).toMatchObject([
      { description: 'GET /orders' },
    ]);
  });

  it.each([123, 0, 8.5])('accept the number %d as an operationId', (operationId) => {
    const { api } = planPaths({ '/x': { get: { operationId } } });
    const written = String(operationId);
    expect(api.tools).toMatchObject([
      { name: `get_${written.replace('.', '_')}`, title: written.replace('.', ' ') },
    ]);
  });

  it('can be selected by tags that are numbers', () => {
    const { api } = planPaths(
      { '/x': { get: { operationId: 'x', tags: [2024] } }, '/y': { get: { operationId: 'y' } } },
      {},
      { include: ['tag:2024'] },
    );
    expect(api.tools.map(({ name }) => name)).toEqual(['x']);
  });

  it('can be excluded by a tag that is a number', () => {
    const { api } = planPaths(
      { '/x': { get: { operationId: 'x', tags: [2024] } }, '/y': { get: { operationId: 'y' } } },
      { tags: [{ name: 2024, 'x-mcp': { enabled: false } }] },
    );
    expect(api.tools.map(({ name }) => name)).toEqual(['y']);
  });
});

describe('titles of operations without an operationId', () => {
  const titleOf = (path: string, operation: JsonObject = {}) =>
    planPaths({ [path]: { get: operation } }).api.tools[0]?.title;

  it('are the request if the name has lost the letters of the path', () => {
    expect(titleOf('/城市/列表')).toBe('GET /城市/列表');
    expect(titleOf('/v1/пользователи')).toBe('GET /v1/пользователи');
  });

  it('are words if the name has kept them', () => {
    expect(titleOf('/städte/list')).toBe('Get stadte list');
    expect(titleOf('/城市', { summary: 'Cities' })).toBe('Cities');
    expect(titleOf('/城市', { operationId: 'listCities' })).toBe('List cities');
  });
});
