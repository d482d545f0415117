import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/fixtures.js';
import { configurationPage, withVariables } from '../support/variable-tables.js';

describe('the page on configuration', () => {
  it('has the tables of the runtime; `npm run docs:variables` writes them', async () => {
    const page = await readFile(join(root, configurationPage), 'utf8');
    expect(page).toBe(await withVariables(page));
  });
});

describe('a variable that is added to the table', () => {
  const sentence = 'Seconds between two made-up events.';
  const parts = ['src', 'templates', 'scripts', 'docs', 'test/support', 'package.json'];
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-variables-'));
    for (const part of [...parts, '.prettierrc.json'])
      await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const file = join(copy, 'templates/src/runtime/variables.ts');
    const row = `  MCP_MADE_UP: integer('${sentence}', { default: 7, range: [1, 9] }),\n`;
    const table = await readFile(file, 'utf8');
    await writeFile(
      file,
      table.replace('const server = {\n', (begin) => begin + row),
    );
    await run('scripts/variables.ts');
    const spec = join(root, 'fixtures/petstore-3.1/input.yaml');
    await run('test/support/run-cli.ts', 'generate', '--url', spec, '--output', join(copy, 'out'));
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  async function run(program: string, ...args: string[]): Promise<void> {
    const loader = join(root, 'node_modules/tsx/dist/loader.mjs');
    const child = spawn(process.execPath, ['--import', loader, join(copy, program), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  }

  it('is in .env.example', async () => {
    const text = await readFile(join(copy, 'out/.env.example'), 'utf8');
    expect(text).toContain(`# ${sentence}\n# MCP_MADE_UP=7\n`);
  });

  it('is on the page on configuration', async () => {
    const text = await readFile(join(copy, configurationPage), 'utf8');
    expect(text).toMatch(new RegExp(`^\\| \`MCP_MADE_UP\` +\\| \`7\` +\\| ${sentence} +\\|$`, 'm'));
  });

  it('can be read with its type, and any other name is an error', async () => {
    const probe = join(copy, 'probe.ts');
    const lines = [
      "import { Environment } from './templates/src/runtime/environment.js';",
      'const env = new Environment({});',
      "export const made: number = env.integer('MCP_MADE_UP');",
      "export const typo = env.integer('MCP_MADE_UPP');",
      "export const kind = env.boolean('MCP_MADE_UP');",
      "export const text = env.text('MCP_MADEUP');",
    ];
    await writeFile(probe, lines.join('\n'));
    const program = ts.createProgram([probe], {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
      skipLibCheck: true,
    });
    const source = program.getSourceFile(probe);
    const faults = program.getSemanticDiagnostics(source).map(({ start = 0 }) => {
      return source === undefined ? -1 : source.getLineAndCharacterOfPosition(start).line;
    });
    expect(faults).toEqual([3, 4, 5]);
  });
});
