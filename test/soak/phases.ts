import { setTimeout as pause } from 'node:timers/promises';
import type { Provider } from './provider.js';

/** A stretch of the run. */
export interface Phase {
  readonly name: string;
  /** The share of all calls. */
  readonly share: number;
  /** What changes at its beginning; it may take as long as the server's pause between two requests to its provider. */
  readonly enter?: (provider: Provider) => Promise<void>;
}

/** The provider's failures, one after another. */
export const phases: readonly Phase[] = [
  { name: 'all is well', share: 0.13 },
  { name: 'keys were rotated', share: 0.13, enter: (provider) => provider.rotate() },
  { name: 'provider answers 503', share: 0.13, enter: (provider) => provider.breakDown('error') },
  { name: 'provider is back', share: 0.06, enter: (provider) => provider.recover() },
  { name: 'rotated, a key withdrawn', share: 0.13, enter: (provider) => provider.rotate() },
  {
    name: 'provider drops connections',
    share: 0.13,
    enter: (provider) => provider.breakDown('reset'),
  },
  { name: 'provider is back again', share: 0.05, enter: (provider) => provider.recover() },
  { name: 'rotated a third time', share: 0.08, enter: (provider) => provider.rotate() },
  { name: 'provider hangs', share: 0.08, enter: (provider) => provider.breakDown('hang') },
  { name: 'provider is back at last', share: 0.04, enter: (provider) => provider.recover() },
  { name: 'rotated a fourth time', share: 0.04, enter: (provider) => provider.rotate() },
];

/**
 * Hands out the numbers of the calls. Each phase has its share of them from the moment at which it was entered; while
 * it is being entered, clients continue in the previous phase, slowly and beyond its share.
 */
export class Schedule {
  readonly #calls: number;
  readonly #provider: Provider;
  #number = 0;
  #phase = 0;
  #inPhase = 0;
  #entering = false;

  constructor(calls: number, provider: Provider) {
    this.#calls = calls;
    this.#provider = provider;
  }

  /** The share of the calls that have begun. */
  get progress(): number {
    const before = phases.slice(0, this.#phase).reduce((sum, { share }) => sum + share, 0);
    return before + Math.min(this.#inPhase, this.#quota()) / this.#calls;
  }

  /** The next call and its phase; undefined when there are no more. */
  async take(): Promise<{ number: number; phase: number } | undefined> {
    if (this.#entering) await pause(500 + Math.random() * 1000);
    else if (this.#inPhase >= this.#quota()) {
      if (this.#phase === phases.length - 1) return undefined;
      void this.#enterNext();
    }
    this.#inPhase += 1;
    this.#number += 1;
    return { number: this.#number, phase: this.#phase };
  }

  async #enterNext(): Promise<void> {
    this.#entering = true;
    await phases[this.#phase + 1]
      ?.enter?.(this.#provider)
      .catch((error: unknown) => this.#provider.faults.push(String(error)));
    this.#entering = false;
    this.#phase += 1;
    this.#inPhase = 0;
  }

  #quota(): number {
    return (phases[this.#phase]?.share ?? 0) * this.#calls;
  }
}
