import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Client, type CallToolResult, type Tool } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { InputError } from '../errors.js';
import { record } from '../json.js';
import { version } from '../package.js';
import { printable, type Terminal } from '../print/terminal.js';
import { startFailed } from './child.js';

/** How much of what a server prints is kept to explain why it did not start, in characters. */
const KEPT = 4000;

/** A connection to a project's server over stdio. The server starts and ends with it, as it does in a local client. */
export class StdioSession {
  readonly #project: string;
  readonly #transport: StdioClientTransport;
  readonly #client = newClient();
  #printed = '';

  constructor(project: string, { env, node }: Pick<Terminal, 'env' | 'node'>) {
    this.#project = project;
    this.#transport = new StdioClientTransport({
      command: node,
      args: [join(project, 'dist/main.js'), '--stdio'],
      // The folder in which projects of earlier versions look for their .env.
      cwd: project,
      env: record(Object.entries(env)),
      stderr: 'pipe',
    });
    this.#transport.stderr?.on('data', (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk.toString()).slice(-KEPT);
    });
  }

  /** Starts the server. @throws InputError `SERVER_FAILED` with what the server printed */
  async connect(): Promise<void> {
    try {
      await this.#client.connect(this.#transport);
    } catch (error) {
      await this.close();
      throw this.#notStarted(error);
    }
  }

  async listTools(): Promise<Tool[]> {
    return (await this.#client.listTools()).tools;
  }

  callTool(name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    return this.#client.callTool({ name, arguments: args });
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #notStarted(error: unknown): InputError {
    const lines = stripVTControlCharacters(this.#printed).trim().split(/\r?\n/);
    // Its log is JSON; the rest is for people.
    const printed = lines.filter((line) => line !== '' && !line.startsWith('{'));
    const reason = error instanceof Error ? error.message : String(error);
    const shown = printed.length > 0 ? printed : [reason];
    return startFailed(
      shown.map((line) => printable(line)),
      this.#project,
    );
  }
}

/** The client of this program, in either protocol era. */
export function newClient(): Client {
  const info = { name: 'openapi-to-mcp', version };
  return new Client(info, { versionNegotiation: { mode: 'auto' } });
}
