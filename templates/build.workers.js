// Yours: `npm run build` checks the types and then runs this. It writes dist/worker.js, the whole Worker in one file
// with a source map, which wrangler.jsonc names; wrangler itself bundles nothing.
import { build } from 'esbuild';

await build({
  entryPoints: { worker: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  target: 'es2024',
  // The MCP SDK has a validator for Workers, where code cannot be created from strings.
  conditions: ['workerd', 'worker'],
  // Cloudflare has these.
  external: ['node:*', 'cloudflare:*'],
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
