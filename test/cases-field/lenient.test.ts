import type { JsonSchemaType } from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { expect, test } from 'vitest';
import { header } from '../runtime/upstream/wire.js';
import { field } from './field.js';

const api = field('lenient');

test.each([
  ['list_slots', { from: '2024-04-06T22:30:41' }, '/slots?from=2024-04-06T22%3A30%3A41'],
  ['list_slots', { at: '10:30' }, '/slots?at=10%3A30'],
  ['list_slots', { site: 'example.com/x' }, '/slots?site=example.com%2Fx'],
  [
    'list_slots',
    { id: '{1b671a64-40d5-491e-99b0-da01ff1f3341}' },
    '/slots?id=%7B1b671a64-40d5-491e-99b0-da01ff1f3341%7D',
  ],
  ['list_slots', { mail: ['a'] }, '/slots?mail=a'],
  ['list_slots', { date: '20160128' }, '/slots?date=20160128'],
  ['get_code', { code: 'ABC' }, '/codes/ABC'],
  [
    'get_code',
    { code: 'ABC', insensitive: 'abc', inline: 'ABC' },
    '/codes/ABC?insensitive=abc&inline=ABC',
  ],
  ['get_code', { code: 'abc', broken: ['x'] }, '/codes/abc?broken=x'],
  ['amount', { value: 5, when: '2024-01-01' }, '/amount?value=5&when=2024-01-01'],
  [
    'amount',
    { value: '5.50', when: 'x', list: ['a', 'abcdefg'] },
    '/amount?value=5.50&when=x&list=a&list=abcdefg',
  ],
])('%s %j is for the API to judge', async (tool, args, line) => {
  expect((await api.call(tool, args)).line).toBe(`GET ${line}`);
});

test('in a header too', async () => {
  const { requests } = await api.call('list_slots', { 'X-Since': '2024-04-06 22:30' });
  expect(header(requests[0], 'x-since')).toEqual(['2024-04-06 22:30']);
});

test.each([
  ['add_slot', { at: '2024-04-06T22:30', days: ['6.4.2024'] }],
  ['add_contact', { email: 'a@b.c' }],
  ['add_contact', { email: 'a@b.c', first_name: 'a', vat: 'b' }],
  ['pay', { kind: 'card', amount: 5, token: 'x' }],
  ['pay', { kind: 'bank', amount: 5 }],
  ['add_dog', { name: 'a', bark: true }],
  ['add_cat', { name: 'a', lives: 9 }],
  ['add_birds', { all: [{ name: 'a', wings: 2 }] }],
  ['add_fish', { name: 'a', salt: true }],
  ['add_any', { list: [1, 'a', null, {}], lists: [[1], ['a']] }],
])('%s %j is sent unchanged', async (tool, body) => {
  expect((await api.call(tool, { body })).body).toBe(JSON.stringify(body));
});

test.each([
  ['pay', { kind: 'bank', amount: 5 }],
  ['add_dog', { name: 'a', bark: true }],
  ['add_cat', { name: 'a', lives: 9 }],
  ['add_birds', { all: [{ name: 'a', wings: 2 }] }],
  ['add_fish', { name: 'a', salt: true }],
])('a client that checks the arguments of %s itself sends %j', async (tool, body) => {
  const listed = (await api.client().listTools()).find(({ name }) => name === tool);
  const schema = listed?.inputSchema as JsonSchemaType;
  expect(JSON.stringify(schema)).not.toContain('oneOf');
  expect(new AjvJsonSchemaValidator().getValidator(schema)({ body }).valid).toBe(true);
});

test('a form of overlapping branches', async () => {
  const { body } = await api.call('add_contact_form', { body: { email: 'a', vat: 'b' } });
  expect(body).toBe('email=a&vat=b');
});

test('every array has items', async () => {
  const without: unknown[] = [];
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { type, items } = schema as { type?: unknown; items?: unknown };
    if ([type].flat().includes('array') && items === undefined) without.push(schema);
    Object.values(schema).forEach(visit);
  };
  for (const { inputSchema } of await api.client().listTools()) visit(inputSchema);
  expect(without).toEqual([]);
});
