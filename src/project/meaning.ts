import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../diff/change.js';
import type { ChangeCode } from '../diff/codes.js';
import { markdownCode, markdownText } from '../emit/markdown.js';
import { InputError, type Problem } from '../errors.js';
import type { Lock } from '../lock/lock.js';
import { plural, someOf } from '../numbers.js';
import { withoutHidden } from '../plan/tools/hidden-text.js';
import type { Plan } from '../plan/types.js';
import { formatChanges, formatMarkdown } from '../print/changes.js';
import { printable, type Terminal } from '../print/terminal.js';
import type { Difference } from '../write/write.js';
import type { Resolved } from './resolve-flags.js';

type Api = Plan['api'];

/**
 * The effect of a plan on users of a project, including changes of hidden text. The comparison is loaded only when
 * there is something to compare: a first run has nothing.
 */
export async function changesOf(
  before: Api,
  { api, source }: Plan,
  lock: Lock | undefined,
): Promise<Change[]> {
  const [{ sortChanges }, { compareApis }, { compareHidden }] = await Promise.all([
    import('../diff/change.js'),
    import('../diff/compare-apis.js'),
    import('../diff/compare-words.js'),
  ]);
  // Earlier generators did not remove hidden text, so it is in their projects.
  const hidden = lock?.source.hidden ?? withoutHidden(before, ({ name }) => name).hidden;
  return sortChanges([...compareApis(before, api), ...compareHidden(hidden, source.hidden)]);
}

/** The effect of a run on users of a project. */
export interface Meaning {
  /** Empty as well when they cannot be determined. */
  readonly changes: readonly Change[];
  /** Why they cannot be determined: the project, as it was before the run, cannot be read. Usually empty. */
  readonly unknown: readonly Problem[];
}

const nothing: Meaning = { changes: [], unknown: [] };

/**
 * The effect of a plan on users of the project in a folder, given the files that differ from it. It is unknown when
 * the project cannot be read, for example because files are missing or have the conflicts of a merge.
 */
export async function meaningOf(
  plan: Plan,
  { directory, lock }: Pick<Resolved, 'directory' | 'lock'>,
  differences: readonly Difference[],
): Promise<Meaning> {
  const isFirst = lock === undefined && !existsSync(join(directory, 'src/generated/api.ts'));
  const isHiddenOther = lock?.source.hidden !== plan.source.hidden;
  if (isFirst || !(isHiddenOther || differences.some(({ path }) => isOfApi(path)))) return nothing;
  try {
    const { readProject } = await import('../diff/read-project.js');
    return { ...nothing, changes: await changesOf(await readProject(directory), plan, lock) };
  } catch (error) {
    if (error instanceof InputError) return { ...nothing, unknown: error.problems };
    throw error;
  }
}

/** The effect in lines, each part after an empty one; none if there is nothing to report. */
export function formatMeaning({ changes, unknown }: Meaning, terminal: Terminal): string[] {
  return [
    ...(changes.length === 0 ? [] : ['', formatChanges(changes, terminal).trimEnd()]),
    ...(unknown.length === 0 ? [] : ['', ...formatUnknown(unknown)]),
  ];
}

/** The effect for a comment on a pull request, which may bring no more than another runtime. */
export function markdownOf(
  { changes, unknown }: Meaning,
  differences: readonly Difference[],
  { lock }: Pick<Resolved, 'lock'>,
): string {
  if (unknown.length > 0)
    return formatUnknown(unknown)
      .map((line) => `${markdownText(line.trim())}\n`)
      .join('\n');
  if (changes.length > 0 || differences.length === 0) return formatMarkdown(changes);
  if (lock === undefined) return `A new project, with ${plural(differences.length, 'file')}.\n`;
  const names = differences.map(({ path }) => markdownCode(path));
  return `The tools stay the same. Other files differ: ${someOf(names)}.\n`;
}

function formatUnknown(unknown: readonly Problem[]): string[] {
  return [
    'The effect on callers is unknown, because the existing project could not be read:',
    ...unknown.map(({ place = '', message }) => printable(`  ${place}: ${message}`)),
    'Review the diff of TOOLS.md, which lists every tool with its scopes.',
  ];
}

/** Whether a path belongs to the files that vary by document. */
function isOfApi(path: string): boolean {
  return path.startsWith('src/generated/');
}

const losses: readonly ChangeCode[] = [
  'AUTHENTICATION_DROPPED',
  'SCOPES_DROPPED',
  'SCOPES_LESS',
  'TOOL_PUBLIC',
];

/** The changes with those that admit more callers first. */
export function lossesFirst(changes: readonly Change[]): Change[] {
  const isLoss = ({ code }: Change) => losses.includes(code);
  return [...changes.filter(isLoss), ...changes.filter((change) => !isLoss(change))];
}
