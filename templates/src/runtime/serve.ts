import type { Api } from './api.js';
import { limitLines, type Audit } from './audit.js';
import { createMcp } from './mcp.js';
import type { Verifier } from './oauth/token.js';
import type { ToolMode } from './operations/offer.js';
import { listen, type Running } from './run.js';
import type { HttpSettings } from './settings.js';
import { createAnswer, type Routes } from './steps.js';
import type { Call } from './upstream/call.js';

export type { Route, Routes } from './steps.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** How operations are offered; over HTTP, the settings say. Absent: as the API says. */
  readonly tools?: ToolMode | undefined;
}

export interface HttpServerOptions extends StdioOptions {
  readonly settings: HttpSettings;
  /** Decides whose tokens are accepted; ignored when the settings ask for no authentication, and needed otherwise. */
  readonly verifier: Verifier | undefined;
  /** More routes, by path. */
  readonly routes?: Routes;
}

/** Serves Streamable HTTP. Rejects when the address cannot be listened on. */
export async function serveHttp(options: HttpServerOptions): Promise<Running> {
  const answer = createAnswer({ ...options, onError: createErrorLog(options.audit) });
  return listen(answer, options.settings);
}

/** Serves the process's stdin and stdout; the client that started it is trusted, as the MCP specification says. */
export async function serveStdio({ api, call, audit, tools }: StdioOptions): Promise<Running> {
  const onError = createErrorLog(audit);
  const { serveStdio: serve } = await import('@modelcontextprotocol/server/stdio');
  const { factory } = createMcp({ api, call, audit, tools, onError });
  const handle = serve(await factory(), { onerror: onError });
  return { close: () => handle.close() };
}

function createErrorLog(audit: Audit): (error: Error) => void {
  const log = limitLines(audit);
  return (error) => log('error', '', { message: inLog(error) });
}

// The SDK's messages may repeat a request: a part of it is enough, and no query, where a token may be.
function inLog({ message }: Error): string {
  return message.replace(/\?\S*/g, '?…').slice(0, 200);
}
