import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/json.js';
import { load } from '../../src/load/load.js';
import { applyOverlays } from '../../src/load/overlay/apply-overlays.js';
import { at, codesOf, document2, document3, folder, keysOf, problemsOf, serve } from './helpers.js';

const pets = document3(
  {
    '/pets': {
      get: {
        summary: 'List all',
        tags: ['pets'],
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'debug', in: 'query', schema: { type: 'boolean' } },
        ],
      },
      post: { 'x-safe': false, tags: ['pets'] },
    },
    '/pets/{id}': { get: { tags: ['pets'] } },
  },
  { servers: [{ url: 'https://a.example', description: 'Dev' }, { url: 'https://b.example' }] },
);

const overlayOf = (actions: unknown) => ({
  overlay: '1.0.0',
  info: { title: 'O', version: '1' },
  actions,
});

/** The document with these overlays applied. */
async function overlaid(...overlays: object[]) {
  const files = Object.fromEntries(overlays.map((overlay, index) => [`${index}.json`, overlay]));
  const root = await folder({ 'openapi.json': pets, ...files });
  const paths = Object.keys(files).map((name) => join(root, name));
  const document = await load(join(root, 'openapi.json'), { overlays: paths });
  return {
    ...document,
    warnings: document.warnings,
    get: at(document.openapi, 'paths', '/pets', 'get') as JsonObject,
  };
}

test('updates merge objects, append to lists and replace the rest', async () => {
  const { get, openapi } = await overlaid(
    overlayOf([
      { target: '$.paths.*.get', update: { tags: ['wildcard'], description: 'New' } },
      {
        target: "$.paths['/pets'].get",
        update: { summary: 'Every pet', 'x-mcp': { name: 'pets' } },
      },
      { target: '$.servers', update: { url: 'https://c.example' } },
      { target: '$', update: { info: { title: 'Renamed' }, components: null, paths: null } },
    ]),
  );
  expect(get).toMatchObject({
    summary: 'Every pet',
    description: 'New',
    tags: ['pets', 'wildcard'],
    'x-mcp': { name: 'pets' },
  });
  expect(at(openapi, 'servers', '2', 'url')).toBe('https://c.example');
  expect(at(openapi, 'info')).toEqual({ title: 'Renamed', version: '1' });
  expect(keysOf(openapi['paths'])).toHaveLength(2);
});

test('one update in many places is copied for each', async () => {
  const { openapi } = await overlaid(
    overlayOf([
      { target: '$.paths.*.get', update: { 'x-new': { list: [] } } },
      { target: "$.paths['/pets'].get['x-new'].list", update: 'here only' },
    ]),
  );
  expect(at(openapi, 'paths', '/pets', 'get', 'x-new')).toEqual({ list: ['here only'] });
  expect(at(openapi, 'paths', '/pets/{id}', 'get', 'x-new')).toEqual({ list: [] });
});

test('removes members and items, several of one list, and values that are not objects', async () => {
  const { get, openapi } = await overlaid(
    overlayOf([
      { target: "$.paths['/pets'].get.parameters[?@.name != 'limit']", remove: true, update: {} },
      { target: '$.servers[*]', remove: true },
      { target: "$.paths['/pets'].get.summary", remove: true },
      { target: "$.paths[?@['x-safe'] == false]", remove: true },
      { target: '$.paths..[?@.x-safe == false]', remove: true },
    ]),
  );
  expect(get).toEqual({
    tags: ['pets'],
    parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
  });
  expect(openapi['servers']).toEqual([]);
  expect(keysOf(at(openapi, 'paths', '/pets'))).toEqual(['get']);
});

test('removes what a target selects in any order, twice or with its holder', async () => {
  const servers = [{ url: 'https://a.example' }, { url: 'https://b.example' }];
  const remaining = async (...targets: string[]) =>
    (await overlaid(overlayOf(targets.map((target) => ({ target, remove: true }))))).openapi[
      'servers'
    ];
  expect(await remaining('$.servers[-1, 0]')).toEqual([]);
  expect(await remaining('$.servers[0, 0]')).toEqual(servers.slice(1));
  expect(await remaining('$.servers[::-1]', '$.tags..*')).toEqual([]);
  expect(await remaining('$.servers[0]..url', '$.servers[0]')).toEqual(servers.slice(1));
  expect(
    (
      await overlaid(
        overlayOf([
          { target: '$.paths..*', remove: 'yes' },
          { target: '$.paths', update: { '/a': { get: {} } } },
        ]),
      )
    ).openapi['paths'],
  ).toEqual({ '/a': { get: {} } });
});

test('the items behind a removed one keep their digits', async () => {
  const root = await folder({
    'openapi.yaml':
      'openapi: 3.1.0\ninfo: { title: T, version: 1.0 }\npaths:\n  /a:\n    get:\n      parameters:\n        - { name: v, in: query, schema: { type: string, enum: [1.10, 2.50, 3] } }\n',
    'o.json': overlayOf([{ target: '$..enum[0]', remove: true }]),
  });
  const { openapi } = await load(join(root, 'openapi.yaml'), { overlays: [join(root, 'o.json')] });
  const schema = at(openapi, 'paths', '/a', 'get', 'parameters', '0', 'schema');
  expect(schema).toMatchObject({ enum: ['2.50', '3'] });
});

test('an update of another kind replaces the value, with one warning', async () => {
  const { get, warnings } = await overlaid(
    overlayOf([
      { target: "$.paths['/pets'].get", update: { tags: 'all', summary: ['x'], parameters: null } },
      { target: '$.servers', update: null },
    ]),
  );
  expect(get).toMatchObject({ parameters: [{}, {}] });
  const found = warnings.filter(({ code }) => code === 'OVERLAY_MISMATCH');
  expect(found.map(({ message }) => message)).toEqual([
    'The update puts a single value in the place of a list at #/paths/~1pets/get/tags.',
    'The update is empty and changes nothing.',
  ]);
});

test('a target may end in a line break, as YAML makes it, and actions may be reusable (1.2)', async () => {
  const { openapi, warnings } = await overlaid({
    ...overlayOf([
      { target: '$.info\n', update: { title: 'Renamed' } },
      { target: '$.paths.*.get', $ref: '#/components/actions/hidden' },
    ]),
    components: { actions: { hidden: { fields: { update: { 'x-hidden': true } } } } },
    overlay: '1.2.0',
  });
  expect(warnings).toEqual([]);
  expect(at(openapi, 'info', 'title')).toBe('Renamed');
  expect(at(openapi, 'paths', '/pets/{id}', 'get', 'x-hidden')).toBe(true);
});

test('copies the value at a path (1.1)', async () => {
  const { openapi } = await overlaid({
    ...overlayOf([{ target: "$.paths['/pets/{id}'].get", copy: "$.paths['/pets'].get" }]),
    overlay: '1.1.0',
  });
  expect(at(openapi, 'paths', '/pets/{id}', 'get', 'summary')).toBe('List all');
  expect(await codesOf(overlaid(overlayOf([{ target: '$.info', copy: '$.paths.*' }])))).toEqual([
    'INVALID_OVERLAY',
  ]);
});

test('several are applied in order, each to the result of the previous one', async () => {
  const first = overlayOf([{ target: '$.paths', update: { '/new': { get: {} } } }]);
  const second = overlayOf([{ target: "$.paths['/new'].get", update: { summary: 'New' } }]);
  expect(at((await overlaid(first, second)).openapi, 'paths', '/new', 'get', 'summary')).toBe(
    'New',
  );
  expect((await overlaid(second, first)).warnings).toMatchObject([
    {
      code: 'OVERLAY_MATCHES_NOTHING',
      place: expect.stringMatching(/0\.json#\/actions\/0$/) as string,
    },
  ]);
});

test.each([
  ["$.paths['/pets'].GET", 'Did you mean "get"? Correct'],
  ['$["paths"]["/pet"].get', 'Did you mean "/pets"? Correct'],
  ['$.tags[7].name', 'Correct'],
  ['$.paths.*.nothing', 'Correct'],
])('the remedy for the target %s, which matches nothing, begins with %j', async (target, words) => {
  const { warnings } = await overlaid(overlayOf([{ target, update: { summary: 'New' } }]));
  expect(warnings[0]?.remedy).toMatch(new RegExp(`^${words.replaceAll('?', '\\?')}`));
});

test('targets match the document as written, before it is upgraded and its references are followed', async () => {
  const root = await folder({
    'swagger.json': document2({
      '/a': { get: { parameters: [{ name: 'q', in: 'query', type: 'string' }] } },
    }),
    'o.yaml':
      'overlay: 1.0.0\nactions:\n  - target: $.paths.*.get.parameters[0]\n    update: { type: integer, description: { $ref: x.json } }\n  - target: $.paths\n    update: { /b: { $ref: items/b.json } }\n',
    'items/b.json': { get: { summary: 'B' } },
  });
  const { openapi } = await load(join(root, 'swagger.json'), { overlays: [join(root, 'o.yaml')] });
  expect(at(openapi, 'paths', '/a', 'get', 'parameters', '0', 'schema', 'type')).toBe('integer');
  expect(at(openapi, 'paths', '/b', 'get', 'summary')).toBe('B');
});

test('an overlay from the network gets none of the document’s headers, and may be private because it was named', async () => {
  const seen: unknown[] = [];
  const origin = await serve((request, response) => {
    seen.push(request.headers['x-key']);
    response.end(JSON.stringify(overlayOf([{ target: '$.info', update: { title: 'Renamed' } }])));
  });
  const root = await folder({ 'openapi.json': pets });
  const overlays = [origin.replace('//', '//me:secret@')];
  const document = await load(join(root, 'openapi.json'), { overlays, headers: { 'x-key': 'k' } });
  expect(at(document.openapi, 'info', 'title')).toBe('Renamed');
  expect(seen).toEqual([undefined]);
  expect(document.overlays).toEqual([`${origin}/`]);
});

test.each<[unknown, string]>([
  [pets, 'Not an OpenAPI Overlay'],
  [[], 'Not an OpenAPI Overlay'],
  [{ overlay: '2.0.0', actions: [] }, 'Overlay "2.0.0" is not supported'],
  [overlayOf([]), 'no actions'],
  [overlayOf([{ update: {} }]), 'no target'],
  [overlayOf([{ target: '$.paths' }]), 'has no update, copy or remove'],
  [overlayOf([{ target: '$.paths[?', remove: true }]), 'is not a valid JSONPath'],
  [overlayOf([{ target: '$.paths', copy: 'paths' }]), 'is not a valid JSONPath'],
  [overlayOf([{ target: '$', remove: true }]), 'cannot be removed'],
  [overlayOf([{ target: '$', update: ['x'] }]), 'can be updated by an object only'],
  [overlayOf([{ target: '$.info', $ref: '#/components/actions/a' }]), 'has no update, copy'],
])('%j is refused: %s', async (overlay, message) => {
  const [problem] = await problemsOf(overlaid(overlay as object));
  expect(problem).toMatchObject({ code: 'INVALID_OVERLAY' });
  expect(problem?.message).toContain(message);
  expect(problem?.place).toMatch(/0\.json/);
});

test('all problems of all overlays are reported at once', async () => {
  const bad = overlayOf([{ target: '!' }, { target: '$.paths' }]);
  expect(await codesOf(overlaid(bad, bad))).toHaveLength(4);
});

test('an error that an overlay causes names the overlays', async () => {
  const broken = overlaid(overlayOf([{ target: '$.openapi', remove: true }]));
  const [problem] = await problemsOf(broken);
  expect(problem).toMatchObject({ code: 'NOT_OPENAPI' });
  expect(problem?.place).toMatch(/openapi\.json with its overlays$/);
});

test('a missing one is named with its flag', async () => {
  const root = await folder({ 'openapi.json': pets });
  const missing = load(join(root, 'openapi.json'), { overlays: [join(root, 'none.yaml')] });
  expect(await problemsOf(missing)).toMatchObject([
    { code: 'SOURCE_NOT_FOUND', place: '--overlay' },
  ]);
});

test('targets reach as deep as documents go', async () => {
  let deep: object = { 'x-found': true };
  for (let level = 0; level < 200; level += 1) deep = { a: deep };
  const root = await folder({
    'openapi.json': { ...document3({ '/a': { get: {} } }), 'x-deep': deep },
    'o.json': overlayOf([{ target: "$..['x-found']", remove: true }]),
  });
  const { openapi, warnings } = await load(join(root, 'openapi.json'), {
    overlays: [join(root, 'o.json')],
  });
  expect(warnings).toEqual([]);
  expect(JSON.stringify(openapi)).not.toContain('x-found');
});

test.each<[string, object]>([
  ['copies of the whole document', { target: '$', copy: '$' }],
  ['copies of it in one place', { target: "$['x-copy']", copy: '$' }],
  ['a list that is appended to itself', { target: '$.servers', copy: '$.servers' }],
  ['members of every value', { target: '$..*', update: { a: { b: 'x'.repeat(1000) } } }],
])('a few actions cannot add without end: %s', async (_, action) => {
  const first = { target: '$', update: { 'x-copy': {} } };
  const actions = Array.from({ length: 40 }, () => action);
  const url = new URL('file:///o.json');
  const bytes = Buffer.from(JSON.stringify(overlayOf([first, ...actions])));
  const read = () => Promise.resolve({ url, bytes });
  const sources = [{ url, place: '--overlay' }];
  const ignored = () => undefined;
  const work = applyOverlays(
    structuredClone(pets) as JsonObject,
    sources,
    read,
    ignored,
    1_000_000,
  );
  expect(await codesOf(work)).toEqual(['TOO_REPETITIVE']);
});
