import { selectOperations } from '../../plan/operations/select.js';
import { type Candidate, unionOf, type Group } from './candidates.js';

/** Values of `--include` and `--exclude`; both absent for everything. */
export interface Patterns {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The patterns that select everything in at least one of the groups at these positions. */
export function patternsOfGroups(groups: readonly Group[], chosen: readonly number[]): Patterns {
  const picked = new Set(chosen);
  const inside = groups.filter((_, index) => picked.has(index));
  const outside = groups.filter((_, index) => !picked.has(index));
  if (outside.length === 0) return {};
  const include = { include: inside.flatMap(patternsOfGroup) };
  // Untagged operations have no common pattern; excluding the others may be shorter.
  if (inside.every(({ tag }) => tag !== undefined)) return include;
  const exclude = { exclude: outside.flatMap(patternsOfGroup) };
  return selectsExactly(exclude, unionOf(groups), unionOf(inside)) ? exclude : include;
}

/** The patterns that select these candidates: whichever list is shorter, inclusions or exclusions. */
export function patternsOfCandidates(
  all: readonly Candidate[],
  chosen: ReadonlySet<Candidate>,
): Patterns {
  const outside = all.filter((candidate) => !chosen.has(candidate));
  if (outside.length === 0) return {};
  const name = namer(all);
  return outside.length < chosen.size
    ? { exclude: outside.map(name) }
    : { include: [...chosen].map(name) };
}

function patternsOfGroup({ tag, candidates }: Group): string[] {
  return tag === undefined ? candidates.map(patternOf) : [`tag:${tag}`];
}

function selectsExactly(
  { include = [], exclude = [] }: Patterns,
  all: ReadonlySet<Candidate>,
  wanted: ReadonlySet<Candidate>,
): boolean {
  const operations = [...all].map(({ operation }) => operation);
  const selected = new Set(selectOperations(operations, include, exclude).selected);
  return [...all].every((candidate) => selected.has(candidate.operation) === wanted.has(candidate));
}

/** Refers to operations by their operationIds if those are plain and unique. */
function namer(all: readonly Candidate[]): (candidate: Candidate) => string {
  const counts = new Map<string | undefined, number>();
  for (const { operation } of all)
    counts.set(operation.operationId, (counts.get(operation.operationId) ?? 0) + 1);
  return (candidate) => {
    const { operationId = '' } = candidate.operation;
    const plain = /^[\w.-]+$/.test(operationId) && operationId !== 'deprecated';
    return plain && counts.get(operationId) === 1 ? operationId : patternOf(candidate);
  };
}

/**
 * The pattern of one operation, with special characters of globs escaped. A pattern cannot contain a space, and
 * picomatch hangs on some that escape a backslash: both become a wildcard for one character.
 */
function patternOf({ operation: { method, path } }: Candidate): string {
  const glob = path.replace(/[\\*?()[\]!+@|\s]/g, (character) =>
    /[\\\s]/.test(character) ? '?' : `\\${character}`,
  );
  return `${method} ${glob}`;
}
