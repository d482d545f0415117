const MAX_BATCH = 100;
const MAX_NAME = 64;
/** Methods whose answers are long. */
const LONG = new Set<unknown>(['tools/list', 'server/discover', 'initialize']);

/** The tools that a JSON-RPC message, or the messages of a batch, call: a name for each call. */
export function calledTools(body: unknown): string[] {
  return messagesOf(body).flatMap((message) => calledTool(message) ?? []);
}

/**
 * Whether a body asks for more than any client does. What is refused for its size must not be taken apart, echoed
 * or logged first. A batch has one answer: it must not be a hundred lists, nor wait for a request that it cancels.
 */
export function isExcessive(body: unknown): boolean {
  const messages = messagesOf(body);
  const methods = messages.map((message) => ((message ?? {}) as { method?: unknown }).method);
  return (
    messages.length > MAX_BATCH ||
    messages.some((message) => (calledTool(message)?.length ?? 0) > MAX_NAME) ||
    (messages.length > 1 && methods.includes('notifications/cancelled')) ||
    methods.filter((method) => LONG.has(method)).length > 1
  );
}

/** A JSON-RPC error without an id: what it answers cannot be told, or is not worth it (JSON-RPC 2.0 section 5.1). */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}

function messagesOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

function calledTool(message: unknown): string | undefined {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { name?: unknown } };
  return method === 'tools/call' && typeof params?.name === 'string' ? params.name : undefined;
}
