import fc from 'fast-check';
import { array, isObject, object, type Json, type JsonObject } from '../../src/json.js';

const names = fc.constantFrom('a', 'b', 'c');
const small = fc.integer({ min: 0, max: 3 });
const scalar = fc.constantFrom<Json[]>(null, true, false, 0, 1, 2, 3, 1.5, -1, '', 'a', 'b', 'ab');
const types = ['null', 'boolean', 'object', 'array', 'string', 'number', 'integer'];

/** Values that the schemas below may or may not take. */
export const { value: arbitraryValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
  ),
}));

/**
 * Schemas of all keywords, which may refer to `#/$defs/r` and `#/$defs/s`. Without `oneOf`: what is taken by two of
 * its alternatives now may be refused by a change that only lets in more, and is not reported as breaking.
 */
export const { schema: arbitrarySchema } = fc.letrec<{ schema: Json }>((tie) => {
  const schema = tie('schema');
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const map = (keys: fc.Arbitrary<string>) => fc.dictionary(keys, schema, { maxKeys: 3 });
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      some({
        type: fc.oneof(
          fc.constantFrom(...types),
          fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
        ),
        minimum: small,
        exclusiveMaximum: small,
        multipleOf: fc.integer({ min: 1, max: 3 }),
        minLength: small,
        maxLength: small,
        pattern: fc.constantFrom('a', '^a', 'b$'),
      }),
      some({ const: scalar, enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }) }),
      some({
        type: fc.constantFrom<Json[]>('object', ['object', 'null']),
        properties: map(names),
        required: fc.uniqueArray(names, { minLength: 1, maxLength: 2 }),
        additionalProperties: schema,
        minProperties: small,
        maxProperties: small,
      }),
      some({
        properties: map(names),
        patternProperties: map(fc.constantFrom('a', '^a', 'b$')),
        propertyNames: schema,
        unevaluatedProperties: schema,
        dependentSchemas: map(names),
      }),
      some({
        type: fc.constantFrom<Json[]>('array', ['array', 'null']),
        items: schema,
        prefixItems: list,
        minItems: small,
        maxItems: small,
        uniqueItems: fc.constant(true),
      }),
      some({ contains: schema, minContains: small, maxContains: small, unevaluatedItems: schema }),
      some({ anyOf: list }),
      some({ allOf: list, minimum: small, properties: map(names) }),
      some({ not: schema }),
      some({ if: schema, then: schema, else: schema }),
      fc.constantFrom<Json[]>({ $ref: '#/$defs/r' }, { $ref: '#/$defs/s' }),
      fc.boolean(),
    ),
  };
});

/** Any of the keywords, of which each may be missing. */
function some(members: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
}

type Path = readonly (string | number)[];

const MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
const LISTS = ['anyOf', 'allOf', 'prefixItems'];
const SINGLE = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else'];

/** A schema with another one in place of some part, or, when `isAdded`, with its keywords added to that part. */
export function changedSchema(schema: Json, part: Json, at: number, isAdded: boolean): Json {
  const paths = pathsIn(schema, []);
  return replace(schema, paths[at % paths.length] ?? [], (old) =>
    isAdded && isObject(old) && isObject(part) ? { ...old, ...part } : part,
  );
}

function pathsIn(schema: Json, path: Path): Path[] {
  const entries = isObject(schema) ? Object.entries(schema) : [];
  const nested = entries.flatMap(([keyword, value]): Path[] => {
    if (SINGLE.includes(keyword)) return pathsIn(value, [...path, keyword]);
    if (LISTS.includes(keyword))
      return array(value).flatMap((one, index) => pathsIn(one, [...path, keyword, index]));
    if (!MAPS.includes(keyword)) return [];
    return Object.entries(object(value)).flatMap(([name, one]) =>
      pathsIn(one, [...path, keyword, name]),
    );
  });
  return [path, ...nested];
}

function replace(node: Json, [key, ...rest]: Path, change: (old: Json) => Json): Json {
  if (key === undefined) return change(node);
  if (Array.isArray(node))
    return node.map((item, index) => (index === key ? replace(item, rest, change) : item));
  const known = object(node);
  return { ...known, [key]: replace(known[key] ?? null, rest, change) };
}
