import type { Call } from './calls.js';
import type { Outcome } from './outcome.js';

/** Makes calls over one connection or many, and reports their outcomes. */
export interface Speaker {
  /** `leave` aborts: the caller disconnects without waiting for the response. */
  say(call: Call, token: string, leave?: AbortSignal): Promise<Outcome>;
  /** Forgets any session. */
  readonly close: () => Promise<void>;
}

interface RpcAnswer {
  readonly id?: unknown;
  readonly result?: {
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
    readonly tools?: readonly { readonly name: string }[];
  };
}

/** Protocol revision 2026-07-28: each request is self-contained. */
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

let ids = 0;

/** Calls with single HTTP messages of an era, as a connected client does. */
export function createRawSpeaker(url: string, era: 'initialize' | '2026-07-28'): Speaker {
  return {
    say: async (call, token, leave) => {
      const { body, headers, id } = write(call, era);
      try {
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: { ...headers, Authorization: `Bearer ${token}` },
          ...(leave !== undefined && { signal: leave }),
        });
        return read(response.status, await response.text(), id);
      } catch (error) {
        return leave?.aborted ? { kind: 'left' } : { kind: 'broken', text: describe(error) };
      }
    },
    close: () => Promise.resolve(),
  };
}

function write({ tool, args }: Call, era: 'initialize' | '2026-07-28') {
  ids += 1;
  const id = ids;
  const modern = era === '2026-07-28';
  const method = tool === undefined ? 'tools/list' : 'tools/call';
  const params = {
    ...(tool !== undefined && { name: tool, arguments: args }),
    ...(modern && { _meta: modernMeta }),
  };
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': modern ? era : '2025-11-25',
    ...(modern && { 'Mcp-Method': method, ...(tool !== undefined && { 'Mcp-Name': tool }) }),
  };
  return { id, headers, body: JSON.stringify({ jsonrpc: '2.0', id, method, params }) };
}

function read(status: number, text: string, id: number): Outcome {
  if (status !== 200) return { kind: 'refused', status, text };
  const event = /^data: (.*)$/m.exec(text)?.[1];
  const message = JSON.parse(event ?? text) as RpcAnswer;
  if (message.id !== id || message.result === undefined) return { kind: 'broken', text };
  const { tools, content = [], isError = false } = message.result;
  if (tools !== undefined) return { kind: 'tools', names: tools.map(({ name }) => name), text };
  const blocks = content.map((block) => block.text ?? '').join('\n');
  return { kind: 'result', isError, text: blocks, value: valueOf(blocks) };
}

/** An error with its causes: `fetch failed` alone is useless. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause === undefined ? String(error) : `${String(error)} (${describe(cause)})`;
}

/** The JSON of a result, of which clients only get the text. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
