import { changed, otherApi, times, type Provider, type Site, type Token } from './provider.js';
import { recorded, tokenOn } from './pages.js';

const values = { TENANT: 'acme.eu' };
const client = 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx';
const user = 'auth0|6553da60a54af58e29493993';
const { header } = tokenOn('auth0', 0, values);

/** https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery */
function documents({ origin, key }: Site) {
  return {
    '/.well-known/openid-configuration': {
      issuer: `${origin}/`,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      registration_endpoint: `${origin}/oidc/register`,
      scopes_supported: ['openid', 'profile', 'offline_access', 'email'],
      code_challenge_methods_supported: ['S256', 'plain'],
      id_token_signing_alg_values_supported: ['HS256', 'RS256', 'PS256'],
    },
    '/.well-known/jwks.json': {
      keys: [{ ...key, use: 'sig', kid: header.kid, alg: 'RS256', x5t: header.kid, x5c: [] }],
    },
  };
}

const accessToken = recorded('auth0', 0, values);
const read = (site: Site) => accessToken(site, ['notes.read']);

/** https://auth0.com/docs/secure/tokens/id-tokens/id-token-structure */
function idToken(site: Site): Token {
  const claims = {
    nickname: 'alice',
    name: 'alice@example.com',
    iss: `${site.origin}/`,
    aud: client,
    sub: user,
    ...times(site),
    sid: 'lQX6Hc2b1tYBbMXmqlVNPKKkbj3sKyrn',
    nonce: 'bU9IQUV5',
  };
  return { header, claims };
}

const auth0: Omit<Provider, 'name' | 'blocks' | 'token' | 'refused'> = {
  page: 'auth0',
  values,
  documents,
  asks: { first: 'notes.read', more: 'notes.read notes.write' },
  caller: { subject: user, client },
};

export const auth0Cases: readonly Provider[] = [
  {
    ...auth0,
    name: 'Auth0',
    blocks: [0],
    token: 0,
    refused: {
      'an ID token': { token: idToken, reason: 'claim aud' },
      'a token of another tenant': {
        token: (site) => changed(read(site), { iss: 'https://b.auth0.com/' }),
        reason: 'claim iss',
      },
      'a token whose issuer lacks the slash': {
        token: (site) => changed(read(site), { iss: site.origin }),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) =>
          changed(read(site), {
            aud: [otherApi, `${site.origin}/userinfo`],
          }),
        reason: 'claim aud',
      },
      // Issued if no API is requested: https://support.auth0.com, "Value of the Audience Attribute …".
      'the opaque token of a login': {
        token: () => 'EabWErgdxBn22r9HPjWTv1MXiVgVSdfN',
        reason: 'ERR_JWS_INVALID',
      },
    },
  },
  {
    ...auth0,
    name: 'Auth0, RFC 9068 profile',
    blocks: [0],
    token: 1,
    refused: {},
  },
  {
    ...auth0,
    name: 'Auth0 with permissions (RBAC)',
    blocks: [0, 1],
    token: 2,
    refused: {},
  },
];
