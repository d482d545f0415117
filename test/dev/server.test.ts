import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DevServer, watch } from '../../src/commands/dev/server.js';
import { freePort } from '../support/http.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dev-server-'));
  await mkdir(join(directory, 'dist'));
});
afterEach(() => rm(directory, { recursive: true }));

it.each([
  ["process.kill(process.pid, 'SIGKILL')", 'It was ended by SIGKILL.'],
  ["console.error('PORT is wrong'); process.exit(2)", 'PORT is wrong'],
])('reports a server that does not start: %s', async (main, reason) => {
  await writeFile(join(directory, 'dist/main.js'), main);
  const ignored = { onLine: () => undefined, onEnd: () => undefined };
  const options = { directory, node: process.execPath, env: {}, port: await freePort() };
  const dev = new DevServer({ ...options, ...ignored });
  await expect(dev.start()).rejects.toThrow(`SERVER_FAILED: The server did not start:\n${reason}`);
});

it('is not restarted by a change that is still being built when everything ends', async () => {
  const steps: string[] = [];
  let go: () => void = () => undefined;
  const built = new Promise<void>((resolve) => (go = resolve));
  const stop = watch(directory, async () => {
    steps.push('building');
    await built;
    await turn();
    steps.push('restarted');
  });
  await writeFile(join(directory, 'dist/main.js'), '');
  await expect.poll(() => steps).toEqual(['building']);
  const stopped = stop();
  go();
  await stopped;
  expect(steps).toEqual(['building', 'restarted']);
});
