import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { fold } from '../../src/plan/tools/fold.js';

const a = { a: { type: 'string' } };
const b = { b: { type: 'integer' } };

describe('the parts of allOf', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'a reference with a description of its own, in OpenAPI 3.0',
      { description: 'The owner.', allOf: [{ type: 'object', properties: a }] },
      { description: 'The owner.', type: 'object', properties: a },
    ],
    [
      'the same as AWS writes it',
      { allOf: [{ type: 'string', minLength: 1 }, { description: 'The domain.' }] },
      { description: 'The domain.', type: 'string', minLength: 1 },
    ],
    [
      'two descriptions, the specific one first',
      { allOf: [{ type: 'string', description: 'A name.' }, { description: 'The domain.' }] },
      { description: 'The domain.\n\nA name.', type: 'string' },
    ],
    [
      'members of a base and of its heir',
      {
        allOf: [
          { type: 'object', properties: a, required: ['a'] },
          { type: 'object', properties: b, required: ['b'] },
        ],
      },
      { type: 'object', properties: { ...a, ...b }, required: ['a', 'b'] },
    ],
    [
      'a part of a part',
      { allOf: [{ allOf: [{ allOf: [{ type: 'string' }] }, { minLength: 1 }] }] },
      { minLength: 1, type: 'string' },
    ],
    [
      'a schema that is closed as a whole',
      { unevaluatedProperties: false, allOf: [{ properties: a }, { properties: b }] },
      { properties: { ...a, ...b }, additionalProperties: false },
    ],
    [
      'a closed schema with members that depend on another one',
      { unevaluatedProperties: false, allOf: [{ dependentSchemas: { a: { properties: a } } }] },
      { unevaluatedProperties: false, dependentSchemas: { a: { properties: a } } },
    ],
    [
      'a schema that is only as closed as its additional members',
      { unevaluatedProperties: false, additionalProperties: { type: 'string' }, allOf: [{}] },
      { unevaluatedProperties: false, additionalProperties: { type: 'string' } },
    ],
    [
      'all but a closed part, which refuses the members of other parts',
      { allOf: [{ properties: a }, { properties: b, unevaluatedProperties: false }] },
      { properties: a, allOf: [{ properties: b, unevaluatedProperties: false }] },
    ],
    [
      'all but the reference',
      { allOf: [{ $ref: '#/$defs/x' }, { description: 'The domain.' }] },
      { description: 'The domain.', allOf: [{ $ref: '#/$defs/x' }] },
    ],
    [
      'an example of the only part with rules',
      { description: 'The domain.', allOf: [{ type: 'string', examples: ['x'] }] },
      { description: 'The domain.', type: 'string', examples: ['x'] },
    ],
  ])('are merged into the schema: %s', (_name, schema, expected) => {
    const folded = fold(schema);
    expect(folded).toEqual(expected);
    expect(JSON.stringify(folded['properties'])).toBe(JSON.stringify(expected['properties']));
  });

  it.each<[string, JsonObject]>([
    ['types that differ', { type: 'string', allOf: [{ type: 'integer' }] }],
    ['bounds that differ', { minimum: 1, allOf: [{ minimum: 2 }] }],
    ['defaults that differ', { default: 1, allOf: [{ type: 'integer', default: 2 }] }],
    ['two descriptions of one member', { properties: a, allOf: [{ properties: { a: {} } }] }],
    ['a choice beside a choice', { anyOf: [{}], allOf: [{ anyOf: [{ minimum: 1 }] }] }],
    [
      'additional members of one part',
      { properties: a, allOf: [{ properties: b, additionalProperties: { type: 'string' } }] },
    ],
    ['a closed part', { properties: a, allOf: [{ properties: b, additionalProperties: false }] }],
    [
      'a part that is closed as a whole',
      { anyOf: [{}], allOf: [{ unevaluatedProperties: false }] },
    ],
    ['items after others', { prefixItems: [{}], allOf: [{ items: { type: 'string' } }] }],
    ['a condition beside another one', { if: {}, allOf: [{ then: {} }] }],
    ['an encoding beside a format', { format: 'uri', allOf: [{ contentEncoding: 'base64' }] }],
    ['what is beside a reference', { $ref: '#/$defs/x', allOf: [{ type: 'string' }] }],
    // A server waives each rule that an example breaks.
    ['an example for two parts', { minimum: 1, examples: ['x'], allOf: [{ type: 'integer' }] }],
    ['false', { allOf: [false] }],
    ['very many', { allOf: Array.from({ length: 65 }, () => ({ type: 'string' })) }],
  ])('are not merged: %s', (_name, schema) => {
    expect(fold(schema)).toEqual(schema);
  });
});
