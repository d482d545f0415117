import { cpus } from 'node:os';
import type { Finding } from './client.js';
import { median, quantile, type Quarter } from './memory.js';
import { phases } from './phases.js';

/** All results of a run. */
export interface Soak {
  /** The calls requested on the command line; some more are made while phases are entered. */
  readonly asked: number;
  readonly calls: number;
  readonly clients: readonly string[];
  readonly seconds: number;
  /** The longest moment, in milliseconds, in which the process of the clients and of the API was blocked. */
  readonly stall: number;
  /** By phase, in order. */
  readonly phases: readonly PhaseTally[];
  readonly kinds: ReadonlyMap<string, number>;
  readonly quarters: readonly Quarter[];
  readonly checks: readonly Check[];
}

export interface PhaseTally {
  calls: number;
  faults: number;
  /** Calls that got their echo at once. */
  readonly good: number[];
}

export interface Check {
  readonly name: string;
  /** The observed value. */
  readonly seen: string;
  /** Undefined: this run was too short to decide. */
  readonly passed: boolean | undefined;
}

/** Counts a call in its phase and among its kind. */
export function count(
  soak: Pick<Soak, 'phases'> & { kinds: Map<string, number> },
  phase: number,
  finding: Finding,
): void {
  const { kind, fault, milliseconds } = finding;
  const tally = soak.phases[phase];
  if (tally === undefined) return;
  tally.calls += 1;
  if (fault !== undefined) tally.faults += 1;
  if (kind === 'read' || kind === 'write') tally.good.push(milliseconds);
  soak.kinds.set(kind, (soak.kinds.get(kind) ?? 0) + 1);
}

const consequences: Readonly<Record<string, string>> = {
  read: 'its own marker',
  write: 'its own marker',
  late: 'its own marker, 20 to 300 ms later',
  'upstream 500': 'a tool error with status and body',
  'upstream 503': 'a tool error with status and body',
  'upstream reset': 'a tool error: the connection broke off',
  'upstream breaks off': 'a tool error: the connection broke off',
  'upstream hangs': 'a tool error: no response in time',
  'client disconnects': 'the API request is given up within 2.5 s',
  'scope missing': '403',
  'bad arguments': 'a tool error, and the API is not asked',
  'tools/list': 'the two tools',
  'unknown key':
    '503 while the provider is down, and until its keys may be requested again; else 401',
  'token expired': '401, and the API is not asked',
};

/** Markdown: the calls and their outcomes. */
export function format(soak: Soak): string {
  const { asked, calls, clients, seconds, stall, kinds } = soak;
  const speed = Math.round(calls / seconds);
  return [
    '# Soak',
    '',
    `\`npm run soak -- --calls ${asked}\`: ${calls} calls from ${clients.length} clients at the same time, ` +
      `each with a subject and tokens of its own, against a generated server in its own process. ` +
      `Node ${process.version}, ${cpus().length} cores for all processes, ${Math.round(seconds)} seconds, ${speed} calls a second.`,
    '',
    `Clients: ${tally(clients)}.`,
    '',
    table(
      ['check', 'seen', 'result'],
      soak.checks.map(({ name, seen, passed }) => [
        name,
        seen,
        passed === undefined ? 'too short to tell' : passed ? 'ok' : 'FAILED',
      ]),
    ),
    '',
    'In each phase, all kinds of calls are made. Milliseconds are those of calls that go well, as the client sees them; ' +
      `clients and API share a process, which stalled for up to ${stall.toFixed(0)} ms itself.`,
    '',
    table(
      ['phase', 'calls', 'wrong', 'ms, median', 'ms, 99 %', 'ms, longest'],
      soak.phases.map(({ calls: number, faults, good }, index) => [
        phases[index]?.name ?? '',
        String(number),
        String(faults),
        ...[0.5, 0.99, 1].map((share) => quantile(good, share).toFixed(0)),
      ]),
    ),
    '',
    table(
      ['what is done', 'calls', 'what must come back'],
      Object.entries(consequences).map(([kind, consequence]) => [
        kind,
        String(kinds.get(kind) ?? 0),
        consequence,
      ]),
    ),
    '',
    table(
      [
        'quarter of the calls',
        'resident MB, median',
        'live heap MB at its end',
        'file descriptors, median',
      ],
      soak.quarters.map(({ samples, heap }, index) => [
        String(index + 1),
        median(samples.map(({ resident }) => resident)).toFixed(1),
        heap.toFixed(1),
        String(median(samples.map(({ descriptors }) => descriptors))),
      ]),
    ),
    '',
  ].join('\n');
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, number]) => `${number} ${name}`).join(', ');
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '-'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
