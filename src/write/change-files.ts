import type { ProjectFolder } from './project-folder.js';
import { complete, stage, stagingName, type Change } from './staging.js';

/**
 * Changes files of a project, all of them or none. `lock` is the hash of its lock as it was when they were compared.
 *
 * Promised, when the process is killed at any moment or the file system refuses something: the project is what it
 * was, or `recover` makes it what it was to become; there is no third. What fails before the new files are all on the
 * disk leaves nothing behind. Of two runs at a time, one stops, or they come one after the other.
 *
 * Not promised: while the new files are renamed into place, one after the other, and after a kill in just that time
 * until `recover` is called, another program sees a mixture. And nothing is forced to the disk: after a loss of power
 * staged files can be missing or cut, which `recover` notices and cannot mend.
 * @throws InputError `HALF_DONE` when the file system refuses a rename into place; `OVERTAKEN` by another run
 */
export async function changeFiles(
  folder: ProjectFolder,
  changes: readonly Change[],
  lock: string | undefined,
): Promise<void> {
  const staging = stagingName();
  const undo = await folder.create();
  const steps = await prepare().catch(async (error: unknown) => {
    await folder.remove(staging).then(undo, () => undefined);
    throw error;
  });
  await complete(folder, staging, steps);

  async function prepare() {
    await folder.requireWritable(changes.map(({ path }) => path));
    return stage(folder, staging, changes, lock);
  }
}
