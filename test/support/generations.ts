import * as v2 from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import * as authV1 from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { MemoryOAuthClient } from './oauth-client.js';
import type { Recorder } from './recorder.js';

/** A tool as a client sees it. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: object;
  readonly annotations?: object;
  readonly _meta?: object;
}

export interface ToolResult {
  readonly isError?: boolean;
  readonly content: readonly {
    readonly type: string;
    readonly text?: string;
    readonly data?: string;
    readonly mimeType?: string;
  }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

/** The JSON in the first block of a result. */
export function jsonOf({ content }: Pick<ToolResult, 'content'>): Record<string, unknown> {
  return JSON.parse(content[0]?.text ?? 'null') as Record<string, unknown>;
}

/** One connection of either official client. */
export interface Session {
  connect(): Promise<void>;
  listTools(): Promise<ListedTool[]>;
  /** `meta` is sent as the request's `_meta`. */
  callTool(
    name: string,
    args: Record<string, unknown>,
    signal?: AbortSignal,
    meta?: Record<string, unknown>,
  ): Promise<ToolResult>;
  /** Passes on the response of the authorization server. */
  finishAuth(response: URLSearchParams): Promise<void>;
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly fetch: Recorder['fetch'];
  /** A token that the client was configured with. */
  readonly token?: string;
  /** Or a provider that gets one. */
  readonly authProvider?: MemoryOAuthClient;
}

export interface StdioOptions {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly stderr: 'ignore';
}

/** An official client in one of the protocol eras that it supports. */
export interface Generation {
  readonly name: string;
  readonly era: 'initialize' | '2026-07-28';
  http(url: string, options: HttpOptions): Session;
  stdio(options: StdioOptions): Session;
  /**
   * Whether it can step up while it holds a refresh token. The old client refreshes instead of asking the user,
   * gets the scopes that it had, and gives up.
   */
  readonly stepsUpWithRefreshToken: boolean;
  readonly discovery: Pick<
    typeof v2,
    | 'discoverOAuthProtectedResourceMetadata'
    | 'discoverAuthorizationServerMetadata'
    | 'extractWWWAuthenticateParams'
  >;
}

const info = { name: 'openapi-to-mcp-test', version: '1.0.0' };

/** Both clients; the newer one in both eras, without a fallback from one to the other. */
export const generations: readonly Generation[] = [
  {
    name: 'sdk 1.x',
    era: 'initialize',
    stepsUpWithRefreshToken: false,
    discovery: authV1,
    http: (url, options) => {
      const transport = new HttpV1(new URL(url), httpOptions(options));
      const finishAuth = (answer: URLSearchParams) =>
        transport.finishAuth(answer.get('code') ?? '');
      return sessionV1(transport, finishAuth);
    },
    stdio: (options) => sessionV1(new StdioV1(options)),
  },
  generationV2('initialize', 'legacy'),
  generationV2('2026-07-28', { pin: '2026-07-28' }),
];

function generationV2(era: Generation['era'], mode: v2.VersionNegotiationMode): Generation {
  return {
    name: `client 2.x, ${era}`,
    era,
    stepsUpWithRefreshToken: true,
    discovery: v2,
    http: (url, options) => {
      const transport = new v2.StreamableHTTPClientTransport(new URL(url), httpOptions(options));
      return sessionV2(mode, transport, (answer) => transport.finishAuth(answer));
    },
    stdio: (options) => sessionV2(mode, new StdioV2(options)),
  };
}

function httpOptions({ token, ...options }: HttpOptions) {
  return token === undefined
    ? options
    : { ...options, requestInit: { headers: { Authorization: `Bearer ${token}` } } };
}

type FinishAuth = Session['finishAuth'];

const noAuth: FinishAuth = () => Promise.reject(new Error('There is no OAuth over stdio'));

function sessionV1(transport: HttpV1 | StdioV1, finishAuth: FinishAuth = noAuth): Session {
  const client = new ClientV1(info);
  return {
    connect: () => client.connect(transport),
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args, signal, _meta) =>
      (await client.callTool({ name, arguments: args, _meta }, undefined, {
        signal,
      })) as ToolResult,
    finishAuth,
    close: () => client.close(),
  };
}

function sessionV2(
  mode: v2.VersionNegotiationMode,
  transport: v2.Transport,
  finishAuth: FinishAuth = noAuth,
): Session {
  const client = new v2.Client(info, { versionNegotiation: { mode } });
  return {
    connect: () => client.connect(transport),
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args, signal, _meta) =>
      (await client.callTool({ name, arguments: args, _meta }, { signal })) as ToolResult,
    finishAuth,
    close: () => client.close(),
  };
}
