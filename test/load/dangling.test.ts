import { expect, test } from 'vitest';
import { at } from './helpers.js';
import { sending, toolsOf } from './tools.js';

const nowhere = { $ref: '#/components/schemas/Nowhere' };
const integer = { type: 'integer' };

test('a dangling reference deep in a body costs that property, not the tool', async () => {
  const { tools, warnings } = await toolsOf({
    'o.yaml': `
openapi: 3.0.3
info: { title: Envelopes, version: '1' }
servers: [{ url: http://127.0.0.1:9999 }]
paths:
  /envelopes:
    post:
      operationId: createEnvelope
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Envelope' } } } }
      responses: { '201': { description: created } }
    get:
      operationId: listEnvelopes
      responses: { '200': { description: ok } }
components:
  schemas:
    Envelope: { type: object, properties: { signer: { $ref: '#/components/schemas/Signer' } } }
    Signer:
      type: object
      properties:
        name: { type: string }
        offline: { $ref: '#/components/schemas/offlineAttributes' }
`,
  });
  expect(Object.keys(tools)).toEqual(['create_envelope', 'list_envelopes']);
  const signer = at(tools['create_envelope'], 'properties', 'body', 'properties', 'signer');
  expect(at(signer, 'properties')).toEqual({ name: { type: 'string' }, offline: {} });
  expect(warnings).toMatchObject([
    {
      code: 'UNRESOLVED_REF',
      place: '#/components/schemas/Signer/properties/offline',
      remedy: expect.stringMatching(/^Add the target/) as string,
    },
  ]);
});

test('the remedy for a reference proposes the target with the most similar name', async () => {
  const { warnings } = await toolsOf({
    'api.yaml': `
openapi: 3.0.3
info: { title: Signing, version: '1' }
paths:
  /signers:
    post:
      requestBody:
        content: { application/json: { schema: { $ref: '#/components/schemas/Singer' } } }
      responses: {}
components: { schemas: { Signer: { type: object } } }
`,
  });
  expect(warnings).toMatchObject([
    { remedy: expect.stringMatching(/^Did you mean "Signer"\? Add the target/) as string },
  ]);
});

test.each([
  ['in a list', { properties: { a: { items: nowhere }, b: integer } }],
  ['in a composition', { properties: { a: { allOf: [nowhere] }, b: integer } }],
  ['in additional properties', { properties: { b: integer }, additionalProperties: nowhere }],
  [
    'in definitions',
    { properties: { a: { $ref: '#/$defs/A' }, b: integer }, $defs: { A: nowhere } },
  ],
  ['that is a cycle', { properties: { a: { $ref: '#/components/schemas/A' }, b: integer } }],
  ['into another file', { properties: { a: { $ref: 'x.json#/None' }, b: integer } }],
  ['of an unknown scheme', { properties: { a: { $ref: 'urn:example:none' }, b: integer } }],
  ['to an anchor', { properties: { a: { $ref: '#none' }, b: integer } }],
  ['to text', { properties: { a: { $ref: '#/info/title' }, b: integer } }],
])('a dangling reference %s leaves the rest unchanged', async (_, schema) => {
  const schemas = { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } };
  const { tools, warnings } = await toolsOf({ 'o.json': sending(schema, schemas), 'x.json': {} });
  expect(at(tools['send'], 'properties', 'body', 'properties', 'b')).toEqual(integer);
  expect(JSON.stringify(tools['send'])).not.toContain('$ref');
  expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['UNRESOLVED_REF']));
});

test('the description of a dangling reference is kept', async () => {
  const a = { ...nowhere, description: 'The signature.' };
  const { tools } = await toolsOf({ 'o.json': sending({ properties: { a } }) });
  expect(at(tools['send'], 'properties', 'body', 'properties')).toEqual({
    a: { description: 'The signature.' },
  });
});

/** A document of one operation. */
function operation(path: string, definition: object): object {
  const paths = { [path]: { post: { operationId: 'act', ...definition } } };
  return { ...sending({}), paths };
}

test('a dangling parameter is skipped, and one of the path becomes a string', async () => {
  const gone = (name: string) => ({ $ref: `#/components/parameters/${name}` });
  const fine = { name: 'q', in: 'query', schema: integer };
  const document = operation('/a/{id}', { parameters: [gone('Id'), gone('Gone'), fine] });
  const { tools, warnings } = await toolsOf({ 'o.json': document });
  expect(tools['act']).toMatchObject({
    properties: { id: { type: 'string' }, q: integer },
    required: ['id'],
  });
  expect(warnings.map(({ code, place }) => `${code} ${place ?? ''}`)).toEqual([
    'UNRESOLVED_REF #/paths/~1a~1{id}/post/parameters/0',
    'UNRESOLVED_REF #/paths/~1a~1{id}/post/parameters/1',
    'UNDECLARED_PATH_PARAMETER #/paths/~1a~1{id}/post',
  ]);
});

test('a dangling body, response or header does not remove the tool', async () => {
  const gone = { $ref: '#/components/none' };
  const { tools, warnings } = await toolsOf({
    'o.json': operation('/a', {
      requestBody: { $ref: '#/components/requestBodies/Gone' },
      responses: { 200: gone, 201: { description: '', headers: { X: gone } } },
    }),
  });
  expect(at(tools['act'], 'properties')).toHaveProperty('body');
  expect(warnings.map(({ code }) => code)).toEqual(Array(3).fill('UNRESOLVED_REF'));
});

test('a body or a form with one dangling field keeps the others', async () => {
  const schema = { type: 'object', properties: { a: nowhere, b: integer } };
  const content = { 'application/x-www-form-urlencoded': { schema } };
  const { tools } = await toolsOf({ 'o.json': operation('/a', { requestBody: { content } }) });
  expect(at(tools['act'], 'properties', 'body', 'properties')).toMatchObject({ b: integer });
});

test('a callback may refer to a shared one; only a reference to nothing is a warning', async () => {
  const { warnings } = await toolsOf({
    'o.yaml': `
openapi: 3.0.3
info: { title: Devices, version: '1' }
servers: [{ url: http://127.0.0.1:9999 }]
paths:
  /devices:
    post:
      responses: { '201': { description: created } }
      callbacks:
        created: { $ref: '#/components/callbacks/Event' }
        deleted: { $ref: '#/components/callbacks/Nothing' }
components:
  callbacks:
    Event: { '{$request.body#/url}': { post: { responses: { '200': { description: ok } } } } }
`,
  });
  expect(warnings).toMatchObject([
    { code: 'UNRESOLVED_REF', place: '#/paths/~1devices/post/callbacks/deleted' },
  ]);
});
