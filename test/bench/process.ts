import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';
import { freePort } from '../support/http.js';
import type { OutgoingRequest } from './messages.js';

/** A program that serves MCP. */
export interface Program {
  readonly cwd: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** Its whole environment, but for `PORT`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where MCP is. */
  readonly path: string;
  /** The file that its stderr, with the audit log, is appended to. */
  readonly log: string;
}

/** A measured server. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from spawn to the first answer to `tools/list`. */
  readonly startMs: number;
  /** Ends it: politely, and after five seconds not. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds; a server of 1,223 tools starts in one or two thousand. */
const PATIENCE = 60_000;

/** Starts a server and asks it until it answers. */
export async function start(program: Program, list: OutgoingRequest): Promise<ServerProcess> {
  const { args, cwd, env, log } = program;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${program.path}`;
  const file = await open(log, 'a');
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', file.fd],
  });
  const stop = () => end(child);
  try {
    await firstAnswer(child, url, list);
    return { pid: child.pid ?? 0, url, startMs: performance.now() - began, stop };
  } catch (error) {
    await stop();
    throw new Error(`${args.join(' ')} does not answer:\n${await readFile(log, 'utf8')}`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}

/** Microseconds of processor time, user and system, that a process has used. Linux counts them in hundredths of a second. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in brackets, in which anything may be; user and system time are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function firstAnswer(child: ChildProcess, url: string, list: OutgoingRequest): Promise<void> {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin);
  const deadline = Date.now() + PATIENCE;
  try {
    while (child.exitCode === null && Date.now() < deadline) {
      const request = { ...list, method: 'POST', path: pathname } as const;
      const answer = await client.request(request).catch(() => undefined);
      const text = await answer?.body.text();
      if (answer?.statusCode === 200 && text?.includes('"tools"')) return;
      if (answer !== undefined) throw new Error(`${answer.statusCode}: ${text}`);
      await pause(2);
    }
    throw new Error(child.exitCode === null ? 'It is too slow.' : 'It ended at once.');
  } finally {
    await client.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(patience);
}
