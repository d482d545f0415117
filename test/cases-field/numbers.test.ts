import { describe, expect, test } from 'vitest';
import { textOf } from '../support/http-client.js';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('numbers', {}, ['--output-schemas', 'all']);
const id = '1917043659912705297';
const rounded = Number(id);

describe('digits keep their places', () => {
  test.each([
    ['path', {}, `/messages/${id}`],
    ['query', { after: id }, `/messages/${id}?after=${id}`],
    ['negative', { after: `-${id}` }, `/messages/${id}?after=-${id}`],
    ['list', { ids: [id, 5, '6'] }, `/messages/${id}?ids=${id}&ids=5&ids=6`],
    ['list as text', { ids: `[${id},2]` }, `/messages/${id}?ids=${id}&ids=2`],
    ['decimals', { price: '0.1234567890123456789' }, `/messages/${id}?price=0.1234567890123456789`],
    ['zeros behind the point', { price: '19.90' }, `/messages/${id}?price=19.90`],
    ['deepObject', { filter: { since: id } }, `/messages/${id}?filter%5Bsince%5D=${id}`],
    ['JSON in a query', { query: { id } }, `/messages/${id}?query=%7B%22id%22%3A${id}%7D`],
  ])('%s', async (_, args, line) => {
    expect((await api.call('get_message', { id, ...args })).line).toBe(`GET ${line}`);
  });

  test('long numbers of the document itself', async () => {
    const { line, body } = await api.call('add_shard', {
      kind: id,
      body: { shard: '9007199254740993' },
    });
    expect(line).toBe(`POST /shards?api=${id}&kind=${id}`);
    expect(body).toBe('{"shard":9007199254740993}');
  });

  test('header and cookie', async () => {
    const { requests } = await api.call('get_message', { id, 'X-Seq': id, seen: id });
    expect(header(requests[0], 'x-seq')).toEqual([id]);
    expect(header(requests[0], 'cookie')).toEqual([`seen=${id}`]);
  });

  test.each([
    ['top', { id }, `{"id":${id}}`],
    ['nested', { id: 1, nested: { id } }, `{"id":1,"nested":{"id":${id}}}`],
    ['in a list', { id: 1, ids: [id, 2] }, `{"id":1,"ids":[${id},2]}`],
    ['behind a choice', { id: 1, parent: id }, `{"id":1,"parent":${id}}`],
    ['in a map', { id: 1, byName: { a: id } }, `{"id":1,"byName":{"a":${id}}}`],
    ['recursion', { id: 1, replies: [{ id }] }, `{"id":1,"replies":[{"id":${id}}]}`],
    ['text stays text', { id: 1, text: id }, `{"id":1,"text":"${id}"}`],
    [
      'decimals',
      { id: 1, amount: '0.12345678901234567891' },
      '{"id":1,"amount":0.12345678901234567891}',
    ],
    ['beyond a double', { id: 1, amount: '1.5e29' }, '{"id":1,"amount":1.5e29}'],
    [
      'the body as text',
      `{"id": ${id}, "ids": [${id}], "text": "${id}"}`,
      `{"id":${id},"ids":[${id}],"text":"${id}"}`,
    ],
  ])('JSON body, %s', async (_, body, sent) => {
    expect((await api.call('forward', { body })).body).toBe(sent);
  });

  test('form', async () => {
    const { body } = await api.call('form_post', { body: { id, ids: [id], nested: { id } } });
    expect(body).toBe(`id=${id}&ids=${id}&nested=%7B%22id%22%3A${id}%7D`);
  });

  test('multipart', async () => {
    const { body } = await api.call('parts_post', { body: { id, ids: [id, '7'], nested: { id } } });
    expect(body?.match(/\r\n\r\n.*/g)).toEqual(
      [id, id, '7', `{"id":${id}}`].map((text) => `\r\n\r\n${text}`),
    );
  });

  test('lines', async () => {
    expect((await api.call('lines_post', { body: [{ id }, { id: 1 }] })).body).toBe(
      `{"id":${id}}\n{"id":1}\n`,
    );
  });
});

test.each([
  ['get_message', { id: rounded }, 'id is'],
  ['get_message', { id: 1, ids: [rounded] }, 'ids[0] is'],
  ['forward', { body: { id: rounded } }, 'body.id is'],
  ['forward', { body: { id: 1, nested: { id: -rounded } } }, 'body.nested.id is'],
  ['form_post', { body: { id: rounded } }, 'body.id is'],
])('a number that lost its digits is refused, %s %j', async (tool, args, place) => {
  const { requests, result } = await api.call(tool, args);
  expect(requests).toEqual([]);
  expect(textOf(result)).toContain(`${place} a number beyond 2^53: send it as a string of digits`);
});

test.each(['12a', '1917043659912705297.5', '0x10', '1 917', ''])(
  '%j is not an integer',
  async (text) => {
    const { requests, result } = await api.call('get_message', { id: text });
    expect(requests).toEqual([]);
    expect(textOf(result)).toContain('id must be an integer');
  },
);

describe('answers', () => {
  const answer = (json: string) =>
    api.answer((_, response) => {
      response.setHeader('content-type', 'application/json').end(json);
    });

  test.each([
    [`{"id":${id},"text":"a"}`, { id: null, text: 'a' }],
    [`{"id":1,"nested":{"id":-${id}}}`, { id: 1, nested: { id: null } }],
    [`{"id":1,"ids":[${id},2]}`, { id: 1, ids: [null, 2] }],
    [`{"id":1,"amount":0.12345678901234567891}`, { id: 1, amount: null }],
    [`{"id":1,"amount":1e400}`, { id: 1, amount: null }],
    [`{"id":1,"other":12345678901234567890123456789012}`, { id: 1, other: null }],
  ])('%s has no rounded copy', async (json, copy) => {
    answer(json);
    const { result } = await api.call('get_message', { id: 1 });
    expect(textOf(result)).toBe(json);
    const _notes = [expect.stringMatching(/^Some values are null only here/)];
    expect(result.structuredContent).toEqual({ ...copy, _notes });
  });

  test.each([
    `{"id":9007199254740991,"text":"${id}"}`,
    '{"id":-1,"amount":-0.5,"e":1.5E3,"z":1.10,"o":1.0}',
    `{"id":0,"text":"a \\"${id}\\" b"}`,
    `{"id":0,"${id}":1}`,
  ])('%s has a copy', async (json) => {
    answer(json);
    const { result } = await api.call('get_message', { id: 1 });
    expect(textOf(result)).toBe(json);
    expect(result.structuredContent).toEqual(JSON.parse(json));
  });
});
