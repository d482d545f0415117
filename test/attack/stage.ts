import { freePort } from '../support/http.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';
import { startEvilHost, startUpstream, type RecordingHost, type Upstream } from './hosts.js';
import { accepting, launch, type Meaning, type Running, type Target } from './target.js';
import { send, type WireAnswer, type WireRequest } from './wire.js';

/** The tools that cases call, and what they need. */
export interface Tools {
  /** Needs `readScope`. */
  readonly read: string;
  readonly readArguments: Readonly<Record<string, unknown>>;
  readonly readScope: string;
}

/** What the server under attack is surrounded by, shared by all cases. */
export interface Surroundings {
  readonly target: Target;
  readonly tools: Tools;
  readonly upstream: Upstream;
  readonly evil: RecordingHost;
  readonly close: () => Promise<void>;
}

export async function surround(target: Target, tools: Tools): Promise<Surroundings> {
  const [upstream, evil] = await Promise.all([startUpstream(), startEvilHost()]);
  const close = async () => {
    await Promise.all([upstream.close(), evil.close()]);
  };
  return { target, tools, upstream, evil, close };
}

/** A request of a case, by default a JSON-RPC message to `/mcp`. */
export interface Attempt {
  readonly method?: string;
  readonly target?: string;
  /** Becomes JSON, unless it is a string or bytes already. */
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Lines after the usual ones. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Usual lines that are left out, in lower case. */
  readonly without?: readonly string[];
  readonly from?: string;
}

export const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

/** A server under attack with the authorization servers it may meet. */
export class Stage {
  readonly issuer: StaticIssuer;
  /** Another tenant of the same kind of provider: its tokens are genuine, and not for this server. */
  readonly tenant: StaticIssuer;
  readonly meaning: Meaning;
  readonly around: Surroundings;
  readonly #running: Running;
  /** Whether operations are called by the tools that call any. */
  readonly searches: boolean;
  /** Every token that was signed or issued here. */
  readonly tokens: string[] = [];

  private constructor(
    around: Surroundings,
    issuers: readonly [StaticIssuer, StaticIssuer],
    meaning: Meaning,
    running: Running,
    searches: boolean,
  ) {
    this.around = around;
    this.searches = searches;
    [this.issuer, this.tenant] = issuers;
    this.meaning = meaning;
    this.#running = running;
  }

  static async start(
    around: Surroundings,
    env: (
      issuer: StaticIssuer,
      meaning: Meaning,
      tenant: StaticIssuer,
    ) => Readonly<Record<string, string>> = () => ({}),
  ): Promise<Stage> {
    const port = String(await freePort());
    const resource = `http://127.0.0.1:${port}/mcp`;
    const issuers = await Promise.all([
      startStaticIssuer({ audience: resource }),
      startStaticIssuer({ audience: resource }),
    ]);
    const meaning = {
      port,
      resource,
      issuer: issuers[0].issuer,
      upstream: `${around.upstream.url}/v1`,
      apiKey: secret('key'),
    };
    const variables = env(issuers[0], meaning, issuers[1]);
    const running = launch(around.target, meaning, variables);
    const searches = variables['MCP_TOOLS'] === 'search';
    const stage = new Stage(around, issuers, meaning, running, searches);
    await accepting(running, port, around.target).catch(async (error: unknown) => {
      await stage.close();
      throw error;
    });
    return stage;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.meaning.port}`;
  }

  /** What the server wrote so far. */
  log(): string {
    return this.#running.output();
  }

  get child(): Running {
    return this.#running;
  }

  /** Starts another process of the target, which is not expected to serve this stage's port. */
  launch(env: Readonly<Record<string, string>>, more: readonly string[] = []): Running {
    return launch(this.around.target, this.meaning, env, more);
  }

  /** A token of the issuer for this server, by default with the scope to read. */
  async token(
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key?: Parameters<StaticIssuer['sign']>[2],
  ): Promise<string> {
    const usual = { scope: this.around.tools.readScope };
    const token = await this.issuer.sign({ ...usual, ...claims }, header, key);
    this.tokens.push(token);
    return token;
  }

  /** A call of the tool that reads. */
  get read(): Readonly<Record<string, unknown>> {
    return this.callOf(this.around.tools.read, this.around.tools.readArguments);
  }

  /** A call of an operation, in the way that the server offers it. */
  callOf(name: unknown, args: unknown = {}, id: unknown = 1): Readonly<Record<string, unknown>> {
    const by = writing.has(name) ? 'call_write_operation' : 'call_read_operation';
    return this.searches ? toolCall(by, { name, arguments: args }, id) : toolCall(name, args, id);
  }

  send(attempt: Attempt): Promise<WireAnswer> {
    const { method = 'POST', target = '/mcp', token, without = [], from } = attempt;
    const body = bytesOf(method === 'POST' ? (attempt.body ?? listTools) : attempt.body);
    const usual: [string, string][] = [
      ['Host', `127.0.0.1:${this.meaning.port}`],
      ['Connection', 'close'],
      ['Accept', 'application/json, text/event-stream'],
      ...(body === undefined
        ? []
        : ([
            ['Content-Type', 'application/json'],
            ['Content-Length', String(body.byteLength)],
          ] as [string, string][])),
      ...(token === undefined
        ? []
        : ([['Authorization', `Bearer ${token}`]] as [string, string][])),
    ];
    const request: WireRequest = {
      method,
      target,
      headers: [
        ...usual.filter(([name]) => !without.includes(name.toLowerCase())),
        ...(attempt.headers ?? []),
      ],
      ...(body !== undefined && { body }),
      ...(from !== undefined && { from }),
    };
    return send(this.origin, request);
  }

  async close(): Promise<void> {
    await Promise.all([this.#running.stop(), this.issuer.close(), this.tenant.close()]);
  }
}

/** The operations of api.yaml that do not only read. */
const writing = new Set<unknown>(['write_note', 'purge', 'upload', 'delete_note', 'send_draft']);

/** A call of a tool, whatever it is. */
export function toolCall(name: unknown, args: unknown, id: unknown = 1): Record<string, unknown> {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
