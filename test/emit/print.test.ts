import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { util } from 'prettier';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/emit/columns.js';
import {
  printComment,
  printKey,
  printLine,
  printQuoted,
  printScalar,
  printString,
} from '../../src/emit/print.js';

function evaluate(expression: string): unknown {
  // The parts that are TypeScript but not JavaScript.
  return runInThisContext(`(${expression.replaceAll(' as string]', ']')})`);
}

describe('printScalar', () => {
  it.each([0, -0, 1.5, -1e-7, 1e21, 1e300, true, false, null, 'x'])(
    'prints a literal that evaluates to %j',
    (value) => {
      expect(evaluate(printScalar(value))).toBe(value);
    },
  );

  it('has no plus sign in an exponent', () => {
    expect(printScalar(1e21)).toBe('1e21');
  });
});

describe('printQuoted', () => {
  it('prints a literal for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom(...Array.from('\\"\'n')) }),
        (a, b) => {
          expect(evaluate(printQuoted(a + b))).toBe(a + b);
        },
      ),
    );
  });

  it('keeps lone surrogates and every code unit', () => {
    const units = String.fromCharCode(...Array.from({ length: 0x10000 }, (_, index) => index));
    expect(evaluate(printQuoted(units))).toBe(units);
  });

  it.each([
    ['plain', "'plain'"],
    [`"it's"`, `'"it\\'s"'`],
    [`it's`, `"it's"`],
    [`''"`, `"''\\""`],
    ['\\"', `'\\\\"'`],
  ])('takes the quotes that need fewer escapes: %s', (text, expected) => {
    expect(printQuoted(text)).toBe(expected);
  });
});

describe('printKey', () => {
  it('prints __proto__ as a property', () => {
    const back = evaluate(`{ ${printKey('__proto__')}: { polluted: true } }`) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['__proto__']);
  });

  it('prints the names of inherited members like any other string', () => {
    expect(printKey('constructor')).toBe("['constructor' as string]");
  });

  it.each([
    ['a', 'a'],
    ['$ref', '$ref'],
    ['größe', 'größe'],
    ['c-d', "'c-d'"],
    ['1', "'1'"],
    ['', "''"],
    // An identifier to the compiler, but a reviewer would not see all of it.
    ['a\u200d', "'a\\u200d'"],
    // A letter in ES5, and in prettier's output, but no longer to compilers.
    ['\u2e2f', "'\u2e2f'"],
    ['a\u2e2f', "'a\u2e2f'"],
    // Newer than the ES5 identifiers that prettier recognizes.
    ['\u{20000}', "'\u{20000}'"],
  ])('quotes only where needed: %j', (key, expected) => {
    expect(printKey(key)).toBe(expected);
  });
});

describe('columnsOf', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['naïve', 5],
    ['e\u0301', 1],
    ['名前', 4],
    ['ｱ', 1],
    ['🐶', 2],
    ['👍🏽', 2],
    ['☝', 2],
    ['☀', 1],
    ['1\u20e3', 2],
    ['🇫🇮', 2],
  ])('counts %j as %d', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
    expect(util.getStringWidth(text)).toBe(columns);
  });

  it('counts as prettier does', () => {
    const printed = fc.string({ unit: 'grapheme' }).map((text) => printString(text));
    fc.assert(
      fc.property(printed, (text) => {
        expect(columnsOf(text), text).toBe(util.getStringWidth(text));
      }),
    );
  });
});

describe('printString', () => {
  it('shows invisible characters in a form that is also valid JSON', () => {
    const text = 'a\u202eb\ufff9\u3164\u2066\u200b\ufeff\u2028\u0085\u00ad\u{e0041}\u007f\ud800z';
    const printed = printString(text);
    expect(printed).toMatch(/^[ -~]*$/);
    expect(JSON.parse(printed)).toBe(text);
  });

  it('leaves letters of all scripts unchanged', () => {
    expect(printString('naïve 名前 🐶')).toBe('"naïve 名前 🐶"');
  });
});

describe('printComment', () => {
  it.each(['*/ evil() /*', '**/', '*\n/', 'a\r\nevil()', 'a\u2028evil()', '*\u200b/'])(
    'stays inside both kinds of comments: %j',
    (text) => {
      const comment = printComment(text);
      expect(evaluate(`/** ${comment} */ 1`)).toBe(1);
      expect(evaluate(`// ${comment}\n 1`)).toBe(1);
      expect(comment).not.toMatch(/\*\/|[\r\n\u2028]/);
    },
  );
});

describe('printLine', () => {
  it('is one line without invisible characters', () => {
    expect(printLine('  a\n\n b\u202ec ')).toBe('a b\\u202ec');
  });
});
