import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server';
import { context, createContextKey, SpanKind, type Attributes } from '@opentelemetry/api';
import { isObject, membersOf } from './api.js';
import type { Holder } from './caller.js';
import { headerOf, type HttpRequest, type HttpResponse } from './http.js';
import { isVersion } from './messages.js';
import { countRefusal, durations, endSpan, errorOf, hasSdk, meter, methodOf } from './spans.js';
import { OTHER, parentOf, reasonOf, since, startSpan, type Started } from './spans.js';

/** A request in progress; more becomes known about it along the way. */
interface Exchange {
  readonly request: HttpRequest;
  readonly message?: unknown;
  readonly holder?: Holder;
}

/** The parts that spans of requests are made from. */
interface Options {
  /** Where MCP is served. Other paths may contain anything, and are not shown. */
  readonly paths: readonly string[];
  /** `arguments` and `subject` are only shown if they are listed here. */
  readonly details: ReadonlySet<string>;
  readonly toolOf: ToolOf;
}

/** What was found out while a request was served. */
interface Findings {
  error?: string;
  refusal?: string;
}

/** The span of a request. */
interface Operation extends Started {
  /** The labels of its message; absent if there is none. */
  readonly labels: Attributes | undefined;
  readonly findings: Findings;
}

type Respond<E> = (exchange: E) => Promise<HttpResponse>;

/** Follows requests through a server. */
interface Telemetry {
  /** Measures a request from start to end. */
  observe<E extends Exchange>(exchange: E, respond: Respond<E>): Promise<HttpResponse>;
  /** Runs a step inside the span of its request. */
  within<E extends Exchange, R>(step: (exchange: E) => R): (exchange: E) => R;
}

/** Probed every few seconds by the platform, and not worth a span. */
const PROBES = new Set(['/healthz', '/readyz']);
const FINDINGS = createContextKey('findings of a request');

/** Without an SDK it does nothing, so that requests cost the same as without telemetry. */
export function createTelemetry(options: Options): Telemetry {
  return hasSdk() ? measuring(options) : NOTHING;
}

const NOTHING: Telemetry = {
  observe: (exchange, respond) => respond(exchange),
  within: (step) => step,
};

function measuring(options: Options): Telemetry {
  const requests = durations('http.server.request.duration');
  const operations = durations('mcp.server.operation.duration');
  const open = meter().createUpDownCounter('http.server.active_requests', { unit: '{request}' });
  const arrivals = new WeakMap<Exchange, number>();
  const begun = new WeakMap<Exchange, Operation>();
  return {
    within: (step) => (exchange) =>
      context.with(operationOf(exchange).context, () => step(exchange)),
    observe: async (exchange, respond) => {
      if (PROBES.has(exchange.request.path)) return respond(exchange);
      const started = performance.now();
      const kind = { 'http.request.method': methodOf(exchange.request), 'url.scheme': 'http' };
      arrivals.set(exchange, Date.now());
      open.add(1, kind);
      const response = await respond(exchange);
      open.add(-1, kind);
      const operation = operationOf(exchange);
      const { status, error, refusal } = endedBy(response, operation);
      requests.record(since(started), { ...kind, ...status, ...error });
      if (operation.labels) operations.record(since(started), { ...operation.labels, ...error });
      if (refusal !== undefined) countRefusal(refusal);
      return response;
    },
  };

  /** Started when first needed, so that the span has the parent that its message names. */
  function operationOf(exchange: Exchange): Operation {
    const operation = begun.get(exchange) ?? begin(exchange, arrivals.get(exchange), options);
    begun.set(exchange, operation);
    return operation;
  }
}

function begin(exchange: Exchange, startTime: number | undefined, options: Options) {
  const { headers, path } = exchange.request;
  const described = describe(exchange.message, headers, options.toolOf);
  const { parent, links } = parentOf(described?.meta, (name) => headerOf(headers, name));
  const method = methodOf(exchange.request);
  const route = options.paths.includes(path) ? path : undefined;
  const attributes = {
    'http.request.method': method,
    'url.scheme': 'http',
    ...(route !== undefined && { 'http.route': route, 'url.path': route }),
    ...described?.labels,
    ...described?.id,
    ...detailsOf(described, exchange.holder, options.details),
  };
  const name = described?.name ?? (route === undefined ? method : `${method} ${route}`);
  const spanOptions = { kind: SpanKind.SERVER, attributes, links, startTime };
  return operation(startSpan(name, spanOptions, parent), described?.labels);
}

/** An operation whose findings are available to code inside it. */
function operation(started: Started, labels: Attributes | undefined): Operation {
  const findings: Findings = {};
  const inner = started.context.setValue(FINDINGS, findings);
  return { span: started.span, context: inner, labels, findings };
}

/** Characters of arguments in a span: exporters drop all spans of a request that is too long. */
const MAX_ARGUMENTS = 10_000;

function detailsOf(
  described: Described | undefined,
  holder: Holder | undefined,
  details: ReadonlySet<string>,
): Attributes {
  const args = details.has('arguments') ? described?.arguments : undefined;
  const subject = details.has('subject') ? holder?.caller.subject : undefined;
  return {
    ...(args !== undefined && {
      'gen_ai.tool.call.arguments': JSON.stringify(args).slice(0, MAX_ARGUMENTS),
    }),
    ...(subject !== undefined && { 'enduser.id': subject }),
  };
}

function endedBy(response: HttpResponse, operation: Operation) {
  const { status: code } = response;
  const { findings } = operation;
  const error = errorLabel(findings.error ?? errorOf(response));
  // 500 is not a refusal.
  const refusal = code >= 400 && code !== 500 ? reasonOf(response) : findings.refusal;
  const status = { 'http.response.status_code': code };
  const reason = refusal === undefined ? undefined : { 'openapi_to_mcp.refusal': refusal };
  // A client's fault does not mark the server's span as failed (semantic conventions, HTTP).
  const isFault = error !== undefined && (code < 400 || code >= 500);
  endSpan(operation, { ...status, ...error, ...reason }, isFault);
  return { status, error, refusal };
}

/** The outcome of a call: its result, or a question to the user. */
type Answered = CallToolResult | InputRequiredResult;

/** A call of a tool, however it arrived. */
interface Called {
  readonly name: string;
  readonly arguments: unknown;
  readonly meta: Described['meta'];
}

/**
 * Runs a call, and records for the enclosing span how it ended, since a response may hold that in any format. Over
 * stdio there is no enclosing request, and the call has its own span.
 */
export async function traced<C extends Called, R extends Answered | undefined>(
  call: C,
  toolOf: ToolOf,
  run: (call: C) => Promise<R>,
): Promise<R> {
  const around = context.active().getValue(FINDINGS) as Findings | undefined;
  if (around === undefined && hasSdk()) return inOwnSpan(call, toolOf, run);
  const result = await run(call);
  if (around !== undefined) note(result, around);
  return result;
}

async function inOwnSpan<C extends Called, R extends Answered | undefined>(
  call: C,
  toolOf: ToolOf,
  run: (call: C) => Promise<R>,
): Promise<R> {
  const tool = toolOf(call.name, call.arguments);
  const labels = callLabels('tools/call', tool, 'pipe');
  const { parent, links } = parentOf(call.meta, () => undefined);
  const name = ['tools/call', tool].join(' ').trim();
  const options = { kind: SpanKind.SERVER, attributes: labels, links };
  const own = operation(startSpan(name, options, parent), labels);
  const started = performance.now();
  const result = await context.with(own.context, () => run(call));
  note(result, own.findings);
  const error = errorLabel(own.findings.error);
  endSpan(own, error ?? {}, error !== undefined);
  const seconds = since(started);
  durations('mcp.server.operation.duration').record(seconds, { ...labels, ...error });
  return result;
}

function errorLabel(type: string | undefined): Attributes | undefined {
  return type === undefined ? undefined : { 'error.type': type };
}

function note(result: Answered | undefined, findings: Findings): void {
  if (result === undefined) findings.error = INVALID_PARAMS;
  if (result?.isError === true) findings.error = 'tool_error';
  if (result?._meta?.['mcp/www_authenticate'] !== undefined)
    findings.refusal = 'insufficient_scope';
}

/** JSON-RPC's code for a tool that does not exist. */
const INVALID_PARAMS = '-32602';

/** The tool or operation that a call means, if there is one. */
type ToolOf = (name: string, args: unknown) => string | undefined;

/** A message as OpenTelemetry describes it (semantic-conventions-genai, MCP). */
interface Described {
  /** `tools/call list_notes`. */
  readonly name: string;
  /** For metrics too, so each has only a few possible values. */
  readonly labels: Attributes;
  /** Only for the span. */
  readonly id: Attributes;
  readonly arguments: unknown;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

// Other methods and versions are made up by clients and must not become metrics.
const METHODS = new Set<unknown>(
  (
    'initialize ping server/discover tools/list tools/call ' +
    'notifications/initialized notifications/cancelled notifications/progress'
  ).split(' '),
);
const MAX_ID = 128;

/** Describes a single message; undefined for anything else, since a batch is only described as one HTTP request. */
function describe(
  message: unknown,
  headers: readonly string[],
  toolOf: ToolOf,
): Described | undefined {
  if (!isObject(message) || typeof message['method'] !== 'string') return undefined;
  const params: Record<string, unknown> = membersOf(message['params']);
  const method = METHODS.has(message['method']) ? message['method'] : OTHER;
  const called = method === 'tools/call' ? textOf(params['name']) : undefined;
  const tool = called === undefined ? undefined : toolOf(called, params['arguments']);
  const version = headerOf(headers, 'mcp-protocol-version') ?? textOf(params['protocolVersion']);
  const id = message['id'];
  const isId = typeof id === 'string' || typeof id === 'number';
  return {
    name: tool === undefined ? method : `${method} ${tool}`,
    labels: callLabels(method, tool, 'tcp', isVersion(version) && version),
    id: isId ? { 'jsonrpc.request.id': String(id).slice(0, MAX_ID) } : {},
    arguments: tool === undefined ? undefined : params['arguments'],
    meta: isObject(params['_meta']) ? params['_meta'] : undefined,
  };
}

/** A client may send any JSON in the place of a text. */
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The labels of a message. */
function callLabels(
  method: string,
  tool: string | undefined,
  transport: 'tcp' | 'pipe',
  version: string | false = false,
): Attributes {
  return {
    'mcp.method.name': method,
    'network.transport': transport,
    ...(transport === 'tcp' && { 'network.protocol.name': 'http' }),
    ...(method === 'tools/call' && { 'gen_ai.operation.name': 'execute_tool' }),
    ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
    ...(version !== false && { 'mcp.protocol.version': version }),
  };
}
