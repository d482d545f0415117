import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/fixtures.js';
import { generateInto } from '../support/project.js';

interface Job {
  readonly steps: readonly { readonly run?: string }[];
}

/** The YAML blocks of the README of a generated project, by what they mention. */
async function readJob(folder: string, mention: string): Promise<Record<string, unknown>> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
  return parse(blocks.find((text) => text.includes(mention)) ?? '') as Record<string, unknown>;
}

let base: string;
let folder: string;
let document: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-ci-'));
  [folder, document] = [join(base, 'project'), join(base, 'openapi.yaml')];
  await writeFile(document, await readFile('fixtures/todo/input.yaml', 'utf8'));
  await generateInto(folder, document, ['--oauth-server', 'https://auth.example.com']);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writePrograms();
  await shell(`git init --quiet --bare ${base}/origin.git`);
  await shell('git init --quiet --initial-branch=main && echo node_modules >> .git/info/exclude');
  await shell('git add --all && git -c user.name=t -c user.email=t@t commit --quiet -m First');
  await shell(`git remote add origin ${base}/origin.git && git push --quiet origin main`);
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** Stand-ins: the generator is the one of this repository, installing does nothing, and `gh` tells what it was asked. */
async function writePrograms(): Promise<void> {
  const npm = (await shell('command -v npm', false)).stdout.trim();
  const programs = {
    'openapi-to-mcp': `exec ${process.execPath} --import ${root}/node_modules/tsx/dist/esm/index.mjs ${root}/test/support/run-cli.ts "$@"`,
    npm: `case "$1" in ci|install) exit 0;; esac\nexec ${npm} "$@"`,
    gh: `printf '%s\n' "$@" > ${base}/gh; cat ${base}/change.md >> ${base}/gh`,
  };
  await mkdir(join(base, 'bin'));
  for (const [name, text] of Object.entries(programs)) {
    const path = join(base, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
  }
}

function shell(command: string, inProject = true) {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...own } = process.env;
  const env = { ...own, PATH: `${base}/bin:${own.PATH ?? ''}`, RUNNER_TEMP: base };
  const cwd = inProject ? folder : root;
  return new Promise<{ status: number; stdout: string }>((resolve) => {
    execFile('sh', ['-e', '-c', command], { cwd, env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout: stdout + stderr }),
    );
  });
}

/** Runs steps until one fails, as both services do. */
async function runSteps(steps: readonly string[]): Promise<{ status: number; output: string }> {
  let output = '';
  for (const step of steps) {
    const { status, stdout } = await shell(step);
    output += stdout;
    if (status !== 0) return { status, output };
  }
  return { status: 0, output };
}

async function github() {
  const { jobs } = (await readJob(folder, 'runs-on')) as { jobs: { regenerate: Job } };
  return runSteps(jobs.regenerate.steps.flatMap(({ run }) => run ?? []));
}

async function gitlab() {
  const { regenerate } = (await readJob(folder, 'CI_PIPELINE_SOURCE')) as {
    regenerate: { script: string[] };
  };
  return runSteps(regenerate.script);
}

async function changeDocument(from: string, to: string): Promise<void> {
  const text = await readFile(document, 'utf8');
  expect(text).toContain(from);
  await writeFile(document, text.replaceAll(from, to));
}

describe('the jobs of the README', { timeout: 90_000 }, () => {
  it('do nothing while the document is the same', async () => {
    expect(await github()).toMatchObject({ status: 0 });
    expect(await gitlab()).toMatchObject({ status: 0 });
    await expect(readFile(join(base, 'gh'))).rejects.toThrow('ENOENT');
  });

  it('open a pull request that says what the change means', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    const { status, output } = await github();
    expect(status, output).toBe(0);
    const asked = await readFile(join(base, 'gh'), 'utf8');
    expect(asked).toContain('The API document has changed');
    // Markdown has its underscores escaped.
    expect(asked.replaceAll('\\', '')).toMatch(/list_tags.*all_tags/);
    const { stdout } = await shell(
      'git ls-tree -r --name-only origin/"$(git branch --show-current)"',
    );
    expect(stdout).toContain('src/generated/tools/all-tags.ts');
    expect(stdout).not.toContain('src/generated/tools/list-tags.ts');
  });

  it('fail on a change, and say what it means', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    const breaking = await gitlab();
    expect(breaking.status).toBe(1);
    expect(breaking.output).toMatch(/list_tags/);
  });

  it('fail on a compatible change as well: the project is behind', async () => {
    await changeDocument('List to-dos', 'Look at the to-dos');
    const behind = await gitlab();
    expect(behind.status).toBe(1);
    expect(behind.output).toContain('list-todos.ts');
  });
});
