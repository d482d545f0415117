import { InputError, type Problem } from '../errors.js';
import { byCodeUnit } from '../json.js';
import { isGeneratedPath } from '../lock/files.js';
import { lockPath } from '../lock/lock.js';
import { someOf } from '../numbers.js';
import type { ProjectFolder } from './project-folder.js';

/** One file that differs from the generator's output. */
export interface Difference {
  readonly path: string;
  /**
   * The action of `write`. It stops at `edited` (a generated file was changed by hand) and `foreign` (a file from
   * another source is in the way), unless forced.
   */
  readonly kind: 'create' | 'update' | 'delete' | 'edited' | 'foreign';
}

/** The expected state of a file. */
export interface Expected {
  readonly path: string;
  readonly hash: string;
  readonly owner: 'generated' | 'yours';
}

/** A difference, and the hash of the current content, if there is any. */
export interface Finding extends Difference {
  readonly before: string | undefined;
}

type Hashes = ReadonlyMap<string, string>;

/**
 * Compares a project with its expected files, in code unit order of the paths. `locked` are the files of its lock,
 * which record what was generated.
 */
export function compare(
  expected: readonly Expected[],
  locked: Hashes,
  folder: ProjectFolder,
): Finding[] {
  const current = new Set(expected.map(({ path }) => path));
  const obsolete = [...locked.keys()].filter((path) => !current.has(path) && isGeneratedPath(path));
  const present = folder.hashes([...current, ...obsolete]);
  const kinds = [
    ...expected.map((file) => [file.path, judge(file, present, locked)] as const),
    ...obsolete.map((path) => [path, judgeObsolete(path, present, locked)] as const),
  ];
  return kinds
    .flatMap(([path, kind]) =>
      kind === undefined ? [] : [{ path, kind, before: present.get(path) }],
    )
    .sort((a, b) => byCodeUnit(a.path, b.path));
}

function judge(
  { path, hash, owner }: Expected,
  present: Hashes,
  locked: Hashes,
): Difference['kind'] | undefined {
  const found = present.get(path);
  if (found === undefined) return 'create';
  if (owner === 'yours' || found === hash) return undefined;
  // The lock does not list itself.
  if (path === lockPath) return 'update';
  if (!locked.has(path)) return 'foreign';
  return locked.get(path) === found ? 'update' : 'edited';
}

function judgeObsolete(
  path: string,
  present: Hashes,
  locked: Hashes,
): Difference['kind'] | undefined {
  const found = present.get(path);
  if (found === undefined) return undefined;
  return locked.get(path) === found ? 'delete' : 'edited';
}

/** Stops at files that the generator did not write. @throws InputError `HAND_EDITED`, `FOREIGN_FILE` */
export function refuse(differences: readonly Difference[]): void {
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
      message: `Generated files were edited by hand: ${someOf(paths, NAMED)}. Nothing was written.`,
      place: '--output',
      remedy:
        'Move the changes to a file of yours, such as src/main.ts. To discard them, or after a merge, use --force, which overwrites (or deletes) these files.',
    },
  ];
}

function foreign(paths: readonly string[]): Problem[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'FOREIGN_FILE',
      message: `Files that this program did not write are in the way: ${someOf(paths, NAMED)}. Nothing was written.`,
      place: '--output',
      remedy: 'Choose another folder with --output; --force overwrites these files.',
    },
  ];
}

/** The number of files that a message names. */
const NAMED = 20;
