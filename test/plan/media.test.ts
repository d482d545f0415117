import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { chooseMedia } from '../../src/plan/input/media.js';
import { planOperation } from './helpers.js';

const A = { type: 'object', properties: { a: { type: 'string' } } };
const B = { type: 'object', properties: { b: { type: 'string' } } };
const withFile = { type: 'object', properties: { file: { type: 'string', format: 'binary' } } };

const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

function choose(schemas: Record<string, Json | undefined>): string[] {
  const content = Object.entries(schemas).map(([type, schema]) => [
    type,
    schema === undefined ? {} : { schema },
  ]);
  return chooseMedia({}, Object.fromEntries(content) as JsonObject).map(
    ({ mediaType }) => mediaType,
  );
}

describe('media types without a difference are not offered', () => {
  it.each<[string, Record<string, Json | undefined>, string[]]>([
    [
      'JSON in all spellings',
      {
        'application/*+json': A,
        'text/json': A,
        'application/json-patch+json': A,
        'application/json; charset=utf-8': A,
        'application/json': A,
      },
      ['application/json'],
    ],
    [
      'JSON, XML and text',
      {
        'application/xml': B,
        'text/plain': { type: 'string' },
        'application/json': A,
        'application/x-yaml': A,
      },
      ['application/json'],
    ],
    [
      'JSON and forms of the same',
      { [form]: A, [multipart]: A, 'application/json': A },
      ['application/json'],
    ],
    ['both forms of the same', { [multipart]: A, [form]: A }, [form]],
    [
      'everything, and files in it',
      { 'application/json': withFile, [form]: withFile, [multipart]: withFile },
      [multipart],
    ],
    ['a form that cannot contain its files', { [form]: withFile }, [multipart]],
    [
      'JSON and its lines',
      { 'application/x-ndjson': A, 'application/json': A },
      ['application/json'],
    ],
    [
      'JSON and its equivalent in bytes',
      { 'application/json': A, 'application/x-msgpack': A },
      ['application/json'],
    ],
    ['two spellings of XML', { 'text/xml': A, 'application/xml': A }, ['text/xml']],
    ['JSON and anything', { '*/*': A, 'application/json': A }, ['application/json']],
    ['an invalid media type', { examples: undefined, 'application/json': A }, ['application/json']],
  ])('%s', (_, schemas, expected) => expect(choose(schemas)).toEqual(expected));
});

describe('media types with a difference are offered', () => {
  it.each<[string, Record<string, Json | undefined>, string[]]>([
    [
      'patches of several kinds',
      {
        'application/json-patch+json': A,
        'application/merge-patch+json': A,
        'application/apply-patch+yaml': A,
      },
      ['application/json-patch+json', 'application/merge-patch+json'],
    ],
    [
      'two versions of JSON',
      { 'application/json;version=2018-01-01': A, 'application/json;version=2019-01-01': B },
      ['application/json;version=2018-01-01', 'application/json;version=2019-01-01'],
    ],
    [
      'a link or a file',
      { [multipart]: withFile, 'application/json': A },
      ['application/json', multipart],
    ],
    [
      'JSON or bytes',
      { 'application/octet-stream': undefined, 'application/json': A },
      ['application/json', 'application/octet-stream'],
    ],
    ['pictures', { 'image/png': undefined, 'image/jpeg': undefined }, ['image/png', 'image/jpeg']],
    [
      'texts',
      { 'text/plain': undefined, 'text/csv': undefined, 'application/xml': undefined },
      ['text/plain', 'text/csv', 'application/xml'],
    ],
  ])('%s', (_, schemas, expected) => expect(choose(schemas)).toEqual(expected));

  it('but not when there are too many to choose from', () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`audio/x-${i}`, undefined]),
    );
    expect(choose(many)).toEqual(['*/*']);
  });
});

it('reads a misspelt media type as JSON if there is no other', () => {
  expect(choose({ 'applicationjson;version=1': A })).toEqual(['application/json']);
});

const bodyOf = (content: JsonObject, more: JsonObject = {}) => {
  const { tool } = planOperation({ requestBody: { content, ...more } });
  return { properties: tool?.inputSchema['properties'], body: tool?.request.body };
};

describe('the arguments of a body', () => {
  it('name the media type, and describe what each accepts', () => {
    const { properties, body } = bodyOf(
      { 'application/json': { schema: A }, [multipart]: { schema: withFile } },
      { description: 'A document' },
    );
    expect(properties).toEqual({
      body: {
        description: 'A document',
        anyOf: [
          { ...A, title: 'application/json' },
          {
            type: 'object',
            properties: {
              file: {
                description:
                  'Base64, or a data: URI with its type and name: data:audio/wav;name=a.wav;base64,…',
                type: 'string',
                contentEncoding: 'base64',
              },
            },
            title: multipart,
          },
        ],
      },
      content_type: {
        type: 'string',
        description: 'The media type of the body.',
        default: 'application/json',
        enum: ['application/json', multipart],
      },
    });
    expect(body).toEqual({
      mediaType: 'application/json',
      others: [{ mediaType: multipart, encoding: { file: { file: 'always' } } }],
    });
  });

  it('are described once if they are the same for all', () => {
    const { properties } = bodyOf({
      'application/merge-patch+json': { schema: A },
      'application/vnd.example+json': { schema: A },
    });
    expect(properties).toMatchObject({ body: A, content_type: {} });
  });

  it('leave their names to a parameter only if they do not need them', () => {
    const parameters = [{ name: 'content_type', in: 'query', schema: {} }];
    const one = planOperation({ parameters, requestBody: { content: { 'image/png': {} } } });
    expect(one.tool?.request.parameters).toEqual([{ name: 'content_type', in: 'query' }]);
    const two = planOperation({
      parameters,
      requestBody: { content: { 'image/png': {}, 'image/gif': {} } },
    });
    expect(two.tool?.request.parameters).toEqual([
      { name: 'content_type', in: 'query', argument: 'content_type_query' },
    ]);
  });

  it('contain headers of parts, except those that frame the part or belong to this server', () => {
    const headers = {
      'X-Rate': { schema: { type: 'integer' } },
      'X-Any': {},
      'Content-Disposition': {},
      Cookie: {},
    };
    const { properties, body } = bodyOf({
      [multipart]: { schema: A, encoding: { a: { headers } } },
    });
    const part = {
      type: 'object',
      properties: { 'X-Rate': { type: 'integer' }, 'X-Any': { type: 'string' } },
      additionalProperties: false,
    };
    expect(properties).toMatchObject({ part_headers: { properties: { a: part } } });
    expect(body).toEqual({ mediaType: multipart, hasPartHeaders: true });
  });

  it('are text, lines, bytes and lists according to the media type', () => {
    const lines = { schema: { type: 'array', items: A } };
    expect(bodyOf({ 'application/jsonl': lines }).properties).toEqual({ body: lines.schema });
    const items = { itemSchema: A };
    expect(bodyOf({ 'application/x-ndjson': items }).properties).toEqual({ body: lines.schema });
    expect(bodyOf({ 'application/json-seq': items }).properties).toEqual({ body: lines.schema });
    const vendor = 'application/vnd.example+x-ndjson; compatible-with=8';
    expect(bodyOf({ [vendor]: items }).properties).toEqual({ body: lines.schema });
    expect(bodyOf({ 'application/vnd.example': lines }).properties).toEqual({ body: lines.schema });
    const xml = { schema: A, example: '<a/>' };
    expect(bodyOf({ 'application/xml': xml }).properties).toEqual({
      body: {
        type: 'string',
        description: 'XML (application/xml) like this:\n<root>\n  <a>string</a>\n</root>',
        examples: ['<a/>'],
      },
    });
    const list = {
      itemSchema: { format: 'binary', type: 'string' },
      prefixEncoding: [{ contentType: 'application/json' }],
      itemEncoding: { contentType: 'image/*' },
    };
    const { properties, body } = bodyOf({ 'multipart/mixed': list });
    expect(properties).toMatchObject({
      body: { type: 'array', items: { contentEncoding: 'base64' } },
    });
    expect(body).toEqual({
      mediaType: 'multipart/mixed',
      prefixEncoding: [{ contentType: 'application/json' }],
      itemEncoding: { contentType: 'image/*', file: 'always' },
    });
  });

  it('have the field file if a form is described as a list of files', () => {
    const file = { properties: { bytes: {}, inputStream: {} }, type: 'object' };
    for (const items of [file, { type: 'string', format: 'binary' }]) {
      const { properties, body } = bodyOf({ [multipart]: { schema: { type: 'array', items } } });
      const list = { type: 'array', items: { contentEncoding: 'base64' } };
      expect(properties).toMatchObject({ body: { properties: { file: list } } });
      expect(body).toEqual({ mediaType: multipart, encoding: { file: { file: 'always' } } });
    }
  });

  it('have no such field if a form is described as a list of anything else', () => {
    const items = { type: 'object', properties: { board: { type: 'string' } } };
    const { properties } = bodyOf({ [multipart]: { schema: { type: 'array', items } } });
    expect(properties).toMatchObject({ body: { type: 'array' } });
  });

  it('have files where anything is sent with a type of bytes', () => {
    const properties = { image: {}, pages: { type: 'array', items: {} }, note: {}, json: {} };
    const encoding = {
      image: { contentType: 'image/png, image/jpeg' },
      pages: { contentType: 'image/*' },
      json: { contentType: 'application/json' },
    };
    const made = bodyOf({ [multipart]: { schema: { type: 'object', properties }, encoding } });
    const file = { contentEncoding: 'base64' };
    expect(made.properties).toMatchObject({
      body: {
        properties: { image: file, pages: { type: 'array', items: file }, note: {}, json: {} },
      },
    });
    expect(made.body?.encoding).toEqual({
      image: { contentType: 'image/png, image/jpeg', file: 'always' },
      pages: { contentType: 'image/*', file: 'always' },
      json: { contentType: 'application/json' },
    });
  });

  it('have files under any name if the document allows it', () => {
    const additionalProperties = { type: 'string', format: 'binary' };
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties };
    const { properties, body } = bodyOf({ [multipart]: { schema } });
    expect(properties).toMatchObject({
      body: { additionalProperties: { contentEncoding: 'base64' } },
    });
    expect(body).toEqual({
      mediaType: multipart,
      encoding: { a: {} },
      itemEncoding: { file: 'always' },
    });
  });

  it('distinguish a file from text that may be one, and from intended base64', () => {
    const properties: JsonObject = {
      photo: { anyOf: [{ type: 'string', format: 'binary' }, { type: 'string' }] },
      code: { type: 'string', contentEncoding: 'base64' },
    };
    const { body } = bodyOf({ [multipart]: { schema: { type: 'object', properties } } });
    expect(body?.encoding).toEqual({
      photo: { file: 'sometimes' },
      code: { contentType: 'application/octet-stream' },
    });
  });
});

describe('misspelled media types', () => {
  it.each([
    ['form-data', 'multipart/form-data'],
    ['application/form-data', 'multipart/form-data'],
    ['multipart/formdata', 'multipart/form-data'],
    ['multipart/form-data; boundary=x', 'multipart/form-data; boundary=x'],
    ['x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
    ['application/x-www-form-urlencode', 'application/x-www-form-urlencoded'],
    ['application/www-form-urlencoded', 'application/x-www-form-urlencoded'],
    ['application-json', 'application/json'],
    ['plain/text', 'text/plain'],
    ['application/json; charset=utf-8, application/xml', 'application/json; charset=utf-8'],
    ['application/x; a="b,c", text/plain', 'application/x; a="b,c"'],
    ['application/form-data+json', 'application/form-data+json'],
  ])('%s is read as %s', (written, meant) => {
    expect(bodyOf({ [written]: { schema: A } }).body?.mediaType).toBe(meant);
  });

  it('have the field `file` for a file that is the whole body of a form', () => {
    const binary = { type: 'string', format: 'binary' };
    const { body, properties } = bodyOf({ 'multipart/form-data': { schema: binary } });
    expect(properties).toMatchObject({
      body: { required: ['file'], properties: { file: { contentEncoding: 'base64' } } },
    });
    expect(body?.encoding).toEqual({ file: { file: 'always' } });
  });
});
