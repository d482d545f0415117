import { execFileSync } from 'node:child_process';
import {
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashContent } from '../src/lock/files.js';
import { printLock } from '../src/lock/lock.js';
import { InputError } from '../src/errors.js';
import { check, write } from '../src/write/write.js';
import { project, sampleLock } from './support/locked.js';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'write-'));
  folder = join(parent, 'project');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

const read = (path: string) => readFile(join(folder, path), 'utf8');

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** Every file below the folder, with its content. */
async function snapshot(): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      paths.sort().map(async (path) => [path, await readFile(path, 'utf8')] as const),
    ),
  );
}

async function codesOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw new Error(`Not an InputError: ${String(error)}`);
  return error.problems.map(({ code, message }) => `${code} ${message}`);
}

const one = project({ 'src/generated/a.ts': 'a\n', 'src/generated/tools/b.ts': 'b\n' });

describe('write', () => {
  it('writes every file of a new project', async () => {
    const differences = await write(one, folder);
    expect(differences.every(({ kind }) => kind === 'create')).toBe(true);
    for (const { path, content } of one) expect(await read(path)).toBe(content);
    expect(Object.keys(await snapshot())).toHaveLength(one.length);
  });

  it('changes nothing the second time, not even the times of files', async () => {
    await write(one, folder);
    const before = await stat(join(folder, 'src/generated/a.ts'));
    expect(await write(one, folder)).toEqual([]);
    expect((await stat(join(folder, 'src/generated/a.ts'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('rewrites generated files and never the user’s', async () => {
    await write(one, folder);
    await put('README.md', 'mine\n');
    const two = project(
      { 'src/generated/a.ts': 'A\n', 'src/generated/tools/b.ts': 'b\n' },
      'new\n',
    );
    expect(await write(two, folder, { force: true })).toEqual([
      { path: 'openapi-to-mcp.lock', kind: 'update' },
      { path: 'src/generated/a.ts', kind: 'update' },
    ]);
    expect(await read('src/generated/a.ts')).toBe('A\n');
    expect(await read('README.md')).toBe('mine\n');
  });

  it('stops at hand-edited files, all of them, before anything is written', async () => {
    await write(one, folder);
    await put('src/generated/a.ts', 'edited\n');
    await put('src/generated/tools/b.ts', 'edited\n');
    const before = await snapshot();
    const two = project({
      'src/generated/0.ts': 'new\n',
      'src/generated/a.ts': 'A\n',
      'src/generated/tools/b.ts': 'B\n',
    });
    const [first, ...rest] = await codesOf(write(two, folder));
    expect(first).toMatch(/^HAND_EDITED .*src\/generated\/a\.ts, src\/generated\/tools\/b\.ts/);
    expect(rest).toEqual([]);
    expect(await snapshot()).toEqual(before);
    await write(two, folder, { force: true });
    expect(await read('src/generated/a.ts')).toBe('A\n');
  });

  it('accepts an edit that equals its own output', async () => {
    await write(one, folder);
    await put('src/generated/a.ts', 'A\n');
    await write(
      project({ 'src/generated/a.ts': 'A\n', 'src/generated/tools/b.ts': 'b\n' }),
      folder,
    );
    expect(
      await check(
        project({ 'src/generated/a.ts': 'A\n', 'src/generated/tools/b.ts': 'b\n' }),
        folder,
      ),
    ).toEqual([]);
  });

  it('treats CRLF as LF, which git converts', async () => {
    await write(one, folder);
    for (const { path, content } of one) await put(path, content.replaceAll('\n', '\r\n'));
    expect(await check(one, folder)).toEqual([]);
    // The lock as well: a run without a change writes nothing.
    expect(await write(one, folder)).toEqual([]);
    const two = project({ 'src/generated/a.ts': 'A\n', 'src/generated/tools/b.ts': 'b\n' });
    await write(two, folder);
    expect(await read('src/generated/a.ts')).toBe('A\n');
  });

  it('keeps foreign files, and stops at one that is in the way', async () => {
    await put('src/generated/other.ts', 'other\n');
    await write(one, folder);
    expect(await read('src/generated/other.ts')).toBe('other\n');
    const two = project({ 'src/generated/other.ts': 'mine\n' });
    expect(await codesOf(write(two, folder))).toEqual([
      expect.stringMatching(/^FOREIGN_FILE .*src\/generated\/other\.ts/),
    ]);
    expect(await read('src/generated/other.ts')).toBe('other\n');
    expect(await read('src/generated/a.ts')).toBe('a\n');
  });

  it('stops at foreign files in a folder without a lock', async () => {
    await put('src/generated/a.ts', 'theirs\n');
    const before = await snapshot();
    expect(await codesOf(write(one, folder))).toEqual([expect.stringMatching(/^FOREIGN_FILE/)]);
    expect(await snapshot()).toEqual(before);
  });

  it('deletes files that it no longer produces, with the folders that become empty', async () => {
    await write(one, folder);
    await put('src/generated/other.ts', 'other\n');
    await write(project({ 'src/generated/a.ts': 'a\n' }), folder);
    expect(await readdir(join(folder, 'src/generated'))).toEqual(['a.ts', 'other.ts']);
    await write(project({}), folder);
    expect(await readdir(join(folder, 'src/generated'))).toEqual(['other.ts']);
  });

  it('does not delete edited files, unless forced', async () => {
    await write(one, folder);
    await put('src/generated/tools/b.ts', 'edited\n');
    const two = project({ 'src/generated/a.ts': 'a\n' });
    expect(await codesOf(write(two, folder))).toEqual([
      expect.stringMatching(/^HAND_EDITED .*tools\/b\.ts/),
    ]);
    await write(two, folder, { force: true });
    expect(await readdir(join(folder, 'src/generated'))).toEqual(['a.ts']);
  });

  it('accepts that a file it would delete no longer exists', async () => {
    await write(one, folder);
    await rm(join(folder, 'src/generated/tools'), { recursive: true });
    await write(project({ 'src/generated/a.ts': 'a\n' }), folder);
    expect(await readdir(join(folder, 'src/generated'))).toEqual(['a.ts']);
  });

  it('stops at a lock it cannot read, unless forced', async () => {
    await write(one, folder);
    await put('openapi-to-mcp.lock', '<<<<<<< HEAD\n');
    expect(await codesOf(write(one, folder))).toEqual([expect.stringMatching(/^BROKEN_LOCK/)]);
    await write(one, folder, { force: true });
    expect(await check(one, folder)).toEqual([]);
  });

  it('deletes no file outside that a lock names', async () => {
    await writeFile(join(parent, 'victim'), 'x');
    await put('openapi-to-mcp.lock', '{"lockVersion":1,"files":{"../victim":"x"}}');
    await codesOf(write(one, folder));
    await write(one, folder, { force: true });
    expect(await readFile(join(parent, 'victim'), 'utf8')).toBe('x');
  });

  it('deletes no file that was generated only according to a lock', async () => {
    const mine = ['src/mine.ts', '.github/workflows/security.yml', 'package.json', 'src/main.ts'];
    await write(one, folder);
    for (const path of mine) await put(path, 'mine');
    await put('src/generated/tools/old.ts', 'mine');
    const files = [...mine, 'src/generated/tools/old.ts'];
    const locked = new Map(files.map((path) => [path, hashContent('mine')]));
    await put('openapi-to-mcp.lock', printLock({ ...sampleLock, files: locked }));
    await write(one, folder, { force: true });
    for (const path of mine) expect(await readFile(join(folder, path), 'utf8'), path).toBe('mine');
    expect(await readdir(join(folder, 'src/generated/tools'))).toEqual(['b.ts']);
  });

  it('writes nothing if a folder is in the place of a file', async () => {
    await mkdir(join(folder, 'README.md'), { recursive: true });
    expect(await codesOf(write(one, folder))).toEqual([expect.stringMatching(/^CANNOT_WRITE/)]);
    expect(await readdir(folder)).toEqual(['README.md']);
  });

  it('names a folder in the place of a file, and a file in the place of a folder', async () => {
    await mkdir(join(folder, 'src/generated/a.ts'), { recursive: true });
    expect(await codesOf(write(one, folder))).toEqual([
      'CANNOT_WRITE src/generated/a.ts is a folder, but has to be a file.',
    ]);
    await rm(join(folder, 'src/generated'), { recursive: true });
    await put('src/generated', 'mine');
    expect(await codesOf(write(one, folder))).toEqual([
      'CANNOT_WRITE src/generated is a file, but has to be a folder.',
    ]);
  });

  it('leaves nothing behind if it fails halfway, not even the folder', async () => {
    const impossible = project({ a: '1', 'a/b': '2' });
    expect(await codesOf(write(impossible, join(folder, 'in', 'it')))).toEqual([
      expect.stringMatching(/^CANNOT_WRITE/),
    ]);
    expect(await readdir(parent)).toEqual([]);
    await put('notes.txt', 'mine');
    await codesOf(write(impossible, folder));
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('reports that a file is in the place of the folder', async () => {
    await writeFile(folder, 'file');
    for (const place of [folder, join(folder, 'in')])
      await expect(write(one, place)).rejects.toThrow(
        `CANNOT_WRITE: ${place} is not a folder, or is inside a file.`,
      );
  });

  it('ends where the system denies that a folder exists, as Linux does in /proc', async () => {
    await expect(write(one, '/proc/nothing/here')).rejects.toThrow(/^CANNOT_WRITE: .* mkdir/);
  });

  it.each(['../x', '/x', 'a/../x', 'a\\x', 'C:/x', ''])(
    'has a defect if asked for %j',
    async (path) => {
      const file = { path, content: 'x', owner: 'generated' } as const;
      await expect(write([file], folder, { force: true })).rejects.toThrow(
        'Not a path in a project',
      );
    },
  );
});

describe('write and pipes', () => {
  it.each(['src/generated/a.ts', 'openapi-to-mcp.lock', 'src', 'a link'])(
    'does not wait for the writer of a pipe: %s',
    async (place) => {
      const path = place === 'a link' ? 'pipe' : place;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      execFileSync('mkfifo', [join(folder, path)]);
      if (place === 'a link') await symlink('pipe', join(folder, 'openapi-to-mcp.lock'));
      const named = place === 'a link' ? 'openapi-to-mcp.lock' : place;
      for (const force of [false, true])
        expect(await codesOf(write(one, folder, { force }))).toEqual([
          `CANNOT_WRITE ${named} is a pipe or socket, but has to be a file or folder.`,
        ]);
    },
  );
});

describe('write and symbolic links', () => {
  it.each([
    ['a folder', 'src', 'outside'],
    ['a nested folder', 'src/generated/tools', 'outside'],
    ['a missing folder', 'src', 'absent'],
    ['a sibling whose name begins alike', 'src', 'project-too'],
    ['the parent', 'src', '.'],
  ])('does not follow %s out of the project', async (_, link, target) => {
    for (const name of ['outside', 'project-too']) await mkdir(join(parent, name));
    await mkdir(dirname(join(folder, link)), { recursive: true });
    await symlink(join(parent, target), join(folder, link));
    const before = await readdir(parent, { recursive: true });
    for (const force of [false, true]) {
      expect(await codesOf(write(one, folder, { force }))).toEqual([
        expect.stringMatching(/^LEADS_OUTSIDE/),
      ]);
    }
    expect(await readdir(parent, { recursive: true })).toEqual(before);
  });

  it('does not follow a link to a file either', async () => {
    await writeFile(join(parent, 'victim'), 'x');
    await mkdir(join(folder, 'src/generated'), { recursive: true });
    await symlink(join(parent, 'victim'), join(folder, 'src/generated/a.ts'));
    expect(await codesOf(write(one, folder, { force: true }))).toEqual([
      expect.stringMatching(/^LEADS_OUTSIDE/),
    ]);
    expect(await readFile(join(parent, 'victim'), 'utf8')).toBe('x');
  });

  it('replaces a link that appears after the comparison, and never writes through it', async () => {
    await writeFile(join(parent, 'victim'), 'x');
    await mkdir(join(folder, 'src/generated'), { recursive: true });
    const beforeChange = () => symlink(join(parent, 'victim'), join(folder, 'src/generated/a.ts'));
    await write(one, folder, { beforeChange });
    expect(await readFile(join(parent, 'victim'), 'utf8')).toBe('x');
    expect((await lstat(join(folder, 'src/generated/a.ts'))).isFile()).toBe(true);
  });

  it('refuses a folder that becomes a link after the comparison', async () => {
    await mkdir(join(parent, 'outside'));
    await mkdir(folder);
    const beforeChange = () => symlink(join(parent, 'outside'), join(folder, 'src'));
    expect(await codesOf(write(one, folder, { beforeChange }))).toEqual([
      expect.stringMatching(/^LEADS_OUTSIDE/),
    ]);
    expect(await readdir(join(parent, 'outside'))).toEqual([]);
  });

  it.each(['victim', 'absent'])('leaves a link of the user to %s alone', async (target) => {
    await writeFile(join(parent, 'victim'), 'x');
    await mkdir(folder);
    await symlink(join(parent, target), join(folder, 'README.md'));
    await write(one, folder, { force: true });
    expect(await check(one, folder)).toEqual([]);
    expect(await readlink(join(folder, 'README.md'))).toBe(join(parent, target));
    expect(await readdir(parent)).toEqual(['project', 'victim']);
    expect(await readFile(join(parent, 'victim'), 'utf8')).toBe('x');
  });

  it('follows links that stay inside, and a link to the project itself', async () => {
    await mkdir(join(folder, 'sources'), { recursive: true });
    await symlink('sources', join(folder, 'src'));
    await symlink(folder, join(parent, 'link'));
    await write(one, join(parent, 'link'));
    expect(await read('sources/generated/a.ts')).toBe('a\n');
  });
});

describe('check', () => {
  it('reports what write would do, and does nothing', async () => {
    expect(await check(one, folder)).toEqual(one.map(({ path }) => ({ path, kind: 'create' })));
    expect(await readdir(parent)).toEqual([]);
    await write(one, folder);
    expect(await check(one, folder)).toEqual([]);
  });

  it('distinguishes the kinds of differences', async () => {
    await write(
      project({
        'src/generated/deleted': '1',
        'src/generated/edited': '1',
        'src/generated/edited-and-gone': '1',
        'src/generated/updated': '1',
        'src/generated/same': '1',
      }),
      folder,
    );
    await put('src/generated/edited', 'by hand');
    await put('src/generated/edited-and-gone', 'by hand');
    await put('src/generated/foreign', 'theirs');
    const before = await snapshot();
    const next = project({
      'src/generated/created': '2',
      'src/generated/edited': '2',
      'src/generated/foreign': '2',
      'src/generated/same': '1',
      'src/generated/updated': '2',
    });
    expect(await check(next, folder)).toEqual([
      { path: 'openapi-to-mcp.lock', kind: 'update' },
      { path: 'src/generated/created', kind: 'create' },
      { path: 'src/generated/deleted', kind: 'delete' },
      { path: 'src/generated/edited', kind: 'edited' },
      { path: 'src/generated/edited-and-gone', kind: 'edited' },
      { path: 'src/generated/foreign', kind: 'foreign' },
      { path: 'src/generated/updated', kind: 'update' },
    ]);
    expect(await snapshot()).toEqual(before);
  });
});
