import { Readable, type Writable } from 'node:stream';
import { styleText } from 'node:util';
import { jsonEscape } from '../../templates/src/runtime/text.js';
import { own } from '../json.js';
import { packageName } from '../package.js';

/** The environment of a command: the process, or its replacement in a test. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Typed or piped input. Default: empty. */
  readonly stdin?: Readable;
  /** The environment's variables. Default: none. */
  readonly env?: Environment;
  /** Calls its argument on the first signal. Default: never. */
  readonly once?: (signal: Signal, listener: () => void) => unknown;
  /** The executable that runs this program. Default: the `node` in the PATH. */
  readonly execPath?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The exit status that shells report after Ctrl-C: 128 plus the number of SIGINT. */
export const INTERRUPTED = 130;

/** The two outputs of one run: results on stdout, remarks on stderr. */
export class Terminal {
  /** Results are one JSON object, and remarks are omitted. */
  readonly json: boolean;
  readonly env: Environment;
  readonly #streams: Surroundings;
  #progress = '';

  constructor(streams: Surroundings, json: boolean) {
    this.#streams = streams;
    this.json = json;
    this.env = streams.env ?? {};
  }

  /** Typed or piped input. */
  get input(): Readable {
    return this.#streams.stdin ?? Readable.from([]);
  }

  /** The stream for questions: not the one for results. */
  get prompts(): Writable {
    return this.#streams.stderr;
  }

  /** The stream for results, for commands that write a protocol to it instead. */
  get output(): Writable {
    return this.#streams.stdout;
  }

  /** The executable that runs this program, for running JavaScript. */
  get node(): string {
    return this.#streams.execPath ?? 'node';
  }

  /** The words that run this program again. Under npx it is not in the PATH. */
  get program(): readonly string[] {
    return this.env.npm_command === 'exec' ? ['npx', '-y', packageName] : ['openapi-to-mcp'];
  }

  /** Whether a user is there to answer questions. Some CI services run their jobs in a terminal. */
  get interactive(): boolean {
    if (/^(?!(0|false)$)./i.test(this.env.CI ?? '')) return false;
    return !this.json && isTerminal(this.#streams.stdin) && isTerminal(this.#streams.stderr);
  }

  /** Whether a user sees the remarks. */
  get watched(): boolean {
    return isTerminal(this.#streams.stderr);
  }

  /** Columns of the terminal; 80 without one. */
  get columns(): number {
    return columnsOf(this.#streams.stderr);
  }

  /** The maximum width of a result; unlimited if it is redirected to a file or another program. */
  get resultColumns(): number {
    const { stdout } = this.#streams;
    return isTerminal(stdout) ? columnsOf(stdout) : Number.POSITIVE_INFINITY;
  }

  /** Resolves when the user or the system asks this program to end. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        this.#streams.once?.(signal, resolve);
    });
  }

  /** Prints a result: the object with `--json`, else the text. */
  result(value: object, text: string): void {
    this.#clearProgress();
    this.#streams.stdout.write(this.json ? `${printableJson(value)}\n` : text);
  }

  /** Prints a text for users only. */
  remark(text: string): void {
    this.#clearProgress();
    if (!this.json) this.#streams.stderr.write(text);
  }

  /** Prints a text that requires action, whatever the format of the result. */
  say(text: string): void {
    this.#clearProgress();
    this.#streams.stderr.write(text);
  }

  /** A text from elsewhere for stdout: unchanged where that is not a terminal. */
  shown(text: string): string {
    return isTerminal(this.#streams.stdout) ? printable(text) : text;
  }

  /** Shows the current step in place of the previous one; only on a terminal. */
  readonly progress = (message: string): void => {
    const { stderr } = this.#streams;
    if (this.json || !isTerminal(stderr)) return;
    this.#progress = printable(message).slice(0, this.columns - 1);
    stderr.write(`\r\u001b[K${this.#progress}`);
  };

  /** Coloured on a terminal, unless `NO_COLOR` is set. `stream` is the destination of the text. */
  style(
    format: Parameters<typeof styleText>[0],
    text: string,
    stream: 'stdout' | 'stderr' = 'stderr',
  ): string {
    return styleText(format, text, { stream: this.#streams[stream] });
  }

  /** A grade in a result (`fail`, `breaking`) in the colour of problems, or of warnings. */
  readonly grade = (word: string): string => {
    const colour = own(grades, word);
    return colour === undefined ? word : this.style(colour, word, 'stdout');
  };

  #clearProgress(): void {
    if (this.#progress !== '') this.#streams.stderr.write('\r\u001b[K');
    this.#progress = '';
  }
}

const grades: Readonly<Record<string, 'red' | 'yellow'>> = {
  ...{ fail: 'red', breaking: 'red' },
  ...{ warn: 'yellow', security: 'yellow' },
};

function isTerminal(stream: object | undefined): boolean {
  return stream !== undefined && 'isTTY' in stream && stream.isTTY === true;
}

/** Containers and CI services have terminals that report a width of 0. */
function columnsOf(stream: object): number {
  const columns = 'columns' in stream ? Number(stream.columns) : 0;
  return columns > 0 ? columns : 80;
}

/**
 * Text of a document made safe for a terminal, without bytes that move the cursor or rename the window; and for the log
 * of a CI service, which obeys lines such as `::set-output …` (GitHub) and `##vso[…]` (Azure).
 */
export function printable(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD')
    .replace(/^[^\S\n]*:(?=:)|##(?=\w*\[)/gm, '$& ');
}

/** JSON in which the same characters are escapes, so that its values stay as they are. */
function printableJson(value: object): string {
  const unsafe = /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}|#(?=#\w*\[)/gu;
  return JSON.stringify(value, null, 2).replace(unsafe, jsonEscape);
}

/** Such a text on one line, for a cell or an item of a list. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}
