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
import { oneLine, pick, type Picking } from './pick.js';

/** One choice of a question. */
export interface Choice {
  readonly label: string;
  readonly hint?: string;
}

/** A question with a line of text as its answer. */
export interface Line {
  readonly message: string;
  /** Shown until something is typed. */
  readonly placeholder?: string;
  /** The initial answer, which the user can edit. */
  readonly initial?: string;
  /** The problem with an answer, as one sentence. */
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

/** Asks questions and shows messages in a terminal. Every question rejects with `Cancelled` when the user cancels. */
export class Asker {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The maximum length of a row in a list of choices, in characters. */
  get rowWidth(): number {
    // A bar and two spaces, a box and a space, and the last column, after which some terminals wrap.
    return this.#terminal.columns - 6;
  }

  /** Resolves to the user's choice. */
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

  /** Resolves to the typed text, trimmed. */
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
    // clack returns undefined for an empty line.
    return ((answer as string | undefined) ?? '').trim();
  }

  /** `initialValue` is the answer if the user just presses Enter. */
  async confirm(message: string, initialValue = true): Promise<boolean> {
    return this.#ask((common) => confirm({ ...common, message, initialValue }));
  }

  /** Resolves to the typed values, with secrets hidden; an empty answer leaves its variable out. */
  async fill(title: string, wanted: readonly Wanted[]): Promise<Values> {
    return this.#ask(
      async ({ signal }) => (await askFor(title, wanted, this.#terminal, signal)) ?? CANCEL_SYMBOL,
    );
  }

  /** Resolves to the positions of the chosen rows. */
  async pick(picking: Picking): Promise<readonly number[]> {
    return this.#ask(({ signal }) => pick(picking, this.#terminal, signal));
  }

  /** Shows a message between two questions, with long lines wrapped. */
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
    // Ctrl-D closes the input, so the prompt would wait forever unless it is cancelled here. The prompt handles the key
    // first, because a closed one would be drawn again.
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

  /** The progress line occupies the place of the next message. */
  #endProgress(): void {
    this.#terminal.remark('');
  }
}

/** Wrapping leaves the space at a break at the start of the next line. */
function withoutBlank(part: string, index: number): string {
  return index === 0 ? part : part.trimStart();
}

/**
 * The user has cancelled the wizard (Ctrl-C, Escape, Ctrl-D, or a closed terminal). The message states what is on disk.
 */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor(message = 'Nothing was written.') {
    super(message);
  }
}
