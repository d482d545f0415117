import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expectationsFile, parseExpectations, readExpectations } from './expectations.js';

describe('parseExpectations', () => {
  it('takes the comment above as the reason, down to the next empty line', () => {
    const text = [
      '# For readers of the file',
      'server:',
      '  # One',
      '  # and a half.',
      '  - a',
      '  - b:check-1',
      '  # Two.',
      '  - c',
      '',
    ].join('\n');
    expect(parseExpectations(text)).toEqual([
      { scenario: 'a', reason: 'One and a half.' },
      { scenario: 'b', check: 'check-1', reason: 'One and a half.' },
      { scenario: 'c', reason: 'Two.' },
    ]);
  });

  it.each([
    ['an entry without a reason', 'server:\n  - a\n'],
    ['an entry that an empty line parts from a reason', 'server:\n  # One.\n  - a\n\n  - b\n'],
    ['anything else', 'server:\n  # One.\n  - a: b\n'],
    ['a file without the list', 'client:\n  # One.\n  - a\n'],
  ])('refuses %s', (_, text) => {
    expect(() => parseExpectations(text)).toThrow();
  });
});

describe.each(['2026-07-28', '2025-11-25'])('expected-failures.%s.yml', (revision) => {
  it('says the same to the suite, which reads it as YAML', () => {
    const names = readExpectations(revision).map(({ scenario, check }) =>
      [scenario, check].filter((part) => part !== undefined).join(':'),
    );
    expect(parse(readFileSync(expectationsFile(revision), 'utf8'))).toEqual({ server: names });
    expect(new Set(names).size).toBe(names.length);
  });
});
