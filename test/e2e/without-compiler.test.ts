import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../support/command-line.js';
import { root } from '../support/fixtures.js';

/** A module as a data: URL. */
const inline = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

const hooks = inline(`
export function resolve(specifier, context, next) {
  if (/^(prettier|ts-morph|typescript)(\\/|$)/.test(specifier)) throw new Error('loads ' + specifier);
  return next(specifier, context);
}`);

const refusal = inline(`
import { register } from 'node:module';
register(${JSON.stringify(hooks)});`);

/** Runs command lines in a process that cannot load a compiler or a formatter; resolves to the outcome of each. */
async function runEach(lines: readonly string[][]): Promise<Result[]> {
  const code = `
import { run } from './test/support/command-line.ts';
const results = [];
for (const line of ${JSON.stringify(lines)}) results.push(await run(line));
console.log(JSON.stringify(results));`;
  const args = ['--import', 'tsx', '--import', refusal, '--input-type=module', '-e', code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout) as Result[];
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'without-compiler-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('without prettier, ts-morph and TypeScript', () => {
  it('a project can be generated, checked, read and compared', async () => {
    const project = join(folder, 'project');
    const flags = ['--url', 'fixtures/todo/input.yaml', '--auth', 'none'];
    const results = await runEach([
      ['generate', ...flags, '--output', project],
      ['generate', '--check', ...flags, '--output', project],
      ['diff', '--url', 'fixtures/petstore-3.1/input.yaml', project],
    ]);
    expect(results).toMatchObject([
      { status: 0, stdout: expect.stringContaining('9 tools') as string },
      { status: 0 },
      { status: 0, stdout: expect.stringContaining('delete_todo') as string },
    ]);
  });
});
