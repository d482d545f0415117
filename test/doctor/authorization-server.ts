import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import type { ClientMetadata, Configuration, default as Provider } from 'oidc-provider';

type Features = NonNullable<Configuration['features']>;
import { closing, listen } from '../../src/net/listening.js';
import { quietly } from '../../src/print/quietly.js';
import { waiting } from '../support/http.js';

/** The differences from an authorization server that is ready for MCP. */
export interface Difference {
  /** The path that it is mounted at. */
  readonly path?: string;
  /** The host in its issuer instead of `127.0.0.1`. */
  readonly host?: string;
  readonly features?: Pick<
    Features,
    'registration' | 'registrationManagement' | 'resourceIndicators'
  >;
  /** An additional registered client. */
  readonly clients?: readonly ClientMetadata[];
  /** Changes what it publishes at a path, in place; answers 404 instead when it returns false. */
  readonly publish?: (path: string, body: Record<string, unknown>) => boolean | undefined;
}

export const resource = 'https://mcp.example.com/mcp';
export const scopes = ['notes.read', 'notes.write'];
/** A client that may ask for its own tokens. */
export const machine = { client_id: 'machine', client_secret: randomUUID() };

/** The format of tokens for the resource; by default JWTs. */
export function resourceIndicators(format: 'jwt' | 'opaque'): Pick<Features, 'resourceIndicators'> {
  return {
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (_context, indicator) => {
        if (indicator !== resource) {
          const { errors } = await import('oidc-provider');
          throw new errors.InvalidTarget();
        }
        const info = { audience: resource, scope: scopes.join(' ') };
        return format === 'jwt'
          ? { ...info, accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const } } }
          : { ...info, accessTokenFormat: 'opaque' as const };
      },
    },
  };
}

/** Starts an authorization server (oidc-provider) that is ready for MCP except for one difference. */
export async function startProvider({
  path = '',
  host = '127.0.0.1',
  features = {},
  clients = [],
  publish = () => undefined,
}: Difference = {}): Promise<{ issuer: string; provider: Provider; close: () => Promise<void> }> {
  const server = createServer(waiting);
  const { port } = new URL(await listen(server, 0));
  const issuer = `http://${host}:${port}${path}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = await quietly(async () => {
    const oidc = await import('oidc-provider');
    return new oidc.Provider(issuer, {
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
      scopes: ['openid', 'offline_access', ...scopes],
      responseTypes: ['code'],
      clientDefaults: { id_token_signed_response_alg: 'ES256' },
      cookies: { keys: [randomUUID()] },
      clients: [
        {
          ...machine,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
        ...clients,
      ],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
        registration: { enabled: true },
        registrationManagement: { enabled: true },
        ...resourceIndicators('jwt'),
        ...features,
      },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      ttl: { ClientCredentials: 60, Interaction: 60, Session: 60, Grant: 60 },
      renderError: (context, error) => void (context.body = error),
    });
  });
  provider.use(async (context, next) => {
    await next();
    const body: unknown = context.body;
    if (context.method !== 'GET' || typeof body !== 'object' || body === null) return;
    if (publish(context.path, body as Record<string, unknown>) === false) {
      context.status = 404;
      context.body = { error: 'not_found' };
    }
  });
  const callback = provider.callback();
  server.on(
    'request',
    mount(path, (request, response) => void callback(request, response)),
  );
  return { issuer, provider, close: closing(server) };
}

/** Serves below a path, as behind a proxy. */
function mount(path: string, listener: RequestListener): RequestListener {
  return (request, response) => {
    const { url = '/' } = request;
    if (!url.startsWith(path)) return void response.writeHead(404).end();
    Object.assign(request, { originalUrl: url, url: url.slice(path.length) || '/' });
    listener(request, response);
  };
}
