import { completeAuthorization } from './authorize.js';

/**
 * How VS Code gets a token for an MCP server, request by request: with the order, the redirect URIs and the
 * registration of its source (microsoft/vscode, src/vs/base/common/oauth.ts, 2026).
 */
export interface VsCodeSignIn {
  readonly token: string;
  /** All of its requests, in order. */
  readonly asked: readonly string[];
}

export interface VsCodeOptions {
  readonly login: string;
  /** The redirect URI of the code. Default: with the port that it tries first. */
  readonly redirectUri?: string;
  /** It got no metadata URL in a challenge, as from servers that omit `resource_metadata`. */
  readonly withoutChallenge?: boolean;
}

const registeredUris = [
  'https://insiders.vscode.dev/redirect',
  'https://vscode.dev/redirect',
  'http://127.0.0.1/',
  'http://127.0.0.1:33418/',
];

type Json = Readonly<Record<string, unknown>>;

/** Signs in as VS Code does. @throws Error when a document is missing, or is not what VS Code accepts */
export async function signInLikeVsCode(
  server: string,
  { login, redirectUri = 'http://127.0.0.1:33418/', withoutChallenge = false }: VsCodeOptions,
): Promise<VsCodeSignIn> {
  const asked: string[] = [];
  const get = async (url: string) => {
    asked.push(url);
    const response = await fetch(url, { headers: { Accept: 'application/json' } });
    return response.status === 200 ? ((await response.json()) as Json) : undefined;
  };
  const first = async (urls: readonly string[], fits: (document: Json) => boolean) => {
    for (const url of urls) {
      const document = await get(url);
      if (document !== undefined && fits(document)) return document;
    }
    throw new Error(`None of these will do: ${urls.join(', ')}`);
  };

  const challenge = await challengeOf(server);
  const { origin, pathname } = new URL(server);
  const wellKnown = `${origin}/.well-known/oauth-protected-resource`;
  const resource = await first(
    withoutChallenge ? [`${wellKnown}${pathname}`, wellKnown] : [challenge.metadata],
    (document) => new URL(String(document.resource)).href === new URL(server).href,
  );
  const [issuer = ''] = resource.authorization_servers as string[];
  const at = new URL(issuer);
  const path = at.pathname === '/' ? '' : at.pathname;
  const metadata = await first(
    [
      `${at.origin}/.well-known/oauth-authorization-server${path}`,
      `${at.origin}/.well-known/openid-configuration${path}`,
      `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    ],
    (document) => typeof document.issuer === 'string',
  );
  const clientId = await register(metadata, challenge.scope);
  const verifier = crypto.randomUUID() + crypto.randomUUID();
  const request = new URL(String(metadata.authorization_endpoint));
  request.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    state: crypto.randomUUID(),
    code_challenge: await s256(verifier),
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    scope: challenge.scope,
    resource: String(resource.resource),
  }).toString();
  const { code } = await completeAuthorization(request, { login });
  const answer = await fetch(String(metadata.token_endpoint), {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({
      client_id: clientId,
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      resource: String(resource.resource),
    }),
  });
  const { access_token: token } = (await answer.json()) as Json;
  if (typeof token !== 'string') throw new Error(`No token: ${answer.status}`);
  return { token, asked };
}

async function challengeOf(server: string): Promise<{ metadata: string; scope: string }> {
  const response = await fetch(server, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'text/event-stream, application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
  });
  const header = response.headers.get('WWW-Authenticate') ?? '';
  const parameter = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  return { metadata: parameter('resource_metadata'), scope: parameter('scope') };
}

async function register(metadata: Json, scope: string): Promise<string> {
  const supported = ['authorization_code', 'refresh_token', 'device_code'];
  const offered = metadata.grant_types_supported as string[] | undefined;
  const response = await fetch(String(metadata.registration_endpoint), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: offered?.filter((type) => supported.includes(type)) ?? supported,
      response_types: ['code'],
      redirect_uris: registeredUris,
      scope,
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
  });
  if (!response.ok) throw new Error(`Registration failed: ${await response.text()}`);
  return String(((await response.json()) as Json).client_id);
}

async function s256(verifier: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return Buffer.from(hash).toString('base64url');
}
