import type { Expectation } from './expectations.js';
import type { Check, Results } from './suite.js';

/** What to make of one run. Every scenario is in one of the first three lists. */
export interface Verdict {
  readonly passed: readonly string[];
  /** Failed as the file says. */
  readonly expected: readonly string[];
  /** Other faults of a scenario, one line each. */
  readonly unexpected: ReadonlyMap<string, readonly string[]>;
  /** Entries of the file that excused nothing. */
  readonly stale: readonly Expectation[];
}

/** Whether the messages had the form that the protocol's schema demands, in any scenario. */
const FORM = 'wire-schema-valid';

/**
 * Compares results with what is expected. Stricter than the suite's own comparison in four things: scenarios that it
 * runs without scoring count; one that checked nothing has not passed; an entry for a whole scenario does not excuse
 * malformed messages; an entry that excuses nothing is stale, also when its scenario or check did not run at all.
 */
export function judge(results: Results, expectations: readonly Expectation[]): Verdict {
  const passed: string[] = [];
  const expected: string[] = [];
  const unexpected = new Map<string, string[]>();
  const used = new Set<Expectation>();
  for (const [scenario, checks] of results) {
    const entries = expectations.filter((entry) => entry.scenario === scenario);
    const problems = problemsOf(checks);
    const rest = problems.filter(({ id }) => {
      const excuse = entries.find(({ check }) => check === id || (!check && id !== FORM));
      if (excuse) used.add(excuse);
      return excuse === undefined;
    });
    if (problems.length === 0) passed.push(scenario);
    else if (rest.length === 0) expected.push(scenario);
    else unexpected.set(scenario, rest.map(describe));
  }
  return { passed, expected, unexpected, stale: expectations.filter((entry) => !used.has(entry)) };
}

function problemsOf(checks: readonly Check[]): readonly Check[] {
  const failing = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const proven = checks.some(({ id, status }) => id !== FORM && status === 'SUCCESS');
  if (failing.length > 0 || proven) return failing;
  return [{ id: 'nothing-checked', status: 'SKIPPED', errorMessage: 'no check came to a result' }];
}

function describe({ id, status, errorMessage = 'no message' }: Check): string {
  return `${status} ${id}: ${errorMessage}`;
}
