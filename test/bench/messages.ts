/** The revisions of the protocol that are measured: one with `initialize`, and the one without. */
export const eras = ['2025-06-18', '2026-07-28'] as const;

export type Era = (typeof eras)[number];

/** A request as it is sent. */
export interface OutgoingRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The tool that the calls of a document's scenarios call. */
export interface ToolCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** Writes the request with an id and a token. */
export type WriteRequest = (id: number, token: string) => OutgoingRequest;

/** Since 2026-07-28 each request describes itself completely, in `_meta` and again in headers. */
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Writes `tools/call` requests of an era. All but id and token is made once, so that sending costs little. */
export function callWriter(era: Era, { tool, args }: ToolCall): WriteRequest {
  return writer(era, 'tools/call', { name: tool, arguments: args }, { 'mcp-name': tool });
}

/** Writes `tools/list` requests of an era. */
export function listWriter(era: Era): WriteRequest {
  return writer(era, 'tools/list', {}, {});
}

function writer(
  era: Era,
  method: string,
  params: object,
  named: Readonly<Record<string, string>>,
): WriteRequest {
  const modern = era === '2026-07-28';
  const rest = JSON.stringify(modern ? { ...params, _meta: modernMeta } : params);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': era,
    ...(modern && { 'mcp-method': method, ...named }),
  };
  return (id, token) => ({
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${rest}}`,
  });
}
