import { describe, expect, test } from 'vitest';
import { array, object, text, type Json, type JsonObject } from '../../src/json.js';
import { sending, toolsOf } from './tools.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const typed = (type: string) => ({ type });
const holding = (name: string) => ({ type: 'object', properties: { [name]: typed('string') } });
const base = (mapping: object) => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: typed('string') },
  discriminator: { propertyName: 'kind', mapping },
});
const kinds = {
  Cat: { allOf: [ref('Base'), holding('lives')] },
  Dog: { allOf: [ref('Base'), holding('bark')] },
};

/** The alternatives of a body: the values of `kind` with their other members. */
async function choicesOf(schema: object, schemas: object, files: object = {}) {
  const { tools } = await toolsOf({ 'o.json': sending(schema, schemas), ...files });
  const root = tools['send'] ?? {};
  const body = object(object(root['properties'])['body']);
  return Object.fromEntries(array(body['anyOf']).flatMap(choice));
}

function choice(branch: Json): [string, string[]][] {
  const { kind, ...others } = object((branch as JsonObject)['properties']);
  const { const: single, enum: several } = object(kind);
  return (several === undefined ? [single ?? null] : array(several)).map((value) => [
    text(value) ?? '',
    Object.keys(others),
  ]);
}

describe('a value of a mapping means the schema', () => {
  test.each([
    ['by its name', 'Cat'],
    ['by its pointer', '#/components/schemas/Cat'],
    ['of a file that the document was bundled from', './schemas/Cat.yaml'],
    ['of a file with more dots', 'Cat.schema.json'],
    ['of 2.0', '#/definitions/Cat'],
    ['in a missing file', 'common.yaml#/components/schemas/Cat'],
  ])('%s', async (_, target) => {
    const found = await choicesOf(ref('Base'), { Base: base({ c: target }), ...kinds });
    expect(found).toEqual({ c: ['lives'], Dog: ['bark'] });
  });

  test.each(['oneOf', 'anyOf'])('beside %s too', async (keyword) => {
    const discriminator = { propertyName: 'kind', mapping: { c: 'Cat.json', d: './x/Dog.yml' } };
    const found = await choicesOf(
      { [keyword]: [ref('Cat'), ref('Dog')], discriminator },
      { Cat: holding('lives'), Dog: holding('bark') },
    );
    expect(found).toEqual({ c: ['lives'], d: ['bark'] });
  });
});

describe('an unresolvable value of a mapping is nevertheless accepted', () => {
  test('if every kind has another one', async () => {
    const mapping = { c: 'Cat', d: 'Dog', bird: 'Bird' };
    const found = await choicesOf(ref('Base'), { Base: base(mapping), ...kinds });
    expect(found).toEqual({ c: ['lives'], d: ['bark'], bird: [] });
  });

  test('if a kind has none', async () => {
    const found = await choicesOf(ref('Base'), { Base: base({ c: 'Cat', d: 'Hund' }), ...kinds });
    expect(found).toEqual({ c: ['lives'], Dog: ['bark'], d: ['bark'] });
  });
});

test('kinds may extend the base beside the reference to it', async () => {
  const found = await choicesOf(ref('Base'), {
    Base: base({}),
    Cat: { ...ref('Base'), ...holding('lives') },
    Alias: ref('Base'),
  });
  expect(found).toEqual({ Cat: ['lives'] });
});

test('the names of a mapping in another file are resolved in that file', async () => {
  const schemas = { Base: base({ c: 'Cat', d: '#/components/schemas/Dog' }), ...kinds };
  const found = await choicesOf(
    { $ref: 'pets.json#/components/schemas/Base' },
    { Cat: typed('string') },
    { 'pets.json': { components: { schemas } } },
  );
  expect(found).toEqual({ c: ['lives'], d: ['bark'] });
});
