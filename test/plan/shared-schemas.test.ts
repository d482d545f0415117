import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { convertGroup } from '../../src/plan/schema/group.js';
import { createInheritance } from '../../src/plan/schema/inheritance.js';
import { createReferenceGraph } from '../../src/plan/schema/references.js';
import { createShared } from '../../src/plan/schema/shared.js';
import { standardLimits, tighterLimits } from '../../src/plan/schema/shorten.js';

const NAMES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

const reference = fc.constantFrom(...NAMES).map(ref);

/** Short ones are inlined wherever they are mentioned, and long ones are shortened. */
const description = fc.constantFrom(0, 20, 600, 2500).map((length) => 'word '.repeat(length / 5));

const leaf = fc.oneof(
  fc.constant<JsonObject>({ type: 'string', pattern: '(?<a' }),
  fc.constant<JsonObject>({ type: 'string', format: 'binary', contentMediaType: 'image/png' }),
  fc.constant<JsonObject>({ type: 'string', enum: Array.from({ length: 80 }, (_, i) => `v${i}`) }),
  description.map((text): JsonObject => ({ type: 'integer', description: text })),
);

const readOnly: JsonObject = { type: 'integer', readOnly: true };

const member = fc.oneof(
  fc.constant(readOnly),
  { weight: 3, arbitrary: reference },
  leaf,
  reference.map((items): JsonObject => ({ type: 'array', items })),
  reference.map((other): JsonObject => ({ oneOf: [other, { type: 'null' }] })),
  reference.map((other): JsonObject => ({ not: other })),
  reference.map((other): JsonObject => ({ ...other, description: 'Beside.' })),
  reference.map((other): JsonObject => ({ allOf: [other, { properties: { z: readOnly } }] })),
);

const members = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'kind'), member, { maxKeys: 4 });

const component = fc.oneof(
  leaf,
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('object'), description, properties: members }),
  },
  reference,
  members.map((properties): JsonObject => ({
    type: 'object',
    properties,
    additionalProperties: false,
  })),
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

/** Thirty long schemas, each with the next one as its member, and a dozen that only refer to the next one. */
const chain = Object.fromEntries<JsonObject>(
  Array.from({ length: 42 }, (_, at) => {
    const next: JsonObject = at < 41 ? ref(`N${at + 1}`) : { type: 'string' };
    const long = { type: 'object', description: 'x'.repeat(600), properties: { next } };
    return [`N${at}`, at < 30 ? long : next];
  }),
);

const limits = fc.record({
  depth: fc.constantFrom(1, 2, 3, Infinity),
  small: fc.constantFrom(0, 40, 200, 1000),
  kindsDepth: fc.constantFrom(-1, 0, 1, Infinity),
  textsDepth: fc.constantFrom(0, 1, 2, Infinity),
  texts: fc.constantFrom(standardLimits, tighterLimits[0] ?? standardLimits),
  characters: fc.constantFrom(1000, 8000, Infinity),
  binaryAsBase64: fc.boolean(),
});

const operation = fc.tuple(limits, fc.array(member, { minLength: 1, maxLength: 3 }));

it('converts a schema the same way, whatever the same document’s operations had before', () => {
  const operations = fc.array(operation, { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(components, operations, (schemas, all) => {
      const root = { components: { schemas } };
      const [graph, shared] = [createReferenceGraph(root), createShared()];
      const inheritance = createInheritance(root);
      for (const [options, args] of all) {
        const sources = args.map((schema, at) => ({ schema, label: 'abc'[at], isLinked: true }));
        const convert = (more: object) =>
          convertGroup(graph, sources, { ...options, ...more, inheritance });
        const [one, other] = [convert({ shared }), convert({})];
        expect(one.group).toEqual(other.group);
        // Where the characters run out within a shared schema, its kinds are still noted.
        const isLonger = one.size.kindsAt > options.characters;
        expect(isLonger ? { ...one.size, kindsAt: Infinity } : one.size).toEqual(other.size);
      }
    }),
    { numRuns: 1500 },
  );
});

const tight: JsonObject = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
};

it.each<[string, Record<string, JsonObject>, JsonObject, JsonObject]>([
  ['in a chain of references that is inlined only so far', chain, ref('N30'), ref('N0')],
  [
    'beside members that only the API sends',
    { S: tight },
    { allOf: [ref('S'), { properties: { a: { type: 'string', readOnly: true } } }] },
    ref('S'),
  ],
])('does not share a schema %s', (_, schemas, ...sources) => {
  const graph = createReferenceGraph({ components: { schemas } });
  const convert = (schema: JsonObject, options: object) =>
    convertGroup(graph, [{ schema, label: 'body', isLinked: true }], options).group;
  const shared = createShared();
  for (const source of [...sources, ...sources])
    expect(convert(source, { shared })).toEqual(convert(source, {}));
});
