// Yours: the generator writes this file once and never again. Wrap `api`, `call` or `verifier` to change what
// the server does; docs/custom-code.md shows how.
import { api } from './generated/api.js';
import { createAudit } from './runtime/audit.js';
import { createVerifier } from './runtime/oauth/verifier.js';
import { createCall } from './runtime/upstream/call.js';
import { log, serveWorker } from './runtime/worker.js';
import { readWorkerSettings } from './runtime/worker-settings.js';

const audit = createAudit(log);

export default serveWorker(audit, (env) => {
  const settings = readWorkerSettings(api, env);
  const call = createCall(api, settings.upstream);
  const verifier = settings.oauth && createVerifier(settings.oauth, audit);
  return { api, audit, call, settings, verifier };
});
