import { changed, otherApi, times, type Provider, type Site, type Token } from './provider.js';
import { recorded, tokenOn } from './pages.js';

const environment = 'client_01JP8BD0CZ401TDF9X54NT5ZEK';
const client = 'client_01K2M4Q0X5R7T9V1W3Y5Z7A9B1';
const user = 'user_01HBEQKA6K4QJAS93VPE39W1JT';
const values = { SUBDOMAIN: 'acme' };
const { header } = tokenOn('authkit', 0, values);
const accessToken = recorded('authkit', 0, values);

/**
 * RFC 8414 as https://workos.com/docs/authkit/mcp prints it: without a `jwks_uri`, which is in the document of OpenID
 * Connect (https://workos.com/docs/reference/workos-connect/metadata).
 */
function documents({ origin, key }: Site) {
  const metadata = {
    authorization_endpoint: `${origin}/oauth2/authorize`,
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    introspection_endpoint: `${origin}/oauth2/introspection`,
    issuer: origin,
    registration_endpoint: `${origin}/oauth2/register`,
    scopes_supported: ['email', 'offline_access', 'openid', 'profile'],
    response_types_supported: ['code'],
    token_endpoint: `${origin}/oauth2/token`,
  };
  return {
    '/.well-known/oauth-authorization-server': metadata,
    '/.well-known/openid-configuration': { ...metadata, jwks_uri: `${origin}/oauth2/jwks` },
    '/oauth2/jwks': { keys: [{ ...key, ...header, use: 'sig' }] },
  };
}

/** https://workos.com/docs/reference/workos-connect/token */
function idToken(site: Site): Token {
  const claims = {
    iss: site.origin,
    aud: client,
    sub: user,
    name: 'Alice',
    email: 'alice@example.com',
    email_verified: true,
    nonce: '4QWsQj7bUUkCXnoC',
    ...times(site),
  };
  return { header, claims };
}

const readToken = (site: Site) => accessToken(site, ['notes.read']);

export const authkitCases: readonly Provider[] = [
  {
    name: 'WorkOS AuthKit',
    page: 'authkit',
    blocks: [0],
    values,
    documents,
    token: 0,
    asks: { first: 'notes.read', more: 'notes.read notes.write' },
    caller: { subject: user, client },
    refused: {
      'an ID token': { token: idToken, reason: 'claim aud' },
      'a token of another environment': {
        token: (site) => changed(readToken(site), { iss: 'https://other.authkit.app' }),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) => changed(readToken(site), { aud: otherApi }),
        reason: 'claim aud',
      },
      'a token without a resource indicator': {
        token: (site) => changed(readToken(site), { aud: environment }),
        reason: 'claim aud',
      },
      // https://workos.com/docs/authkit/sessions: for an application that signs users in itself.
      'a session token': {
        token: (site) =>
          changed(readToken(site), {
            iss: `https://api.workos.com/user_management/${environment}`,
            aud: undefined,
            permissions: ['notes.read'],
          }),
        reason: 'claim iss',
      },
    },
  },
];
