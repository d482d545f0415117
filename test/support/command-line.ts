import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { main } from '../../src/cli.js';
import type { Environment } from '../../src/print/terminal.js';

/** The outcome of a command line. */
export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output stream of a command, which may look like a terminal. */
export class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  getColorDepth(): number {
    return WriteStream.prototype.getColorDepth.call(this, { TERM: 'xterm', ...process.env });
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command line in this process. */
export async function run(
  argv: readonly string[],
  isTTY = false,
  env: Environment = {},
): Promise<Result> {
  const streams = { stdout: new Sink(isTTY), stderr: new Sink(isTTY) };
  const status = await main(argv, { ...streams, env });
  return { status, stdout: streams.stdout.text, stderr: streams.stderr.text };
}
