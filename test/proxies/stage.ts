import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { startStub } from '../runtime/upstream/wire.js';
import { freePort } from '../support/http.js';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer } from '../support/tokens.js';
import type { ProxyName } from './page.js';
import { startProxy } from './proxy.js';

const host = 'mcp.example.com';

export interface StageOptions {
  /** Below `/team/`. */
  readonly prefix?: boolean;
  /** How long the proxy, and then the instances, keep idle connections, in seconds. */
  readonly keepAlive: { readonly proxy: number; readonly server: number };
}

/** The parts that all stages share. */
export interface Backstage {
  readonly project: Project;
  readonly issuer: Awaited<ReturnType<typeof startStaticIssuer>>;
  readonly close: () => Promise<void>;
}

/** Builds a server, and starts an authorization server for it. */
export async function prepare(): Promise<Backstage> {
  const issuer = await startStaticIssuer();
  const project = await buildProject('search-mode', {
    source: 'fixtures/search-mode/input.yaml',
    args: ['--oauth-server', 'https://auth.example.com', '--tools', 'search'],
  });
  const close = async (): Promise<void> => {
    await Promise.all([project.remove(), issuer.close()]);
  };
  return { project, issuer, close };
}

/** A slow API, so that some calls are always in progress. */
function startApi(): ReturnType<typeof startStub> {
  return startStub((_, response) => {
    const answer = (): unknown =>
      response.setHeader('Content-Type', 'application/json').end('{"id":7}');
    setTimeout(answer, 20);
  });
}

/** Two instances of a server behind a proxy, and a client that keeps its connections. */
export class Stage {
  readonly url: string;
  readonly resource: string;
  /** For clients that use a custom `fetch`. */
  readonly agent: Agent;
  readonly close: () => Promise<void>;
  /** The number of requests that have arrived at the API. */
  readonly arrived: () => number;
  /** The log of the proxy. */
  readonly logged: () => string;
  readonly #issuer: Backstage['issuer'];
  readonly #start: (index: number) => Promise<RunningProject>;
  readonly #servers: RunningProject[];
  /** The responses of instances that have ended. */
  readonly #before = [0, 0];

  static async start(
    name: ProxyName,
    { project, issuer }: Backstage,
    { prefix = false, keepAlive }: StageOptions,
  ): Promise<Stage> {
    const ports = [await freePort(), await freePort()] as const;
    const api = await startApi();
    const path = prefix ? '/team/mcp' : '/mcp';
    const resource = `https://${host}${path}`;
    const start = (index: number) =>
      project.start({
        PORT: String(ports[index]),
        MCP_RESOURCE_URL: resource,
        MCP_TOOLS: 'all',
        MCP_RATE_LIMIT: '1000000',
        MCP_TRUSTED_PROXIES: '127.0.0.1',
        // Several times the duration of a health check, even on a busy machine.
        MCP_DRAIN_SECONDS: '4',
        MCP_KEEP_ALIVE_SECONDS: String(keepAlive.server),
        OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
        UPSTREAM_BASE_URL: api.url,
        UPSTREAM_BEARER_TOKEN: key,
      });
    const servers = await Promise.all([start(0), start(1)]);
    const proxy = await startProxy(name, {
      host,
      ports,
      prefix,
      keepAliveSeconds: keepAlive.proxy,
    });
    return new Stage({ proxy, resource, path, issuer, api, start, servers });
  }

  private constructor({
    proxy,
    resource,
    path,
    issuer,
    api,
    start,
    servers,
  }: {
    proxy: Awaited<ReturnType<typeof startProxy>>;
    resource: string;
    path: string;
    issuer: Backstage['issuer'];
    api: Awaited<ReturnType<typeof startStub>>;
    start: (index: number) => Promise<RunningProject>;
    servers: RunningProject[];
  }) {
    this.url = `https://${host}:${proxy.port}${path}`;
    this.resource = resource;
    this.arrived = () => api.requests.length;
    this.logged = () => proxy.output().slice(-20_000);
    this.#issuer = issuer;
    this.#start = start;
    this.#servers = servers;
    this.agent = new Agent({
      connect: { ca: proxy.ca, lookup: (_name, _options, found) => found(null, [here]) },
      connections: 16,
    });
    this.close = async () => {
      await this.agent.close();
      await Promise.all(this.#servers.map((server) => server.end('SIGINT')));
      await Promise.all([proxy.close(), api.close()]);
    };
  }

  token(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return this.#issuer.sign({ aud: this.resource, scope: 'orders:read orders:write', ...claims });
  }

  /** Sends a request through the proxy; a lost one has the status 0. */
  async send(
    path: string,
    options: { readonly token?: string; readonly message?: unknown } = {},
  ): Promise<{ readonly status: number; readonly text: string; readonly challenge: string }> {
    const { token, message } = options;
    const sent: Partial<Dispatcher.RequestOptions> =
      message === undefined ? {} : { method: 'POST', body: JSON.stringify(message) };
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    try {
      const url = new URL(path, this.url);
      const response = await request(url, { ...sent, headers, dispatcher: this.agent });
      const challenge = String(response.headers['www-authenticate'] ?? '');
      return { status: response.statusCode, text: await response.body.text(), challenge };
    } catch (error) {
      return { status: 0, text: String(error), challenge: '' };
    }
  }

  /** The number of calls that each instance has answered. */
  served(): number[] {
    return this.#servers.map((server, index) => (this.#before[index] ?? 0) + callsOf(server));
  }

  /** Ends an instance as a deployment does, during calls, and starts it again on its port. */
  async restart(index: number): Promise<void> {
    const old = this.#servers[index];
    if (old === undefined) throw new Error(`There is no instance ${index}.`);
    const { status } = await old.end('SIGTERM');
    if (status !== 0) throw new Error(`The instance ended with ${status ?? 'a signal'}.`);
    this.#before[index] = (this.#before[index] ?? 0) + callsOf(old);
    const started = await this.#start(index);
    this.#servers[index] = started;
    // Waits until health checks have seen it: the proxy then sends it calls, if there are any.
    while (callsOf(started) === 0) await pause(100);
  }
}

const key = secret('key of the orders');
const here = { address: '127.0.0.1', family: 4 };

function callsOf(server: RunningProject): number {
  return server.audit().filter(({ event }) => event === 'tool_call').length;
}
