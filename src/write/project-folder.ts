import { constants, existsSync, lstatSync, realpathSync, readFileSync, statSync } from 'node:fs';
import {
  access,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  copyFile,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep, basename } from 'node:path';
import { codeOf, InputError } from '../errors.js';
import { isProjectPath, hashContent } from '../lock/files.js';
import { disk } from './disk.js';

/** A folder on disk that confines reading, writing and deleting. Paths are project paths. */
export class ProjectFolder {
  readonly #root: string;
  /** Folders known not to lead outside; there are few of them even with thousands of files. */
  readonly #known = new Set<string>();
  /** Folders that were created for files. */
  readonly #made = new Set<string>();

  private constructor(root: string) {
    this.#root = root;
  }

  /** The folder need not exist yet. */
  static async open(directory: string): Promise<ProjectFolder> {
    return new ProjectFolder((await unlessAbsent(realpath(directory))) ?? resolve(directory));
  }

  /** The names of the folders directly in it, in code unit order. */
  async folders(): Promise<string[]> {
    const entries = await unlessAbsent(readdir(this.#root, { withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  }

  /** The content of a file, or undefined when it does not exist. */
  async read(path: string): Promise<string | undefined> {
    return unlessAbsent(readFile(this.#locate(path), 'utf8'));
  }

  /** `hashContent` of each existing file, read synchronously: with thousands of files that is faster than promises. */
  hashes(paths: Iterable<string>): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of paths) {
      const content = readIfThere(this.#locate(path), path);
      if (content !== undefined) found.set(path, hashContent(content));
    }
    return found;
  }

  /**
   * Creates the folder if needed. Resolves to a function that undoes it, unless something else was added to the
   * folder.
   */
  async create(): Promise<() => Promise<void>> {
    const first = await makeFolder(this.#root);
    return async () => {
      if (first !== undefined) await removeEmpty(this.#root, dirname(first));
    };
  }

  /** Checks that files can be put in these places; their folders need not exist yet. */
  async requireWritable(paths: Iterable<string>): Promise<void> {
    for (const folder of this.#foldersOf(paths)) {
      await access(await nearestFolder(folder), constants.W_OK | constants.X_OK);
    }
  }

  /** Writes a file that must not exist yet, and creates its folders. */
  async write(path: string, content: string): Promise<void> {
    const target = this.#place(path);
    const folder = dirname(target);
    const isMade = this.#made.has(folder);
    if (!isMade) await makeFolder(folder);
    this.#made.add(folder);
    try {
      await disk.writeFile(target, content, { flag: 'wx' });
    } catch (error) {
      // Another run may have removed the folder since.
      if (!isMade || codeOf(error) !== 'ENOENT') throw error;
      this.#made.delete(folder);
      await this.write(path, content);
    }
  }

  /** Creates the folders for files with these paths. */
  async createFolders(paths: Iterable<string>): Promise<void> {
    for (const folder of this.#foldersOf(paths)) await makeFolder(folder);
  }

  /**
   * Moves a file or a folder; a file at the destination is replaced atomically. Resolves to false, and does nothing,
   * when the source does not exist.
   */
  async move(from: string, to: string): Promise<boolean> {
    const source = this.#place(from);
    try {
      await moveFile(source, this.#place(to));
      return true;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || lstatSync(source, { throwIfNoEntry: false }) !== undefined)
        throw error;
      return false;
    }
  }

  /** Deletes a file or a folder with its contents, if it exists. */
  async remove(path: string): Promise<void> {
    await rm(this.#locate(path), { recursive: true, force: true });
  }

  /** Removes the folders that are empty without the file at this path. */
  async prune(path: string): Promise<void> {
    await removeEmpty(dirname(this.#locate(path)), this.#root);
  }

  #foldersOf(paths: Iterable<string>): Set<string> {
    return new Set([...paths].map((path) => dirname(this.#place(path))));
  }

  /** Whether the path is, or goes through, a symbolic link that leads outside, or nowhere. */
  leadsOutside(path: string): boolean {
    return this.#follow(path) === undefined;
  }

  #locate(path: string): string {
    return this.#follow(path) ?? leadsOutside(path);
  }

  /** For writing and moving, which never follow a link at the end of the path. */
  #place(path: string): string {
    return this.#followFolders(path) ?? leadsOutside(path);
  }

  /** Resolves the path link by link; undefined if it leads outside, or nowhere. */
  #follow(path: string): string | undefined {
    const target = this.#followFolders(path);
    return target === undefined || this.#kindOf(target) === 'outside' ? undefined : target;
  }

  #followFolders(path: string): string | undefined {
    if (!isProjectPath(path)) throw new Error(`Not a path in a project: ${JSON.stringify(path)}`);
    let current = this.#root;
    for (const folder of path.split('/').slice(0, -1)) {
      current = join(current, folder);
      if (this.#known.has(current)) continue;
      const kind = this.#kindOf(current);
      if (kind === 'absent') break;
      if (kind === 'outside') return undefined;
      if (kind === 'file') throw inTheWay(relative(this.#root, current), 'file', 'folder');
      this.#known.add(current);
    }
    return join(this.#root, path);
  }

  /** `outside` for a link out of the project. Reading a pipe could take forever, so that is refused. */
  #kindOf(place: string): 'absent' | 'outside' | 'file' | 'folder' {
    let stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats === undefined) return 'absent';
    if (stats.isSymbolicLink()) {
      if (!this.#holds(place)) return 'outside';
      stats = statSync(place);
    }
    if (stats.isFile()) return 'file';
    if (stats.isDirectory()) return 'folder';
    throw inTheWay(relative(this.#root, place), 'pipe or socket', 'file or folder');
  }

  #holds(link: string): boolean {
    if (!existsSync(link)) return false;
    const target = relative(this.#root, realpathSync(link));
    return isProjectPath(target.replaceAll(sep, '/'));
  }
}

function leadsOutside(path: string): never {
  throw new InputError({
    code: 'LEADS_OUTSIDE',
    message: `${path} is, or goes through, a symbolic link that leads outside the output folder.`,
    place: '--output',
    remedy: 'Remove the link, or choose another folder.',
  });
}

/** The result, or undefined when the file system reports that the path does not exist. */
export async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The bytes of a file, or undefined when it does not exist. Thousands of errors would cost more than to ask first. */
function readIfThere(place: string, path: string): Buffer | undefined {
  if (!existsSync(place)) return undefined;
  try {
    return readFileSync(place);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw codeOf(error) === 'EISDIR' ? inTheWay(path, 'folder', 'file') : error;
  }
}

/**
 * Creates a folder and the folders above it. Resolves to the first one that it created. Not with `recursive` of
 * Node's `mkdir`, which never ends where the system denies that the parent exists, as in /proc.
 */
async function makeFolder(folder: string, attempts = 10): Promise<string | undefined> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const parent = dirname(folder);
  const first = parent === folder ? undefined : await makeFolder(parent);
  try {
    await mkdir(folder);
    return first ?? folder;
  } catch (error) {
    // Another run may have created it since, or removed its parent.
    if (codeOf(error) === 'EEXIST' && statSync(folder).isDirectory()) return first;
    if (codeOf(error) !== 'ENOENT' || attempts === 1) throw error;
    return (await makeFolder(folder, attempts - 1)) ?? first;
  }
}

function inTheWay(path: string, found: string, needed: string): InputError {
  return new InputError({
    code: 'CANNOT_WRITE',
    message: `${path.replaceAll(sep, '/')} is a ${found}, but has to be a ${needed}.`,
    place: '--output',
    remedy: 'Move it away, or choose another folder with --output.',
  });
}

/** Moves a file, even to another file system, where it still appears as a whole. */
async function moveFile(source: string, target: string): Promise<void> {
  try {
    await disk.rename(source, target);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    // Always the same name, so that another attempt replaces the file of a killed one.
    const beside = join(dirname(target), `.${basename(target)}.openapi-to-mcp`);
    await copyFile(source, beside);
    await disk.rename(beside, target);
    await rm(source);
  }
}

/** Removes a folder when it is empty, then its parent, and so on; never `end`. */
async function removeEmpty(folder: string, end: string): Promise<void> {
  for (let current = folder; current !== end; current = dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return;
    }
  }
}

/** The folder, or its nearest existing parent. */
async function nearestFolder(folder: string): Promise<string> {
  return (await unlessAbsent(stat(folder))) === undefined ? nearestFolder(dirname(folder)) : folder;
}
