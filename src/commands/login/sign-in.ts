import { randomUUID } from 'node:crypto';
import {
  exchangeAuthorization,
  registerClient,
  startAuthorization,
  type OAuthClientInformation,
  type OAuthTokens,
} from '@modelcontextprotocol/client';
import { InputError } from '../../errors.js';
import { clientMetadata, redirectUrl } from '../../net/callback.js';
import { brief } from '../../net/post.js';
import type { Fetch } from '../../net/reach.js';
import type { Terminal } from '../../print/terminal.js';
import { withCare } from '../../project/oauth-responses.js';
import { visit } from '../../project/sign-in-page.js';
import type { Login } from '../../../templates/src/runtime/credentials/login.js';
import { isBound } from '../../../templates/src/runtime/credentials/tokens.js';
import type { ApiServer } from './server.js';

/** The parameters of a sign-in. */
interface SignInRequest {
  readonly server: ApiServer;
  readonly client: ApiClient;
  readonly scopes: readonly string[];
  /** Additional parameters of the authorization request. */
  readonly audience?: string | undefined;
  readonly resource?: string | undefined;
  readonly port: number;
  readonly browser: boolean;
}

/** A client of the API's authorization server. */
export interface ApiClient {
  readonly id: string;
  readonly secret?: string | undefined;
  /** How it authenticates, if the server chose that when it registered the client (RFC 7591 section 3.2.1). */
  readonly method?: string | undefined;
}

/** Registers this program as a client (RFC 7591). @throws InputError */
export async function register(
  { metadata }: ApiServer,
  port: number,
  fetch: Fetch,
): Promise<ApiClient> {
  if (metadata.registration_endpoint === undefined) throw noRegistration(metadata.issuer, port);
  // The MCP specification prefers client ID documents; authorization servers of APIs support this, if anything.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const registered = await registerClient(metadata.issuer, {
    metadata,
    clientMetadata: clientMetadata('login', [redirectUrl(port)]),
    fetchFn: withCare(fetch),
  });
  const { client_id: id, client_secret: secret, token_endpoint_auth_method: method } = registered;
  return method === 'none' ? { id } : { id, secret, method };
}

/** Takes the user through the authorization code flow with PKCE (RFC 7636). Resolves to the sign-in to store. */
export async function signIn(
  request: SignInRequest,
  fetch: Fetch,
  terminal: Terminal,
): Promise<Login> {
  const { server, client, scopes, port, browser, resource } = request;
  const { metadata } = server;
  const state = randomUUID();
  const information = informationOf(client, server);
  const { authorizationUrl: url, codeVerifier } = await startAuthorization(metadata.issuer, {
    metadata,
    clientInformation: information,
    redirectUrl: redirectUrl(port),
    state,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(resource !== undefined && { resource: new URL(resource) }),
  });
  if (request.audience !== undefined) url.searchParams.set('audience', request.audience);
  const answer = await visit({ url, state, port, browser }, terminal);
  const tokens = await exchangeAuthorization(metadata.issuer, {
    // Without published metadata there is no issuer to compare the response with.
    metadata,
    ...issuerIn(answer, server),
    clientInformation: information,
    authorizationCode: codeIn(answer),
    codeVerifier,
    redirectUri: redirectUrl(port),
    ...(resource !== undefined && { resource: new URL(resource) }),
    fetchFn: withCare(fetch),
  });
  return toLogin(tokens, request);
}

function issuerIn(answer: URLSearchParams, { isPublished }: ApiServer): { iss?: string } {
  const iss = answer.get('iss');
  return iss === null || !isPublished ? {} : { iss };
}

function codeIn(answer: URLSearchParams): string {
  const code = answer.get('code');
  if (code !== null && code !== '') return code;
  const error = answer.get('error') || 'the response has no code';
  const said = [error, answer.get('error_description')].filter(Boolean).join(': ');
  throw new InputError({
    code: error === 'access_denied' ? 'DENIED' : 'OAUTH_ERROR',
    message: `The authorization server refused: ${brief(said.replace(/\.$/, ''))}.`,
    remedy:
      error === 'access_denied'
        ? 'Run this again, and grant the access that it asks for.'
        : 'Check the client and its redirect URI there; UPSTREAM_SCOPES in .env replaces the scopes.',
  });
}

/** The authentication method is chosen once, because the server uses it later to renew tokens. */
function methodOf(
  { secret, method }: ApiClient,
  { metadata }: ApiServer,
): 'none' | 'client_secret_basic' | 'client_secret_post' {
  const supported = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  if (secret === undefined) return 'none';
  if (method === 'client_secret_basic' || method === 'client_secret_post') return method;
  return supported.includes('client_secret_basic') ? 'client_secret_basic' : 'client_secret_post';
}

function informationOf(
  client: ApiClient,
  server: ApiServer,
): OAuthClientInformation & { readonly token_endpoint_auth_method: string } {
  return {
    client_id: client.id,
    ...(client.secret !== undefined && { client_secret: client.secret }),
    token_endpoint_auth_method: methodOf(client, server),
  };
}

/** A token without an expiry time and a refresh token is used until the API refuses it. */
const FOREVER = Number.MAX_SAFE_INTEGER;
/** The assumed lifetime of a token with a refresh token and without expires_in (RFC 6749 section 5.1). */
const UNKNOWN_LIFETIME_S = 300;

function toLogin(tokens: OAuthTokens, { server, client, resource }: SignInRequest): Login {
  const { access_token: accessToken, refresh_token: refreshToken, token_type: type } = tokens;
  if (isBound(type)) throw notBearer(type);
  const { expires_in: seconds = UNKNOWN_LIFETIME_S } = tokens;
  const hasEnd = tokens.expires_in !== undefined || refreshToken !== undefined;
  const method = methodOf(client, server);
  const { secret = '' } = client;
  const metadata: Readonly<Record<string, unknown>> = server.metadata;
  const { revocation_endpoint: revocationUrl } = metadata;
  return {
    tokenUrl: server.metadata.token_endpoint,
    client: {
      id: client.id,
      authentication: method === 'none' ? { method } : { method, secret },
    },
    accessToken,
    expiresAt: hasEnd ? Date.now() + seconds * 1000 : FOREVER,
    resource,
    refreshToken,
    revocationUrl: typeof revocationUrl === 'string' ? revocationUrl : undefined,
  };
}

function noRegistration(issuer: string, port: number): InputError {
  return new InputError({
    code: 'NO_REGISTRATION',
    message: `${issuer} does not let clients register themselves.`,
    place: '--client-id',
    remedy: `Register a native client there, with the redirect URI ${redirectUrl(port)}, and name it with --client-id.`,
  });
}

function notBearer(type: string): InputError {
  return new InputError({
    code: 'NO_BEARER_TOKEN',
    message: `The authorization server issues tokens of the type ${type}, which are bound to a key.`,
    remedy: 'Use a token that the API issues for programs: UPSTREAM_BEARER_TOKEN.',
  });
}
