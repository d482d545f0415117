import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { leanTool } from '../../src/plan/tools/lean.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { readArguments, ArgumentError } from '../../templates/src/runtime/upstream/arguments.js';
import { makeTool } from '../runtime/upstream/wire.js';

// PROPERTY_RUNS sets more, for nightly runs; the seed of a failure is in its message.
const runs = Number(process.env['PROPERTY_RUNS'] ?? 400);

const names = fc.constantFrom('a', 'b', 'body', 'title', 'default');

function members(one: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  const entries = fc.uniqueArray(fc.tuple(names, one), {
    maxLength: 3,
    selector: ([name]) => name,
  });
  return entries.map((list) => Object.fromEntries(list));
}

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 1, 2.5, '', 'a', 'bb', '2024-01-01', 'a@b.example'),
    fc.array(tie('value'), { maxLength: 3 }),
    members(tie('value')),
  ),
}));

const texts = fc.constantFrom<Json>(
  ...['The a.', 'Required. B.', 'One of: a, bb.', '<p>Default: 1</p>', 'Maximum: 2', ' ', 'Title'],
);
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'object', 'array');
const bound = fc.integer({ min: 0, max: 2 });

/** Descriptive keywords, in which the two differ. */
const described = {
  title: texts,
  description: texts,
  examples: fc.array(value, { maxLength: 2 }),
  default: value,
  deprecated: fc.boolean(),
};

function some(keywords: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc.record({ ...keywords, ...described }, { requiredKeys: [] });
}

const { schema } = fc.letrec<{ schema: Json; branches: Json[]; map: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    some({ type, format: fc.constantFrom('date', 'email') }),
    some({ minLength: bound, maxLength: bound, pattern: fc.constantFrom('^a', 'b') }),
    some({ minItems: bound, maxItems: bound, multipleOf: fc.constantFrom(1, 2) }),
    some({ enum: fc.constantFrom<Json>(['a', 'bb'], [1], [null, 'a']), uniqueItems: fc.boolean() }),
    some({ const: value, minimum: bound, maximum: bound }),
    some({
      type: fc.constant('object'),
      properties: tie('map'),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
    }),
    some({ type: fc.constant('array'), items: tie('schema'), maxItems: bound }),
    some({ anyOf: tie('branches'), $ref: fc.constant('#/$defs/other') }),
    some({ allOf: tie('branches'), unevaluatedProperties: fc.boolean() }),
    fc
      .tuple(tie('schema'), tie('branches'))
      .map(([own, allOf]) => ({ ...(own as JsonObject), allOf })),
  ),
  branches: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
  map: members(tie('schema')),
}));

const inputs = fc.record({
  properties: members(schema),
  required: fc.uniqueArray(names, { maxLength: 1 }),
  $defs: fc.record({ other: some({ type, minimum: bound, minLength: bound }) }),
});

test('the listed schema accepts and refuses the same arguments, except unknown ones', () => {
  const outcomes = { taken: 0, refused: 0 };
  const several = fc.array(members(value), {
    minLength: 10,
    maxLength: 10,
  });
  const property = fc.property(inputs, several, (input, lists) => {
    const tool = makeTool({}, { ...input, type: 'object', additionalProperties: false });
    const [full, listed] = [tool.inputSchema, listTool(leanTool(tool)).inputSchema].map((one) =>
      new AjvJsonSchemaValidator().getValidator(one),
    );
    for (const args of lists) {
      const known = Object.entries(args).filter(([name]) => Object.hasOwn(input.properties, name));
      const sent = Object.fromEntries(known);
      const isTaken = full?.(sent).valid;
      outcomes[isTaken === true ? 'taken' : 'refused'] += 1;
      expect({ sent, isTaken: listed?.(sent).valid }).toEqual({ sent, isTaken });
    }
  });
  fc.assert(property, { numRuns: runs });
  expect(Math.min(outcomes.taken, outcomes.refused)).toBeGreaterThan(runs);
});

test('a server reads the same arguments with the full and the shortened schema', () => {
  const outcomes = { read: 0, refused: 0 };
  const several = fc.array(members(value), { minLength: 10, maxLength: 10 });
  const property = fc.property(inputs, several, (input, lists) => {
    const tool = makeTool({}, { ...input, type: 'object', additionalProperties: false });
    const lean = leanTool(tool);
    for (const args of lists) {
      const outcome = outcomeOf(tool, args);
      outcomes[typeof outcome === 'string' ? 'refused' : 'read'] += 1;
      expect({ args, outcome: outcomeOf(lean, args) }).toEqual({ args, outcome });
    }
  });
  fc.assert(property, { numRuns: runs });
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(runs);
});

/** The arguments as the server reads them; how it refuses them differs, since one schema has fewer faults than its parts. */
function outcomeOf(tool: Tool, args: JsonObject): JsonObject | 'refused' {
  try {
    return readArguments(tool, args);
  } catch (error) {
    if (error instanceof ArgumentError) return 'refused';
    throw error;
  }
}
