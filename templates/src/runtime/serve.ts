import { createAnswer, createErrorLog, served } from './answer.js';
import type { Api } from './api.js';
import { createRefusalLog, type Audit } from './audit.js';
import { refuse } from './http.js';
import { createMcp } from './mcp.js';
import type { Verifier } from './oauth/token.js';
import type { ToolMode } from './operations/offer.js';
import { listen, type Answer, type Running } from './run.js';
import type { HttpSettings, StdioSettings } from './settings.js';
import type { Routes } from './steps.js';
import { countRefusal } from './telemetry.js';
import { createCheck, type Call } from './upstream/call.js';

export type { Route, Routes } from './steps.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** How operations are offered; over HTTP, the settings say. Absent: as the API says. */
  readonly tools?: ToolMode | undefined;
  readonly settings?: StdioSettings;
}

export interface HttpServerOptions extends Omit<StdioOptions, 'settings' | 'tools'> {
  readonly settings: HttpSettings;
  /** Decides whose tokens are accepted; ignored when the settings ask for no authentication, and needed otherwise. */
  readonly verifier: Verifier | undefined;
  /** More routes, by path. */
  readonly routes?: Routes;
}

/** Serves Streamable HTTP. Rejects when the address cannot be listened on. */
export async function serveHttp(options: HttpServerOptions): Promise<Running> {
  const { audit, settings } = options;
  const api = served(options.api, settings.upstream);
  const answer = createAnswer({ ...options, api, onError: createErrorLog(audit) });
  const logRefusal = createRefusalLog(audit);
  const onRefused: typeof logRefusal = (request, status, refusal) => {
    countRefusal(refusal.reason);
    logRefusal(request, status, refusal);
  };
  const running = await drained(answer, settings.drainSeconds, (whole) => {
    return listen(whole, { ...settings, onRefused });
  });
  return logged(running, audit, api, { url: settings.resource.url, listening: running.url });
}

/** Logs that a server serves, and that it does no more. */
function logged(
  running: Running,
  audit: Audit,
  { name, version }: Api,
  place: Readonly<Record<string, unknown>>,
): Running {
  const started = Date.now();
  audit('start', { server: name, version, ...place });
  const close = async (isGentle?: boolean): Promise<void> => {
    audit('stopping', {});
    await running.close(isGentle);
    audit('stop', { seconds: Math.round((Date.now() - started) / 1000) });
  };
  return { ...running, close };
}

/**
 * A server that says for a while that it is not ready before it ends gently, so that balancers with health checks have
 * turned to others by then.
 */
async function drained(
  answer: Answer,
  seconds: number,
  start: (answer: Answer) => Promise<Running>,
): Promise<Running> {
  let isEnding = false;
  const running = await start(async (request) =>
    isEnding && request.path === '/readyz' ? ENDING : answer(request),
  );
  const close = async (isGentle = false): Promise<void> => {
    isEnding = true;
    if (isGentle) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return running.close(isGentle);
  };
  return { ...running, close };
}

const ENDING = refuse(503, 'ending', 'This server is about to end.');

/** Serves the process's stdin and stdout; the client that started it is trusted, as the MCP specification says. */
export async function serveStdio({
  api,
  call,
  audit,
  settings,
  tools,
}: StdioOptions): Promise<Running> {
  const onError = createErrorLog(audit);
  const { serveStdio: serve } = await import('@modelcontextprotocol/server/stdio');
  const confirm = settings?.confirm;
  const { factory } = createMcp({
    api: served(api, settings),
    call,
    audit,
    tools,
    confirm,
    check: settings && createCheck(settings),
    onError,
  });
  const handle = serve(await factory(), { onerror: onError });
  return logged({ close: () => handle.close() }, audit, api, { transport: 'stdio' });
}
