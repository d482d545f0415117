// Yours: `npm run build` checks the types and then runs this. It writes dist/worker.js, the whole Worker in one file
// with a source map; wrangler.jsonc names it, and has nothing left to bundle.
import { build } from 'esbuild';

await build({
  entryPoints: { worker: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  target: 'es2024',
  // The MCP SDK has a validator for Workers, which may not make code out of text.
  conditions: ['workerd', 'worker'],
  // Cloudflare has these.
  external: ['node:*', 'cloudflare:*'],
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
