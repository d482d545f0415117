import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printComment, printLine, printString, printValue } from '../../src/emit/print.js';

function evaluate(expression: string): unknown {
  // What is TypeScript in it, and not JavaScript.
  return runInThisContext(`(${expression.replaceAll(' as string]', ']')})`);
}

describe('printValue', () => {
  it('prints what evaluates to any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(evaluate(printValue(value))).toStrictEqual(value);
      }),
    );
  });

  it('keeps minus zero, lone surrogates and every code unit', () => {
    const units = String.fromCharCode(...Array.from({ length: 0x10000 }, (_, index) => index));
    expect(evaluate(printValue(-0))).toBe(-0);
    expect(evaluate(printValue(units))).toBe(units);
  });

  it('prints __proto__ as a property', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
    const back = evaluate(printValue(value)) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['__proto__', 'constructor']);
  });

  it('prints names of what every object has as any other string', () => {
    expect(printValue({ constructor: 1, toString: 2 })).toBe(
      '{ ["constructor" as string]: 1, ["toString" as string]: 2 }',
    );
  });

  it('leaves undefined members out and quotes keys only where needed', () => {
    expect(printValue({ a: undefined, b: 1, 'c-d': [], $e: {} })).toBe(
      '{ b: 1, "c-d": [], $e: {} }',
    );
  });
});

describe('printString', () => {
  it('shows what is invisible, in a form that is JSON too', () => {
    const text = 'a\u202eb\ufff9\u3164\u2066\u200b\ufeff\u2028\u0085\u00ad\u{e0041}\u007f\ud800z';
    const printed = printString(text);
    expect(printed).toMatch(/^[ -~]*$/);
    expect(JSON.parse(printed)).toBe(text);
  });

  it('leaves letters of all scripts as they are', () => {
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
