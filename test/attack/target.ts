import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { assertNoSecrets } from '../support/secrets.js';

/** The server under attack: a command that starts it, configured by its environment. */
export interface Target {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** A path that is asked for before anything else, because the server starts with its first request. */
  readonly wakes?: string;
  /** Variables that it is configured by, from what they mean; default: those of a generated server. */
  readonly variables?: (meaning: Meaning) => Readonly<Record<string, string>>;
}

/** The settings that every server needs, under any variable names. */
export interface Meaning {
  readonly port: string;
  /** Its own URL: the audience of tokens. */
  readonly resource: string;
  readonly issuer: string;
  /** The base URL of the API. */
  readonly upstream: string;
  readonly apiKey: string;
}

/** A process of the target. */
export interface Running {
  readonly child: ChildProcess;
  /** What it wrote so far, on both streams. */
  readonly output: () => string;
  readonly stdout: () => string;
  /** Its exit status, once it has ended by itself; rejects when it has shown a secret. */
  readonly ended: Promise<number | null>;
  readonly stop: () => Promise<void>;
}

/** The variables of a generated server. */
export function generatedVariables(meaning: Meaning): Record<string, string> {
  return {
    PORT: meaning.port,
    MCP_RESOURCE_URL: meaning.resource,
    OAUTH_AUTHORIZATION_SERVER: meaning.issuer,
    UPSTREAM_BASE_URL: meaning.upstream,
    UPSTREAM_API_KEY_KEY: meaning.apiKey,
    UPSTREAM_API_KEY_QUERY_KEY: `query-${meaning.apiKey}`,
    UPSTREAM_BEARER_TOKEN: `bearer-${meaning.apiKey}`,
    MCP_RATE_LIMIT: '1000000',
  };
}

/** Whatever ends the suite ends its servers. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) killGroup(child);
});

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Starts the target; its environment is `PATH` and the given variables. */
export function launch(
  { command, args, cwd, variables = generatedVariables }: Target,
  meaning: Meaning,
  overrides: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Running {
  const env = { PATH: process.env.PATH, ...variables(meaning), ...overrides };
  // A separate process group: everything that the target starts ends with it.
  const child = spawn(command, [...args, ...more], { cwd, env, detached: true });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  children.add(child);
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    assertNoSecrets('The server under attack', output);
    return code as number | null;
  });
  // Reported to those who wait for it: stop() does.
  ended.catch(() => undefined);
  child.on('error', (error) => (output += error.message));
  return {
    child,
    ended,
    output: () => output,
    stdout: () => stdout,
    stop: async () => {
      killGroup(child);
      await ended;
    },
  };
}

/** Milliseconds; a server starts in half a second, and in many times that on a busy machine. */
const PATIENCE = 60_000;

/** Waits until a port accepts connections. Rejects with what the process wrote when it ends before. */
export async function accepting(
  running: Running,
  port: string,
  { wakes }: Pick<Target, 'wakes'> = {},
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (running.child.exitCode === null && Date.now() < deadline) {
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open && wakes !== undefined) await fetch(`http://127.0.0.1:${port}${wakes}`);
    if (open) return;
    await pause(20);
  }
  throw new Error(`The server did not start:\n${running.output().trim()}`);
}
