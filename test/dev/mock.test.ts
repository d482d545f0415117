import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMock, type Mock, type MockRequest } from '../../src/commands/dev/mock/mock.js';
import type { Json, JsonObject } from '../../src/json.js';
import { documentOf } from '../plan/helpers.js';

const json = (media: JsonObject): JsonObject => ({ 'application/json': media });
const ok = (content: JsonObject): JsonObject => ({
  responses: { 200: { description: '', content } },
});
const get = (content: JsonObject): JsonObject => ({ get: ok(content) });

const { openapi } = documentOf({
  openapi: '3.1.0',
  info: { title: 'Mocked', version: '1' },
  servers: [{ url: 'https://api.example.com/v1' }],
  paths: {
    '/example': get(json({ example: { from: 'example' }, examples: { a: { value: 1 } } })),
    '/examples': get(
      json({ examples: { a: { $ref: '#/components/examples/first' }, b: { value: 2 } } }),
    ),
    '/schema-example': get(json({ schema: { type: 'object', examples: [{ from: 'schema' }] } })),
    '/property-example': get(
      json({
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', examples: ['Ada'] },
            age: { type: ['integer', 'null'], minimum: 7 },
            secret: { type: 'string', writeOnly: true },
          },
        },
      }),
    ),
    '/tree': get(json({ schema: { $ref: '#/components/schemas/Tree' } })),
    '/list': get(json({ schema: { type: 'array', items: { type: 'integer', minimum: 3 } } })),
    '/long-list': get(
      json({
        schema: { type: 'array', minItems: 1e9, items: { type: 'array', minItems: 2, items: {} } },
      }),
    ),
    '/things/{id}': get(json({ example: 'any thing' })),
    '/things/mine': get(json({ example: 'mine' })),
    '/things/{id}:copy': get(json({ example: 'a copy' })),
    '/things/{id}/parts/{part}.json': get(json({ example: 'a part' })),
    'no-slash': get(json({ example: 'in front' })),
    '/schlüssel/{für}': get(json({ example: 'eins' })),
    '/search': get(json({ example: 'anything' })),
    '/search?type=image': get(json({ example: 'images' })),
    '/search?type=image&size=big': get(json({ example: 'big images' })),
    '/any-type': get({ '*/*': { schema: { type: 'array', items: { type: 'integer' } } } }),
    '/any-json': get({ 'application/*+json': { example: 'a text' } }),
    '/any-image': get({ 'image/*': {} }),
    '/any-text': get({ 'text/*': { example: 'a,b' } }),
    '/anything': get({ '*/*': {} }),
    '/picture': get({ 'image/png': { schema: { type: 'string', format: 'binary' } } }),
    '/archive': get({ 'application/zip': {} }),
    '/words': get({ 'text/plain': { example: 'some words' } }),
    '/table': get({ 'application/csv': { example: 'a,b' } }),
    '/odd-type': get({ 'text/plain; title=“a”\r\nX: y': { example: 'words' } }),
    '/both': get({ 'text/csv': { example: 'a,b' }, ...json({ example: { a: 'b' } }) }),
    '/created': {
      post: {
        responses: {
          400: { description: '', content: json({ example: 'no' }) },
          202: { description: '', content: json({ example: 'later' }) },
          201: { description: '', content: json({ example: 'now' }) },
        },
      },
      delete: { responses: { 204: { description: '' } } },
    },
    '/range': { get: { responses: { '2XX': { description: '', content: json({ example: 1 }) } } } },
    '/default': {
      get: { responses: { default: { description: '', content: json({ example: 2 }) } } },
    },
    '/silent': { get: {} },
  },
  components: {
    examples: { first: { value: 'the first' } },
    schemas: {
      Tree: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
        },
      },
    },
  },
});

let mock: Mock;
const seen: MockRequest[] = [];

beforeAll(async () => {
  mock = await startMock(openapi, { onRequest: (request) => seen.push(request) });
});

afterAll(() => mock.close());

async function ask(path: string, init: RequestInit = {}): Promise<[number, string | null, Json]> {
  const response = await fetch(`${mock.url}${path}`, init);
  const type = response.headers.get('Content-Type');
  const text = await response.text();
  return [response.status, type, type === 'application/json' ? (JSON.parse(text) as Json) : text];
}

describe('a mock answers', () => {
  it.each<[path: string, body: Json]>([
    ['/example', { from: 'example' }],
    ['/examples', 'the first'],
    ['/schema-example', { from: 'schema' }],
    ['/property-example', { name: 'Ada', age: 7 }],
    ['/list', [3]],
    ['/long-list', Array.from({ length: 10 }, () => [null, null])],
    ['/things/mine', 'mine'],
    ['/things/4', 'any thing'],
    ['/things/a%20b?limit=2', 'any thing'],
    ['/things/4:copy', 'a copy'],
    ['/things/4/parts/5.json', 'a part'],
    ['/no-slash', 'in front'],
    ['/schlüssel/1', 'eins'],
    ['/search?type=video', 'anything'],
    ['/search?q=x&type=image', 'images'],
    ['/search?size=big&type=image', 'big images'],
    ['/any-type', [0]],
    ['/any-json', 'a text'],
    ['/range', 1],
    ['/default', 2],
    ['/both', { a: 'b' }],
  ])('GET %s', async (path, body) => {
    expect(await ask(path)).toEqual([200, 'application/json', body]);
  });

  it('with a recursive schema up to a limited depth', async () => {
    const [status, , body] = await ask('/tree');
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'string' });
    expect(JSON.stringify(body).length).toBeLessThan(1000);
  });

  it('with an accepted media type', async () => {
    const accept = (type: string) => ask('/both', { headers: { Accept: type } });
    expect(await accept('text/csv')).toEqual([200, 'text/csv', 'a,b']);
    expect(await accept('text/*;q=0.5')).toEqual([200, 'text/csv', 'a,b']);
    expect(await accept('image/gif')).toEqual([200, 'application/json', { a: 'b' }]);
  });

  it('with the lowest success status, and without a body if there is none', async () => {
    expect(await ask('/created', { method: 'POST', body: 'x' })).toEqual([
      201,
      'application/json',
      'now',
    ]);
    expect(await ask('/created', { method: 'DELETE' })).toEqual([204, null, '']);
    expect(await ask('/silent')).toEqual([204, null, '']);
  });

  it('with an image, with bytes, with text', async () => {
    const picture = await fetch(`${mock.url}/picture`);
    expect(picture.headers.get('Content-Type')).toBe('image/png');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect((await ask('/any-image'))[1]).toBe('image/png');
    expect(await ask('/archive')).toEqual([200, 'application/zip', '']);
    expect(await ask('/anything')).toEqual([200, 'application/octet-stream', '']);
    expect(await ask('/any-text')).toEqual([200, 'text/plain', 'a,b']);
    expect(await ask('/words')).toEqual([200, 'text/plain', 'some words']);
    expect(await ask('/table')).toEqual([200, 'application/csv', 'a,b']);
    expect(await ask('/odd-type')).toEqual([200, 'application/octet-stream', 'words']);
  });

  it('404 for a path that the document does not have', async () => {
    const [status, type, body] = await ask('/nowhere?x=1');
    expect([status, type]).toEqual([404, 'application/problem+json']);
    expect(body).toContain('GET /nowhere');
    expect((await ask('/example', { method: 'PUT' }))[0]).toBe(404);
    expect(seen.at(-2)).toEqual({ method: 'GET', path: '/nowhere?x=1', status: 404 });
  });
});
