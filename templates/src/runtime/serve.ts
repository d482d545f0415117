import { serveStdio as serveOverStdio } from '@modelcontextprotocol/server/stdio';
import type { Api } from './api.js';
import { limitLines, type Audit } from './audit.js';
import { createListener } from './http.js';
import { listen, type Running } from './listen.js';
import { createServerFactory } from './mcp.js';
import { createGate } from './oauth/gate.js';
import { createMetadataRoute } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import type { Routes } from './routes.js';
import type { HttpSettings } from './settings.js';
import type { Call } from './upstream/call.js';

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
}

export interface HttpServerOptions extends StdioOptions {
  readonly settings: HttpSettings;
  /** Whose tokens count; ignored when the settings ask for no authentication, and needed otherwise. */
  readonly verifier: Verifier | undefined;
  /** More routes, by path. */
  readonly routes?: Routes;
}

/** Serves Streamable HTTP. Rejects when the address cannot be listened on. */
export async function serveHttp({
  api,
  call,
  audit,
  settings,
  verifier,
  routes = {},
}: HttpServerOptions): Promise<Running> {
  const { resource, oauth } = settings;
  if (oauth !== undefined && verifier === undefined)
    throw new Error('A server that asks for tokens needs a verifier.');
  const gate = oauth && verifier && createGate({ resource, oauth, verifier, audit });
  const listener = createListener({
    settings,
    factory: createServerFactory({
      api,
      call,
      audit,
      authorize: gate?.authorize ?? (() => undefined),
      ...(gate !== undefined && { scopesOf: gate.scopesOf }),
    }),
    audit,
    routes,
    onError: createErrorLog(audit),
    ...(gate !== undefined && { gate }),
    ...(oauth !== undefined && { metadata: createMetadataRoute(api, resource, oauth) }),
  });
  return listen(listener, settings);
}

/** Serves the process's stdin and stdout; the client that started it is trusted, as the MCP specification says. */
export function serveStdio({ api, call, audit }: StdioOptions): Promise<Running> {
  const factory = createServerFactory({ api, call, audit, authorize: () => undefined });
  const handle = serveOverStdio(factory, {
    onerror: createErrorLog(audit),
  });
  return Promise.resolve({ close: () => handle.close() });
}

function createErrorLog(audit: Audit): (error: Error) => void {
  const log = limitLines(audit);
  return (error) => log('error', '', { message: inLog(error) });
}

// The SDK's messages may repeat a request: a part of it is enough, and no query, where a token may stand.
function inLog({ message }: Error): string {
  return message.replace(/\?\S*/g, '?…').slice(0, 200);
}
