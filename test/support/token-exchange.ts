import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import type { default as Provider, ClientMetadata } from 'oidc-provider';

export interface TokenExchangeOptions {
  /** The server whose tokens are exchanged: the `aud` of a subject token. */
  readonly from: string;
  /** The audience of the issued tokens. */
  readonly to: string;
  /** Users whose tokens are no longer exchanged. */
  readonly blocked?: ReadonlySet<string>;
  /** Lifetime of the new tokens, in seconds. */
  readonly ttl?: number;
}

/** One token that was exchanged for another. */
export interface Exchange {
  readonly client: string;
  readonly user: string;
  readonly scope: string;
  readonly subjectToken: string;
  readonly token: string;
}

interface ExchangeParameters {
  subject_token?: string;
  subject_token_type?: string;
  requested_token_type?: string;
  audience?: string;
  resource?: string;
  scope?: string;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** A client that may exchange tokens, as registered. */
export function exchanger(id: string, secret: string): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [GRANT],
    response_types: [],
    redirect_uris: [],
  };
}

/**
 * Teaches a provider to exchange its own access tokens (RFC 8693), which oidc-provider leaves to its users: the same
 * user, another audience, and no scope that the subject token does not have. Returns the exchanges, in order.
 */
export async function addTokenExchange(
  provider: Provider,
  { from, to, blocked = new Set(), ttl = 300 }: TokenExchangeOptions,
): Promise<Exchange[]> {
  const { errors } = await import('oidc-provider');
  const keys = createRemoteJWKSet(new URL('/jwks', provider.issuer));
  const exchanges: Exchange[] = [];

  async function verify(token = ''): Promise<JWTPayload & { sub: string; scope?: string }> {
    const expected = { issuer: provider.issuer, audience: from, typ: 'at+jwt' };
    try {
      const { payload } = await jwtVerify(token, keys, { ...expected, requiredClaims: ['sub'] });
      return payload as JWTPayload & { sub: string };
    } catch {
      throw new errors.InvalidGrant('the subject token is not good');
    }
  }

  function narrow(granted = '', asked?: string): string {
    const scopes = granted.split(' ');
    const excess = asked?.split(' ').find((scope) => !scopes.includes(scope));
    if (excess !== undefined) throw new errors.InvalidScope('more than was granted', excess);
    return asked ?? '';
  }

  provider.registerGrantType<ExchangeParameters>(
    GRANT,
    async (context) => {
      const { client, params } = context.oidc;
      const { subject_token: subjectToken = '', audience, resource } = params;
      if (params.subject_token_type !== ACCESS_TOKEN)
        throw new errors.InvalidRequest('subject_token_type');
      if ((params.requested_token_type ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
        throw new errors.InvalidRequest('requested_token_type');
      const { sub: user, scope: granted } = await verify(subjectToken);
      if (blocked.has(user)) throw new errors.InvalidGrant('no longer a user');
      if (![audience, resource].includes(to)) throw new errors.InvalidTarget();
      const scope = narrow(granted, params.scope);
      const grantId = await new provider.Grant({
        accountId: user,
        clientId: client.clientId,
      }).save();
      const token = new provider.AccessToken({
        accountId: user,
        client,
        grantId,
        gty: GRANT,
        scope,
      });
      token.resourceServer = new provider.ResourceServer(to, {
        audience: to,
        scope,
        accessTokenFormat: 'jwt',
        accessTokenTTL: ttl,
        jwt: { sign: { alg: 'ES256' } },
      });
      const value = await token.save();
      exchanges.push({ client: client.clientId, user, scope, subjectToken, token: value });
      context.body = {
        access_token: value,
        issued_token_type: ACCESS_TOKEN,
        token_type: token.tokenType,
        expires_in: token.expiration,
        scope,
      };
    },
    [
      'subject_token',
      'subject_token_type',
      'requested_token_type',
      'audience',
      'resource',
      'scope',
    ],
  );
  return exchanges;
}
