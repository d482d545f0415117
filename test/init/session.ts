import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { main } from '../../src/cli.js';
import type { Surroundings } from '../../src/print/terminal.js';
import { Sink, type Result } from '../support/command-line.js';

export const key = {
  enter: '\r',
  space: ' ',
  down: '\u001b[B',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
} as const;

/** How long something may take to appear, in milliseconds. */
const patience = 60_000;

/** Keys, as a terminal sends them. */
class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
}

/** A command line at a terminal, with a user who sees and types. */
export class Session {
  readonly keyboard = new Keyboard();
  readonly #streams = { stdin: this.keyboard, stdout: new Sink(true), stderr: new Sink(true) };
  readonly #status: Promise<number>;
  #read = 0;

  constructor(argv: readonly string[], more: Pick<Surroundings, 'env' | 'execPath' | 'once'> = {}) {
    this.#status = main(argv, { ...this.#streams, ...more });
  }

  /** Everything shown on the terminal, without colours and cursor movements. */
  get screen(): string {
    return stripVTControlCharacters(this.#streams.stderr.text);
  }

  /** The result printed so far. */
  get stdout(): string {
    return stripVTControlCharacters(this.#streams.stdout.text);
  }

  /** Waits until a text appears after the last one seen, then types. */
  async see(text: string, ...keys: readonly string[]): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const at = this.screen.indexOf(text, this.#read);
      if (at >= 0) {
        this.#read = at + text.length;
        break;
      }
      if (Date.now() > end) throw new Error(`No ${text} in:\n${this.screen.slice(this.#read)}`);
      await sleep(5);
    }
    for (const typed of keys) {
      this.keyboard.write(typed);
      // An escape sequence of several bytes is one key only when nothing follows at once.
      await sleep(10);
    }
  }

  async result(): Promise<Result> {
    const status = await this.#status;
    return { status, stdout: this.#streams.stdout.text, stderr: this.screen };
  }
}
