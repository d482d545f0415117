import type { Key } from 'node:readline';
import { CANCEL_SYMBOL, isCancel, wrapTextWithPrefix } from '@clack/core';
import {
  confirm,
  S_BAR,
  S_INFO,
  S_STEP_SUBMIT,
  S_SUCCESS,
  S_WARN,
  select,
  text,
} from '@clack/prompts';
import { printable, type Terminal } from '../../print/terminal.js';
import { askFor, type Wanted } from '../../project/credentials.js';
import type { Values } from '../../project/dotenv.js';
import { pick, type Picking } from './pick.js';

/** One of several answers. */
export interface Choice {
  readonly label: string;
  readonly hint?: string;
}

/** A question that is answered with a line of text. */
export interface Line {
  readonly message: string;
  /** Shown while nothing is typed. */
  readonly placeholder?: string;
  /** The answer at first, which may be changed. */
  readonly initial?: string;
  /** In one sentence what is wrong with an answer. */
  readonly fault?: (value: string) => string | undefined;
}

type Tone = 'step' | 'info' | 'success' | 'warn';

const symbols = {
  step: ['green', S_STEP_SUBMIT],
  info: ['blue', S_INFO],
  success: ['green', S_SUCCESS],
  warn: ['yellow', S_WARN],
} as const;

interface Common {
  readonly input: Terminal['input'];
  readonly output: Terminal['prompts'];
  readonly signal: AbortSignal;
}

/** Asks and tells a person at a terminal. Every question rejects with `Cancelled` when the person leaves. */
export class Asker {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** How long a row of a picking may be, in characters. */
  get rowWidth(): number {
    // A bar and two blanks, a box and a blank, and the last column, which some terminals break after.
    return this.#terminal.columns - 6;
  }

  /** Resolves to one of the choices. */
  async choose<T extends Choice>(message: string, choices: readonly [T, ...T[]]): Promise<T> {
    const options = choices.map(({ label, hint }, value) => ({
      value,
      label: oneLine(label),
      ...(hint !== undefined && { hint: oneLine(hint) }),
    }));
    const answer = await this.#ask((common) =>
      select<number>({ ...common, message, options, showInstructions: false }),
    );
    return choices[answer] ?? choices[0];
  }

  /** Resolves to what was typed, without the blanks around it. */
  async line({ message, placeholder, initial, fault }: Line): Promise<string> {
    const answer = await this.#ask((common) =>
      text({
        ...common,
        message,
        ...(placeholder !== undefined && { placeholder }),
        ...(initial !== undefined && { initialValue: initial }),
        ...(fault !== undefined && { validate: (value) => fault(value?.trim() ?? '') }),
      }),
    );
    // clack gives nothing at all for a line that nothing was typed on.
    return ((answer as string | undefined) ?? '').trim();
  }

  /** `initialValue` is the answer of Enter. */
  async confirm(message: string, initialValue = true): Promise<boolean> {
    return this.#ask((common) => confirm({ ...common, message, initialValue }));
  }

  /** Resolves to the values that were typed, secrets unseen; an empty answer leaves its variable out. */
  async fill(title: string, wanted: readonly Wanted[]): Promise<Values> {
    return this.#ask(
      async ({ signal }) => (await askFor(title, wanted, this.#terminal, signal)) ?? CANCEL_SYMBOL,
    );
  }

  /** Resolves to the positions of the chosen rows. */
  async pick(picking: Picking): Promise<readonly number[]> {
    return this.#ask(({ signal }) => pick(picking, this.#terminal, signal));
  }

  /** Says something between two questions; every line is wrapped. */
  say(tone: Tone, ...lines: readonly string[]): void {
    const { prompts } = this.#terminal;
    const [colour, symbol] = symbols[tone];
    const bar = this.#terminal.style('gray', S_BAR);
    const block = lines
      .map(printable)
      .map((line, index) =>
        wrapTextWithPrefix(
          prompts,
          index === 0 && tone === 'step' ? this.#terminal.style('bold', line) : line,
          `${bar}  `,
          index === 0 ? `${this.#terminal.style(colour, symbol)}  ` : `${bar}  `,
          undefined,
          withoutBlank,
        ),
      );
    this.#endProgress();
    prompts.write([bar, ...block, ''].join('\n'));
  }

  async #ask<T>(ask: (common: Common) => Promise<T | typeof CANCEL_SYMBOL>): Promise<T> {
    const { input, prompts } = this.#terminal;
    if (input.readableEnded || input.destroyed) throw new Cancelled();
    this.#endProgress();
    const left = new AbortController();
    const leave = () => left.abort();
    // Ctrl-D ends the reading of keys, and with it, unless somebody says so, every hope of an answer. The prompt has
    // the key first: one that has ended would draw itself again.
    const onKey = (_: string | undefined, key: Key) => {
      if (key.ctrl === true && key.name === 'd') setImmediate(leave);
    };
    input.on('keypress', onKey).once('end', leave).once('close', leave);
    try {
      const answer = await ask({ input, output: prompts, signal: left.signal });
      if (isCancel(answer)) throw new Cancelled();
      return answer;
    } finally {
      input.off('keypress', onKey).off('end', leave).off('close', leave);
    }
  }

  /** What was being done stands where the next thing is to be written. */
  #endProgress(): void {
    this.#terminal.remark('');
  }
}

/** Where a line was broken, there was a blank. */
function withoutBlank(part: string, index: number): string {
  return index === 0 ? part : part.trimStart();
}

/** Text of a document, for a list in which every entry has one line. */
export function oneLine(words: string): string {
  return printable(words).replace(/\s+/g, ' ').trim();
}

/**
 * The person at the keyboard has left the wizard (Ctrl-C, Escape, Ctrl-D, or the terminal was closed). The message says
 * what is on the disk then.
 */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(message = 'Nothing was written.') {
    super(message);
  }
}
