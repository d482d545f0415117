import { createServer, type Server } from 'node:http';
import { serveStdio as serveOverStdio } from '@modelcontextprotocol/server/stdio';
import type { Api } from './api.js';
import type { Audit } from './audit.js';
import { SettingsError } from './environment.js';
import { createListener } from './http.js';
import { createServerFactory } from './mcp.js';
import { createGate } from './oauth/gate.js';
import { createMetadataRoute } from './oauth/metadata.js';
import type { Verifier } from './oauth/token.js';
import type { HttpSettings } from './settings.js';
import type { Call } from './upstream/call.js';

/** A server that accepts requests. */
export interface Running {
  /** Where it listens; absent over stdio. */
  readonly url?: string;
  /** Accepts nothing more, finishes what runs, and cuts off what has not ended after 7.5 s. */
  close(): Promise<void>;
}

export interface StdioOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
}

export interface HttpServerOptions extends StdioOptions {
  readonly settings: HttpSettings;
  /** Whose tokens count; ignored when the settings ask for no authentication, and needed otherwise. */
  readonly verifier: Verifier | undefined;
}

const GRACE_MS = 7500;

/** Serves Streamable HTTP. Rejects when the address cannot be listened on. */
export async function serveHttp({
  api,
  call,
  audit,
  settings,
  verifier,
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
    }),
    onError: (error) => audit('error', { message: inLog(error) }),
    ...(gate !== undefined && { gate }),
    ...(oauth !== undefined && { metadata: createMetadataRoute(api, resource, oauth) }),
  });
  // Node's own defence against slow and oversized heads: 431 and 408 without a line of ours.
  const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1000 }, listener);
  // Node would silently drop the headers after the 2,000th, a second Authorization among them.
  server.maxHeadersCount = 0;
  const url = await listen(server, settings);
  return { url, close: () => close(server) };
}

/** Serves the process's stdin and stdout; the client that started it is trusted, as the MCP specification says. */
export function serveStdio({ api, call, audit }: StdioOptions): Promise<Running> {
  const factory = createServerFactory({ api, call, audit, authorize: () => undefined });
  const handle = serveOverStdio(factory, {
    onerror: (error) => audit('error', { message: inLog(error) }),
  });
  return Promise.resolve({ close: () => handle.close() });
}

/** Runs a server until SIGTERM or SIGINT; wrong settings end the process with 2 and a line for each variable. */
export async function run(start: () => Promise<Running>): Promise<void> {
  const stop = (message: string): never => {
    process.stderr.write(`${message}\n`);
    process.exit(2);
  };
  const running = await start().catch((error: unknown) => {
    if (error instanceof SettingsError)
      return stop(`The server cannot start:\n${error.message.replace(/^/gm, '  ')}`);
    if (error instanceof Error && 'syscall' in error)
      return stop(`The server cannot listen: ${error.message}. Set PORT or HOST.`);
    throw error;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)));
  }
}

// The SDK's messages may repeat a request: a part of it is enough, and no query, where a token may stand.
function inLog({ message }: Error): string {
  return message.replace(/\?\S*/g, '?…').slice(0, 200);
}

function listen(server: Server, { host, port }: HttpSettings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve(
        `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${bound}`,
      );
    });
  });
}

// A kept-alive connection would outlive its last answer by Node's five idle seconds, and could bring new calls.
function close(server: Server): Promise<void> {
  server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'));
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cutOff);
      resolve();
    });
  });
}
