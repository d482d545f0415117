import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/authorization-server.js';
import { recordTokenRequests, type TokenRequest } from '../support/token-requests.js';
import { header, type Recorded } from '../runtime/upstream/wire.js';
import { startEchoApi, type EchoApi } from './echo-api.js';

/** An API, and the real authorization server that its clients get their tokens from. */
export interface ServiceStage {
  readonly authorization: AuthorizationServer;
  readonly tokenUrl: string;
  /** Admits holders of a token of that server: its claims are the `caller` of an answer. */
  readonly api: EchoApi;
  readonly tokenRequests: readonly TokenRequest[];
  readonly close: () => Promise<void>;
}

/** The API's own URL, in tokens that were asked for with it. */
export const apiResource = 'https://api.example.com/v1';

export async function startServiceStage(clients: readonly ClientMetadata[]): Promise<ServiceStage> {
  const authorization = await startAuthorizationServer({
    resource: apiResource,
    scopes: ['things.read', 'things.write'],
    clients,
  });
  const { issuer, provider } = authorization;
  const tokenRequests = recordTokenRequests(provider);
  const keys = createRemoteJWKSet(new URL('/jwks', issuer));
  const api = await startEchoApi({ admit });
  return {
    authorization,
    tokenUrl: `${issuer}/token`,
    api,
    tokenRequests,
    close: async () => {
      await Promise.all([authorization.close(), api.close()]);
    },
  };

  async function admit(request: Recorded): Promise<object | undefined> {
    const [, token = ''] = /^Bearer (.+)$/.exec(header(request, 'authorization').join()) ?? [];
    // Without a resource it issues opaque tokens, which only it can introspect.
    if (token.split('.').length !== 3) {
      const found = await provider.ClientCredentials.find(token);
      return found && { client: found.clientId, scope: found.scope };
    }
    const expected = { issuer, audience: apiResource, typ: 'at+jwt' };
    const { payload } = await jwtVerify(token, keys, expected);
    const { client_id: client, scope, aud } = payload;
    return { client, scope, aud };
  }
}

/** A client that asks for its own tokens, as it is registered. */
export function machine(
  id: string,
  method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt',
  more: ClientMetadata | object,
): ClientMetadata {
  return {
    client_id: id,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    ...more,
  };
}
