import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../src/diff/project/cursor.js';
import { readModule } from '../../src/diff/project/read-module.js';
import { printObject } from '../../src/emit/literal.js';
import { literals } from '../emit/literals.js';
import { oneLine } from '../emit/oracle.js';

const noNames = new Map<string, unknown>();

const valueOf = (literal: string) => readModule(`export const x = ${literal};`, noNames).value;

/** The value without its undefined members, which are not printed. */
function printed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(printed);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, printed(member)]));
}

describe('reading a literal', () => {
  it('is the inverse of printing it', () => {
    fc.assert(
      fc.property(literals, (value) => {
        expect(isDeepStrictEqual(valueOf(printObject(value)), printed(value))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on its layout', () => {
    fc.assert(
      fc.property(literals, (value) => {
        expect(isDeepStrictEqual(valueOf(oneLine(value)), printed(value))).toBe(true);
      }),
    );
  });

  it.each([
    ['1e21', 1e21],
    ['-0', -0],
    ["'\\u00e9\\n\\'\"'", 'é\n\'"'],
    ['[1, [], /* two */ {}, // three\n]', [1, [], {}]],
    [
      "{ a: true, 'b': null, ['c']: false, ['d' as string]: 1 }",
      { a: true, b: null, c: false, d: 1 },
    ],
    ["'x' as const satisfies Map<string, A<B>>", 'x'],
  ])('understands %s', (literal, value) => {
    expect(valueOf(literal)).toStrictEqual(value);
  });
});

const refused: [string, string][] = [
  ['01', 'a literal'],
  ['0x1', 'a literal'],
  ['1n', 'a literal'],
  ['1_0', 'a literal'],
  ['1.', 'a literal'],
  ['.5', 'a literal'],
  ['--1', 'a literal'],
  ['undefined', 'a literal'],
  ['NaN', 'a literal'],
  ['`x`', 'a literal'],
  ['/x/', 'a literal'],
  ['[...x]', 'a literal'],
  ['[1, , 2]', 'a literal'],
  ['[1', 'than "]"'],
  ['(1)', 'a literal'],
  ['{ get a() { return 1 } }', 'a literal'],
  ['{ a() {} }', 'a literal'],
  ['{ async a: 1 }', 'a literal'],
  ['{ 1: 1 }', 'a literal'],
  ['{ [1]: 1 }', 'a literal'],
  ['{ [a]: 1 }', 'a literal'],
  ["{ ['a' + 'b']: 1 }", 'than "]"'],
  ["{ '__proto__': {} }", 'a literal'],
  ['{ __proto__: {} }', 'a literal'],
  ['{ \\u0061: 1 }', 'a literal'],
  ['{ a: 1, a: 1 }', 'a duplicate member'],
  ["{ a: 1, 'a': 1 }", 'a duplicate member'],
  ["'a' + 'b'", 'than ";"'],
  ["'a'\n.length", 'than ";"'],
  ["'a'\n['length']", 'than ";"'],
  ["'a\nb'", 'an unterminated string'],
  ["'a\\\nb'", 'an escape'],
  ["'\\x41'", 'an escape'],
  ["'\\u{41}'", 'an escape'],
  ["'\\0'", 'an escape'],
  ["'a\u2028b'", 'an unterminated string'],
  ["'a", 'an unterminated string'],
  ['1 as typeof x', 'a literal'],
  ['1 as { a: 1 }', 'a type'],
  ['1 as A.B', 'than ";"'],
  ['1 /* x', 'an unterminated comment'],
  ['1 // \u2028, y = 2', 'than ";"'],
  ['f(1)', 'a literal'],
  ['new A', 'a literal'],
];

const reasonOf = (content: string) => {
  try {
    readModule(content, noNames);
    return 'it was read';
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return error.message;
  }
};

describe('code that this program does not print', () => {
  it.each(refused)('is refused: %j', (literal, reason) => {
    expect(reasonOf(`export const x = ${literal};`)).toContain(reason);
  });

  // Each is a module to the compiler, and does more than it shows.
  it.each([
    ['export const x = 1\nlaunch();', 'literal'],
    ['export const x = 1\nas = launch();', 'literal'],
    ['export const x = 1 /*\u2028*/ as T;', 'literal'],
    ['export const x = 1, y = launch();', 'than ";"'],
    ['export const x = 1;\nexport type T = keyof typeof x\nx.y = 1;', 'than ";"'],
    ['export type T = x;\nexport const x = 1;', 'a type'],
    ['export interface T {}\nexport const x = 1;', 'a declaration'],
    ['export default 1;', 'a declaration'],
    ["export * from './x.js';", 'a declaration'],
    ["import type x from './x.js';\nexport const y = 1;", 'an import'],
    ["import * as x from './x.js';\nexport const y = 1;", 'an import'],
    ["import { x as z } from './x.js';\nexport const y = 1;", 'an import'],
    ["import { x } from './x.js' with { type: 'json' };", 'than ";"'],
    ["const { x } = await import('./x.js', {});", 'than ")"'],
    ["const { x } = import('./x.js');", 'a statement'],
    ["const { x = launch() } = await import('./x.js');", 'than "}"'],
    ["const { x: y } = await import('./x.js');", 'than "}"'],
    ['const x = 1;\nexport const y = 1;', 'a statement'],
    ['#!/usr/bin/env node\nexport const x = 1;', 'a statement'],
    ['<!-- x\nexport const x = 1;', 'a statement'],
    ['export enum x {}', 'a declaration'],
    ['', 'no constant'],
  ])('is refused as a module: %j', (content, reason) => {
    expect(reasonOf(content)).toContain(reason);
  });
});

/** Small edits of a text: something else in place of up to two characters. */
const edits = fc.array(
  fc.tuple(
    fc.nat(),
    fc.nat(2),
    fc.constantFrom(
      '',
      ...Array.from(',;:=+-.[](){}<>\'"\\`/*#!0n_$'),
      '\n',
      '//',
      '/*',
      '*/',
      ' as x ',
      'true',
      '\u2028',
    ),
  ),
  { minLength: 1, maxLength: 3 },
);

/** The result of compiling and running a module; undefined if the compiler refuses it. */
function compiled(content: string): unknown {
  const { outputText, diagnostics = [] } = ts.transpileModule(content, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  if (diagnostics.length > 0) return undefined;
  const exports = {};
  runInNewContext(outputText, { exports });
  return exports;
}

describe('an edited module', () => {
  it('that is read has the value that it has to the compiler', () => {
    fc.assert(
      fc.property(literals, edits, (value, changes) => {
        let content = `/** GET / */\nexport const x = ${printObject(value)} as const satisfies Tool;\n`;
        for (const [at, length, text] of changes) {
          const start = at % content.length;
          content = content.slice(0, start) + text + content.slice(start + length);
        }
        const reason = reasonOf(content);
        fc.pre(reason === 'it was read');
        const found = compiled(content);
        // Code that does not compile does not run either.
        if (found === undefined) return;
        const { name, value: read } = readModule(content, noNames);
        expect(JSON.stringify({ [name]: read })).toBe(JSON.stringify(found));
      }),
      { numRuns: 300 },
    );
  });
});

describe('readModule', () => {
  it('reads names by their values, in members and lists', () => {
    const names = new Map<string, unknown>([
      ['a', 1],
      ['b', [2]],
    ]);
    const content = 'export const api: Api = { a, list: toolList(a, b), b: b };';
    expect(readModule(content, names)).toEqual({
      imports: new Map(),
      name: 'api',
      value: { a: 1, list: [1, [2]], b: [2] },
    });
  });

  it('knows imports of values, one after another or not, and none of types', () => {
    const content = `import type { T } from './t.js';
import { a, type A, b } from './a.js';
const { c } = await import('./c.js');
export const x = [a];
`;
    expect(readModule(content, undefined).imports).toEqual(
      new Map([
        ['a', './a.js'],
        ['b', './a.js'],
        ['c', './c.js'],
      ]),
    );
  });
});
