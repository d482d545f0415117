import { describe, expect, it } from 'vitest';
import { hashContent } from '../src/lock/files.js';
import { printLock, type Lock, parseLock } from '../src/lock/lock.js';
import { InputError, type Problem } from '../src/errors.js';
import { sampleLock } from './support/locked.js';

const lock: Lock = {
  ...sampleLock,
  flags: { url: '../spec.yaml', include: ['tag:pets', 'GET /a'] },
  files: new Map([
    ['src/z.ts', 'f'.repeat(64)],
    ['src/a.ts', 'e'.repeat(64)],
  ]),
};

const oldLock = {
  lockVersion: 1,
  generator: '0.1.0',
  source: 'spec.yaml',
  specHash: 'a'.repeat(64),
  files: { 'src/a.ts': 'e'.repeat(64) },
};

function problemOf(content: string, generator?: string): Problem | undefined {
  try {
    parseLock(content, generator);
  } catch (error) {
    if (error instanceof InputError) return error.problems[0];
    throw error;
  }
  return undefined;
}

const codeOf = (content: string, generator?: string) => problemOf(content, generator)?.code;

/** The printed lock with some members replaced; `path` has dots. */
function spoilt(path: string, value: unknown): string {
  const whole = JSON.parse(printLock(lock)) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const target = keys.reduce((at, key) => at[key] as Record<string, unknown>, whole);
  if (value === undefined) Reflect.deleteProperty(target, last);
  else Object.defineProperty(target, last, { value, enumerable: true, configurable: true });
  return JSON.stringify(whole);
}

describe('printLock', () => {
  it('prints one entry per line, in code unit order', () => {
    expect(printLock(lock)).toBe(`{
  "files": {
    "src/a.ts": "${'e'.repeat(64)}",
    "src/z.ts": "${'f'.repeat(64)}"
  },
  "generator": "0.0.1",
  "lockVersion": 3,
  "options": {
    "include": ["tag:pets","GET /a"],
    "url": "../spec.yaml"
  },
  "source": {
    "hash": "${'a'.repeat(64)}",
    "location": "../spec.yaml"
  }
}
`);
  });

  it('does not depend on the order', () => {
    const turned = {
      ...lock,
      files: new Map([...lock.files].reverse()),
      flags: { include: lock.flags.include ?? [], url: lock.flags.url },
    };
    expect(printLock(turned)).toBe(printLock(lock));
  });

  it('makes invisible characters visible', () => {
    const files = new Map([['src/\u202ea.ts', 'e'.repeat(64)]]);
    expect(printLock({ ...lock, files })).toContain('"src/\\u202ea.ts"');
  });
});

describe('parseLock', () => {
  it('reads a printed lock', () => {
    expect(parseLock(printLock(lock))).toEqual(lock);
    expect(parseLock(printLock(lock).replaceAll('\n', '\r\n'))).toEqual(lock);
  });

  it('ignores additional members of earlier generators', () => {
    const whole = JSON.parse(printLock(lock)) as object;
    const seal = 'a'.repeat(64);
    const earlier = { ...whole, seal, tokens: 70, tools: { a: {} }, warnings: { SCHEMA_CUT: 2 } };
    expect(parseLock(JSON.stringify(earlier))).toEqual(lock);
  });

  it('refuses version 1, which had no options, with a remedy', () => {
    const remedy = expect.stringMatching(/--force.*--url/) as string;
    expect(() => parseLock(JSON.stringify(oldLock))).toThrow(InputError);
    expect(problemOf(JSON.stringify(oldLock))).toMatchObject({ code: 'OLD_LOCK', remedy });
  });

  it('reads version 2, and drops the --allow-private that it recorded', () => {
    const old = spoilt('options.allow-private', true).replace('"lockVersion":3', '"lockVersion":2');
    expect(parseLock(old)).toEqual({ ...lock, version: 2 });
    expect(codeOf(old.replace('"allow-private":true', '"allow-private":"yes"'))).toBe(
      'BROKEN_LOCK',
    );
  });

  it.each([
    ['0.0.1', '0.0.1', undefined],
    ['0.0.1', '0.0.2-rc.1', undefined],
    ['0.9.9', '0.10.0', undefined],
    ['0.10.0', '0.9.9', 'NEWER_LOCK'],
    ['1.0.0', '0.99.99', 'NEWER_LOCK'],
    ['0.0.3', '0.0.2', 'NEWER_LOCK'],
  ])('of a lock by generator %s, read by %s, thinks %s', (writer, reader, code) => {
    expect(codeOf(spoilt('generator', writer), reader)).toBe(code);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"lockVersion":0,"files":{}}',
    '{"lockVersion":"2","files":{}}',
    '<<<<<<< HEAD\n{"files":{}}',
  ])('refuses %j', (content) => {
    expect(codeOf(content)).toBe('BROKEN_LOCK');
  });

  const hash = 'e'.repeat(64);
  it.each([
    ['files', undefined],
    ['files', null],
    ['files', []],
    ['files', { a: 1 }],
    ['files', { a: 'E'.repeat(64) }],
    ['files', { '../outside': hash }],
    ['files', { '/etc/passwd': hash }],
    ['files', { 'C:/x': hash }],
    ['files', { 'a\\..\\b': hash }],
    ['files', { 'a//b': hash }],
    ['files', { './a': hash }],
    ['files', { '': hash }],
    ['files', { '.git/HEAD': hash }],
    ['files', { 'a/.GIT/hooks/pre-commit': hash }],
    ['files', { '.git./config': hash }],
    ['files', { 'GIT~1/config': hash }],
    ['generator', 1],
    ['generator', '1'],
    ['generator', '0.0.1-rc.1'],
    ['generator', 'v0.0.1'],
    ['generator', 'file:./evil.tgz'],
    ['generator', 'npm:is-number@7.0.0'],
    ['generator', '0.0.1\n'],
    ['source', 'spec.yaml'],
    ['source.location', undefined],
    ['source.hash', 'x'],
    ['options', undefined],
    ['options', ['--url', 'x']],
    ['options.url', undefined],
    ['options.url', ['x']],
    ['options.header', ['Authorization: x']],
    ['options.output', '/etc'],
    ['options.force', true],
    ['options.__proto__', 'x'],
    ['options.constructor', 'x'],
    ['options.include', 'tag:pets'],
    ['options.include', [1]],
    ['options.read-only', false],
    ['options.read-only', 'yes'],
    ['options.auth', 'nobody'],
    ['options.scopes', ''],
    ['options.allow-private', true],
    ['options.name', true],
  ])('refuses %s: %j', (path, value) => {
    expect(codeOf(spoilt(path, value))).toBe('BROKEN_LOCK');
  });

  it.each([
    ['options.auth', 'basic', '#/options/auth'],
    ['options.include', 'tag:pets', '#/options/include'],
    ['options.unknown', 'x', '#/options/unknown'],
    ['options', undefined, '#/options'],
    ['generator', 1, ''],
  ])('names the place of %s: %j', (path, value, place) => {
    expect(problemOf(spoilt(path, value))?.place).toBe(`openapi-to-mcp.lock${place}`);
  });

  it('skips the byte order mark that an editor adds', () => {
    expect(codeOf(`\ufeff${spoilt('generator', '0.0.2')}`)).toBeUndefined();
  });

  it('accepts the lock that the cases above break', () => {
    expect(codeOf(spoilt('generator', '0.0.2'))).toBeUndefined();
  });

  it('refuses a lock of a later version', () => {
    expect(codeOf('{"lockVersion":4,"files":{}}')).toBe('NEWER_LOCK');
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

  it('is the same for a text and its bytes, but not for bytes that are not text', () => {
    for (const text of ['', 'a\nb', 'a\r\nb', 'ä\r\n€']) {
      expect(hashContent(Buffer.from(text)), text).toBe(hashContent(text));
    }
    expect(hashContent(Buffer.from([0xff, 13, 10]))).not.toBe(
      hashContent(Buffer.from([0xfe, 13, 10])),
    );
  });
});
