/** One figure of the floor and of the generated server, measured one after the other. */
export interface Pair {
  readonly floor: number;
  readonly server: number;
}

/** A figure over all rounds. */
export interface Row extends Pair {
  /** The median of the ratios of the rounds, not the ratio of the medians: a slow minute slows both of a round. */
  readonly ratio: number;
}

/** Rows by what they are of: `petstore/2026-07-28/one token/32/cpu`, `large/start`. */
export type Rows = Readonly<Record<string, Row>>;

/** A run with its name, as `results.json` keeps it. */
export interface Run {
  readonly name: string;
  readonly machine: string;
  readonly rounds: number;
  readonly rows: Rows;
}

/** Collects the figures of the rounds. */
export class Samples {
  readonly #pairs = new Map<string, Pair[]>();

  add(id: string, pair: Pair): void {
    const known = this.#pairs.get(id);
    if (known === undefined) this.#pairs.set(id, [pair]);
    else known.push(pair);
  }

  /** How often each figure was taken. */
  get rounds(): number {
    return Math.max(...[...this.#pairs.values()].map((pairs) => pairs.length));
  }

  rows(): Rows {
    return Object.fromEntries([...this.#pairs].map(([id, pairs]) => [id, summary(pairs)]));
  }
}

function summary(pairs: readonly Pair[]): Row {
  return {
    floor: rounded(median(pairs.map(({ floor }) => floor))),
    server: rounded(median(pairs.map(({ server }) => server))),
    ratio: rounded(median(pairs.map(({ floor, server }) => server / floor))),
  };
}

/** The value in the middle, or halfway between the two that are. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [(sorted.length - 1) / 2, sorted.length / 2];
  return ((sorted[Math.floor(low)] ?? NaN) + (sorted[Math.floor(high)] ?? NaN)) / 2;
}

/** Three digits are more than any run repeats. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** What a run may exceed a committed one by. */
const TOLERANCE = 2;

/** Of calls a second, more is better; of everything else, less. */
function worsening(id: string, committed: number, seen: number): number {
  return id.endsWith('/rate') ? committed / seen : seen / committed;
}

/** Lists the ratios that are more than twice as bad as the committed ones; a row that was never committed is a fault too. */
export function compare(rows: Rows, committed: Rows): string[] {
  return Object.entries(rows).flatMap(([id, { ratio }]) => {
    const known = committed[id]?.ratio;
    if (known === undefined) return [`${id}: results.json has no such row`];
    const worse = worsening(id, known, ratio);
    // Written so that a ratio that is not a number does not pass.
    return worse <= TOLERANCE ? [] : [`${id}: ${ratio} times the floor's, committed ${known}`];
  });
}

/** The runs with one more: it replaces the one of its name, or comes last. */
export function withRun(runs: readonly Run[], run: Run): Run[] {
  const known = runs.some(({ name }) => name === run.name);
  return known ? runs.map((other) => (other.name === run.name ? run : other)) : [...runs, run];
}
