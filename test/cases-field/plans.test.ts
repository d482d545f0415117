import { expect, test } from 'vitest';
import type { Json } from '../../src/json.js';
import { isObject } from '../../src/json.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import { run } from '../support/command-line.js';
import { caseFile, planCase } from './planned.js';

test('unreachable-ref', async () => {
  await expect(planCase('unreachable-ref')).rejects.toMatchObject({
    problems: [{ code: 'SOURCE_UNREACHABLE', place: 'https://schemas.example.com/thing.json' }],
  });
});

test('local-defs', async () => {
  const { tools, args, warnings } = await planCase('local-defs');
  const properties = Object.keys(tools).map((name) => [name, args(name)['body']?.['properties']]);
  const integer = { type: 'integer' };
  expect(Object.fromEntries(properties)).toEqual({
    local_defs: { line: { type: 'object', properties: { sku: { type: 'string' } } } },
    anchored: { n: { type: 'object', properties: { value: integer } } },
    inline_defs: { p: integer },
    drafts: { p: integer },
    id_rel: { t: integer },
  });
  expect(warnings).toEqual([]);
});

test('openapi-number', async () => {
  const { status, stdout } = await run(['validate', '--url', caseFile('openapi-number')]);
  expect([status, stdout]).toEqual([0, expect.stringContaining('1 tool, 0 warnings.')]);
});

test('yaml-number-enum', async () => {
  const { args } = await planCase('yaml-number-enum');
  expect(args('list_rates')).toMatchObject({
    schema_version: { enum: ['1.0', '1.10', '2.0'] },
    month: { enum: ['01', '02', '08', '09', '10'] },
    day: { enum: ['2024-01-01', '10:30'] },
  });
});

test('slashed-pattern', async () => {
  const { args } = await planCase('slashed-pattern');
  const { code, insensitive, inline } = args('get_code');
  expect(code).toEqual({ type: 'string', pattern: '^[A-Z]{3}$' });
  expect([insensitive, inline]).toEqual([
    { type: 'string', description: 'Matches the regular expression /^[a-z]+$/i' },
    { type: 'string', description: 'Matches the regular expression (?i)^[a-z]+$' },
  ]);
});

test('discriminator-base', async () => {
  const { args } = await planCase('discriminator-base');
  const kind = (value: string, own: string, type: string) => ({
    type: 'object',
    required: ['petType', own],
    properties: { petType: { type: 'string', const: value }, [own]: { type } },
  });
  expect(args('add_pet')['body']).toEqual({
    anyOf: [kind('kitty', 'lives', 'integer'), kind('Dog', 'bark', 'boolean')],
  });
});

test('array-no-items', async () => {
  const { args } = await planCase('array-no-items');
  expect(args('add_list')).toMatchObject({
    ids: { type: 'array', items: {} },
    body: { properties: { values: { type: 'array', items: {} } } },
  });
});

test('greedy-path', async () => {
  const { args, warnings } = await planCase('greedy-path');
  expect(args('get_file')['proxy']).toEqual({ type: 'string', description: "The file's path" });
  expect(warnings).toEqual([]);
});

test('upload-filename', async () => {
  const { args } = await planCase('upload-filename');
  expect(args('transcribe')['body']).toMatchObject({
    properties: {
      file: {
        description: expect.stringContaining('data:audio/wav;name=a.wav;base64,…') as string,
      },
    },
  });
});

test('nonlatin-names', async () => {
  const { plan: planned, args } = await planCase('nonlatin-names');
  const titles = planned.api.tools.map(({ title }) => title);
  expect(titles.toSorted()).toEqual(['查询用户', '查询订单V2'].toSorted());
  const names = planned.api.tools.map(({ name }) => name);
  expect(names).not.toContain('v2');
  expect(names).not.toContain('get_by');
  const all = names.flatMap((name) => Object.values(args(name)).map((schema) => schema['title']));
  expect(all.toSorted()).toEqual(['编号', '编号', '页码', '每页'].toSorted());
});

test('xml-body', async () => {
  const { args } = await planCase('xml-body');
  const [first, second] = ['add_order', 'add_order2'].map((name) => args(name)['body']);
  for (const body of [first, second])
    expect(body?.['description']).toMatch(
      /\(application\/xml\)[^]*<order xmlns="urn:example:orders" id="integer">[^]*<sku>string<\/sku> <!-- required -->[^]*<quantity>[^]*<lines>\s*<line>/,
    );
  expect(second?.['examples']).toEqual([
    '<order xmlns="urn:example:orders"><quantity>1</quantity></order>',
  ]);
});

test('server-query', async () => {
  const { tools, warnings } = await planCase('server-query');
  expect(tools['b']?.request).toMatchObject({
    server: 'http://127.0.0.1:8080/other',
    path: '/b?code=abc123',
  });
  expect(warnings).toEqual([
    expect.stringMatching(/^SERVER_QUERY \| #\/servers\/0 \| \?r= of/),
    expect.stringMatching(/^SERVER_QUERY \| #\/paths\/~1c\/get \| #x of/),
  ]);
});

test.each([undefined, 'https://docs.example.com/openapi.yaml'])(
  'server-no-scheme from %s',
  async (url) => {
    const document = await load(caseFile('server-no-scheme'));
    const { api, warnings } = plan({ ...document, ...(url !== undefined && { url }) });
    expect(api.baseUrl).toBeUndefined();
    expect(warnings).toMatchObject([
      {
        code: 'NO_SERVER',
        message: expect.stringContaining('"api.example.com/v1"') as string,
        remedy: expect.stringContaining('--base-url https://api.example.com/v1') as string,
      },
    ]);
  },
);

test('authorization-parameter', async () => {
  const { warnings } = await planCase('authorization-parameter');
  const of = (path: string) => warnings.filter((line) => line.includes(`#/paths/~1${path}/`));
  expect(of('a')).toEqual([expect.stringMatching(/Authorization.*UPSTREAM_BEARER_TOKEN/)]);
  expect(of('b')).toEqual([
    expect.stringMatching(/Accept .* instead of application\/vnd\.acme\.v2\+json/),
  ]);
  expect(of('c')).toEqual([
    expect.stringMatching(/Content-Type .* instead of application\/vnd\.acme\.v2\+json/),
  ]);
  expect(of('d')).toHaveLength(3);
  // Each warning has a remedy.
  for (const line of warnings) expect(line).not.toMatch(/\| $/);
});

test('query-template', async () => {
  const { tools, args, warnings } = await planCase('query-template');
  expect(tools['in_query']?.inputSchema).toMatchObject({ required: ['term'] });
  expect(args('in_query')).toEqual({ term: { type: 'string' }, page: { type: 'integer' } });
  expect(tools['in_path']?.inputSchema).toMatchObject({ required: ['term', 'page'] });
  expect(warnings).toEqual([]);
});

test('vendor-paths', async () => {
  const { tools, warnings } = await planCase('vendor-paths');
  expect(tools['get_props']?.request.path).toBe('/blobs?comp=properties');
  expect(warnings).toEqual([
    expect.stringMatching(/^VENDOR_OPERATIONS .*\| 1 operation is skipped/),
  ]);
});

test('dangling-deep', async () => {
  const { tools, args, warnings } = await planCase('dangling-deep');
  expect(Object.keys(tools)).toEqual(['create_envelope', 'list_envelopes']);
  expect(args('create_envelope')['body']).toMatchObject({
    properties: { signer: { properties: { name: { type: 'string' }, offline: {} } } },
  });
  expect(warnings).toEqual([
    expect.stringContaining('#/components/schemas/Signer/properties/offline'),
  ]);
});

test('description-gives-way', async () => {
  const { args } = await planCase('description-gives-way');
  const { bucket, status } = args('get_bucket');
  expect(bucket?.['description']).toBe("The bucket's name");
  expect(status?.['description']).toMatch(/State of the bucket[^]*ACTIVE: takes writes\. PAUSED:/);
});

test('no case keeps oneOf, or an array without items', async () => {
  for (const name of ['oneof-overlap', 'allof-closed', 'array-no-items', 'null-optional']) {
    const { plan: planned } = await planCase(name);
    for (const { inputSchema } of planned.api.tools) check(inputSchema as Json);
  }
});

function check(value: Json): void {
  const items = Array.isArray(value) ? value : Object.values(isObject(value) ? value : {});
  if (isObject(value)) expect(value).not.toHaveProperty('oneOf');
  if (isObject(value) && value['type'] === 'array') expect(value).toHaveProperty('items');
  items.forEach(check);
}
