import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './fixtures.js';

/**
 * A program of this folder as one file in `folder`, for tests that start it often: Node runs it in a quarter of the
 * time needed to load a compiler and the sources.
 */
export async function bundleProgram(name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  const source = join(root, `test/support/${name}.ts`);
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
  return outfile;
}
