import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/json.js';
import { createComparison } from '../../src/diff/schema/compare.js';
import { changesBetween, lines } from './documents.js';

type Row = readonly [title: string, before: JsonObject, after: JsonObject, ...changes: string[]];

const text = { type: 'string' };
const integer = { type: 'integer' };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const of = (properties: JsonObject, more: JsonObject = {}) => ({
  type: 'object',
  properties,
  ...more,
});

/** Longer schemas are kept as separate definitions if they are used twice. */
const long = { description: 'long '.repeat(200) };

/** A document whose operation takes `A` as its body, and `B` as a parameter. */
function documentWith(schemas: JsonObject): JsonObject {
  const B = { name: 'b', in: 'query', content: { 'application/json': { schema: ref('B') } } };
  const content = { 'application/json': { schema: ref('A') } };
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/x': { post: { operationId: 'op', parameters: [B], requestBody: { content } } } },
    components: { schemas: { B: text, ...schemas } },
  };
}

const tree = (value: Json) => ({
  A: of({ value, left: ref('A'), right: { type: 'array', items: ref('A') } }),
});

const rows: Row[] = [
  ['a schema that refers to itself', tree(text), tree(text)],
  ['inside of one, once', tree(text), tree(integer), 'breaking TYPE_CHANGED op body.value'],
  [
    'inside of two that refer to each other',
    { A: of({ b: ref('C') }), C: of({ a: ref('A'), x: text }) },
    { A: of({ b: ref('C') }), C: of({ a: ref('A'), x: integer }) },
    'breaking TYPE_CHANGED op body.b.x',
  ],
  [
    'a schema that recursion has come into',
    { A: of({ next: of({ next: text }) }) },
    { A: of({ next: ref('A') }) },
    'breaking TYPE_CHANGED op body.next.next',
  ],
  [
    'what several properties refer to, where it is met first',
    { A: of({ one: ref('C'), two: ref('C') }), C: of({ x: text }, long) },
    { A: of({ one: ref('C'), two: ref('C') }), C: of({ x: integer }, long) },
    'breaking TYPE_CHANGED op body.one.x',
  ],
  [
    'what several arguments refer to, in each of them',
    { A: ref('C'), B: ref('C'), C: of({ x: text }, long) },
    { A: ref('C'), B: ref('C'), C: of({ x: integer }, long) },
    'breaking TYPE_CHANGED op b.x',
    'breaking TYPE_CHANGED op body.x',
  ],
  [
    'another name of the same',
    { A: of({ one: ref('C'), two: ref('C') }), C: of({ x: text }, long) },
    { A: of({ one: ref('D'), two: ref('D') }), D: of({ x: text }, long) },
  ],
  [
    'a reference replaced by an inline schema',
    { A: of({ one: ref('C'), two: ref('C') }), C: of({ x: text }, long) },
    { A: of({ one: of({ x: text }, long), two: of({ x: integer }, long) }) },
    'breaking TYPE_CHANGED op body.two.x',
  ],
  [
    'members taken over through allOf',
    { A: { allOf: [ref('C'), of({ y: text })] }, C: of({ x: text, a: ref('A') }, long) },
    {
      A: { allOf: [ref('C'), of({ y: text })] },
      C: of({ x: text, a: ref('A') }, { ...long, required: ['x'] }),
    },
    'breaking PROPERTY_REQUIRED op body.x',
  ],
  [
    'a schema under `not`, which refuses more when that schema accepts more',
    { A: of({ one: ref('C'), two: { not: of({ c: ref('C') }) } }), C: of({ x: integer }, long) },
    {
      A: of({ one: ref('C'), two: { not: of({ c: ref('C') }) } }),
      C: of({ x: { type: 'number' } }, long),
    },
    'breaking SCHEMA_CHANGED op body.two',
    'compatible TYPE_WIDENED op body.one.x',
  ],
  [
    'inside alternatives, by their names',
    {
      A: of({ p: { oneOf: [ref('C'), ref('D')] }, q: ref('C'), r: ref('D') }),
      C: of({ x: text }, long),
      D: of({ x: integer }, long),
    },
    {
      A: of({ p: { oneOf: [ref('D'), ref('C')] }, q: ref('C'), r: ref('D') }),
      C: of({ x: integer }, long),
      D: of({ x: text }, long),
    },
    'breaking TYPE_CHANGED op body.p.x',
    'breaking TYPE_CHANGED op body.p.x',
  ],
  [
    'an alternative that refers to its union',
    { A: { oneOf: [text, of({ args: { type: 'array', items: ref('A') } })] } },
    { A: { oneOf: [text, of({ args: { type: 'array', items: ref('A') } }), integer] } },
    'compatible ALTERNATIVE_ADDED op body',
  ],
  [
    'an alternative of a recursive union, and its inside',
    { A: { oneOf: [text, of({ args: { type: 'array', items: ref('A') } })] } },
    { A: { oneOf: [integer, of({ args: { type: 'array', items: ref('A') }, x: text })] } },
    'breaking ALTERNATIVE_REMOVED op body',
    'compatible ALTERNATIVE_ADDED op body',
    'compatible PROPERTY_ADDED op body.x',
  ],
];

describe('the effect of a changed schema that others refer to', () => {
  for (const [title, before, after, ...changes] of rows)
    it(title, () => {
      expect(lines(changesBetween(documentWith(before), documentWith(after)))).toEqual(changes);
    });
});

describe('createComparison', () => {
  const codes = (before: JsonObject, after: JsonObject) =>
    createComparison(before, after)({ $ref: '#/$defs/A0' }, { $ref: '#/$defs/A0' }, 'x').map(
      ({ code }) => code,
    );
  const chain = (length: number, end: Json) =>
    Object.fromEntries([
      ...Array.from({ length }, (_, index) => [`A${index}`, { $ref: `#/$defs/A${index + 1}` }]),
      [`A${length}`, end],
    ]) as JsonObject;
  const fork = (length: number, end: Json) =>
    Object.fromEntries([
      ...Array.from({ length }, (_, index) => {
        const next = { $ref: `#/$defs/A${index + 1}` };
        return [`A${index}`, { allOf: [next, { ...next, title: 'T' }] }];
      }),
      [`A${length}`, end],
    ]) as JsonObject;

  it('treats a schema that it cannot follow to its end as changed, if any part is', () => {
    expect(codes(chain(5000, text), chain(5000, text))).toEqual([]);
    expect(codes(chain(5000, text), chain(5000, integer))).toEqual(['SCHEMA_CHANGED']);
  });

  it('treats a schema that is too deep or too large as changed, if any part is', () => {
    const deep = (end: Json) =>
      Array.from({ length: 100 }).reduce<JsonObject>((inner) => of({ a: inner }), of({ a: end }));
    const wide = (end: Json) =>
      of({
        ...Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`a${index}`, text])),
        z: end,
      });
    for (const make of [deep, wide]) {
      expect(codes({ A0: make(text) }, { A0: make(text) })).toEqual([]);
      expect(new Set(codes({ A0: make(text) }, { A0: make(integer) }))).toEqual(
        new Set(['SCHEMA_CHANGED']),
      );
    }
  });

  it('does not follow what forks more often than once', () => {
    expect(codes(fork(60, text), fork(60, integer))).toEqual(['TYPE_CHANGED']);
  });

  it('does not go round in references that only lead to each other', () => {
    const circle = { A0: { $ref: '#/$defs/A1' }, A1: { allOf: [{ $ref: '#/$defs/A0' }, text] } };
    expect(codes(circle, { ...circle, A1: { allOf: [{ $ref: '#/$defs/A0' }, integer] } })).toEqual([
      'TYPE_CHANGED',
    ]);
  });

  it('reports a reference without a target', () => {
    expect(codes({ A0: text }, {})).toContain('SCHEMA_CHANGED');
  });

  it('reports unknown keywords', () => {
    expect(codes({ A0: { ...text, minDate: 1 } }, { A0: { ...text, minDate: 2 } })).toEqual([
      'SCHEMA_CHANGED',
    ]);
  });

  it('ends where alternatives of alternatives do not fit one another', () => {
    const union = (end: JsonObject): JsonObject => ({
      A0: {
        anyOf: ['a', 'b', 'c', 'd'].map((name) =>
          of({ [name]: { type: 'array', items: { $ref: '#/$defs/A0' } }, x: end }),
        ),
      },
    });
    expect(codes(union(text), union(integer))).toContain('ALTERNATIVE_REMOVED');
  });
});
