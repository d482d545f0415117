import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digitsOf, readExact, writeJson } from '../../../templates/src/runtime/upstream/numbers.js';

describe('numbers that JavaScript would spell differently keep their digits', () => {
  const numbers = [
    ...[
      '12345678901234567890',
      '-12345678901234567890',
      '0.1234567890123456789',
      '1e400',
      '-1E+400',
    ],
    ...['2.50e-310', '1.0e-999', '9007199254740993', '1917043659912705297'],
  ];

  // After texts of every length, since only some places of a long text are checked.
  test.each(numbers)('%s', (number) => {
    for (let length = 0; length < 40; length += 1) {
      const json = `["${'x'.repeat(length)}",${number}]`;
      expect(writeJson(readExact(json))).toBe(json);
      expect(digitsOf((readExact(json) as string[])[1] ?? '')).toBe(number);
    }
  });

  test.each(numbers)('after and inside a long string: %s', (number) => {
    const json = `["${'x'.repeat(5000)}\\\\${number}${'y'.repeat(5000)}",${number}]`;
    expect(writeJson(readExact(json))).toBe(json);
    expect(digitsOf((readExact(json) as string[])[1] ?? '')).toBe(number);
  });

  test('other numbers stay numbers', () => {
    const json = '[1,-2.5,9007199254740991,1e21,1e+40,0.000001234567890123,10000000000000000000]';
    expect(readExact(json)).toEqual(JSON.parse(json));
  });

  test('texts stay texts, whatever they contain', () => {
    const text = fc.string({
      unit: fc.constantFrom('1', '23456789', 'e', '+', '.', '"', '\\', 'a'),
    });
    fc.assert(
      fc.property(fc.array(text), fc.bigInt(), (texts, number) => {
        const json = `{"n":${number},"texts":${JSON.stringify(texts)}}`;
        const { texts: read } = readExact(json) as { texts: string[] };
        expect(read).toEqual(texts);
        expect(writeJson(readExact(json))).toBe(json);
      }),
    );
  });
});
