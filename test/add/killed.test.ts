import { existsSync, utimesSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Registrations } from '../../src/commands/add/registrations.js';
import { register, type Registering } from '../../src/commands/add/register.js';
import type { ClientName } from '../../src/project/local-clients.js';
import { openDesk, type Desk } from './desk.js';

/** The number of changes to the disk that are still made: the process is then dead, and makes no other. */
const life = vi.hoisted(() => ({ left: Infinity }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<Record<string, (...args: unknown[]) => Promise<unknown>>>();
  const mortal = ['mkdir', 'writeFile', 'rename', 'rm', 'rmdir'].map((name) => [
    name,
    (...args: unknown[]) => {
      life.left -= 1;
      return life.left < 0 ? Promise.reject(new Error('killed')) : real[name]?.(...args);
    },
  ]);
  return { ...real, ...(Object.fromEntries(mortal) as object) };
});

beforeEach(() => {
  life.left = Infinity;
});

/** A project in the data folder, and a client that does not know it yet. */
async function prepare(client: ClientName): Promise<{ desk: Desk; job: Registering }> {
  const desk = await openDesk();
  await desk.install(client);
  const project = join(desk.data, 'servers/notes');
  await mkdir(project, { recursive: true });
  await writeFile(join(project, '.env'), 'UPSTREAM_API_KEY=key\n');
  const args = [join(project, 'dist/main.js'), '--stdio'];
  const launch = { name: 'notes', command: 'node', args };
  const file = desk.fileOf(client);
  return { desk, job: { client, file, project, launch, installed: true, paste: '' } };
}

/** Dies after this number of changes to the disk. Resolves to whether that was before the work was done. */
async function killedAfter(
  changes: number,
  desk: Desk,
  work: () => Promise<unknown>,
): Promise<boolean> {
  life.left = changes;
  await work().catch(() => undefined);
  const isKilled = life.left < 0;
  life.left = Infinity;
  // Nobody waits until the lock of a dead process counts as left behind.
  const lock = join(desk.data, 'registrations.json.lock');
  if (existsSync(lock)) utimesSync(lock, 0, 0);
  return isKilled;
}

async function expectGone(desk: Desk, client: ClientName, before: string): Promise<void> {
  expect(await desk.textOf(client)).toBe(before);
  expect(existsSync(join(desk.data, 'servers/notes'))).toBe(false);
  expect(await new Registrations(desk.env).all()).toEqual([]);
}

describe.each(['cursor', 'codex'] as const)(
  'killed before any change of the disk, with %s',
  (client) => {
    it('add leaves nothing that remove does not undo', async () => {
      for (let changes = 0, isKilled = true; isKilled; changes += 1) {
        const { desk, job } = await prepare(client);
        const before = await desk.textOf(client);
        isKilled = await killedAfter(changes, desk, () => register(job, desk.env));
        const { status } = await desk.run('remove', 'notes', '--yes');
        expect([changes, status]).toEqual([changes, 0]);
        await expectGone(desk, client, before);
        await desk.remove();
      }
    });

    it('remove can be repeated', async () => {
      for (let changes = 0, isKilled = true; isKilled; changes += 1) {
        const { desk, job } = await prepare(client);
        const before = await desk.textOf(client);
        await register(job, desk.env);
        isKilled = await killedAfter(changes, desk, () => desk.run('remove', 'notes', '--yes'));
        // Killed after everything was done, it has nothing left to repeat.
        if (isKilled) await desk.run('remove', 'notes', '--yes');
        await expectGone(desk, client, before);
        await desk.remove();
      }
    });
  },
);

it('an entry that is there already is recorded, so that remove can undo it', async () => {
  const { desk, job } = await prepare('cursor');
  await register(job, desk.env);
  await writeFile(join(desk.data, 'registrations.json'), '[]');
  await register(job, desk.env);
  await desk.run('remove', 'notes', '--yes');
  expect(await readFile(desk.fileOf('cursor'), 'utf8')).not.toContain('notes');
  await desk.remove();
});
