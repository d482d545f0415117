import { hashContent } from '../lock/files.js';
import type { Change } from '../diff/change.js';
import type { ChangeCode } from '../diff/codes.js';
import { InputError } from '../errors.js';
import type { Generated } from '../generate.js';
import type { Lock } from '../lock/lock.js';
import { withoutHidden } from '../plan/tools/hidden-text.js';
import type { Plan } from '../plan/types.js';

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

/**
 * The same; undefined when nothing changed, or the project cannot be read, for example because it was edited by hand.
 */
export async function meaningOf(
  plan: Plan,
  directory: string,
  lock: Lock | undefined,
): Promise<Change[] | undefined> {
  try {
    const { readProject } = await import('../diff/read-project.js');
    const changes = await changesOf(await readProject(directory), plan, lock);
    return changes.length === 0 ? undefined : changes;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Whether files in `src/generated` differ from those that a lock lists, or the hidden text changed. */
export function changesApi({ files: locked, source }: Lock, { plan, files }: Generated): boolean {
  if (source.hidden !== plan.source.hidden) return true;
  const made = files.filter(({ path }) => isOfApi(path));
  const known = [...locked.keys()].filter(isOfApi);
  return (
    made.length !== known.length ||
    made.some(({ path, content }) => locked.get(path) !== hashContent(content))
  );
}

/** Whether a path belongs to the files that vary by document. */
export function isOfApi(path: string): boolean {
  return path.startsWith('src/generated/');
}

const losses: readonly ChangeCode[] = ['AUTHENTICATION_DROPPED', 'SCOPES_DROPPED', 'SCOPES_LESS'];

/** The changes with those that admit more callers first. */
export function lossesFirst(changes: readonly Change[]): Change[] {
  const isLoss = ({ code }: Change) => losses.includes(code);
  return [...changes.filter(isLoss), ...changes.filter((change) => !isLoss(change))];
}
