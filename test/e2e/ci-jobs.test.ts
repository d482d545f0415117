import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/fixtures.js';
import { linkInstalled } from '../support/installed.js';
import { bundleProgram } from '../support/program.js';
import { generateInto, startKnown } from '../support/project.js';
import { projectsFolder } from '../support/shared-projects.js';

interface Job {
  readonly steps: readonly { readonly run?: string }[];
}

/** A workflow file of the project. */
async function readJob(path: string): Promise<Record<string, unknown>> {
  return parse(await readFile(join(folder, path), 'utf8')) as Record<string, unknown>;
}

let programs: string;
let generator: string;
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-programs-'));
  generator = await bundleProgram('run-cli', programs);
});
afterAll(() => rm(programs, { recursive: true, force: true }));

let base: string;
let folder: string;
let document: string;

beforeEach(async () => {
  base = await mkdtemp(join(projectsFolder(), 'openapi-to-mcp-ci-'));
  [folder, document] = [join(base, 'project'), join(base, 'openapi.yaml')];
  await writeFile(document, await readFile('fixtures/todo/input.yaml', 'utf8'));
  const flags = ['--oauth-server', 'https://auth.example.com'];
  await generateInto(folder, document, [...flags, '--ci', 'github']);
  await linkInstalled(folder);
  await startKnown(folder);
  await writePrograms();
  await shell('git init --quiet --bare "$BASE/origin.git"');
  await shell('git -C "$BASE/origin.git" config receive.advertisePushOptions true');
  await shell(
    'git init --quiet --initial-branch=main && printf "%s\\n" node_modules .tsbuildinfo >> .git/info/exclude',
  );
  await shell('git add --all && git -c user.name=t -c user.email=t@t commit --quiet -m First');
  await shell('git remote add origin "$BASE/origin.git" && git push --quiet origin main');
  const pushed = 'https://regenerate:t0k3n@gitlab.example/o/r.git';
  await shell(`git config "url.$BASE/origin.git.insteadOf" ${pushed}`);
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** Stand-ins: the generator is the one in this repository, installing does nothing, and `gh` records its arguments. */
async function writePrograms(): Promise<void> {
  const npm = (await shell('command -v npm', false)).stdout.trim();
  const programs = {
    'openapi-to-mcp': `echo "$@" >> "$BASE/ran"\nexec ${process.execPath} ${generator} "$@"`,
    npm: `case "$1" in ci) exit 0;; install) echo "$@" >> "$BASE/installed"; exit 0;; esac\nexec ${npm} "$@"`,
    gh: `case "$1 $2" in
"pr list") grep --count --line-regexp --fixed-strings "$6" "$BASE/proposed" || true; exit 0;;
"pr create") [ ! -e "$BASE/forbidden" ] || exit 1; git branch --show-current >> "$BASE/proposed";;
esac
printf '%s\n' "$@" >> "$BASE/gh"; cat "$BASE/change.md" >> "$BASE/gh"`,
  };
  await mkdir(join(base, 'bin'));
  await writeFile(join(base, 'proposed'), '');
  for (const [name, text] of Object.entries(programs)) {
    const path = join(base, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
  }
}

/** The variables that the services set; git pushes to the bare repository instead. */
const service = {
  GITHUB_REPOSITORY: 'o/r',
  CI_SERVER_HOST: 'gitlab.example',
  CI_PROJECT_PATH: 'o/r',
  CI_DEFAULT_BRANCH: 'main',
  REGENERATE_TOKEN: 't0k3n',
};

function shell(command: string, inProject = true) {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...own } = process.env;
  const env = {
    ...own,
    PATH: `${base}/bin:${own.PATH ?? ''}`,
    RUNNER_TEMP: base,
    BASE: base,
    ...service,
  };
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
  const { jobs } = (await readJob('.github/workflows/regenerate.yml')) as {
    jobs: { regenerate: Job };
  };
  return runSteps(jobs.regenerate.steps.flatMap(({ run }) => run ?? []));
}

async function gitlab(change = () => Promise.resolve()) {
  await generateInto(folder, document, ['--ci', 'gitlab']);
  await shell('git add --all && git -c user.name=t -c user.email=t@t commit --quiet -m GitLab');
  await change();
  return runSteps(await gitlabScript());
}

async function gitlabScript(): Promise<string[]> {
  const { regenerate } = (await readJob('.gitlab-ci.yml')) as { regenerate: { script: string[] } };
  return regenerate.script;
}

async function changeDocument(from: string, to: string): Promise<void> {
  const text = await readFile(document, 'utf8');
  expect(text).toContain(from);
  await writeFile(document, text.replaceAll(from, to));
}

describe('the workflow files of --ci', () => {
  it('do nothing while the document is unchanged', async () => {
    expect(await github()).toMatchObject({ status: 0 });
    expect(await gitlab()).toMatchObject({ status: 0 });
    await expect(readFile(join(base, 'gh'))).rejects.toThrow('ENOENT');
    expect(await branches()).toEqual(['main']);
  });

  it('install the exact version of the generator, whatever the lock names', async () => {
    const { name, version } = JSON.parse(await readFile('package.json', 'utf8')) as {
      name: string;
      version: string;
    };
    await github();
    await gitlab();
    const line = `install --global ${name}@${version}`;
    expect(await readFile(join(base, 'installed'), 'utf8')).toBe(`${line}\n${line}\n`);
  });

  it('read the document once, so that they explain the change that they propose', async () => {
    await github();
    await gitlab();
    const ran = await readFile(join(base, 'ran'), 'utf8');
    expect(ran).toBe('generate --format markdown\ngenerate --format markdown\n');
  });

  it('open a pull request that explains the effects of the change, and run its check', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    const { status, output } = await github();
    expect(status, output).toBe(0);
    const asked = await readFile(join(base, 'gh'), 'utf8');
    expect(asked).toContain('The API document has changed');
    // Markdown has its underscores escaped.
    expect(asked.replaceAll('\\', '')).toMatch(/list_tags.*all_tags/);
    expect(asked).toMatch(
      /repos\/o\/r\/statuses\/[0-9a-f]{40}\n--field\ncontext=regenerate\n--field\nstate=success\n/,
    );
    const { stdout } = await shell(
      'git ls-tree -r --name-only origin/"$(git branch --show-current)"',
    );
    expect(stdout).toContain('src/generated/tools/all-tags.ts');
    expect(stdout).not.toContain('src/generated/tools/list-tags.ts');
  });

  it('propose the same change only once, whatever else has changed', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    expect(await github()).toMatchObject({ status: 0 });
    await shell('git switch --quiet main && echo "# More" >> README.md');
    await shell('git -c user.name=t -c user.email=t@t commit --quiet --all --message More');
    expect(await github()).toMatchObject({ status: 0 });
    expect(await branches()).toHaveLength(2);
    expect(await readFile(join(base, 'gh'), 'utf8')).toMatch(/^pr\ncreate\n(?![^]*\npr\ncreate)/);
  });

  it('propose a change again as long as pull requests are forbidden', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    await writeFile(join(base, 'forbidden'), '');
    expect((await github()).status).not.toBe(0);
    await shell(
      'git switch --quiet main && git branch --list "regenerate-*" | xargs git branch -D',
    );
    await rm(join(base, 'forbidden'));
    const { status, output } = await github();
    expect(status, output).toBe(0);
    expect(await readFile(join(base, 'gh'), 'utf8')).toMatch(/^pr\ncreate\n/);
    expect(await branches()).toHaveLength(2);
  });

  it('open the pull request first when the tests fail, and then fail its check', async () => {
    await changeDocument('operationId: listTags', 'operationId: allTags');
    await writeFile(join(folder, 'src/main.ts'), 'const broken: number = "";\n');
    await shell('git commit --quiet --all --message Broken -c user.name=t -c user.email=t@t');
    const { status } = await github();
    expect(status).toBe(1);
    const asked = await readFile(join(base, 'gh'), 'utf8');
    expect(asked).toMatch(/^pr\ncreate\n[^]*\nstate=failure\n/);
  });

  it('open a merge request whose commit explains the effects of the change', async () => {
    const { status, output } = await gitlab(() =>
      changeDocument('operationId: listTags', 'operationId: allTags'),
    );
    expect(status, output).toBe(0);
    const [branch = ''] = (await branches()).filter((name) => name !== 'main');
    const { stdout } = await shell(`git -C "$BASE/origin.git" log -1 --format=%B ${branch}`);
    expect(stdout).toMatch(/^The API document has changed\n\n/);
    expect(stdout.replaceAll('\\', '')).toMatch(/### Breaking[^]*list_tags.*all_tags/);
    // The next day, before the merge.
    await shell('git switch --quiet main');
    expect(await runSteps(await gitlabScript())).toMatchObject({ status: 0 });
    expect(await branches()).toHaveLength(2);
  });
});

/** The branches that were pushed. */
async function branches(): Promise<string[]> {
  const { stdout } = await shell(`git -C "$BASE/origin.git" branch --format='%(refname:short)'`);
  return stdout.split('\n').filter(Boolean);
}
