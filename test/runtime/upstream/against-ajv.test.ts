import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { refused } from '../../../templates/src/runtime/upstream/keywords.js';
import { SchemaReader } from '../../../templates/src/runtime/upstream/schema.js';

// PROPERTY_RUNS sets more, for nightly runs; the seed of a failure is in its message.
const runs = Number(process.env['PROPERTY_RUNS'] ?? 100);

// Small domains, so that values often fit: the combinations of keywords matter.
const scalar = fc.constantFrom<Json>(null, true, false, 0, 1, 2, 2.5, '', 'a', 'bb', '😀', 'x y');
const names = fc.constantFrom('a', 'b', 'length');

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 3, selector: ([name]) => name })
      .map((members): JsonObject => Object.fromEntries(members)),
  ),
}));

const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'object', 'array', 'null');
const bound = fc.integer({ min: 0, max: 3 });

function some(keywords: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc.record(keywords, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
}

const { schema } = fc.letrec<{ schema: Json; branches: Json[]; map: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    some({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })) }),
    fc.constant(true),
    some({ enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, comparator: 'SameValue' }) }),
    some({ const: value, minLength: bound, maxLength: bound, minItems: bound, maxItems: bound }),
    some({ minimum: bound, maximum: bound, exclusiveMinimum: bound, exclusiveMaximum: bound }),
    some({ multipleOf: fc.constantFrom(1, 2), minProperties: bound, maxProperties: bound }),
    some({
      type: fc.constantFrom('object', 'array'),
      properties: tie('map'),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      additionalProperties: tie('schema'),
    }),
    some({ type, items: tie('schema'), prefixItems: tie('branches') }),
    some({ anyOf: tie('branches'), $ref: fc.constantFrom('#/$defs/other', '#/$defs/tree') }),
    some({ allOf: tie('branches'), anyOf: tie('branches'), type }),
  ),
  branches: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
  map: fc.dictionary(names, tie('schema'), { maxKeys: 3 }),
}));

const tree: JsonObject = {
  anyOf: [
    { type: 'object', properties: { a: { $ref: '#/$defs/tree' }, b: { type: 'integer' } } },
    { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 2 },
    { type: 'string', minLength: 1 },
  ],
};

function isTaken(inputSchema: JsonObject, args: JsonObject): boolean {
  return new SchemaReader(inputSchema, { keepBlanks: true }).read(args) !== refused;
}

/** ajv fails on schemas that refer to themselves for the same value. */
function withoutLoops(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('#/$defs/other', '#/$defs/tree');
  return JSON.parse(text) as Json;
}

// Beside other schemas of the same object, `additionalProperties` is often wrong and not enforced.
const isOpen = (inputSchema: JsonObject) =>
  JSON.stringify(inputSchema).includes('"additionalProperties"');

test('accepts and refuses the same values as ajv, where documents are reliable', () => {
  const outcomes = { taken: 0, refused: 0 };
  const values = fc.array(value, { minLength: 10, maxLength: 10 });
  const property = fc.property(schema, schema, values, (own, other, all) => {
    const $defs: JsonObject = { other: withoutLoops(other), tree };
    const inputSchema: JsonObject = { type: 'object', properties: { q: own }, $defs };
    const validate = new AjvJsonSchemaValidator().getValidator(inputSchema);
    for (const q of all) {
      const { valid } = validate({ q });
      const taken = isTaken(inputSchema, { q });
      if (valid || !isOpen(inputSchema)) expect({ q, taken }).toEqual({ q, taken: valid });
      outcomes[valid ? 'taken' : 'refused'] += 1;
    }
  });
  fc.assert(property, { numRuns: runs });
  expect(outcomes.taken).toBeGreaterThan(runs);
  expect(outcomes.refused).toBeGreaterThan(runs);
});
