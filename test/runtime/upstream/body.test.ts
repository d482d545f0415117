import { describe, expect, test } from 'vitest';
import type { Body, Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { ArgumentError } from '../../../templates/src/runtime/upstream/arguments.js';
import {
  readFileValue,
  writeBody,
  type RequestBody,
} from '../../../templates/src/runtime/upstream/body.js';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
const pngUri = `data:image/png;name=cat%20%221%22.png;base64,${png.toString('base64')}`;

function write(body: Body, value: Json, more: JsonObject = {}): RequestBody {
  return writeBody(body, { body: value, ...more });
}

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
  expect(write(body, value)).toEqual({ content, contentType });
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
    const { content, contentType } = write(octets, value);
    expect(Buffer.from(content)).toEqual(png);
    expect(contentType).toBe('application/octet-stream');
  });

  test('a data URI that is percent-encoded text', () => {
    const { content } = write(octets, 'data:,a%20%C3%A9');
    expect(Buffer.from(content).toString()).toBe('a é');
  });

  test('a data URI that is text with a percent sign', () => {
    const { content } = write(octets, 'data:text/plain,100% sure');
    expect(Buffer.from(content).toString()).toBe('100% sure');
  });

  test('a data URI in capitals and between blanks', () => {
    const type = write({ mediaType: 'image/*', binary: true }, '\n Data:image/gif;BASE64,AAAA ');
    expect(type.contentType).toBe('image/gif');
    expect(type.content).toEqual(Buffer.alloc(3));
  });

  test('a range of media types uses the type of the data URI', () => {
    expect(write({ mediaType: 'image/*', binary: true }, pngUri).contentType).toBe('image/png');
  });

  test.each(['image/png\r\nx: y', 'x: y\r\nimage/png', 'image'])('but not %j', (type) => {
    const uri = `data:${type};base64,AAAA`;
    const { contentType } = write({ mediaType: 'image/*', binary: true }, uri);
    expect(contentType).toBe('application/octet-stream');
  });

  test.each([
    'not base64!',
    'hello world',
    'AAAA\tAAAA',
    'AAAAA',
    'data:image/png',
    'data:;base64,%zz',
    5,
    { a: 1 },
  ])('%j is refused', (value) => {
    expect(() => write(octets, value)).toThrow(/^The argument "body" must be the file's bytes/);
  });
});

describe('multipart', () => {
  async function parse(body: Body, value: Json): Promise<{ data: FormData; raw: string }> {
    const { content, contentType } = write(body, value);
    const headers = { 'content-type': contentType };
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a reader that is not ours and needs no package
    const data = await new Response(content, { headers }).formData();
    return { data, raw: Buffer.from(content).toString('latin1') };
  }
  const multipart = 'multipart/form-data';

  test('fields, JSON and files, read by another implementation', async () => {
    const encoding = {
      photo: { file: 'always' as const },
      meta: { contentType: 'application/json' },
    };
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
    const body = { mediaType: multipart, encoding: { files: { file: 'always' as const } } };
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
    const body = {
      mediaType: multipart,
      encoding: { f: { file: 'always' as const, contentType } },
    };
    const { data } = await parse(body, { f: 'data:image/gif;base64,AAAA' });
    expect(fileOf(data.get('f')).type).toBe(sent);
  });

  test('styles, if the document has one', async () => {
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
    const sent = await parse(
      { mediaType: multipart, encoding: { f: { file: 'always' as const } } },
      file,
    );
    expect(sent.raw).not.toMatch(/^X-Evil/m);
  });

  test.each([
    ['..%2f..%2fetc%2fpasswd', 'passwd'],
    ['%2fetc%2fpasswd', 'passwd'],
    ['C:%5Cx.txt', 'x.txt'],
    ['a%00.png', 'a.png'],
    ['..', 'f.txt'],
    ['album%2Fcat.png', 'album/cat.png'],
    ['"a%20b.png"', 'a b.png'],
    ['50%.png', '50%.png'],
  ])('a file named %s is sent as %s', async (name, sent) => {
    const body = { mediaType: multipart, encoding: { f: { file: 'always' as const } } };
    const { raw } = await parse(body, { f: `data:text/plain;name=${name};base64,AAAA` });
    expect(raw).toContain(`filename="${sent}"`);
  });

  test('a file or a text, depending on the value', async () => {
    const body = { mediaType: multipart, encoding: { photo: { file: 'sometimes' as const } } };
    const { data } = await parse(body, { photo: ['AgACAgQAAxkBAA', pngUri] });
    const [id, photo] = data.getAll('photo');
    expect(id).toBe('AgACAgQAAxkBAA');
    expect(fileOf(photo).type).toBe('image/png');
  });

  test('headers of single parts', () => {
    const body = { mediaType: multipart, hasPartHeaders: true };
    const headers = { a: { 'X-Rate': 5, 'X-List': ['x', 'y'] }, b: {}, elsewhere: { 'X-No': '1' } };
    const value = { a: ['1', '2'], b: '3' };
    const raw = Buffer.from(write(body, value, { part_headers: headers }).content).toString();
    expect(raw.match(/name="a"\r\nX-Rate: 5\r\nX-List: x,y\r\n\r\n/g)).toHaveLength(2);
    expect(raw).toContain('name="b"\r\n\r\n3');
    expect(raw).not.toContain('X-No');
    const undeclared = write({ mediaType: multipart }, value, { part_headers: headers });
    expect(Buffer.from(undeclared.content).toString()).not.toContain('X-Rate');
  });

  test.each([
    [{ a: { 'X-A': 'x\r\nX-Evil: 1' } }, true],
    [{ a: { 'X-A\r\nX-Evil': '1' } }, true],
    [{ a: { 'Content-Type': 'text/evil', 'content-disposition': 'evil' } }, false],
  ])('headers %j of a part are harmless', (part_headers, refused) => {
    const body = { mediaType: multipart, hasPartHeaders: true };
    const sent = () => Buffer.from(write(body, { a: '1' }, { part_headers }).content).toString();
    if (refused) expect(sent).toThrow(/^The argument "part_headers.a" /);
    else expect(sent()).not.toContain('evil');
  });

  test('a list, whose parts have no names', () => {
    const body = {
      mediaType: 'multipart/mixed',
      prefixEncoding: [{ contentType: 'application/json' }],
      itemEncoding: { file: 'always' as const, contentType: 'image/*' },
    };
    const { content, contentType } = write(body, [{ a: 1 }, pngUri, pngUri]);
    const [, boundary = ''] = /^multipart\/mixed; boundary=(.*)$/.exec(contentType) ?? [];
    const [first = '', ...files] = Buffer.from(content)
      .toString('latin1')
      .split(`--${boundary}`)
      .slice(1, -1);
    expect(first).toBe('\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n');
    const bytes = `\r\nContent-Type: image/png\r\n\r\n${png.toString('latin1')}\r\n`;
    expect(files).toEqual([bytes, bytes]);
  });

  test('an object whose members have any name', () => {
    const itemEncoding = { file: 'always' as const };
    const body = { mediaType: multipart, encoding: { note: {} }, itemEncoding };
    const sent = Buffer.from(write(body, { note: 'hi', photo: pngUri }).content).toString('latin1');
    expect(sent).toContain('name="note"\r\n\r\nhi\r\n');
    expect(sent).toMatch(/name="photo"; filename="[^"]+"\r\nContent-Type: image\/png\r\n/);
  });

  test('the argument of a bad file is named', () => {
    const body = { mediaType: multipart, encoding: { f: { file: 'always' as const } } };
    expect(() => write(body, { f: '?' })).toThrow(/"body\.f"/);
  });
});

describe('one of several media types', () => {
  const json = { mediaType: 'application/json' };
  const png = { mediaType: 'image/png', binary: true };
  const patch = { mediaType: 'application/merge-patch+json; charset=utf-8' };
  const several: Body = { ...json, others: [png, patch] };

  test.each<[Json, JsonObject, string]>([
    [{ a: 1 }, {}, 'application/json'],
    [{ a: 1 }, { content_type: patch.mediaType }, patch.mediaType],
    [{ a: 1 }, { content_type: 'application/merge-patch+json' }, patch.mediaType],
    ['AAAA', { content_type: 'image/png' }, 'image/png'],
    [pngUri, {}, 'image/png'],
    ['data:image/gif;base64,AAAA', {}, 'application/json'],
    [{ a: 1 }, { content_type: 'text/elsewhere' }, 'application/json'],
  ])('%j with %j is %s', (value, more, contentType) => {
    expect(write(several, value, more).contentType).toBe(contentType);
  });

  test('an argument that happens to be named content_type does not choose', () => {
    expect(write(json, 1, { content_type: 'image/png' }).contentType).toBe('application/json');
  });
});

test.each(['application/x-ndjson', 'application/jsonl'])(
  '%s has a value on each line',
  (mediaType) => {
    expect(write({ mediaType }, [{ a: 1 }, 'x']).content).toBe('{"a":1}\n"x"\n');
    expect(write({ mediaType }, { a: 1 }).content).toBe('{"a":1}\n');
    expect(write({ mediaType }, '{"as":"written"}\n').content).toBe('{"as":"written"}\n');
  },
);

test('a JSON sequence has a mark before each value', () => {
  const sequence = write({ mediaType: 'application/json-seq' }, [{ a: 1 }, 'x']);
  expect(sequence.content).toBe('\x1e{"a":1}\n\x1e"x"\n');
});

test.each([
  [{ mediaType: form }, [1]],
  [{ mediaType: form }, 'a'],
  [{ mediaType: 'multipart/form-data' }, 'a'],
  [{ mediaType: 'multipart/form-data' }, [1]],
  [{ mediaType: 'application/xml' }, { a: 1 }],
])('%j refuses %j', (body, value) => {
  expect(() => write(body, value)).toThrow(ArgumentError);
});

test('base64 with an invalid end is refused, however long', () => {
  // Looking for the padding with /=+$/ would take hours.
  const text = `${'='.repeat(2_000_000)}A`;
  expect(() => readFileValue('body', text)).toThrow(ArgumentError);
});

test('a form with half a surrogate pair is refused', () => {
  const body = { mediaType: 'application/x-www-form-urlencoded' };
  const values: JsonObject[] = [{ '': '\udc00x' }, { '\ud800': 'x' }, { a: ['\udc00'] }];
  for (const value of values)
    expect(() => writeBody(body, { body: value })).toThrow('not valid Unicode text');
});

test.each<[mediaType: string, value: Json]>([
  ['text/plain', 'a\ud800'],
  ['application/x-thing', '\udc00'],
  ['multipart/form-data', { a: 'x\ud800' }],
  ['multipart/form-data', { a: ['x', '\udc00'] }],
])('so is half of one in %s', (mediaType, value) => {
  expect(() => writeBody({ mediaType }, { body: value })).toThrow('not valid Unicode text');
  const whole = JSON.stringify(value).replace(/\\ud[8c]00/, '😀');
  expect(() => writeBody({ mediaType }, { body: JSON.parse(whole) as Json })).not.toThrow();
});

test('JSON escapes half of one', () => {
  const { content } = writeBody({ mediaType: 'application/json' }, { body: { a: '\ud800' } });
  expect(content).toBe('{"a":"\\ud800"}');
});

describe('the charset of a media type', () => {
  const typed = (charset: string, type = 'text/plain') => ({
    mediaType: `${type}; charset=${charset}`,
  });

  test.each([
    ['ISO-8859-1', 'Müller', 'latin1', 'ISO-8859-1'],
    ['windows-1252', 'Müller', 'latin1', 'windows-1252'],
    ['"latin1"', 'é', 'latin1', '"latin1"'],
    ['ISO-8859-1', 'plain', 'utf8', 'ISO-8859-1'],
    ['Shift_JIS', 'plain', 'utf8', 'Shift_JIS'],
    ['UTF8', 'Müller', 'utf8', 'UTF8'],
    ['ISO-8859-1', '5 €', 'utf8', 'utf-8'],
    ['us-ascii', 'é', 'utf8', 'utf-8'],
    ['Shift_JIS', '日', 'utf8', 'utf-8'],
    ['utf-16', 'plain', 'utf8', 'utf-8'],
  ] as const)('%s for %j', (charset, text, encoding, named) => {
    const { content, contentType } = write(typed(charset), text);
    expect(Buffer.from(content).toString(encoding)).toBe(text);
    expect(contentType).toBe(`text/plain; charset=${named}`);
  });

  test('JSON, forms and parts have one too', () => {
    const json = write(typed('iso-8859-1', 'application/json'), { a: 'é😀' });
    expect(json.content).toBe('{"a":"\\u00e9\\ud83d\\ude00"}');
    expect(write(typed('ISO-8859-1', form), { a: 'é' })).toEqual({
      content: 'a=%C3%A9',
      contentType: `${form}; charset=utf-8`,
    });
    const part = { a: { contentType: 'text/csv; charset=ISO-8859-1' } };
    const { content } = write({ mediaType: 'multipart/form-data', encoding: part }, { a: 'é;€' });
    expect(String(content)).toContain('Content-Type: text/csv; charset=utf-8\r\n\r\né;€\r\n');
  });
});

describe('a field with JSON', () => {
  const encoding = { a: { contentType: 'application/json' } };
  test.each<[Json, string]>([
    ['{"id": 1917043659912705297}', '{"id": 1917043659912705297}'],
    [' [1]', ' [1]'],
    ['{id}', '"{id}"'],
    ['text', '"text"'],
    ['5', '"5"'],
    [{ a: 'b' }, '{"a":"b"}'],
  ])('is not quoted if it is the text of an object or a list: %j', (value, sent) => {
    const inForm = write({ mediaType: form, encoding }, { a: value });
    expect(decodeURIComponent(String(inForm.content))).toBe(`a=${sent}`);
    const inParts = write({ mediaType: 'multipart/form-data', encoding }, { a: value });
    expect(String(inParts.content)).toContain(`application/json\r\n\r\n${sent}\r\n`);
  });
});
