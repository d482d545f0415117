import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, Tool } from '../../../templates/src/runtime/api.js';
import { fitAnswer } from '../../../templates/src/runtime/upstream/fit.js';
import { makeTool } from './wire.js';

/** One way in which an API hands out a list, page by page. */
interface Paging {
  readonly arguments: Record<string, JsonObject>;
  readonly answer: (
    items: readonly Json[],
    args: JsonObject,
  ) => {
    answer: Json;
    headers?: Record<string, string | undefined>;
  };
}

const number = { type: 'integer' };
const USUAL = 25;
const size = (args: JsonObject, name: string) => (args[name] as number | undefined) ?? USUAL;

const pagings: Record<string, Paging> = {
  'numbers with Link': {
    arguments: { page: number, per_page: number },
    answer: (items, args) => {
      const [page, each] = [(args['page'] as number | undefined) ?? 1, size(args, 'per_page')];
      const more = items.length > page * each;
      const link = `<https://api.example.com/items?page=${page + 1}&per_page=${each}>; rel="next"`;
      return { answer: items.slice((page - 1) * each, page * each), headers: more ? { link } : {} };
    },
  },
  'numbers with a count of pages': {
    arguments: { page: number, size: { ...number, default: USUAL } },
    answer: (items, args) => {
      const [page, each] = [(args['page'] as number | undefined) ?? 1, size(args, 'size')];
      const data = items.slice((page - 1) * each, page * each);
      return {
        answer: { data, meta: { current_page: page, last_page: Math.ceil(items.length / each) } },
      };
    },
  },
  'offsets with a total': {
    arguments: { offset: number, limit: number },
    answer: (items, args) => {
      const [offset, limit] = [(args['offset'] as number | undefined) ?? 0, size(args, 'limit')];
      return {
        answer: { items: items.slice(offset, offset + limit), offset, limit, total: items.length },
      };
    },
  },
  'offsets alone': {
    arguments: { offset: number },
    answer: (items, args) => {
      const offset = (args['offset'] as number | undefined) ?? 0;
      const results = items.slice(offset, offset + USUAL);
      return { answer: { results, has_more: offset + USUAL < items.length } };
    },
  },
  cursors: {
    arguments: { cursor: { type: 'string' }, limit: number },
    answer: (items, args) => {
      const start = Number(((args['cursor'] as string | undefined) ?? 'at-0').slice(3));
      const end = start + size(args, 'limit');
      const next = end < items.length ? `at-${end}` : '';
      return {
        answer: { channels: items.slice(start, end), response_metadata: { next_cursor: next } },
      };
    },
  },
  'the id of the last item': {
    arguments: { starting_after: { type: 'string' }, limit: number },
    answer: (items, args) => {
      const start =
        items.findIndex((item) => (item as JsonObject)['id'] === args['starting_after']) + 1;
      const end = start + size(args, 'limit');
      return { answer: { data: items.slice(start, end), has_more: end < items.length } };
    },
  },
};

function itemsIn(text: string): Json[] {
  const value = JSON.parse(text) as Json;
  if (Array.isArray(value)) return value;
  return (
    Object.values(value as JsonObject).find((member): member is Json[] => Array.isArray(member)) ??
    []
  );
}

/** The call that a note proposes. */
function proposed(notes: readonly string[], { name }: Tool): JsonObject | undefined {
  const call = notes.find((note) => note.includes(`: ${name} {`));
  return call === undefined ? undefined : (JSON.parse(call.slice(call.indexOf('{'))) as JsonObject);
}

describe('the calls proposed in notes return every item once', () => {
  test.each(Object.entries(pagings))('%s', (_, { arguments: properties, answer }) => {
    const names = Object.keys(properties);
    const tool = makeTool(
      {
        method: 'GET',
        path: '/items',
        parameters: names.map((name) => ({ name, in: 'query' as const })),
      },
      { properties },
    );
    const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 90 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 2000, max: 8000 }), (sizes, budget) => {
        const items = sizes.map((length, index) => ({ id: `n${index}`, text: 'x'.repeat(length) }));
        const seen: Json[] = [];
        let args: JsonObject | undefined = {};
        for (let calls = 0; args !== undefined && calls < 500; calls += 1) {
          const { answer: page, headers = {} } = answer(items, args);
          const { text, notes } = fitAnswer(JSON.stringify(page), true, {
            tool,
            args,
            headers,
            budget,
          });
          expect(text.length + notes.join('\n').length).toBeLessThanOrEqual(budget);
          const next = proposed(notes, tool);
          // A smaller page begins where this one did, and repeats its items.
          if (!notes.some((note) => note.startsWith('Smaller page'))) seen.push(...itemsIn(text));
          args = next;
        }
        expect(seen).toEqual(items);
      }),
      { numRuns: 60 },
    );
  });
});

describe('JSON that is not strict is JSON all the same', () => {
  const whole = '{"id":1917043659912705297,"a":"NaN, ]","b":[1,2]}';
  const tool = makeTool({}, {});

  test.each([
    [')]}\'\n{"id":1917043659912705297,"a":"NaN, ]","b":[1,2]}', whole],
    ['while(1);{"id":1917043659912705297,"a":"NaN, ]","b":[1,2]}', whole],
    ['{"id":1917043659912705297,"a":"NaN, ]","b":[1,2,],}', whole],
    ['{"id":NaN,"a":-Infinity,"b":[Infinity,"NaN"]}', '{"id":null,"a":null,"b":[null,"NaN"]}'],
    [
      '{"id":1,"a":"tab\there\nline","b":"\\"\\\\"}',
      '{"id":1,"a":"tab\\there\\nline","b":"\\"\\\\"}',
    ],
  ])('%j', (text, expected) => {
    const fields = ['id', 'a', 'b'];
    const fitted = fitAnswer(text, true, { tool, args: {}, headers: {}, fields, budget: 1000 });
    expect([fitted.text, ...fitted.notes]).toEqual([expected]);
  });

  test('is shown as it was received, if nothing is left out', () => {
    const paged = { ...tool, outputSchema: { type: 'object' as const } };
    const call = { tool: paged, args: {}, headers: {}, budget: 1000 };
    const fitted = fitAnswer('{"a":NaN,}', true, call);
    expect(fitted).toEqual({ text: '{"a":NaN,}', notes: [], value: { a: null } });
  });

  test.each(['{"a":undefined}', '<p>', '[1', '{"a":"', ")]}'\n<p>"])('%j is text', (text) => {
    const call = { tool, args: {}, headers: {}, fields: ['a'], budget: 1000 };
    const fitted = fitAnswer(text, true, call);
    expect(fitted.text).toBe(text);
    expect(fitted.notes).toEqual(['The response is not JSON, so `fields` left nothing out.']);
  });
});
