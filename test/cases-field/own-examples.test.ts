import { describe, expect, test } from 'vitest';
import { header, textOf } from '../runtime/upstream/wire.js';
import { callCase, planCase } from './planned.js';

const call = (tool: string, args: object) => callCase('own-examples', [tool, args]);

test.each([
  [{ sort: 'name desc' }, 'sort=name%20desc'],
  [{ sort: 'size desc' }, 'sort=size%20desc'],
  [{ how: 'predicted' }, 'how=predicted'],
  [{ ids: '1,2' }, 'ids=1%2C2'],
  [{ ids: [1, 2] }, 'ids=1,2'],
  [{ flat: 0 }, 'flat=0'],
  [{ page: 0 }, 'page=0'],
  [{ code: 'ABCDEF' }, 'code=ABCDEF'],
  [{ grade: 'worst' }, 'grade=worst'],
  [{ state: 'NEW' }, 'state=NEW'],
  [{ size: 0 }, 'size=0'],
])('a rule that the document’s own example breaks is not enforced: %j', async (args, query) => {
  expect((await call('find', args)).lines).toEqual([`GET /find?${query}`]);
});

test.each([
  [{ strict: 'c' }, 'strict must be one of "a", "b".'],
  [{ sort: true }, 'sort must be a string, not a boolean.'],
  [{ size: 1.5 }, 'size must be an integer, not a fraction.'],
  [{ grade: 1 }, 'grade must be a string, not a number.'],
  [{ flat: 'yes' }, 'flat must be a boolean, not a string.'],
  [{ ids: ['x'] }, 'ids[0] must be an integer, not a string.'],
])('the others are: %j', async (args, said) => {
  const { lines, result } = await call('find', args);
  expect(lines).toEqual([]);
  expect(textOf(result)).toBe(said);
});

describe('the example of a body', () => {
  const body = {
    name: 'b',
    note: null,
    when: 'later',
    lines: [{ sku: 'y' }],
    paid: { cash: false },
  };

  test('speaks for each of its parts', async () => {
    const { requests } = await call('order', { body });
    expect(JSON.parse(String(requests[0]?.body))).toEqual(body);
  });

  test.each([
    [{ ...body, name: 1 }, 'body.name must be a string, not a number.'],
    [{ ...body, lines: [{}] }, 'body.lines[0].sku is missing.'],
  ])('but for no other: %j', async (changed, said) => {
    const { lines, result } = await call('order', { body: changed });
    expect(lines).toEqual([]);
    expect(textOf(result)).toBe(said);
  });

  test('is shown where its media type has it', async () => {
    const { args } = await planCase('own-examples');
    expect(args('open')['body']).toEqual({
      type: 'object',
      examples: [{ phone: '+1', code: '1234' }],
    });
    expect(args('text')['body']?.['examples']).toEqual([{ phone: '+1' }]);
  });
});

test('a required member that no property describes is not required', async () => {
  const { args } = await planCase('own-examples');
  expect(args('misspelled')['body']?.['required']).toEqual(['user']);
  expect(JSON.stringify(args('inherited')['body'])).toContain('"required":["user","more"]');
  const { requests } = await call('misspelled', { body: { user: 'a', password: 'b' } });
  expect(requests).toHaveLength(1);
});

test.each([[[{ op: 'replace', path: '/phone', value: '+1' }]], [{ phone: '+1' }]])(
  'a JSON Patch is a list of operations, whatever the schema describes: %j',
  async (body) => {
    const { requests } = await call('patch', { body });
    expect(JSON.parse(String(requests[0]?.body))).toEqual(body);
    expect(header(requests[0], 'content-type')).toEqual(['application/json-patch+json']);
  },
);

test('a member that already has its parameter’s brackets does not get them twice', async () => {
  const page = { 'page[number]': 1, 'page[size]': 5, size: 6, '[last]': 7 };
  expect((await call('filter', { page })).lines).toEqual([
    'GET /filter?page%5Bnumber%5D=1&page%5Bsize%5D=5&page%5Bsize%5D=6&page%5B%5Blast%5D%5D=7',
  ]);
});

test('the line break at the end of a block of YAML is not part of a header', async () => {
  const { requests } = await call('filter', { 'X-Signature': 'keyId="a"\n' });
  expect(header(requests[0], 'x-signature')).toEqual(['keyId="a"']);
});
