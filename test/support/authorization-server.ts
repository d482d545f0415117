import type { OAuthTokens } from '@modelcontextprotocol/client';
import {
  startAuthorizationServer as start,
  type AuthorizationServer as Server,
} from '../../src/commands/dev/authorization-server.js';
import { agreeTo, type Consent, valuesOf } from '../../src/commands/dev/interactions.js';
import type { ProviderOptions } from '../../src/commands/dev/provider.js';
import { register } from './secrets.js';

export interface AuthorizationServerOptions extends ProviderOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** The user who signs in, unless the authorization request has a `login_hint`. */
  readonly user?: string;
}

export interface AuthorizationServer extends Server {
  /** The consents of users, in order: a client that asks too often shows here. */
  readonly consents: readonly Consent[];
}

/**
 * Starts a real authorization server (oidc-provider) whose users consent to everything: they log in and consent by
 * following the redirects, without a page in between, so a test needs no browser but can use one.
 */
export async function startAuthorizationServer({
  user = 'alice',
  ...options
}: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const consents: Consent[] = [];
  const server = await start({
    ...options,
    watch: registerTokens,
    pages: { title: 'No pages', scopes: {} },
    interact: async (provider, request, response) => {
      const interaction = await provider.interactionDetails(request, response);
      if (interaction.prompt.name === 'login') {
        const accountId = valuesOf(interaction.params.login_hint)[0] ?? user;
        await provider.interactionFinished(request, response, { login: { accountId } });
        return;
      }
      const { grantId, ...consent } = await agreeTo(interaction, provider);
      consents.push(consent);
      await provider.interactionFinished(request, response, { consent: { grantId } });
    },
  });
  return { ...server, consents };
}

/** All tokens in a body. */
function registerTokens(body: unknown): void {
  const { access_token: access, refresh_token: refresh } = (body ?? {}) as Partial<OAuthTokens>;
  if (typeof access === 'string') register('access token of the authorization server', access);
  if (typeof refresh === 'string') register('refresh token of the authorization server', refresh);
}
