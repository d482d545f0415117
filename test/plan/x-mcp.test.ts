import { describe, expect, it } from 'vitest';
import { InputError, type Problem } from '../../src/errors.js';
import type { Json, JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import { nearest } from '../../templates/src/runtime/nearest.js';
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

  it('is reported for each of two paths that look the same', () => {
    const pathsOf = (first: JsonObject, second: JsonObject) => ({
      ...document('idle tag', {}).openapi,
      paths: { '/a': { 'x-mcp': first, get: {} }, '/a\u200e': { 'x-mcp': second, post: {} } },
    });
    for (const paths of [pathsOf({ enable: false }, {}), pathsOf({}, { enable: false })])
      expect(() => plan(documentOf(paths), oauth)).toThrow(/UNKNOWN_X_MCP/);
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

describe('an extension that is not read', () => {
  const withKey = (key: string, value: Json, on = 'paths') => {
    const root: JsonObject = {
      ...document('idle tag', {}).openapi,
      info: { title: 'Pets', version: '1', ...(on === 'info' && { [key]: value }) },
    };
    return documentOf({ ...root, ...(on === 'root' && { [key]: value }) });
  };
  const problems = (...of: Parameters<typeof withKey>) =>
    plan(withKey(...of)).warnings.map(({ code, place, remedy }) => ({ code, place, remedy }));

  it.each(['x-MCP', 'x_mcp', 'xMcp'])('%s is an error under OAuth', (key) => {
    const found = { code: 'UNKNOWN_X_MCP', place: `#/${key}`, remedy: 'Did you mean x-mcp?' };
    expect(problems(key, { enabled: false }, 'root')).toContainEqual(found);
    expect(() => plan(withKey(key, { enabled: false }, 'root'), oauth)).toThrow(InputError);
  });

  it.each([
    ['x-speakeasy-mcp', { disabled: true }],
    ['x-gram', { name: 'a' }],
    ['x-mint', { mcp: { enabled: false } }],
  ] as const)('%s of another generator gets a warning', (key, value) => {
    expect(problems(key, value, 'root')).toContainEqual({
      code: 'VENDOR_EXTENSION',
      place: `#/${key}`,
      remedy: 'Write the same with x-mcp, for example in an overlay.',
    });
    expect(plan(withKey(key, value, 'root'), oauth).api.tools).toHaveLength(1);
  });

  it('is not one beside x-mcp, which is its replacement', () => {
    const of = (key: string) => withKey(key, { disabled: true }, 'root').openapi;
    const codes = (root: JsonObject) => plan(documentOf(root)).warnings.map(({ code }) => code);
    expect(codes({ ...of('x-speakeasy-mcp'), 'x-mcp': {} })).not.toContain('VENDOR_EXTENSION');
    expect(codes({ ...of('x_mcp'), 'x-mcp': {} })).toContain('UNKNOWN_X_MCP');
  });

  it('is not one that has to do with something else', () => {
    expect(problems('x-mint', { metadata: {} }, 'root')).toEqual(problems('x-logo', 1, 'root'));
  });

  it('is x-mcp of the info', () => {
    expect(problems('x-mcp', { enabled: false }, 'info')).toContainEqual({
      code: 'UNKNOWN_X_MCP',
      place: '#/info/x-mcp',
      remedy: 'Move it to the document.',
    });
  });
});

describe('a value of x-mcp that cannot be read', () => {
  it.each([
    ['path', { annotations: ['readOnlyHint'] }, 'annotations is not an object'],
    [
      'path',
      { annotations: { readOnlyHint: 'true' } },
      'annotations.readOnlyHint is not true or false',
    ],
    ['tag', { fields: 'no' }, 'fields is not true or false'],
    ['operation', { title: '' }, 'title is not a non-empty string'],
    ['operation', { description: 5 }, 'description is not a non-empty string'],
    ['operation', { pinned: 'true' }, 'pinned is not true or false'],
  ] as const)('has a warning: on the %s, %j', (on, extension, message) => {
    expect(warnings(on, extension as Json)).toMatchObject([
      { code: 'INVALID_X_MCP', message: `x-mcp.${message} and is ignored.` },
    ]);
  });

  it.each([null, 'false', 0])('leaves no tool, and is named: enabled: %j', (enabled) => {
    expect(faults('operation', { enabled })).toMatchObject([
      { code: 'NO_TOOLS' },
      { code: 'INVALID_X_MCP', message: expect.stringContaining('x-mcp.enabled') as string },
    ]);
    expect(faults('root', { enabled: false })).toMatchObject([{ place: '#/x-mcp' }]);
  });

  it.each([
    ['path', 'false'],
    ['operation', 'hidden'],
    ['operation', { scopes: { admin: true } }],
    ['operation', { confirm: 'yes'.length }],
    ['tag', { confirm: '' }],
    ['path', { confirm: ['Delete?'] }],
    ['path', { confirm: 'no' }],
    ['operation', { scopes: '' }],
    ['operation', { scopes: ['a\nb'] }],
    ['operation', { scopes: [['a'], [' ']] }],
    ['root', { implies: ['a'] }],
    ['root', { implies: { a: ['b', 5] } }],
  ] as const)('is an error under OAuth: on the %s, %j', (on, extension) => {
    expect(faults(on, extension as Json)).toMatchObject([{ code: 'INVALID_X_MCP' }]);
    expect(warnings(on, extension as Json)).toMatchObject([{ code: 'INVALID_X_MCP' }]);
  });
});

describe('x-mcp as a flag', () => {
  it.each(['root', 'tag', 'path', 'operation'] as const)('on the %s is enabled', (on) => {
    expect(faults(on, false)).toMatchObject([{ code: 'NO_TOOLS' }]);
    expect(faults(on, true)).toEqual([]);
    expect(warnings(on, true)).toEqual([]);
  });

  it('gives way to a nearer one', () => {
    const { openapi } = document('operation', true);
    const { api } = plan(documentOf({ ...openapi, 'x-mcp': false }));
    expect(api.tools.map(({ name }) => name)).toEqual(['list_pets']);
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

it('scopes may be a string, as OAuth writes them, also in implies', () => {
  const api = (...of: Parameters<typeof document>) => plan(document(...of), oauth).api;
  expect(api('operation', { scopes: ' a  b ' }).scopes).toEqual({ list_pets: [['a', 'b']] });
  // Roles in a claim of their own.
  expect(api('operation', { scopes: ['Räte', 'x y'] }).scopes).toEqual({
    list_pets: [['Räte', 'x y']],
  });
  expect(api('root', { implies: { a: 'b c' } }).implies).toEqual({ a: ['b', 'c'] });
});

it('a tool that only reads does not destroy', () => {
  const operation = { operationId: 'undo', 'x-mcp': { annotations: { readOnlyHint: true } } };
  const paths = { '/pets': { delete: operation } };
  const { api } = plan(documentOf({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }));
  expect(api.tools[0]?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
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
