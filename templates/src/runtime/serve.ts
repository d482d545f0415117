import { createAnswer, createErrorLog, served } from './answer.js';
import type { Api } from './api.js';
import { createRefusalLog, type Audit } from './audit.js';
import { createMcp } from './mcp.js';
import type { Verifier } from './oauth/token.js';
import type { ToolMode } from './operations/offer.js';
import { listen, type Running } from './run.js';
import type { HttpSettings } from './settings.js';
import type { Routes } from './steps.js';
import type { Call } from './upstream/call.js';
import type { UpstreamSettings } from './upstream/settings.js';

export type { Route, Routes } from './steps.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** How operations are offered; over HTTP, the settings say. Absent: as the API says. */
  readonly tools?: ToolMode | undefined;
  readonly settings?: UpstreamSettings;
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
  return listen(answer, { ...settings, onRefused: createRefusalLog(audit) });
}

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
  const { factory } = createMcp({ api: served(api, settings), call, audit, tools, onError });
  const handle = serve(await factory(), { onerror: onError });
  return { close: () => handle.close() };
}
