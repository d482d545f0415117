import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import xterm from '@xterm/headless';

/** The screen of a terminal, line by line, as runs of characters with the same style. */
export type Screen = readonly (readonly Run[])[];

export interface Run {
  readonly text: string;
  /** One of the sixteen colours of terminals; absent: the default. */
  readonly color?: number;
  readonly bold: boolean;
  readonly dim: boolean;
}

export const columns = 84;
export const rows = 26;

/** How long a program must be quiet before its screen is recorded, in milliseconds. */
const QUIET = 500;

/** A program in a pseudo terminal (`script` of util-linux). Its screens are kept, one for each pause in its output. */
export class TerminalSession {
  readonly screens: Screen[] = [];
  readonly #child: ChildProcess;
  readonly #terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  #text = '';
  #last = performance.now();
  /** How much of the text has been searched. */
  #seen: number;

  constructor(
    shown: string,
    command: string,
    { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
  ) {
    this.#write(`\x1b[32m$\x1b[0m ${shown}\r\n`);
    this.#seen = this.#text.length;
    const sized = `stty cols ${columns} rows ${rows}; exec ${command}`;
    this.#child = spawn('script', ['-qfec', sized, '/dev/null'], { cwd, env, detached: true });
    // The folder differs between runs.
    const write = (chunk: Buffer) => this.#write(chunk.toString().replaceAll(`${cwd}/`, ''));
    this.#child.stdout?.on('data', write);
    this.#child.stderr?.on('data', write);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until the program has printed something and is quiet, or has exited, and records its screen. */
  async look(): Promise<void> {
    while (this.#text.length === this.#seen && !this.hasEnded) await pause(50);
    while (performance.now() - this.#last < QUIET) await pause(50);
    this.#seen = this.#text.length;
    const screen = this.#screen();
    if (JSON.stringify(screen) !== JSON.stringify(this.screens.at(-1))) this.screens.push(screen);
  }

  /** Waits for a text, and returns the match. Rejects if the program exits without it. */
  async find(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      if (this.hasEnded) throw new Error(`It exited without ${String(pattern)}:\n${this.#text}`);
      await pause(50);
    }
  }

  async ended(): Promise<void> {
    if (!this.hasEnded) await once(this.#child, 'exit');
  }

  /** Stops the program and its child processes. */
  stop(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGTERM');
    } catch {
      // It has already exited.
    }
  }

  #write(text: string): void {
    this.#text += text;
    this.#last = performance.now();
    this.#terminal.write(text);
  }

  #screen(): Screen {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: rows }, (_, row) => {
      const line = active.getLine(active.viewportY + row);
      const cells = Array.from({ length: columns }, (__, column) => line?.getCell(column));
      return cells.reduce<Run[]>(
        (runs, cell) => (cell === undefined ? runs : added(runs, cell)),
        [],
      );
    });
  }
}

type Cell = NonNullable<ReturnType<NonNullable<ReturnType<xterm.IBuffer['getLine']>>['getCell']>>;

function added(runs: readonly Run[], cell: Cell): Run[] {
  const next = {
    text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    ...(cell.isFgPalette() && { color: cell.getFgColor() }),
  };
  const last = runs.at(-1);
  const isSame = last?.bold === next.bold && last.dim === next.dim && last.color === next.color;
  return isSame
    ? [...runs.slice(0, -1), { ...last, text: last.text + next.text }]
    : [...runs, next];
}
