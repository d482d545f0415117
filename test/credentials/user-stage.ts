import { setTimeout as pause } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { prepare } from '../../src/generate.js';
import type { Api } from '../../templates/src/runtime/api.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { generations } from '../support/generations.js';
import { freePort } from '../support/http.js';
import { HttpClient, isUnauthorized } from '../support/http-client.js';
import { createSecretWatch, type SecretWatch } from '../support/secret-watch.js';
import { addTokenExchange, exchanger, type Exchange } from '../support/token-exchange.js';
import { recordTokenRequests, type TokenRequest } from '../support/token-requests.js';
import { header, type Recorded } from '../runtime/upstream/wire.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { apiResource, machine } from './service-stage.js';

/** Users, an API that wants to know them, and the authorization server of both it and the MCP server before it. */
export interface UserStage {
  readonly authorization: AuthorizationServer;
  readonly api: EchoApi;
  readonly exchanges: readonly Exchange[];
  readonly tokenRequests: readonly TokenRequest[];
  /** Users whose tokens are no longer exchanged. */
  readonly blocked: Set<string>;
  /** The variables of a server, including other credentials, which must not be used as a fallback. */
  readonly variables: Readonly<Record<string, string>>;
  /** Logs a user in at a server, in front of an official client. */
  signIn(url: string, user: string, generation?: number): Promise<HttpClient>;
  /** The caller's own tokens that the API got to see, anywhere. */
  callerTokensAtApi(): string[];
  readonly close: () => Promise<void>;
}

export const notes = 'test/credentials/notes.yaml';

/** The API as the generator understands it. */
export async function notesApi(authentication: Api['authentication'] = 'oauth2'): Promise<Api> {
  const server = { oauthServer: 'https://auth.example.com' };
  return (await prepare({ url: notes, ...(authentication === 'oauth2' && server) })).api;
}

export interface UserStageOptions {
  /** Whose tokens the API takes as they are, because they are for it as well. */
  readonly trusted?: readonly string[];
}

export async function startUserStage(
  watch: SecretWatch,
  { trusted = [] }: UserStageOptions = {},
): Promise<UserStage> {
  const port = String(await freePort());
  const resource = `http://127.0.0.1:${port}/mcp`;
  const secret = watch.hide(`exchange: ${crypto.randomUUID()}`);
  const authorization = await startAuthorizationServer({
    resource,
    scopes: ['notes.read', 'notes.write'],
    alsoFor: (user) => (trusted.includes(user) ? [apiResource] : []),
    clients: [
      exchanger('mcp-server', secret),
      machine('batch', 'client_secret_basic', { client_secret: secret }),
    ],
  });
  const { issuer, provider } = authorization;
  const blocked = new Set<string>();
  const exchanges = await addTokenExchange(provider, { from: resource, to: apiResource, blocked });
  const keys = createRemoteJWKSet(new URL('/jwks', issuer));
  const api = await startEchoApi({ admit });
  const clients: HttpClient[] = [];

  async function admit(request: Recorded): Promise<object | undefined> {
    const [authorization] = header(request, 'authorization');
    if (authorization === undefined) return request.url === '/status' ? {} : undefined;
    const expected = { issuer, audience: apiResource, typ: 'at+jwt' };
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), keys, expected);
    // Not in the order in which they came.
    await pause(Math.random() * 20);
    const { sub, scope, client_id: client, aud } = payload;
    return { sub, scope, client, aud };
  }

  return {
    authorization,
    api,
    exchanges,
    tokenRequests: recordTokenRequests(provider),
    blocked,
    variables: {
      PORT: port,
      MCP_RESOURCE_URL: resource,
      OAUTH_AUTHORIZATION_SERVER: issuer,
      OAUTH_BASELINE_SCOPES: 'notes.read notes.write',
      UPSTREAM_BASE_URL: api.url,
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_CLIENT_ID: 'mcp-server',
      UPSTREAM_CLIENT_SECRET: secret,
      UPSTREAM_TOKEN_URL: `${issuer}/token`,
      UPSTREAM_TOKEN_AUDIENCE: apiResource,
      UPSTREAM_API_KEY: watch.hide(`key-${crypto.randomUUID()}`),
      UPSTREAM_USERNAME: 'shared',
      UPSTREAM_PASSWORD: watch.hide(`password-${crypto.randomUUID()}`),
      UPSTREAM_BEARER_TOKEN: watch.hide(`bearer-${crypto.randomUUID()}`),
    },
    async signIn(url, user, generation = 2) {
      const official = generations.at(generation);
      if (official === undefined) throw new Error('There is no such client');
      const client = new HttpClient(official, url, { login: user });
      clients.push(client);
      await client.connect().catch(async (error: unknown) => {
        if (!isUnauthorized(error)) throw error;
        await client.authorize();
        await client.connect();
      });
      return client;
    },
    callerTokensAtApi() {
      const own = createSecretWatch();
      for (const { memory } of clients)
        for (const { access_token: token } of memory.issued) own.hide(token);
      own.see(api.requests.map((request) => ({ ...request, body: request.body.toString() })));
      return own.leaks();
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all([authorization.close(), api.close()]);
    },
  };
}
