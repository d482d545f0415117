import { Readable, type Writable } from 'node:stream';
import { styleText } from 'node:util';

/** What surrounds a command: the process, or what a test puts in its place. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** What is typed, or piped in. Default: nothing. */
  readonly stdin?: Readable;
  /** The environment's variables. Default: none. */
  readonly env?: Environment;
  /** Tells of a signal, once. Default: there are none. */
  readonly once?: (signal: Signal, listener: () => void) => unknown;
  /** The program that runs this one. Default: the `node` that the environment finds. */
  readonly execPath?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** One run's two audiences: results on stdout for whoever asked, remarks on stderr for whoever watches. */
export class Terminal {
  /** Results are one JSON object, and remarks are left out. */
  readonly json: boolean;
  readonly env: Environment;
  readonly #streams: Surroundings;
  #progress = '';

  constructor(streams: Surroundings, json: boolean) {
    this.#streams = streams;
    this.json = json;
    this.env = streams.env ?? {};
  }

  /** What is typed, or piped in. */
  get input(): Readable {
    return this.#streams.stdin ?? Readable.from([]);
  }

  /** Where questions are asked: not where results go. */
  get prompts(): Writable {
    return this.#streams.stderr;
  }

  /** Where results go, for who writes a protocol there instead. */
  get output(): Writable {
    return this.#streams.stdout;
  }

  /** Runs JavaScript as this program is run. */
  get node(): string {
    return this.#streams.execPath ?? 'node';
  }

  /** Somebody is there to answer questions. */
  get interactive(): boolean {
    return !this.json && isTerminal(this.#streams.stdin) && isTerminal(this.#streams.stderr);
  }

  /** Somebody looks at what this program says. */
  get watched(): boolean {
    return isTerminal(this.#streams.stderr);
  }

  /** Columns of the terminal; 80 where there is none. */
  get columns(): number {
    const { stderr } = this.#streams;
    return 'columns' in stderr && typeof stderr.columns === 'number' ? stderr.columns : 80;
  }

  /** Columns that a result may fill: as many as it likes where it goes into a file or another program. */
  get resultColumns(): number {
    const { stdout } = this.#streams;
    if (!isTerminal(stdout)) return Number.POSITIVE_INFINITY;
    return 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : 80;
  }

  /** Resolves when the user or the system wants this program to end. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        this.#streams.once?.(signal, resolve);
    });
  }

  /** Prints a result: the object with `--json`, else the text. */
  result(value: object, text: string): void {
    this.#clearProgress();
    this.#streams.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : text);
  }

  /** Prints a text that is for people only. */
  remark(text: string): void {
    this.#clearProgress();
    if (!this.json) this.#streams.stderr.write(text);
  }

  /** Prints a text that somebody has to act upon, whatever form the result has. */
  say(text: string): void {
    this.#clearProgress();
    this.#streams.stderr.write(text);
  }

  /** A text from elsewhere as stdout may be given it: as it is where that is no terminal. */
  shown(text: string): string {
    return isTerminal(this.#streams.stdout) ? printable(text) : text;
  }

  /** Shows what is being done, in place of what was being done before; only on a terminal. */
  readonly progress = (message: string): void => {
    const { stderr } = this.#streams;
    if (this.json || !isTerminal(stderr)) return;
    this.#progress = printable(message).slice(0, this.columns - 1);
    stderr.write(`\r\u001b[K${this.#progress}`);
  };

  /** Coloured on a terminal, unless `NO_COLOR` is set. `stream` is where the text will go. */
  style(
    format: Parameters<typeof styleText>[0],
    text: string,
    stream: 'stdout' | 'stderr' = 'stderr',
  ): string {
    return styleText(format, text, { stream: this.#streams[stream] });
  }

  #clearProgress(): void {
    if (this.#progress !== '') this.#streams.stderr.write('\r\u001b[K');
    this.#progress = '';
  }
}

function isTerminal(stream: object | undefined): boolean {
  return stream !== undefined && 'isTTY' in stream && stream.isTTY === true;
}

/** Text of a document as a terminal may be given it: without the bytes that move cursors and rename windows. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD');
}
