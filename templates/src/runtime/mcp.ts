import { randomUUID } from 'node:crypto';
import type {
  CallToolResult,
  InputRequiredResult,
  McpServerFactory,
  ServerContext,
} from '@modelcontextprotocol/server';
import { membersOf, type Api, type JsonObject, type Tool } from './api.js';
import type { Audit } from './audit.js';
import { authInfoOf, holderOf, identityOf, type Caller, type Holder } from './caller.js';
import { ANSWER_MS, canAsk, createConfirmation, type ConfirmSettings } from './confirm.js';
import { DISCONNECTED, emptyResponse, fromWebResponse, headerOf, logged } from './http.js';
import { parseJson, statusText, webHeaders } from './http.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { CACHE, createLists, instructionsOf, listTool, SIGN_IN_EXTENSIONS } from './listing.js';
import { complete, errorResponse, resultResponse, softwareOf } from './messages.js';
import type { DirectRequest } from './messages.js';
import type { Gate } from './oauth/gate.js';
import { createOffer, type Offer, type ToolMode } from './operations/offer.js';
import { passedOn, type Reader } from './spans.js';
import { traced } from './telemetry.js';
import { truncate } from './text.js';
import { failedCall, type Call, type Check } from './upstream/call.js';

/** The parts that an MCP server of this API is made from. */
interface McpOptions {
  readonly api: Api;
  readonly call: Call;
  readonly audit: Audit;
  /** If absent, there is no provider, and every caller may call every tool. */
  readonly gate?: Pick<Gate, 'authorize' | 'scopesOf' | 'lacking' | 'baseline' | 'isPublic'>;
  /** If absent, `Api.toolMode` decides. */
  readonly tools?: ToolMode | undefined;
  /** If absent, the document decides. */
  readonly confirm?: ConfirmSettings | undefined;
  /** Finds calls that could not be made, so that the user is not asked about them; absent without settings. */
  readonly check?: Check | undefined;
  readonly onError: (error: Error) => void;
}

/** One request for a tool, however it arrived. */
interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly holder: Holder | undefined;
  /** Reads headers of the request that contained it. */
  readonly header: Reader;
  /** Aborts when the client no longer waits for the response. */
  readonly signal: AbortSignal;
  readonly progress?: (event: string) => void;
  /** Asks the user of the client; undefined if the client cannot ask. */
  readonly asking?: ServerContext | undefined;
}

/** MCP over any transport. */
export interface Mcp {
  /** Handles the most frequent requests without the SDK's transport, which costs five times as much as the call. */
  direct(request: DirectRequest, http: HttpRequest, holder?: Holder): Promise<HttpResponse>;
  /** Whether a request may need a feature of the SDK's transport: a question to the user. */
  asks(request: DirectRequest): boolean;
  /** Everything else. `body` is the parsed body of a POST with JSON. */
  sdk(http: HttpRequest, body: unknown, holder?: Holder): Promise<HttpResponse>;
  /** The meaning of names in calls, for the checks before them. */
  readonly names: Pick<Offer, 'operationOf' | 'isFind' | 'toolOf'>;
  /** Creates the server that the SDK's transports are connected to. */
  readonly factory: () => Promise<McpServerFactory>;
}

/** JSON-RPC 2.0 section 5.1. */
const INVALID_PARAMS = -32_602;

// Loaded lazily: a client that only lists and calls should not pay for it.
const loadSdk = () => import('@modelcontextprotocol/server');

export function createMcp(options: McpOptions): Mcp {
  const { api, call, audit, gate, tools, confirm, check, onError } = options;
  const offer = createOffer(api, tools, gate?.lacking);
  const { name, title, version, icon } = api;
  const info = { name, title, version, ...(icon !== undefined && { icons: [{ src: icon }] }) };
  // On first use: a server of a thousand tools starts sooner, and one that is only called never pays for it.
  const listed = once(() =>
    offer.listed.map((tool) => {
      if (offer.isMeta(tool)) return listTool(tool, gate?.baseline);
      return listTool(tool, gate?.isPublic(tool) === true ? 'noauth' : gate?.scopesOf(tool));
    }),
  );
  const lists = createLists(listed, info);
  const factory = once(createFactory);
  const handler = once(async () => {
    const { createMcpHandler, ProtocolError } = await loadSdk();
    const onerror = (error: Error) => {
      // Faults of a request, whose refusal is logged.
      if (error instanceof ProtocolError || REFUSED.test(error.message)) return;
      onError(error);
    };
    return createMcpHandler(await factory(), { onerror });
  });
  const confirmation = createConfirmation({ settings: confirm, audit, refuse });
  const nextTurn = createTurns();
  return { direct, asks, sdk, factory, names: offer };

  async function direct(
    { era, id, method, name, arguments: args, meta }: DirectRequest,
    { signal, headers }: HttpRequest,
    holder?: Holder,
  ): Promise<HttpResponse> {
    if (method === 'tools/list') return resultResponse(id, lists(era));
    const header: Reader = (wanted) => headerOf(headers, wanted);
    const call = { name, arguments: args as JsonObject, meta, holder, header, signal };
    const result = await traced(call, offer.toolOf, run);
    if (result === undefined) return errorResponse(id, INVALID_PARAMS, offer.unknown(name));
    const whole = era === 'initialize' ? result : complete(result, info);
    return resultResponse(id, JSON.stringify(whole));
  }

  function asks({ name, arguments: args }: DirectRequest): boolean {
    const tool = offer.meaning(name, args as JsonObject)?.tool;
    return tool !== undefined && confirmation.isNeeded(tool);
  }

  /** The result of a call; undefined if there is no such tool. */
  async function run(
    toolCall: ToolCall,
  ): Promise<CallToolResult | InputRequiredResult | undefined> {
    const meant = offer.meaning(toolCall.name, toolCall.arguments);
    const { caller, token } = toolCall.holder ?? {};
    if (meant === undefined) return undefined;
    if (meant.tool === undefined) return answered(toolCall.name, meant.answer(caller), caller);
    const { tool } = meant;
    const requestId = randomUUID();
    const refused = gate?.authorize(tool, caller, requestId);
    if (refused !== undefined) return refused;
    const { asking } = toolCall;
    const unconfirmed = await confirmation.check(tool, meant.arguments, asking, caller, requestId);
    if (unconfirmed !== undefined) return unconfirmed;
    const started = performance.now();
    const outcome = await call(tool, meant.arguments, {
      signal: toolCall.signal,
      requestId,
      caller,
      token,
      ...passedOn(toolCall.meta, toolCall.header),
      progress: toolCall.progress,
    }).catch(failedCall);
    const { result, status, failure, requestId: request = requestId } = outcome;
    const ms = Math.round(performance.now() - started);
    audit('tool_call', { request, tool: tool.name, ...identityOf(caller), status, failure, ms });
    return result;
  }

  function refuse(tool: Tool, args: JsonObject, caller: Caller | undefined) {
    const refused = check?.(tool, args);
    return refused && answered(tool.name, refused, caller);
  }

  /** The result of a call that this server handles without the API. */
  function answered(tool: string, result: CallToolResult, caller: Caller | undefined) {
    const failure = result.isError === true ? 'arguments' : undefined;
    audit('tool_call', { request: randomUUID(), tool, ...identityOf(caller), failure, ms: 0 });
    return result;
  }

  async function sdk(http: HttpRequest, body: unknown, holder?: Holder): Promise<HttpResponse> {
    const { fetch } = await handler();
    await nextTurn();
    const { method, headers, signal } = http;
    if (signal.aborted) return emptyResponse(DISCONNECTED);
    // The SDK ignores the path, and the origin does not depend on a header.
    const init = { method, headers: negotiated(headers), signal };
    const request = new Request('http://localhost/mcp', init);
    const options = {
      ...(holder !== undefined && { authInfo: authInfoOf(holder) }),
      ...(body !== undefined && { parsedBody: body }),
    };
    const web = await fetch(request, options);
    if (web.status >= 400 && web.status !== DISCONNECTED) return refused(web);
    const response = fromWebResponse(web);
    const software = response.status === 200 ? softwareOf(body) : undefined;
    if (software !== undefined)
      audit('initialize', { request: http.id, ...identityOf(holder?.caller), software });
    return response;
  }

  async function createFactory(): Promise<McpServerFactory> {
    const { ProtocolError, Server } = await loadSdk();
    const questions = await confirmation.codec();
    const instructions = instructionsOf(api);
    return ({ era }) => {
      // The low-level server: nothing is registered again for each request.
      const server = new Server(info, {
        capabilities: { tools: {}, ...(gate !== undefined && { extensions: SIGN_IN_EXTENSIONS }) },
        cacheHints: { 'tools/list': CACHE, 'server/discover': CACHE },
        instructions,
        requestState: questions,
        inputRequired: { roundTimeoutMs: ANSWER_MS },
      });
      server.setRequestHandler('tools/list', () => ({ tools: listed() }));
      server.setRequestHandler('tools/call', async ({ params }, context) => {
        const { name, arguments: args = {}, _meta: meta } = params;
        const call = {
          name,
          arguments: args as JsonObject,
          meta,
          holder: holderOf(context),
          header: (wanted: string) => context.http?.req?.headers.get(wanted) ?? undefined,
          signal: signalOf(context),
          progress: progressOf(context, meta?.progressToken),
          asking: canAsk(context, era, server) ? context : undefined,
        };
        const result = await traced(call, offer.toolOf, run);
        if (result === undefined) throw new ProtocolError(INVALID_PARAMS, offer.unknown(name));
        return result;
      });
      return server;
    };
  }
}

/** The SDK's messages about requests that it refuses. */
const REFUSED = /^(Rejected inbound request|Unsupported Media Type)/;

const MAX_MESSAGE = 200;

/** A refusal of the SDK's, with its words for the log. */
async function refused(web: Response): Promise<HttpResponse> {
  const { error } = membersOf(parseJson(await web.clone().text()));
  const { message } = membersOf(error);
  const shown = typeof message === 'string' ? { message: truncate(message, MAX_MESSAGE) } : {};
  return logged(fromWebResponse(web), { reason: statusText(web.status), ...shown });
}

/** The accepted types have been negotiated, and the SDK compares strings. An empty version counts as absent. */
function negotiated(lines: readonly string[]): Headers {
  const headers = webHeaders(lines);
  if (headers.get('MCP-Protocol-Version') === '') headers.delete('MCP-Protocol-Version');
  headers.set('Accept', 'application/json, text/event-stream');
  return headers;
}

/** Reports progress to a client that asked for it with a token (MCP, Progress), unless it has disconnected. */
function progressOf(
  { mcpReq }: ServerContext,
  progressToken: string | number | undefined,
): ToolCall['progress'] {
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

// A closed connection cancels too: without sessions the result could never be fetched.
function signalOf({ mcpReq, http }: ServerContext): AbortSignal {
  return AbortSignal.any([mcpReq.signal, ...(http?.req === undefined ? [] : [http.req.signal])]);
}

/** One turn of the event loop for each batch: others wait for one batch of a hundred messages, not for all batches. */
function createTurns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    return last;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
