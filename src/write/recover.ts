import { InputError } from '../errors.js';
import {
  parseJournal,
  type Step,
  complete,
  isStagingName,
  journalOf,
  stagedOf,
  stagingName,
} from './change-files.js';
import type { ProjectFolder } from './project-folder.js';

/**
 * Finishes an interrupted run: a change with a journal is completed, and one without is removed. Must be called
 * before anything of a project is read. @throws InputError `BROKEN_JOURNAL` when the files differ from what that run
 * left; nothing is changed then, or with `force` that change is discarded
 */
export async function recover(folder: ProjectFolder, force: boolean): Promise<void> {
  const found = (await folder.folders()).filter(isStagingName);
  for (const staging of found) await recoverOne(folder, staging, force);
}

async function recoverOne(folder: ProjectFolder, staging: string, force: boolean): Promise<void> {
  const journal = await folder.read(journalOf(staging));
  if (journal === undefined) return discard(folder, staging, force);
  const steps = parseJournal(journal);
  if (steps !== undefined && fits(folder, staging, steps)) {
    return complete(folder, staging, steps);
  }
  if (!force) throw brokenJournal(staging);
  await folder.remove(staging);
}

/** Renamed first: a run that is still filling it can then no longer commit its change. */
async function discard(folder: ProjectFolder, staging: string, force: boolean): Promise<void> {
  const removed = stagingName();
  if (!(await folder.move(staging, removed))) return;
  const isCommitted = (await folder.read(journalOf(removed))) !== undefined;
  await (isCommitted ? recoverOne(folder, removed, force) : folder.remove(removed));
}

/** Whether every step is done, or can be done with the existing files. */
function fits(folder: ProjectFolder, staging: string, steps: readonly Step[]): boolean {
  const paths = steps.flatMap(({ path }) => [path, stagedOf(staging, path)]);
  const present = folder.hashes(paths);
  return steps.every(({ path, before, after }) => {
    const now = present.get(path);
    const staged = present.get(stagedOf(staging, path));
    if (now === after) return staged === undefined || staged === after;
    return now === before && staged === after;
  });
}

function brokenJournal(staging: string): InputError {
  return new InputError({
    code: 'BROKEN_JOURNAL',
    message: `An earlier run was interrupted, and its changes in ${staging} no longer match the project.`,
    place: '--output',
    remedy: `Restore the project and delete ${staging}, or use --force, which deletes it and overwrites every generated file.`,
  });
}
