import { expect, test } from 'vitest';
import { at, serve } from './helpers.js';
import { sending, toolsOf } from './tools.js';

const integer = { type: 'integer' };
const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The body of the only tool of a document. */
async function bodyOf(schema: object, schemas: object = {}, files: object = {}): Promise<unknown> {
  const { tools, warnings } = await toolsOf({ 'o.json': sending(schema, schemas), ...files });
  expect(warnings).toEqual([]);
  return at(tools['send'], 'properties', 'body');
}

test('definitions, anchors and identifiers of a real document are found', async () => {
  const { tools, warnings } = await toolsOf({
    'o.yaml': `
openapi: 3.1.0
info: {title: Defs, version: '1'}
servers: [{url: https://api.example.com}]
paths:
  /a: {post: {operationId: localDefs, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}}
  /b: {post: {operationId: anchored, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/UsesAnchor'}}}}}}
  /c: {post: {operationId: inlineDefs, requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {p: {$ref: '#/$defs/P'}}, $defs: {P: {type: integer}}}}}}}}
  /d: {post: {operationId: drafts, requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {p: {$ref: '#/definitions/P'}}, definitions: {P: {type: integer}}}}}}}}
  /e: {post: {operationId: idRel, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/WithId'}}}}}}
components:
  schemas:
    Order: {type: object, properties: {line: {$ref: '#/$defs/Line'}}, $defs: {Line: {type: object, properties: {sku: {type: string}}}}}
    Node: {$anchor: node, type: object, properties: {value: {type: integer}}}
    UsesAnchor: {type: object, properties: {n: {$ref: '#node'}}}
    WithId: {$id: 'urn:example:with-id', type: object, properties: {t: {$ref: '#/$defs/T'}}, $defs: {T: {type: integer}}}
`,
  });
  expect(warnings).toEqual([]);
  const body = (tool: string, ...path: string[]) =>
    at(tools[tool], 'properties', 'body', 'properties', ...path);
  expect(body('local_defs', 'line', 'properties', 'sku')).toEqual({ type: 'string' });
  expect(body('anchored', 'n', 'properties', 'value')).toEqual(integer);
  expect(body('inline_defs', 'p')).toEqual(integer);
  expect(body('drafts', 'p')).toEqual(integer);
  expect(body('id_rel', 't')).toEqual(integer);
});

test.each([
  ['3.0.3', '#/definitions/P', { components: { schemas: { P: integer } } }],
  ['3.1.0', '#/components/schema/P', { components: { schemas: { P: integer } } }],
  ['3.1.0', ' #/components/schemas/P ', { components: { schemas: { P: integer } } }],
  ['3.0.3', '#/definitions/P', { definitions: { P: integer } }],
  ['3.0.3', '#components/schemas/P', { components: { schemas: { P: integer } } }],
  ['3.1.0', '#definitions/P', { components: { schemas: { P: integer } } }],
  ['3.0.3', 'components/schemas/P', { components: { schemas: { P: integer } } }],
  ['3.1.0', '/components/schemas/P', { components: { schemas: { P: integer } } }],
  ['3.0.3', 'definitions/P', { definitions: { P: integer } }],
  ['3.0.3', 'P', { components: { schemas: { P: integer } } }],
  ['3.0.3', 'P', { definitions: { P: integer } }],
])(
  'a reference of %s, %s, is found where it can only mean one schema',
  async (openapi, $ref, more) => {
    const q = { name: 'q', in: 'query', schema: { type: 'boolean' } };
    const parameters = [{ name: 'p', in: 'query', schema: { $ref } }, { $ref: '#/parameters/Q' }];
    const { components = {} } = more as { components?: object };
    const { tools, warnings } = await toolsOf({
      'o.json': {
        ...{ openapi, info: { title: 't', version: '1' } },
        servers: [{ url: 'https://api.example.com' }],
        ...{ ...more, components: { ...components, parameters: { Q: q } } },
        paths: { '/a': { get: { operationId: 'send', parameters, responses: {} } } },
      },
    });
    expect(warnings).toEqual([]);
    expect(at(tools['send'], 'properties')).toEqual({ p: integer, q: { type: 'boolean' } });
  },
);

test.each([
  ['itself', 'o.json', 'old.json#/components/schemas/P'],
  ['another file', 'sub/more.json', '../old.json#/components/schemas/P'],
])('a document that was renamed is found by its old name, from %s', async (_, file, $ref) => {
  const use = { name: 'p', in: 'query', schema: { $ref } };
  const components = { schemas: { P: integer } };
  const parameter = file === 'o.json' ? use : { $ref: 'sub/more.json#/p' };
  const { tools, warnings } = await toolsOf({
    'o.json': {
      ...{ openapi: '3.0.3', info: { title: 't', version: '1' }, components },
      paths: { '/a': { get: { operationId: 'send', parameters: [parameter], responses: {} } } },
    },
    'sub/more.json': { p: use },
  });
  expect(warnings).toMatchObject([{ code: 'SOURCE_NOT_FOUND', place: 'old.json' }]);
  expect(at(tools['send'], 'properties')).toEqual({ p: integer });
});

test('a name is a file if no schema has it', async () => {
  const { tools, warnings } = await toolsOf({
    'o.json': {
      ...{ openapi: '3.0.3', info: { title: 't', version: '1' } },
      servers: [{ url: 'https://api.example.com' }],
      components: { schemas: { Other: { type: 'boolean' } } },
      paths: {
        '/a': {
          get: {
            operationId: 'send',
            parameters: [
              { name: 'p', in: 'query', schema: { $ref: 'P' } },
              { name: 'q', in: 'query', schema: { $ref: 'more.json' } },
            ],
            responses: {},
          },
        },
      },
    },
    P: integer,
    'more.json': { $ref: 'Inner', components: { schemas: { Inner: { type: 'boolean' } } } },
  });
  expect(warnings).toEqual([]);
  expect(at(tools['send'], 'properties')).toEqual({ p: integer, q: { type: 'boolean' } });
});

test.each([['P'], ['components/schemas/P']])(
  'a schema that refers to %s, and so to itself, means a file',
  async ($ref) => {
    const body = await bodyOf(component('P'), { P: { $ref } }, { [$ref]: integer });
    expect(body).toEqual(integer);
  },
);

test('a reference through a schema that has a name as its reference is followed', async () => {
  const schemas = { Alias: { $ref: 'P' }, P: { type: 'object', properties: { x: integer } } };
  expect(await bodyOf(component('Alias/properties/x'), schemas)).toEqual(integer);
});

test('a name means a component of the kind that is expected', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } } };
  const { tools, warnings } = await toolsOf({
    'o.json': {
      ...{ swagger: '2.0', info: { title: 't', version: '1' }, host: 'api.example.com' },
      parameters: { Pet: { name: 'limit', in: 'query', type: 'integer' } },
      responses: { Pet: { description: 'A pet', schema: { $ref: 'Pet' } } },
      definitions: { Pet: schema, Missing: schema },
      paths: {
        '/a': {
          get: {
            operationId: 'send',
            parameters: [{ $ref: 'Pet' }],
            responses: { 200: { $ref: 'Pet' }, 404: { $ref: 'Missing' } },
          },
        },
      },
    },
  });
  expect(at(tools['send'], 'properties')).toEqual({ limit: integer });
  const unresolved = warnings.filter(({ code }) => code === 'UNRESOLVED_REF');
  expect(unresolved.map(({ place }) => place)).toEqual(['#/paths/~1a/get/responses/404']);
});

test.each([
  ['nested', { properties: { a: { properties: { p: { $ref: '#/$defs/P' } } } } }],
  ['in a list', { properties: { a: { items: { $ref: '#/$defs/P' } } } }],
  ['in a composition', { properties: { a: { allOf: [{ $ref: '#/$defs/P' }] } } }],
  ['through another definition', { properties: { a: { $ref: '#/$defs/Q' } } }],
  ['with an escaped name', { properties: { a: { $ref: '#/$defs/a~1b%20c' } } }],
])('a definition of the enclosing schema is found %s', async (_, schema) => {
  const $defs = { P: integer, Q: { items: { $ref: '#/$defs/P' } }, 'a/b c': integer };
  expect(JSON.stringify(await bodyOf({ ...schema, $defs }))).toContain('integer');
});

test('the nearest of several definitions with the same name is used', async () => {
  const inner = { properties: { p: { $ref: '#/$defs/P' } }, $defs: { P: integer } };
  const body = await bodyOf({
    properties: { inner, outer: { $ref: '#/$defs/P' } },
    $defs: { P: { type: 'string' } },
  });
  expect(at(body, 'properties', 'inner', 'properties', 'p')).toEqual(integer);
  expect(at(body, 'properties', 'outer')).toEqual({ type: 'string' });
});

test.each([
  ['query', 'parameters', { name: 'q', in: 'query' }],
  ['header', 'parameters', { name: 'q', in: 'header' }],
])('a definition is found in a schema of a %s', async (_, field, parameter) => {
  const schema = { items: { $ref: '#/$defs/P' }, $defs: { P: integer }, type: 'array' };
  const paths = { '/a': { get: { operationId: 'a', [field]: [{ ...parameter, schema }] } } };
  const { tools, warnings } = await toolsOf({ 'o.json': { ...sending({}), paths } });
  expect(warnings).toEqual([]);
  expect(at(tools['a'], 'properties', 'q', 'items')).toEqual(integer);
});

test('a definition is found in a form, and in a 2.0 document', async () => {
  const schema = { properties: { p: { $ref: '#/definitions/P' } }, definitions: { P: integer } };
  const content = { 'multipart/form-data': { schema } };
  const form = { '/a': { post: { operationId: 'a', requestBody: { content } } } };
  const { tools } = await toolsOf({ 'o.json': { ...sending({}), paths: form } });
  expect(at(tools['a'], 'properties', 'body', 'properties', 'p')).toEqual(integer);
  const parameters = [{ name: 'b', in: 'body', schema: { $ref: '#/definitions/Own' } }];
  const old = await toolsOf({
    'o.json': {
      swagger: '2.0',
      paths: { '/a': { post: { operationId: 'a', parameters } } },
      definitions: { Own: schema },
    },
  });
  expect(old.warnings).toEqual([]);
  expect(at(old.tools['a'], 'properties', 'body', 'properties', 'p')).toEqual(integer);
});

test('a definition is found in another file, by its root or by the enclosing schema', async () => {
  const part = { properties: { p: { $ref: '#/$defs/P' } }, $defs: { P: integer } };
  const properties = { a: { $ref: 'a.json' }, b: { $ref: 'b.json#/deep/B' } };
  const files = { 'a.json': part, 'b.json': { deep: { B: part } } };
  const body = await bodyOf({ properties }, {}, files);
  expect(at(body, 'properties', 'a', 'properties', 'p')).toEqual(integer);
  expect(at(body, 'properties', 'b', 'properties', 'p')).toEqual(integer);
});

test.each([
  ['a component', { properties: { n: { $ref: '#node' } } }],
  ['a list', { properties: { n: { items: { $ref: '#node' } } } }],
  ['a dynamic anchor', { properties: { n: { $dynamicRef: '#tree' } } }],
  ['a dynamic anchor that is a plain one', { properties: { n: { $dynamicRef: '#node' } } }],
  ['an anchor among definitions', { properties: { n: { $ref: '#deep' } } }],
  ['a percent-encoded anchor', { properties: { n: { $ref: '#%6eode' } } }],
])('an anchor is found: %s', async (_, schema) => {
  const body = await bodyOf(schema, {
    Node: { $anchor: 'node', type: 'object', properties: { value: integer } },
    Tree: { $dynamicAnchor: 'tree', properties: { value: integer } },
    Deep: { $defs: { X: { $anchor: 'deep', properties: { value: integer } } } },
  });
  expect(JSON.stringify(at(body, 'properties', 'n'))).toContain('"value":{"type":"integer"}');
});

test('an anchor of the schema with the identifier takes precedence over another one with its name', async () => {
  const own = { $anchor: 'x', ...integer };
  const body = await bodyOf(component('B'), {
    A: { $anchor: 'x', type: 'string' },
    B: { $id: 'b', properties: { p: { $ref: '#x' }, q: own } },
  });
  expect(at(body, 'properties', 'p')).toEqual(integer);
});

test('an anchor in another file is found, but one in data is not', async () => {
  const body = await bodyOf(
    { properties: { p: { $ref: 'a.json#here' } } },
    { S: { properties: { $anchor: { type: 'string' } } } },
    { 'a.json': { $defs: { A: { $anchor: 'here', ...integer } } } },
  );
  expect(at(body, 'properties', 'p')).toEqual(integer);
});

test.each([
  ['absolute', 'https://schemas.example.com/thing.json', 'https://schemas.example.com/thing.json'],
  ['a urn', 'urn:example:thing', 'urn:example:thing'],
  ['with an empty fragment', 'https://schemas.example.com/t#', 'https://schemas.example.com/t'],
  ['relative', 'thing', 'thing'],
  ['with a pointer', 'urn:example:thing', 'urn:example:thing#/properties/t'],
  ['with an anchor', 'urn:example:thing', 'urn:example:thing#t'],
])('nothing is fetched if the document contains it: %s', async (_, $id, $ref) => {
  const Thing = { $id, type: 'object', properties: { t: { $anchor: 't', ...integer } } };
  const body = await bodyOf({ properties: { a: { items: { $ref } } } }, { Thing });
  expect(JSON.stringify(body)).toContain('integer');
});

test('identifiers are relative to the enclosing ones', async () => {
  const body = await bodyOf(component('Outer'), {
    Outer: {
      $id: 'https://schemas.example.com/v1/outer.json',
      properties: { a: { $ref: 'inner.json' }, b: { $ref: '/v2/other.json' } },
      $defs: { Inner: { $id: 'inner.json', ...integer } },
    },
    Other: { $id: 'https://schemas.example.com/v2/other.json', type: 'boolean' },
  });
  expect(at(body, 'properties')).toEqual({ a: integer, b: { type: 'boolean' } });
});

test('a file that was read is not fetched again under its identifier', async () => {
  let requests = 0;
  const origin = await serve((_, response) => {
    requests += 1;
    response.end('{}');
  });
  const body = await bodyOf(
    { properties: { a: { $ref: 'a.json' }, b: { $ref: `${origin}/schemas/a.json` } } },
    {},
    {
      'a.json': { $id: `${origin}/schemas/a.json`, properties: { b: { $ref: 'b.json' } } },
      'b.json': integer,
    },
  ).catch((error: unknown) => error);
  expect(requests).toBe(0);
  expect(JSON.stringify(body)).toContain('integer');
});

test('components are found from a schema with an identifier, which is what most authors mean', async () => {
  const body = await bodyOf(component('A'), {
    A: { $id: 'urn:a', properties: { b: component('B') } },
    B: integer,
  });
  expect(at(body, 'properties', 'b')).toEqual(integer);
});

test('recursion by "#" and by an anchor stays recursion', async () => {
  const list = (reference: object) => ({ properties: { value: integer, next: reference } });
  const { tools, warnings } = await toolsOf({
    'o.json': sending(
      { properties: { a: component('A'), b: component('B'), c: component('C') } },
      {
        A: list({ $ref: '#' }),
        B: { $id: 'urn:b', ...list({ $ref: '#' }) },
        C: { $dynamicAnchor: 'c', ...list({ $dynamicRef: '#c' }) },
      },
    ),
  });
  expect(warnings).toEqual([]);
  const definitions = at(tools['send'], '$defs');
  for (const name of ['A', 'B', 'C'])
    expect(at(definitions, name, 'properties')).toEqual({
      value: integer,
      next: { $ref: `#/$defs/${name}` },
    });
});
