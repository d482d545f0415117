/** A client as the authorization server meets it: what a person registers there, and what it does with a challenge. */
export interface KnownClient {
  readonly name: string;
  /** Where it wants codes sent. `PORT` and `ID` vary. */
  readonly redirectUris: readonly string[];
  /** How it becomes a client of the authorization server, the preferred way first. */
  readonly registration: string;
  /** What it asks for at first. */
  readonly firstScopes: string;
  /** What makes it ask its user for a missing scope. */
  readonly stepUp: string;
  /** Where that is written. */
  readonly sources: readonly string[];
}

/** When the pages were read. */
export const clientsRead = '2026-11-28';

const CHALLENGED = 'those of the first challenge';

/** Clients whose ways are written down, by name. Both the README of a project and checks of its provider use them. */
export const knownClients: readonly KnownClient[] = [
  {
    name: 'ChatGPT',
    redirectUris: [
      'https://chatgpt.com/connector_platform_oauth_redirect',
      'https://chatgpt.com/connector/oauth/ID',
    ],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: 'those of the tools (`securitySchemes`)',
    stepUp: 'an error of the tool with `_meta["mcp/www_authenticate"]`',
    sources: ['https://developers.openai.com/plugins/build/auth'],
  },
  {
    name: 'Claude',
    redirectUris: [
      'https://claude.ai/api/mcp/auth_callback',
      'https://claude.com/api/mcp/auth_callback',
    ],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://claude.com/docs/connectors/building/authentication'],
  },
  {
    name: 'Claude Code',
    redirectUris: ['http://localhost:PORT/callback'],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403, since 2.1.85',
    sources: ['https://github.com/anthropics/claude-code/issues/39626'],
  },
  {
    name: 'Cursor',
    redirectUris: [
      'http://localhost:8787/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ],
    registration: 'dynamic, or by hand',
    firstScopes: 'all of the metadata (`OAUTH_SCOPES_SUPPORTED`)',
    stepUp: 'not documented; it is sent the 403',
    sources: ['https://docs.pipeshub.com/mcp/cursor'],
  },
  {
    name: 'MCP Inspector',
    redirectUris: [
      'http://localhost:6274/oauth/callback',
      'http://localhost:6274/oauth/callback/debug',
    ],
    registration: 'dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://github.com/modelcontextprotocol/inspector'],
  },
  {
    name: 'VS Code',
    redirectUris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    registration: 'client ID document in part, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://github.com/microsoft/vscode/issues/269883'],
  },
];
