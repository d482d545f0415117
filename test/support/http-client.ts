import { UnauthorizedError, type OAuthTokens } from '@modelcontextprotocol/client';
import { UnauthorizedError as UnauthorizedErrorV1 } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Generation, ListedTool, Session, ToolResult } from './generations.js';
import { MemoryOAuthClient, type KnownClient } from './oauth-client.js';
import { startRecorder, type Exchange } from './recorder.js';

/** One JSON-RPC request that a client sent to the MCP endpoint. */
export interface Message {
  readonly method: string;
  /** The header, not the value in the body. */
  readonly version: string | null;
  readonly exchange: Exchange;
}

export interface HttpClientOptions {
  /** A token that the client was configured with; without one it goes through the whole OAuth flow. */
  readonly token?: string;
  /** The user who signs in. */
  readonly login?: string;
  /** How the authorization server knows the client. Default: the client registers itself. */
  readonly known?: KnownClient;
}

/** A user with an official client in front of a server, and a record of all requests and responses. */
export class HttpClient {
  readonly wire = startRecorder();
  readonly memory: MemoryOAuthClient;
  readonly #generation: Generation;
  readonly #url: string;
  readonly #options: HttpClientOptions;
  #session: Session;

  constructor(generation: Generation, url: string, options: HttpClientOptions = {}) {
    this.#generation = generation;
    this.#url = url;
    this.#options = options;
    this.memory = generation.stepsUpWithRefreshToken
      ? new MemoryOAuthClient(options.known)
      : new ForgetfulOAuthClient(options.known);
    this.#session = this.#open();
  }

  /** Connects again with a new session: a refused session cannot be reused. */
  async connect(): Promise<this> {
    await this.#session.close();
    this.#session = this.#open();
    await this.#session.connect();
    return this;
  }

  /** Does what the client needs after UnauthorizedError: log in, consent, pass on the code. */
  async authorize(): Promise<void> {
    const { params } = await this.memory.consent(this.#options.login);
    await this.#session.finishAuth(params);
  }

  listTools(): Promise<ListedTool[]> {
    return this.#session.listTools();
  }

  call(
    name: string,
    args: Record<string, unknown> = {},
    signal?: AbortSignal,
    meta?: Record<string, unknown>,
  ): Promise<ToolResult> {
    return this.#session.callTool(name, args, signal, meta);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** What was sent to the MCP endpoint, in order. */
  messages(): Message[] {
    return this.wire.exchanges
      .filter(({ method, url }) => method === 'POST' && url.href === this.#url)
      .map((exchange) => ({
        method: (JSON.parse(exchange.requestBody) as { method: string }).method,
        version: exchange.requestHeaders.get('mcp-protocol-version'),
        exchange,
      }));
  }

  #open(): Session {
    const { token } = this.#options;
    const credentials = token === undefined ? { authProvider: this.memory } : { token };
    return this.#generation.http(this.#url, { fetch: this.wire.fetch, ...credentials });
  }
}

/** Loses its refresh tokens. */
class ForgetfulOAuthClient extends MemoryOAuthClient {
  override tokens(): OAuthTokens | undefined {
    const tokens = super.tokens();
    return tokens && { ...tokens, refresh_token: undefined };
  }
}

/** Whether a client stopped because its user must consent to something first. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof UnauthorizedError || error instanceof UnauthorizedErrorV1;
}

/** The text blocks of a result, joined. */
export function textOf({ content }: ToolResult): string {
  return content.map(({ text = '' }) => text).join('\n');
}
