/**
 * Calls as clients send them. The names are those that server authors found in their logs and published, read in
 * November 2026: netlify's and Salesforce's host detection and PostHog's labels (`openai-mcp/1.0.0`, `Claude-User`,
 * `Anthropic/ClaudeAI`, `cursor-vscode`), microsoft/vscode#308766 and #264502, modelcontextprotocol/inspector.
 */
export interface RecordedClient {
  readonly name: string;
  readonly agent: string | undefined;
  readonly info: { readonly name: string; readonly version: string };
  readonly era: '2025-06-18' | '2025-11-25' | '2026-07-28';
  /** The client that its token was issued to, if it has a fixed ID. */
  readonly client?: string;
  /** The form in which a missing scope must be reported. */
  readonly report: 'http' | 'tool';
}

export const recordedClients: readonly RecordedClient[] = [
  {
    name: 'ChatGPT',
    agent: 'openai-mcp/1.0.0',
    info: { name: 'openai-mcp', version: '1.0.0' },
    era: '2026-07-28',
    client: 'https://chatgpt.com/oauth/client.json',
    report: 'tool',
  },
  {
    name: 'ChatGPT, before it spoke 2026-07-28',
    agent: 'openai-mcp/1.0.0 (+https://openai.com/bot)',
    info: { name: 'openai-mcp', version: '1.0.0' },
    era: '2025-11-25',
    report: 'tool',
  },
  {
    name: 'ChatGPT behind a proxy that changes the User-Agent',
    agent: 'my-proxy/1.0',
    info: { name: 'openai-mcp', version: '1.0.0' },
    era: '2025-11-25',
    client: 'https://chatgpt.com/oauth/client.json',
    report: 'tool',
  },
  {
    name: 'ChatGPT behind a gateway that registers and sends for it',
    agent: 'my-gateway/1.0',
    info: { name: 'openai-mcp', version: '1.0.0' },
    era: '2026-07-28',
    client: 'my-gateway',
    report: 'tool',
  },
  {
    name: 'Claude',
    agent: 'Claude-User',
    info: { name: 'Anthropic/ClaudeAI', version: '1.0.0' },
    era: '2025-11-25',
    client: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    report: 'http',
  },
  {
    name: 'Claude in 2026-07-28',
    agent: 'python-httpx/0.28.1',
    info: { name: 'Anthropic/ClaudeAI', version: '1.0.0' },
    era: '2026-07-28',
    report: 'http',
  },
  {
    name: 'Claude Code',
    agent: 'claude-code/2.1.258 (cli)',
    info: { name: 'claude-code', version: '2.1.258' },
    era: '2025-11-25',
    report: 'http',
  },
  {
    name: 'VS Code',
    agent: 'node',
    info: { name: 'Visual Studio Code', version: '1.115.0' },
    era: '2025-11-25',
    client: 'https://vscode.dev/oauth/client-metadata.json',
    report: 'http',
  },
  {
    name: 'Cursor',
    agent: 'node',
    info: { name: 'cursor-vscode', version: '1.0.0' },
    era: '2025-06-18',
    report: 'http',
  },
  {
    name: 'Inspector',
    agent: 'node',
    info: { name: 'inspector-client', version: '0.18.0' },
    era: '2025-11-25',
    report: 'http',
  },
  {
    name: 'a client that is not known',
    agent: undefined,
    info: { name: 'somebody', version: '1' },
    era: '2026-07-28',
    report: 'http',
  },
  {
    name: 'a client that is not known and whose name begins alike',
    agent: 'openai-mcpx/1',
    info: { name: 'openai-mcp-lookalike', version: '1' },
    era: '2026-07-28',
    client: 'https://chatgpt.com.evil.example/oauth/client.json',
    report: 'http',
  },
];

/** Headers and body of a client's call. */
export function recordedCall(
  { agent, info, era }: RecordedClient,
  name: string,
  args: unknown = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': info,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const isModern = era === '2026-07-28';
  const params = { name, arguments: args, ...more, ...(isModern && { _meta: meta }) };
  return {
    headers: {
      'MCP-Protocol-Version': era,
      ...(agent !== undefined && { 'User-Agent': agent }),
      ...(isModern && { 'Mcp-Method': 'tools/call', 'Mcp-Name': name }),
    },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
  };
}
