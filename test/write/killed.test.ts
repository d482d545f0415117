import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, write } from '../../src/write/write.js';
import type { KilledWrite } from '../support/killed-write.js';
import { bundleProgram } from '../support/program.js';
import {
  expectWhole,
  isCommitted,
  newFiles,
  Regeneration,
  snapshot,
  unstaged,
} from './regeneration.js';

let regeneration: Regeneration;
let program: string;

beforeAll(async () => {
  regeneration = await Regeneration.prepare();
  program = await bundleProgram('killed-write', await regeneration.folder());
});

afterAll(() => regeneration.remove());

/** Writes the new files in a process that is killed at an operation; resolves to whether it got that far. */
async function killAt(job: Omit<KilledWrite, 'files'>): Promise<boolean> {
  const task: KilledWrite = { ...job, files: newFiles };
  const child = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return true;
  expect([status, signal]).toEqual([0, null]);
  return false;
}

describe('a regeneration that is killed', () => {
  async function expectOldOrNew(at: number, half: boolean): Promise<'old' | 'new' | 'unkilled'> {
    const { before, after } = regeneration;
    const folder = await regeneration.project();
    const killed = await killAt({ folder, at, half });
    const left = await snapshot(folder);
    expectWhole(left, regeneration);
    const happened = isCommitted(left) || isDeepStrictEqual(unstaged(left), after);
    if (!happened) expect(unstaged(left)).toEqual(before);
    // The next run of our program is the first to see the one or the other.
    if (at % 2 === 0) {
      const differences = await check(newFiles, folder);
      expect(await snapshot(folder)).toEqual(happened ? after : before);
      expect(differences.length > 0).toBe(!happened);
    }
    await write(newFiles, folder);
    expect(await snapshot(folder)).toEqual(after);
    if (!killed) return 'unkilled';
    return happened ? 'new' : 'old';
  }

  it('is the old project before some operation and the new one after it', async () => {
    const found: string[] = [];
    while (found.at(-1) !== 'unkilled') found.push(await expectOldOrNew(found.length + 1, false));
    const turn = found.indexOf('new');
    // Staging takes more operations than there are new files, and so does putting them into place.
    expect(turn).toBeGreaterThan(10);
    expect(found.length - turn).toBeGreaterThan(20);
    expect(found.slice(0, turn)).toEqual(Array(turn).fill('old'));
    expect(found.slice(turn, -1)).toEqual(Array(found.length - 1 - turn).fill('new'));
  });

  it('is one of them even if it is killed in the middle of an operation', async () => {
    const divisible = (await regeneration.operations()).flatMap(({ name }, index) =>
      name === 'writeFile' || name === 'rm' ? [index + 1] : [],
    );
    expect(divisible.length).toBeGreaterThan(8);
    for (const at of divisible) expect(await expectOldOrNew(at, true)).toMatch(/old|new/);
  });
});

describe('a first generation that is killed', () => {
  it('does not affect the next one', async () => {
    const reference = await regeneration.place();
    await write(newFiles, reference);
    const complete = await snapshot(reference);
    const found: string[] = [];
    for (let at = 1, killed = true; killed; at += 3) {
      const folder = await regeneration.place();
      killed = await killAt({ folder, at, half: at % 2 === 0 });
      const left = await snapshot(folder);
      const [rest, happened] = [unstaged(left), isCommitted(left)];
      if (!happened) expect([{}, complete]).toContainEqual(rest);
      if (killed) found.push(happened ? 'pending' : isDeepStrictEqual(rest, {}) ? 'none' : 'all');
      await write(newFiles, folder);
      expect(await snapshot(folder)).toEqual(complete);
    }
    // Most operations stage the files or put them into place: it was killed during both.
    const times = (kind: string) => found.filter((one) => one === kind).length;
    expect(times('none')).toBeGreaterThan(3);
    expect(times('pending')).toBeGreaterThan(3);
  });
});
