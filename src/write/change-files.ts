import { randomBytes } from 'node:crypto';
import { InputError } from '../errors.js';
import { isObject, parseJson, type Json } from '../json.js';
import { hashContent, isGeneratedPath, isProjectPath } from '../lock/files.js';
import { lockPath } from '../lock/lock.js';
import type { ProjectFolder } from './project-folder.js';

/**
 * Changes files of a project, all of them or none. `lock` is the hash of its lock at the time of the comparison.
 *
 * Guaranteed, even when the process is killed at any moment or the file system refuses an operation: the project is
 * either unchanged, or `recover` completes the change. An error before all new files are on the disk leaves nothing
 * behind. Of two concurrent runs, one stops, or they run one after the other.
 *
 * Not guaranteed: while the new files are renamed into place one by one, and after a kill at that moment until
 * `recover` is called, another program sees a mixture. Nothing is flushed to the disk: after a power failure, staged
 * files can be missing or truncated, which `recover` detects but cannot repair.
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

// A change of a project is a folder in it with the new files and, once they are complete, a journal. Renaming the
// journal to its final name commits the change: before that, the folder is garbage; after it, the change is only
// pending.

/** One file to change. */
export interface Change {
  readonly path: string;
  /** The hash of the current content; undefined: no file. */
  readonly before: string | undefined;
  /** The new content; undefined: no file. */
  readonly content: string | undefined;
}

/** The name of a new staging folder. */
export function stagingName(): string {
  return `.openapi-to-mcp-${randomBytes(8).toString('hex')}`;
}

/** Whether a folder is a staging folder, by its name. */
export function isStagingName(name: string): boolean {
  return /^\.openapi-to-mcp-[0-9a-f]{16}$/.test(name);
}

/** The path of its journal. */
export function journalOf(staging: string): string {
  return `${staging}/journal.json`;
}

/** The path of a file's new content in it. */
export function stagedOf(staging: string, path: string): string {
  return `${staging}/files/${path}`;
}

/**
 * Fills a staging folder, the journal last. A draft of the journal comes first: if another run removes the folder as
 * garbage, the draft is removed as well, and there is nothing to rename. `lock` is the hash of the project's lock
 * when the changes were computed. @throws InputError `OVERTAKEN`
 */
async function stage(
  folder: ProjectFolder,
  staging: string,
  changes: readonly Change[],
  lock: string | undefined,
): Promise<Step[]> {
  const steps = changes.map(toStep);
  const draft = `${staging}/draft.json`;
  await folder.write(draft, printJournal(steps));
  // Files left by a killed run must not be committed to git.
  await folder.write(`${staging}/.gitignore`, '*\n');
  await folder.createFolders([deletedPath(staging, 0)]);
  for (const { path, content } of changes) {
    if (content !== undefined) await folder.write(stagedOf(staging, path), content);
  }
  // Of two concurrent runs, at least one sees the other here, because both have created their folders before.
  const staged = (await folder.folders()).filter(isStagingName);
  const lockNow = folder.hashes([lockPath]).get(lockPath);
  const alone = staged.length === 1 && lockNow === lock;
  if (!alone || !(await folder.move(draft, journalOf(staging)))) throw overtaken();
  return steps;
}

/**
 * Applies a staging folder that has a journal, and removes the folder. A file missing from it was already put into
 * place, by a killed run or by a concurrent one. Deleting moves a file into the folder, so that nothing is deleted
 * after a concurrent run has removed the folder. @throws InputError `HALF_DONE`
 */
export async function complete(
  folder: ProjectFolder,
  staging: string,
  steps: readonly Step[],
): Promise<void> {
  const put = async ({ path }: Step) => {
    if (!(await folder.move(stagedOf(staging, path), path))) await folder.prune(path);
  };
  const present = steps.filter(({ after }) => after !== undefined);
  try {
    // Folders first: the less there is to do between the first file and the last, the shorter the inconsistent state.
    await folder.createFolders(present.map(({ path }) => path));
    for (const step of present) if (step.path !== lockPath) await put(step);
    for (const [index, { path, after }] of steps.entries()) {
      if (after !== undefined) continue;
      await folder.move(path, deletedPath(staging, index));
      await folder.prune(path);
    }
    // A reader that sees the new lock sees the new project.
    for (const step of present) if (step.path === lockPath) await put(step);
    // The journal is removed first, so that later edits of a file do not contradict it.
    await folder.remove(journalOf(staging));
    await folder.remove(staging);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    // Without the journal everything is in place, possibly because of another run; at most garbage is left.
    if ((await folder.read(journalOf(staging))) !== undefined) throw halfDone(error);
  }
}

function deletedPath(staging: string, index: number): string {
  return `${staging}/gone/${index}`;
}

function toStep({ path, before, content }: Change): Step {
  return { path, before, after: content === undefined ? undefined : hashContent(content) };
}

function overtaken(): InputError {
  return new InputError({
    code: 'OVERTAKEN',
    message: 'Another run is changing the same project. Nothing was changed by this one.',
    place: '--output',
    remedy: 'Run this again when the other run has finished.',
  });
}

function halfDone(error: Error): InputError {
  return new InputError({
    code: 'HALF_DONE',
    message: `The change of the project was started but could not be completed: ${error.message}.`,
    place: '--output',
    remedy: 'Fix the cause and run again; the pending change is completed first.',
  });
}

/** The change of one file. */
export interface Step {
  readonly path: string;
  /** The hash of the old content; undefined: no file. */
  readonly before?: string | undefined;
  /** The hash of the new content; undefined: no file. */
  readonly after?: string | undefined;
}

const journalVersion = 1;

/** Prints the changes of a run, file by file. */
function printJournal(steps: readonly Step[]): string {
  return `${JSON.stringify({ journalVersion, steps }, null, 1)}\n`;
}

/** Parses a journal of this version; undefined for anything else. */
export function parseJournal(content: string): Step[] | undefined {
  const journal = parseJson(content);
  if (!isObject(journal) || journal['journalVersion'] !== journalVersion) return undefined;
  const { steps } = journal;
  if (!Array.isArray(steps) || !steps.every(isStep)) return undefined;
  return new Set(steps.map(({ path }) => path)).size === steps.length ? steps : undefined;
}

function isStep(value: Json): value is Json & Step {
  return (
    isObject(value) &&
    typeof value['path'] === 'string' &&
    isProjectPath(value['path']) &&
    // Anyone may have committed a journal, so it must not delete more than a run would.
    (value['after'] !== undefined || isGeneratedPath(value['path'])) &&
    isHash(value['before']) &&
    isHash(value['after'])
  );
}

function isHash(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));
}
