import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../templates/src/runtime/api.js';
import { instructionsOf, listTool } from '../../templates/src/runtime/listing.js';
import { makeTool } from './upstream/wire.js';

describe('a listed tool', () => {
  const tool = makeTool({});

  test.each<[string, JsonObject, boolean]>([
    ['arguments', { properties: { a: {} } }, false],
    ['an open body', { properties: { body: { type: 'object' } } }, false],
    ['a closed body', { properties: { body: { additionalProperties: false } } }, true],
    ['a body closed as a whole', { properties: { body: { unevaluatedProperties: false } } }, true],
    ['no arguments', {}, true],
  ])('with %s is only closed if the document closes it', (_, schema, isClosed) => {
    const { inputSchema } = listTool(makeTool({}, { ...schema, additionalProperties: false }));
    expect(Object.hasOwn(inputSchema, 'additionalProperties')).toBe(isClosed);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['a member', { a: { type: 'integer', format: 'int64' } }, { a: { type: 'integer' } }],
    ['a branch', { a: { anyOf: [{ format: 'float' }, {}] } }, { a: { anyOf: [{}, {}] } }],
    ['items', { a: { items: { format: 'int32' } } }, { a: { items: {} } }],
  ])('does not show the size of a number in %s', (_, properties, expected) => {
    const $defs = { n: { properties } };
    const { inputSchema } = listTool(makeTool({}, { properties, $defs }));
    expect(inputSchema).toMatchObject({
      properties: expected,
      $defs: { n: { properties: expected } },
    });
    expect(JSON.stringify(inputSchema)).not.toContain('format');
  });

  test('shares members with other tools as their schemas do, so that a generator counts each once', () => {
    const properties = { a: { type: 'integer', format: 'int64' } };
    const [one, other] = [1, 2].map(() => {
      const { inputSchema } = listTool(makeTool({}, { properties }));
      return (inputSchema['properties'] as JsonObject)['a'];
    });
    expect(one).toEqual({ type: 'integer' });
    expect(one).toBe(other);
  });

  test.each<JsonObject>([
    { format: { type: 'string', enum: ['int32'] } },
    { a: { format: 'date' }, b: { default: { format: 'int32' } } },
    { a: { enum: [{ format: 'int32' }], examples: [{ format: 'int32' }] } },
  ])('shows everything else: %j', (properties) => {
    expect(listTool(makeTool({}, { properties })).inputSchema['properties']).toEqual(properties);
  });

  test('shows the names that `fields` accepts, and leaves the rest to the instructions', () => {
    const { properties } = listTool({ ...tool, fields: ['id', 'owner.name'] }).inputSchema;
    const list = { type: 'array', items: { type: 'string' } };
    expect(properties).toEqual({ fields: { ...list, description: 'id, owner.name' } });
    expect(listTool({ ...tool, fields: [] }).inputSchema['properties']).toEqual({ fields: list });
    const api = { title: 'Zoo', tools: [{ ...tool, fields: [] }] };
    expect(instructionsOf(api)).toContain('`fields` selects parts of a response by their paths');
    expect(instructionsOf({ ...api, tools: [tool] })).not.toContain('fields');
  });
  const hints = { readOnlyHint: true, destructiveHint: false, openWorldHint: true };

  test('that only reads is not marked as idempotent, but one that replaces is', () => {
    const reading = { ...tool, annotations: { ...hints, idempotentHint: true } };
    expect(listTool(reading).annotations).toEqual(hints);
    const writing = { ...reading, annotations: { ...reading.annotations, readOnlyHint: false } };
    expect(listTool(writing).annotations).toMatchObject({ idempotentHint: true });
  });
});
