import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { check, readLock, write } from '../../src/write/write.js';
import { hashContent } from '../../src/lock/files.js';
import { listen, systemError, type Operation } from '../support/faults.js';
import {
  isCommitted,
  newFiles,
  oldFiles,
  put,
  Regeneration,
  snapshot,
  stagings,
  usersFiles,
} from './regeneration.js';

let regeneration: Regeneration;

beforeAll(async () => {
  regeneration = await Regeneration.prepare();
});

afterAll(() => regeneration.remove());

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems[0]?.code;
  }
}

/** An old project whose regeneration was interrupted as soon as it was committed, or before that. */
async function interrupted(committed: boolean): Promise<{ folder: string; staging: string }> {
  const folder = await regeneration.project();
  let reached = false;
  const stop = (operation: Operation) => {
    const isCommit = String(operation.args[1]).endsWith('/journal.json');
    if (reached || (isCommit && !committed)) {
      reached = true;
      throw systemError('EIO', operation);
    }
    reached = isCommit;
  };
  await codeOf(listen(stop, () => write(newFiles, folder)));
  const left = await snapshot(folder);
  expect(isCommitted(left)).toBe(committed);
  const [staging = ''] = stagings(left);
  expect(staging).not.toBe('');
  return { folder, staging };
}

const staged = ({ folder, staging }: { folder: string; staging: string }, path: string) =>
  join(folder, staging, 'files', path);

/** An old project with a journal from another source, and one staged file for it. */
async function planted(steps: unknown, path = 'planted'): Promise<string> {
  const folder = await regeneration.project();
  const staging = `.openapi-to-mcp-${'0'.repeat(16)}`;
  await put(folder, `${staging}/journal.json`, JSON.stringify({ journalVersion: 1, steps }));
  await put(folder, `${staging}/files/${path}`, 'planted');
  await mkdir(join(folder, staging, 'gone'));
  return folder;
}

const planting = { path: 'planted', after: hashContent('planted') };

describe('recover', () => {
  it.each([
    ['check', (folder: string) => check(newFiles, folder)],
    ['write', (folder: string) => write(newFiles, folder)],
    ['readLock', readLock],
  ])('is the first step of %s', async (_, work) => {
    const { folder } = await interrupted(true);
    await work(folder);
    expect(await snapshot(folder)).toEqual(regeneration.after);
  });

  it('removes a staging folder without a journal', async () => {
    const { folder } = await interrupted(false);
    await check(oldFiles, folder);
    expect(await snapshot(folder)).toEqual(regeneration.before);
  });

  it('completes a change whose journal was put in place at the last moment', async () => {
    const { folder, staging } = await interrupted(true);
    const path = join(folder, staging);
    await rename(join(path, 'journal.json'), join(path, 'draft.json'));
    let commits = 0;
    const commit = async ({ name, args }: Operation) => {
      if (name !== 'rename' || args[0] !== path) return;
      commits += 1;
      await rename(join(path, 'draft.json'), join(path, 'journal.json'));
    };
    await listen(
      async (operation) => {
        if (commits === 0) await commit(operation);
      },
      () => check(newFiles, folder),
    );
    expect([commits, await snapshot(folder)]).toEqual([1, regeneration.after]);
  });

  it('keeps folders that only resemble its own', async () => {
    const folder = await regeneration.project();
    await put(folder, '.openapi-to-mcp-notes/journal.json', 'mine');
    await put(folder, `.openapi-to-mcp-${'a'.repeat(16)}`, 'mine');
    await put(folder, `src/.openapi-to-mcp-${'a'.repeat(16)}/x`, 'mine');
    await mkdir(join(folder, 'target'));
    await symlink('target', join(folder, `.openapi-to-mcp-${'b'.repeat(16)}`));
    const before = await snapshot(folder);
    await check(oldFiles, folder);
    expect(await snapshot(folder)).toEqual(before);
  });

  it('has nothing to do in a folder that does not exist', async () => {
    const folder = await regeneration.place();
    expect(await readLock(folder)).toBeUndefined();
    expect(await snapshot(dirname(folder))).toEqual({});
  });
});

describe('a change that no longer fits', () => {
  const cases: [string, (left: { folder: string; staging: string }) => Promise<unknown>][] = [
    ['a staged file was changed', (left) => writeFile(staged(left, '.env.example'), 'other')],
    ['a staged file is missing', (left) => rm(staged(left, '.env.example'))],
    [
      'a staged file is truncated',
      (left) => writeFile(staged(left, 'src/generated/tools/changed.ts'), ''),
    ],
    [
      'a file is in place and its staged one was changed',
      async (left) => {
        await put(left.folder, '.env.example', 'new\n');
        await writeFile(staged(left, '.env.example'), 'other');
      },
    ],
    ['a file was edited', ({ folder }) => put(folder, '.env.example', 'by hand')],
    ['a file was deleted', ({ folder }) => rm(join(folder, '.env.example'))],
    [
      'a file to be deleted was edited',
      ({ folder }) => put(folder, 'src/generated/tools/deleted.ts', 'x'),
    ],
    [
      'a file exists where one is to be added',
      ({ folder }) => put(folder, 'src/generated/tools/added.ts', 'x'),
    ],
    ['the lock was changed', ({ folder }) => put(folder, 'openapi-to-mcp.lock', '{}')],
    [
      'the journal is truncated',
      ({ folder, staging }) => put(folder, `${staging}/journal.json`, '{"journalVersion":1'),
    ],
    [
      'the journal has a later version',
      ({ folder, staging }) =>
        put(folder, `${staging}/journal.json`, '{"journalVersion":2,"steps":[]}'),
    ],
  ];

  it.each(cases)('stops everything if %s', async (_, spoil) => {
    const left = await interrupted(true);
    await spoil(left);
    const before = await snapshot(left.folder);
    expect(await codeOf(check(newFiles, left.folder))).toBe('BROKEN_JOURNAL');
    expect(await codeOf(check(newFiles, left.folder, { force: true }))).toBe('BROKEN_JOURNAL');
    expect(await codeOf(write(newFiles, left.folder))).toBe('BROKEN_JOURNAL');
    expect(await codeOf(readLock(left.folder))).toBe('BROKEN_JOURNAL');
    expect(await snapshot(left.folder)).toEqual(before);
    await write(newFiles, left.folder, { force: true });
    const after = await snapshot(left.folder);
    expect(stagings(after)).toEqual([]);
    expect(after).toMatchObject(usersFiles);
    expect(await check(newFiles, left.folder)).toEqual([]);
  });

  it('is reported with a remedy', async () => {
    const { folder, staging } = await interrupted(true);
    await put(folder, '.env.example', 'by hand');
    const error = (await check(newFiles, folder).catch((reason: unknown) => reason)) as InputError;
    expect(error.problems[0]?.message).toContain(staging);
    expect(error.problems[0]?.remedy).toMatch(new RegExp(`delete ${staging}, or use --force`));
  });
});

describe('a journal that arrives in a pull request', () => {
  const hash = 'e'.repeat(64);

  it('would be completed if it were one of ours', async () => {
    const folder = await planted([planting]);
    await check(oldFiles, folder);
    expect(await readFile(join(folder, 'planted'), 'utf8')).toBe('planted');
  });

  it.each([
    [[{ ...planting, path: '../planted' }]],
    [[{ ...planting, path: '/tmp/planted' }]],
    [[{ ...planting, path: '.git/hooks/pre-commit' }]],
    [[{ ...planting, path: 'x/.GIT/hooks/pre-commit' }]],
    [[{ ...planting, path: 'a\\..\\b' }]],
    [[{ ...planting, path: 1 }]],
    [[{ ...planting, after: 'x' }]],
    [[{ ...planting, before: 1 }]],
    [[planting, planting]],
    [[{ path: 'notes.txt', before: hash }]],
    [[planting, { path: 'planted-too', after: hash }]],
    [{ planted: planting }],
    ['planted'],
    [null],
  ])('is refused, and nothing is done, if it contains %j', async (steps) => {
    const folder = await planted(steps);
    const before = await snapshot(folder);
    expect(await codeOf(write(oldFiles, folder))).toBe('BROKEN_JOURNAL');
    expect(await snapshot(folder)).toEqual(before);
  });

  it('deletes nothing that the generator cannot have written', async () => {
    const folder = await planted([{ path: 'src/mine.ts', before: hashContent('mine') }]);
    await put(folder, 'src/mine.ts', 'mine');
    expect(await codeOf(write(oldFiles, folder))).toBe('BROKEN_JOURNAL');
    expect(await readFile(join(folder, 'src/mine.ts'), 'utf8')).toBe('mine');
  });

  it.each([
    ['out of the project', (outside: string) => outside],
    ['into .git', () => '.git/hooks'],
  ])('does not follow a link %s', async (_, target) => {
    const outside = await regeneration.place();
    await mkdir(outside, { recursive: true });
    const folder = await planted([{ ...planting, path: 'link/planted' }], 'link/planted');
    await mkdir(join(folder, '.git/hooks'), { recursive: true });
    await symlink(target(outside), join(folder, 'link'));
    const before = await snapshot(folder);
    expect(await codeOf(check(oldFiles, folder))).toBe('LEADS_OUTSIDE');
    expect(await codeOf(write(oldFiles, folder, { force: true }))).toBe('LEADS_OUTSIDE');
    expect([await readdir(outside), await snapshot(folder)]).toEqual([[], before]);
  });
});
