import type { Api } from '../../../templates/src/runtime/api.js';

/** The addresses of everything that runs beside the server. */
export interface Surroundings {
  readonly port: number;
  /** The URL that clients use. */
  readonly resource: string;
  /** The server is called through a tunnel. */
  readonly isPublic?: boolean;
  /** The authorization server's port, from which its keys are fetched without the tunnel. */
  readonly authPort?: number;
  /** Absent if calls need no token. */
  readonly issuer?: string;
  readonly upstream: string;
  /** The upstream is a mock, which must not receive the API's real credentials. */
  readonly mocked: boolean;
}

/** The URL of a server on this machine, which is also the audience of its tokens. */
export function resourceOf(port: number): string {
  return `http://127.0.0.1:${port}/mcp`;
}

/**
 * Variables that override the server's environment and `.env`; an empty one counts as not set. `known` lists all
 * variables that the server reads, so that settings for a deployment's authorization server are cleared. Any of them
 * may also be in a file.
 */
export function variablesOf(
  api: Api,
  known: readonly string[],
  { port, resource, isPublic, authPort, issuer, upstream, mocked }: Surroundings,
): Record<string, string> {
  const others = known.filter((name) => name.startsWith('OAUTH_') || (mocked && isUpstream(name)));
  return {
    ...Object.fromEntries(
      others.flatMap((name) => [
        [name, ''],
        [`${name}_FILE`, ''],
      ]),
    ),
    ...(mocked ? madeUpCredentials(api) : {}),
    HOST: '127.0.0.1',
    PORT: String(port),
    MCP_RESOURCE_URL: resource,
    ...(issuer !== undefined && { OAUTH_AUTHORIZATION_SERVER: issuer }),
    ...(isPublic === true && {
      OAUTH_JWKS_URI: `http://127.0.0.1:${authPort}/jwks`,
      MCP_TRUSTED_PROXIES: '127.0.0.1/32',
    }),
    UPSTREAM_BASE_URL: upstream,
  };
}

/** The names of the variables in a `.env.example`, including commented-out ones. */
export function variableNames(example: string): string[] {
  return [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
}

function isUpstream(name: string): boolean {
  return name.startsWith('UPSTREAM_') || /^(HTTPS?|NO)_PROXY$/.test(name);
}

/** Made-up credentials, because the server sends no request without any; the mock accepts all. */
function madeUpCredentials({ securitySchemes }: Api): Record<string, string> {
  const entries = Object.values(securitySchemes).flatMap((scheme): [string, string][] => {
    if (scheme.type === 'apiKey') return [[scheme.variable, 'made-up-key']];
    if (scheme.type === 'mutualTLS') return [];
    if (scheme.type !== 'http' || scheme.scheme === 'bearer')
      return [['UPSTREAM_BEARER_TOKEN', 'made-up-token']];
    return [
      ['UPSTREAM_USERNAME', 'made-up'],
      ['UPSTREAM_PASSWORD', 'made-up'],
    ];
  });
  return Object.fromEntries(entries);
}
