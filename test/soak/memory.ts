import { setTimeout as pause } from 'node:timers/promises';
import { sample, type Inspector, type Sample } from './process.js';

/** A quarter of the calls. */
export interface Quarter {
  readonly samples: Sample[];
  /** Megabytes at its end, after a collection. */
  heap: number;
}

/** Watches the memory and the file descriptors of a process through the four quarters of a run. */
export class MemoryWatch {
  readonly quarters: readonly Quarter[] = Array.from({ length: 4 }, () => ({
    samples: [],
    heap: 0,
  }));
  readonly #pid: number;
  readonly #inspector: Inspector;
  readonly #progress: () => number;
  #done = false;
  readonly #watching: Promise<void>;

  /** `progress`: the share of the calls that are done. */
  constructor(pid: number, inspector: Inspector, progress: () => number) {
    this.#pid = pid;
    this.#inspector = inspector;
    this.#progress = progress;
    this.#watching = this.#watch();
  }

  /** Ends with the last quarter. */
  async end(): Promise<void> {
    this.#done = true;
    await this.#watching;
    await this.#closeQuarter(3);
  }

  async #watch(): Promise<void> {
    let current = 0;
    while (!this.#done) {
      const quarter = Math.min(3, Math.floor(this.#progress() * 4));
      for (; current < quarter; current += 1) await this.#closeQuarter(current);
      this.quarters[quarter]?.samples.push(await sample(this.#pid));
      await pause(250);
    }
  }

  async #closeQuarter(index: number): Promise<void> {
    const quarter = this.quarters[index];
    if (quarter !== undefined) quarter.heap = await this.#inspector.liveHeap();
  }
}

/** The median; 0 without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of them lies; 0 without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
