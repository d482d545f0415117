import { hashContent, normalizeLineEndings } from '../lock/files.js';
import type { OutputFile } from '../emit/file.js';
import { InputError } from '../errors.js';
import { byCodeUnit } from '../json.js';
import { lockPath, type Lock, parseLock } from '../lock/lock.js';
import { changeFiles } from './change-files.js';
import { compare, type Difference, type Expected, type Finding, refuse } from './compare.js';
import { ProjectFolder } from './project-folder.js';
import { recover } from './recover.js';

export type { Difference } from './compare.js';

export interface WriteOptions {
  /** Also overwrite and delete edited and foreign files, and ignore a lock that cannot be read. */
  readonly force?: boolean;
}

/**
 * The changes that `write` would make in a folder. Writes nothing, but finishes an interrupted run. @throws
 * InputError `BROKEN_LOCK`, `BROKEN_JOURNAL`, `LEADS_OUTSIDE`, `CANNOT_WRITE`, …
 */
export async function check(
  files: readonly OutputFile[],
  directory: string,
  options: WriteOptions = {},
): Promise<Difference[]> {
  return inProject(directory, {}, async (folder) => {
    const { text, hash, lock } = await lockIn(folder, options);
    const found = compare(files.map(toExpected), lock?.files ?? new Map(), folder);
    const content = files.find(({ path }) => path === lockPath)?.content;
    const same = text !== undefined && normalizeLineEndings(text) === (content ?? text);
    return [...found, ...(same ? [] : [lockFinding(hash)])].map(toDifference).sort(byPath);
  });
}

/**
 * Writes a project, as a whole or not at all (see `changeFiles`), and resolves to the changes. The user's own files
 * are written once; any other file that the generator did not write stops the run before anything is written. @throws
 * InputError `HAND_EDITED`, `FOREIGN_FILE`, `BROKEN_LOCK`, `BROKEN_JOURNAL`, `LEADS_OUTSIDE`, `CANNOT_WRITE`, …
 */
export async function write(
  files: readonly OutputFile[],
  directory: string,
  options: WriteOptions = {},
): Promise<Difference[]> {
  return inProject(directory, options, async (folder) => {
    const { text, hash, lock } = await lockIn(folder, options);
    const found = compare(files.map(toExpected), lock?.files ?? new Map(), folder);
    if (options.force !== true) refuse(found);
    const contents = new Map(files.map(({ path, content }) => [path, content]));
    const same = text === (contents.get(lockPath) ?? text);
    const findings = [...found, ...(same ? [] : [lockFinding(hash)])].sort(byPath);
    const changes = findings.map(({ path, before }) => {
      const content = contents.get(path);
      return {
        path,
        ...(before !== undefined && { before }),
        ...(content !== undefined && { content }),
      };
    });
    if (changes.length > 0) await changeFiles(folder, changes, hash);
    return findings.map(toDifference);
  });
}

/** The lock of a project, or undefined when there is none. @throws InputError `BROKEN_LOCK`, `NEWER_LOCK`, … */
export async function readLock(directory: string): Promise<Lock | undefined> {
  return inProject(directory, {}, async (folder) => (await lockIn(folder, {})).lock);
}

async function lockIn(
  folder: ProjectFolder,
  { force }: WriteOptions,
): Promise<{ text?: string; hash?: string; lock?: Lock }> {
  const hash = folder.hashes([lockPath]).get(lockPath);
  const text = await folder.read(lockPath);
  if (hash === undefined || text === undefined) return {};
  try {
    return { text, hash, lock: parseLock(text) };
  } catch (error) {
    if (force === true) return { text, hash };
    throw error;
  }
}

function lockFinding(before: string | undefined): Finding {
  return before === undefined
    ? { path: lockPath, kind: 'create' }
    : { path: lockPath, kind: 'update', before };
}

function toExpected({ path, content, owner }: OutputFile): Expected {
  return { path, hash: hashContent(content), owner };
}

function toDifference({ path, kind }: Finding): Difference {
  return { path, kind };
}

function byPath(a: Difference, b: Difference): number {
  return byCodeUnit(a.path, b.path);
}

/** The user can fix what the file system refuses; any other error is a bug. */
async function inProject<T>(
  directory: string,
  options: WriteOptions,
  work: (folder: ProjectFolder) => Promise<T>,
): Promise<T> {
  try {
    const folder = await ProjectFolder.open(directory);
    await recover(folder, options);
    return await work(folder);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new InputError({
      code: 'CANNOT_WRITE',
      message: `${directory} cannot be written: ${error.message}.`,
      place: '--output',
      remedy: 'Choose a folder that you can write to.',
    });
  }
}
