import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('texts');

describe('bodies', () => {
  test.each([
    ['sparql', 'SELECT * WHERE {?s ?p ?o}', 'application/sparql-query'],
    ['sparql', 'VACUUM00', 'application/sparql-query'],
    ['run_sql', 'select 1', 'application/sql'],
    ['run_sql', '5', 'application/sql'],
    [
      'add_certificate',
      '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n',
      'application/x-pem-file',
    ],
    ['add_certificate', 'QUJD', 'application/x-pem-file'],
    ['octets', 'QUJD', 'application/octet-stream'],
    ['octets', 'data:text/plain,a', 'application/octet-stream'],
    ['verify', 'eyJhbGciOiJub25lIn0.e30.', 'application/jwt'],
    ['encoded', 'QUJD', 'application/octet-stream'],
    ['add_order', '<order id="1"><sku>ä</sku></order>', 'application/xml'],
    ['add_rows', 'id,sku\r\n1,"a ""b"""\r\n', 'text/csv'],
    ['configure', 'id: 1\nlist: [1.10, 08]\n', 'application/yaml'],
    ['configure', '{"id": 1.10}', 'application/yaml'],
    ['log_lines', '{"a":1}\n5\n', 'application/jsonl'],
    ['send_anything', '{"a": 1.10}', 'text/plain'],
    ['set_level', '1917043659912705297', 'text/plain'],
  ])('%s sends %j as given', async (tool, body, type) => {
    const called = await api.call(tool, { body });
    expect(called.body).toBe(body);
    expect(header(called.requests[0], 'content-type')).toEqual([type]);
  });

  test.each([
    ['add_lines', [{ id: 1 }, { id: '2' }], '{"id":1}\n{"id":2}\n', 'application/x-ndjson'],
    ['set_level', 5, '5', 'text/plain'],
    ['set_flag', true, 'true', 'text/plain'],
    ['add_vendor', { id: '1' }, '{"id":1}', 'application/vnd.acme.v2'],
    ['add_vendor', '{"id": 1}', '{"id":1}', 'application/vnd.acme.v2'],
  ])('%s writes %j', async (tool, body, sent, type) => {
    const called = await api.call(tool, { body });
    expect(called.body).toBe(sent);
    expect(header(called.requests[0], 'content-type')).toEqual([type]);
  });

  test.each([
    ['add_sheet', 'QUJD', 'ABC'],
    ['blob', 'QUJD', 'ABC'],
    ['blob', 'data:text/plain;base64,QUJD', 'ABC'],
    ['zip', 'UEs=', 'PK'],
  ])('%s sends the bytes of %j', async (tool, body, sent) => {
    expect((await api.call(tool, { body })).body).toBe(sent);
  });

  test.each([
    ['add_order', { id: 1 }],
    ['add_rows', [{ id: 1 }]],
    ['configure', { id: 1 }],
  ])('%s takes no JSON in place of its text', async (tool, body) => {
    const { requests, result } = await api.call(tool, { body });
    expect(requests).toEqual([]);
    expect(textOf(result)).toContain('body must be a string');
  });
});

/** The text of a response that a client reads. */
async function read(type: string | undefined, bytes: string | Buffer) {
  api.answer((_, response) => {
    if (type !== undefined) response.setHeader('content-type', type);
    response.end(bytes);
  });
  return (await api.call('get')).result;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('answers', () => {
  test.each([
    ['application/octet-stream', 'id, name\n1, a\n'],
    ['binary/octet-stream', '{"a":1}'],
    ['application/x-json', '{"a":1}'],
    ['application/csv', 'a, b'],
    ['application/x-sh', '#!/bin/sh\n'],
    ['application/x-ndjson', '{"a":1}\n{"a":2}\n'],
    ['application/pdf', 'not a PDF, but a message: größer'],
    ['nonsense', 'text'],
  ])('%s that is UTF-8 is text', async (type, text) => {
    expect((await read(type, text)).content).toEqual([{ type: 'text', text }]);
  });

  test.each([
    ['application/octet-stream', Buffer.from([1, 0, 65])],
    ['application/x-thing', Buffer.from([0xff, 0xd0, 0xff])],
    ['application/zip', Buffer.from('PK\x03\x04\0\0')],
  ])('%s that is not text is a resource', async (type, bytes) => {
    expect((await read(type, bytes)).content.map((block) => block.type)).toEqual(['resource']);
  });

  test.each<[string | undefined, string | Buffer]>([
    ['application/json; charset=ISO-8859-1', '{"a":"Müller"}'],
    ['text/plain; charset=us-ascii', 'Müller'],
    ['application/json', latin1('{"a":"Müller"}')],
    ['application/xml', latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>Müller</a>')],
    ['text/xml; charset=utf-8', latin1("<?xml version='1.0' encoding='ISO-8859-1'?><a>Müller</a>")],
    ['text/csv', latin1('id,name\n1,Müller\n')],
    ['application/csv', latin1('id,name\n1,Müller\n')],
    ['text/html', latin1('<html><meta charset="windows-1252"><p>Müller')],
    ['text/plain; charset=nonsense', latin1('Müller')],
    ['application/json; charset=utf-16', utf16('{"a":"Müller"}')],
    ['text/plain', utf16('Müller')],
    ['application/json', utf16('{"a":"Müller"}').subarray(2)],
    ['application/json; charset=utf-8', utf16('{"a":"Müller"}').subarray(2).swap16()],
    ['application/octet-stream; charset=iso-8859-15', latin1('Müller')],
    [undefined, 'Müller'],
  ])('%s %j', async (type, bytes) => {
    expect(textOf(await read(type, bytes))).toContain('Müller');
  });

  test.each([
    ['text/plain; charset=windows-1251', Buffer.from([0xcf, 0xf0, 0xe8]), 'При'],
    ['text/plain; charset=shift_jis', Buffer.from([0x93, 0xfa]), '日'],
    ['text/plain; charset=iso-2022-jp', latin1('\x1b$BF|\x1b(B'), '日'],
    ['text/plain; charset=utf-8', Buffer.from([0xc3, 0xbc, 0xff]), 'ü\ufffd'],
    ['text/csv', Buffer.from([0x80, 0x31]), '€1'],
  ])('%s %j', async (type, bytes, text) => {
    expect(textOf(await read(type, bytes))).toBe(text);
  });

  const bytes = Buffer.from([0x89, 0x50, 0, 1]);

  test.each([
    'tiff',
    'bmp',
    'x-icon',
    'vnd.microsoft.icon',
    'heic',
    'heif',
    'avif',
    'jxl',
    'vnd.adobe.photoshop',
  ])('image/%s is a resource', async (name) => {
    const [block] = (await read(`image/${name}`, bytes)).content;
    expect(block).toMatchObject({ type: 'resource', resource: { mimeType: `image/${name}` } });
  });

  test.each([
    ['image/png', 'image/png', '\x89PNG\r\n\x1a\n'],
    ['image/jpeg', 'image/jpeg', '\xff\xd8\xff\xe0'],
    ['IMAGE/GIF', 'image/gif', 'GIF89a\xff'],
    ['image/webp; q=1', 'image/webp', 'RIFF\0\0\0\0WEBP'],
    ['image/jpg', 'image/jpeg', '\xff\xd8\xff\xdb'],
    ['image/png', 'image/jpeg', '\xff\xd8\xff\xdb'],
    ['application/octet-stream', 'image/png', '\x89PNG\r\n\x1a\n'],
  ])('%s is an image: %s', async (type, mimeType, beginning) => {
    const image = Buffer.from(beginning, 'latin1');
    const data = image.toString('base64');
    expect((await read(type, image)).content).toEqual([{ type: 'image', data, mimeType }]);
  });

  test('a drawing in SVG is text', async () => {
    expect((await read('image/svg+xml', '<svg/>')).content).toEqual([
      { type: 'text', text: '<svg/>' },
    ]);
  });
});
