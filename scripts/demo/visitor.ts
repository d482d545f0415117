import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { MemoryOAuthClient } from '../../test/support/oauth-client.js';
import { startRecorder, type Exchange } from '../../test/support/recorder.js';
import { present } from './step.js';

type Json = Record<string, unknown>;

/** The official MCP client with its own OAuth support, and a record of everything it sent and received. */
export class Visitor {
  readonly memory = new MemoryOAuthClient();
  readonly wire = startRecorder();
  readonly #resource: string;
  #client = new Client({ name: 'openapi-to-mcp demo', version: '1.0.0' });
  #transport: StreamableHTTPClientTransport;

  constructor(resource: string) {
    this.#resource = resource;
    this.#transport = this.#newTransport();
  }

  get client(): Client {
    return this.#client;
  }

  /** Connects; a second attempt uses a new transport, as the client requires. */
  async connect(): Promise<void> {
    this.#client = new Client({ name: 'openapi-to-mcp demo', version: '1.0.0' });
    this.#transport = this.#newTransport();
    await this.#client.connect(this.#transport);
  }

  /** Sends the user through the client's authorization request; returns the user and the granted scopes. */
  async agree(): Promise<URLSearchParams> {
    return (await this.memory.consent()).params;
  }

  /** Passes the authorization response to the client, which exchanges it for tokens. */
  async redeem(response: URLSearchParams): Promise<void> {
    await this.#transport.finishAuth(response);
  }

  /** Calls a tool that is expected to succeed. */
  async call(name: string, args: Json): Promise<Json> {
    const result = await this.#client.callTool({ name, arguments: args });
    if (result.isError) throw new Error(`${name} failed: ${JSON.stringify(result.content)}`);
    const [block] = result.content as { text?: string }[];
    return JSON.parse(present(`The text of ${name}`, block?.text)) as Json;
  }

  /** The last exchange of a kind, with the JSON of the response. */
  async last(method: string, url: string | URL, status: number) {
    const { href } = new URL(url);
    const matches = (exchange: Exchange) =>
      exchange.method === method && exchange.url.href === href && exchange.status === status;
    const exchange = present(
      `${method} ${href} → ${status}\n(seen: ${this.#summary()})`,
      this.wire.exchanges.findLast(matches),
    );
    await exchange.done;
    const json = (text: string) => (text.startsWith('{') ? (JSON.parse(text) as Json) : {});
    return {
      ...exchange,
      json: json(exchange.body),
      sent: new URLSearchParams(exchange.requestBody),
    };
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #newTransport(): StreamableHTTPClientTransport {
    return new StreamableHTTPClientTransport(new URL(this.#resource), {
      authProvider: this.memory,
      fetch: this.wire.fetch,
    });
  }

  #summary(): string {
    const lines = this.wire.exchanges.map(({ method, url, status }) =>
      [method, url.pathname, status].join(' '),
    );
    return lines.slice(-5).join(', ');
  }
}

/** Waits for the client to stop because the user must consent first; anything else is a deviation. */
export async function askedToAuthorize(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof UnauthorizedError) return;
    throw error;
  }
  throw new Error('It succeeded without a token that allows it');
}
