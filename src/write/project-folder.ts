import { constants, existsSync, lstatSync, realpathSync, readFileSync } from 'node:fs';
import {
  access,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
  copyFile,
  rename,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep, basename } from 'node:path';
import { InputError } from '../errors.js';
import { isProjectPath, hashContent } from '../lock/files.js';

/** A folder on disk outside of which nothing can be read, written or deleted through it. Paths are project paths. */
export class ProjectFolder {
  readonly #root: string;
  /** Folders that are known not to lead outside: there are few, and thousands of files in them. */
  readonly #known = new Set<string>();

  private constructor(root: string) {
    this.#root = root;
  }

  /** The folder need not exist yet. */
  static async open(directory: string): Promise<ProjectFolder> {
    return new ProjectFolder((await unlessAbsent(realpath(directory))) ?? resolve(directory));
  }

  /** The names of the folders in the folder itself, in code unit order. */
  async folders(): Promise<string[]> {
    const entries = await unlessAbsent(readdir(this.#root, { withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  }

  /** The content of a file, or undefined when there is none. */
  async read(path: string): Promise<string | undefined> {
    return unlessAbsent(readFile(this.#locate(path), 'utf8'));
  }

  /** What `hashContent` says of each of the files that are there. Thousands are read faster without waiting for each. */
  hashes(paths: Iterable<string>): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of paths) {
      const content = readIfThere(this.#locate(path));
      if (content !== undefined) found.set(path, hashContent(content));
    }
    return found;
  }

  /** Makes sure that the folder exists. Resolves to what undoes that, as far as nothing else came into it. */
  async create(): Promise<() => Promise<void>> {
    const first = await mkdir(this.#root, { recursive: true });
    return async () => {
      if (first !== undefined) await removeEmpty(this.#root, dirname(first));
    };
  }

  /** Makes sure that files can be put in these places; the folders for them need not exist yet. */
  async requireWritable(paths: Iterable<string>): Promise<void> {
    for (const folder of this.#foldersOf(paths)) {
      await access(await nearestFolder(folder), constants.W_OK | constants.X_OK);
    }
  }

  /** Writes a file that must not exist yet, and makes the folders for it. */
  async write(path: string, content: string): Promise<void> {
    const target = this.#locate(path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { flag: 'wx' });
  }

  /** Makes the folders that files of these paths are to be in. */
  async makeRoom(paths: Iterable<string>): Promise<void> {
    for (const folder of this.#foldersOf(paths)) await mkdir(folder, { recursive: true });
  }

  /**
   * Puts a file or a folder in another place; a file in that place is replaced as a whole. Resolves to false, and does
   * nothing, when there is nothing to put.
   */
  async move(from: string, to: string): Promise<boolean> {
    const source = this.#locate(from);
    try {
      await moveFile(source, this.#locate(to));
      return true;
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || lstatSync(source, { throwIfNoEntry: false }) !== undefined)
        throw error;
      return false;
    }
  }

  /** Deletes a file or a folder with what is in it, if it is there. */
  async remove(path: string): Promise<void> {
    await rm(this.#locate(path), { recursive: true, force: true });
  }

  /** Removes the folders that are empty without a file of this path. */
  async prune(path: string): Promise<void> {
    await removeEmpty(dirname(this.#locate(path)), this.#root);
  }

  #foldersOf(paths: Iterable<string>): Set<string> {
    return new Set([...paths].map((path) => dirname(this.#locate(path))));
  }

  /** Follows the path link by link: one that leads outside, or nowhere, is refused. */
  #locate(path: string): string {
    if (!isProjectPath(path)) throw new Error(`Not a path in a project: ${JSON.stringify(path)}`);
    const target = join(this.#root, path);
    let current = this.#root;
    for (const segment of path.split('/')) {
      current = join(current, segment);
      if (this.#known.has(current)) continue;
      const stats = lstatSync(current, { throwIfNoEntry: false });
      if (stats === undefined) break;
      if (stats.isSymbolicLink() && !this.#holds(current)) throw leadsOutside(path);
      if (current !== target) this.#known.add(current);
    }
    return target;
  }

  #holds(link: string): boolean {
    if (!existsSync(link)) return false;
    const target = relative(this.#root, realpathSync(link));
    return isProjectPath(target.replaceAll(sep, '/'));
  }
}

function leadsOutside(path: string): InputError {
  return new InputError({
    code: 'LEADS_OUTSIDE',
    message: `${path} is, or goes through, a symbolic link that leads out of the output folder.`,
    place: '--output',
    remedy: 'Remove the link, or choose another folder.',
  });
}

/** The result, or undefined when the file system says that there is no such thing. */
export async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The bytes of a file, or undefined when there is none. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether the file system refused something for this reason. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Puts a file in a place, also one on another file system, where it still appears there as a whole. */
export async function moveFile(source: string, target: string): Promise<void> {
  try {
    await rename(source, target);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    // Always the same name, so that another attempt replaces what a killed one left.
    const beside = join(dirname(target), `.${basename(target)}.openapi-to-mcp`);
    await copyFile(source, beside);
    await rename(beside, target);
    await rm(source);
  }
}

/** Removes a folder when it is empty, then the one it is in, and so on; never `end`. */
export async function removeEmpty(folder: string, end: string): Promise<void> {
  for (let current = folder; current !== end; current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) return;
    }
  }
}

/** The folder, or the nearest one above it that exists. */
export async function nearestFolder(folder: string): Promise<string> {
  return (await unlessAbsent(stat(folder))) === undefined ? nearestFolder(dirname(folder)) : folder;
}
