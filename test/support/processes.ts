import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { assertNoSecrets } from './secrets.js';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment, from which all variables of a generated server are removed. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds; a server starts in half a second, and in many times that on a busy machine. */
const PATIENCE = 60_000;

/** A server in a separate process. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Its output so far, on both streams. */
  readonly output: () => string;
}

/**
 * Child processes that end together, whatever happens to the process that started them. Their output is searched for
 * secrets after they have ended.
 */
export class Processes {
  readonly #children = new Set<ChildProcess>();
  readonly #ended: { readonly name: string; readonly output: string }[] = [];

  /** Runs a command to its end, and returns its stdout. */
  async run(command: Command): Promise<string> {
    const { child, written } = this.#spawn(command);
    const [code] = (await once(child, 'close')) as [number | null];
    this.#search();
    if (code === 0) return written.stdout;
    const words = [command.command, ...command.args].join(' ');
    throw new Error(`\`${words}\` failed (${code ?? 'killed'}):\n${written.both.trim()}`);
  }

  /** Starts a server, and waits until `readyUrl` answers. */
  async serve(command: Command & { readonly readyUrl: string }): Promise<ServerProcess> {
    const { child, written, closed } = this.#spawn(command);
    const deadline = Date.now() + PATIENCE;
    while (child.exitCode === null && Date.now() < deadline) {
      const ready = await fetch(command.readyUrl).catch(() => undefined);
      if (ready?.ok) return { child, output: () => written.both };
      await pause(50);
    }
    // Its last output may arrive after its end.
    if (child.exitCode !== null) await Promise.race([closed, pause(1000)]);
    const state = child.exitCode === null ? 'did not become ready' : 'ended at once';
    throw new Error(`The server ${state}:\n${written.both.trim()}`);
  }

  /** Starts a program that prints when it is ready, or does not. */
  launch(command: Command): ServerProcess {
    const { child, written } = this.#spawn(command);
    return { child, output: () => written.both };
  }

  /** Ends all of them: with SIGTERM and, after five seconds, with SIGKILL. Rejects if one of them printed a secret. */
  async close(): Promise<void> {
    await Promise.all([...this.#children].map(stop));
    this.#search();
  }

  #search(): void {
    for (const { name, output } of this.#ended.splice(0)) assertNoSecrets(name, output);
  }

  #spawn({ command, args, cwd, env }: Command) {
    // A separate process group, so that programs started by npm end with npm.
    const options = { cwd, env: { ...cleanEnvironment(), ...env }, detached: true };
    const child = spawn(command, args, options);
    const written = { stdout: '', both: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      written.stdout += chunk.toString();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        written.both += chunk.toString();
      });
    }
    child.on('error', (error) => {
      written.both += error.message;
    });
    this.#children.add(child);
    const closed = new Promise<void>((resolve) => {
      child.once('close', () => {
        this.#children.delete(child);
        this.#ended.push({ name: [command, ...args].join(' '), output: written.both });
        resolve();
      });
    });
    return { child, written, closed };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  signalGroup(child, 'SIGTERM');
  const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await closed;
  clearTimeout(patience);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}

/** The developer's settings for other servers must not reach the one under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(MCP|OAUTH|UPSTREAM)_|^(PORT|HOST)$|^(HTTPS?|NO)_PROXY$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
