import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { InputError } from './errors.js';

/** Whether a path is relative, with forward slashes, and names something below the folder it is relative to. */
export function isProjectPath(path: string): boolean {
  return (
    !/[\\:\0]/.test(path) &&
    path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  );
}

/** A folder on disk outside of which nothing can be read, written or deleted through it. Paths are project paths. */
export class ProjectFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** The folder need not exist yet. */
  static async open(directory: string): Promise<ProjectFolder> {
    return new ProjectFolder((await unlessAbsent(realpath(directory))) ?? resolve(directory));
  }

  /** The content of a file, or undefined when there is none. */
  async read(path: string): Promise<string | undefined> {
    return unlessAbsent(readFile(await this.#locate(path), 'utf8'));
  }

  /** Replaces a file as a whole: a reader, or a crash, never sees a half of it. */
  async write(path: string, content: string): Promise<void> {
    const target = await this.#locate(path);
    await mkdir(dirname(target), { recursive: true });
    const beside = join(dirname(target), `.${randomUUID()}.tmp`);
    try {
      await writeFile(beside, content, { flag: 'wx' });
      await rename(beside, target);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }

  /** Deletes a file, and the folders that are empty without it. */
  async delete(path: string): Promise<void> {
    const target = await this.#locate(path);
    await rm(target);
    for (let folder = dirname(target); folder !== this.#root; folder = dirname(folder)) {
      if (!(await removeIfEmpty(folder))) return;
    }
  }

  /** Follows the path link by link: one that leads outside, or nowhere, is refused. */
  async #locate(path: string): Promise<string> {
    if (!isProjectPath(path)) throw new Error(`Not a path in a project: ${JSON.stringify(path)}`);
    let current = this.#root;
    for (const segment of path.split('/')) {
      current = join(current, segment);
      const stats = await unlessAbsent(lstat(current));
      if (stats === undefined) break;
      if (stats.isSymbolicLink() && !(await this.#holds(current))) throw leadsOutside(path);
    }
    return join(this.#root, path);
  }

  async #holds(link: string): Promise<boolean> {
    const target = await unlessAbsent(realpath(link));
    return target?.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep) ?? false;
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

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}

async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
