import { randomBytes } from 'node:crypto';
import { InputError } from '../errors.js';
import { isObject, type Json } from '../json.js';
import { hashContent, isGeneratedPath, isProjectPath } from '../lock/files.js';
import { lockPath } from '../lock/lock.js';
import type { ProjectFolder } from './project-folder.js';

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

// A change of a project is a folder in it with the new files and, once they are all there, a journal. Renaming the
// journal to its name is what makes the change happen: before that the folder is rubbish, after it the change is
// only put off.

/** One file that is to be changed. */
export interface Change {
  readonly path: string;
  /** The hash of what is there; absent: nothing is. */
  readonly before?: string;
  /** What is to be there; absent: nothing. */
  readonly content?: string;
}

/** The name of a new staging folder. */
export function stagingName(): string {
  return `.openapi-to-mcp-${randomBytes(8).toString('hex')}`;
}

/** Whether a folder of this name is one. */
export function isStagingName(name: string): boolean {
  return /^\.openapi-to-mcp-[0-9a-f]{16}$/.test(name);
}

/** Where its journal is. */
export function journalOf(staging: string): string {
  return `${staging}/journal.json`;
}

/** Where it has the new content of a file. */
export function stagedOf(staging: string, path: string): string {
  return `${staging}/files/${path}`;
}

/**
 * Fills a staging folder, the journal last. A draft of it comes first, though: should another run take the folder for
 * rubbish, the draft is gone with the rest, and there is nothing to rename. `lock` is the hash of the project's lock
 * when the changes were made up.
 * @throws InputError `OVERTAKEN`
 */
export async function stage(
  folder: ProjectFolder,
  staging: string,
  changes: readonly Change[],
  lock: string | undefined,
): Promise<Step[]> {
  const steps = changes.map(toStep);
  const draft = `${staging}/draft.json`;
  await folder.write(draft, printJournal(steps));
  // Nobody is to commit what a killed run leaves.
  await folder.write(`${staging}/.gitignore`, '*\n');
  await folder.makeRoom([goneTo(staging, 0)]);
  for (const { path, content } of changes) {
    if (content !== undefined) await folder.write(stagedOf(staging, path), content);
  }
  // Of two runs at a time, one at least sees the other here, because both have made their folders before.
  const staged = (await folder.folders()).filter(isStagingName);
  const lockNow = folder.hashes([lockPath]).get(lockPath);
  const alone = staged.length === 1 && lockNow === lock;
  if (!alone || !(await folder.move(draft, journalOf(staging)))) throw overtaken();
  return steps;
}

/**
 * Makes the change that a staging folder with a journal is, and removes the folder. What is no longer in it has been
 * put into place before, by a run that was killed or by one that runs at the same time. Deleting is moving into it,
 * so that nothing is deleted any more once the other one has removed it.
 * @throws InputError `HALF_DONE`
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
    // Folders first: the less there is to do between the first file and the last, the shorter is the mixture.
    await folder.makeRoom(present.map(({ path }) => path));
    for (const step of present) if (step.path !== lockPath) await put(step);
    for (const [index, { path, after }] of steps.entries()) {
      if (after !== undefined) continue;
      await folder.move(path, goneTo(staging, index));
      await folder.prune(path);
    }
    // Whoever sees the new lock sees the new project.
    for (const step of present) if (step.path === lockPath) await put(step);
    // The journal goes first: whoever edits a file from now on does not contradict it.
    await folder.remove(journalOf(staging));
    await folder.remove(staging);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    // Without the journal all is in place, be it thanks to another run; rubbish is left at most.
    if ((await folder.read(journalOf(staging))) !== undefined) throw halfDone(error);
  }
}

function goneTo(staging: string, index: number): string {
  return `${staging}/gone/${index}`;
}

function toStep({ path, before, content }: Change): Step {
  return {
    path,
    ...(before !== undefined && { before }),
    ...(content !== undefined && { after: hashContent(content) }),
  };
}

function overtaken(): InputError {
  return new InputError({
    code: 'OVERTAKEN',
    message: 'Another run is changing the same project. This one has changed nothing.',
    place: '--output',
    remedy: 'Run this again when the other one has ended.',
  });
}

function halfDone(error: Error): InputError {
  return new InputError({
    code: 'HALF_DONE',
    message: `The change of the project was begun and could not be ended: ${error.message}.`,
    place: '--output',
    remedy: 'Mend that and run this again: it ends that change before anything else.',
  });
}

/** What a run does to one file. */
export interface Step {
  readonly path: string;
  /** The hash of what was there; absent: there was nothing. */
  readonly before?: string;
  /** The hash of what is to be there; absent: there is to be nothing. */
  readonly after?: string;
}

const journalVersion = 1;

/** Prints what a run does to a project, file by file. */
export function printJournal(steps: readonly Step[]): string {
  return `${JSON.stringify({ journalVersion, steps }, null, 1)}\n`;
}

/** Reads a journal of this version; undefined when it is anything else. */
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
    // A journal can be committed by anyone: it deletes no more than a run would.
    (value['after'] !== undefined || isGeneratedPath(value['path'])) &&
    isHash(value['before']) &&
    isHash(value['after'])
  );
}

function isHash(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));
}

function parseJson(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}
