import { expect, test } from 'vitest';
import { at } from './helpers.js';
import { sending, toolsOf } from './tools.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const typed = (type: string) => ({ type });
const list = { type: 'array', items: { $dynamicRef: '#item' } };
const page = (rest: object = {}) => ({
  type: 'object',
  properties: { items: list, next: typed('string') },
  ...rest,
});
const placeholder = { item: { $dynamicAnchor: 'item' } };
const holding = (anchor: object) => ({ $defs: { item: { $dynamicAnchor: 'item', ...anchor } } });
const Pet = { type: 'object', properties: { name: typed('string') } };
const Shop = { type: 'object', properties: { city: typed('string') } };

async function bodyOf(schema: object, schemas: object, files: object = {}) {
  const { tools, warnings } = await toolsOf({ 'o.json': sending(schema, schemas), ...files });
  const root = tools['send'];
  return { root, body: at(root, 'properties', 'body'), warnings };
}

/** The names of the members of a page's items, at a place of the body. */
function itemAt(body: unknown, ...path: string[]): string[] {
  return Object.keys(at(body, ...path, 'properties', 'items', 'items', 'properties') as object);
}

const pages = {
  Page: page({ $id: 'page', $defs: placeholder }),
  PetPage: { $id: 'pet-page', $ref: 'page', ...holding(ref('Pet')) },
  ShopPage: { $id: 'shop-page', $ref: 'page', ...holding(ref('Shop')) },
  Pet,
  Shop,
};

test('a template is filled in by the schema that refers to it', async () => {
  const { body, warnings } = await bodyOf(
    { properties: { pets: ref('PetPage'), shops: ref('ShopPage') } },
    pages,
  );
  expect(warnings).toEqual([]);
  expect(itemAt(body, 'properties', 'pets')).toEqual(['name']);
  expect(itemAt(body, 'properties', 'shops')).toEqual(['city']);
});

test.each<[string, object, object]>([
  ['without identifiers', ref('A'), { A: { ...ref('P'), ...holding(ref('Pet')) } }],
  ['in the operation', { ...ref('P'), ...holding(ref('Pet')) }, {}],
  ['by allOf', ref('A'), { A: { allOf: [ref('P')], ...holding(ref('Pet')) } }],
  ['through another schema', ref('A'), { A: { ...ref('B'), ...holding(ref('Pet')) }, B: ref('P') }],
  [
    'the outermost one decides',
    ref('A'),
    { A: { ...ref('B'), ...holding(ref('Pet')) }, B: { ...ref('P'), ...holding(ref('Shop')) } },
  ],
  ['in place', ref('A'), { A: { ...ref('P'), $defs: { x: { $dynamicAnchor: 'item', ...Pet } } } }],
])('a template is filled in: %s', async (_, schema, schemas) => {
  const { body, warnings } = await bodyOf(schema, {
    P: page({ $defs: placeholder }),
    ...schemas,
    Pet,
    Shop,
  });
  expect(warnings).toEqual([]);
  const text = JSON.stringify(body);
  expect([text.includes('"name"'), text.includes('"city"')]).toEqual([true, false]);
});

test('a template by itself has the contents of its placeholder', async () => {
  const { body, warnings } = await bodyOf(ref('Page'), pages);
  expect(warnings).toEqual([]);
  expect(at(body, 'properties', 'items', 'items')).toEqual({});
});

test('templates in templates', async () => {
  const { body } = await bodyOf(ref('Answer'), {
    ...pages,
    Envelope: { $id: 'envelope', properties: { data: ref('Page') } },
    Answer: { $id: 'answer', $ref: 'envelope', ...holding(ref('Shop')) },
  });
  expect(itemAt(body, 'properties', 'data')).toEqual(['city']);
});

test('a tree has the nodes of the schema that extends it', async () => {
  const { root } = await bodyOf(ref('Labelled'), {
    Tree: {
      $id: 'tree',
      $dynamicAnchor: 'node',
      type: 'object',
      properties: { children: { type: 'array', items: { $dynamicRef: '#node' } } },
    },
    Labelled: {
      $id: 'labelled',
      $dynamicAnchor: 'node',
      $ref: 'tree',
      properties: { label: typed('string') },
    },
  });
  const text = JSON.stringify(root);
  expect(text).toContain('"label":{"type":"string"}');
  expect(text).toMatch(/"children":\{"type":"array","items":\{"\$ref":"[^"]*Labelled/);
});

test('a template in another file', async () => {
  const { body, warnings } = await bodyOf(
    { $ref: 'page.json', ...holding(ref('Pet')) },
    { Pet },
    { 'page.json': page({ $defs: placeholder }) },
  );
  expect(warnings).toEqual([]);
  expect(JSON.stringify(body)).toContain('"name"');
});

test('if nothing decides between several, any value is accepted, with a warning', async () => {
  const { body, warnings } = await bodyOf(
    { properties: { page: ref('Bare'), a: ref('A'), b: ref('B') } },
    { Bare: page(), A: holding(Pet), B: holding(Shop) },
  );
  expect(at(body, 'properties', 'page', 'properties', 'items', 'items')).toEqual({});
  expect(warnings).toMatchObject([
    { code: 'UNRESOLVED_REF', place: '#/components/schemas/Bare/properties/items/items' },
  ]);
});

test('documents that would need too many copies end', async () => {
  const count = 20;
  const schemas: Record<string, object> = {};
  for (let index = 0; index < count; index += 1) {
    const next = [1, 2, 3].map((step) => ref(`S${(index * 3 + step) % count}`));
    const $defs = { [`d${index}`]: { $dynamicAnchor: `d${index % 12}`, ...typed('string') } };
    const x = { $dynamicRef: `#d${(index + 5) % 12}` };
    schemas[`S${index}`] = { $id: `s${index}`, properties: { x }, anyOf: next, $defs };
  }
  const { body } = await bodyOf(ref('S0'), schemas);
  expect(body).toBeDefined();
});
