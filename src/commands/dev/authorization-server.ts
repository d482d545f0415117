import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { interact } from './interactions.js';
import { closing, listen } from '../../net/listening.js';
import type { PageSetting } from './pages.js';
import { createProvider, type ProviderOptions } from './provider.js';

/** A provider, and how it asks its users: with pages, or in a way of the caller's own. */
export interface AuthorizationServerOptions extends ProviderOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The origin under which a tunnel makes it public. Default: that of the port. */
  readonly publicOrigin?: string | undefined;
  /** Answers `/interaction/<uid>`. Default: the login and consent pages. */
  readonly interact?: (
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void>;
  readonly pages: PageSetting;
  /** Called with every body that the provider is about to send. */
  readonly watch?: (body: unknown) => void;
}

export interface AuthorizationServer {
  readonly issuer: string;
  readonly provider: Provider;
  readonly close: () => Promise<void>;
}

/** Starts an authorization server on the loopback interface. Rejects when the port is taken. */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  // The provider needs its issuer, which contains the port, so listen first.
  const server = createServer();
  const origin = await listen(server, options.port ?? 0);
  const issuer = options.publicOrigin ?? origin;
  const provider = await createProvider(issuer, options);
  provider.proxy = options.publicOrigin !== undefined;
  provider.use(async (context, next) => {
    // A client without a scope gets all of them (RFC 6749 section 3.3): clients before MCP 2025-11-25 name none.
    if (context.path === '/auth' && !context.query['scope'])
      context.query = { ...context.query, scope: options.scopes.join(' ') };
    await next();
    options.watch?.(context.response.body);
  });
  const callback = provider.callback();
  const answer =
    options.interact ??
    ((...[, request, response]) => interact(provider, options.pages, request, response));
  const hosts: unknown[] = [origin, issuer].map((one) => new URL(one).host);
  server.on('request', (request, response) => {
    // A page whose name leads to this machine (DNS rebinding) would look like one of ours.
    if (!hosts.includes(request.headers.host)) response.writeHead(421).end();
    else if (!request.url?.startsWith('/interaction/')) void callback(request, response);
    else
      answer(provider, request, response).catch(() => {
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  return { issuer, provider, close: closing(server) };
}
