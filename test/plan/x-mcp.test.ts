import { describe, expect, it } from 'vitest';
import { InputError, type Problem } from '../../src/errors.js';
import type { Json, JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import { nearest } from '../../src/plan/nearest.js';
import { documentOf } from './helpers.js';

const oauth = { oauthServer: 'https://auth.example.com' };

/** A document with `x-mcp` on one of its parts; the tag `used` is that of its operation. */
function document(on: 'root' | 'tag' | 'idle tag' | 'path' | 'operation', extension: Json) {
  const at = (place: typeof on): JsonObject => (place === on ? { 'x-mcp': extension } : {});
  return documentOf({
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    ...at('root'),
    tags: [
      { name: 'used', ...at('tag') },
      { name: 'idle', ...at('idle tag') },
    ],
    paths: {
      '/pets': {
        ...at('path'),
        get: { operationId: 'listPets', tags: ['used'], responses: {}, ...at('operation') },
      },
    },
  });
}

const warnings = (...of: Parameters<typeof document>) =>
  plan(document(...of)).warnings.filter(({ code }) => code.endsWith('X_MCP'));

function faults(...of: Parameters<typeof document>): readonly Problem[] {
  try {
    plan(document(...of), oauth);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

describe('an unknown key of x-mcp', () => {
  it.each([
    ['operation', 'scope', 'scopes'],
    ['operation', 'Scopes', 'scopes'],
    ['operation', 'requiredScopes', 'scopes'],
    ['path', 'enable', 'enabled'],
    ['path', 'hidden', 'enabled'],
    ['tag', 'permissions', 'scopes'],
    ['root', 'disabled', 'enabled'],
    ['root', 'implied', 'implies'],
    ['operation', 'confirmation', 'confirm'],
    ['tag', 'requiresApproval', 'confirm'],
  ] as const)('on the %s is an error under OAuth if it decides access: %s', (on, key, meant) => {
    const problem = {
      code: 'UNKNOWN_X_MCP',
      message: `x-mcp.${key} is not a key of x-mcp and is ignored.`,
      remedy: `Did you mean x-mcp.${meant}?`,
    };
    expect(faults(on, { [key]: ['admin'] })).toMatchObject([problem]);
    expect(warnings(on, { [key]: ['admin'] })).toMatchObject([problem]);
  });

  it('is a warning if it does not', () => {
    expect(faults('operation', { titel: 'x', examples: 1 })).toEqual([]);
    expect(warnings('operation', { titel: 'x', examples: 1 })).toEqual([
      {
        code: 'UNKNOWN_X_MCP',
        place: '#/paths/~1pets/get/x-mcp',
        message: 'x-mcp.titel is not a key of x-mcp and is ignored.',
        remedy: 'Did you mean x-mcp.title?',
      },
      {
        code: 'UNKNOWN_X_MCP',
        place: '#/paths/~1pets/get/x-mcp',
        message: 'x-mcp.examples is not a key of x-mcp and is ignored.',
        remedy:
          'Remove it; the keys here are enabled, scopes, annotations, fields, confirm, name, title, description, pinned.',
      },
    ]);
  });

  it('is reported with the place where it would be known', () => {
    expect(warnings('path', { title: 'x' })).toMatchObject([
      {
        place: '#/paths/~1pets/x-mcp',
        message: 'x-mcp.title has no effect on a path and is ignored.',
        remedy: 'Move it to an operation.',
      },
    ]);
    expect(faults('operation', { implies: {} })).toMatchObject([
      { remedy: 'Move it to the document.' },
    ]);
  });

  it('is reported for hints, and once for a tag', () => {
    expect(warnings('tag', { annotations: { readonlyHint: true, risky: true } })).toMatchObject([
      {
        place: '#/tags/0/x-mcp/annotations',
        remedy: 'Did you mean x-mcp.annotations.readOnlyHint?',
      },
      { remedy: expect.stringContaining('the hints are readOnlyHint,') as string },
    ]);
  });

  it('is ignored if no operation inherits it', () => {
    expect(faults('idle tag', { scope: 'admin' })).toEqual([]);
  });
});

describe('a value of x-mcp that cannot be read', () => {
  it.each([
    ['path', false],
    ['operation', 'hidden'],
    ['operation', { scopes: { admin: true } }],
    ['operation', { confirm: 'yes'.length }],
    ['tag', { confirm: '' }],
    ['path', { confirm: ['Delete?'] }],
  ] as const)('is an error under OAuth: on the %s, %j', (on, extension) => {
    expect(faults(on, extension as Json)).toMatchObject([{ code: 'INVALID_X_MCP' }]);
    expect(warnings(on, extension as Json)).toMatchObject([{ code: 'INVALID_X_MCP' }]);
  });
});

describe('x-mcp.confirm', () => {
  const confirmOf = (...of: Parameters<typeof document>) =>
    plan(document(...of)).api.tools[0]?.confirm;

  it.each([true, false, 'List them?'])('%j is copied to the tool', (confirm) => {
    for (const on of ['root', 'tag', 'path', 'operation'] as const)
      expect(confirmOf(on, { confirm })).toBe(confirm);
  });

  it('is absent by default', () => {
    expect(confirmOf('operation', {})).toBeUndefined();
  });

  it.each([1, '', ' ', null, [], {}, 'true'.length])(
    '%j makes the user confirm without OAuth, and is reported',
    (confirm) => {
      expect(confirmOf('operation', { confirm })).toBe(true);
      expect(warnings('operation', { confirm })).toMatchObject([
        {
          code: 'INVALID_X_MCP',
          remedy: 'Write true, false, or a question such as "Delete item {id}?".',
        },
      ]);
    },
  );

  it('may only mention arguments', () => {
    expect(warnings('operation', { confirm: 'List {id} and {id}?' })).toEqual([
      {
        code: 'INVALID_X_MCP',
        place: '#/paths/~1pets/get',
        message: 'x-mcp.confirm asks about {id}, which is not an argument of the tool.',
        remedy: 'Remove it: the tool has no arguments.',
      },
    ]);
  });
});

it('accepts every key where it belongs', () => {
  const everywhere = { enabled: true, scopes: ['a'], annotations: { readOnlyHint: true } };
  const own = { ...everywhere, name: 'x', title: 'X', description: 'x' };
  expect(warnings('operation', own)).toEqual([]);
  expect(warnings('root', { ...everywhere, implies: { a: ['b'] } })).toEqual([]);
  expect(faults('path', everywhere)).toEqual([]);
});

it.each([
  ['scope', 'scopes'],
  ['SCOPES', 'scopes'],
  ['sopces', 'scopes'],
  ['examples', undefined],
  ['', undefined],
  ['x', undefined],
])('the nearest name to %j is %j', (name, expected) => {
  expect(nearest(name, ['enabled', 'scopes', 'name'])).toBe(expected);
});
