import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('swagger');
const id = '1917043659912705297';

test.each([
  [{ body: { a: 'x&y', ids: [1, id], c: ['p,q', 'r'] } }, 'a=x%26y&ids=1&ids=' + id + '&c=p%2Cq,r'],
  [{ body: { a: '', on: 'true', 'x[y]': 'z' } }, 'a=&on=true&x%5By%5D=z'],
  [{ body: { a: 'b', ids: null, on: '' } }, 'a=b'],
])('a form of 2.0, %j', async (args, body) => {
  expect((await api.call('form', args)).body).toBe(body);
});

test('lists of a query and of a header beside it', async () => {
  const args = { body: { a: 'b' }, t: ['1', '2'], 'X-Ids': [id, 2] };
  const { line, requests } = await api.call('form', args);
  expect(line).toBe('POST /form?t=1%092');
  expect(header(requests[0], 'x-ids')).toEqual([`${id},2`]);
});

test('each file of a list is a part with its own name', async () => {
  const files = ['QUJD', 'data:image/png;base64,QUJD', 'data:image/png;name=b.png;base64,QUJD'];
  const { body = '' } = await api.call('add_files', { body: { files, note: 'n' } });
  const names = [...body.matchAll(/name="files"; filename="([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual(['files', 'files.png', 'b.png']);
  expect(body.match(/\r\n\r\nABC\r\n/g)).toHaveLength(3);
});

test('a list as a body is JSON, though the document is about forms', async () => {
  const { requests, body } = await api.call('remove_ids', { body: [id, 2] });
  expect(body).toBe(`[${id},2]`);
  expect(header(requests[0], 'content-type')).toEqual(['application/json']);
});

describe('x-ms-paths', () => {
  test.each([
    ['acquire_lease', { blob: 'a/b c' }, 'PUT /a/b%20c?acquire&comp=lease'],
    ['list_blobs', {}, 'GET /?comp=list'],
    ['list_blobs', { prefix: 'a&b' }, 'GET /?comp=list&prefix=a%26b'],
    ['get_cell', { row: 1, column: id }, `GET /cells;row=1;column=${id}`],
  ])('%s %j', async (tool, args, line) => {
    expect((await api.call(tool, args)).line).toBe(line);
  });

  test('declared headers of their answers are reported', async () => {
    api.answer((_, response) => void response.writeHead(201, { 'x-lease-id': '42' }).end());
    const { result } = await api.call('acquire_lease', { blob: 'a', 'x-lease-id': '7' });
    expect(textOf(result)).toContain('x-lease-id: 42');
  });
});
