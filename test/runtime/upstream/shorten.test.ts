import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../templates/src/runtime/api.js';
import { truncate } from '../../../templates/src/runtime/text.js';
import { readExact } from '../../../templates/src/runtime/upstream/numbers.js';
import { shortenPlainText, shortenValue } from '../../../templates/src/runtime/upstream/shorten.js';

const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `n${id}` }));

/** The shortened response, and its fault: none, or it exceeds its budget. */
function shorten(json: string, budget: number) {
  const { text, notes, lists } = shortenValue(readExact(json), budget);
  const value = JSON.parse(text) as Json;
  const size = text.length + notes.join('\n').length;
  return { text, value, notes, lists, isWithin: size <= budget };
}

test('a long number counts as its digits', () => {
  const json = '[12345678901234567890,12345678901234567890]';
  expect(shorten(json, json.length)).toMatchObject({ text: json, notes: [] });
});

test.each([
  [7, 'Shortened as well: 1 more part.'],
  [8, 'Shortened as well: 2 more parts.'],
])('of %i shortened parts, the last ones are only counted', (count, last) => {
  const lists = Array.from({ length: count }, (_, index) => [`list${index}`, items(300)] as const);
  const { notes, isWithin } = shorten(JSON.stringify(Object.fromEntries(lists)), 9000);
  expect(isWithin).toBe(true);
  expect(notes).toHaveLength(7);
  expect(notes.at(-1)).toBe(last);
});

describe('the omitted parts', () => {
  test.each<[string, Json, number, (value: never) => void, readonly string[]]>([
    [
      'items from the end of a list',
      { total: 500, items: items(500) },
      1000,
      (value: { total: number; items: unknown[] }) => {
        expect(value.total).toBe(500);
        expect(value.items).toEqual(items(value.items.length));
        expect(value.items.length).toBeGreaterThan(20);
      },
      ['items: '],
    ],
    [
      'items of two lists equally, and nothing beside them',
      { a: items(300), b: items(200), c: 'whole' },
      2000,
      (value: { a: unknown[]; b: unknown[]; c: string }) => {
        expect(Math.abs(value.a.length - value.b.length)).toBeLessThan(3);
        expect(value.c).toBe('whole');
      },
      ['a: ', 'b: '],
    ],
    [
      'items of a list inside the only item',
      [{ id: 1, history: items(1000) }],
      1000,
      (value: { history: unknown[] }[]) => expect(value[0]?.history.length).toBeGreaterThan(10),
      ['[].history: '],
    ],
    [
      'the ends of long strings, without a list',
      { title: 'short', body: 'word '.repeat(5000) },
      1000,
      (value: { title: string; body: string }) => {
        expect(value.title).toBe('short');
        expect(value.body).toMatch(/^word word .*…$/);
      },
      ['body: '],
    ],
    [
      'members of a dictionary of objects, each of the others whole',
      Object.fromEntries(items(100).map((one) => [one.name, { ...one, about: 'x'.repeat(50) }])),
      2000,
      (value: Record<string, object>) => {
        const shown = Object.values(value);
        expect(shown.length).toBeGreaterThan(8);
        for (const one of shown) expect(one).toMatchObject({ about: 'x'.repeat(50) });
      },
      ['The response: '],
    ],
    [
      'members of a dictionary',
      Object.fromEntries(items(3000).map(({ name, id }) => [name, id])),
      1000,
      (value: object) => expect(Object.keys(value).length).toBeGreaterThan(20),
      ['The response: '],
    ],
    [
      'deeply nested values',
      JSON.parse('{"a":'.repeat(2000) + '1' + '}'.repeat(2000)) as Json,
      1500,
      (value: object) => expect(Object.keys(value)).toEqual(['a']),
      ['a.a.a.'],
    ],
  ])('%s', (_, answer, budget, check, starts) => {
    const { value, notes, isWithin } = shorten(JSON.stringify(answer), budget);
    check(value as never);
    expect(isWithin).toBe(true);
    expect(notes).toHaveLength(starts.length);
    for (const [index, start] of starts.entries()) expect(notes[index]).toContain(start);
  });

  test('a note counts the shown items and all items', () => {
    const { value, notes, lists } = shorten(JSON.stringify({ items: items(1342) }), 2000);
    const shown = (value as { items: unknown[] }).items.length;
    expect(notes).toEqual([`items: ${shown} of 1,342 items shown.`]);
    expect(lists).toEqual([{ path: 'items', shown, total: 1342 }]);
  });

  test('a response that fits stays unchanged', () => {
    expect(shorten('{"a":[1,2],"b":"x"}', 1000)).toMatchObject({
      text: '{"a":[1,2],"b":"x"}',
      notes: [],
    });
  });

  test('pairs of surrogates and escapes stay whole', () => {
    for (const text of ['😀'.repeat(3000), '"\\\n'.repeat(3000), '\u2028é'.repeat(3000)])
      for (const budget of [997, 998, 999, 1000]) {
        const { value, isWithin } = shorten(JSON.stringify([text]), budget);
        expect(isWithin).toBe(true);
        expect(() => encodeURIComponent((value as string[]).join())).not.toThrow();
      }
    expect([1, 2, 3].map((length) => truncate('x😀y', length))).toEqual(['x…', 'x…', 'x😀…']);
  });
});

describe('digits', () => {
  const id = '1917043659912705297';

  test('are those that the API sent', () => {
    const { text, isWithin } = shorten(
      `[${`{"id":${id},"n":0.12345678901234567890,"e":1e400},`.repeat(200)}{}]`,
      1000,
    );
    expect(isWithin).toBe(true);
    expect(text.split(`"id":${id},"n":0.12345678901234567890,"e":1e400`).length).toBeGreaterThan(5);
  });

  test('in strings are text', () => {
    const json = JSON.stringify([`"${id}"`, `\\"${id}`, `${id}\\`, '1e999']);
    expect(shorten(json, 1000).text).toBe(json);
  });
});

test('every response is valid JSON within the budget, the same each time, and reports the missing parts', () => {
  const budget = fc.integer({ min: 200, max: 4000 });
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 6 }),
      fc.integer({ min: 1, max: 60 }),
      budget,
      (value, times, room) => {
        const json = JSON.stringify(Array.from({ length: times }, () => value));
        const { text, notes, isWithin } = shorten(json, room);
        expect(isWithin).toBe(true);
        expect(shorten(json, room)).toMatchObject({ text, notes });
        if (notes.length === 0) expect(JSON.parse(text)).toEqual(JSON.parse(json));
      },
    ),
    { numRuns: 500 },
  );
});

describe('text', () => {
  test.each([
    ['after a line', 'One line.\n'.repeat(100), /line\.\n$/],
    ['after a sentence', 'One sentence. '.repeat(100), /sentence\.$/],
    ['after a word', 'word '.repeat(200), /word $/],
    ['anywhere else', 'x'.repeat(1000), /x$/],
  ])('ends %s', (_, text, end) => {
    const { text: shown, notes } = shortenPlainText(text, 400);
    expect(shown).toMatch(end);
    expect(text.startsWith(shown)).toBe(true);
    expect(shown.length + notes.join('\n').length).toBeLessThanOrEqual(400);
    expect(notes).toEqual([
      `The text was truncated: ${shown.length} of ${text.length.toLocaleString('en-US')} characters are shown.`,
    ]);
  });

  test('is complete if it fits', () => {
    expect(shortenPlainText('a\nb', 3)).toMatchObject({ text: 'a\nb', notes: [] });
  });
});
