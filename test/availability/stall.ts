import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { root } from '../support/fixtures.js';
import type { Command, Measured } from './probe.js';
import type { Stage } from '../attack/stage.js';

/** How many times one `JSON.parse` of the largest body `/healthz` may take meanwhile (issue on the runtime). */
export const MAX_PARSES = 5;

const ATTEMPTS = 8;
// Beyond this no neighbour on a busy machine is to blame: trying again would only take longer.
const HOPELESS = 10;

let started: ChildProcess | undefined;

function probe(): ChildProcess {
  const loader = join(root, 'node_modules/tsx/dist/loader.mjs');
  const program = join(import.meta.dirname, 'probe.ts');
  started ??= fork(program, { execArgv: ['--import', loader] });
  return started;
}

/** Ends the process that asks, which is kept for one measurement after the other. */
export function endProbe(): void {
  started?.kill();
  started = undefined;
}

/** Does something to a server while a separate process asks for its health. */
export async function measure(stage: Stage, load: () => Promise<unknown>): Promise<Measured> {
  const child = probe();
  child.send({ ask: `${stage.origin}/healthz` } satisfies Command);
  await once(child, 'message');
  const done = once(child, 'message');
  try {
    await pause(50);
    await load();
  } finally {
    child.send({ stop: true } satisfies Command);
    await done;
  }
  const [measured] = (await done) as [Measured];
  return measured;
}

/** The longest stall, in parses of the largest body: the least of some attempts, because only the server's stalls are in all of them. */
async function stallInParses(
  stage: Stage,
  load: () => Promise<unknown>,
  limit = MAX_PARSES,
): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < ATTEMPTS && least > limit && (i === 0 || least < HOPELESS * limit); i += 1) {
    const { longest, parse } = await measure(stage, load);
    least = Math.min(least, longest / parse);
  }
  return least;
}

/** Fails when a load stalls everybody else for longer than some parses of the largest body. */
export async function expectNoStall(
  stage: Stage,
  load: () => Promise<unknown>,
  limit = MAX_PARSES,
): Promise<void> {
  expect(await stallInParses(stage, load, limit)).toBeLessThanOrEqual(limit);
}
