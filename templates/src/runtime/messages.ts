import type {
  CallToolResult,
  Implementation,
  InputRequiredResult,
} from '@modelcontextprotocol/server';
import { isObject, membersOf } from './api.js';
import { headerOf, jsonResponse, type HttpRequest, type HttpResponse } from './http.js';

/** For one body; the largest documented bodies of real APIs have a tenth of that. */
export const BODY_LIMITS = { maxMembers: 50_000, maxDepth: 500 };

/** The limit for all parts of a message other than the arguments of its calls. */
const MAX_MEMBERS_BESIDE = 1000;

const MAX_BATCH = 100;

const MAX_NAME = 64;

/** Methods with long responses. */
const LONG = new Set<unknown>(['tools/list', 'server/discover', 'initialize']);

/** The messages of a body: one, or those of a batch. */
export function messagesOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

/** Levels below `params`: members of `capabilities`, `clientInfo` and `_meta` are the deepest. */
const NULLS_DEPTH = 2;

/**
 * A body without the null members of its parameters: many clients write null where they mean nothing, and the schema of
 * MCP has no null there. The arguments of a call are kept as they are; the tool's own schema decides about them.
 */
export function withoutNulls(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutNulls);
  if (!isObject(body) || typeof body['method'] !== 'string') return body;
  const { params } = body;
  if (params === null) return { ...body, params: undefined };
  return isObject(params) && hasNull(params, NULLS_DEPTH)
    ? { ...body, params: stripped(params, NULLS_DEPTH) }
    : body;
}

/** Model APIs write an empty text for the arguments of a call that has none. */
function isNothing(key: string, value: unknown): boolean {
  return value === null || (key === 'arguments' && value === '');
}

function hasNull(value: unknown, depth: number): boolean {
  if (!isObject(value) || depth < 0) return false;
  return Object.entries(value).some(
    ([key, item]) => isNothing(key, item) || (key !== 'arguments' && hasNull(item, depth - 1)),
  );
}

function stripped(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth < 0) return value;
  const members = Object.entries(value).filter(([key, item]) => !isNothing(key, item));
  return Object.fromEntries(
    members.map(([key, item]) => [key, key === 'arguments' ? item : stripped(item, depth - 1)]),
  );
}

/** The calls of a body, each with the meaning of its name and arguments. */
export function calledTools(
  body: unknown,
  operationOf: (name: string, args: unknown) => string | undefined = (name) => name,
): string[] {
  return messagesOf(body).flatMap((message) => {
    const call = callOf(message);
    return call === undefined ? [] : (operationOf(call.name, call.args) ?? []);
  });
}

/** The call in a message; undefined for any other message. */
function callOf(message: unknown): { name: string; args: unknown } | undefined {
  const { method, params } = membersOf(message);
  const { name, arguments: args } = membersOf(params);
  return method === 'tools/call' && typeof name === 'string' ? { name, args } : undefined;
}

/**
 * Whether a body asks for more than any real client does; such a body must not be parsed further, echoed or logged. A
 * batch has one response, which must not be a hundred lists, nor wait for a request that the batch cancels.
 */
export function isExcessive(body: unknown): boolean {
  const messages = messagesOf(body);
  const methods = messages.map((message) => (isObject(message) ? message['method'] : undefined));
  return (
    messages.length > MAX_BATCH ||
    messages.some((message) => (callOf(message)?.name.length ?? 0) > MAX_NAME) ||
    (messages.length > 1 && methods.includes('notifications/cancelled')) ||
    methods.filter((method) => LONG.has(method)).length > 1 ||
    messages.some((message) => countBeside(message) > MAX_MEMBERS_BESIDE)
  );
}

/** Members of a message outside the arguments of its call. Iterative: the client chooses the depth. */
function countBeside(message: unknown): number {
  const skipped = callOf(message)?.args;
  const queue: unknown[] = [message];
  let count = 0;
  while (queue.length > 0 && count <= MAX_MEMBERS_BESIDE) {
    const value = queue.pop();
    if (typeof value !== 'object' || value === null || value === skipped) continue;
    const members: unknown[] = Object.values(value);
    count += members.length;
    if (count <= MAX_MEMBERS_BESIDE) queue.push(...members);
  }
  return count;
}

/** A request that only needs its result: no session, no progress, no cancellation by another message. */
export interface DirectRequest {
  readonly era: 'initialize' | '2026-07-28';
  readonly id: string | number;
  readonly method: 'tools/list' | 'tools/call';
  readonly name: string;
  readonly arguments: Record<string, unknown>;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

const META = 'io.modelcontextprotocol/';

const MODERN = '2026-07-28';

const PLAIN_JSON = /^application\/json(; *charset=utf-8)?$/i;

const INITIALIZE_ERA = new Set([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
]);

/** Whether a text is a version of the protocol. */
export function isVersion(text: string | undefined): text is string {
  return text !== undefined && (text === MODERN || INITIALIZE_ERA.has(text));
}

/**
 * A body as a direct request, if it certainly is one; undefined leaves it to the SDK, which knows every rule of
 * both protocol eras. The SDK gives the same response to everything accepted here: a test compares the two on
 * generated requests.
 */
export function readDirect({ headers }: HttpRequest, body: unknown): DirectRequest | undefined {
  if (!isObject(body) || !hasOnly(body, 'jsonrpc', 'id', 'method', 'params')) return undefined;
  const { jsonrpc, id, method, params = {} } = body;
  const isId = typeof id === 'string' || Number.isSafeInteger(id);
  if (jsonrpc !== '2.0' || !isId || !isObject(params)) return undefined;
  if (method !== 'tools/list' && method !== 'tools/call') return undefined;
  const call = method === 'tools/call';
  const known = call ? hasOnly(params, 'name', 'arguments', '_meta') : hasOnly(params, '_meta');
  const { name = '', arguments: args = {}, _meta: meta } = params;
  if (!known || typeof name !== 'string' || (call && !('name' in params))) return undefined;
  if (!isObject(args) || !(meta === undefined || isObject(meta))) return undefined;
  // The SDK drops this member.
  if (Object.hasOwn(args, '__proto__')) return undefined;
  // Any other parameter of that type is left to the SDK.
  if (!PLAIN_JSON.test(headerOf(headers, 'content-type') ?? '')) return undefined;
  const era = eraOf(headers, method, name, meta);
  return era && { era, id: id as string | number, method, name, arguments: args, meta };
}

function eraOf(
  headers: readonly string[],
  method: string,
  name: string,
  meta: Readonly<Record<string, unknown>> | undefined,
): DirectRequest['era'] | undefined {
  if (meta !== undefined && 'progressToken' in meta) return undefined;
  const reserved = Object.keys(meta ?? {}).filter((key) => key.startsWith(META));
  const version = headerOf(headers, 'mcp-protocol-version') || undefined;
  if (reserved.length === 0) {
    return version === undefined || INITIALIZE_ERA.has(version) ? 'initialize' : undefined;
  }
  const agrees =
    version === MODERN &&
    headerOf(headers, 'mcp-method') === method &&
    (method === 'tools/list' || headerOf(headers, 'mcp-name') === name);
  return agrees && isPlainEnvelope(reserved, meta ?? {}) ? MODERN : undefined;
}

/** Whether this is a simple form of the envelope that clients send (MCP 2026-07-28, `_meta` of every request). */
function isPlainEnvelope(
  reserved: readonly string[],
  meta: Readonly<Record<string, unknown>>,
): boolean {
  const known = ['protocolVersion', 'clientInfo', 'clientCapabilities'];
  if (!reserved.every((key) => known.includes(key.slice(META.length)))) return false;
  const capabilities = meta[`${META}clientCapabilities`];
  return (
    meta[`${META}protocolVersion`] === MODERN &&
    isPlainInfo(meta[`${META}clientInfo`]) &&
    isObject(capabilities) &&
    Object.entries(capabilities).every(isPlainCapability)
  );
}

function isPlainInfo(info: unknown): boolean {
  if (info === undefined) return true;
  if (!isObject(info) || !('name' in info && 'version' in info)) return false;
  return (
    hasOnly(info, 'name', 'version', 'title', 'description', 'websiteUrl') &&
    Object.values(info).every((value) => typeof value === 'string')
  );
}

/** An object that only contains empty objects, such as `{ form: {} }`; `roots` has a boolean instead. */
function isPlainCapability([name, value]: [string, unknown]): boolean {
  if (name === 'tasks' || !isObject(value)) return false;
  return Object.values(value).every((item) =>
    name === 'roots' ? typeof item === 'boolean' : isObject(item) && hasOnly(item),
  );
}

function hasOnly(value: Record<string, unknown>, ...names: readonly string[]): boolean {
  for (const key in value) if (!names.includes(key)) return false;
  return true;
}

/** The client's description of itself; undefined for messages other than a whole `initialize`. */
export function softwareOf(message: unknown): string | undefined {
  if (!isObject(message) || message['method'] !== 'initialize') return undefined;
  const { clientInfo, protocolVersion } = membersOf(message['params']);
  const { name, version } = membersOf(clientInfo);
  const all = [name, version, protocolVersion].filter((one) => typeof one === 'string');
  return all.length < 3 ? undefined : `${all[0]} ${all[1]}, ${all[2]}`.slice(0, 100);
}

/** The result of a call that failed before there was a response of the API. */
export function errorResult(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}

/** Where a result names the server (MCP 2026-07-28, Result). */
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** Adds the fields that newer protocol versions require in a result (MCP 2026-07-28, Result). */
export function complete(result: CallToolResult | InputRequiredResult, info: Implementation) {
  return {
    ...result,
    resultType: result.resultType ?? 'complete',
    _meta: { ...result._meta, [SERVER_INFO]: info },
  };
}

/** The response to a request; `result` is JSON. */
export function resultResponse(id: string | number, result: string): HttpResponse {
  const body = `{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`;
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

/** The response to a request that failed. */
export function errorResponse(id: string | number, code: number, message: string): HttpResponse {
  return jsonResponse(200, { jsonrpc: '2.0', id, error: { code, message } });
}

/** A JSON-RPC error without an ID, for a message without a usable one (JSON-RPC 2.0 section 5.1). */
export function rpcRefusal(status: number, code: number, message: string): HttpResponse {
  return jsonResponse(status, { jsonrpc: '2.0', error: { code, message }, id: null });
}
