import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');

/** The names of all packages that the program can load, whichever command runs. */
async function loadedPackages(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ['src/cli.ts', 'src/index.ts'],
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const paths = imports.filter(({ external }) => external).map(({ path }) => path);
  const names = paths.map((path) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path);
  return [...new Set(names)].filter((name) => !name.startsWith('node:')).sort();
}

// In this repository, the packages of generated projects and of tests are installed too, and hide a missing one.
test('the installed program finds every package that it loads', async () => {
  const loaded = await loadedPackages();
  expect(loaded).toContain('commander');
  expect(loaded.filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
});

test('a result that cannot be written is a problem, not a finding', () => {
  const program = [join(root, 'bin/openapi-to-mcp.js'), '--help'];
  // Opened for reading: every write fails, as on a full disk.
  const stdout = openSync(join(root, 'package.json'), 'r');
  const { status, stderr } = spawnSync(process.execPath, program, {
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    2,
    'CANNOT_WRITE at stdout\n  The result cannot be written: EBADF: bad file descriptor, write.\n',
  ]);
});
