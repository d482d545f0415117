import { randomUUID } from 'node:crypto';
import {
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, InputError, type Problem } from '../errors.js';
import { parseJson } from '../json.js';
import { unlessAbsent } from '../write/project-folder.js';

/** Readable and writable only by its owner. */
const PRIVATE = 0o600;

/** The text of a file; undefined when it does not exist. @throws InputError `CANNOT_READ` */
export async function readIfThere(path: string): Promise<string | undefined> {
  return unlessAbsent(readFile(path, 'utf8')).catch((error: unknown) => {
    throw ofSystem(error, 'CANNOT_READ', path);
  });
}

/**
 * Writes a file that only its owner can read. Readers see the old content or the new, never a part. @throws InputError
 * `CANNOT_WRITE`
 */
export async function writePrivately(path: string, text: string): Promise<void> {
  await replace(await targetOf(path), text, PRIVATE);
}

/** How many concurrent writes by another program are tolerated before this one gives up. */
const TRIES = 5;

type Edit = (before: string | undefined) => string | undefined | Promise<string | undefined>;

/**
 * Changes a file of another program, which may be a symbolic link and keeps its mode. If the program changes the file
 * meanwhile, nothing is lost: the edit is repeated. Resolves to the text before and after. @throws InputError
 * `FILE_BUSY`, `CANNOT_READ`, `CANNOT_WRITE`
 */
export async function changeFile(
  path: string,
  edit: Edit,
): Promise<{ before: string | undefined; after: string | undefined }> {
  const target = await targetOf(path);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readIfThere(target);
    const after = await edit(before);
    if (before === after) return { before, after };
    const mode = await writableMode(target);
    if ((await readIfThere(target)) !== before) continue;
    await (after === undefined ? rm(target, { force: true }) : replace(target, after, mode));
    return { before, after };
  }
  throw busy(path);
}

/** The mode of a file, or that of a new one. @throws InputError `CANNOT_WRITE`: renaming would replace a read-only file */
export async function writableMode(path: string): Promise<number> {
  const mode = ((await unlessAbsent(stat(path)))?.mode ?? PRIVATE) & 0o777;
  if ((mode & 0o222) !== 0) return mode;
  throw cannot('CANNOT_WRITE', path, 'it is read-only');
}

/** Where a path leads: a link stays one, also if its target does not exist yet. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const link =
      codeOf(error) === 'ENOENT' ? await readlink(path).catch(() => undefined) : undefined;
    return link === undefined ? path : targetOf(resolve(dirname(path), link));
  }
}

/** Writes a file beside it, then renames that file. A new folder is private. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(beside, text, { mode });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw ofSystem(error, 'CANNOT_WRITE', path);
  }
}

type Code = 'CANNOT_READ' | 'CANNOT_WRITE';

/** What the system refuses, the user can fix; any other error is a bug. */
export function ofSystem(error: unknown, code: Code, path: string): unknown {
  return error instanceof Error && 'syscall' in error ? cannot(code, path, error.message) : error;
}

function cannot(code: Code, place: string, reason: string): InputError {
  const verb = code === 'CANNOT_READ' ? 'read' : 'written';
  return new InputError({
    code,
    message: `The file cannot be ${verb}: ${reason}.`,
    place,
    remedy: 'Check its permissions, and what is in its place, and run this again.',
  });
}

function busy(path: string): InputError {
  return new InputError({
    code: 'FILE_BUSY',
    message: 'Another program keeps changing the file.',
    place: path,
    remedy: 'Quit that program, and run this again.',
  });
}

/** A list in a file that only its owner can read, newest last. */
export class PrivateList<T> {
  readonly #path: string;
  readonly #isItem: (value: unknown) => value is T;
  readonly #broken: Problem;

  /** `broken` is the problem of a file with anything else. */
  constructor(path: string, isItem: (value: unknown) => value is T, broken: Problem) {
    this.#path = path;
    this.#isItem = isItem;
    this.#broken = { ...broken, place: path };
  }

  /** @throws InputError when the file is broken */
  async all(): Promise<T[]> {
    const text = await readIfThere(this.#path).catch(() => '');
    const value: unknown = text === undefined ? [] : parseJson(text);
    if (Array.isArray(value) && value.every(this.#isItem)) return value;
    throw new InputError(this.#broken);
  }

  /** Replaces some items by others, or by none; within `alone`. */
  async replace(isOld: (item: T) => boolean, ...items: readonly T[]): Promise<void> {
    const kept = (await this.all()).filter((item) => !isOld(item));
    await writePrivately(this.#path, `${JSON.stringify([...kept, ...items], null, 2)}\n`);
  }

  /** Runs an action while no other run of this program changes the list. */
  async alone<R>(action: () => Promise<R>): Promise<R> {
    const lock = `${this.#path}.lock`;
    let old = 0;
    while (!(await take(lock))) {
      old = (await isOld(lock)) ? old + 1 : 0;
      if (old >= OLD_LOOKS) await remove(lock);
      await pause(20);
    }
    try {
      return await action();
    } finally {
      await rmdir(lock).catch(() => undefined);
    }
  }
}

/** A lock that is held for longer, in milliseconds, may have been left by a run that was killed. */
const LONGEST_HELD = 5000;
/** It is removed at that many looks: a run that was suspended together with the machine goes on meanwhile. */
const OLD_LOOKS = 20;

/** Creates a folder as a lock. Resolves to whether it did: only one of several runs can. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
    await mkdir(lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw ofSystem(error, 'CANNOT_WRITE', lock);
  }
}

async function isOld(lock: string): Promise<boolean> {
  const taken = await unlessAbsent(stat(lock)).catch((error: unknown) => {
    throw ofSystem(error, 'CANNOT_WRITE', lock);
  });
  // The clock may have been set back.
  return taken !== undefined && Math.abs(Date.now() - taken.mtimeMs) > LONGEST_HELD;
}

/** @throws InputError `CANNOT_WRITE`: it would otherwise be waited for without end */
async function remove(lock: string): Promise<void> {
  await unlessAbsent(rmdir(lock)).catch((error: unknown) => {
    throw ofSystem(error, 'CANNOT_WRITE', lock);
  });
}
