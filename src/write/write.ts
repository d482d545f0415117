import { hashContent } from '../lock/files.js';
import type { OutputFile } from '../emit/file.js';
import { InputError } from '../errors.js';
import { lockPath, type Lock, parseLock } from '../lock/lock.js';
import { changeFiles } from './change-files.js';
import { compare, type Difference, type Expected, type Finding, refuse } from './compare.js';
import { ProjectFolder } from './project-folder.js';
import { recover } from './recover.js';

export type { Difference } from './compare.js';

export interface WriteOptions {
  /** Also overwrite and delete edited and foreign files, and ignore a lock that cannot be read. */
  readonly force?: boolean;
  /** Called by `write` with the changes, if there are any, just before it makes them. */
  readonly beforeChange?: (differences: readonly Difference[]) => Promise<void>;
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
    const { lock } = await lockIn(folder, options);
    return differencesFrom(files, lock, folder).map(toDifference);
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
    const { hash, lock } = await lockIn(folder, options);
    const found = differencesFrom(files, lock, folder);
    if (options.force !== true) refuse(found);
    const contents = new Map(files.map(({ path, content }) => [path, content]));
    const changes = found.map(({ path, before }) => ({
      path,
      before,
      content: contents.get(path),
    }));
    const differences = found.map(toDifference);
    if (changes.length > 0) {
      await options.beforeChange?.(differences);
      await changeFiles(folder, changes, hash);
    }
    return differences;
  });
}

function differencesFrom(
  files: readonly OutputFile[],
  lock: Lock | undefined,
  folder: ProjectFolder,
): Finding[] {
  // The user's own file may be a link, such as to one Dockerfile for several projects: it would only be left alone.
  const isLinked = ({ path, owner }: OutputFile) => owner === 'yours' && folder.leadsOutside(path);
  const expected = files.filter((file) => !isLinked(file)).map(toExpected);
  return compare(expected, lock?.files ?? new Map(), folder);
}

/** The lock of a project, or undefined when there is none. @throws InputError `BROKEN_LOCK`, `NEWER_LOCK`, … */
export async function readLock(directory: string): Promise<Lock | undefined> {
  return inProject(directory, {}, async (folder) => (await lockIn(folder, {})).lock);
}

async function lockIn(
  folder: ProjectFolder,
  { force }: WriteOptions,
): Promise<{ hash?: string | undefined; lock?: Lock }> {
  const hash = folder.hashes([lockPath]).get(lockPath);
  const text = await folder.read(lockPath);
  if (text === undefined) return { hash };
  try {
    return { hash, lock: parseLock(text) };
  } catch (error) {
    if (force === true) return { hash };
    throw error;
  }
}

function toExpected({ path, content, owner }: OutputFile): Expected {
  return { path, hash: hashContent(content), owner };
}

function toDifference({ path, kind }: Finding): Difference {
  return { path, kind };
}

/** The user can fix what the file system refuses; any other error is a bug. */
async function inProject<T>(
  directory: string,
  options: WriteOptions,
  work: (folder: ProjectFolder) => Promise<T>,
): Promise<T> {
  try {
    const folder = await ProjectFolder.open(directory);
    await recover(folder, options.force === true);
    return await work(folder);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const isFile = /^ENOTDIR.* (scandir|realpath)\b/.test(error.message);
    throw new InputError({
      code: 'CANNOT_WRITE',
      message: isFile
        ? `${directory} is not a folder, or is inside a file.`
        : `${directory} cannot be written: ${error.message}.`,
      place: '--output',
      remedy: /^(ENOSPC|EDQUOT)\b/.test(error.message)
        ? 'Free some space, or choose a folder on another disk.'
        : 'Choose a folder that you can write to.',
    });
  }
}
