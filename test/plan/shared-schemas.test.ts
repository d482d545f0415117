import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { convertSchemas } from '../../src/plan/schema/fit.js';
import { createInheritance } from '../../src/plan/schema/inheritance.js';
import { createReferenceGraph } from '../../src/plan/schema/references.js';

const NAMES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

const reference = fc
  .constantFrom(...NAMES)
  .map((name) => ({ $ref: `#/components/schemas/${name}` }));

/** Short ones are inlined wherever they are mentioned, and long ones are shortened. */
const description = fc
  .constantFrom(0, 20, 600, 2500, 9000)
  .map((length) => 'word '.repeat(length / 5));

const leaf = fc.oneof(
  fc.constant<JsonObject>({ type: 'string', pattern: '(?<a' }),
  fc.constant<JsonObject>({ type: 'string', enum: Array.from({ length: 80 }, (_, i) => `v${i}`) }),
  description.map((text): JsonObject => ({ type: 'integer', description: text })),
);

const member = fc.oneof(
  { weight: 3, arbitrary: reference },
  leaf,
  reference.map((items): JsonObject => ({ type: 'array', items })),
  reference.map((other): JsonObject => ({ oneOf: [other, { type: 'null' }] })),
);

const members = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'kind'), member, { maxKeys: 4 });

const component = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('object'), description, properties: members }),
  },
  reference as fc.Arbitrary<JsonObject>,
  fc.tuple(reference, members).map(([base, properties]): JsonObject => ({
    allOf: [base, { type: 'object', properties, additionalProperties: false }],
  })),
  members.map((properties): JsonObject => ({
    type: 'object',
    properties: { ...properties, kind: { type: 'string' } },
    required: ['kind'],
    discriminator: { propertyName: 'kind' },
  })),
) as fc.Arbitrary<JsonObject>;

const components = fc
  .tuple(...NAMES.map(() => component))
  .map((schemas) =>
    Object.fromEntries(schemas.map((schema, index) => [NAMES[index] ?? '', schema])),
  );

it('converts a schema the same way, whatever the same document’s operations had before', () => {
  const operations = fc.array(fc.array(member, { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 6,
  });
  fc.assert(
    fc.property(components, operations, (schemas, all) => {
      const root = { components: { schemas } };
      const inheritance = createInheritance(root);
      const convert = (graph: ReturnType<typeof createReferenceGraph>, args: JsonObject[]) =>
        convertSchemas(graph, args, { inheritance }, ['body', 'b', 'c']);
      const graph = createReferenceGraph(root);
      for (const args of all)
        expect(convert(graph, args)).toEqual(convert(createReferenceGraph(root), args));
    }),
    { numRuns: 400 },
  );
});
