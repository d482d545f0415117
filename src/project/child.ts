import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { InputError } from '../errors.js';
import type { Environment } from '../print/terminal.js';

/** How long a program may take to end after SIGTERM, in milliseconds. */
const patience = 5000;

/** The output of a command and its exit status; `null`: it was ended by a signal. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a command line in a folder and waits for it to end. The text must be ours: a shell reads it. */
export async function runCommand(
  commandLine: string,
  cwd: string,
  env: Environment,
): Promise<Outcome> {
  // In a shell, because on Windows npm is not an executable.
  const child = spawn(commandLine, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: string) => void (output += text);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
  // For example because the folder is gone.
  child.once('error', ({ message }) => collect(message));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

/** Ends a program: with SIGTERM and, after five seconds, with SIGKILL. Resolves when it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insisting = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended;
  clearTimeout(insisting);
}

/** The problem of a generated server that did not start, with the lines that it printed. */
export function startFailed(printed: readonly string[], place: string): InputError {
  return new InputError({
    code: 'SERVER_FAILED',
    message: `The server did not start:\n${printed.join('\n') || '(no output)'}`,
    place,
    remedy: 'Fix what it reports. Variables in .env apply here too.',
  });
}
