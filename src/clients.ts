/** A page that states a fact, and the day it was read; pages change. */
export interface Source {
  readonly page: string;
  /** `2026-11-28`, or `2026-11` if the day was not recorded. */
  readonly read: string;
}

/** Where a client receives authorization codes. */
interface RedirectUri extends Source {
  /** `PORT` and `ID` are placeholders. */
  readonly uri: string;
  /** Why it need not be registered in advance: it varies, or is not in use yet. Absent if it must be. */
  readonly optional?: 'varies' | 'not in use';
}

/** A client as an authorization server sees it: what to register there, and how the client reacts to a challenge. */
export interface KnownClient {
  readonly name: string;
  /** Its store in `doctor --store` and `publish`; absent if it has none. */
  readonly store?: Store;
  readonly redirectUris: readonly RedirectUri[];
  /** Its ways to register with an authorization server, preferred first. */
  readonly registration: string;
  /** The scopes that it requests first. */
  readonly firstScopes: string;
  /** What triggers step-up. */
  readonly stepUp: string;
  /** Where this is documented. */
  readonly sources: readonly string[];
}

/** The places where people install a connector and sign in through its client. */
type Store = 'chatgpt' | 'claude' | 'vscode' | 'cursor';

/** The date for pages without a date of their own. */
export const clientsRead = '2026-11-28';

const pages = {
  openai: { page: 'https://developers.openai.com/plugins/build/auth', read: clientsRead },
  claude: { page: 'https://claude.com/docs/connectors/building/authentication', read: clientsRead },
  claudeCode: { page: 'https://github.com/anthropics/claude-code/issues/39626', read: clientsRead },
  zuora: {
    page: 'https://docs.zuora.com/zuora-ai/zuora-mcp-server/zuora-mcp-server/configure-zuora-remote-mcp-server/redirect-uris-by-mcp-client',
    read: '2026-11-29',
  },
  cursor: { page: 'https://docs.pipeshub.com/mcp/cursor', read: clientsRead },
  inspector: { page: 'https://github.com/modelcontextprotocol/inspector', read: clientsRead },
  vscode: {
    page: 'https://github.com/microsoft/vscode: src/vs/base/common/oauth.ts',
    read: '2026-11',
  },
} satisfies Readonly<Record<string, Source>>;

const CHALLENGED = 'those of the first challenge';

/** Clients with documented behaviour, by name. A project's README and the checks of its provider both use them. */
export const knownClients: readonly KnownClient[] = [
  {
    name: 'ChatGPT',
    store: 'chatgpt',
    redirectUris: [
      { uri: 'https://chatgpt.com/connector_platform_oauth_redirect', ...pages.openai },
      { uri: 'https://chatgpt.com/connector/oauth/ID', ...pages.openai, optional: 'varies' },
    ],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: 'those of the tools (`securitySchemes`)',
    stepUp: 'an error of the tool with `_meta["mcp/www_authenticate"]`',
    sources: ['https://developers.openai.com/plugins/build/auth'],
  },
  {
    name: 'Claude',
    store: 'claude',
    redirectUris: [
      { uri: 'https://claude.ai/api/mcp/auth_callback', ...pages.claude },
      { uri: 'https://claude.com/api/mcp/auth_callback', ...pages.zuora, optional: 'not in use' },
    ],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://claude.com/docs/connectors/building/authentication'],
  },
  {
    name: 'Claude Code',
    redirectUris: [
      { uri: 'http://localhost:PORT/callback', ...pages.claudeCode, optional: 'varies' },
    ],
    registration: 'client ID document, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403, since 2.1.85',
    sources: ['https://github.com/anthropics/claude-code/issues/39626'],
  },
  {
    name: 'Cursor',
    store: 'cursor',
    redirectUris: [
      { uri: 'http://localhost:8787/callback', ...pages.cursor },
      { uri: 'https://www.cursor.com/agents/mcp/oauth/callback', ...pages.cursor },
      { uri: 'cursor://anysphere.cursor-mcp/oauth/callback', ...pages.zuora },
    ],
    registration: 'dynamic, or by hand',
    firstScopes: 'all of the metadata (`OAUTH_SCOPES_SUPPORTED`)',
    stepUp: 'not documented; it is sent the 403',
    sources: ['https://docs.pipeshub.com/mcp/cursor'],
  },
  {
    name: 'MCP Inspector',
    redirectUris: [
      { uri: 'http://localhost:6274/oauth/callback', ...pages.inspector },
      { uri: 'http://localhost:6274/oauth/callback/debug', ...pages.inspector },
    ],
    registration: 'dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://github.com/modelcontextprotocol/inspector'],
  },
  {
    name: 'VS Code',
    store: 'vscode',
    redirectUris: [
      { uri: 'http://127.0.0.1/', ...pages.vscode },
      { uri: 'http://127.0.0.1:33418/', ...pages.vscode },
      { uri: 'https://vscode.dev/redirect', ...pages.vscode },
      { uri: 'https://insiders.vscode.dev/redirect', ...pages.vscode },
    ],
    registration: 'client ID document in part, dynamic, or by hand',
    firstScopes: CHALLENGED,
    stepUp: 'a 403',
    sources: ['https://github.com/microsoft/vscode/issues/269883'],
  },
];

/** The redirect URIs that must be registered for the client of a store, before its users can sign in. */
export function redirectUrisOf(store: string): readonly string[] {
  const client = knownClients.find((one) => one.store === store);
  const fixed = client?.redirectUris.filter(({ optional }) => optional === undefined) ?? [];
  return fixed.map(({ uri }) => uri);
}
