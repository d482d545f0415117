import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DevServer } from '../../src/commands/dev/server.js';
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
