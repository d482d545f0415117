import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../support/command-line.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-ci-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const generate = (...flags: string[]) =>
  run(['generate', '-u', 'fixtures/petstore-3.1/input.yaml', '--auth', 'none', ...flags]);

it.each(['github', 'gitlab'])('warns that %s finds the file only at the root', async (host) => {
  await mkdir(join(folder, '.git'));
  const project = join(folder, 'servers/pets');
  const { status, stderr } = await generate('-o', project, '--ci', host);
  expect(status).toBe(0);
  expect(stderr).toContain('MISPLACED_CI_FILE');
  expect(stderr).toContain(`run its commands in ${join('servers', 'pets')}.`);
});

it('is silent where the project is the repository, or there is none', async () => {
  const alone = await generate('-o', join(folder, 'alone'), '--ci', 'github');
  expect(alone.stderr).not.toContain('CI_FILE');
  const project = join(folder, 'pets');
  await mkdir(join(project, '.git'), { recursive: true });
  const root = await generate('-o', project, '--ci', 'github');
  expect(root.stderr).not.toContain('CI_FILE');
});

it('warns that a file that is there is kept', async () => {
  const project = join(folder, 'pets');
  await generate('-o', project, '--ci', 'github');
  const { stderr } = await generate('-o', project, '--ci', 'github');
  expect(stderr).toContain('KEPT_CI_FILE at .github/workflows/regenerate.yml');
});
