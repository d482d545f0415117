import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

/** Where a command's output goes: the process, or a test's buffers. */
export interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** One run's two audiences: results on stdout for whoever asked, remarks on stderr for whoever watches. */
export class Terminal {
  /** Results are one JSON object, and remarks are left out. */
  readonly json: boolean;
  readonly #streams: Streams;
  #progress = '';

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.json = json;
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

  /** Shows what is being done, in place of what was being done before; only on a terminal. */
  readonly progress = (message: string): void => {
    const { stderr } = this.#streams;
    if (this.json || !('isTTY' in stderr && stderr.isTTY === true)) return;
    const columns = 'columns' in stderr && typeof stderr.columns === 'number' ? stderr.columns : 80;
    this.#progress = printable(message).slice(0, columns - 1);
    stderr.write(`\r\u001b[K${this.#progress}`);
  };

  /** Coloured on a terminal, unless `NO_COLOR` is set. `stream` is where the text will go. */
  style(
    format: Parameters<typeof styleText>[0],
    text: string,
    stream: keyof Streams = 'stderr',
  ): string {
    return styleText(format, text, { stream: this.#streams[stream] });
  }

  #clearProgress(): void {
    if (this.#progress !== '') this.#streams.stderr.write('\r\u001b[K');
    this.#progress = '';
  }
}

/** Text of a document as a terminal may be given it: without the bytes that move cursors and rename windows. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD');
}
