import { LARGE } from './large-document.js';
import { eras, type Era } from './messages.js';
import type { Row, Run } from './results.js';
import {
  documents,
  growthCalls,
  longPlan,
  metrics,
  rowOf,
  type DocumentName,
  type Metric,
} from './scenarios.js';
import type { Callers } from './tokens.js';

/** What a ratio should be. */
interface Goal {
  readonly title: string;
  readonly id: string;
  /** `at least` for calls a second. */
  readonly bound: string;
  readonly target: string;
}

const titles: Readonly<Record<DocumentName, string>> = {
  petstore: 'petstore',
  large: `${LARGE.toLocaleString('en')} tools`,
};

const goals: readonly Goal[] = [
  ...busy('cpu', 'CPU per call', { petstore: '1.8', large: '1.9' }, '1.0'),
  ...others('1,000 callers', eras),
  ...others('new tokens', ['2026-07-28']),
  ...busy('rate', 'calls a second', { petstore: 'at least 0.55', large: 'at least 0.55' }, '1.0'),
  ...busy('p99', '99th percentile', { petstore: '2', large: '2' }, '1.2'),
  { title: 'spawn to first answer, petstore', id: 'petstore/start', bound: '1.3', target: '1.0' },
  { title: `the same, ${titles.large}`, id: 'large/start', bound: '2.0', target: '1.3' },
  {
    title: `memory after ${thousands(growthCalls.last)} calls ÷ after ${thousands(growthCalls.first)}`,
    id: 'petstore/growth',
    bound: '1.2',
    target: '1.0',
  },
];

/** Goals for 32 connections with one token, for each document and era. */
function busy(
  metric: Metric,
  what: string,
  bounds: Readonly<Record<DocumentName, string>>,
  target: string,
): Goal[] {
  return documents.flatMap((document) =>
    eras.map((era) => ({
      title: `${what}, ${titles[document]}, ${era}`,
      id: rowOf({ document, era, callers: 'one token', connections: 32 }, metric),
      bound: bounds[document],
      target,
    })),
  );
}

/** CPU for other callers, which the goals leave open. */
function others(callers: Callers, of: readonly Era[]): Goal[] {
  const document = 'petstore';
  return of.map((era) => ({
    title: `CPU per call, ${document}, ${era}, ${callers}`,
    id: rowOf({ document, era, callers, connections: 32 }, 'cpu'),
    bound: '',
    target: '',
  }));
}

/** `RESULTS.md`: the ratios of all runs side by side, then the figures of each. */
export function format(runs: readonly Run[]): string {
  const table = toTable(
    ['÷ that of the floor, 32 connections', 'at most', 'target', ...runs.map(({ name }) => name)],
    goals.map(({ title, id, bound, target }) => {
      const ratios = runs.map(({ rows }) => shown(rows[id]?.ratio));
      return [title, bound, target, ...ratios];
    }),
  );
  return [
    '# Generated servers, next to a floor',
    '',
    ...intro,
    '',
    table,
    '',
    ...runs.flatMap(details),
  ].join('\n');
}

const intro = [
  '`npm run bench:server` writes this page. The floor (`floor.ts`) is `node:http`, one RS256 check with jose and one',
  'request to the API with undici for each call, and nothing else. The generated server has OAuth, scopes, the rate limit',
  'and the audit log on; the log is written to a file. Each round starts both in new processes, and measures them one',
  'right after the other in each scenario. A ratio is the median of the ratios of the rounds. Absolute figures belong to',
  'one machine at one time.',
  '',
  `The document with ${titles.large} is synthetic (\`large-document.ts\`). The number of operations, their parameters and`,
  'bodies, and the lengths of descriptions are those of GitHub’s API. CPU is user and system time of the server’s process',
  'alone. The caller and the API run on the same processors, so calls a second and milliseconds depend on them, too.',
];

/** The figures of one run: the server's ratio, and in brackets its figure and the floor's. */
function details({ name, machine, rounds, rows }: Run): string[] {
  const scenarios = longPlan(rounds).scenarios.filter((each) => rowOf(each, 'cpu') in rows);
  const table = toTable(
    ['document', 'era', 'callers', 'connections', 'CPU, µs', 'calls/s', 'p50, ms', 'p99, ms'],
    scenarios.map((scenario) => [
      titles[scenario.document],
      scenario.era,
      scenario.callers,
      String(scenario.connections),
      ...metrics.map((metric) => cell(rows[rowOf(scenario, metric)])),
    ]),
  );
  const processes = toTable(
    ['process', ...documents.map((document) => titles[document])],
    [
      ['spawn to first answer, ms', ...documents.map((each) => cell(rows[`${each}/start`]))],
      ['resident MB afterwards', ...documents.map((each) => cell(rows[`${each}/memory`]))],
    ],
  );
  const median = `${rounds} rounds. In each cell: ratio (generated server / floor).`;
  const growth = growthLine(rows['petstore/growth']);
  return [`## ${name}`, '', `${machine}. ${median}`, '', table, '', processes, '', ...growth];
}

function growthLine(row: Row | undefined): string[] {
  if (row === undefined) return [];
  const { first, last } = growthCalls;
  const text = `Resident memory of the generated petstore server: ${row.floor} MB after ${thousands(first)} calls, ${row.server} MB after ${thousands(last)}.`;
  return [text, ''];
}

function cell(row: Row | undefined): string {
  return row === undefined ? '' : `${shown(row.ratio)} (${row.server} / ${row.floor})`;
}

function shown(ratio: number | undefined): string {
  return ratio?.toFixed(2) ?? '';
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '-'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
