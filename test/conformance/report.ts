import type { Expectation } from './expectations.js';
import type { Verdict } from './judge.js';

/** The outcome of a requirement set. */
export interface Row {
  readonly revision: string;
  readonly scenarios: number;
  readonly verdict: Verdict;
  readonly expectations: readonly Expectation[];
  readonly seconds: number;
}

/** A line for each set. */
export function formatTable(rows: readonly Row[]): string {
  const head = [
    'requirements',
    'scenarios',
    'passed',
    'expected failures',
    'of them in part',
    'unexpected',
    'seconds',
  ];
  const lines = rows.map(({ revision, scenarios, verdict, expectations, seconds }) => [
    revision,
    String(scenarios),
    String(verdict.passed.length),
    String(verdict.expected.length),
    String(verdict.expected.filter((name) => isInPart(name, expectations)).length),
    String(verdict.unexpected.size + verdict.stale.length),
    seconds.toFixed(1),
  ]);
  const pad = (cell: string, column: number) => cell.padStart(head[column]?.length ?? 0);
  return [head, ...lines].map((line) => line.map(pad).join('  ')).join('\n');
}

/** Why a set has expected failures, each reason above what it excuses. */
export function formatReasons({ revision, expectations }: Row): string {
  const groups = new Map<string, string[]>();
  for (const entry of expectations)
    groups.set(entry.reason, [...(groups.get(entry.reason) ?? []), nameOf(entry)]);
  const paragraphs = [...groups].map(
    ([reason, names]) => `- ${reason}\n${names.map((name) => `    ${name}`).join('\n')}`,
  );
  return [`${revision}, expected failures:`, ...paragraphs].join('\n');
}

/** The unexpected results, one line each. */
export function complaintsOf({ revision, verdict }: Row): string[] {
  const { unexpected, stale } = verdict;
  return [
    ...[...unexpected].flatMap(([scenario, problems]) =>
      problems.map((problem) => `${revision} ${scenario}: ${problem}`),
    ),
    ...stale.map((entry) => `${revision} ${nameOf(entry)}: a stale entry, it excuses nothing`),
  ];
}

/** Whether all other checks of a scenario had to pass. */
function isInPart(scenario: string, expectations: readonly Expectation[]): boolean {
  return expectations.some((entry) => entry.scenario === scenario && entry.check !== undefined);
}

function nameOf({ scenario, check }: Expectation): string {
  return check === undefined ? scenario : `${scenario}:${check}`;
}
