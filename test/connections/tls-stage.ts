import type { Api, RequestShape } from '../../templates/src/runtime/api.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createCall, type Outcome } from '../../templates/src/runtime/upstream/call.js';
import { makeApi, makeSettings, makeTool } from '../runtime/upstream/wire.js';
import { createAuthority, type Authority, type Identity } from '../support/certificates.js';
import { Files } from './files.js';
import {
  startSecureUpstream,
  type SecureUpstream,
  type SecureUpstreamOptions,
} from './secure-upstream.js';

const securitySchemes: Api['securitySchemes'] = {
  mtls: { type: 'mutualTLS' },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key', variable: 'UPSTREAM_API_KEY' },
  oauth: { type: 'oauth2' },
};

/** What a client's certificate is shown by. */
export type ClientVariables = Record<'UPSTREAM_CERT_FILE' | 'UPSTREAM_KEY_FILE', string>;

/** Two authorities, the API of one of them, and calls of it. */
export class TlsStage {
  readonly files = new Files();
  readonly authority: Authority;
  /** No party here trusts it. */
  readonly foreign: Authority;
  /** The settings that make a server trust `authority`. */
  readonly trust: Readonly<Record<string, string>>;
  readonly #server: Identity;
  readonly #upstreams: SecureUpstream[] = [];

  private constructor(authority: Authority, foreign: Authority, server: Identity) {
    this.authority = authority;
    this.foreign = foreign;
    this.#server = server;
    this.trust = { UPSTREAM_CA_FILE: this.files.write(authority.ca) };
  }

  static async create(): Promise<TlsStage> {
    const [authority, foreign] = await Promise.all([
      createAuthority('Private CA'),
      createAuthority('Foreign CA'),
    ]);
    const server = await authority.issue({ name: 'api', hosts: ['127.0.0.1', 'localhost'] });
    return new TlsStage(authority, foreign, server);
  }

  /** Starts the API, which by default asks for a certificate of `authority`. */
  async start(options: Partial<SecureUpstreamOptions> = {}): Promise<SecureUpstream> {
    const usual = { identity: this.#server, clients: this.authority.ca };
    const upstream = await startSecureUpstream({ ...usual, ...options });
    this.#upstreams.push(upstream);
    return upstream;
  }

  /** The variables with which a client of `authority` shows its certificate. */
  async client(name = 'client', kind: 'ec' | 'rsa' = 'ec'): Promise<ClientVariables> {
    return this.shown(await this.authority.issue({ name, kind }));
  }

  shown({ cert, key }: Identity): ClientVariables {
    return { UPSTREAM_CERT_FILE: this.files.write(cert), UPSTREAM_KEY_FILE: this.files.write(key) };
  }

  /** Calls a tool of the API at `url`. */
  call(...known: Parameters<TlsStage['prepare']>): Promise<Outcome> {
    return this.prepare(...known)();
  }

  /** Calls it the given number of times, with one set of connections. */
  prepare(
    url: string,
    variables: Variables,
    security?: RequestShape['security'],
  ): () => Promise<Outcome> {
    const api = makeApi({ baseUrl: url, securitySchemes });
    const tool = makeTool(security === undefined ? {} : { security });
    const context = { signal: new AbortController().signal, requestId: 'r1' };
    const call = createCall(api, makeSettings(api, variables));
    return () => call(tool, {}, context);
  }

  async stopUpstreams(): Promise<void> {
    await Promise.all(this.#upstreams.splice(0).map(({ close }) => close()));
  }
}
