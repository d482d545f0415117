import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { array, isObject, object } from '../../src/json.js';
import { planOperation } from './helpers.js';

type Check = (value: Json) => boolean;

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const typed = (type: string): JsonObject => ({ type });
const objectOf = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...rest,
});

/** The schema of one tool's arguments, and whether it accepts a body. */
function bodyOf(
  schema: Json,
  schemas: JsonObject = {},
  mediaType = 'application/json',
): { body: JsonObject; root: JsonObject; takes: Check } {
  const { tool } = planOperation(
    { requestBody: { required: true, content: { [mediaType]: { schema } } } },
    { rest: { components: { schemas } } },
  );
  const root = tool?.inputSchema as JsonObject;
  const validate = new AjvJsonSchemaValidator().getValidator(root);
  const body = object(object(root['properties'])['body']);
  return { body, root, takes: (value) => validate({ body: value }).valid };
}

const animals: JsonObject = {
  Pet: objectOf(
    { petType: typed('string'), name: typed('string') },
    {
      required: ['petType'],
      discriminator: { propertyName: 'petType', mapping: { kitty: '#/components/schemas/Cat' } },
    },
  ),
  Cat: { allOf: [ref('Pet'), objectOf({ lives: typed('integer') }, { required: ['lives'] })] },
  Dog: { allOf: [ref('Pet'), objectOf({ bark: typed('boolean') }, { required: ['bark'] })] },
};

describe('a discriminator whose kinds extend the base', () => {
  it('becomes one branch per kind, with the value for that kind', () => {
    const { body, takes } = bodyOf(ref('Pet'), animals);
    expect(body).toEqual({
      anyOf: [
        {
          type: 'object',
          properties: {
            petType: { type: 'string', const: 'kitty' },
            name: typed('string'),
            lives: typed('integer'),
          },
          required: ['petType', 'lives'],
        },
        {
          type: 'object',
          properties: {
            petType: { type: 'string', const: 'Dog' },
            name: typed('string'),
            bark: typed('boolean'),
          },
          required: ['petType', 'bark'],
        },
      ],
    });
    expect(takes({ petType: 'kitty', lives: 9 })).toBe(true);
    expect(takes({ petType: 'Dog', lives: 9 })).toBe(false);
  });

  const cat = { petType: 'kitty', lives: 9 };
  const fish = { petType: 'Fish' };
  it.each<[string, Json, (pet: Json) => Json]>([
    ['in a property', objectOf({ pet: ref('Pet') }), (pet) => ({ pet })],
    ['in a list', { type: 'array', items: ref('Pet') }, (pet) => [pet]],
    ['in a map', { type: 'object', additionalProperties: ref('Pet') }, (pet) => ({ a: pet })],
    [
      'in a wrapper that only describes',
      objectOf({ pet: { description: 'Whose?', allOf: [ref('Pet')] } }),
      (pet) => ({ pet }),
    ],
    [
      'as one choice of several',
      objectOf({ pet: { oneOf: [ref('Pet'), { type: 'null' }] } }),
      (pet) => ({ pet }),
    ],
    ['twice, and so in $defs', objectOf({ a: ref('Pet'), b: ref('Pet') }), (pet) => ({ b: pet })],
  ])('%s', (_, schema, wrap) => {
    const { takes } = bodyOf(schema, animals);
    expect(takes(wrap(cat))).toBe(true);
    expect(takes(wrap(fish))).toBe(false);
    expect(takes(wrap({ petType: 'kitty' }))).toBe(false);
  });

  it('works in a form', () => {
    const { takes } = bodyOf(objectOf({ pet: ref('Pet') }), animals, 'multipart/form-data');
    expect([takes({ pet: cat }), takes({ pet: fish })]).toEqual([true, false]);
  });

  it('works over several generations, each of which is itself a kind', () => {
    const schemas = {
      ...animals,
      Lion: { allOf: [ref('Cat'), objectOf({ mane: typed('boolean') }, { required: ['mane'] })] },
    };
    const whole = bodyOf(ref('Pet'), schemas);
    expect(array(whole.body['anyOf'])).toHaveLength(3);
    expect(whole.takes({ petType: 'Lion', lives: 1, mane: true })).toBe(true);
    expect(whole.takes({ petType: 'Lion', mane: true })).toBe(false);
    const cats = bodyOf(ref('Cat'), schemas);
    expect(cats.takes({ petType: 'Lion', lives: 1, mane: true })).toBe(true);
    expect(cats.takes({ petType: 'kitty', lives: 1 })).toBe(true);
    expect(cats.takes({ petType: 'Dog', bark: true })).toBe(false);
  });

  it('ends if kinds contain one another', () => {
    const friends = objectOf({ friends: { type: 'array', items: ref('Pet') } });
    const schemas = { ...animals, Dog: { allOf: [ref('Pet'), friends] } };
    const { root, takes } = bodyOf(ref('Pet'), schemas);
    const dog = (friend: Json): Json => ({ petType: 'Dog', friends: [friend] });
    expect(JSON.stringify(root).length).toBeLessThan(1000);
    expect(takes(dog(dog(cat)))).toBe(true);
    expect(takes(dog(dog(fish)))).toBe(false);
  });

  it.each<[string, JsonObject, string]>([
    ['in the spelling of the base', { enum: ['cat', 'dog'] }, 'dog'],
    ['exactly, if they are names', { enum: ['Cat', 'Dog', 'dog'] }, 'Dog'],
    ['as Azure states them', {}, 'Microsoft.Dog'],
  ])('states values %s', (_, listed, value) => {
    const stated = { 'x-ms-discriminator-value': value };
    const schemas = {
      Pet: {
        ...object(animals['Pet'] ?? null),
        discriminator: { propertyName: 'petType' },
        properties: { petType: { type: 'string', ...listed } },
      },
      Cat: animals['Cat'] ?? null,
      Dog: { ...object(animals['Dog'] ?? null), ...(Object.keys(listed).length === 0 && stated) },
    };
    const { takes } = bodyOf(ref('Pet'), schemas);
    expect(takes({ petType: value, bark: true })).toBe(true);
    expect(takes({ petType: value, lives: 9 })).toBe(false);
    expect(takes({ petType: 'Bird', bark: true })).toBe(false);
  });

  it.each<[string, (schemas: JsonObject) => JsonObject]>([
    ['', (schemas) => schemas],
    [
      ' in a schema of their own',
      ({ Pet, ...others }) => {
        const { petType: Kind, ...rest } = object(object(Pet ?? null)['properties']);
        const properties = { ...rest, petType: ref('Kind') };
        return { ...others, Pet: { ...object(Pet ?? null), properties }, Kind: Kind ?? null };
      },
    ],
  ])('keeps the values of the base that have no kind%s', (_, arranged) => {
    const pet = object(animals['Pet'] ?? null);
    const petType = { type: 'string', enum: ['kitty', 'Dog', 'fish', 'bird'] };
    const properties = { ...object(pet['properties']), petType };
    const { body, takes } = bodyOf(
      ref('Pet'),
      arranged({ ...animals, Pet: { ...pet, properties } }),
    );
    expect(array(body['anyOf'])).toHaveLength(3);
    expect(takes({ petType: 'fish', name: 'x' })).toBe(true);
    expect([takes({ petType: 'Dog' }), takes({ petType: 'Fish' })]).toEqual([false, false]);
  });

  it('has any value, or none, where the kind is the one for all others', () => {
    const discriminator = { propertyName: 'petType', defaultMapping: 'Dog' };
    const pet = objectOf({ petType: typed('string') }, { discriminator });
    const choice = { oneOf: [ref('Cat'), ref('Dog')], discriminator };
    for (const schema of [ref('Pet'), choice]) {
      const { takes } = bodyOf(schema, { ...animals, Pet: pet });
      expect(takes({ petType: 'Cat', lives: 9 })).toBe(true);
      expect([takes({ petType: 'Fish', bark: true }), takes({ bark: true })]).toEqual([true, true]);
      expect(takes({ lives: 9 })).toBe(false);
    }
  });

  it('has numbers as values where the property is a number', () => {
    const mapping = { 1: 'Cat', 2: 'Dog' };
    const pet = (listed: JsonObject) =>
      objectOf(
        { petType: { type: ['integer', 'null'], ...listed } },
        { discriminator: { propertyName: 'petType', mapping } },
      );
    const { takes } = bodyOf(ref('Pet'), { ...animals, Pet: pet({}) });
    expect(takes({ petType: 1, lives: 9 })).toBe(true);
    expect(takes({ petType: 2, lives: 9 })).toBe(false);
    const { takes: takesListed } = bodyOf(ref('Pet'), {
      ...animals,
      Pet: pet({ enum: [1, 2, 3] }),
    });
    expect([3, 4].map((petType) => takesListed({ petType }))).toEqual([true, false]);
    expect(takesListed({ petType: 2, lives: 9 })).toBe(false);
  });

  it('states values as generators for Java write them, also in a part of a kind', () => {
    const [first, part] = array(object(animals['Dog'] ?? null)['allOf']);
    const stated = { ...object(part), 'x-discriminator-value': 'DOG' };
    const schemas = { ...animals, Dog: { allOf: [first ?? null, stated] } };
    const { takes } = bodyOf(ref('Pet'), schemas);
    expect(takes({ petType: 'DOG', bark: true })).toBe(true);
    expect(takes({ petType: 'Dog', bark: true })).toBe(false);
  });

  it('expands no more kinds than a model can read, but names the values of all', () => {
    const kinds = Array.from({ length: 50 }, (_, index) => `Kind${index}`);
    const many = Object.fromEntries(kinds.map((name) => [name, { allOf: [ref('Pet')] }]));
    const { body } = bodyOf(ref('Pet'), { Pet: animals['Pet'] ?? null, ...many });
    const { enum: values, ...rest } = object(object(body['properties'])['petType'] ?? null);
    expect(rest).toEqual({ type: 'string' });
    expect(array(values).toSorted()).toEqual([...kinds, 'kitty'].toSorted());
  });

  it('expands only the kinds of the upper levels if all of them would be too long', () => {
    const kinds = ['Kind0', 'Kind1', 'Kind2'];
    const members = (from: string) =>
      Object.fromEntries(
        Array.from({ length: 300 }, (_, at) => [`${from}Member${at}`, typed('string')]),
      );
    const schemas = {
      ...animals,
      Cat: { allOf: [ref('Pet'), objectOf({ toy: ref('Toy') })] },
      Toy: objectOf(
        { sort: typed('string'), name: typed('string') },
        { discriminator: { propertyName: 'sort' } },
      ),
      ...Object.fromEntries(
        kinds.map((kind) => [kind, { allOf: [ref('Toy'), objectOf(members(kind))] }]),
      ),
    };
    const upper = bodyOf(ref('Pet'), schemas).body;
    const [cat] = array(upper['anyOf']).map((branch) => object(object(branch)['properties']));
    expect(cat?.['petType']).toEqual({ type: 'string', const: 'kitty' });
    expect(cat?.['toy']).toEqual(
      objectOf(
        { sort: { type: 'string', enum: kinds }, name: typed('string') },
        { required: ['sort'] },
      ),
    );
    const few = { ...schemas, Kind1: typed('object'), Kind2: typed('object') };
    const [all] = array(bodyOf(ref('Pet'), few).body['anyOf']).map((branch) =>
      object(object(object(branch)['properties'])['toy'] ?? null),
    );
    expect(all?.['anyOf']).toHaveLength(1);
  });

  it('does not turn a reference to one kind into a choice', () => {
    const { takes } = bodyOf(ref('Dog'), animals);
    expect(takes({ petType: 'Dog', bark: true })).toBe(true);
    expect(takes({ petType: 'Dog' })).toBe(false);
  });
});

describe('a discriminator beside a choice', () => {
  const card = objectOf({ kind: typed('string'), token: typed('string') }, { required: ['kind'] });
  const bank = objectOf({ kind: typed('string'), iban: typed('string') });
  const mapping = { card: '#/components/schemas/Card', 'wire/1': 'Bank', 'wire/2': 'Bank' };
  const discriminator = { propertyName: 'kind', mapping };

  it.each(['oneOf', 'anyOf'])('gives each branch of %s its values', (keyword) => {
    const { body } = bodyOf(
      { [keyword]: [ref('Card'), ref('Bank')], discriminator },
      { Card: card, Bank: bank },
    );
    const [first, second] = array(body['anyOf']).map((branch) => object(branch)['properties']);
    expect(first).toMatchObject({ kind: { const: 'card' } });
    expect(second).toMatchObject({ kind: { enum: ['wire/1', 'wire/2'] } });
    expect(array(body['anyOf']).map((branch) => object(branch)['required'])).toEqual([
      ['kind'],
      ['kind'],
    ]);
  });

  it('leaves branches unchanged that state the value themselves, or have no name', () => {
    const own = objectOf({ kind: { type: 'string', enum: ['CARD_V2'] } });
    const { body } = bodyOf(
      { oneOf: [ref('Card'), typed('string')], discriminator: { propertyName: 'kind' } },
      { Card: own },
    );
    expect(body['anyOf']).toEqual([
      objectOf({ kind: { type: 'string', enum: ['CARD_V2'] } }, { required: ['kind'] }),
      typed('string'),
    ]);
  });

  it('does not loop if the kinds extend the choice', () => {
    const schemas = {
      Pay: { ...card, oneOf: [ref('Card'), ref('Bank')], discriminator },
      Card: { allOf: [ref('Pay'), objectOf({ token: typed('string') }, { required: ['token'] })] },
      Bank: { allOf: [ref('Pay'), objectOf({ iban: typed('string') }, { required: ['iban'] })] },
    };
    const { takes } = bodyOf(ref('Pay'), schemas);
    expect(takes({ kind: 'card', token: 't' })).toBe(true);
    expect(takes({ kind: 'card', iban: 'i' })).toBe(false);
  });
});

describe('branches that overlap', () => {
  const mail = objectOf({ email: typed('string') });
  it.each<[string, Json, Json]>([
    ['at the top', { oneOf: [mail, objectOf({ vat: typed('string') })] }, { email: 'a' }],
    ['in a property', objectOf({ a: { oneOf: [typed('number'), typed('integer')] } }), { a: 1 }],
    ['in a list', { type: 'array', items: { oneOf: [typed('string'), {}] } }, ['a']],
    ['in allOf', { allOf: [{ oneOf: [mail, mail] }] }, { email: 'a' }],
    ['beside anyOf', { anyOf: [mail, {}], oneOf: [mail, {}] }, { email: 'a' }],
    ['in a map', { type: 'object', additionalProperties: { oneOf: [{}, {}] } }, { a: 1 }],
    ['in $defs', objectOf({ a: ref('Mail'), b: ref('Mail') }), { b: { email: 'a' } }],
  ])('accept what one of them accepts: %s', (_, schema, value) => {
    const long = objectOf({ email: { type: 'string', description: 'x'.repeat(600) } });
    const { root, takes } = bodyOf(schema, { Mail: { oneOf: [long, mail] } });
    expect(takes(value)).toBe(true);
    expect(JSON.stringify(root)).not.toContain('oneOf');
  });

  it('still refuse what none of them accepts', () => {
    const { takes } = bodyOf({ anyOf: [mail, {}], oneOf: [typed('string'), typed('number')] });
    expect([takes({ email: 'a' }), takes('a')]).toEqual([false, true]);
  });
});

describe('a closed object that is part of a composition', () => {
  const closed = { additionalProperties: false };
  const pet = objectOf({ name: typed('string') }, { ...closed, required: ['name'] });
  const street = objectOf({ street: typed('string') }, closed);
  const x = objectOf({ x: typed('string') });
  const schemas = { Pet: pet, Street: street };
  const choice = [
    { required: ['salt'], ...objectOf({ salt: typed('boolean') }) },
    { required: ['fresh'], ...objectOf({ fresh: typed('boolean') }) },
  ];

  it.each<[string, Json, Json]>([
    ['a base', { allOf: [ref('Pet'), objectOf({ bark: {} })] }, { name: 'a', bark: 1 }],
    ['beside allOf', { allOf: [x], ...objectOf({ lives: {} }, closed) }, { x: 'a', lives: 1 }],
    ['two of them', { allOf: [ref('Pet'), ref('Street')] }, { name: 'a', street: 'b' }],
    ['beside oneOf', { ...street, oneOf: choice }, { street: 'a', salt: true }],
    [
      'branches beside properties',
      { ...x, oneOf: [ref('Street'), ref('Pet')] },
      { x: 'a', street: 'b' },
    ],
    [
      'below another composition',
      { allOf: [{ allOf: [ref('Pet'), ref('Street')] }, x] },
      { name: 'a', street: 'b', x: 'c' },
    ],
    [
      'in a property',
      objectOf({ address: { allOf: [ref('Street'), objectOf({ city: {} })] } }),
      { address: { street: 'a', city: 'b' } },
    ],
    [
      'in a list',
      { type: 'array', items: { allOf: [ref('Street'), x] } },
      [{ street: 'a', x: 'b' }],
    ],
    ['beside a $ref', { ...ref('Street'), properties: { city: {} } }, { street: 'a', city: 'b' }],
  ])('allows the members of the other parts: %s', (_, schema, value) => {
    const { takes } = bodyOf(schema, schemas);
    expect(takes(value)).toBe(true);
    const items = array(value);
    const stranger = { stranger: 1 };
    const [key = ''] = Object.keys(object(value));
    const inner = object(value)[key] ?? null;
    const odd =
      items.length > 0
        ? [{ ...object(items[0] ?? null), ...stranger }]
        : isObject(inner)
          ? { [key]: { ...inner, ...stranger } }
          : { ...object(value), ...stranger };
    expect(takes(odd)).toBe(false);
  });

  it('works in a list of a property', () => {
    const items = { allOf: [ref('Street'), x] };
    const { takes } = bodyOf(objectOf({ many: { type: 'array', items } }), schemas);
    expect(takes({ many: [{ street: 'a', x: 'b' }] })).toBe(true);
    expect(takes({ many: [{ street: 'a', x: 'b', stranger: 1 }] })).toBe(false);
  });

  it('works in a shared definition', () => {
    const long = objectOf(
      { name: { type: 'string', description: 'x'.repeat(600) } },
      { ...closed, required: ['name'] },
    );
    const { takes } = bodyOf(
      objectOf({ a: ref('Dog'), b: ref('Dog'), c: ref('Pet'), d: ref('Pet') }),
      { Pet: long, Dog: { allOf: [ref('Pet'), objectOf({ bark: {} })] } },
    );
    expect(takes({ a: { name: 'a', bark: 1 }, d: { name: 'a' } })).toBe(true);
    expect(takes({ d: { name: 'a', bark: 1 } })).toBe(false);
  });

  describe('that contains itself', () => {
    const text = typed('string');
    const inner = (part: Json): Json => objectOf({ name: text, node: part }, closed);
    const z = objectOf({ z: text });

    it.each<[string, JsonObject, Json]>([
      [
        'beside other members',
        { Node: inner({ allOf: [ref('Node'), z] }) },
        { node: { node: { name: 'a', z: 'b' } } },
      ],
      [
        'in a list',
        { Node: inner({ type: 'array', items: { allOf: [ref('Node'), z] } }) },
        { node: [{ node: [{ name: 'a', z: 'b' }] }] },
      ],
      [
        'in a map',
        { Node: inner({ additionalProperties: { allOf: [ref('Node'), z] } }) },
        { node: { x: { node: { y: { name: 'a', z: 'b' } } } } },
      ],
      ['beside a $ref', { Node: inner({ ...ref('Node'), ...z }) }, { node: { node: { z: 'b' } } }],
      [
        'in a choice',
        { Node: inner({ anyOf: [ref('Node'), typed('null')], ...z }) },
        { node: { node: { name: 'a', z: 'b' } } },
      ],
      [
        'through another schema',
        { Node: inner({ allOf: [ref('Other'), z] }), Other: inner({ allOf: [ref('Node'), z] }) },
        { node: { node: { node: { name: 'a', z: 'b' } } } },
      ],
      [
        'through its base',
        {
          Node: { allOf: [ref('Base'), inner({ allOf: [ref('Node'), z] })] },
          Base: objectOf({ base: { allOf: [ref('Base'), z] } }, closed),
        },
        { base: { base: { z: 'b' } }, node: { node: { name: 'a', z: 'b', base: { z: 'b' } } } },
      ],
    ])('allows the members of the other parts: %s', (_, all, value) => {
      const { takes, root } = bodyOf(ref('Node'), all);
      expect(takes(value)).toBe(true);
      const odd = JSON.stringify(value).replace('"z":', '"stranger":');
      expect(takes(JSON.parse(odd) as Json)).toBe(false);
      expect(JSON.stringify(root).length).toBeLessThan(2000);
    });

    it('keeps the branches of a discriminator', () => {
      const discriminator = { propertyName: 'kind' };
      const oneOf = [ref('Leaf'), ref('Branch')];
      const { takes } = bodyOf(ref('Branch'), {
        Node: { oneOf, discriminator, ...closed },
        Leaf: objectOf({ kind: text, size: typed('integer') }, closed),
        Branch: objectOf({ kind: text, node: { allOf: [ref('Node'), z] } }, closed),
      });
      const leaf = { kind: 'Leaf', size: 1, z: 'b' };
      expect(takes({ kind: 'Branch', node: { kind: 'Branch', node: leaf } })).toBe(true);
      expect(takes({ kind: 'Branch', node: { ...leaf, size: 'b' } })).toBe(false);
    });
  });

  it.each([
    ['longer than the call stack', 3000],
    ['each mentioned twice', 40],
  ])('is shared in chains that are %s', (_, length) => {
    const grown = (name: string): JsonObject => ({ allOf: [ref(name), x] });
    const chain = Object.fromEntries(
      Array.from({ length }, (__, at) => {
        const next = grown(`S${at + 1}`);
        return [`S${at}`, objectOf({ a: next, b: next }, closed)];
      }),
    );
    const { takes } = bodyOf(ref('S0'), { ...chain, [`S${length}`]: street });
    expect(takes({ a: { x: 'a', b: { x: 'a' } }, b: { a: { x: 'a' } } })).toBe(true);
    expect(takes({ a: { x: 'a', b: { stranger: 1 } } })).toBe(false);
  });

  it('is referred to where nothing adds members to it', () => {
    const wrapped = { description: 'Where the mail goes.', allOf: [ref('Street')] };
    const { body } = bodyOf(objectOf({ mail: wrapped }), schemas);
    expect(body).toEqual(objectOf({ mail: { description: 'Where the mail goes.', ...street } }));
  });

  it('stays closed by itself', () => {
    expect(bodyOf(ref('Pet'), schemas).body).toEqual(pet);
    const { body } = bodyOf({ oneOf: [ref('Pet'), ref('Street')] }, schemas);
    expect(body).toEqual({ anyOf: [pet, street] });
  });
});

describe('lists', () => {
  const list = typed('array');
  it.each<[string, Json, JsonObject]>([
    ['at the top', list, {}],
    ['in a property', objectOf({ a: { ...list, description: 'numbers' } }), {}],
    ['in a list', { type: 'array', items: list }, {}],
    ['in a map', { type: 'object', additionalProperties: list }, {}],
    ['among types', { type: ['array', 'null'] }, {}],
    ['in a branch', { oneOf: [list, typed('string')] }, {}],
    ['with places', { type: 'array', prefixItems: [list] }, {}],
    ['with any items', { type: 'array', items: true }, {}],
    ['in $defs', objectOf({ a: ref('Tree') }), { Tree: objectOf({ t: ref('Tree'), l: list }) }],
  ])('always describe their items: %s', (_, schema, schemas) => {
    const { root } = bodyOf(schema, schemas);
    const lists = schemasIn(root).filter(({ type }) => [type ?? []].flat().includes('array'));
    expect(lists.length).toBeGreaterThan(0);
    for (const found of lists) expect(found['items']).toBeTypeOf('object');
  });

  it('do so as parameters, and in the headers of parts', () => {
    const parameters = [
      { name: 'ids', in: 'query', schema: list },
      { name: 'X-Ids', in: 'header', schema: list },
    ];
    const encoding = { a: { headers: { 'X-Tags': { schema: list } } } };
    const content = { 'multipart/form-data': { schema: objectOf({ a: list }), encoding } };
    const { tool } = planOperation({ parameters, requestBody: { content } });
    const root = tool?.inputSchema as JsonObject;
    const lists = schemasIn(root).filter(({ type }) => type === 'array');
    expect(lists).toHaveLength(4);
    for (const found of lists) expect(found['items']).toEqual({});
  });
});

/** All objects of a schema, whatever they are. */
function schemasIn(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(schemasIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(schemasIn)] : [];
}
