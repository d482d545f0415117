// Yours: the generator writes this file once and never again. Wrap `api`, `call` or `verifier` to change what
// the server does; docs/custom-code.md shows how.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { api } from './generated/api.js';
import { announce, announceStdio } from './runtime/announce.js';
import { createAudit } from './runtime/audit.js';
import { createVerifier } from './runtime/oauth/verifier.js';
import { run } from './runtime/run.js';
import { serveHttp, serveStdio } from './runtime/serve.js';
import { readHttpSettings, readStdioSettings, readToolMode } from './runtime/settings.js';
import { createCall } from './runtime/upstream/call.js';

// A client may start this in any folder: `.env` and the files that it names are those of this project.
process.chdir(join(import.meta.dirname, '..'));
if (existsSync('.env')) process.loadEnvFile('.env');
const audit = createAudit(process.stderr);

await run(async () => {
  const settings = process.argv.includes('--stdio')
    ? undefined
    : readHttpSettings(api, process.env);
  const upstream = settings?.upstream ?? readStdioSettings(api, process.env);
  const call = createCall(api, upstream);
  if (settings === undefined) {
    const tools = readToolMode(process.env);
    process.stderr.write(announceStdio(api, upstream, tools));
    return serveStdio({ api, audit, call, settings: upstream, tools });
  }
  const verifier = settings.oauth && createVerifier(settings.oauth, audit);
  const running = await serveHttp({ api, audit, call, settings, verifier });
  process.stderr.write(announce(api, settings, running));
  return running;
});
