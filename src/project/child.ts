import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { InputError } from '../errors.js';

/** How long a program may take to end after SIGTERM, in milliseconds. */
const patience = 5000;

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
