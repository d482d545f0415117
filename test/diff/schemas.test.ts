import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/json.js';
import { changesBetween, lines } from './documents.js';

type Row = readonly [title: string, before: Json, after: Json, ...changes: string[]];

/** A document of one operation, whose body is `{ v: <schema> }`. */
function documentWith(schema: Json, schemas: JsonObject = {}): JsonObject {
  const body = { type: 'object', properties: { v: schema } };
  const content = { 'application/json': { schema: body } };
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/x': { post: { operationId: 'op', requestBody: { content } } } },
    components: { schemas },
  };
}

/** `breaking TYPE_CHANGED op body.v.name` without what is the same everywhere. */
function changesOf(before: JsonObject, after: JsonObject): string[] {
  return lines(changesBetween(before, after)).map((line) => line.replace(' op body.v', ' v'));
}

const text = { type: 'string' };
const integer = { type: 'integer' };
const none = { type: 'null' };
const cat = { title: 'Cat', type: 'object', properties: { lives: integer } };
const dog = { title: 'Dog', type: 'object', properties: { tricks: text } };
const of = (properties: JsonObject, more: JsonObject = {}) => ({
  type: 'object',
  properties,
  ...more,
});
const list = (items: Json, more: JsonObject = {}) => ({ type: 'array', items, ...more });

const types: Row[] = [
  ['another type', text, integer, 'breaking TYPE_CHANGED v'],
  [
    'another type, and its own keywords',
    { ...text, minLength: 3 },
    { ...integer, minimum: 3 },
    'breaking TYPE_CHANGED v',
  ],
  ['number to integer', { type: 'number' }, integer, 'breaking TYPE_NARROWED v'],
  ['integer to number', integer, { type: 'number' }, 'compatible TYPE_WIDENED v'],
  ['a type less', { type: ['string', 'integer'] }, text, 'breaking TYPE_NARROWED v'],
  ['a type more', text, { type: ['string', 'integer'] }, 'compatible TYPE_WIDENED v'],
  [
    'one type for another',
    { type: ['string', 'boolean'] },
    { type: ['string', 'integer'] },
    'breaking TYPE_NARROWED v',
  ],
  ['the order of types', { type: ['string', 'null'] }, { type: ['null', 'string'] }],
  ['a type where anything went', {}, text, 'breaking TYPE_NARROWED v'],
  ['anything where there was a type', text, {}, 'compatible TYPE_WIDENED v'],
  ['nothing where there was something', text, false, 'breaking TYPE_NARROWED v'],
  ['something where there was nothing', false, text, 'compatible TYPE_WIDENED v'],
  ['no longer nullable', { type: ['string', 'null'] }, text, 'breaking NULL_REFUSED v'],
  ['nullable', text, { type: ['string', 'null'] }, 'compatible NULL_ACCEPTED v'],
  ['nullable, and of another type', text, { type: ['integer', 'null'] }, 'breaking TYPE_CHANGED v'],
  [
    'no longer nullable, and of a type more',
    { type: ['string', 'null'] },
    { type: ['string', 'integer'] },
    'breaking NULL_REFUSED v',
    'compatible TYPE_WIDENED v',
  ],
  [
    'a type of values that are listed',
    { enum: [1, 'a'] },
    { ...text, enum: [1, 'a'] },
    'breaking TYPE_NARROWED v',
  ],
  [
    'keywords of types that are new',
    text,
    {
      type: ['string', 'array', 'object', 'integer'],
      items: text,
      uniqueItems: true,
      required: ['a'],
      multipleOf: 2,
    },
    'compatible TYPE_WIDENED v',
  ],
];

const values: Row[] = [
  ['a value less', { enum: ['a', 'b'] }, { enum: ['a'] }, 'breaking VALUES_REMOVED v'],
  ['a value more', { enum: ['a'] }, { enum: ['a', 'b'] }, 'compatible VALUES_ADDED v'],
  [
    'one value for another',
    { enum: ['a', 'b'] },
    { enum: ['a', 'c'] },
    'breaking VALUES_REMOVED v',
  ],
  ['the order of values', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }],
  ['values where any text went', text, { ...text, enum: ['a'] }, 'breaking VALUES_RESTRICTED v'],
  ['values, and no type', text, { enum: ['a'] }, 'breaking VALUES_RESTRICTED v'],
  [
    'any text where there were values',
    { ...text, enum: ['a'] },
    text,
    'compatible VALUES_OPENED v',
  ],
  ['a constant', { enum: ['a', 'b'] }, { const: 'a' }, 'breaking VALUES_REMOVED v'],
  ['another constant', { const: 'a' }, { const: 'b' }, 'breaking VALUES_REMOVED v'],
  ['a constant among values', { const: 'a' }, { enum: ['a', 'b'] }, 'compatible VALUES_ADDED v'],
  ['values of another type', { enum: ['a'] }, { enum: [1] }, 'breaking VALUES_REMOVED v'],
  [
    'a constant that is none of the values',
    { const: 'a' },
    { const: 'a', enum: ['b'] },
    'breaking VALUES_REMOVED v',
  ],
  ['a constant as the only value', { const: 'a' }, { enum: ['a'] }],
  [
    'null among the values',
    { type: ['string', 'null'], enum: ['a', null] },
    { ...text, enum: ['a'] },
    'breaking NULL_REFUSED v',
  ],
];

const ofTexts: Row[] = [
  ['a format', text, { ...text, format: 'date' }, 'breaking FORMAT_CHANGED v'],
  [
    'another format',
    { ...text, format: 'date' },
    { ...text, format: 'date-time' },
    'breaking FORMAT_CHANGED v',
  ],
  ['no format any more', { ...text, format: 'date' }, text, 'compatible FORMAT_WIDENED v'],
  [
    'a wider format',
    { ...integer, format: 'int32' },
    { ...integer, format: 'int64' },
    'compatible FORMAT_WIDENED v',
  ],
  [
    'a narrower format',
    { ...integer, format: 'int64' },
    { ...integer, format: 'int32' },
    'breaking FORMAT_CHANGED v',
  ],
  ['a pattern', text, { ...text, pattern: '^a' }, 'breaking PATTERN_CHANGED v'],
  [
    'another pattern',
    { ...text, pattern: '^a' },
    { ...text, pattern: '^b' },
    'breaking PATTERN_CHANGED v',
  ],
  ['no pattern any more', { ...text, pattern: '^a' }, text, 'compatible PATTERN_DROPPED v'],
  ['base64', text, { ...text, contentEncoding: 'base64' }, 'breaking ENCODING_CHANGED v'],
  [
    'no base64 any more',
    { ...text, contentEncoding: 'base64' },
    text,
    'breaking ENCODING_CHANGED v',
  ],
  [
    'another media type of a text',
    text,
    { ...text, contentMediaType: 'text/html' },
    'breaking ENCODING_CHANGED v',
  ],
];

const bounds: Row[] = [
  ['minimum', integer, { ...integer, minimum: 1 }, 'breaking LIMIT_TIGHTENED v'],
  [
    'minimum raised',
    { ...integer, minimum: 1 },
    { ...integer, minimum: 2 },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'minimum lowered',
    { ...integer, minimum: 1 },
    { ...integer, minimum: 0 },
    'compatible LIMIT_LOOSENED v',
  ],
  [
    'maximum lowered',
    { ...integer, maximum: 9 },
    { ...integer, maximum: 8 },
    'breaking LIMIT_TIGHTENED v',
  ],
  ['no maximum any more', { ...integer, maximum: 9 }, integer, 'compatible LIMIT_LOOSENED v'],
  [
    'exclusiveMinimum for minimum',
    { type: 'number', minimum: 1 },
    { type: 'number', exclusiveMinimum: 1 },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'exclusiveMaximum, which is lower',
    { type: 'number', maximum: 9 },
    { type: 'number', exclusiveMaximum: 8 },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'exclusiveMaximum, which is higher',
    { type: 'number', maximum: 9 },
    { type: 'number', exclusiveMaximum: 10 },
    'compatible LIMIT_LOOSENED v',
  ],
  [
    'both bounds',
    { ...integer, minimum: 1, maximum: 9 },
    { ...integer, minimum: 0, maximum: 8 },
    'breaking LIMIT_TIGHTENED v',
    'compatible LIMIT_LOOSENED v',
  ],
  ['minLength', text, { ...text, minLength: 1 }, 'breaking LIMIT_TIGHTENED v'],
  ['minLength without effect', text, { ...text, minLength: 0 }],
  [
    'maxLength lowered',
    { ...text, maxLength: 9 },
    { ...text, maxLength: 8 },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'maxLength raised',
    { ...text, maxLength: 8 },
    { ...text, maxLength: 9 },
    'compatible LIMIT_LOOSENED v',
  ],
  ['minItems', list(text), list(text, { minItems: 1 }), 'breaking LIMIT_TIGHTENED v'],
  ['maxItems', list(text), list(text, { maxItems: 1 }), 'breaking LIMIT_TIGHTENED v'],
  ['minProperties', of({}), of({}, { minProperties: 1 }), 'breaking LIMIT_TIGHTENED v'],
  ['maxProperties', of({}), of({}, { maxProperties: 1 }), 'breaking LIMIT_TIGHTENED v'],
  ['multipleOf', integer, { ...integer, multipleOf: 5 }, 'breaking LIMIT_TIGHTENED v'],
  [
    'multipleOf a divisor',
    { ...integer, multipleOf: 10 },
    { ...integer, multipleOf: 5 },
    'compatible LIMIT_LOOSENED v',
  ],
  [
    'multipleOf another number',
    { ...integer, multipleOf: 10 },
    { ...integer, multipleOf: 4 },
    'breaking LIMIT_TIGHTENED v',
  ],
  ['uniqueItems', list(text), list(text, { uniqueItems: true }), 'breaking LIMIT_TIGHTENED v'],
  [
    'no uniqueItems any more',
    list(text, { uniqueItems: true }),
    list(text),
    'compatible LIMIT_LOOSENED v',
  ],
  [
    'a bound of a type that is new',
    text,
    { type: ['string', 'integer'], minimum: 3 },
    'compatible TYPE_WIDENED v',
  ],
];

const objects: Row[] = [
  [
    'a property removed',
    of({ a: text, b: text }),
    of({ a: text }),
    'breaking PROPERTY_REMOVED v.b',
  ],
  ['a property added', of({ a: text }), of({ a: text, b: text }), 'compatible PROPERTY_ADDED v.b'],
  [
    'a required property added',
    of({ a: text }),
    of({ a: text, b: text }, { required: ['b'] }),
    'breaking PROPERTY_REQUIRED v.b',
  ],
  [
    'a property newly required',
    of({ a: text }),
    of({ a: text }, { required: ['a'] }),
    'breaking PROPERTY_REQUIRED v.a',
  ],
  [
    'a property no longer required',
    of({ a: text }, { required: ['a'] }),
    of({ a: text }),
    'compatible PROPERTY_OPTIONAL v.a',
  ],
  [
    'a required property removed',
    of({ a: text, b: text }, { required: ['a'] }),
    of({ b: text }),
    'breaking PROPERTY_REMOVED v.a',
  ],
  [
    'a property that is not described required',
    of({}),
    of({}, { required: ['a'] }),
    'breaking PROPERTY_REQUIRED v.a',
  ],
  [
    'a nested property',
    of({ a: of({ b: text }) }),
    of({ a: of({ b: integer }) }),
    'breaking TYPE_CHANGED v.a.b',
  ],
  [
    'a property of an odd name',
    of({ 'a.b c': text }),
    of({ 'a.b c': integer }),
    'breaking TYPE_CHANGED v["a.b c"]',
  ],
  [
    'a property of the name of a method',
    of({ constructor: text }),
    of({}),
    'breaking PROPERTY_REMOVED v.constructor',
  ],
  ['the order of properties', of({ a: text, b: text }), of({ b: text, a: text })],
  [
    'no other properties',
    of({ a: text }),
    of({ a: text }, { additionalProperties: false }),
    'breaking ADDITIONAL_REFUSED v',
  ],
  [
    'other properties',
    of({ a: text }, { additionalProperties: false }),
    of({ a: text }),
    'compatible ADDITIONAL_ACCEPTED v',
  ],
  [
    'other properties, as it was already',
    of({ a: text }),
    of({ a: text }, { additionalProperties: true }),
  ],
  [
    'other properties of a type',
    of({ a: text }),
    of({ a: text }, { additionalProperties: text }),
    'breaking TYPE_NARROWED v.*',
  ],
  [
    'other properties of another type',
    of({}, { additionalProperties: text }),
    of({}, { additionalProperties: integer }),
    'breaking TYPE_CHANGED v.*',
  ],
  [
    'no longer described',
    of({ a: text, b: of({ c: text }) }),
    { type: 'object' },
    'compatible ADDITIONAL_ACCEPTED v',
  ],
  [
    'a new property of another type than any other',
    of({}, { additionalProperties: text }),
    of({ a: integer }, { additionalProperties: text }),
    'breaking TYPE_CHANGED v.a',
    'compatible PROPERTY_ADDED v.a',
  ],
  [
    'other patterns of names',
    { type: 'object', patternProperties: { '^a': text } },
    { type: 'object', patternProperties: { '^b': text } },
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'of a pattern another type',
    { type: 'object', patternProperties: { '^a': text } },
    { type: 'object', patternProperties: { '^a': integer } },
    'breaking TYPE_CHANGED v[/^a/]',
  ],
  [
    'names of properties',
    { type: 'object' },
    { type: 'object', propertyNames: { maxLength: 3 } },
    'breaking TYPE_NARROWED v[name]',
  ],
  [
    'a demand that depends',
    of({ a: text }),
    of({ a: text }, { dependentSchemas: { a: { required: ['b'] } } }),
    'breaking CONDITION_ADDED v',
  ],
  [
    'a property where there were no others',
    of({ a: text }, { additionalProperties: false }),
    of({ a: text, b: text }, { additionalProperties: false }),
    'compatible PROPERTY_ADDED v.b',
  ],
  [
    'no properties that nothing else describes',
    of({ a: text }),
    of({ a: text }, { unevaluatedProperties: false }),
    'breaking ADDITIONAL_REFUSED v',
  ],
  [
    'no demand that depends any more',
    of({ a: text }, { dependentSchemas: { a: { required: ['b'] } } }),
    of({ a: text }),
    'compatible CONDITION_DROPPED v',
  ],
  [
    'another demand that depends',
    of({}, { dependentSchemas: { a: { required: ['b'] } } }),
    of({}, { dependentSchemas: { a: { required: ['b', 'c'] } } }),
    'breaking PROPERTY_REQUIRED v.c',
  ],
];

const lists: Row[] = [
  ['items of another type', list(text), list(integer), 'breaking TYPE_CHANGED v[]'],
  ['items of any type', list(text), { type: 'array' }, 'compatible TYPE_WIDENED v[]'],
  ['items of a type', { type: 'array' }, list(text), 'breaking TYPE_NARROWED v[]'],
  [
    'a property of the items',
    list(of({ a: text })),
    list(of({ a: { ...text, maxLength: 3 } })),
    'breaking LIMIT_TIGHTENED v[].a',
  ],
  ['items of items', list(list(text)), list(list(integer)), 'breaking TYPE_CHANGED v[][]'],
  [
    'the first item',
    { type: 'array', prefixItems: [text, text] },
    { type: 'array', prefixItems: [text, integer] },
    'breaking TYPE_CHANGED v[1]',
  ],
  ['a first item of the type of all', list(text), list(text, { prefixItems: [text] })],
  [
    'what must be contained',
    list(text),
    list(text, { contains: { const: 'a' } }),
    'breaking CONDITION_ADDED v',
  ],
  [
    'what need not be contained',
    list(text, { contains: { const: 'a' } }),
    list(text),
    'compatible CONDITION_DROPPED v',
  ],
  [
    'what alone allowed items that nothing else describes',
    { type: 'array', contains: { const: 'a' }, unevaluatedItems: false },
    { type: 'array', unevaluatedItems: false },
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'something else that must be contained',
    list(text, { contains: { const: 'a' } }),
    list(text, { contains: { enum: ['a', 'b'] } }),
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'a second item',
    { type: 'array', prefixItems: [text] },
    { type: 'array', prefixItems: [text, text] },
    'breaking TYPE_NARROWED v[1]',
  ],
  [
    'no items that nothing else describes',
    { type: 'array', prefixItems: [text] },
    { type: 'array', prefixItems: [text], unevaluatedItems: false },
    'breaking TYPE_NARROWED v[]',
  ],
  [
    'more of what must be contained',
    list(text, { contains: { const: 'a' } }),
    list(text, { contains: { const: 'a' }, minContains: 2 }),
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'items, and the same that must be contained',
    list(text, { contains: { const: 'a' } }),
    list({ ...text, maxLength: 3 }, { contains: { const: 'a' } }),
    'breaking LIMIT_TIGHTENED v[]',
  ],
];

const unions: Row[] = [
  [
    'an alternative less',
    { oneOf: [cat, dog, text] },
    { oneOf: [cat, dog] },
    'breaking ALTERNATIVE_REMOVED v',
  ],
  [
    'an alternative more',
    { oneOf: [cat, dog] },
    { oneOf: [cat, dog, text] },
    'compatible ALTERNATIVE_ADDED v',
  ],
  ['the order of alternatives', { anyOf: [cat, dog] }, { anyOf: [dog, cat] }],
  [
    'inside an alternative, by its title',
    { anyOf: [cat, dog] },
    { anyOf: [dog, { ...cat, required: ['lives'] }] },
    'breaking PROPERTY_REQUIRED v.lives',
  ],
  [
    'inside alternatives, by their tags',
    { oneOf: [of({ kind: { const: 'a' }, x: text }), of({ kind: { const: 'b' }, x: integer })] },
    { oneOf: [of({ kind: { const: 'b' }, x: text }), of({ kind: { const: 'a' }, x: integer })] },
    'breaking TYPE_CHANGED v.x',
    'breaking TYPE_CHANGED v.x',
  ],
  [
    'inside the only alternative that changed',
    { anyOf: [text, integer] },
    { anyOf: [text, { ...integer, minimum: 1 }] },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'one alternative for another',
    { anyOf: [text, integer] },
    { anyOf: [text, list(text)] },
    'breaking ALTERNATIVE_REMOVED v',
    'compatible ALTERNATIVE_ADDED v',
  ],
  [
    'alternatives where there was one schema',
    text,
    { anyOf: [text, integer] },
    'compatible ALTERNATIVE_ADDED v',
  ],
  [
    'one schema where there were alternatives',
    { anyOf: [text, integer] },
    text,
    'breaking ALTERNATIVE_REMOVED v',
  ],
  [
    'an alternative that another one covers',
    { anyOf: [{ ...text, maxLength: 3 }, text] },
    { anyOf: [text] },
  ],
  ['null as an alternative less', { anyOf: [cat, none] }, cat, 'breaking NULL_REFUSED v'],
  ['null as an alternative more', cat, { oneOf: [cat, none] }, 'compatible NULL_ACCEPTED v'],
  [
    'null, spelt in another way',
    { type: ['string', 'null'], maxLength: 3 },
    { anyOf: [{ ...text, maxLength: 3 }, none] },
  ],
  ['one alternative at most', { anyOf: [cat, dog] }, { oneOf: [cat, dog] }],
  ['one alternative at least', { oneOf: [cat, dog] }, { anyOf: [cat, dog] }],
  [
    'alternatives beside other keywords',
    of({ a: text }),
    of({ a: text }, { anyOf: [{ required: ['a'] }, { minProperties: 2 }] }),
    'breaking CONDITION_ADDED v',
  ],
  [
    'no alternatives beside other keywords',
    of({ a: text }, { anyOf: [{ required: ['a'] }, { minProperties: 2 }] }),
    of({ a: text }),
    'compatible CONDITION_DROPPED v',
  ],
  [
    'an alternative less beside other keywords',
    of({ a: text }, { anyOf: [{ required: ['a'] }, { required: ['b'] }] }),
    of({ a: text }, { anyOf: [{ required: ['a'] }] }),
    'breaking PROPERTY_REQUIRED v.a',
    'compatible CONDITION_DROPPED v',
  ],
  [
    'one alternative at most beside other keywords',
    of({}, { anyOf: [cat, dog] }),
    of({}, { oneOf: [cat, { ...dog, required: ['tricks'] }] }),
    'breaking PROPERTY_REQUIRED v.tricks',
  ],
  [
    'null as an alternative more, and the words moved into the other',
    { ...text, title: 'T' },
    { anyOf: [{ ...text, title: 'U' }, none] },
    'compatible NULL_ACCEPTED v',
  ],
  [
    'another title of the only alternative of its type',
    { anyOf: [cat, text] },
    { anyOf: [{ ...dog, title: 'Bird' }, text] },
    'breaking ALTERNATIVE_REMOVED v',
    'compatible ALTERNATIVE_ADDED v',
  ],
  [
    'no title of the only alternative of its type',
    { anyOf: [cat, text] },
    { anyOf: [of({ lives: text }), text] },
    'breaking TYPE_CHANGED v.lives',
    'compatible WORDING v',
  ],
];

const composed: Row[] = [
  [
    'allOf, written out',
    { allOf: [of({ a: text }), of({ b: text }, { required: ['b'] })] },
    of({ a: text, b: text }, { required: ['b'] }),
  ],
  [
    'a property in allOf',
    { allOf: [of({ a: text }), of({ b: text })] },
    { allOf: [of({ a: text }), of({ b: integer })] },
    'breaking TYPE_CHANGED v.b',
  ],
  [
    'a part of allOf less',
    { allOf: [of({ a: text }), of({ b: text })] },
    { allOf: [of({ a: text })] },
    'breaking PROPERTY_REMOVED v.b',
  ],
  [
    'a bound in allOf that another one covers',
    { ...integer, minimum: 5 },
    { allOf: [{ ...integer, minimum: 5 }, { minimum: 3 }] },
  ],
  [
    'a tighter bound in allOf',
    { ...integer, minimum: 5 },
    { allOf: [{ ...integer, minimum: 5 }, { minimum: 6 }] },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'two patterns',
    { ...text, pattern: '^a' },
    { ...text, pattern: '^a', allOf: [{ pattern: 'z$' }] },
    'breaking CONDITION_ADDED v',
  ],
  [
    'one pattern of two',
    { ...text, pattern: '^a', allOf: [{ pattern: 'z$' }] },
    { ...text, pattern: '^a' },
    'compatible CONDITION_DROPPED v',
  ],
  ['not', text, { ...text, not: { const: 'a' } }, 'breaking CONDITION_ADDED v'],
  ['no not any more', { ...text, not: { const: 'a' } }, text, 'compatible CONDITION_DROPPED v'],
  [
    'another not, though it refuses less',
    { ...text, not: { enum: ['a', 'b'] } },
    { ...text, not: { const: 'a' } },
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'other words in not',
    { ...text, not: { const: 'a', title: 'A' } },
    { ...text, not: { const: 'a' } },
  ],
  ['if', text, { ...text, if: { const: 'a' }, then: false }, 'breaking CONDITION_ADDED v'],
  [
    'another if',
    { ...text, if: { const: 'a' }, then: false },
    { ...text, if: { const: 'b' }, then: false },
    'breaking SCHEMA_CHANGED v',
  ],
  [
    'another then',
    { ...text, if: { const: 'a' }, then: { maxLength: 3 } },
    { ...text, if: { const: 'a' }, then: { maxLength: 2 } },
    'breaking LIMIT_TIGHTENED v',
  ],
  [
    'another one of two patterns',
    { ...text, pattern: '^a', allOf: [{ pattern: 'z$' }] },
    { ...text, pattern: '^a', allOf: [{ pattern: 'y$' }] },
    'breaking PATTERN_CHANGED v',
  ],
];

const notes: Row[] = [
  [
    'another default',
    { ...text, default: 'a' },
    { ...text, default: 'b' },
    'compatible DEFAULT_CHANGED v',
  ],
  ['no default any more', { ...text, default: 'a' }, text, 'compatible DEFAULT_CHANGED v'],
  ['deprecated', text, { ...text, deprecated: true }, 'compatible DEPRECATED v'],
  ['no longer deprecated', { ...text, deprecated: true }, text, 'compatible DEPRECATION_LIFTED v'],
  ['a title', text, { ...text, title: 'T' }, 'compatible WORDING v'],
  ['an example', text, { ...text, examples: ['a'] }, 'compatible WORDING v'],
  ['a keyword that no tool has', text, { ...text, 'x-internal': true }],
];

describe.each([
  ['types', types],
  ['values', values],
  ['texts', ofTexts],
  ['bounds', bounds],
  ['objects', objects],
  ['lists', lists],
  ['alternatives', unions],
  ['compositions', composed],
  ['descriptions and titles', notes],
])('the effect of a changed schema: %s', (_, rows) => {
  for (const [title, before, after, ...changes] of rows)
    it(title, () => {
      expect(changesOf(documentWith(before), documentWith(after))).toEqual(changes);
    });
});
