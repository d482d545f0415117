import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { object } from '../../src/json.js';
import { withTypedParts } from '../../src/plan/input/text-body.js';
import { leanSchema } from '../../src/plan/tools/lean.js';
import { planOperation } from './helpers.js';

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const Order: JsonObject = {
  type: 'object',
  required: ['sku'],
  xml: { name: 'order', namespace: 'urn:example:orders' },
  properties: {
    id: { type: 'integer', xml: { attribute: true } },
    sku: { type: 'string', description: 'What is ordered' },
    quantity: { type: 'integer', maximum: 99 },
    state: { type: 'string', enum: ['new', 'paid'] },
    lines: {
      type: 'array',
      xml: { wrapped: true },
      items: { type: 'string', xml: { name: 'line' } },
    },
    created: { type: 'string', readOnly: true },
  },
};

/** The argument for a body of one media type. */
function bodyOf(
  mediaType: string,
  schema: Json,
  {
    description,
    example,
    schemas = {},
  }: { description?: string; example?: Json; schemas?: JsonObject } = {},
): JsonObject {
  const media = { schema, ...(example !== undefined && { example }) };
  const { tool } = planOperation(
    {
      requestBody: {
        required: true,
        content: { [mediaType]: media },
        ...(description !== undefined && { description }),
      },
    },
    { rest: { components: { schemas: { Order, ...schemas } } } },
  );
  return object(object(tool?.inputSchema['properties'])['body'] ?? null);
}

const orderXml = `XML (application/xml) like this:
<order xmlns="urn:example:orders" id="integer">
  <sku>string</sku> <!-- required. What is ordered -->
  <quantity>integer, at most 99</quantity>
  <state>string, one of new, paid</state>
  <lines>
    <line>string</line> <!-- any number of these -->
  </lines>
</order>`;

describe('a body of XML', () => {
  it('is described by its elements, its attributes and its namespace', () => {
    expect(bodyOf('application/xml', ref('Order'))).toEqual({
      type: 'string',
      description: orderXml,
    });
  });

  it('is described beside the document’s description of the body', () => {
    const { description } = bodyOf('application/xml', ref('Order'), { description: 'The order' });
    expect(description).toBe(`The order\n\n${orderXml}`);
  });

  it.each<[string, Json, string]>([
    [
      'objects',
      { id: 7, sku: 'a<b', lines: ['x', 'y'] },
      '<order xmlns="urn:example:orders" id="7"><sku>a&lt;b</sku><lines><line>x</line><line>y</line></lines></order>',
    ],
    ['texts', '<order/>', '<order/>'],
  ])('has its examples as XML: %s', (_, example, expected) => {
    expect(bodyOf('text/xml', ref('Order'), { example })['examples']).toEqual([expected]);
  });

  it.each<[string, Json, string]>([
    [
      'nested',
      { type: 'object', properties: { order: ref('Order') }, xml: { name: 'cart' } },
      '<cart>\n  <order xmlns="urn:example:orders" id="integer">\n    <sku>',
    ],
    [
      'in a list that is not wrapped',
      { type: 'object', properties: { item: { type: 'array', items: ref('Order') } } },
      '<order xmlns="urn:example:orders" id="integer"> <!-- any number of these -->',
    ],
    [
      'as a list at the top',
      { type: 'array', xml: { name: 'orders' }, items: ref('Order') },
      '<orders>\n  <order xmlns=',
    ],
    [
      'inherited',
      { allOf: [ref('Order'), { properties: { gift: { type: 'boolean' } } }], xml: { name: 'o' } },
      '<gift>boolean</gift>\n</o>',
    ],
    [
      'with a prefix',
      { properties: { a: {} }, xml: { name: 'r', prefix: 's', namespace: 'urn:s' } },
      '<s:r xmlns:s="urn:s">\n  <a>any</a>\n</s:r>',
    ],
  ])('is described where orders are %s', (_, schema, expected) => {
    expect(bodyOf('application/soap+xml', schema)['description']).toContain(expected);
  });

  it('ends where it contains itself', () => {
    const Tree = { type: 'object', properties: { name: {}, child: ref('Tree') } };
    const description = bodyOf('application/xml', ref('Tree'), { schemas: { Tree } })[
      'description'
    ];
    expect(description).toMatch(/^XML \(application\/xml\) like this:\n<Tree>\n {2}<name>/);
    expect((description as string).length).toBeLessThan(2000);
  });

  it('cannot be broken out of by a description', () => {
    const schema = { properties: { a: { description: 'x --> <b>y</b>\nz' } } };
    expect(bodyOf('application/xml', schema)['description']).toContain(
      '<a>any</a> <!-- x -> <b>y</b> -->',
    );
  });
});

describe('members of a form that are sent as XML', () => {
  const Form: JsonObject = {
    type: 'object',
    required: ['order'],
    properties: {
      order: ref('Order'),
      orders: { type: 'array', items: ref('Order') },
      note: { type: 'string', description: 'A note.' },
      photo: { type: 'string', format: 'binary' },
      json: { type: 'object', properties: { a: {} } },
    },
  };
  const xml = { contentType: 'application/xml' };
  const encoding: JsonObject = { order: xml, orders: xml, note: xml, photo: xml };

  const inherited = {
    type: 'object',
    allOf: [{ allOf: [ref('Form')] }],
  };

  it.each<[string, JsonObject]>([
    ['multipart/form-data', ref('Form')],
    ['application/x-www-form-urlencoded', ref('Form')],
    ['multipart/form-data, inherited', inherited],
  ])('are described as text in %s', (written, schema) => {
    const [mediaType = ''] = written.split(',');
    const { tool } = planOperation(
      { requestBody: { content: { [mediaType]: { schema, encoding } } } },
      { rest: { components: { schemas: { Order, Form } } } },
    );
    const listed = object(object(tool?.inputSchema['properties'])['body'] ?? null);
    const body = leanSchema(listed);
    const { photo: _, ...members } = object(body['properties'] ?? null);
    const order = { type: 'string', description: orderXml };
    expect(body['required']).toEqual(['order']);
    expect(members).toEqual({
      order,
      orders: { type: 'array', items: order },
      note: { type: 'string', description: 'A note.\n\nXML (application/xml).' },
      json: { type: 'object', properties: { a: {} } },
    });
  });
});

it('a form that inherits from itself many times has each member that is sent as XML once', () => {
  const Form = {
    type: 'object',
    properties: { order: ref('Order') },
    allOf: Array.from({ length: 5 }, () => ref('Form')),
  };
  const encoding = { order: { contentType: 'application/xml' } };
  const root = { components: { schemas: { Order, Form } } };
  const typed = JSON.stringify(withTypedParts(ref('Form'), encoding, root));
  expect(typed.split('XML (application/xml)')).toHaveLength(2);
});

it('a member of a form that is sent as XML may be a list of itself', () => {
  const Tree: JsonObject = { type: 'array', items: ref('Tree') };
  const schema = { type: 'object', properties: { tree: ref('Tree') } };
  const encoding = { tree: { contentType: 'application/xml' } };
  const { tool } = planOperation(
    { requestBody: { content: { 'multipart/form-data': { schema, encoding } } } },
    { rest: { components: { schemas: { Tree } } } },
  );
  const body = object(object(tool?.inputSchema['properties'])['body'] ?? null);
  expect(object(body['properties'] ?? null)['tree']).toMatchObject({
    type: 'array',
    items: { type: 'string' },
  });
});

describe('bodies of YAML and CSV', () => {
  it('of YAML list their members', () => {
    expect(bodyOf('application/yaml', ref('Order'))['description']).toBe(
      `YAML (application/yaml) with the members:
- id: integer
- sku: string, required. What is ordered
- quantity: integer, at most 99
- state: string, one of new, paid
- lines: list of string`,
    );
  });

  it.each<[string, Json, string]>([
    [
      'text/csv',
      { type: 'array', items: ref('Order') },
      'CSV (text/csv): a header line and one line per item, with the columns:\n- id: integer\n- sku: string, required. What is ordered\n',
    ],
    ['text/csv; charset=utf-8', { type: 'string' }, 'CSV (text/csv).'],
    ['text/x-yaml', { properties: { order: ref('Order') } }, '- order: object\n  - id: integer\n'],
    ['application/openapi+yaml', { type: 'string' }, 'YAML (application/openapi+yaml).'],
    ['text/plain', { properties: { a: { type: 'string' } } }, 'Text (text/plain) with the members'],
    ['application/sql', { type: 'string' }, 'The content, as text (application/sql).'],
  ])('%s are described', (mediaType, schema, expected) => {
    const { type, description } = bodyOf(mediaType, schema);
    expect(type).toBe('string');
    expect(description).toContain(expected);
  });

  it.each<[string, Json, string]>([
    ['text/csv', [{ a: 1, b: 'x,y' }, { a: 'say "hi"' }], 'a,b\n1,"x,y"\n"say ""hi""",'],
    ['text/csv', 'a,b\n1,2', 'a,b\n1,2'],
    ['application/yaml', { a: [1] }, '{"a":[1]}'],
  ])('%s have their examples as text', (mediaType, example, expected) => {
    const schema = { type: 'array', items: { properties: { a: {} } } };
    expect(bodyOf(mediaType, schema, { example })['examples']).toEqual([expected]);
  });

  it('keep the document’s description of a text', () => {
    const schema = { type: 'string', maxLength: 9, pattern: '^a', description: 'A query' };
    expect(bodyOf('application/sql', schema)).toEqual({
      type: 'string',
      maxLength: 9,
      pattern: '^a',
      description: 'A query\n\nThe content, as text (application/sql).',
    });
  });

  it('are no longer than a model can use', () => {
    const long = { type: 'string', description: 'x'.repeat(90) };
    const properties = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, long]));
    const description = bodyOf('application/yaml', { properties })['description'] as string;
    expect(description.length).toBeLessThan(2000);
    expect(description).toMatch(/\n…$/);
  });
});

describe('files', () => {
  const file = { type: 'string', format: 'binary' };
  const wav = 'data:audio/wav;name=a.wav;base64,…';
  const fileOf = (properties: JsonObject) =>
    JSON.stringify(bodyOf('multipart/form-data', { type: 'object', properties }));

  it.each<[string, JsonObject, string]>([
    ['as a field', { file }, wav],
    [
      'described',
      { file: { ...file, description: 'The recording' } },
      `The recording. Base64, or a data: URI with its type and name: ${wav}`,
    ],
    ['in a list', { pages: { type: 'array', items: file } }, wav],
    ['in a definition', { a: ref('File'), b: ref('File') }, wav],
    [
      'with a type',
      { photo: { type: 'string', contentMediaType: 'image/png' } },
      'data:image/png;name=a.png;base64,…',
    ],
    [
      'with a type that names no extension',
      { doc: { type: 'string', contentMediaType: 'application/vnd.ms-excel' } },
      wav,
    ],
  ])('describe how to give them a name and a type: %s', (_, properties, expected) => {
    const { tool } = planOperation(
      { requestBody: { content: { 'multipart/form-data': { schema: { properties } } } } },
      { rest: { components: { schemas: { File: file } } } },
    );
    expect(JSON.stringify(tool?.inputSchema)).toContain(expected);
  });

  it.each(['application/x-yaml', 'application/x-ndjson', 'application/JSON'])(
    'are no parts of a form that are sent as %s',
    (contentType) => {
      const schema = {
        properties: { part: {}, named: { type: 'string', contentMediaType: contentType } },
      };
      const encoding = { part: { contentType } };
      const content = { 'multipart/form-data': { schema, encoding } };
      const { tool } = planOperation({ requestBody: { content } });
      expect(tool?.request.body?.encoding).toEqual({ part: { contentType } });
    },
  );

  it('do not mention a name if it is not sent', () => {
    expect(JSON.stringify(bodyOf('application/octet-stream', file))).not.toContain('name=');
    expect(fileOf({ a: { type: 'string' } })).not.toContain('name=');
  });
});

describe('bodies of text types without a schema', () => {
  it.each([
    'application/csv',
    'application/sql',
    'application/graphql',
    'application/sparql-query',
    'application/sparql-update',
    'application/jwt',
    'application/jose',
    'application/pem-certificate-chain',
    'application/x-pem-file',
    'application/x-sh',
    'application/typescript',
    'application/n-triples',
    'application/trig',
  ])('%s is text', (mediaType) => {
    expect(bodyOf(mediaType, {})).toMatchObject({
      type: 'string',
      description: expect.stringContaining(`(${mediaType}).`) as string,
    });
    expect(bodyOf(mediaType, {})).not.toHaveProperty('contentEncoding');
  });

  it.each<[string, JsonObject]>([
    ['application/octet-stream', {}],
    ['application/pkcs12', {}],
    ['application/jwt-archive', {}],
    ['application/sql', { type: 'string', format: 'binary' }],
  ])('%s of %j is base64', (mediaType, schema) => {
    expect(bodyOf(mediaType, schema)).toMatchObject({ contentEncoding: 'base64' });
  });

  it.each(['application/json', 'application/vnd.x+json; charset=utf-8'])(
    'the bytes of %s are any JSON',
    (mediaType) => {
      const bytes = { type: 'string', format: 'binary' };
      expect(bodyOf(mediaType, bytes)).toEqual({ description: 'Any JSON.' });
      const described = { ...bytes, description: 'The export of another server' };
      expect(bodyOf(mediaType, described)).toEqual({ description: described.description });
    },
  );
});
