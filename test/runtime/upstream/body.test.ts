import { describe, expect, test } from 'vitest';
import type { Body, Json } from '../../../templates/src/runtime/api.js';
import { ArgumentError } from '../../../templates/src/runtime/upstream/argument-error.js';
import { writeBody } from '../../../templates/src/runtime/upstream/body.js';
import { readFileValue } from '../../../templates/src/runtime/upstream/file-value.js';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
const pngUri = `data:image/png;name=cat%20%221%22.png;base64,${png.toString('base64')}`;

function fileOf(value: unknown): File {
  if (value instanceof File) return value;
  throw new Error('not a file');
}

type Row = [body: Body, value: Json, content: string, contentType: string];

const form = 'application/x-www-form-urlencoded';

const texts: Row[] = [
  [{ mediaType: 'application/json' }, { a: 1 }, '{"a":1}', 'application/json'],
  [{ mediaType: 'application/json' }, 'x', '"x"', 'application/json'],
  [{ mediaType: 'application/json' }, null, 'null', 'application/json'],
  [{ mediaType: 'application/json; charset=utf-8' }, [], '[]', 'application/json; charset=utf-8'],
  [
    { mediaType: 'application/merge-patch+json' },
    { a: null },
    '{"a":null}',
    'application/merge-patch+json',
  ],
  [
    { mediaType: form },
    { a: 'x y&', b: [1, 2], c: null, d: true },
    'a=x%20y%26&b=1&b=2&d=true',
    form,
  ],
  [{ mediaType: form }, { address: { zip: '1 2' } }, 'address=%7B%22zip%22%3A%221%202%22%7D', form],
  [{ mediaType: form, encoding: { a: { explode: false } } }, { a: [1, 2] }, 'a=1,2', form],
  [
    { mediaType: form, encoding: { a: { style: 'pipeDelimited' } } },
    { a: [1, 2] },
    'a=1%7C2',
    form,
  ],
  [
    { mediaType: form, encoding: { a: { style: 'deepObject', explode: true } } },
    { a: { b: 1 } },
    'a%5Bb%5D=1',
    form,
  ],
  [
    { mediaType: form, encoding: { a: { allowReserved: true } } },
    { a: 'x/y&z' },
    'a=x/y%26z',
    form,
  ],
  [
    { mediaType: form, encoding: { a: { contentType: 'application/json' } } },
    { a: 'x' },
    'a=%22x%22',
    form,
  ],
  [{ mediaType: form }, { constructor: 'x' }, 'constructor=x', form],
  [{ mediaType: 'text/plain' }, 'hi', 'hi', 'text/plain'],
  [{ mediaType: 'text/plain' }, 5, '5', 'text/plain'],
  [{ mediaType: 'application/xml' }, '<a/>', '<a/>', 'application/xml'],
  [{ mediaType: 'application/vnd.acme' }, 'as is', 'as is', 'application/vnd.acme'],
  [{ mediaType: 'application/vnd.acme' }, { a: 1 }, '{"a":1}', 'application/vnd.acme'],
  [{ mediaType: '*/*' }, { a: 1 }, '{"a":1}', 'application/json'],
  [{ mediaType: '*/*' }, 'x', 'x', 'text/plain'],
  [{ mediaType: 'text/*' }, 'x', 'x', 'text/plain'],
];

test.each(texts)('%j of %j', (body, value, content, contentType) => {
  expect(writeBody(body, value)).toEqual({ content, contentType });
});

describe('binary', () => {
  const octets = { mediaType: 'application/octet-stream', binary: true };

  test.each([
    ['base64', png.toString('base64')],
    ['base64url without padding', png.toString('base64url')],
    [
      'base64 in lines',
      `${png.toString('base64').slice(0, 4)}\r\n${png.toString('base64').slice(4)}`,
    ],
    ['a data URI', pngUri],
  ])('%s', (_, value) => {
    const { content, contentType } = writeBody(octets, value);
    expect(Buffer.from(content)).toEqual(png);
    expect(contentType).toBe('application/octet-stream');
  });

  test('a data URI that is percent-encoded text', () => {
    const { content } = writeBody(octets, 'data:,a%20%C3%A9');
    expect(Buffer.from(content).toString()).toBe('a é');
  });

  test('a range of media types takes the data URI at its word', () => {
    expect(writeBody({ mediaType: 'image/*', binary: true }, pngUri).contentType).toBe('image/png');
  });

  test.each(['image/png\r\nx: y', 'x: y\r\nimage/png', 'image'])('but not %j', (type) => {
    const uri = `data:${type};base64,AAAA`;
    const { contentType } = writeBody({ mediaType: 'image/*', binary: true }, uri);
    expect(contentType).toBe('application/octet-stream');
  });

  test.each(['not base64!', 'AAAAA', 'data:image/png', 'data:,%zz', 5, { a: 1 }])(
    '%j is refused',
    (value) => {
      expect(() => writeBody(octets, value)).toThrow(
        /^The argument "body" must be the file's bytes/,
      );
    },
  );
});

describe('multipart', () => {
  async function parse(body: Body, value: Json): Promise<{ data: FormData; raw: string }> {
    const { content, contentType } = writeBody(body, value);
    const headers = { 'content-type': contentType };
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the reader that is not ours and needs no package
    const data = await new Response(content, { headers }).formData();
    return { data, raw: Buffer.from(content).toString('latin1') };
  }
  const multipart = 'multipart/form-data';

  test('fields, JSON and files, read by another implementation', async () => {
    const encoding = { photo: { binary: true }, meta: { contentType: 'application/json' } };
    const value = { title: 'é', tags: ['a', 'b'], meta: { x: 1 }, photo: pngUri, none: null };
    const { data, raw } = await parse({ mediaType: multipart, encoding }, value);
    expect(data.get('title')).toBe('é');
    expect(data.getAll('tags')).toEqual(['a', 'b']);
    expect(data.get('meta')).toBe('{"x":1}');
    expect(data.has('none')).toBe(false);
    const photo = fileOf(data.get('photo'));
    expect(photo.type).toBe('image/png');
    expect(Buffer.from(await photo.arrayBuffer())).toEqual(png);
    expect(raw).toContain('name="photo"; filename="cat %221%22.png"\r\nContent-Type: image/png');
    expect(raw).toContain('name="meta"\r\nContent-Type: application/json\r\n');
    expect(raw).toContain('name="title"\r\n\r\n');
  });

  test('several files in one property', async () => {
    const body = { mediaType: multipart, encoding: { files: { binary: true } } };
    const { data } = await parse(body, { files: ['AAAA', pngUri] });
    const files = data.getAll('files').map(fileOf);
    expect(files.map((file) => file.type)).toEqual(['application/octet-stream', 'image/png']);
    expect(files[0]?.name).toBe('files');
  });

  test.each([
    ['image/png', 'image/png'],
    ['image/*', 'image/gif'],
    ['image/png, image/gif', 'image/gif'],
    ['text/csv', 'text/csv'],
  ])('a file documented as %s', async (contentType, sent) => {
    const body = { mediaType: multipart, encoding: { f: { binary: true, contentType } } };
    const { data } = await parse(body, { f: 'data:image/gif;base64,AAAA' });
    expect(fileOf(data.get('f')).type).toBe(sent);
  });

  test('styles, where the document gives one', async () => {
    const encoding = { a: { explode: false }, b: { style: 'deepObject' as const } };
    const { data } = await parse(
      { mediaType: multipart, encoding },
      { a: ['x y', 'z'], b: { c: 1 } },
    );
    expect([...data]).toEqual([
      ['a', 'x y,z'],
      ['b[c]', '1'],
    ]);
  });

  test('names and types cannot break out of their lines', async () => {
    const name = 'a"\r\nX-Evil: 1';
    const encoding = { [name]: { contentType: 'text/plain\r\nX-Evil: 1' } };
    const { raw } = await parse({ mediaType: multipart, encoding }, { [name]: 'x' });
    expect(raw).not.toMatch(/^X-Evil/m);
    const file = { f: 'data:image/png\r\nX-Evil: 1;name=a%22%0d%0aX-Evil: 1;base64,AAAA' };
    const sent = await parse({ mediaType: multipart, encoding: { f: { binary: true } } }, file);
    expect(sent.raw).not.toMatch(/^X-Evil/m);
  });

  test('the argument of a bad file is named', () => {
    const body = { mediaType: multipart, encoding: { f: { binary: true } } };
    expect(() => writeBody(body, { f: '?' })).toThrow(/"body\.f"/);
  });
});

test.each([
  [{ mediaType: form }, 'a=1'],
  [{ mediaType: 'multipart/form-data' }, [1]],
  [{ mediaType: 'application/xml' }, { a: 1 }],
])('%j refuses %j', (body, value) => {
  expect(() => writeBody(body, value)).toThrow(ArgumentError);
});

test('base64 that ends in no way is refused, however long', () => {
  // Looking for the padding with /=+$/ would take hours.
  const text = `${'='.repeat(2_000_000)}A`;
  expect(() => readFileValue('body', text)).toThrow(ArgumentError);
});
