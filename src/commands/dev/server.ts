import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { InputError } from '../../errors.js';
import type { Environment } from '../../print/terminal.js';
import { end } from '../../project/child.js';

/** How long a server may take to answer, in milliseconds. */
const patience = 30_000;

/** How to run the server of a project that was built. */
export interface ServerOptions {
  readonly directory: string;
  readonly node: string;
  readonly env: Environment;
  readonly port: number;
  /** Hears each line of its log. */
  readonly onLine: (line: string) => void;
  /** Hears that it ended without being asked to. */
  readonly onEnd: (status: number | null) => void;
}

/** The server of a project, in a process of its own. */
export class DevServer {
  readonly #options: ServerOptions;
  #child?: ChildProcess;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Starts it, in place of the one that runs. Resolves when it answers. @throws InputError with what it said */
  async start(): Promise<void> {
    await this.stop();
    const { directory: cwd, node, env, port, onLine, onEnd } = this.#options;
    const child = spawn(node, ['dist/main.js'], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const said: string[] = [];
    let ready = false;
    createInterface(child.stderr).on('line', (line) => {
      if (ready) onLine(line);
      else said.push(line);
    });
    child.once('error', (error) => said.push(error.message));
    await untilReady(child, port);
    ready = child.exitCode === null && child.pid !== undefined;
    if (!ready) throw startFailed(said);
    child.once('exit', (status) => {
      if (this.#child === child) onEnd(status);
    });
  }

  /** Ends it. Resolves when it has ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await end(child);
  }
}

function startFailed(said: readonly string[]): InputError {
  return new InputError({
    code: 'SERVER_FAILED',
    message: `The server did not start:\n${said.join('\n') || '(it said nothing)'}`,
    place: 'src/main.ts',
    remedy: 'Fix what it reports. Variables set in .env count here too.',
  });
}

/** Resolves when the server answers, has ended, or takes too long; then it is ended. */
async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + patience;
  while (child.exitCode === null && child.pid !== undefined) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (Date.now() > deadline) return end(child);
    await pause(50);
  }
}
