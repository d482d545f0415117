import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { OAuthTokens } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair } from 'jose';
import type { default as Provider, ClientMetadata, Configuration, errors } from 'oidc-provider';
import { listen } from './http.js';
import { register } from './secrets.js';

export interface AuthorizationServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The resources it issues tokens for (RFC 8707); the one that is asked for becomes `aud`. */
  readonly resource: string | readonly string[];
  /** The scopes every resource has. */
  readonly scopes: readonly string[];
  /** Who is at the keyboard, unless the authorization request has a `login_hint`. */
  readonly user?: string;
  /** In seconds. */
  readonly accessTokenTtl?: number;
  /** Clients that need not register themselves, also such as ask for tokens of their own (client_credentials). */
  readonly clients?: readonly ClientMetadata[];
  /** For whom the tokens of a user are besides their resource; most providers can name one audience only. */
  readonly alsoFor?: (user: string) => readonly string[];
}

/** A user's agreement to one authorization request. */
export interface Consent {
  readonly clientId: string;
  readonly user: string;
  readonly scopes: readonly string[];
}

export interface AuthorizationServer {
  readonly issuer: string;
  readonly provider: Provider;
  /** What users agreed to, in order: a client that asks more often than it must shows here. */
  readonly consents: readonly Consent[];
  readonly close: () => Promise<void>;
}

/**
 * Starts a real authorization server (oidc-provider) whose users agree to everything: they log in and consent
 * by following the redirects, without a page in between, so a test needs no browser and a browser works too.
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const consents: Consent[] = [];
  // The issuer contains the port, and the provider wants to know its issuer: so listen first.
  let answer: RequestListener = (_request, response) => response.writeHead(503).end();
  const { url: issuer, close } = await listen((request, response) => {
    answer(request, response);
  }, options.port);
  const provider = await createProvider(issuer, options);
  provider.use(async ({ response }, next) => {
    await next();
    registerTokens(response.body);
  });
  const pages = provider.callback();
  const user = options.user ?? 'alice';
  answer = (request, response) => {
    if (request.url?.startsWith('/interaction/')) {
      void agree(provider, request, response, user, consents).catch(() => {
        response.writeHead(400).end('No such interaction');
      });
    } else void pages(request, response);
  };
  return { issuer, provider, consents, close };
}

/** Whatever of a body is a token. */
function registerTokens(body: unknown): void {
  const { access_token: access, refresh_token: refresh } = (body ?? {}) as Partial<OAuthTokens>;
  if (typeof access === 'string') register('access token of the authorization server', access);
  if (typeof refresh === 'string') register('refresh token of the authorization server', refresh);
}

async function createProvider(
  issuer: string,
  options: AuthorizationServerOptions,
): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  return quietly(async () => {
    const oidc = await import('oidc-provider');
    return new oidc.Provider(issuer, {
      ...configuration(options, oidc.errors),
      jwks: { keys: [signingKey] },
    });
  });
}

function configuration(
  { resource, scopes, accessTokenTtl = 300, clients, alsoFor }: AuthorizationServerOptions,
  { InvalidTarget }: typeof errors,
): Configuration {
  const resources = [resource].flat();
  return {
    ...(clients !== undefined && { clients }),
    scopes: [...scopes],
    formats: {
      customizers: {
        jwt: (_context, token, { payload }) => {
          const more = ('accountId' in token && alsoFor?.(token.accountId)) || [];
          if (more.length > 0) payload.aud = [payload.aud, ...more].flat();
        },
      },
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: { keys: [crypto.randomUUID()] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // A client registers with the scope of the first challenge. Bound to it for life, it could never step up;
    // RFC 7591 section 3.2.1 lets the server drop what it does not want to hold the client to.
    extraClientMetadata: {
      properties: ['scope'],
      validator: (_context, _name, _value, metadata) => {
        delete metadata.scope;
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: clients !== undefined },
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

/** Answers a login or consent prompt as a user would who is in a hurry. */
async function agree(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  user: string,
  consents: Consent[],
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    const accountId = typeof params.login_hint === 'string' ? params.login_hint : user;
    await provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  const accountId = session?.accountId ?? user;
  const clientId = valuesOf(params.client_id).join();
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId, clientId });
  const scopes = valuesOf(params.scope).flatMap((scope) => scope.split(' '));
  grant.addOIDCScope(scopes);
  for (const resource of valuesOf(params.resource)) grant.addResourceScope(resource, scopes);
  consents.push({ clientId, user: accountId, scopes });
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent });
}

function valuesOf(parameter: unknown): string[] {
  return [parameter].flat().filter((value) => typeof value === 'string');
}

/** oidc-provider prints advice for production (its storage is in memory, Node 20 is old): not news to a test. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return await action();
  } finally {
    Object.assign(console, { info, warn });
  }
}
