import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printMember, printObject } from '../../src/emit/literal.js';
import { literals } from './literals.js';
import { oneLine, prettified } from './oracle.js';

describe('printObject', () => {
  it('prints what prettier prints', async () => {
    await fc.assert(
      fc.asyncProperty(literals, async (value) => {
        const line = oneLine(value);
        fc.pre(line !== '{}');
        // A line break here keeps the object expanded, however short it is.
        const open = line.replace('{', '{\n');
        expect(`const value = ${printObject(value)};\n`).toBe(
          await prettified(`const value = ${open};`),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('keeps a value on one line if it fits, including its comma', () => {
    const lineOf = (length: number) => printObject({ key_1: { a: 'x'.repeat(length) } });
    expect(lineOf(81)).toBe(`{\n  key_1: { a: '${'x'.repeat(81)}' },\n}`);
    expect(lineOf(81).split('\n')[1]).toHaveLength(100);
    expect(lineOf(82)).toBe(`{\n  key_1: {\n    a: '${'x'.repeat(82)}',\n  },\n}`);
  });

  it('puts a long text on a separate line, unless its key is short', () => {
    const text = 'x'.repeat(100);
    expect(printObject({ title: text, name: text })).toBe(
      `{\n  title:\n    '${text}',\n  name: '${text}',\n}`,
    );
  });

  it('puts each of several objects on a line, and numbers on as few lines as possible', () => {
    const pairs = [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ];
    const numbers = Array.from({ length: 30 }, (_, index) => 1000 + index);
    expect(printObject({ pairs, numbers })).toBe(`{
  pairs: [
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ],
  numbers: [
    1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
    1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 1025, 1026, 1027, 1028, 1029,
  ],
}`);
  });

  it('counts columns, not code units', () => {
    const wide = printObject({ key_1: ['名'.repeat(43)] });
    expect(wide).toBe(`{\n  key_1: ['${'名'.repeat(43)}'],\n}`);
    expect(printObject({ key_1: ['名'.repeat(44)] })).toContain('key_1: [\n');
    expect(printObject({ key_1: ['e\u0301'.repeat(86)] })).not.toContain('key_1: [\n');
  });

  it('omits undefined members', () => {
    expect(printObject({ a: undefined, b: { c: undefined } })).toBe('{\n  b: {},\n}');
  });
});

describe('printMember', () => {
  it('breaks lines according to the place where it is printed', () => {
    const value = { a: 'x'.repeat(80) };
    expect(printMember('key', value, '  ')).not.toContain('\n');
    expect(printMember('key', value, ' '.repeat(8))).toBe(
      `key: {\n${' '.repeat(10)}a: '${'x'.repeat(80)}',\n${' '.repeat(8)}}`,
    );
  });
});
