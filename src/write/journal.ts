import { isObject, type Json } from '../json.js';
import { isGeneratedPath, isProjectPath } from '../lock/paths.js';

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
