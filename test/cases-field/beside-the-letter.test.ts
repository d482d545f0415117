import { describe, expect, test } from 'vitest';
import { header, textOf } from '../runtime/upstream/wire.js';
import { callCase, planCase } from './planned.js';

const planned = planCase('beside-the-letter');
const call = (tool: string, args: object) => callCase('beside-the-letter', [tool, args]);

test('fields that OpenAPI does not have are reported once, with the nearest name', async () => {
  const { warnings } = await planned;
  const unknown = warnings.filter((warning) => warning.startsWith('UNKNOWN_FIELD'));
  const of = (field: string, holder: string, meant: string) =>
    `${JSON.stringify(field)} is not a field of ${holder}; it is ignored. | Did you mean ${JSON.stringify(meant)}?`;
  expect(unknown.map((warning) => warning.split(' | ').slice(2).join(' | '))).toEqual([
    of('parameter', 'a path', 'parameters'),
    of('request_body', 'an operation', 'requestBody'),
    of('responces', 'an operation', 'responses'),
    of('requestbody', 'an operation', 'requestBody'),
    of('tag', 'an operation', 'tags'),
  ]);
  expect(unknown[1]).toContain(' | #/paths/~1contacts/post/request_body | ');
});

test.each([
  /^INVALID_VALUE \| #\/paths\/~1contacts\/patch\/requestBody\/content\/application~1json\/schema \|/,
  /^UNSUPPORTED_METHOD \| #\/paths\/~1pets\/responses \|.*belongs to an operation/,
  /^UNSUPPORTED_PATH \| #\/paths\/~1e~1..~1f\/get \|/,
  /^UNSUPPORTED_PATH \| #\/paths\/~1%2e%2e~1f\/get \|/,
  /^UNSUPPORTED_PATH \| #\/paths\/~1a\\b\/get \|/,
  /^NO_SERVER \| #\/servers \| The first server, "https\/\/api\.example\.com\/v1", is not/,
])('%s is reported', async (warning) => {
  const { warnings } = await planned;
  expect(warnings.filter((one) => warning.test(one))).toHaveLength(1);
});

test('tools that could never be called are left out', async () => {
  const { tools } = await planned;
  expect(Object.keys(tools)).toEqual(
    expect.not.arrayContaining(['dots', 'encoded', 'backslash']) as string[],
  );
  expect((await call('double', {})).lines).toEqual(['GET //double']);
  expect((await call('pattern', { id: '5' })).lines).toEqual(['GET /v/5..']);
});

describe('a body', () => {
  test.each<[member: string, schema: object]>([
    ['mail', { type: ['string', 'null'], format: 'email' }],
    ['list', { type: 'array', items: { type: 'string' } }],
    [
      'short',
      { type: 'object', properties: { type: { type: 'string' }, description: { type: 'string' } } },
    ],
    ['color', { type: 'string', enum: ['red', 'blue'] }],
    ['number', { type: 'number', anyOf: [{ type: 'integer' }, { type: 'number' }] }],
  ])('has %s as it is meant', async (member, schema) => {
    const { args } = await planned;
    expect((args('schemas')['body']?.['properties'] as Record<string, object>)[member]).toEqual(
      schema,
    );
  });

  test.each([
    { either: 'x' },
    { either: { a: 'x' } },
    { none: 'x' },
    { none: ['x'] },
    { round: { a: 1, b: 2, c: 3 } },
  ])('%j is sent', async (body) => {
    const { requests } = await call('schemas', { body });
    expect(JSON.parse(String(requests[0]?.body))).toEqual(body);
  });

  test('every schema of a circle of allOf describes its members', async () => {
    const spelled = { a: '1', b: '2', c: '3' };
    const { requests } = await call('schemas', { body: { round: spelled, rounds: [spelled] } });
    const read = { a: 1, b: 2, c: 3 };
    expect(JSON.parse(String(requests[0]?.body))).toEqual({ round: read, rounds: [read] });
  });
});

const form = 'application/x-www-form-urlencoded';
const merge = 'application/merge-patch+json';

test.each([
  ['open', { size: null, place: { floor: null } }, undefined, '{"place":{}}'],
  ['open', { size: 'large' }, undefined, '{"size":"large"}'],
  ['typed', { code: '5' }, form, 'code=5'],
  ['typed', { code: 5, size: '' }, undefined, '{"code":5,"size":""}'],
  ['change', { size: null }, merge, '{"size":null}'],
  [
    'change',
    [{ op: 'remove', path: '/size' }],
    'application/json-patch+json',
    '[{"op":"remove","path":"/size"}]',
  ],
  ['change', '{"size":null}', merge, '{"size":null}'],
])('%s %j is read by the schema of one media type', async (tool, body, type, sent) => {
  const { requests } = await call(tool, { body });
  expect(String(requests[0]?.body)).toBe(sent);
  expect(header(requests[0], 'content-type')).toEqual([type ?? 'application/json']);
});

test.each([
  [{ body: { name: 'x', size: null }, content_type: '' }, '{"name":"x"}'],
  [{ body: { name: 'x', code: '5' }, content_type: 'application/json' }, '{"name":"x","code":"5"}'],
  [{ body: { code: '5', name: 'x' }, content_type: form }, 'code=5&name=x'],
  [{ body: '{"code":"5"}', content_type: form }, 'code=5'],
])('the requested media type is sent: %j', async (args, sent) => {
  expect(String((await call('typed', args)).requests[0]?.body)).toBe(sent);
});

test.each([
  [{ body: { code: '5' }, content_type: 'application/json' }, 'body.name is missing.'],
  [{ body: { name: 'x', size: null }, content_type: form }, 'body.code is missing.'],
  [{ body: '{"name":"x"}', content_type: form }, 'body.code is missing.'],
])('a body that its requested media type excludes is refused: %j', async (args, said) => {
  const { requests, result } = await call('typed', args);
  expect([requests, textOf(result)]).toEqual([[], said]);
});

test.each([
  ['{"id":"1917043659912705297"}\n\n{"id":2}\r\n', '{"id":1917043659912705297}\n{"id":2}\n'],
  ['{"id":1}', '{"id":1}\n'],
  ['[{"id":1}]', '{"id":1}\n'],
])('the text of JSON lines is accepted as their list: %j', async (body, sent) => {
  expect(String((await call('bulk', { body })).requests[0]?.body)).toBe(sent);
});

test.each(['{"id":1}\n{"id":', 'id: 1', '{"id":"x"}', '{"id":1,"name":"a\nb"}'])(
  'but not %j',
  async (body) => {
    const { lines, result } = await call('bulk', { body });
    expect(lines).toEqual([]);
    expect(textOf(result)).toMatch(/^body(\[0\]\.id)? must be/);
  },
);
