import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { register } from '../support/secrets.js';
import { startTestServer, testApi, toolCall, type TestServer } from '../support/server.js';
import { startStaticIssuer } from '../support/tokens.js';
import { resource, type Provider, type Site, type Token } from './provider.js';
import { variablesOf, type Variables } from './pages.js';

/** A running provider, and a server that is configured for it as on the page. */
export interface Tenant {
  readonly site: Site;
  readonly server: TestServer;
  /** The variables that the server was started with. */
  readonly variables: Variables;
  /** Calls a tool with a token that the provider issues. */
  readonly call: (tool: string, token: Token | string) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export async function startTenant(
  provider: Provider,
  change: (variables: Variables) => Variables = () => ({}),
): Promise<Tenant> {
  const { algorithm = 'RS256' } = provider;
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const issuer = await startStaticIssuer();
  const origin = issuer.issuer;
  const key = await exportJWK(publicKey);
  const site = { origin, key, now: Math.floor(Date.now() / 1000) };
  issuer.documents.clear();
  for (const [path, document] of Object.entries(provider.documents(site)))
    issuer.documents.set(path, withEndpoint(document, origin + issuer.paths.introspection));
  const { OAUTH_CLIENT_ID: id = '', OAUTH_CLIENT_SECRET: secret = '' } = issuer.introspectionClient;
  const values = { ...provider.values, API_CLIENT_ID: id, API_CLIENT_SECRET: secret };
  const said = variablesOf(provider.page, provider.blocks, values);
  const asked = said['OAUTH_INTROSPECTION_URL'] && origin + issuer.paths.introspection;
  const here = {
    ...moved(said, origin),
    MCP_RESOURCE_URL: resource,
    ...(asked && { OAUTH_INTROSPECTION_URL: asked }),
  };
  const variables = { ...here, ...change(here) };
  const api = provider.scopeless === true ? { ...testApi, scopes: nothing } : testApi;
  const server = await startTestServer({ api, env: variables });

  async function issue(token: Token | string): Promise<string> {
    if (typeof token === 'string') return token;
    if (provider.opaque === true) return issuer.issue(token.claims);
    const { alg = '', ...header } = token.header as { alg?: string };
    const jwt = new SignJWT(token.claims).setProtectedHeader({ alg, ...header });
    return register('access token', await jwt.sign(privateKey));
  }

  return {
    site,
    server,
    variables,
    call: async (tool, token) =>
      server.post(toolCall(tool), { Authorization: `Bearer ${await issue(token)}` }),
    close: async () => {
      await Promise.all([server.close(), issuer.close()]);
    },
  };
}

/** The scopes with `--scopes none`. */
const nothing = { free: [], read: [], write: [] };

/** The variables with the provider on this machine. */
function moved(variables: Variables, origin: string): Variables {
  const home = new URL(variables['OAUTH_AUTHORIZATION_SERVER'] ?? '').origin;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replaceAll(home, origin)]),
  );
}

// The test issuer has a different path for introspection.
function withEndpoint(document: unknown, url: string): unknown {
  const { introspection_endpoint: _, ...others } = document as Record<string, unknown>;
  return _ === undefined ? document : { ...others, introspection_endpoint: url };
}
