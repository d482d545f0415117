import type { Problem } from '../../errors.js';
import type { Curation } from '../tools/curation.js';
import type { Operation } from './operations.js';
import { matchesNothing, pattern } from './select.js';

/** The operations that `--pin` matches, and the patterns that match none. */
export function selectPinned(
  operations: readonly Operation[],
  sources: readonly string[],
): { pinned: ReadonlySet<Operation>; warnings: Problem[] } {
  const patterns = sources.map((source) => ({ source, matches: pattern(source, '--pin') }));
  const pinned = operations.filter((one) => patterns.some(({ matches }) => matches(one)));
  const idle = patterns.filter(({ matches }) => !operations.some(matches));
  const warnings = idle.map(({ source }) => matchesNothing(source, '--pin', operations));
  return { pinned: new Set(pinned), warnings };
}

/** The `x-mcp` of an operation, combined with the flags. */
export function withPin<T extends { readonly curation: Curation }>(read: T, isPinned: boolean): T {
  return isPinned ? { ...read, curation: { ...read.curation, pinned: true } } : read;
}
