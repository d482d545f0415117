import type { Attributes } from '@opentelemetry/api';
import { isObject } from './api.js';
import { headerOf, type HttpRequest, type HttpResponse } from './http.js';
import { essence, isJson } from './media.js';

/** The tool or operation that a call means, if there is one. */
export type ToolOf = (name: string, args: unknown) => string | undefined;

/** A message as OpenTelemetry describes it (semantic-conventions-genai, MCP). */
export interface Described {
  /** `tools/call list_notes`. */
  readonly name: string;
  /** For metrics too, so each has only a few possible values. */
  readonly labels: Attributes;
  /** Only for the span. */
  readonly id: Attributes;
  readonly arguments: unknown;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

// Other methods are made up by clients and must not become metrics.
const METHODS = new Set<unknown>([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
]);
const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'];
const OTHER = '_OTHER';
const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const MAX_ID = 128;

/** Describes a single message; undefined for anything else, since a batch is only described as one HTTP request. */
export function describe(
  message: unknown,
  headers: readonly string[],
  toolOf: ToolOf,
): Described | undefined {
  if (!isObject(message) || typeof message['method'] !== 'string') return undefined;
  const params = isObject(message['params']) ? message['params'] : {};
  const method = METHODS.has(message['method']) ? message['method'] : OTHER;
  const called = method === 'tools/call' ? String(params['name']) : undefined;
  const tool = called === undefined ? undefined : toolOf(called, params['arguments']);
  const version = headerOf(headers, 'mcp-protocol-version') ?? params['protocolVersion'];
  const id = message['id'];
  return {
    name: tool === undefined ? method : `${method} ${tool}`,
    labels: callLabels(method, tool, 'tcp', VERSION.test(String(version)) && String(version)),
    id: isId(id) ? { 'jsonrpc.request.id': String(id).slice(0, MAX_ID) } : {},
    arguments: tool === undefined ? undefined : params['arguments'],
    meta: isObject(params['_meta']) ? params['_meta'] : undefined,
  };
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' || typeof id === 'number';
}

/** The labels of a message. */
export function callLabels(
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

/** The HTTP method; clients may make one up as well. */
export function methodOf({ method }: Pick<HttpRequest, 'method'>): string {
  return HTTP_METHODS.includes(method) ? method : OTHER;
}

/** How a response failed, as one of a few words; undefined if it did not. */
export function errorOf({ status, headers, body }: HttpResponse): string | undefined {
  if (status >= 400) return String(status);
  const type = headers['Content-Type'] ?? headers['content-type'] ?? '';
  if (typeof body !== 'string' || body.length > MAX_ERROR || !isJson(essence(type)))
    return undefined;
  const { error } = JSON.parse(body) as { readonly error?: { readonly code?: unknown } };
  return error === undefined ? undefined : String(error.code);
}

// A JSON-RPC error is short; longer bodies are results.
const MAX_ERROR = 1000;

/** Why a request was refused, as one of a few words. */
export function reasonOf({ status, refusal, body }: HttpResponse): string {
  const [, code] = typeof body === 'string' ? (/^\{"error":"(\w+)"/.exec(body) ?? []) : [];
  return refusal?.reason ?? code ?? String(status);
}
