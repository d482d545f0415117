import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/json.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import { convertSchemas } from '../../src/plan/schema/fit.js';
import { createReferenceGraph } from '../../src/plan/schema/references.js';
import { inputOf, listFixtures } from '../support/fixtures.js';

// A schema that a client's validator cannot compile fails in front of a user. `plan` never writes one, by construction;
// `npm run corpus` shows the same for real documents.

const fixtures = listFixtures().filter(({ fails }) => !fails);

test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
  'every schema of %s compiles',
  async (_, fixture) => {
    const { api } = plan(await load(inputOf(fixture)), { baseUrl: 'https://api.example.com' });
    const validator = new AjvJsonSchemaValidator();
    for (const { inputSchema } of api.tools) validator.getValidator(inputSchema);
    expect(api.tools.length).toBeGreaterThan(0);
  },
);

const keywords = (
  'type enum const default examples format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf ' +
  'minLength maxLength minItems maxItems minContains maxContains minProperties maxProperties uniqueItems required ' +
  'properties patternProperties additionalProperties items prefixItems contains propertyNames allOf anyOf oneOf not ' +
  'if then else dependentSchemas unevaluatedItems unevaluatedProperties $ref $id $schema $anchor $defs $dynamicRef ' +
  'nullable readOnly discriminator dependentRequired contentEncoding contentSchema'
).split(' ');

const { schema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(-1, 0, 1.5, 1e300, '', 'string', '[', 'a|b', null, true, [], {}),
    fc.constantFrom<unknown>(
      '#/components/schemas/A',
      '#/nowhere',
      ['string'],
      ['a', 'a'],
      'array',
    ),
    tie('schema'),
    fc.array(tie('schema'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', '$ref', '(', '^a', 'toString'), tie('schema'), {
      maxKeys: 3,
    }),
  ),
  schema: fc.dictionary(fc.constantFrom(...keywords), tie('value'), { maxKeys: 5 }),
}));

test('any schema is converted to one that compiles', () => {
  fc.assert(
    fc.property(schema, schema, (source, other) => {
      const root = { components: { schemas: { A: other as JsonObject } } };
      const graph = createReferenceGraph(root);
      const { schemas, definitions } = convertSchemas(graph, [source as Json]);
      const inputSchema = { properties: { a: schemas[0] ?? true }, $defs: definitions ?? {} };
      const compile = () => new AjvJsonSchemaValidator().getValidator(inputSchema as JsonObject);
      expect(compile).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
