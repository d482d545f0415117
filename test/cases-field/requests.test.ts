import type { OutgoingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('requests');

describe('headers of answers', () => {
  const answer = (headers: OutgoingHttpHeaders, body = '[]') =>
    api.answer((_, response) => void response.writeHead(200, headers).end(body));

  test.each([
    [
      'list_docs',
      { 'X-Next-Cursor': 'abc', 'X-Total-Count': 1342 },
      ['X-Next-Cursor: abc', 'X-Total-Count: 1342'],
    ],
    ['list_docs', { link: '<a>', 'RateLimit-Reset': '5' }, ['Link: <a>', 'RateLimit-Reset: 5']],
    ['get_doc', { etag: '"v7"' }, ['ETag: "v7"']],
    [
      'get_doc',
      { 'content-disposition': 'attachment; filename="a.txt"' },
      ['Content-Disposition: attachment; filename="a.txt"'],
    ],
    ['head_doc', { ETag: '"v8"' }, ['ETag: "v8"']],
    ['add_doc', { 'x-document-id': '42' }, ['X-Document-Id: 42']],
  ])('%s reports %j', async (tool, headers, said) => {
    answer(headers, tool === 'head_doc' ? '' : undefined);
    const { result } = await api.call(tool, {
      ...(/_docs$/.test(tool) ? {} : { id: '1' }),
      ...(tool === 'add_doc' && { id: undefined, body: {} }),
    });
    const lines = textOf(result).split('\n');
    for (const line of said) expect(lines.filter((own) => own === line)).toHaveLength(1);
  });

  test('cookies, challenges and what is not described stay here', async () => {
    answer({
      'Set-Cookie': 'a=b',
      'WWW-Authenticate': 'Basic',
      'X-Other': '1',
      'content-type': 'application/json',
    });
    const { result } = await api.call('list_docs');
    expect(textOf(result)).toBe('[]');
  });

  test('an error has them too', async () => {
    api.answer((_, response) => void response.writeHead(429, { 'RateLimit-Reset': '5' }).end());
    const { result } = await api.call('list_docs');
    expect(textOf(result)).toContain('RateLimit-Reset: 5');
  });
});

describe('names of files', () => {
  const wav = 'data:audio/wav;base64,AAAA';

  test.each<[args: object, names: string[]]>([
    [{ file: wav }, ['file.wav']],
    [{ file: 'AAAA' }, ['file']],
    [{ file: 'data:audio/wav;name=a.wav;base64,AAAA' }, ['a.wav']],
    [{ file: 'data:audio/mpeg;base64,AAAA' }, ['file.mp3']],
    [{ file: 'data:image/svg+xml,<svg/>' }, ['file.svg']],
    [{ file: 'data:application/x-thing-of-ours;base64,AAAA' }, ['file']],
    [{ file: 'data:application/geo+json,{}' }, ['file.json']],
    [{ file: wav, photo: 'AAAA', notes: 'AAAA' }, ['file.wav', 'photo.png', 'notes.docx']],
    [
      { file: wav, pages: ['data:image/png;base64,AA==', 'data:image/png;base64,AA=='] },
      ['file.wav', 'pages.png', 'pages-2.png'],
    ],
    [{ file: wav, pages: ['AAAA', 'AAAA', 'AAAA'] }, ['file.wav', 'pages', 'pages-2', 'pages-3']],
    [
      {
        file: wav,
        pages: ['data:image/png;name=x.png;base64,AA==', 'data:image/png;name=x.png;base64,AA=='],
      },
      ['file.wav', 'x.png', 'x-2.png'],
    ],
    [{ file: wav, meta: { a: 'b' } }, ['file.wav']],
  ])('%j', async (body, names) => {
    const sent = (await api.call('transcribe', { body })).body ?? '';
    expect([...sent.matchAll(/filename="([^"]*)"/g)].map(([, name]) => name)).toEqual(names);
  });
});

describe('redirects', () => {
  const redirect = (status: number, location: string, times = 1) => {
    let left = times;
    api.answer((_, response) => {
      left -= 1;
      if (left < 0) response.setHeader('content-type', 'application/json').end('{"done":true}');
      else response.writeHead(status, { location }).end();
    });
  };

  test.each([
    [307, 'add_doc', { body: { a: 1 } }, 'POST', '{"a":1}'],
    [308, 'add_doc', { body: { a: 1 } }, 'POST', '{"a":1}'],
    [307, 'put_doc', { id: '1', 'If-Match': 'x', body: { a: 1 } }, 'PUT', '{"a":1}'],
    [308, 'delete_doc', { id: '1' }, 'DELETE', ''],
    [307, 'rpc', { body: 'AP8=' }, 'POST', '\0\ufffd'],
    [307, 'get_doc', { id: '1' }, 'GET', ''],
  ])('%i repeats %s', async (status, tool, args, method, body) => {
    redirect(status, '/items/?x=1');
    const { requests, result } = await api.call(tool, args);
    expect(requests.map((one) => [one.method, one.body.toString()])).toEqual([
      [method, body],
      [method, body],
    ]);
    expect(requests[1]?.url).toBe('/items/?x=1');
    for (const name of ['content-type', 'if-match', 'x-request-id'])
      expect(header(requests[1], name)).toEqual(header(requests[0], name));
    expect(textOf(result)).toBe('{"done":true}');
  });

  test.each([301, 302, 303])('%i of a POST is reported', async (status) => {
    redirect(status, '/items/');
    expect((await api.call('add_doc', { body: {} })).requests).toHaveLength(1);
  });

  test.each([
    'https://other.example.com/items/',
    'http://localhost:1/',
    '//other.example.com/',
    'http://user@127.0.0.1/',
  ])('never to %s', async (location) => {
    redirect(307, location);
    const { requests, result } = await api.call('add_doc', { body: {} });
    expect(requests).toHaveLength(1);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('The redirect was not followed');
  });

  test('not for ever', async () => {
    redirect(307, '/items/', 100);
    expect((await api.call('add_doc', { body: {} })).requests).toHaveLength(6);
  });
});

describe('the caller’s own request id', () => {
  test.each([
    ['get_thing', { 'X-Request-Id': 'mine' }, 'mine'],
    ['add_thing', { 'x-request-id': 7 }, '7'],
  ])('%s', async (tool, args, id) => {
    const { requests } = await api.call(tool, args);
    expect(header(requests[0], 'x-request-id')).toEqual([id]);
    expect(api.server().audit().at(-1)).toMatchObject({ event: 'tool_call', request: id });
  });

  test.each([{}, { 'X-Request-Id': null }, { 'X-Request-Id': '' }])(
    '%j leaves it to this server',
    async (args) => {
      const [id = ''] = header((await api.call('get_thing', args)).requests[0], 'x-request-id');
      expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      expect(api.server().audit().at(-1)).toMatchObject({ event: 'tool_call', request: id });
    },
  );
});

test.each([
  [{ type: 'messaging', id: 'abc' }, '/channels/messaging?id=abc'],
  [{ type: 'a b', id: 'a"b' }, '/channels/a%20b?id=a%22b'],
  [{ type: 'm', ids: ['a'] }, '/channels/m?ids=%5B%22a%22%5D'],
  [{ type: 'm', filter: { a: 'b' } }, '/channels/m?filter=%7B%22a%22%3A%22b%22%7D'],
  [{ type: 'm', count: '5' }, '/channels/m?count=5'],
])('strings of JSON parameters are bare, %j', async (args, line) => {
  api.answer((_, response) => void response.end());
  expect((await api.call('get_channel', args)).line).toBe(`GET ${line}`);
});
