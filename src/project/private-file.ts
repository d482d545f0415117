import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, type Problem } from '../errors.js';
import { parseJson } from '../json.js';
import { unlessAbsent } from '../write/project-folder.js';

/** Readable and writable only by its owner. */
const PRIVATE = 0o600;

/** The text of a file; undefined when it does not exist. */
export function readIfThere(path: string): Promise<string | undefined> {
  return unlessAbsent(readFile(path, 'utf8'));
}

/** Writes a file that only its owner can read. Readers see the old content or the new, never a part. */
export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replace(path, text, PRIVATE);
}

/** How many concurrent writes by another program are tolerated before this one gives up. */
const TRIES = 5;

/**
 * Changes a file of another program, which may be a symbolic link and keeps its mode. If the program changes the file
 * meanwhile, nothing is lost: the edit is repeated. Resolves to the text before and after.
 */
export async function changeFile(
  path: string,
  edit: (before: string | undefined) => string | undefined,
): Promise<{ before: string | undefined; after: string | undefined }> {
  const target = await realpath(path).catch(() => path);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readIfThere(target);
    const after = edit(before);
    if (before === after) return { before, after };
    if ((await readIfThere(target)) !== before) continue;
    await put(target, after);
    return { before, after };
  }
  throw busy(path);
}

async function put(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true });
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => PRIVATE,
  );
  await replace(path, text, mode);
}

/** Writes a file beside it, then renames that file. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await writeFile(beside, text, { mode });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
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

  /** Replaces some items by others, or by none. */
  async replace(isOld: (item: T) => boolean, ...items: readonly T[]): Promise<void> {
    const kept = (await this.all()).filter((item) => !isOld(item));
    await writePrivately(this.#path, `${JSON.stringify([...kept, ...items], null, 2)}\n`);
  }
}
