import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/fixtures.js';

/** A module in the address of an import. */
const inline = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

const hooks = inline(`
export function resolve(specifier, context, next) {
  if (/^(prettier|ts-morph|typescript)(\\/|$)/.test(specifier)) throw new Error('loads ' + specifier);
  return next(specifier, context);
}`);

const refusal = inline(`
import { register } from 'node:module';
register(${JSON.stringify(hooks)});`);

/** Runs the command line in a process that cannot load a compiler or a formatter. */
async function run(...argv: string[]): Promise<{ status: unknown; output: string }> {
  const code = `import { main } from './src/cli.ts'; process.exitCode = await main(process.argv.slice(1), process);`;
  const args = ['--import', 'tsx', '--import', refusal, '--input-type=module', '-e', code];
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, '--', ...argv], { cwd: root }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'without-compiler-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('without prettier, ts-morph and TypeScript', () => {
  it('a project is generated, checked, read and compared', async () => {
    const project = join(folder, 'project');
    const flags = ['--url', 'fixtures/todo/input.yaml', '--auth', 'none'];
    const written = await run('generate', ...flags, '--output', project);
    expect(written).toMatchObject({
      status: 0,
      output: expect.stringContaining('9 tools') as string,
    });
    expect((await run('generate', '--check', ...flags, '--output', project)).status).toBe(0);
    const compared = await run('diff', '--url', 'fixtures/petstore-3.1/input.yaml', project);
    expect(compared).toMatchObject({
      status: 0,
      output: expect.stringContaining('delete_todo') as string,
    });
  });
});
