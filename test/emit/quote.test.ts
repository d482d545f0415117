import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dotenvName, dotenvValue, shellQuote } from '../../src/emit/quote.js';

const hostile = [
  'plain',
  'two words',
  "it's",
  '"quoted"',
  '$(touch /tmp/pwned)',
  '`id`',
  '; rm -rf x',
  '$HOME',
  'back\\slash',
  "it's \\n",
  'a\nb',
  '*',
  '~',
  '',
  '!history',
  '&& x',
  '#',
  'GET /pets/*',
];

describe('shellQuote', () => {
  it.each(hostile)('is one word to a shell: %j', (word) => {
    const output = execFileSync('sh', ['-c', `printf '%s\\0' ${shellQuote(word)}`], {
      encoding: 'utf8',
    });
    expect(output).toBe(`${word}\0`);
  });

  it('is not taken from the history where people type', () => {
    const shell = ['--norc', '-i'];
    const input = `true said\nprintf '%s\\0' ${shellQuote('Wow !true')}\n`;
    const env = { ...process.env, HISTFILE: '' };
    const options = { input, env, encoding: 'utf8', stdio: 'pipe' } as const;
    expect(execFileSync('bash', shell, options)).toContain('Wow !true\0');
  });

  it('uses double quotes, which also work on Windows, if they are safe', () => {
    expect(shellQuote('GET /pets/*')).toBe('"GET /pets/*"');
    expect(shellQuote('https://api.example.com/openapi.json')).toBe(
      'https://api.example.com/openapi.json',
    );
  });
});

describe('dotenvValue', () => {
  it.each(hostile.filter((value) => !value.includes('\n')))('is read back by Node: %j', (value) => {
    expect(parseEnv(`A=${dotenvValue(value)}\nB=1`)).toEqual({ A: value, B: '1' });
  });

  it.each(['a\nPWNED=1', '\'"`\nPWNED=1', '\\"\'`', 'a\r\nPWNED=1', "x'\\"])(
    'sets no other variable: %j',
    (value) => {
      expect(Object.keys(parseEnv(`A=${dotenvValue(value)}\nB=1`))).toEqual(['A', 'B']);
    },
  );

  it('leaves a URL unquoted, for readers that do not support quotes', () => {
    expect(dotenvValue('https://a.example/x?y=1&z=%20')).toBe('https://a.example/x?y=1&z=%20');
  });
});

describe('dotenvName', () => {
  it('cannot start another line', () => {
    expect(dotenvName('A\nPWNED=1')).toBe('A_PWNED_1');
  });
});
