import { describe } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { checkRows, type WireRow } from './exchange.js';

const urlencoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

type Expected = WireRow['expected'];

/** A row for one body. */
function bodyRow(
  name: string,
  content: object,
  args: JsonObject,
  expected: Expected,
  more: object = {},
): WireRow {
  return { name, operation: { requestBody: { content, ...more } }, args, expected };
}

/** Bodies of one media type, with properties of any type. */
function row(
  mediaType: string,
  media: object,
  body: JsonObject[string],
  expected: string | RegExp,
): WireRow {
  const contentType = mediaType === multipart ? {} : { headers: { 'content-type': mediaType } };
  const name = `${mediaType} ${JSON.stringify(media)} ${JSON.stringify(body)}`;
  return bodyRow(name, { [mediaType]: media }, { body }, { body: expected, ...contentType });
}

const any = { schema: { type: 'object' } };
const array = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };

const encoded = (encoding: object) => ({ ...any, encoding: { color: encoding } });

/** Encoding Object: the styles are those of queries. */
const forms = [
  row(urlencoded, any, { a: 'x y', b: 1, c: true }, 'a=x%20y&b=1&c=true'),
  row(urlencoded, any, { color: array }, 'color=blue&color=black&color=brown'),
  row(
    urlencoded,
    any,
    { color: object },
    'color=%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D',
  ),
  row(urlencoded, any, { color: '' }, 'color='),
  row(urlencoded, any, { color: 'é&=+' }, 'color=%C3%A9%26%3D%2B'),
  row(
    urlencoded,
    encoded({ style: 'form' }),
    { color: array },
    'color=blue&color=black&color=brown',
  ),
  row(
    urlencoded,
    encoded({ style: 'form', explode: true }),
    { color: object },
    'R=100&G=200&B=150',
  ),
  row(
    urlencoded,
    encoded({ style: 'form', explode: false }),
    { color: array },
    'color=blue,black,brown',
  ),
  row(
    urlencoded,
    encoded({ style: 'form', explode: false }),
    { color: object },
    'color=R,100,G,200,B,150',
  ),
  row(urlencoded, encoded({ explode: false }), { color: array }, 'color=blue,black,brown'),
  row(
    urlencoded,
    encoded({ style: 'spaceDelimited' }),
    { color: array },
    'color=blue%20black%20brown',
  ),
  row(
    urlencoded,
    encoded({ style: 'pipeDelimited' }),
    { color: array },
    'color=blue%7Cblack%7Cbrown',
  ),
  row(
    urlencoded,
    encoded({ style: 'deepObject', explode: true }),
    { color: object },
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ),
  row(urlencoded, encoded({ allowReserved: true }), { color: 'a/b?c&d' }, 'color=a/b?c%26d'),
  row(urlencoded, encoded({ contentType: 'application/json' }), { color: 'x' }, 'color=%22x%22'),
];

/** One part, with its headers. */
function part(head: string, content: string): RegExp {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`\\r\\n${escaped(head)}\\r\\n\\r\\n${escaped(content)}\\r\\n--`);
}

const named = 'Content-Disposition: form-data; name="color"';
const file = `${named}; filename="color"`;
const fileOf = (end: string) => `${named}; filename="color.${end}"`;
const property = (schema: object, encoding?: object) => ({
  schema: { type: 'object', properties: { color: schema } },
  ...(encoding !== undefined && { encoding: { color: encoding } }),
});
const binary = { type: 'string', format: 'binary' };

/** Encoding Object: the default `contentType` by the type of a property, and its overrides. */
const parts = [
  row(multipart, property({ type: 'string' }), { color: 'blue' }, part(named, 'blue')),
  row(multipart, property({ type: 'integer' }), { color: 5 }, part(named, '5')),
  row(
    multipart,
    property({ type: 'object' }),
    { color: object },
    part(`${named}\r\nContent-Type: application/json`, '{"R":100,"G":200,"B":150}'),
  ),
  row(
    multipart,
    property({ type: 'array', items: { type: 'object' } }),
    { color: [object] },
    part(`${named}\r\nContent-Type: application/json`, '{"R":100,"G":200,"B":150}'),
  ),
  row(
    multipart,
    property(binary),
    { color: 'aGk=' },
    part(`${file}\r\nContent-Type: application/octet-stream`, 'hi'),
  ),
  row(
    multipart,
    property({ type: 'array', items: binary }),
    { color: ['aGk='] },
    part(`${file}\r\nContent-Type: application/octet-stream`, 'hi'),
  ),
  row(
    multipart,
    property(binary),
    { color: 'data:text/csv;name=a.csv;base64,aGk=' },
    part(`${named}; filename="a.csv"\r\nContent-Type: text/csv`, 'hi'),
  ),
  row(
    multipart,
    property(binary, { contentType: 'image/png' }),
    { color: 'aGk=' },
    part(`${fileOf('png')}\r\nContent-Type: image/png`, 'hi'),
  ),
  row(
    multipart,
    property(binary, { contentType: 'image/png, image/jpeg' }),
    { color: 'data:image/jpeg;base64,aGk=' },
    part(`${fileOf('jpg')}\r\nContent-Type: image/jpeg`, 'hi'),
  ),
  row(
    multipart,
    property({ type: 'string' }, { contentType: 'application/xml; charset=utf-8' }),
    { color: '<a/>' },
    part(`${named}\r\nContent-Type: application/xml; charset=utf-8`, '<a/>'),
  ),
  row(
    multipart,
    property({ type: 'string', format: 'byte' }),
    { color: 'aGk=' },
    part(`${named}\r\nContent-Type: application/octet-stream`, 'aGk='),
  ),
  row(
    multipart,
    property({}, { style: 'form', explode: false }),
    { color: array },
    part(named, 'blue,black,brown'),
  ),
  bodyRow(
    'headers of a part',
    {
      [multipart]: property(
        { type: 'string' },
        { headers: { 'X-Rate-Limit': { schema: { type: 'integer' } } } },
      ),
    },
    { body: { color: 'blue' }, part_headers: { color: { 'X-Rate-Limit': 5 } } },
    { body: part(`${named}\r\nX-Rate-Limit: 5`, 'blue') },
  ),
];

const others = [
  row('application/json', { schema: {} }, { a: [1, null] }, '{"a":[1,null]}'),
  row('application/vnd.api+json', { schema: {} }, 'x', '"x"'),
  row('application/merge-patch+json', { schema: {} }, { a: null }, '{"a":null}'),
  row('application/x-ndjson', { schema: { type: 'array' } }, [{ a: 1 }, 2], '{"a":1}\n2\n'),
  row('text/plain', { schema: { type: 'string' } }, 'hé', 'hé'),
  row('application/xml', any, '<a b="1"/>', '<a b="1"/>'),
  row('application/yaml', any, 'a: 1', 'a: 1'),
  row('application/octet-stream', {}, 'aGk=', 'hi'),
  row('image/png', {}, 'data:image/gif;base64,aGk=', 'hi'),
  bodyRow(
    'several, the first',
    { 'application/json-patch+json': any, 'application/merge-patch+json': any },
    { body: {} },
    { headers: { 'content-type': 'application/json-patch+json' } },
  ),
  bodyRow(
    'several, the one that is named',
    { 'application/json-patch+json': any, 'application/merge-patch+json': any },
    { body: {}, content_type: 'application/merge-patch+json' },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  ),
  bodyRow(
    'several, one that there is not',
    { 'image/png': {}, 'image/gif': {} },
    { body: 'aGk=', content_type: 'image/tiff' },
    { refused: /content_type/ },
  ),
  bodyRow(
    'a range of them',
    { 'image/*': {} },
    { body: 'data:image/webp;base64,aGk=' },
    { body: 'hi', headers: { 'content-type': 'image/webp' } },
  ),
  bodyRow(
    'an optional one that is left out',
    { 'application/json': any },
    {},
    { body: '', headers: { 'content-type': undefined } },
  ),
  bodyRow(
    'a required one that is left out',
    { 'application/json': any },
    {},
    { refused: /body is missing/ },
    { required: true },
  ),
  bodyRow(
    'without what only the API sends',
    {
      'application/json': {
        schema: {
          type: 'object',
          required: ['id', 'name'],
          properties: {
            id: { type: 'integer', readOnly: true },
            name: { type: 'string', writeOnly: true },
          },
        },
      },
    },
    { body: { name: 'x' } },
    { body: '{"name":"x"}' },
  ),
];

const servers: WireRow[] = [
  {
    name: 'a server of the operation',
    operation: { servers: [{ url: '/v2/' }] },
    args: {},
    expected: { base: '/v2', target: '/r' },
  },
  {
    name: 'with variables',
    operation: { servers: [{ url: '/{stage}', variables: { stage: { default: 'beta' } } }] },
    args: {},
    expected: { base: '/beta', target: '/r' },
  },
];

describe.each(['3.0.3', '3.1.0'])('bodies of OpenAPI %s', (version) => {
  checkRows(version, [...forms, ...parts, ...others, ...servers]);
});
