import { describe } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { checkRows, parameterRow, type WireRow } from './exchange.js';

// OpenAPI 2.0, Parameter Object, collectionFormat: csv `foo,bar`, ssv `foo bar`, tsv `foo\tbar`, pipes `foo|bar`, multi
// `foo=bar&foo=baz` (query and formData only); default csv.
const values = ['foo', 'bar'];

const delimiters = { csv: ',', ssv: ' ', tsv: '\t', pipes: '|' } as const;

type Format = keyof typeof delimiters;

function listRow(
  place: string,
  collectionFormat: Format | 'multi' | undefined,
  wire: string,
): WireRow {
  const items = { type: 'string' };
  const format: JsonObject = collectionFormat === undefined ? {} : { collectionFormat };
  return parameterRow({ in: place, type: 'array', items, ...format }, values, wire);
}

const encoded = (format: Format) =>
  format === 'csv' ? ',' : encodeURIComponent(delimiters[format]);

const formats = Object.keys(delimiters) as Format[];

const lists = [
  ...formats.flatMap((format) => [
    listRow('query', format, `color=foo${encoded(format)}bar`),
    listRow('path', format, `foo${encoded(format)}bar`),
    listRow('header', format, `foo${delimiters[format]}bar`),
  ]),
  listRow('query', 'multi', 'color=foo&color=bar'),
  listRow('query', undefined, 'color=foo,bar'),
  listRow('path', undefined, 'foo,bar'),
  listRow('header', undefined, 'foo,bar'),
  // The format of lists does not affect other values.
  parameterRow({ in: 'query', type: 'string', collectionFormat: 'pipes' }, 'a|b', 'color=a%7Cb'),
  parameterRow(
    { in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'csv' },
    ['a,b', 'c'],
    'color=a%2Cb,c',
  ),
  parameterRow({ in: 'query', type: 'boolean' }, true, 'color=true'),
  parameterRow({ in: 'query', type: 'string', allowEmptyValue: true }, '', 'color='),
  parameterRow({ in: 'header', type: 'integer' }, 7, '7'),
];

const urlencoded = 'application/x-www-form-urlencoded';

function formRow(name: string, fields: object[], body: object, expected: string): WireRow {
  return {
    name,
    method: 'post',
    operation: { consumes: [urlencoded], parameters: fields },
    args: { body } as WireRow['args'],
    expected: { body: expected, headers: { 'content-type': urlencoded } },
  };
}

const list = (collectionFormat?: string) => ({
  name: 'color',
  in: 'formData',
  type: 'array',
  items: { type: 'string' },
  ...(collectionFormat !== undefined && { collectionFormat }),
});

const forms = [
  ...formats.map((format) =>
    formRow(
      `formData, ${format}`,
      [list(format)],
      { color: values },
      `color=foo${encoded(format)}bar`,
    ),
  ),
  formRow('formData, multi', [list('multi')], { color: values }, 'color=foo&color=bar'),
  formRow('formData, default', [list()], { color: values }, 'color=foo,bar'),
  formRow(
    'several fields',
    [
      { name: 'a', in: 'formData', type: 'string' },
      { name: 'b', in: 'formData', type: 'integer' },
    ],
    { a: 'x y&', b: 2 },
    'a=x%20y%26&b=2',
  ),
];

const bodies: WireRow[] = [
  {
    name: 'in: body, JSON by default',
    method: 'post',
    operation: { parameters: [{ name: 'b', in: 'body', schema: { type: 'object' } }] },
    args: { body: { a: 1 } },
    expected: { body: '{"a":1}', headers: { 'content-type': 'application/json' } },
  },
  {
    name: 'in: body, as the operation consumes it',
    method: 'put',
    operation: {
      consumes: ['text/plain'],
      parameters: [{ name: 'b', in: 'body', schema: { type: 'string' } }],
    },
    args: { body: 'hi' },
    expected: { body: 'hi', headers: { 'content-type': 'text/plain' } },
  },
  {
    name: 'a file needs multipart, whatever the operation consumes',
    method: 'post',
    operation: {
      consumes: [urlencoded],
      parameters: [
        { name: 'f', in: 'formData', type: 'file' },
        { name: 'n', in: 'formData', type: 'string' },
      ],
    },
    args: { body: { f: 'aGk=', n: 'x' } },
    expected: {
      body: /name="f"; filename="f"\r\nContent-Type: application\/octet-stream\r\n\r\nhi\r\n[^]*name="n"\r\n\r\nx\r\n/,
    },
  },
];

describe('the collection formats of OpenAPI 2.0', () => {
  checkRows('2.0', [...lists, ...forms, ...bodies]);
});
