import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { default as Provider, ClientMetadata, Configuration, errors } from 'oidc-provider';
import { quietly } from '../../print/quietly.js';

/** The configuration of an authorization server for development. */
export interface ProviderOptions {
  /** The resources it issues tokens for (RFC 8707); the requested one becomes `aud`. */
  readonly resource: string | readonly string[];
  /** The resource of clients that name none, as clients before MCP 2025-06-18 do. Default: none. */
  readonly defaultResource?: string;
  /** The scopes of every resource. */
  readonly scopes: readonly string[];
  /** In seconds; default five minutes, so that developers see tokens being refreshed. */
  readonly accessTokenTtl?: number;
  /** Clients registered in advance, including those for client_credentials. */
  readonly clients?: readonly ClientMetadata[];
  /** Further audiences of a user's tokens besides the resource; most providers support one audience only. */
  readonly alsoFor?: (user: string) => readonly string[];
  /** Fetches client ID metadata documents. Default: Node's own `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * A real authorization server (oidc-provider) in memory: PKCE, dynamic registration, client ID metadata documents,
 * resource indicators, JWT access tokens, refresh and revocation. The caller serves the pages at `/interaction/<uid>`,
 * where users sign in.
 */
export async function createProvider(issuer: string, options: ProviderOptions): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  // It warns about production, but on a laptop, storage in memory is intended.
  return quietly(async () => {
    const oidc = await import('oidc-provider');
    return new oidc.Provider(issuer, {
      ...configuration(options, oidc.errors),
      jwks: { keys: [signingKey] },
    });
  });
}

function configuration(options: ProviderOptions, { InvalidTarget }: typeof errors): Configuration {
  const { resource, scopes, accessTokenTtl = 300, clients } = options;
  const resources = [resource].flat();
  return {
    ...(clients !== undefined && { clients: [...clients] }),
    ...(options.fetch !== undefined && { fetch: options.fetch }),
    scopes: ['openid', 'offline_access', ...scopes],
    formats: { customizers: { jwt: addAudiences(options) } },
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    clientBasedCORS: () => true,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // A client registers with the scope of the first challenge. If it were bound to that scope, it could never step up;
    // RFC 7591 section 3.2.1 lets the server drop values that it does not want to enforce.
    extraClientMetadata: {
      properties: ['scope'],
      validator: (_context, _name, _value, metadata) => {
        delete metadata.scope;
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: clients !== undefined },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      registration: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, indicator) => {
          if (!resources.includes(indicator)) throw new InvalidTarget();
          const jwt = { sign: { alg: 'ES256' as const } };
          const scope = scopes.join(' ');
          return { audience: indicator, scope, accessTokenFormat: 'jwt', jwt };
        },
        // `named`: the resources of a client that named several.
        defaultResource: (_context, _client, named) => named ?? options.defaultResource,
        useGrantedResource: () => options.defaultResource !== undefined,
      },
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    renderError: (context, error) => void (context.body = error),
    ttl: {
      AccessToken: accessTokenTtl,
      AuthorizationCode: 60,
      ClientCredentials: accessTokenTtl,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
  };
}

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>;

function addAudiences({ alsoFor }: ProviderOptions): JwtCustomizer {
  return (_context, token, { payload }) => {
    const more = ('accountId' in token && alsoFor?.(token.accountId)) || [];
    if (more.length > 0) payload.aud = [payload.aud, ...more].flat();
  };
}
