import type { OutputFile } from './emit/file.js';
import { InputError, type Problem } from './errors.js';
import { hashContent, lockPath, normalizeLineEndings, parseLock } from './lock.js';
import { ProjectFolder } from './project-folder.js';
import { byCodeUnit } from './json.js';

/** One file that is not as the generator would have it. */
export interface Difference {
  readonly path: string;
  /**
   * What `write` does about it. `edited` (a generated file was changed by hand) and `foreign` (a file of somebody
   * else is in its place) are what it stops at, unless forced.
   */
  readonly kind: 'create' | 'update' | 'delete' | 'edited' | 'foreign';
}

export interface WriteOptions {
  /** Overwrite and delete edited and foreign files too. */
  readonly force?: boolean;
}

/** What `write` would change in a folder. Writes nothing. */
export async function check(
  files: readonly OutputFile[],
  directory: string,
): Promise<Difference[]> {
  return refusable(directory, async () => compare(files, await ProjectFolder.open(directory), {}));
}

/**
 * Writes a project and resolves to what changed. What is the user's is written once; of the rest, what is not
 * the generator's own work stops the run before anything is written.
 * @throws InputError `HAND_EDITED`, `FOREIGN_FILE`, `BROKEN_LOCK`, `LEADS_OUTSIDE`, `CANNOT_WRITE`, …
 */
export async function write(
  files: readonly OutputFile[],
  directory: string,
  options: WriteOptions = {},
): Promise<Difference[]> {
  return refusable(directory, async () => {
    const folder = await ProjectFolder.open(directory);
    const differences = await compare(files, folder, options);
    if (options.force !== true) refuse(differences);
    await apply(differences, files, folder);
    return differences;
  });
}

async function compare(
  files: readonly OutputFile[],
  folder: ProjectFolder,
  options: WriteOptions,
): Promise<Difference[]> {
  const lock = await readLock(folder, options);
  const differences: Difference[] = [];
  const add = (path: string, kind: Difference['kind'] | undefined) => {
    if (kind !== undefined) differences.push({ path, kind });
  };
  for (const file of files) add(file.path, judge(file, await folder.read(file.path), lock));
  for (const path of obsolete(files, lock)) {
    add(path, judgeObsolete(await folder.read(path), lock.get(path)));
  }
  return differences.sort((a, b) => byCodeUnit(a.path, b.path));
}

async function readLock(
  folder: ProjectFolder,
  { force }: WriteOptions,
): Promise<ReadonlyMap<string, string>> {
  const content = await folder.read(lockPath);
  try {
    return content === undefined ? new Map() : parseLock(content);
  } catch (error) {
    if (force === true) return new Map();
    throw error;
  }
}

function obsolete(files: readonly OutputFile[], lock: ReadonlyMap<string, string>): string[] {
  const current = new Set(files.map(({ path }) => path));
  return [...lock.keys()].filter((path) => !current.has(path) && path !== lockPath);
}

function judge(
  { path, content, owner }: OutputFile,
  existing: string | undefined,
  lock: ReadonlyMap<string, string>,
): Difference['kind'] | undefined {
  if (existing === undefined) return 'create';
  if (owner === 'yours' || normalizeLineEndings(existing) === content) return undefined;
  if (path === lockPath) return 'update';
  const hash = lock.get(path);
  if (hash === undefined) return 'foreign';
  return hash === hashContent(existing) ? 'update' : 'edited';
}

function judgeObsolete(
  existing: string | undefined,
  hash: string | undefined,
): Difference['kind'] | undefined {
  if (existing === undefined) return undefined;
  return hash === hashContent(existing) ? 'delete' : 'edited';
}

function refuse(differences: readonly Difference[]): void {
  const paths = (kind: string) =>
    differences.filter((found) => found.kind === kind).map(({ path }) => path);
  const problems = [...handEdited(paths('edited')), ...foreign(paths('foreign'))];
  if (problems.length > 0) throw new InputError(problems);
}

function handEdited(paths: readonly string[]): Problem[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'HAND_EDITED',
      message: `Generated files were edited by hand: ${list(paths)}. Nothing was written.`,
      place: '--output',
      remedy:
        'Move the changes to src/main.ts, which is yours; --force overwrites (or deletes) these files.',
    },
  ];
}

function foreign(paths: readonly string[]): Problem[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'FOREIGN_FILE',
      message: `Files that this program did not write are in the way: ${list(paths)}. Nothing was written.`,
      place: '--output',
      remedy: 'Choose another folder with --output; --force overwrites these files.',
    },
  ];
}

function list(paths: readonly string[]): string {
  const rest = paths.length - 20;
  return paths.slice(0, 20).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The lock goes last: after a crash, the next run sees what it would write and what the old lock says. */
async function apply(
  differences: readonly Difference[],
  files: readonly OutputFile[],
  folder: ProjectFolder,
): Promise<void> {
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  const last = differences.filter(({ path }) => path === lockPath);
  for (const { path } of [...differences.filter((one) => !last.includes(one)), ...last]) {
    const content = contents.get(path);
    await (content === undefined ? folder.delete(path) : folder.write(path, content));
  }
}

/** What the file system refuses is the user's to mend; anything else is not. */
async function refusable<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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
