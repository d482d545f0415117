import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Terminal } from '../../src/print/terminal.js';
import { build, prepareProject } from '../../src/project/build.js';
import { Sink } from '../support/command-line.js';

const streams = { stdout: new Sink(), stderr: new Sink(), env: { PATH: process.env.PATH } };
const terminal = new Terminal(streams, false);
let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-build-'));
  for (const folder of ['src', 'dist', 'node_modules']) await mkdir(join(project, folder));
  const build = 'node -e "process.exit(3)"';
  const manifest = JSON.stringify({ scripts: { build } });
  await writeFile(join(project, 'package.json'), manifest);
  for (const file of ['tsconfig.json', 'src/main.ts']) await writeFile(join(project, file), '{}');
});

afterEach(() => rm(project, { recursive: true, force: true }));

it('is not built again where an editor has a file open: the lock of Emacs is a link to nowhere', async () => {
  await writeFile(join(project, 'dist/main.js'), '');
  const later = Date.now() / 1000 + 60;
  await utimes(join(project, 'dist/main.js'), later, later);
  await symlink('user@host.1234', join(project, 'src/.#main.ts'));
  await expect(prepareProject(project, terminal)).resolves.toBeUndefined();
});

it('is built when it has not been', async () => {
  await expect(prepareProject(project, terminal)).rejects.toThrow(
    '`npm run --silent build` failed',
  );
});

it('whose folder is gone is a problem, not a defect', async () => {
  await rm(project, { recursive: true });
  await expect(build(project, terminal)).rejects.toThrow('COMMAND_FAILED');
});
