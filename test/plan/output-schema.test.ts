import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { planPaths } from './helpers.js';

/** The properties that the output schema of an operation lists. */
function listed(properties: JsonObject): JsonObject {
  const schema = { type: 'object', properties };
  const responses = { 200: { description: 'OK', content: { 'application/json': { schema } } } };
  const { api } = planPaths({ '/x': { get: { responses } } }, {}, { outputSchemas: 'all' });
  return api.tools[0]?.outputSchema?.['properties'] as JsonObject;
}

it('has no names that validators in JavaScript find in every object', () => {
  const text = { type: 'string' };
  expect(listed({ constructor: text, toString: text, Constructor: text })).toEqual({
    Constructor: { type: ['string', 'null'] },
  });
});

it('has short descriptions of whole characters', () => {
  const description = `${'x'.repeat(119)}😀`;
  expect(listed({ name: { type: 'string', description } })).toMatchObject({
    name: { description: 'x'.repeat(119) },
  });
});
