import { hashContent } from '../content.js';
import type { Change } from '../diff/change.js';
import type { ChangeCode } from '../diff/codes.js';
import { compareApis } from '../diff/compare-apis.js';
import { readProject } from '../diff/read-project.js';
import type { OutputFile } from '../emit/file.js';
import { InputError } from '../errors.js';
import type { Lock } from '../lock/lock.js';

type Api = Parameters<typeof compareApis>[1];

/**
 * What a new API means for those who use a project; absent when it means nothing, or the project cannot be read, as
 * when it was edited by hand.
 */
export async function meaningOf(api: Api, directory: string): Promise<Change[] | undefined> {
  try {
    const changes = compareApis(await readProject(directory), api);
    return changes.length === 0 ? undefined : changes;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Whether files in `src/generated` are other ones than those that a lock lists. */
export function changesApi({ files: locked }: Lock, files: readonly OutputFile[]): boolean {
  const made = files.filter(({ path }) => isOfApi(path));
  const known = [...locked.keys()].filter(isOfApi);
  return (
    made.length !== known.length ||
    made.some(({ path, content }) => locked.get(path) !== hashContent(content))
  );
}

/** Whether a path is one of what varies by document. */
export function isOfApi(path: string): boolean {
  return path.startsWith('src/generated/');
}

const losses: readonly ChangeCode[] = ['AUTHENTICATION_DROPPED', 'SCOPES_DROPPED', 'SCOPES_LESS'];

/** The changes that let more callers in before all others. */
export function lossesFirst(changes: readonly Change[]): Change[] {
  const isLoss = ({ code }: Change) => losses.includes(code);
  return [...changes.filter(isLoss), ...changes.filter((change) => !isLoss(change))];
}
