import { describe, expect, it } from 'vitest';
import type { OutputFile } from '../src/emit/file.js';
import { InputError } from '../src/errors.js';
import { hashContent, parseLock, withLock } from '../src/lock.js';

const files: OutputFile[] = [
  { path: 'src/z.ts', content: 'z\n', owner: 'generated' },
  { path: 'README.md', content: 'r\n', owner: 'yours' },
  { path: 'src/a.ts', content: 'a\n', owner: 'generated' },
];
const origin = { generator: '1.2.3', source: 'spec.yaml', specHash: 'abc' };

function lockOf(list: readonly OutputFile[]): string {
  return withLock(list, origin).find(({ path }) => path === 'openapi-to-mcp.lock')?.content ?? '';
}

function codeOf(content: string): string | undefined {
  try {
    parseLock(content);
  } catch (error) {
    return error instanceof InputError ? error.problems[0]?.code : String(error);
  }
  return undefined;
}

describe('withLock', () => {
  it('names the origin and the hash of every generated file', () => {
    expect(
      lockOf(files).replace(/[0-9a-f]{64}/g, (hash) => (hash === hashContent('z\n') ? 'Z' : 'A')),
    ).toBe(
      `{
  "lockVersion": 1,
  "generator": "1.2.3",
  "source": "spec.yaml",
  "specHash": "abc",
  "files": {
    "src/a.ts": "A",
    "src/z.ts": "Z"
  }
}
`,
    );
  });

  it('depends on no order', () => {
    expect(withLock([...files].reverse(), origin)).toEqual(withLock(files, origin));
  });

  it('can be read back', () => {
    expect([...parseLock(lockOf(files))]).toEqual([
      ['src/a.ts', hashContent('a\n')],
      ['src/z.ts', hashContent('z\n')],
    ]);
  });
});

describe('hashContent', () => {
  it('is SHA-256 in hex, whatever the line endings', () => {
    expect(hashContent('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hashContent('a\r\nb\r\n')).toBe(hashContent('a\nb\n'));
    expect(hashContent('a\rb')).not.toBe(hashContent('a\nb'));
  });
});

describe('parseLock', () => {
  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"files":null}',
    '{"files":[]}',
    '{"files":{"a":1}}',
    '<<<<<<< HEAD\n{"files":{}}',
    '{"files":{"../outside":"x"}}',
    '{"files":{"/etc/passwd":"x"}}',
    '{"files":{"C:/x":"x"}}',
    '{"files":{"a\\\\..\\\\b":"x"}}',
    '{"files":{"a//b":"x"}}',
    '{"files":{"./a":"x"}}',
    '{"files":{"":"x"}}',
  ])('refuses %j', (content) => {
    expect(codeOf(content)).toBe('BROKEN_LOCK');
  });

  it('refuses a lock of a version to come', () => {
    expect(codeOf('{"lockVersion":2,"files":{}}')).toBe('NEWER_LOCK');
  });
});
