import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from '../print/terminal.js';

/** How long a program may take to end after it was asked to, in milliseconds. */
const patience = 5000;

/** What a command printed, and how it ended; `null`: by a signal. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a command line of our own wording to its end, in a folder. */
export async function runCommand(
  commandLine: string,
  cwd: string,
  env: Environment,
): Promise<Outcome> {
  // A shell, because npm is no program where Windows is.
  const child = spawn(commandLine, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

/** Ends a program: politely, and after five seconds not. Resolves when it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insisting = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended;
  clearTimeout(insisting);
}
