import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { findJsonFault } from '../../src/load/parse/json-fault.js';
import { parse } from '../../src/load/parse/parse.js';

describe('findJsonFault', () => {
  it.each([
    ['{"a":1,}', 7, 'Not valid JSON: a key is expected here.'],
    ['{"a" 1}', 5, 'Not valid JSON: a colon is expected here.'],
    ['{"a":1 "b":2}', 7, 'Not valid JSON: a comma or a closing bracket is expected here.'],
    ['[1,]', 3, 'Not valid JSON: a value is expected here.'],
    ['[1}', 2, 'Not valid JSON: a comma or a closing bracket is expected here.'],
    ['{} x', 3, 'Not valid JSON: the end of the text is expected here.'],
    ['{"a":tru}', 5, 'Not valid JSON: a value is expected here.'],
    ['{"a":01}', 5, 'Not valid JSON: a value is expected here.'],
    ['{"a":1, // one', 8, 'Not valid JSON: it cannot contain comments.'],
    ['/* one */ {}', 0, 'Not valid JSON: it cannot contain comments.'],
    ['{"a":/', 5, 'Not valid JSON: a value is expected here.'],
    ['{"a":[', 6, 'The JSON ends unexpectedly.'],
  ])('finds where %j stops being valid JSON', (text, offset, message) => {
    expect(findJsonFault(text)).toEqual({ offset, message });
  });

  it('agrees with JSON.parse', () => {
    const parses = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const spoilt = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '{', ':', '1', '\\', '-'))
      .map(([text, at, mark]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + mark + text.slice(index + (at % 2));
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        expect(findJsonFault(text) === undefined, text).toBe(parses(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('text that begins like JSON', () => {
  const faultOf = (text: string) => {
    try {
      parse(text, 'a.json', () => undefined);
    } catch (error) {
      return error instanceof InputError ? error.problems[0] : error;
    }
    return undefined;
  };

  it('is never read as YAML', () => {
    // Valid YAML, and half a minute of it when it is 2 MB of brackets.
    expect(faultOf('{"a": 1,\n "b": 2,}')).toMatchObject({
      code: 'INVALID_SYNTAX',
      place: 'a.json:2:9',
    });
    expect(faultOf('['.repeat(2_000_000))).toMatchObject({
      code: 'INVALID_SYNTAX',
      message: 'The JSON ends unexpectedly.',
    });
  });

  it('is not a flow mapping in YAML', () => {
    expect(faultOf("{ openapi: 3.1.0, 'info': {} }")).toBeUndefined();
  });
});
