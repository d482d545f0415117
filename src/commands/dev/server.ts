import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { Environment, Terminal } from '../../print/terminal.js';
import { end, startFailed } from '../../project/child.js';

/** The timeout for a server's first response, in milliseconds. */
const patience = 30_000;

/** Whatever proxy the environment names, this machine is reached without it. */
const dispatcher = new Agent();

/** How to run the server of a built project. */
interface ServerOptions {
  readonly directory: string;
  readonly node: string;
  readonly env: Environment;
  readonly port: number;
  /** Called with each line of its log. */
  readonly onLine: (line: string) => void;
  /** Called when it exits unexpectedly. */
  readonly onEnd: (status: number | null) => void;
}

/** The server of a project, in a separate process. */
export class DevServer {
  readonly #options: ServerOptions;
  #child?: ChildProcess;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Starts the server, replacing a running one. Resolves when it responds. @throws InputError with its output */
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
    ready = isRunning(child);
    if (child.signalCode !== null) said.push(`It was ended by ${child.signalCode}.`);
    if (!ready) throw startFailed(said, 'src/main.ts');
    child.once('exit', (status) => {
      if (this.#child === child) onEnd(status);
    });
  }

  /** Stops the server. Resolves when it has exited. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await end(child);
  }
}

/** A process that a signal ended, such as one that ran out of memory, has no exit code. */
function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Resolves when the server responds, exits, or takes too long; in the last case it is stopped. */
async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + patience;
  while (isRunning(child)) {
    const url = `http://127.0.0.1:${port}/healthz`;
    const answer = await fetch(url, { dispatcher }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (performance.now() > deadline) return end(child);
    await pause(50);
  }
}

/** Serves the project over this program's own streams until the client disconnects. Resolves to the exit status. */
export async function serveStdio(
  directory: string,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const args = ['dist/main.js', '--stdio'];
  const child = spawn(terminal.node, args, { cwd: directory, env, stdio: 'pipe' });
  terminal.input.pipe(child.stdin);
  // A client that disconnects during a write is not our error.
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(terminal.output, { end: false });
  child.stderr.pipe(terminal.prompts, { end: false });
  void terminal.ended().then(() => end(child));
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 || status === null ? 0 : 1;
}

/** How long to collect events into one change, in milliseconds: editors write a file in several steps. */
const settle = 200;

/**
 * Calls `onChange` after a change in a folder, never twice concurrently. Returns a function that stops watching, and
 * resolves when a running call has ended.
 */
export function watch(folder: string, onChange: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watchFolder(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, settle);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
    return running;
  };
}
