import { createHash } from 'node:crypto';
import { normalizeLineEndings } from '../content.js';

const seal = /^ {2}"seal": "([0-9a-f]{64})",$/m;

/** What stands in a lock in place of its seal until it has one. */
export const unsealed = '0'.repeat(64);

/**
 * Seals a lock: its seal is a hash of everything that the project was made of (`ingredients`) and of the rest of the
 * lock. While it holds, the same ingredients would give the same lock again, so that files need to be compared with
 * the hashes in it only. It tells of changes and of merges, not of somebody who computes it anew: it is no signature.
 */
export function sealLock(lock: string, ingredients: string): string {
  return lock.replace(seal, (line, old: string) => line.replace(old, sealOf(lock, ingredients)));
}

/** Whether a lock was made of these ingredients and is as it was then. */
export function isSealed(lock: string, ingredients: string): boolean {
  return seal.exec(normalizeLineEndings(lock))?.[1] === sealOf(lock, ingredients);
}

/** A lock without what its seal is; the seal says nothing of the project that the rest does not say. */
export function withoutSeal(lock: string): string {
  return normalizeLineEndings(lock).replace(seal, '');
}

function sealOf(lock: string, ingredients: string): string {
  return createHash('sha256')
    .update(`${ingredients}\n${withoutSeal(lock)}`)
    .digest('hex');
}
