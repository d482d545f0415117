import { describe, expectTypeOf, it } from 'vitest';
import type { Json, Tool } from '../../templates/src/runtime/api.js';
import type { ArgumentsOf } from '../../templates/src/runtime/customize.js';

const _tool = {
  name: 'tool',
  description: 'A tool',
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  },
  inputSchema: {
    type: 'object',
    properties: {
      id: { type: 'integer', minimum: 1 },
      state: { enum: ['open', 'done'] },
      kind: { const: 'x' },
      tags: { type: 'array', items: { type: 'string' } },
      since: { type: ['string', 'null'], format: 'date' },
      sort: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] },
      labels: { type: 'object', additionalProperties: { type: 'boolean' } },
      free: { type: 'object' },
      anything: {},
      all: true,
      body: { $ref: '#/$defs/Todo' },
      both: {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } } },
        ],
      },
    },
    required: ['id', 'body'],
    $defs: {
      Todo: {
        type: 'object',
        properties: {
          title: { type: 'string' },
          subtasks: { type: 'array', items: { $ref: '#/$defs/Todo' } },
        },
        required: ['title'],
      },
    },
  },
  request: { method: 'GET', path: '/' },
} as const satisfies Tool;

type Arguments = ArgumentsOf<typeof _tool>;

// Vitest does not run them: `npm run typecheck` fails if one does not hold.
describe('the type of arguments', () => {
  it('marks the required ones', () => {
    expectTypeOf<{ id: 1; body: { title: 'a' } }>().toExtend<Arguments>();
    expectTypeOf<{ id: 1 }>().not.toExtend<Arguments>();
    expectTypeOf<{ body: { title: 'a' } }>().not.toExtend<Arguments>();
  });

  it('has the type of each', () => {
    expectTypeOf<Arguments['id']>().toEqualTypeOf<number>();
    expectTypeOf<Arguments['state']>().toEqualTypeOf<'open' | 'done' | undefined>();
    expectTypeOf<Arguments['kind']>().toEqualTypeOf<'x' | undefined>();
    expectTypeOf<Arguments['tags']>().toEqualTypeOf<string[] | undefined>();
    expectTypeOf<Arguments['since']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Arguments['sort']>().toEqualTypeOf<string | number[] | undefined>();
    expectTypeOf<Arguments['labels']>().toEqualTypeOf<Record<string, boolean> | undefined>();
    expectTypeOf<Arguments['free']>().toEqualTypeOf<Record<string, Json> | undefined>();
    expectTypeOf<Arguments['anything']>().toEqualTypeOf<Json | undefined>();
    expectTypeOf<Arguments['all']>().toEqualTypeOf<Json | undefined>();
  });

  it('follows references, even in a cycle', () => {
    type Todo = Arguments['body'];
    expectTypeOf<{ title: 'a'; subtasks: { title: 'b' }[] }>().toExtend<Todo>();
    expectTypeOf<{ title: 'a'; subtasks: { name: 'b' }[] }>().not.toExtend<Todo>();
  });

  it('combines the members of allOf', () => {
    expectTypeOf<{ a: 'x'; b: 1 }>().toExtend<NonNullable<Arguments['both']>>();
    expectTypeOf<{ b: 1 }>().not.toExtend<NonNullable<Arguments['both']>>();
    expectTypeOf<{ a: 'x'; b: 'x' }>().not.toExtend<NonNullable<Arguments['both']>>();
  });
});
