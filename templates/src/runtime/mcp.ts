import { randomUUID } from 'node:crypto';
import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolRequest,
  type CallToolResult,
  type McpServerFactory,
  type ServerContext,
  type Tool as ListedTool,
} from '@modelcontextprotocol/server';
import type { Api, JsonObject, Tool } from './api.js';
import type { Audit } from './audit.js';
import type { Caller } from './oauth/token.js';
import { CallerToken } from './credentials/caller.js';
import { traceparentOf } from './trace.js';
import type { Call, CallContext } from './upstream/call.js';

/** Decides whether the caller of a request may use a tool: undefined, or the result that refuses. */
export type Authorize = (tool: Tool, context: ServerContext) => CallToolResult | undefined;

/** What an MCP server of this API is made from. */
export interface McpOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  readonly authorize: Authorize;
  /** What a client asks the provider for to call a tool; absent: there is no provider. */
  readonly scopesOf?: (tool: Tool) => readonly string[];
}

// The list changes with a deployment only; clients may keep it for five minutes.
const CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const;

/** Makes the factory that both transports and both protocol eras are served from. */
export function createServerFactory({
  api,
  call,
  audit,
  authorize,
  scopesOf,
}: McpOptions): McpServerFactory {
  const tools = new Map(api.tools.map((tool) => [tool.name, tool]));
  // The low-level server: listing is one array made once, and nothing is registered anew for each request.
  const listed = api.tools.map((tool) => list(tool, scopesOf?.(tool)));
  return () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for advanced use, which this is
    const server = new Server(
      { name: api.name, title: api.title, version: api.version },
      {
        capabilities: { tools: {} },
        cacheHints: { 'tools/list': CACHE, 'server/discover': CACHE },
        ...(api.description !== undefined && { instructions: api.description }),
      },
    );
    server.setRequestHandler('tools/list', () => ({ tools: listed }));
    server.setRequestHandler('tools/call', (request, context) => run(request, context));
    return server;
  };

  async function run({ params }: CallToolRequest, context: ServerContext): Promise<CallToolResult> {
    const tool = tools.get(params.name);
    if (tool === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool');
    const refused = authorize(tool, context);
    if (refused !== undefined) return refused;
    const requestId = randomUUID();
    const traceparent = traceparentOf(params._meta);
    const started = performance.now();
    const outcome = await call(tool, (params.arguments ?? {}) as JsonObject, {
      signal: signalOf(context),
      requestId,
      ...callerOf(context),
      ...(traceparent !== undefined && { traceparent }),
    });
    audit('tool_call', {
      request: requestId,
      tool: tool.name,
      ...identityOf(context),
      status: outcome.status,
      failure: outcome.failure,
      ms: Math.round(performance.now() - started),
    });
    return outcome.result;
  }
}

/** A tool as clients see it. `securitySchemes` is what ChatGPT reads to know which tools need which scopes. */
function list(
  { name, title, description, annotations, inputSchema }: Tool,
  scopes: readonly string[] | undefined,
): ListedTool {
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    inputSchema: inputSchema,
    annotations: { ...(title !== undefined && { title }), ...annotations },
    ...(scopes !== undefined && {
      _meta: { securitySchemes: [{ type: 'oauth2', scopes }] },
    }),
  };
}

// A closed connection cancels too: without sessions nobody could ever fetch the answer.
function signalOf({ mcpReq, http }: ServerContext): AbortSignal {
  return AbortSignal.any([mcpReq.signal, ...(http?.req === undefined ? [] : [http.req.signal])]);
}

/** Who calls; the token apart, as what only the modes that are made for it can use. */
function callerOf({ http }: ServerContext): Pick<CallContext, 'caller' | 'token'> {
  const auth = http?.authInfo;
  if (auth === undefined) return {};
  const { subject, audiences = [] } = (auth.extra ?? {}) as Partial<Caller>;
  const { token, clientId, scopes, expiresAt = 0 } = auth;
  return {
    caller: {
      ...(subject !== undefined && { subject }),
      ...(clientId !== '' && { client: clientId }),
      scopes,
    },
    token: new CallerToken(token, { expiresAt, audiences }),
  };
}

function identityOf({ http }: ServerContext): Record<string, unknown> {
  const auth = http?.authInfo;
  return auth === undefined
    ? {}
    : { subject: auth.extra?.['subject'], client: auth.clientId, scopes: auth.scopes };
}
