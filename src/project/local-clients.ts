import { homedir } from 'node:os';
import { join } from 'node:path';
import { shellQuote } from '../emit/quote.js';
import type { Environment } from '../print/terminal.js';

/** How a client starts a server. */
export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** An MCP client that starts local servers, and its user-wide configuration. */
export interface LocalClient {
  readonly label: string;
  readonly format: 'json' | 'toml';
  /** The member of the configuration that holds the servers. */
  readonly key: string;
  /** The configuration file. */
  readonly file: (places: Places) => string;
  /** Folders or files that exist where the client is installed. */
  readonly traces: (places: Places) => readonly string[];
  readonly entry: (launch: Launch) => Readonly<Record<string, unknown>>;
  /** The client's own command for adding a server, if it has one. */
  readonly paste?: (launch: Launch) => string;
  /** How to make the client read its configuration again. */
  readonly after: string;
}

/** Facts that determine where a user's settings are. */
export interface Places {
  readonly home: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
}

/** The places of the user who runs this program. An empty variable counts as not set, as it does for the clients. */
export function placesOf(env: Environment, platform: NodeJS.Platform): Places {
  return { home: env.HOME || env.USERPROFILE || homedir(), env, platform };
}

const plain = ({ command, args }: Launch) => ({ command, args });
const typed = (launch: Launch) => ({ type: 'stdio', ...plain(launch) });

const start = ({ command, args }: Launch) => [command, ...args].map(shellQuote).join(' ');

/** The clients by their names on the command line. Formats and places are those of their manuals in November 2026. */
const clients = {
  'claude-code': {
    label: 'Claude Code',
    format: 'json',
    key: 'mcpServers',
    // The scope "user" applies in every project (claude mcp add --scope user).
    file: ({ home, env }) => join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'),
    traces: ({ home, env }) => [
      join(env.CLAUDE_CONFIG_DIR || home, '.claude.json'),
      env.CLAUDE_CONFIG_DIR || join(home, '.claude'),
    ],
    entry: (launch) => ({ ...typed(launch), env: {} }),
    paste: (launch) => `claude mcp add --scope user ${launch.name} -- ${start(launch)}`,
    after: 'Start a new session of Claude Code; /mcp shows the server.',
  },
  claude: {
    label: 'Claude',
    format: 'json',
    key: 'mcpServers',
    file: (places) => join(settingsFolder(places), 'Claude', 'claude_desktop_config.json'),
    traces: (places) => [join(settingsFolder(places), 'Claude')],
    entry: plain,
    after: 'Quit Claude and start it again.',
  },
  cursor: {
    label: 'Cursor',
    format: 'json',
    key: 'mcpServers',
    file: ({ home }) => join(home, '.cursor', 'mcp.json'),
    traces: ({ home }) => [join(home, '.cursor')],
    entry: typed,
    after: 'Cursor finds the server; Settings, MCP shows it.',
  },
  vscode: {
    label: 'VS Code',
    format: 'json',
    key: 'servers',
    file: (places) => join(settingsFolder(places), 'Code', 'User', 'mcp.json'),
    traces: (places) => [join(settingsFolder(places), 'Code')],
    entry: typed,
    paste: (launch) =>
      `code --add-mcp ${shellQuote(JSON.stringify({ name: launch.name, ...plain(launch) }))}`,
    after: 'The command "MCP: List Servers" shows the server.',
  },
  codex: {
    label: 'Codex',
    format: 'toml',
    key: 'mcp_servers',
    file: ({ home, env }) => join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
    traces: ({ home, env }) => [env.CODEX_HOME || join(home, '.codex')],
    entry: plain,
    paste: (launch) => `codex mcp add ${launch.name} -- ${start(launch)}`,
    after: 'Start Codex again; /mcp shows the server.',
  },
} as const satisfies Readonly<Record<string, LocalClient>>;

/** The name of a client on the command line. */
export type ClientName = keyof typeof clients;

/** The names, in the order in which they are offered. */
export const clientNames = Object.keys(clients) as [ClientName, ...ClientName[]];

/** The client with a name. */
export function clientOf(name: ClientName): LocalClient {
  return clients[name];
}

/** The text that a user pastes to add a server: a command of the client, or its configuration. */
export function pasteOf(client: ClientName, launch: Launch): string {
  const { key, entry, paste } = clientOf(client);
  return paste?.(launch) ?? JSON.stringify({ [key]: { [launch.name]: entry(launch) } });
}

/** The same for every client, each with its label. */
export function pasteRows(launch: Launch): [label: string, text: string][] {
  return clientNames.map((client) => [clientOf(client).label, pasteOf(client, launch)]);
}

/** Where desktop programs keep their settings. */
function settingsFolder({ home, env, platform }: Places): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  return env.XDG_CONFIG_HOME || join(home, '.config');
}
