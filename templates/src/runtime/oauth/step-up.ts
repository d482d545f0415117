import { isObject } from '../api.js';
import { headerOf, type HttpRequest } from '../http.js';

/** How a missing scope is reported: by a 403, or by a tool error that carries the challenge. */
export type Report = 'http' | 'tool';

/** The names that a client claims for itself. They are not verified, and only decide the form of a refusal. */
export interface ClientNames {
  /** `clientInfo.name` in the `_meta` of the request (MCP 2026-07-28). */
  readonly info?: string | undefined;
  /** The `User-Agent` of the request. */
  readonly agent?: string | undefined;
  /** The client that the token was issued to. */
  readonly client?: string | undefined;
}

interface Known {
  readonly report: Report;
  readonly info: RegExp;
  readonly agent: RegExp;
  readonly client?: RegExp;
}

/** Clients, by the names in their requests; README.md has a table of what they do with a challenge. */
const KNOWN: readonly Known[] = [
  {
    // ChatGPT gives up on a 403, but shows its user the challenge of a tool error.
    report: 'tool',
    info: /^openai-mcp$/i,
    agent: /^openai-mcp\/|\bChatGPT-User\//i,
    client: /^https:\/\/chatgpt\.com\/oauth\/(?!codex\/)/,
  },
  {
    report: 'http',
    info: /^(anthropic\/|claude)/i,
    agent: /^(claude-user|claude-code)\b/i,
    client: /^https:\/\/claude\.ai\/oauth\//,
  },
  {
    report: 'http',
    info: /^visual studio code\b/i,
    agent: /^(vscode|visual studio code)\b/i,
    client: /^https:\/\/vscode\.dev\/oauth\//,
  },
  { report: 'http', info: /^(mcp-inspector|inspector-client)\b/i, agent: /^mcp-inspector\b/i },
];

/**
 * How a client learns which scopes it lacks: the first known name decides. Unknown clients get the 403, as specified
 * (MCP authorization, Step-Up Authorization Flow).
 */
export function reportFor({ info, agent, client }: ClientNames): Report {
  const by = (kind: 'info' | 'agent' | 'client', name: string | undefined) =>
    name === undefined ? undefined : KNOWN.find((known) => known[kind]?.test(name))?.report;
  return by('info', info) ?? by('agent', agent) ?? by('client', client) ?? 'http';
}

/** The names in a request. Batched messages use an earlier protocol version, which does not repeat the client info. */
export function clientNames(
  { headers }: Pick<HttpRequest, 'headers'>,
  message: unknown,
): ClientNames {
  return { info: infoIn(message), agent: headerOf(headers, 'user-agent') };
}

function infoIn(message: unknown): string | undefined {
  const params = isObject(message) ? message['params'] : undefined;
  const meta = isObject(params) ? params['_meta'] : undefined;
  const info = isObject(meta) ? meta['io.modelcontextprotocol/clientInfo'] : undefined;
  const name = isObject(info) ? info['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
