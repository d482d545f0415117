import type { Api } from '../../templates/src/runtime/api.js';
import { announce } from '../../templates/src/runtime/announce.js';
import { createAudit } from '../../templates/src/runtime/audit.js';
import { createVerifier } from '../../templates/src/runtime/oauth/verifier.js';
import { serveHttp } from '../../templates/src/runtime/serve.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { createCall, type CustomCredential } from '../../templates/src/runtime/upstream/call.js';

/** A server created as in `main.ts`, in this process. */
export interface ProtectedServer {
  /** The URL of MCP. */
  readonly url: string;
  /** Its output: the lines at start, and the audit lines. */
  readonly output: () => string;
  /** The audit lines, parsed. */
  readonly audit: () => Record<string, unknown>[];
  readonly close: () => Promise<void>;
}

/** Starts it with the variables of an operator. @throws SettingsError */
export async function startProtectedServer(
  api: Api,
  variables: Readonly<Record<string, string>>,
  credential?: CustomCredential,
): Promise<ProtectedServer> {
  const lines: string[] = [];
  const audit = createAudit({ write: (line) => lines.push(line), on: () => undefined });
  const settings = readHttpSettings(api, variables);
  const options = credential === undefined ? {} : { credential };
  const running = await serveHttp({
    api,
    audit,
    call: createCall(api, settings.upstream, options),
    settings,
    verifier: settings.oauth && createVerifier(settings.oauth, audit),
  });
  lines.push(announce(api, settings, running));
  return {
    url: settings.resource.url,
    output: () => lines.join(''),
    audit: () =>
      lines
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    close: () => running.close(),
  };
}
