import {
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type CallToolResult,
  type Tool,
} from '@modelcontextprotocol/client';
import { createFetch, Unreachable, type Fetch } from '../../net/reach.js';
import { withCare } from '../../project/oauth-responses.js';
import { newClient } from '../../project/stdio-session.js';
import type { StoredClient } from './oauth-provider.js';

/** How a server is called: with a token, or with a sign-in if the server asks for one. */
export type Credentials =
  { readonly token: string } | { readonly provider: StoredClient; readonly signIn: SignIn };

/** Takes the user through the provider's pending authorization request; resolves to its response. */
export type SignIn = (url: URL, provider: StoredClient) => Promise<URLSearchParams>;

/** A connection to a server, in either protocol era. */
export interface Session {
  readonly connect: () => Promise<void>;
  readonly listTools: () => Promise<Tool[]>;
  readonly callTool: (name: string, args: Record<string, unknown>) => Promise<CallToolResult>;
  readonly close: () => Promise<void>;
}

/** A connection over HTTP. */
export class HttpSession implements Session {
  readonly #url: URL;
  readonly #credentials: Credentials;
  readonly #fetch: Fetch;
  /** Why an address that the server named was not contacted. The SDK tries others next, and reports only those. */
  #refusal?: Error;
  #client = newClient();
  #transport: StreamableHTTPClientTransport;

  constructor(url: URL, credentials: Credentials) {
    this.#url = url;
    this.#credentials = credentials;
    this.#fetch = createFetch(url);
    this.#transport = this.#newTransport();
  }

  /** Connects, after a sign-in if needed. */
  async connect(): Promise<void> {
    await this.#withSignIn(() => this.#client.connect(this.#transport), true);
  }

  async listTools(): Promise<Tool[]> {
    const { tools } = await this.#withSignIn(() => this.#client.listTools());
    return tools;
  }

  /** Calls a tool; missing scopes are requested once (step-up, RFC 9470). */
  callTool(name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    return this.#withSignIn(() => this.#client.callTool({ name, arguments: args }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #withSignIn<T>(action: () => Promise<T>, connecting = false): Promise<T> {
    const credentials = this.#credentials;
    try {
      return await action();
    } catch (error) {
      if (this.#refusal !== undefined) throw this.#refusal;
      if ('token' in credentials) throw error;
      const { provider, signIn } = credentials;
      if (provider.problem !== undefined) throw provider.problem;
      const { authorizationUrl: page } = provider;
      if (!(error instanceof UnauthorizedError) || page === undefined) throw error;
      await this.#transport.finishAuth(await signIn(page, provider));
      delete provider.authorizationUrl;
      if (connecting) {
        // A connection that was refused once cannot be reused.
        this.#client = newClient();
        this.#transport = this.#newTransport();
      }
      return await action();
    }
  }

  #newTransport(): StreamableHTTPClientTransport {
    const credentials = this.#credentials;
    const careful = withCare(this.#fetch);
    const fetch: Fetch = (url, init) =>
      (String(url) === this.#url.href ? this.#fetch : careful)(url, init).catch(
        (error: unknown) => {
          if (error instanceof Unreachable) this.#refusal = error;
          throw error;
        },
      );
    return new StreamableHTTPClientTransport(
      this.#url,
      'token' in credentials
        ? { fetch, requestInit: { headers: { Authorization: `Bearer ${credentials.token}` } } }
        : { fetch, authProvider: credentials.provider },
    );
  }
}
