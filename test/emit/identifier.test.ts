import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { toolFileStem, toolIdentifier } from '../../src/emit/identifier.js';

/** Every keyword that the compiler knows, from `break` to `of`. */
const keywords = Object.keys(ts.SyntaxKind)
  .filter((kind) => kind.endsWith('Keyword'))
  .map((kind) => kind.replace('Keyword', '').toLowerCase());

const awkward = [
  ...keywords,
  ...['await', 'eval', 'arguments', 'undefined', 'global_this', 'api', '_api', '_tool', 'scopes'],
  ...['_tool_name', 'async', 'of', 'type', 'as', 'from', 'con', 'nul', 'con-tool', 'com1', 'lpt9'],
  ...['2fa', '_2fa', '__proto__', 'constructor', '_', '-', 'a__b', 'a_b', 'ab', 'a_', 'a_2', 'a2'],
];

/** Names that can occur together in a plan: unique even if `-` and `_` are the same. */
const names = fc.uniqueArray(
  fc.oneof(
    fc.stringMatching(/^[ab2_-]{1,6}$/),
    fc
      .constantFrom(...awkward)
      .chain((word) => fc.constantFrom('', '_', '__', '_tool').map((suffix) => word + suffix)),
  ),
  { selector: (name) => name.replaceAll('-', '_'), minLength: 2, maxLength: 60 },
);

describe('toolIdentifier', () => {
  it('is camelCase', () => {
    expect(toolIdentifier('list_pets')).toBe('listPets');
    expect(toolIdentifier('get-pet_by_id_2')).toBe('getPetById_2');
    expect(toolIdentifier('delete')).toBe('delete_');
    expect(toolIdentifier('2fa')).toBe('_2fa');
  });

  it('differs where names differ', () => {
    fc.assert(
      fc.property(names, (all) => {
        expect(new Set(all.map(toolIdentifier)).size).toBe(all.length);
      }),
      { numRuns: 500 },
    );
  });

  it.each(awkward)('can be declared in a module beside what generated files import: %s', (name) => {
    const declaration = `import type { Api, Tool } from './a.js';\nimport { scopes } from './a.js';\nexport const api: Api = scopes;\nexport type ToolName = Tool;\nexport const ${toolIdentifier(name)} = 1;`;
    const { diagnostics } = ts.transpileModule(declaration, {
      reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 },
    });
    expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([]);
    expect(['Api', 'Tool', 'ToolName', 'api', 'scopes', 'undefined', 'globalThis']).not.toContain(
      toolIdentifier(name),
    );
  });

  it.each(['', '../x', 'A', 'a b', 'a.b', 'ä', 'a/b', 'x'.repeat(65)])('refuses %j', (name) => {
    expect(() => toolIdentifier(name)).toThrow('Not a tool name');
    expect(() => toolFileStem(name)).toThrow('Not a tool name');
  });
});

describe('toolFileStem', () => {
  it('is the name in kebab-case, and not a device of Windows', () => {
    expect(toolFileStem('list_pets')).toBe('list-pets');
    expect(toolFileStem('con_tool')).toBe('con-tool-tool');
    for (const device of ['con', 'nul', 'aux', 'prn', 'com1', 'lpt9']) {
      expect(toolFileStem(device)).toBe(`${device}-tool`);
    }
  });

  it('differs where names differ', () => {
    fc.assert(
      fc.property(names, (all) => {
        expect(new Set(all.map(toolFileStem)).size).toBe(all.length);
      }),
      { numRuns: 500 },
    );
  });
});
