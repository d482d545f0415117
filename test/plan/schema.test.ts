import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { Conversion } from '../../src/plan/schema/convert.js';
import { convertSchemas, LONGEST } from '../../src/plan/schema/fit.js';
import { createReferenceGraph } from '../../src/plan/schema/references.js';

/** A converted schema with its `$defs`, and proof that the SDK's validator accepts it. */
function convert(schema: Json, schemas: JsonObject = {}, binaryAsBase64 = false): Json {
  const graph = createReferenceGraph({ components: { schemas } });
  const { schemas: converted, definitions } = convertSchemas(graph, [schema], { binaryAsBase64 });
  const [own = true] = converted;
  const whole = definitions === undefined ? own : { ...(own as JsonObject), $defs: definitions };
  if (typeof whole !== 'boolean') new AjvJsonSchemaValidator().getValidator(whole);
  return whole;
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const big = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`property${i}`, { type: 'string' }]),
);

it('no value is accepted where a reference leads to false, whatever is beside it', () => {
  const schema = { properties: { a: { ...ref('Never'), description: 'A.' }, b: ref('Never') } };
  expect(convert(schema, { Never: false })).toMatchObject({
    properties: { a: { not: {} }, b: false },
  });
});

describe('a required member that no property describes', () => {
  const own = { properties: { a: { type: 'string' } }, required: ['a', 'b'] };
  const kept = ['"required":["a","b"]'];

  it.each<[string, JsonObject]>([
    ['alone', own],
    ['deeper', { properties: { c: own }, allOf: [{ title: 'x' }] }],
    ['of an alternative', { anyOf: [own, { type: 'null' }] }],
    ['of one among others', { items: { oneOf: [ref('Own'), { type: 'null' }] } }],
  ])('is not required: %s', (_, schema) => {
    const text = JSON.stringify(convert(schema, { Own: own }));
    expect(text.match(/"required":\[[^\]]*\]/g)).toEqual(['"required":["a"]']);
  });

  it.each<[string, JsonObject]>([
    ['a part of allOf', { allOf: [own, { properties: { b: {} } }] }],
    ['an alternative in a part', { allOf: [{ anyOf: [own] }, { properties: { b: {} } }] }],
    ['beside allOf', { ...own, allOf: [{ properties: { b: {} } }] }],
    ['an alternative beside properties', { properties: { b: {} }, anyOf: [own] }],
    ['a map', { ...own, additionalProperties: { type: 'string' } }],
    ['names by pattern', { ...own, patternProperties: { '^b': {} } }],
    ['without properties', { required: ['a', 'b'], properties: {} }],
  ])('is required if something else may describe it: %s', (_, schema) => {
    expect(JSON.stringify(convert(schema)).match(/"required":\[[^\]]*\]/g)).toEqual(kept);
  });

  it('is required only there, even of the same schema', () => {
    const part = { allOf: [ref('Own'), { title: 'x' }] };
    for (const names of [
      ['x', 'y', 'z'],
      ['y', 'x', 'z'],
    ]) {
      const members = names.map((name) => [name, name === 'y' ? part : ref('Own')] as const);
      const text = JSON.stringify(
        convert({ properties: Object.fromEntries(members) }, { Own: own }),
      );
      const found = [...text.matchAll(/"required":\["a"(,"b")?\]/g)].map(([, more]) => more);
      expect(found).toEqual(names.map((name) => (name === 'y' ? ',"b"' : undefined)));
    }
  });
});

describe('keywords', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'keywords for other tools',
      {
        $id: 'x',
        $schema: 'y',
        xml: {},
        discriminator: {},
        externalDocs: {},
        'x-foo': 1,
        type: 'string',
      },
      { type: 'string' },
    ],
    ['unknown types', { type: 'file' }, {}],
    ['unknown types among known ones', { type: ['string', 'date'] }, { type: 'string' }],
    ['unknown formats', { type: 'string', format: 'carrier-pigeon' }, { type: 'string' }],
    ['boolean bounds', { minimum: 1, exclusiveMinimum: true }, { minimum: 1 }],
    ['boolean required', { required: true }, {}],
    [
      'values of the wrong type',
      { minLength: 'many', maxItems: -1, multipleOf: 0, enum: 'a', description: 7 },
      {},
    ],
    ['empty lists', { enum: [], allOf: [], required: [] }, {}],
    ['keywords that are names of Object.prototype', { constructor: {}, toString: 'x' }, {}],
  ])('drops %s', (_, schema, expected) => {
    expect(convert(schema)).toEqual(expected);
  });

  it.each([
    ['/^a$/', '^a$'],
    ['/^[A-Z]{3}$/u', '^[A-Z]{3}$'],
    ['/^a/D', '^a'],
    ['/b$/', 'b$'],
    ['/^a\\/b$/', '^a\\/b$'],
    // Slashes that may belong to the text itself.
    ['/a/', '/a/'],
    ['^/a/$', '^/a/$'],
    ['/a\\$/', '/a\\$/'],
  ])('reads the slashes around %s as delimiters', (pattern, bare) => {
    const list = { type: 'array', items: { type: 'string', pattern } };
    expect(convert({ type: 'string', pattern })).toEqual({ type: 'string', pattern: bare });
    expect(convert(list)).toEqual({ type: 'array', items: { type: 'string', pattern: bare } });
  });

  it.each(['^[\\w-.]+$', '[', '/^a$/i', '/^[/'])(
    'describes the invalid pattern %s in words',
    (pattern) => {
      const note = `Matches the regular expression ${pattern}`;
      expect(convert({ type: 'string', pattern })).toEqual({ type: 'string', description: note });
      expect(convert({ description: 'A.', pattern })).toEqual({ description: `A.\n\n${note}` });
    },
  );

  it.each<JsonObject>([
    { type: 'string', pattern: '^(a+)+$' },
    { type: 'string', pattern: String.raw`^(\w|\d|-)+$` },
    { type: 'object', patternProperties: { '(.*)*': {} }, additionalProperties: false },
    { type: 'number', multipleOf: 0.01 },
    { type: 'array', uniqueItems: true, items: { type: 'object' } },
  ])('keeps patterns that are never evaluated, however slow they would be: %j', (schema) => {
    expect(convert(schema)).toEqual(schema);
  });

  it('refuses nothing more if an invalid pattern is dropped', () => {
    const branch = { type: 'string', pattern: '[' };
    const converted = convert({
      oneOf: [branch, { type: 'string' }],
      not: branch,
      if: branch,
      then: false,
    }) as JsonObject;
    expect(Object.keys(converted)).toEqual(['anyOf']);
    const sound = { oneOf: [{ pattern: '^a' }, { pattern: '^b' }], not: { pattern: '^c' } };
    expect(convert(sound)).toEqual({ anyOf: sound.oneOf, not: sound.not });
  });

  it('accepts any member if the pattern of its name is not valid', () => {
    const closed = { patternProperties: { '[': { type: 'string' } }, additionalProperties: false };
    expect(convert(closed)).toEqual({ patternProperties: {} });
  });

  it('understands the dialects of older documents', () => {
    expect(convert({ type: 'string', example: 'a' })).toEqual({ type: 'string', examples: ['a'] });
    expect(convert({ type: 'string', nullable: true })).toEqual({ type: ['string', 'null'] });
    expect(convert({ type: 'array', items: [{ type: 'string' }] })).toEqual({
      type: 'array',
      prefixItems: [{ type: 'string' }],
      items: {},
    });
  });

  it.each([[{}], [{ items: true }], [{ items: false }]])(
    'describes the items of an array as an object, as model APIs demand: %j',
    (written) => {
      const tuple = { type: 'array', prefixItems: [{ type: 'string' }], maxItems: 1 };
      expect(convert({ ...tuple, ...written })).toEqual({ ...tuple, items: {} });
    },
  );

  it('keeps descriptive keywords', () => {
    const schema = {
      type: 'string',
      title: 't',
      description: 'd',
      default: 'x',
      deprecated: true,
      examples: ['e'],
      enum: ['x', 'y'],
    };
    expect(convert(schema)).toEqual(schema);
  });

  it('keeps properties named like keywords, or with dangerous names', () => {
    const properties = JSON.parse(
      '{"__proto__":{"type":"string"},"$ref":{"type":"string"},"required":{"type":"string"},"constructor":{"type":"string"}}',
    ) as JsonObject;
    const converted = convert({ type: 'object', properties }) as { properties: JsonObject };
    expect(Object.keys(converted.properties)).toEqual([
      '__proto__',
      '$ref',
      'required',
      'constructor',
    ]);
  });

  it('does not require read-only properties, here or behind a reference', () => {
    const schema = {
      type: 'object',
      required: ['id', 'at', 'name'],
      properties: {
        id: { type: 'string', readOnly: true },
        at: ref('At'),
        name: { type: 'string' },
      },
    };
    expect(convert(schema, { At: { type: 'string', readOnly: true } })).toEqual({
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' } },
    });
  });

  it('does not require a property in one branch that is read-only in another', () => {
    const schema = {
      required: ['id', 'name'],
      allOf: [ref('Base'), { required: ['etag', 'at'], properties: { etag: { readOnly: true } } }],
      properties: { name: { type: 'string' } },
    };
    const base = { required: ['id'], properties: { id: { type: 'string', readOnly: true } } };
    const converted = convert(schema, { Base: base });
    expect(converted).toEqual({
      required: ['name'],
      allOf: [{ properties: {} }, { required: ['at'], properties: {} }],
      properties: { name: { type: 'string' } },
    });
  });

  it('represents binary content as base64 if bytes are sent', () => {
    const file = { type: 'string', format: 'binary', description: 'A file.' };
    expect(convert(file)).toEqual({ type: 'string', format: 'binary', description: 'A file.' });
    expect(convert(file, {}, true)).toEqual({
      type: 'string',
      contentEncoding: 'base64',
      description:
        'A file. Base64, or a data: URI with its type and name: data:audio/wav;name=a.wav;base64,…',
    });
  });
});

describe('a schema that would be too long', () => {
  const wide = (value: JsonObject, count = 18): JsonObject => ({
    type: 'object',
    description: 'wide',
    required: ['p0'],
    properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, value])),
  });
  const convertAll = (schema: Json, schemas: JsonObject = {}) =>
    convertSchemas(createReferenceGraph({ components: { schemas } }), [schema]);
  const lengthOf = ({ schemas, definitions }: ReturnType<typeof convertAll>) =>
    JSON.stringify([schemas, definitions]).length;
  const three = wide(wide(wide({ type: 'string' }, 5)));

  it('is described in the same way, regardless of other operations', () => {
    const graphOf = () => createReferenceGraph({ components: { schemas: { Three: three } } });
    const long = { type: 'string', description: 'x'.repeat(1500) };
    const operations = [
      [{ type: 'string' }, ref('Three')],
      [ref('Three'), long],
      [ref('Three'), long, long],
      [ref('Three')],
    ];
    const shared = graphOf();
    for (const schemas of [...operations, ...operations])
      expect(convertSchemas(shared, schemas)).toEqual(convertSchemas(graphOf(), schemas));
  });

  it('is described as deeply as fits, and reports the depth', () => {
    expect(convertAll(wide(wide({ type: 'string' }, 5))).depth).toBeUndefined();
    const converted = convertAll(three);
    expect(converted.depth).toBe(2);
    expect(lengthOf(converted)).toBeLessThanOrEqual(LONGEST);
    const [{ properties }] = converted.schemas as [{ properties: JsonObject }];
    const { p0: second } = (properties['p0'] as { properties: JsonObject }).properties;
    expect(second).toEqual({ type: 'object', description: 'wide', required: ['p0'] });
  });

  it('loses half a page of text sooner than a member', () => {
    const long = { type: 'string', description: 'It is a word. '.repeat(70) };
    const { depth, shortened, schemas } = convertAll(
      wide({ type: 'object', properties: { long } }, 60),
    );
    expect(depth).toBeUndefined();
    expect(shortened).toHaveLength(60);
    const { properties } = schemas[0] as { properties: Record<string, { properties: JsonObject }> };
    expect(properties['p59']?.properties['long']).toMatchObject({ type: 'string' });
    expect(JSON.stringify(properties['p59'])).toMatch(/It is a word\..{100}/);
  });

  it.each<[string, (part: JsonObject) => JsonObject]>([
    ['a member', (part) => part],
    ['items', (items) => ({ type: 'array', items })],
    ['a choice', (part) => ({ oneOf: [part, { type: 'null' }] })],
    ['a reference', () => ref('Amount')],
    ['two references', () => ref('Price')],
  ])('still has small parts below the depth that fits: %s', (_, wrapped) => {
    const amount = {
      type: 'object',
      required: ['value'],
      properties: { value: { type: 'integer' }, currency: { type: 'string', maxLength: 3 } },
    };
    const lines = { type: 'array', items: wide(wrapped(amount), 1) };
    const large = wide(three);
    const { depth, schemas, definitions } = convertAll(
      { type: 'object', properties: { large, order: { type: 'object', properties: { lines } } } },
      { Amount: amount, Price: { allOf: [ref('Amount')], description: 'A price.' } },
    );
    expect(depth).toBe(3);
    const whole: JsonObject = { ...(schemas[0] as JsonObject), $defs: definitions ?? {} };
    const validate = new AjvJsonSchemaValidator().getValidator(whole);
    const ordered = (value: Json) => ({
      order: { lines: [{ p0: wrapped(amount)['type'] === 'array' ? [value] : value }] },
    });
    expect(validate(ordered({ value: 1, currency: 'EUR' })).valid).toBe(true);
    expect(validate(ordered({ value: 'one' })).valid).toBe(false);
    expect(validate({ large: { p0: { p0: { p0: 1 } } } }).valid).toBe(true);
  });

  it('keeps lists and maps of simple values where the rest is truncated', () => {
    const leaf = wide({ type: 'array', items: ref('Kind') });
    const flat = { type: 'object', additionalProperties: { type: 'number' } };
    const { schemas } = convertAll(
      {
        ...three,
        properties: {
          ...(three['properties'] as JsonObject),
          leaf,
          flat,
          choice: { oneOf: [{ type: 'null' }, wide(wide({}, 2), 2)] },
        },
      },
      { Kind: { type: 'string', enum: ['a', 'b'] } },
    );
    const { properties } = schemas[0] as { properties: Record<string, { properties: JsonObject }> };
    expect(properties['leaf']?.properties['p0']).toEqual({
      type: 'array',
      items: { type: 'string', enum: ['a', 'b'] },
    });
    expect(properties['flat']).toEqual(flat);
    expect(Object.keys(properties['choice'] ?? {})).toEqual(['anyOf']);
  });

  it('refuses nothing that the full schema would accept', () => {
    const strict = { ...wide({ type: 'string' }, 15), additionalProperties: false };
    const schema = wide({
      oneOf: [wide(strict, 15), { type: 'object', maxProperties: 1, not: strict }],
    });
    const { schemas, definitions, depth } = convertAll(schema);
    expect(definitions).toBeUndefined();
    const whole = schemas[0] as JsonObject;
    const validate = new AjvJsonSchemaValidator().getValidator(whole);
    expect(depth).toBe(2);
    expect(validate({ p0: { p0: { p0: 'x' } } }).valid).toBe(true);
    expect(validate({ p0: { p0: {} } }).valid).toBe(true);
    expect(validate({ p1: 1 }).valid).toBe(false);
  });

  it('has at least one level, however long that is', () => {
    const { depth, schemas } = convertAll(wide(three, 900));
    expect(depth).toBe(1);
    expect(Object.keys((schemas[0] as { properties: JsonObject }).properties)).toHaveLength(900);
  });

  it('counts the depth of a definition from its nearest use', () => {
    const schemas = { Node: wide({ anyOf: [ref('Node'), ref('Big')] }, 40), Big: three };
    const converted = convertAll(
      { properties: { deep: { items: { items: ref('Node') } }, near: ref('Node') } },
      schemas,
    );
    const again = convertAll(
      { properties: { near: ref('Node'), deep: { items: { items: ref('Node') } } } },
      schemas,
    );
    expect(converted.depth).toBe(again.depth);
    expect(converted.definitions).toEqual(again.definitions);
    expect(Object.keys(converted.definitions ?? {})).toContain('Node');
    expect(lengthOf(converted)).toBeLessThanOrEqual(LONGEST);
  });

  it('costs no more if it is much longer', () => {
    // Every schema refers to every other one: expanded, or visited one by one, they would be a million.
    const names = Array.from({ length: 300 }, (_, i) => `S${i}`);
    const all = Object.fromEntries(names.map((name) => [name, ref(name)]));
    const schemas = Object.fromEntries(
      names.map((name) => [name, { type: 'object', properties: all }]),
    );
    const converted = convertAll(ref('S0'), schemas);
    expect(converted.depth).toBe(1);
    expect(lengthOf(converted)).toBeLessThanOrEqual(LONGEST);
  });
});

describe('references', () => {
  it('inlines small schemas, and those that are mentioned once', () => {
    expect(
      convert({ properties: { a: ref('S'), b: ref('S') } }, { S: { type: 'string' } }),
    ).toEqual({ properties: { a: { type: 'string' }, b: { type: 'string' } } });
    expect(convert(ref('Big'), { Big: { type: 'object', properties: big } })).toEqual({
      type: 'object',
      properties: big,
    });
  });

  it('shares large schemas that are mentioned more than once', () => {
    expect(
      convert(
        { properties: { a: ref('Big'), b: ref('Big') } },
        { Big: { type: 'object', properties: big } },
      ),
    ).toEqual({
      properties: { a: { $ref: '#/$defs/Big' }, b: { $ref: '#/$defs/Big' } },
      $defs: { Big: { type: 'object', properties: big } },
    });
  });

  it('keeps recursion, through one schema and through several', () => {
    expect(
      convert(ref('Tree'), { Tree: { properties: { kids: { items: ref('Tree') } } } }),
    ).toEqual({
      $ref: '#/$defs/Tree',
      $defs: { Tree: { properties: { kids: { items: { $ref: '#/$defs/Tree' } } } } },
    });
    const around = convert(ref('A'), {
      A: { anyOf: [ref('B'), { type: 'null' }] },
      B: { properties: { a: ref('A') } },
    });
    expect(Object.keys((around as { $defs: JsonObject }).$defs)).toEqual(['A', 'B']);
  });

  it.each<[string, Record<string, JsonObject>]>([
    [
      'inheritance from a union',
      {
        Pet: { oneOf: [ref('Cat'), ref('Dog')] },
        Cat: { allOf: [ref('Pet'), { required: ['purrs'] }] },
        Dog: { allOf: [ref('Pet'), { required: ['barks'] }] },
      },
    ],
    ['a schema that is part of itself', { Pet: { allOf: [ref('Pet'), { required: ['purrs'] }] } }],
    [
      'unions of each other',
      { Pet: { anyOf: [ref('Cat'), { required: ['purrs'] }] }, Cat: { anyOf: [ref('Pet')] } },
    ],
  ])('breaks the cycle of %s, which validators cannot handle', (_, schemas) => {
    const validate = new AjvJsonSchemaValidator().getValidator(
      convert(ref('Pet'), schemas) as JsonObject,
    );
    expect(validate({ purrs: true }).valid).toBe(true);
  });

  it.each<JsonObject>([
    { type: 'integer', anyOf: [{ type: 'number', minimum: 1 }, { type: 'integer' }] },
    { type: 'string', anyOf: [{ type: ['string', 'null'] }, { type: 'string', minLength: 2 }] },
  ])('keeps a type that each branch has values of: %j', (schema) => {
    expect(convert(schema)).toEqual(schema);
  });

  it('describes the members of a circle of allOf, each schema once', () => {
    const names = Array.from({ length: 12 }, (_, index) => `S${index}`);
    const inherit = (name: string): JsonObject => ({
      allOf: names.filter((other) => other !== name).map(ref),
      properties: { [`p${name}`]: {} },
    });
    const schemas = Object.fromEntries(names.map((name) => [name, inherit(name)]));
    const text = JSON.stringify(convert(ref('S0'), schemas));
    for (const name of names) expect(text.split(`"p${name}":`)).toHaveLength(2);
  });

  it('still distinguishes the branches of a union with inheritance', () => {
    const schemas = {
      Pet: { oneOf: [ref('Cat'), ref('Dog')] },
      Cat: { allOf: [ref('Pet'), { required: ['purrs'] }] },
      Dog: { allOf: [ref('Pet'), { required: ['barks'] }] },
    };
    const validate = new AjvJsonSchemaValidator().getValidator(
      convert(ref('Pet'), schemas) as JsonObject,
    );
    expect([
      validate({}).valid,
      validate({ purrs: 1, barks: 1 }).valid,
      validate({ barks: 1 }).valid,
    ]).toEqual([false, true, true]);
  });

  it('follows chains that are longer than the call stack', () => {
    const link = (next: number): JsonObject =>
      next === 5000 ? { type: 'string' } : { properties: { next: ref(`S${next}`) } };
    const chain = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`S${i}`, link(i + 1)]),
    );
    const graph = createReferenceGraph({ components: { schemas: chain } });
    const conversion = new Conversion(graph);
    conversion.convert(ref('S0'));
    expect(Object.keys(conversion.definitions() ?? {}).length).toBeGreaterThan(100);
    const { depth = 0 } = convertSchemas(graph, [ref('S0')]);
    expect(depth).toBeGreaterThan(100);
  });

  it('lets siblings of a reference describe, and also restrict', () => {
    const schemas = { S: { type: 'string', description: 'old' } };
    expect(convert({ ...ref('S'), description: 'new' }, schemas)).toEqual({
      type: 'string',
      description: 'new\n\nold',
    });
    expect(convert({ ...ref('S'), maxLength: 3 }, schemas)).toEqual({
      allOf: [{ type: 'string', description: 'old' }],
      maxLength: 3,
    });
  });

  it('stays small where references multiply', () => {
    const level = (next: number): JsonObject =>
      next === 40 ? { type: 'string' } : { properties: { a: ref(`L${next}`), b: ref(`L${next}`) } };
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`L${i}`, level(i + 1)]),
    );
    expect(JSON.stringify(convert(ref('L0'), levels)).length).toBeLessThan(10_000);
  });

  it('accepts any value for a dangling reference', () => {
    expect(convert({ properties: { a: ref('Nowhere'), b: ref('Nowhere') } })).toEqual({
      properties: { a: true, b: true },
    });
  });

  it('treats a reference in data as data', () => {
    const schema = { enum: [{ $ref: '#/nowhere' }], default: { $ref: '#/nowhere' } };
    expect(convert(schema)).toEqual(schema);
  });
});
