import type { Document } from '../../load/document.js';
import { listOperations, type Operation } from '../../plan/operations/operations.js';
import type { Plan } from '../../plan/types.js';
import { estimateTokens } from '../../plan/tools/tokens.js';

/** An operation that can become a tool, and the cost of listing it. */
export interface Candidate {
  readonly operation: Operation;
  /** The tool's name. */
  readonly name: string;
  /** The estimated cost for a model, in tokens. */
  readonly tokens: number;
}

/** The candidates of a plan, in the document's order. */
export function candidatesOf({ openapi }: Document, { api }: Plan): Candidate[] {
  const tools = new Map(
    api.tools.map((tool) => [key(tool.request.method, tool.request.path), tool]),
  );
  return listOperations(openapi).operations.flatMap((operation) => {
    const tool = tools.get(key(operation.method, operation.template));
    if (tool === undefined) return [];
    return [{ operation, name: tool.name, tokens: estimateTokens(api, tool) }];
  });
}

/** Their total estimated cost, in tokens. */
export function tokensOf(candidates: Iterable<Candidate>): number {
  let sum = 0;
  for (const { tokens } of candidates) sum += tokens;
  return sum;
}

function key(method: string, path: string): string {
  return `${method} ${path}`;
}

/** The candidates of one tag. */
export interface Group {
  /** Absent for operations without a tag. */
  readonly tag?: string;
  readonly candidates: readonly Candidate[];
}

/**
 * Candidates by tag, in the order in which tags first occur, untagged ones last. A candidate may be in several groups.
 */
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

/** The candidates in at least one of the groups. */
export function unionOf(groups: readonly Group[]): Set<Candidate> {
  return new Set(groups.flatMap(({ candidates }) => candidates));
}
