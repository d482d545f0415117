import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './fixtures.js';

/** A program of this folder as one file in `folder`. */
export async function bundleProgram(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await bundleFile(join(root, `test/support/${name}.ts`), outfile);
  return outfile;
}

/**
 * A program as one file, for tests that start it: Node runs it in a quarter of the time needed to load a compiler and
 * the sources.
 */
export async function bundleFile(source: string, outfile: string): Promise<void> {
  const here = JSON.stringify(pathToFileURL(source));
  await build({
    entryPoints: [source],
    // It looks for its package from here.
    define: { 'import.meta.url': here },
    // CommonJS packages load Node's own modules with it.
    banner: {
      js: `import * as nodeModule from 'node:module';\nconst require = nodeModule.createRequire(${here});`,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
}
