import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { selectFields, takeFields } from '../../../templates/src/runtime/upstream/fields.js';
import { fitAnswer } from '../../../templates/src/runtime/upstream/fit.js';
import { secondsOf } from '../../load/helpers.js';
import { makeTool } from './wire.js';

const tool = { ...makeTool({}), fields: ['items', 'total'] };
const answer: JsonObject = {
  total: 2,
  items: [
    { id: 1, user: { name: 'Ada', mail: 'a@example.org' }, tags: [{ name: 'x' }] },
    { id: 2, user: { name: 'Bob', mail: 'b@example.org' }, tags: [] },
  ],
  '2026': { january: 1, february: 2 },
};

function selected(paths: Json, from: Json = answer, known: readonly string[] = tool.fields) {
  const { fields = [] } = takeFields(tool, { fields: paths });
  return selectFields(from, fields, known);
}

describe('long paths', () => {
  test.each([['a.'.repeat(2501)], ['a'.repeat(5001)], [[...Array(101).keys()].map(String)]])(
    'beyond the limits are refused',
    (fields) => {
      expect(() => takeFields(tool, { fields })).toThrow('more than 100 paths, or more than 5000');
    },
  );

  test.each(['a.', '*.', '-.7.'])('of %s take no time', async (part) => {
    const select = () =>
      expect(selectFields([[[1]]], [part.repeat(20_000)]).value).toEqual([[[1]]]);
    expect(await secondsOf(select)).toBeLessThan(1);
  });
});

test('`fields` of a tool that does not offer it is the API’s own argument', () => {
  const args = { fields: 'id', limit: 1 };
  expect(takeFields(makeTool({}), args)).toEqual({ args });
});

test.each([
  [4, 'Not found either: 1 more field.'],
  [5, 'Not found either: 2 more fields.'],
])('of %i unknown paths, the last ones are only counted', (count, last) => {
  const { notes } = selected(Array.from({ length: count }, (_, index) => `unknown${index}`));
  expect(notes).toHaveLength(4);
  expect(notes.at(-1)).toBe(last);
});

describe('a map, whose names are not known before', () => {
  const map = {
    rates: { EUR: { bid: 1, ask: 2 }, 'US.D': { bid: 3, ask: 4, at: 'x' }, GBP: null },
  };

  test.each<[paths: string[], rates: Json]>([
    [['rates.*.bid'], { EUR: { bid: 1 }, 'US.D': { bid: 3 }, GBP: null }],
    [['$.rates[*].bid'], { EUR: { bid: 1 }, 'US.D': { bid: 3 }, GBP: null }],
    [['/rates/*/bid', 'rates.EUR.ask'], { EUR: { bid: 1, ask: 2 }, 'US.D': { bid: 3 }, GBP: null }],
    [['rates.US.D.at', 'rates.*.ask'], { EUR: { ask: 2 }, 'US.D': { ask: 4, at: 'x' }, GBP: null }],
    [['rates.*', 'rates.*.bid'], map.rates],
  ])('%j', (paths, rates) => {
    expect(selected(paths, map, ['rates'])).toEqual({ value: { rates }, notes: [] });
  });

  test('at the root, and unknown below', () => {
    expect(selected(['*.bid'], map.rates, []).value).toEqual({
      EUR: { bid: 1 },
      'US.D': { bid: 3 },
      GBP: null,
    });
    const { value, notes } = selected(['rates.*.price'], map, ['rates']);
    expect(value).toEqual(map);
    expect(notes).toHaveLength(1);
  });
});

describe('the same field', () => {
  const ids = { items: [{ id: 1 }, { id: 2 }] };
  const names = { items: [{ user: { name: 'Ada' } }, { user: { name: 'Bob' } }] };
  test.each<[path: string, value: Json]>([
    ['items.id', ids],
    ['$.items[*].id', ids],
    ['items[].id', ids],
    ['items[0].id', ids],
    ['$.items[-1:].id', ids],
    ['items.*.id', ids],
    ['items.0.id', ids],
    ['/items/0/id', ids],
    ['#/items/0/id', ids],
    ['items/id', ids],
    ["$['items'][*]['id']", ids],
    ['$["items"][0].user.name', names],
    ['/items/-/user/name', names],
    ['items.user.name', names],
    ['2026.january', { '2026': { january: 1 } }],
    ['/2026/january', { '2026': { january: 1 } }],
  ])('is %s', (path, value) => {
    expect(selected([path])).toEqual({ value, notes: [] });
  });

  test('is all below it with *', () => {
    expect(selected(['*'])).toEqual({ value: answer, notes: [] });
    expect(selected(['items.*'])).toEqual({ value: { items: answer['items'] }, notes: [] });
  });
});

describe('a name', () => {
  test('may contain dots and slashes, and its own spelling comes first', () => {
    const from = {
      user: { id: 1 },
      'user.name': 'Ada',
      'a/b': 1,
      a: { b: 2 },
      '/pets': { get: 1, put: 2 },
    };
    expect(selected(['user.name'], from).value).toEqual({ 'user.name': 'Ada' });
    expect(selected(['a/b'], from).value).toEqual({ 'a/b': 1 });
    expect(selected(['/pets.get'], from).value).toEqual({ '/pets': { get: 1 } });
    expect(selected(['/~1pets/get'], from).value).toEqual({ '/pets': { get: 1 } });
  });

  test('that is unknown leaves nothing out', () => {
    const { value, notes } = selected(['items.user.nmae']);
    const users = [
      { name: 'Ada', mail: 'a@example.org' },
      { name: 'Bob', mail: 'b@example.org' },
    ];
    expect(value).toEqual({ items: users.map((user) => ({ user })) });
    expect(notes).toEqual([
      'The response has no field "items.user.nmae", so nothing beside it was left out. Did you mean items.user.name?',
    ]);
  });

  test('that the document lists may be absent from a response that has others', () => {
    expect(selected(['total'], { items: [] })).toEqual({ value: {}, notes: [] });
  });

  test('that the document lists leaves nothing out of a response of another shape', () => {
    const wrapped = { data: { items: [1], total: 1 } };
    const { value, notes } = selected(['total'], wrapped);
    expect(value).toEqual(wrapped);
    expect(notes[0]).toMatch(/^The response has no field "total".* Did you mean data.total\?$/);
  });
});

test('beside * of maps inside one another is selected without a cost that doubles with each of them', async () => {
  const depth = 24;
  const nested = (level: number): Json =>
    level === 0 ? { id: 1, a: 2 } : { x: nested(level - 1) };
  const path = 'x.'.repeat(depth);
  const map = { one: nested(depth), two: nested(depth) };
  const { value } = selected([`*.${path}id`], map, []);
  const both = [`one.${path}id`, `*.${path}id`];
  expect(await secondsOf(() => expect(selected(both, map, []).value).toEqual(value))).toBeLessThan(
    1,
  );
});

test.each([
  ['lists', '[', ']'],
  ['members', '{"a":', '}'],
])('fields of %s inside one another are looked for to a limited depth', (_, open, close) => {
  const text = open.repeat(50_000) + '1' + close.repeat(50_000);
  const call = { tool, args: {}, headers: {}, budget: 2000 };
  const { text: shown, notes } = fitAnswer(text, true, { ...call, fields: ['a.b', '*.c'] });
  expect(JSON.stringify(JSON.parse(shown))).toBe(shown);
  expect(shown.at(0)).toBe(open.at(0));
  expect(notes.join()).toContain('The response has no field "*.c"');
});

describe('a response that is not JSON', () => {
  const csv = 'id,name\n1,Ada\n'.repeat(50);
  const shown = (fields: string[] | undefined, budget: number) =>
    fitAnswer(csv, false, { tool, args: {}, headers: {}, fields, budget }).notes;

  test('says that fields cannot select from it, and does not propose them', () => {
    expect(shown(['id'], 5000)).toEqual([
      'The response is not JSON, so `fields` left nothing out.',
    ]);
    expect(shown(undefined, 5000)).toEqual([]);
    expect(shown(undefined, 300).at(-1)).toBe(
      'Ask for something smaller or more specific, if the API allows it.',
    );
  });
});
