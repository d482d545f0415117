import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { planOperation } from './helpers.js';

function fieldsFor(responses: JsonObject): readonly string[] | undefined {
  return planOperation({ responses }, { method: 'get', path: '/x' }).tool?.fields;
}

const answering = (schema: Json): JsonObject => ({
  200: { description: 'OK', content: { 'application/json': { schema } } },
});

const pet = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };

describe('the argument fields', () => {
  it.each<[string, JsonObject, string[]]>([
    ['a list', answering({ type: 'array', items: pet }), ['id', 'name']],
    ['an undescribed response', { 200: { description: 'OK' } }, []],
    ['an operation without responses', {}, []],
    ['only errors', { 404: { description: 'Not found' } }, []],
    ['an object without members', answering({ type: 'object' }), []],
    ['a list of anything', answering({ type: 'array', items: {} }), []],
    ['a text or an object', answering({ anyOf: [{ type: ['string', 'object'] }] }), []],
  ])('is offered for %s', (_, responses, names) => {
    expect(fieldsFor(responses)).toEqual(names);
  });

  it.each<[string, JsonObject]>([
    ['a small object', answering(pet)],
    ['a text', answering({ type: 'string' })],
    ['a list of numbers', answering({ type: 'array', items: { type: 'integer' } })],
    ['a response without content', { 204: { description: 'Done' } }],
    ['a redirection', { 302: { description: 'Elsewhere' } }],
  ])('is not offered for %s', (_, responses) => {
    expect(fieldsFor(responses)).toBeUndefined();
  });
});
