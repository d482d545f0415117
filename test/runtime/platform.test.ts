import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exclusively } from '../../templates/src/runtime/platform.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-platform-'));
  file = join(folder, 'login.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nothing = () => Promise.resolve();

describe('a lock that is old', () => {
  test('is ignored if nobody removes it', async () => {
    await mkdir(`${file}.lock`);
    await utimes(`${file}.lock`, 0, 0);
    await exclusively(file, nothing);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is waited for if its process was suspended, and goes on', async () => {
    let waiting: Promise<void> | undefined;
    await exclusively(file, async () => {
      await utimes(`${file}.lock`, 0, 0);
      const looked = vi.spyOn(Date, 'now');
      const often = new Promise<void>((resolve) => {
        looked.mockImplementation(() => {
          if (looked.mock.calls.length === 3) resolve();
          return performance.timeOrigin + performance.now();
        });
      });
      waiting = exclusively(file, nothing);
      await Promise.race([often, waiting]);
      looked.mockRestore();
      expect(await readdir(folder)).toEqual(['login.json.lock']);
    });
    await waiting;
    expect(await readdir(folder)).toEqual([]);
  });
});
