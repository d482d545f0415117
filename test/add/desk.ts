import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { main } from '../../src/cli.js';
import { clientOf, type ClientName } from '../../src/project/local-clients.js';
import { Sink, type Result } from '../support/command-line.js';
import { root } from '../support/fixtures.js';
import { projectsFolder } from '../support/shared-projects.js';

/** A home directory with the clients' configurations, and a folder for the servers. */
export interface Desk {
  readonly home: string;
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command line as a program without a terminal. */
  readonly run: (...argv: string[]) => Promise<Result>;
  readonly fileOf: (client: ClientName) => string;
  readonly textOf: (client: ClientName) => Promise<string>;
  /** The servers that a client's configuration has. */
  readonly serversOf: (client: ClientName) => Promise<Record<string, Entry | undefined>>;
  /** Installs the recorded configuration, and returns it. */
  readonly install: (client: ClientName) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** How a client is configured to start a server. */
export interface Entry {
  readonly type?: string;
  readonly command: string;
  readonly args: string[];
}

/**
 * npm links what is installed here, in the same versions, and builds as its script says, with the native compiler, which
 * knows its last result (see `compile`).
 */
function npmScript(node: string): string {
  const [own, known] = ['.tsbuildinfo', join(projectsFolder(), 'desk.tsbuildinfo')];
  const tsc = `'${node}' node_modules/typescript-native/bin/tsc --noEmit`;
  return `#!/bin/sh
case "$1" in
install) ln -s '${join(root, 'node_modules')}' node_modules ;;
*)
  [ ! -e '${known}' ] || cp '${known}' ${own}
  ${tsc} --incremental --tsBuildInfoFile ${own} && mv ${own} '${known}' && '${node}' build.js ;;
esac
`;
}

/** Sets everything up in separate folders. */
export async function openDesk(more: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const base = await mkdtemp(join(projectsFolder(), 'openapi-to-mcp-desk-'));
  const [home, data, bin] = [join(base, 'home'), join(base, 'data'), join(base, 'bin')];
  await Promise.all([home, bin].map((folder) => mkdir(folder)));
  await writeFile(join(bin, 'npm'), npmScript(process.execPath));
  await chmod(join(bin, 'npm'), 0o755);
  const path = `${bin}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  const env = { HOME: home, OPENAPI_TO_MCP_DATA_DIR: data, PATH: path, ...more };
  const fileOf = (client: ClientName) => clientOf(client).file({ home, env, platform: 'linux' });
  const textOf = (client: ClientName) => readFile(fileOf(client), 'utf8');
  return {
    home,
    data,
    env,
    fileOf,
    textOf,
    async run(...argv) {
      const streams = { stdout: new Sink(), stderr: new Sink() };
      const status = await main(argv, { ...streams, env, execPath: process.execPath });
      return { status, stdout: streams.stdout.text, stderr: streams.stderr.text };
    },
    async serversOf(client) {
      const { format, key } = clientOf(client);
      const text = await textOf(client);
      const value: unknown = format === 'toml' ? parseToml(text) : parseJson(text);
      return ((value as Record<string, unknown>)[key] ?? {}) as Record<string, Entry>;
    },
    async install(client) {
      const file = fileOf(client);
      await mkdir(dirname(file), { recursive: true });
      await cp(join(import.meta.dirname, `configurations/${client}.txt`), file);
      return textOf(client);
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}
