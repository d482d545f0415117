import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from './support/fixtures.js';

/** What each of the files imports, as paths from the root; without types, which are gone at run time. */
async function importsOf(files: readonly string[]): Promise<Map<string, string[]>> {
  const contents = files.map((file) => `import './${file}';`).join('\n');
  const { metafile } = await build({
    absWorkingDir: root,
    // As one module: a bundle for each would have the same files again and again.
    stdin: { contents, resolveDir: root },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    external: ['cloudflare:*'],
  });
  const own = Object.entries(metafile.inputs).map(
    ([path, { imports }]) =>
      [path, imports.filter(({ external }) => !external).map((found) => found.path)] as const,
  );
  return new Map(own);
}

/** The first cycle that a walk finds: its files in the order of their imports. */
function cycleIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const open: string[] = [];
  const from = (file: string): string[] => {
    if (open.includes(file)) return open.slice(open.indexOf(file));
    if (done.has(file)) return [];
    open.push(file);
    for (const other of imports.get(file) ?? []) {
      const found = from(other);
      if (found.length > 0) return found;
    }
    open.pop();
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = from(file);
    if (found.length > 0) return found;
  }
  return [];
}

test('no files import one another', async () => {
  const files = ['src', 'templates/src/runtime', 'test', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll(sep, '/')}`)
      .filter((name) => name.endsWith('.ts')),
  );
  const imports = await importsOf(files);
  expect([...imports.keys()]).toEqual(expect.arrayContaining(files));
  expect(cycleIn(imports)).toEqual([]);
});

test('a cycle is found, wherever it is entered', () => {
  const imports = new Map([
    ['a', ['b', 'c']],
    ['b', []],
    ['c', ['d']],
    ['d', ['b', 'e']],
    ['e', ['c']],
  ]);
  expect(cycleIn(imports)).toEqual(['c', 'd', 'e']);
  expect(cycleIn(new Map([...imports].slice(0, 4)))).toEqual([]);
});
