import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import { plan } from '../../src/plan/plan.js';
import { makeSettings, startStub } from '../runtime/upstream/wire.js';
import { load } from '../../src/load/load.js';
import { at, folder } from './helpers.js';
import { toolsOf } from './tools.js';

/** The arguments of the operation `a`, given its contents and the components in YAML. */
async function argumentsOf(operation: string, components = '{}'): Promise<unknown> {
  const head = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";
  const text = `${head}paths: {/a: {post: {operationId: a, ${operation}}}}\ncomponents: ${components}\n`;
  const { tools, warnings } = await toolsOf({ 'o.yaml': text });
  expect(warnings).toEqual([]);
  return at(tools['a'], 'properties');
}

const query = (schema: string) => `parameters: [{name: q, in: query, schema: ${schema}}]`;
const body = (schema: string, media = 'application/json') =>
  `requestBody: {content: {${media}: {schema: ${schema}}}}`;

test('values of strings are the written texts', async () => {
  const { tools, warnings } = await toolsOf({
    'o.yaml': `
openapi: 3.0.3
info: {title: Tariffs, version: 1.0}
servers: [{url: https://api.example.com}]
paths:
  /rates:
    get:
      operationId: listRates
      parameters:
        - {name: schema_version, in: query, required: true, schema: {type: string, enum: [1.0, 1.10, 2.0]}}
        - {name: month, in: query, schema: {type: string, enum: [01, 02, 08, 09, 10]}}
        - {name: day, in: query, schema: {type: string, enum: [2024-01-01, 10:30]}}
`,
  });
  expect(warnings).toEqual([]);
  const values = (name: string) => at(tools['list_rates'], 'properties', name, 'enum');
  expect(values('schema_version')).toEqual(['1.0', '1.10', '2.0']);
  expect(values('month')).toEqual(['01', '02', '08', '09', '10']);
  expect(values('day')).toEqual(['2024-01-01', '10:30']);
});

test.each([
  ['enum: [1e3, 0x1F, no, ~, True, 0o17, +1, .5, 1_000]'],
  ['const: 1.10'],
  ['default: 1.20'],
  ['example: 08'],
  ['examples: [2.50]'],
])('a string has %s', async (keyword) => {
  const [name = '', written = ''] = keyword.split(': ');
  const q = at(await argumentsOf(query(`{type: string, ${keyword}}`)), 'q');
  const texts = written.replace(/[[\]]/g, '').split(', ');
  const found = [at(q, name === 'example' ? 'examples' : name)].flat();
  expect(found).toEqual(texts.map((text) => (text === '~' ? null : text)));
});

test.each([
  ['nested', body('{properties: {v: {type: string, enum: [1.10]}}}'), ['body', 'properties', 'v']],
  ['in a list', body('{type: array, items: {type: string, enum: [1.10]}}'), ['body', 'items']],
  [
    'in a form',
    body('{properties: {v: {type: string, enum: [1.10]}}}', 'multipart/form-data'),
    ['body', 'properties', 'v'],
  ],
  [
    'in a header',
    'parameters: [{name: X-V, in: header, schema: {type: string, enum: [1.10]}}]',
    ['X-V'],
  ],
  ['of several types', query("{type: [string, 'null'], enum: [1.10]}"), ['q']],
  ['in a choice', query("{anyOf: [{type: string}, {type: 'null'}], enum: [1.10]}"), ['q']],
  ['in a composition', query('{allOf: [{type: string}], enum: [1.10]}'), ['q']],
  ['in $defs', query("{$ref: '#/$defs/V', $defs: {V: {type: string, enum: [1.10]}}}"), ['q']],
  ['by an anchor of YAML', `x-v: &v 1.10, ${query('{type: string, enum: [*v]}')}`, ['q']],
])('the text of an enum is kept %s', async (_, operation, path) => {
  expect(at(await argumentsOf(operation), ...path, 'enum')).toEqual(['1.10']);
});

test('examples of parameters, bodies and their parts are texts if their schemas require it', async () => {
  const V = '{schemas: {V: {type: string}}}';
  const q = await argumentsOf(
    "parameters: [{name: q, in: query, schema: {$ref: '#/components/schemas/V'}, example: 1.10}]",
    V,
  );
  expect(at(q, 'q', 'examples')).toEqual(['1.10']);
  const schema = "{properties: {v: {$ref: '#/components/schemas/V'}, n: {type: number}}, ";
  const sent = await argumentsOf(body(`${schema}example: {v: 1.10, n: 1.10}}`), V);
  expect(at(sent, 'body', 'examples')).toEqual([{ v: '1.10', n: 1.1 }]);
});

test('numbers in schemas of numbers stay numbers', async () => {
  const q = at(
    await argumentsOf(query('{type: number, enum: [1.0, 1.10, 1e3], default: 1.0}')),
    'q',
  );
  expect(q).toEqual({ type: 'number', enum: [1, 1.1, 1000], default: 1 });
});

test('names, versions and other texts are the written ones, including those of an overlay', async () => {
  const root = await folder({
    'o.yaml':
      'openapi: 3.1\ninfo: {title: 2024, version: 1.10}\ntags: [{name: 007}]\npaths:\n' +
      '  /a: {get: {operationId: 1e3, tags: [007], summary: 1.10, description: yes}}\n' +
      'servers: [{url: "https://{v}.example.com", variables: {v: {default: 1.10, enum: [1.10]}}}]\n',
    'l.yaml':
      'overlay: 1.0.0\nactions:\n  - {target: $.info, update: {version: 2.10}}\n' +
      '  - {target: $.tags, update: [{name: 008}]}\n',
  });
  const { openapi } = await load(join(root, 'o.yaml'), { overlays: [join(root, 'l.yaml')] });
  expect(openapi['info']).toEqual({ title: '2024', version: '2.10' });
  expect(openapi['tags']).toEqual([{ name: '007' }, { name: '008' }]);
  expect(at(openapi, 'paths', '/a', 'get')).toEqual({
    operationId: '1e3',
    tags: ['007'],
    summary: '1.10',
    description: 'yes',
  });
  const variable = { default: '1.10', enum: ['1.10'] };
  expect(at(openapi, 'servers', '0', 'variables', 'v')).toEqual(variable);
});

test.each(['3.0', '3', '3.1', '3.10'])('openapi: %s without quotes', async (version) => {
  const work = toolsOf({
    'o.yaml': `openapi: ${version}\ninfo: {title: T, version: 1}\npaths: {/a: {get: {operationId: a, parameters: [{name: q, in: query, schema: {type: string, nullable: true}}]}}}\n`,
  });
  if (version === '3.10') await expect(work).rejects.toThrow('"3.10" is not supported');
  else expect((await work).warnings).toEqual([]);
});

const id = '1917043659912705297';

test.each([
  ['YAML', (text: string) => text],
  ['JSON', (text: string) => text.replaceAll(/(\w+):/g, '"$1":').replaceAll(/: (\w+)/g, ': "$1"')],
])('integers beyond 2^53 keep their digits in %s', async (kind) => {
  const schema = `{"type": "integer", "default": ${id}, "enum": [${id}, 1], "maximum": 9223372036854775807, "minimum": -9223372036854775808}`;
  const shown = `{"type": "integer", "examples": [${id}]}`;
  const part = `{"properties": {"a": ${schema}, "d": ${shown}}, "example": {"a": ${id}, "b": [-${id}], "c": 1}}`;
  const document = `{"openapi": "3.1.0", "paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": ${part}}}}}}}}`;
  const { tools } = await toolsOf({ 'o.yaml': kind === 'JSON' ? document : `# YAML\n${document}` });
  const found = at(tools['a'], 'properties', 'body');
  expect(at(found, 'properties', 'a')).toEqual({
    type: 'integer',
    default: id,
    enum: [id, 1],
  });
  expect(at(found, 'properties', 'd')).toEqual({ type: 'integer', examples: [id] });
  expect(at(found, 'examples')).toEqual([{ a: id, b: [`-${id}`], c: 1 }]);
});

test('JSON preserves the written form of its strings, too', async () => {
  const schema = '{"type": "string", "enum": [1.0, 1.10, 1e3, 5]}';
  const { tools } = await toolsOf({
    'o.json': `{"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "q", "in": "query", "schema": ${schema}}]}}}}`,
  });
  expect(at(tools['a'], 'properties', 'q', 'enum')).toEqual(['1.0', '1.10', '1e3', '5']);
});

test('texts are kept across files', async () => {
  const { tools } = await toolsOf({
    'o.yaml':
      "openapi: 3.1.0\npaths: {/a: {get: {operationId: a, parameters: [{$ref: 'p.yaml#/P'}]}}}\n",
    'p.yaml': "P: {name: q, in: query, schema: {$ref: 's.yaml'}}\n",
    's.yaml': 'type: string\nenum: [1.10, 08]\ndefault: 1.10\n',
  });
  expect(at(tools['a'], 'properties', 'q')).toEqual({
    type: 'string',
    enum: ['1.10', '08'],
    default: '1.10',
  });
});

test('the only value of a required parameter is sent as written', async () => {
  const stub = await startStub();
  onTestFinished(() => stub.close());
  const values = 'schema: {type: string, enum: [1.0, 1.10, 2.0]}';
  const root = await folder({
    'o.yaml':
      'openapi: 3.0.3\ninfo: {title: T, version: 1.0}\npaths: {/rates: {get: {operationId: listRates, parameters: [' +
      `{name: schema_version, in: query, required: true, ${values}},` +
      '{name: api, in: query, required: true, schema: {type: string, enum: [2.0]}}]}}}\n',
  });
  const { api } = plan(await load(join(root, 'o.yaml')), { baseUrl: stub.url });
  const call = createCall(api, makeSettings(api, { UPSTREAM_BASE_URL: stub.url }));
  const [tool] = api.tools;
  if (tool === undefined) throw new Error('no tool');
  const { signal } = new AbortController();
  await call(tool, { schema_version: '1.0' }, { signal, requestId: 'r' });
  expect(stub.requests.map(({ url }) => url)).toEqual(['/rates?schema_version=1.0&api=2.0']);
});

test.each(['enum: [1.0, 08]', 'default: 1.10', 'const: 0x1F', 'examples: [1e3]'])(
  'a parameter without a type is sent as text: %s',
  async (keyword) => {
    const [name = '', written = ''] = keyword.split(': ');
    const texts = written.replace(/[[\]]/g, '').split(', ');
    const { q } = (await argumentsOf(query(`{${keyword}}`))) as { q: object };
    expect([at(q, name)].flat()).toEqual(texts);
    const shared = await argumentsOf(
      query("{$ref: '#/components/schemas/V'}"),
      `{schemas: {V: {${keyword}}}}`,
    );
    expect([at(shared, 'q', name)].flat()).toEqual(texts);
  },
);

test('a member of a map has the type that the map defines for its members', async () => {
  const map = '{type: object, additionalProperties: {type: string}, default: {a: 1.10}}';
  expect(at(await argumentsOf(body(map)), 'body', 'default')).toEqual({ a: '1.10' });
});

test('a bound that is not a JSON number is removed, and the rest stays', async () => {
  const { tools, warnings } = await toolsOf({
    'o.yaml':
      "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {operationId: a, " +
      `${query('{type: number, minimum: 0, maximum: .inf, default: .nan}')}}}}\n`,
  });
  expect(warnings.map(({ code }) => code)).toEqual(['INVALID_KEYWORD']);
  expect(at(tools['a'], 'properties', 'q')).toMatchObject({ type: 'number', minimum: 0 });
});

test('words of YAML 1.1 and quoted booleans are booleans where one belongs', async () => {
  const { tools, warnings } = await toolsOf({
    'o.yaml': `
openapi: 3.0.3
info: {title: Words, version: '1'}
paths:
  /a:
    post:
      operationId: a
      deprecated: yes
      parameters:
        - {name: q, in: query, required: yes, schema: {type: string, enum: [yes, no]}}
        - {name: r, in: query, required: "true", explode: no, schema: {type: array, items: {type: string}}}
        - {name: s, in: query, required: off, schema: {type: boolean, default: no, enum: [yes, No]}}
        - {name: u, in: query, schema: {type: boolean, default: no, enum: ["yes", 'no']}}
        - {name: t, in: query, schema: {type: integer, nullable: "true", minimum: 1, exclusiveMinimum: on}}
      requestBody:
        required: Yes
        content:
          application/json:
            schema: {type: object, properties: {required: {type: string}, id: {type: string, readOnly: yes}, n: {type: string}}}
`,
  });
  expect(warnings).toEqual([]);
  expect(at(tools['a'], 'required')).toEqual(['q', 'r', 'body']);
  expect(at(tools['a'], 'properties')).toMatchObject({
    q: { enum: ['yes', 'no'] },
    s: { type: 'boolean', default: false, enum: [true, false] },
    u: { type: 'string', default: 'no', enum: ['yes', 'no'] },
    t: { type: ['integer', 'null'], exclusiveMinimum: 1 },
    body: { properties: { required: { type: 'string' }, n: { type: 'string' } } },
  });
  expect(at(tools['a'], 'properties', 'body', 'properties')).not.toHaveProperty('id');
});

test.each([
  ['a part beside the part with the type', '{allOf: [{type: string}, {enum: [1.0, 1.10]}]}'],
  ['a part beside a reference', "{allOf: [{$ref: '#/components/schemas/S'}, {enum: [1.0, 1.10]}]}"],
  ['a part of a schema with the type', '{type: string, anyOf: [{enum: [1.0]}, {const: 1.10}]}'],
  [
    'an alternative of a list item',
    '{type: array, items: {type: string, oneOf: [{enum: [1.0]}, {enum: [1.10]}]}}',
  ],
])('the values of %s are the written texts', async (_, schema) => {
  const asQuery = await argumentsOf(query(schema), '{schemas: {S: {type: string}}}');
  const member = `{type: object, properties: {q: ${schema}}}`;
  const inBody = await argumentsOf(body(member), '{schemas: {S: {type: string}}}');
  for (const found of [at(asQuery, 'q'), at(inBody, 'body', 'properties', 'q')])
    expect(JSON.stringify(found)).toMatch(/"1\.0".*"1\.10"/);
});

test('values of parts stay numbers where the whole may be one', async () => {
  const found = await argumentsOf(
    body('{type: object, properties: {q: {allOf: [{type: [string, number]}, {enum: [1.5]}]}}}'),
  );
  expect(JSON.stringify(found)).toContain('1.5]');
});
