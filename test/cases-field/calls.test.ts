import { describe, expect, test } from 'vitest';
import { header, textOf, type Answer } from '../runtime/upstream/wire.js';
import { callCase } from './planned.js';

const id = '1917043659912705297';
const data = 'data:audio/wav;base64,AAAA';

test.each<[file: string, tool: string, args: object, line: string]>([
  [
    'yaml-number-enum',
    'list_rates',
    { schema_version: '1.0' },
    'GET /rates?schema_version=1.0&api=2.0',
  ],
  ['int64', 'get_message', { id }, `GET /messages/${id}`],
  ['int64', 'get_message', { id, ids: [id, '2'] }, `GET /messages/${id}?ids=${id}&ids=2`],
  ['slashed-pattern', 'get_code', { code: 'ABC' }, 'GET /codes/ABC'],
  [
    'slashed-pattern',
    'get_code',
    { code: 'ABC', insensitive: 'abc', inline: 'ABC' },
    'GET /codes/ABC?insensitive=abc&inline=ABC',
  ],
  [
    'oneof-overlap',
    'amount',
    { value: 5, when: '2024-01-01' },
    'GET /amount?value=5&when=2024-01-01',
  ],
  ['greedy-path', 'get_file', { proxy: 'a/b.txt' }, 'GET /files/a/b.txt'],
  ['paths-of-tools', 'odata', { key: "O'Neil" }, "GET /Products('O%27%27Neil')/Name"],
  ['paths-of-tools', 'postman', { user: 'a b' }, 'GET /users/a%20b'],
  ['paths-of-tools', 'strings', { place: 5, rest: 'a/b' }, 'GET /places/5/a/b'],
  ['greedy-path', 'get_name', { name: 'projects/p1' }, 'GET /v1/projects/p1'],
  [
    'null-optional',
    'search',
    { q: 'a', limit: null, sort: null, tags: null, 'X-Trace': null },
    'GET /search?q=a',
  ],
  [
    'local-datetime',
    'list_slots',
    { from: '2024-04-06T22:30:41' },
    'GET /slots?from=2024-04-06T22%3A30%3A41',
  ],
  ['local-datetime', 'list_slots', { at: '10:30' }, 'GET /slots?at=10%3A30'],
  ['local-datetime', 'list_slots', { site: 'example.com/x' }, 'GET /slots?site=example.com%2Fx'],
  [
    'local-datetime',
    'list_slots',
    { id: '{1b671a64-40d5-491e-99b0-da01ff1f3341}' },
    'GET /slots?id=%7B1b671a64-40d5-491e-99b0-da01ff1f3341%7D',
  ],
  ['query-template', 'in_query', { term: 'a b', page: 2 }, 'GET /look?term=a%20b&page=2'],
  ['query-template', 'in_query', { term: 'a b' }, 'GET /look?term=a%20b'],
  ['query-template', 'in_path', { term: 'a b', page: 2 }, 'GET /find?term=a%20b&page=2'],
  ['vendor-paths', 'get_props', {}, 'GET /blobs?comp=properties'],
  ['enum-format', 'get_counts', { date: '20160128' }, 'GET /counts?date=20160128'],
  [
    'json-content-string',
    'get_channel',
    { type: 'messaging', id: 'abc' },
    'GET /channels/messaging?id=abc',
  ],
  [
    'json-content-string',
    'get_channel',
    { type: 'messaging', filter: { a: 'b' } },
    'GET /channels/messaging?filter=%7B%22a%22%3A%22b%22%7D',
  ],
])('%s: %s %j', async (file, tool, args, line) => {
  expect((await callCase(file, [tool, args])).lines).toEqual([line]);
});

test.each<[file: string, tool: string, body: unknown, sent: string]>([
  ['int64', 'forward', { id }, `{"id":${id}}`],
  ['int64', 'forward', { id: 1, nested: { id } }, `{"id":1,"nested":{"id":${id}}}`],
  ['int64', 'form_post', { id }, `id=${id}`],
  ...[{ email: 'a' }, { email: 'a', vat: 'b' }, { email: 'a', first_name: 'b', vat: 'c' }].map(
    (body): [string, string, unknown, string] => [
      'oneof-overlap',
      'add_contact',
      body,
      JSON.stringify(body),
    ],
  ),
  ['oneof-overlap', 'pay', { kind: 'bank', amount: 5 }, '{"kind":"bank","amount":5}'],
  ['oneof-overlap', 'pay', { kind: 'card', amount: 5 }, '{"kind":"card","amount":5}'],
  ['allof-closed', 'add_dog', { name: 'a', bark: true }, '{"name":"a","bark":true}'],
  ['allof-closed', 'add_cat', { name: 'a', lives: 9 }, '{"name":"a","lives":9}'],
  ['allof-closed', 'add_bird', { name: 'a', wings: 2 }, '{"name":"a","wings":2}'],
  ['allof-closed', 'add_fish', { name: 'a', salt: true }, '{"name":"a","salt":true}'],
  ['null-optional', 'create', null, ''],
  ['null-optional', 'create', { name: 'a', due: null, size: null }, '{"name":"a"}'],
  ['text-bodies', 'sparql', 'SELECT * WHERE {?s ?p ?o}', 'SELECT * WHERE {?s ?p ?o}'],
  ['text-bodies', 'run_sql', 'select 1', 'select 1'],
  ['text-bodies', 'run_sql', 'VACUUM00', 'VACUUM00'],
  ['text-bodies', 'blob', 'QUJD', 'ABC'],
])('%s: %s sends %j', async (file, tool, body, sent) => {
  const { requests } = await callCase(file, [tool, { body }]);
  expect(requests.map((request) => request.body.toString())).toEqual([sent]);
});

test('int64: a header too, and a number that is rounded is refused', async () => {
  const { requests } = await callCase('int64', ['get_message', { id, 'X-Seq': id }]);
  expect(header(requests[0], 'x-seq')).toEqual([id]);
  const rounded = await callCase('int64', ['get_message', { id: Number(id) }]);
  expect([rounded.lines, textOf(rounded.result)]).toEqual([
    [],
    expect.stringContaining('as a string'),
  ]);
});

test('int64: an answer has no rounded copy', async () => {
  const answer: Answer = (_, response) =>
    void response.setHeader('content-type', 'application/json').end(`{"id":${id}}`);
  const { result } = await callCase('int64', ['get_message', { id }], { answer });
  expect(result.structuredContent).toBeUndefined();
  expect(textOf(result)).toBe(`{"id":${id}}`);
});

test('greedy-path: no way up', async () => {
  expect((await callCase('greedy-path', ['get_file', { proxy: 'a/../b' }])).lines).toEqual([]);
});

test('upload-filename', async () => {
  const png = 'data:image/png;base64,AAAA';
  const body = { file: data, photo: png, pages: [png, png] };
  const names = async (own: object) => {
    const { requests } = await callCase('upload-filename', ['transcribe', { body: own }]);
    const text = requests[0]?.body.toString('latin1') ?? '';
    return [...text.matchAll(/ name="(\w+)"; filename="([^"]*)"/g)].map(([, ...both]) => both);
  };
  const [file, ...rest] = await names(body);
  expect(file).toEqual(['file', 'file.wav']);
  expect(rest).toContainEqual(['photo', 'photo.png']);
  const pages = rest.filter(([name]) => name === 'pages').map(([, name]) => name);
  expect(new Set(pages).size).toBe(2);
  expect(await names({ file: 'AAAA' })).toEqual([['file', 'file']]);
});

test('response-headers', async () => {
  const answer: Answer = (_, response) =>
    void response
      .writeHead(200, { 'X-Next-Cursor': 'abc', 'X-Total-Count': 1342, ETag: '"v7"' })
      .end('[]');
  const list = textOf((await callCase('response-headers', ['list_docs'], { answer })).result);
  expect(list.split('\n')).toEqual(
    expect.arrayContaining(['X-Next-Cursor: abc', 'X-Total-Count: 1342']),
  );
  const one = await callCase('response-headers', ['get_doc', { id: 'a' }], { answer });
  expect(textOf(one.result).split('\n')).toContain('ETag: "v7"');
});

describe('answers', () => {
  const read = async (type: string, body: string | Buffer) => {
    const answer: Answer = (_, response) => void response.setHeader('content-type', type).end(body);
    return (await callCase('answers', ['r'], { answer })).result;
  };
  const latin1 = (text: string) => Buffer.from(text, 'latin1');

  test.each([
    ['application/octet-stream', 'id, name\n1, a\n'],
    ['binary/octet-stream', '{"a":1}'],
    ['application/x-json', '{"a":1}'],
    ['application/csv', 'a, b'],
  ])('%s is text', async (type, text) => {
    expect((await read(type, text)).content).toEqual([{ type: 'text', text }]);
  });

  test.each(['tiff', 'bmp', 'x-icon', 'heic', 'avif'])('image/%s is a resource', async (name) => {
    const { content } = await read(`image/${name}`, Buffer.from([0x89, 0, 1]));
    expect(content.map(({ type }) => type)).toEqual(['resource']);
  });

  test.each<[string, string | Buffer]>([
    ['application/json; charset=ISO-8859-1', '{"a":"Müller"}'],
    ['application/xml', latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>Müller</a>')],
    ['text/csv', latin1('id,name\n1,Müller\n')],
  ])('%s %s', async (type, body) => {
    expect(textOf(await read(type, body))).toContain('Müller');
  });

  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  const windows1251 = Buffer.from([0xcf, 0xf0, 0xe8]);

  // Neighbours: marks of order, prologs against headers, quotes around a charset.
  test.each<[string, string | Buffer, string]>([
    ['application/json', '\ufeff{"a":"Müller"}', '{"a":"Müller"}'],
    ['text/csv; charset=iso-8859-1', '\ufeffid\nMüller', 'id\nMüller'],
    ['text/plain', utf16be('\ufeffMüller'), 'Müller'],
    ['text/plain; charset=utf-16be', utf16be('Müller'), 'Müller'],
    [
      'application/json; charset=utf-16le',
      Buffer.from('{"a":"Müller"}', 'utf16le'),
      '{"a":"Müller"}',
    ],
    ['text/plain; charset="iso-8859-1"', latin1('Müller'), 'Müller'],
    ['text/plain; charset=UTF8', latin1('Müller'), 'Müller'],
    [
      'application/xml',
      Buffer.concat([latin1('<?xml version="1.0" encoding="windows-1251"?><a>'), windows1251]),
      '<?xml version="1.0" encoding="windows-1251"?><a>При',
    ],
    [
      'application/soap+xml',
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>Müller</a>',
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>Müller</a>',
    ],
    ['application/problem+json', Buffer.from([0x22, 0x80, 0x93, 0x22]), '"€“"'],
  ])('%s %j is %s', async (type, body, text) => {
    expect(textOf(await read(type, body))).toBe(text);
  });
});

test('post-redirect', async () => {
  const answer: Answer = ({ url }, response) =>
    url === '/items/'
      ? void response.setHeader('content-type', 'text/plain').end('made')
      : void response.writeHead(307, { location: '/items/' }).end();
  const { requests, lines, result } = await callCase(
    'post-redirect',
    ['add_item', { body: { a: 1 } }],
    { answer },
  );
  expect(lines).toEqual(['POST /items', 'POST /items/']);
  const [first, second] = requests;
  expect(second?.body.toString()).toBe('{"a":1}');
  expect(header(second, 'content-type')).toEqual(header(first, 'content-type'));
  expect(textOf(result)).toBe('made');
});

test('own-request-id', async () => {
  const mine = await callCase('own-request-id', ['get_thing', { 'X-Request-Id': 'mine' }]);
  expect([header(mine.requests[0], 'x-request-id'), mine.requestId]).toEqual([['mine'], 'mine']);
  const ours = await callCase('own-request-id', ['get_thing']);
  expect([header(ours.requests[0], 'x-request-id'), ours.requestId]).toEqual([['ours'], undefined]);
});

test('header-named-like-scheme', async () => {
  const [key, consumer] = [
    { UPSTREAM_API_KEY_KEY: 'key-1' },
    { UPSTREAM_API_KEY_CONSUMER: 'con-1' },
  ];
  const both = await callCase('header-named-like-scheme', ['list_crm'], {
    env: { ...key, ...consumer },
  });
  expect(['authorization', 'x-consumer-id'].map((name) => header(both.requests[0], name))).toEqual([
    ['key-1'],
    ['con-1'],
  ]);
  const one = await callCase('header-named-like-scheme', ['list_crm'], { env: key });
  expect([one.lines, textOf(one.result)]).toEqual([
    [],
    expect.stringContaining('UPSTREAM_API_KEY_CONSUMER'),
  ]);
});

test('forms-and-digits', async () => {
  const upc = '041631000564';
  const { lines } = await callCase('forms-and-digits', ['get_code', { upc, zip: ['02134', '5'] }]);
  expect(lines).toEqual([`GET /codes/${upc}?zip=02134&zip=5`]);
  const inJson = await callCase('forms-and-digits', ['post_code', { upc, body: { zip: '02134' } }]);
  expect(textOf(inJson.result)).toBe('body.zip must be an integer, not a string.');
  const zero = await callCase('forms-and-digits', ['get_code', { upc, zip: ['00'] }]);
  expect(textOf(zero.result)).toBe('zip[0] must be at least 1.');
  const form = await callCase('forms-and-digits', ['post_form', { body: 'a=1&b=%20' }]);
  expect(String(form.requests[0]?.body)).toBe('a=1&b=%20');
  expect(header(form.requests[0], 'content-type')).toEqual(['application/x-www-form-urlencoded']);
});

test.each([
  ['batch', 'request-separator', 'multipart/mixed;boundary=request-separator'],
  ['batch', 'other', 'multipart/mixed; boundary="other"'],
  ['related', 'x:1', 'multipart/related; boundary="x:1"'],
])('parts of %s that are written already are sent as they are', async (tool, boundary, type) => {
  const parts = `--${boundary}\nContent-Type: text/plain\n\na\r\n--${boundary}--`;
  const { requests } = await callCase('forms-and-digits', [tool, { body: parts }]);
  expect(String(requests[0]?.body)).toBe(parts.replaceAll(/\r?\n/g, '\r\n'));
  expect(header(requests[0], 'content-type')).toEqual([type]);
});

test.each([
  ['related', 'text without parts'],
  ['post_form', 'text without fields'],
])('a form of %s that is %s is refused', async (tool, body) => {
  const { lines, result } = await callCase('forms-and-digits', [tool, { body }]);
  expect([lines, textOf(result)]).toEqual([
    [],
    'The argument "body" must be an object with the fields of the form.',
  ]);
});
