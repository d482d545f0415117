// Yours: `npm run build` checks the types and then runs this. It writes dist/main.js, the whole server in one file with
// a source map: a start opens one file, and an image needs no node_modules.
import { build } from 'esbuild';

const options = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  outdir: 'dist',
  // CommonJS packages load Node's own modules with `require`, which ES modules do not have.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};

await build({ ...options, entryPoints: { main: 'src/main.ts' } });
await build({
  ...options,
  entryPoints: { 'test/server.test': 'src/test/server.test.ts' },
  packages: 'external',
});
