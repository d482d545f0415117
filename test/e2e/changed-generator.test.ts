import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/fixtures.js';
import { bundleFile } from '../support/program.js';

// A generator of the same version with changed code or templates makes different projects, and its --check reports it.

let base: string;
let project: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-changed-'));
  project = join(base, 'project');
  for (const part of ['src', 'docs', 'templates', 'package.json']) {
    await cp(join(root, part), join(base, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(base, 'node_modules'));
  await mkdir(join(base, 'bin'));
  await writeFile(
    join(base, 'bin/main.ts'),
    "import { main } from '../src/cli.js';\nprocess.exitCode = await main(process.argv.slice(2), process);\n",
  );
  expect((await generate()).status).toBe(0);
});

afterAll(() => rm(base, { recursive: true, force: true }));

async function generate(...flags: string[]): Promise<{ status: number | null; stdout: string }> {
  const [source, program] = [join(base, 'bin/main.ts'), join(base, 'bin/main.mjs')];
  await bundleFile(source, program);
  const spec = join(root, 'fixtures/todo/input.yaml');
  const issuer = ['--oauth-server', 'https://auth.example.com'];
  const args = ['generate', '--url', spec, '--output', project, ...issuer, ...flags];
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout };
}

describe('--check by a changed generator of the same version', () => {
  it('reports nothing while nothing has changed', async () => {
    expect(await generate('--check')).toMatchObject({ status: 0 });
  });

  it.each([
    [
      'a copied template',
      'templates/src/runtime/audit.ts',
      '\n// changed\n',
      'src/runtime/audit.ts',
    ],
    ['a template with words', 'templates/.env.example.hbs', '# changed\n', '.env.example'],
    ['a new template', 'templates/NEW.md', 'new\n', 'NEW.md'],
  ])('notices %s', async (_, path, text, changed) => {
    const file = join(base, path);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    await appendFile(file, text);
    const { status, stdout } = await generate('--check');
    if (before === undefined) await rm(file);
    else await writeFile(file, before);
    expect(status).toBe(1);
    expect(stdout.split('\n').map((line) => line.split(/ +/)[1])).toContain(changed);
  });

  it('reports code that prints something else', async () => {
    const file = join(base, 'src/emit/tool-file.ts');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('${tool.request.method} ', '${tool.request.method}: '));
    const { status, stdout } = await generate('--check');
    expect(status).toBe(1);
    expect(stdout.match(/^update +src\/generated\/tools\//gm)).toHaveLength(9);
    await writeFile(file, before);
  });

  it('accepts code that prints the same', async () => {
    await appendFile(join(base, 'src/emit/tool-file.ts'), '\n// changed\n');
    expect(await generate('--check')).toMatchObject({ status: 0 });
  });
});
