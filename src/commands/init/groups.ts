import type { Candidate } from './candidates.js';

/** The candidates of one tag. */
export interface Group {
  /** Absent: they have no tag. */
  readonly tag?: string;
  readonly candidates: readonly Candidate[];
}

/** Candidates by tag, in the order in which the tags turn up, those without one last. A candidate may be in several. */
export function groupByTag(candidates: readonly Candidate[]): Group[] {
  const tagged = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const tag of new Set(candidate.operation.tags)) {
      const group = tagged.get(tag) ?? [];
      group.push(candidate);
      tagged.set(tag, group);
    }
  }
  const groups: Group[] = [...tagged].map(([tag, members]) => ({ tag, candidates: members }));
  const others = candidates.filter(({ operation }) => operation.tags.length === 0);
  return others.length === 0 ? groups : [...groups, { candidates: others }];
}

/** The candidates that are in at least one of the groups. */
export function unionOf(groups: readonly Group[]): Set<Candidate> {
  return new Set(groups.flatMap(({ candidates }) => candidates));
}
