import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import type { Call } from '../../templates/src/runtime/upstream/call.js';
import { serveHttp, type Routes } from '../../templates/src/runtime/serve.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { createVerifier } from '../../templates/src/runtime/oauth/verifier.js';
import { freePort } from './http.js';
import { startStaticIssuer, type StaticIssuer, type StaticIssuerOptions } from './tokens.js';

/** A tool that reads and one that writes, each with its own scope, and one without a scope. */
export const testApi: Api = {
  name: 'test',
  title: 'Test API',
  version: '1.0.0',
  authentication: 'oauth2',
  baseUrl: 'http://127.0.0.1:9',
  securitySchemes: {},
  scopes: { free: [], read: [['notes.read']], write: [['notes.write'], ['admin', 'root']] },
  tools: [tool('free', 'GET'), tool('read', 'GET'), tool('write', 'POST')],
};

/** The runtime, served in this process over a stubbed upstream. */
export interface TestServer {
  readonly url: string;
  readonly issuer: StaticIssuer;
  /** The tools that were called, in order. */
  readonly calls: readonly { readonly tool: string; readonly args: JsonObject }[];
  /** The log lines of requests, parsed. */
  readonly audit: readonly Record<string, unknown>[];
  /** A token of the issuer for this server. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** Posts a JSON-RPC message, in the era of `initialize`. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface TestServerOptions {
  readonly routes?: Routes;
  readonly api?: Api;
  readonly env?: Record<string, string>;
  readonly issuer?: StaticIssuerOptions;
  readonly call?: Call;
}

const lifecycle = new Set(['start', 'stopping', 'stop']);

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { api = testApi } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const issuer = await startStaticIssuer({ audience: url, ...options.issuer });
  const calls: { tool: string; args: JsonObject }[] = [];
  const audit: Record<string, unknown>[] = [];
  const log = (event: string, fields: Readonly<Record<string, unknown>>) => {
    if (!lifecycle.has(event)) audit.push({ event, ...fields });
  };
  const stub: Call = ({ name }, args) => {
    calls.push({ tool: name, args });
    const result: CallToolResult = { content: [{ type: 'text', text: `${name} ran` }] };
    return Promise.resolve({ result, status: 200 });
  };
  const settings = readHttpSettings(api, {
    PORT: String(port),
    MCP_RESOURCE_URL: url,
    ...(api.authentication === 'oauth2' && { OAUTH_AUTHORIZATION_SERVER: issuer.issuer }),
    ...options.env,
  });
  const verifier = settings.oauth && createVerifier(settings.oauth, log);
  const running = await serveHttp({
    api,
    call: options.call ?? stub,
    audit: log,
    settings,
    verifier,
    ...(options.routes !== undefined && { routes: options.routes }),
  });
  return {
    url,
    issuer,
    calls,
    audit,
    token: (claims, header) => issuer.sign(claims, header),
    post: (body, headers) =>
      fetch(url, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          ...headers,
        },
      }),
    close: async () => {
      await Promise.all([running.close(), issuer.close()]);
    },
  };
}

/** A `tools/call` message. */
export function toolCall(name: unknown, id = 1): JsonObject {
  return {
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: name as string, arguments: {} },
  };
}

/** The parameters of a `WWW-Authenticate: Bearer` header. */
export function challengeOf(response: Response): Record<string, string> | undefined {
  const header = response.headers.get('www-authenticate');
  if (header?.startsWith('Bearer ') !== true) return undefined;
  return Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}

function tool(name: string, method: 'GET' | 'POST'): Tool {
  const readOnlyHint = method === 'GET';
  return {
    name,
    description: `The tool ${name}`,
    annotations: {
      readOnlyHint,
      destructiveHint: false,
      idempotentHint: readOnlyHint,
      openWorldHint: true,
    },
    inputSchema: { type: 'object', additionalProperties: false },
    request: { method, path: `/${name}` },
  };
}
