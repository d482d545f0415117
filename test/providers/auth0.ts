import {
  changed,
  otherApi,
  resource,
  times,
  type Claims,
  type Provider,
  type Site,
  type Token,
} from './provider.js';

const client = 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx';
const user = 'auth0|6553da60a54af58e29493993';
const header = { alg: 'RS256', typ: 'JWT', kid: 'k0QSzRmlGtrxPGVQpNmX7' };

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

/** The Auth0 profile: https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles */
function accessToken(site: Site, granted: Claims): Token {
  const claims = {
    iss: `${site.origin}/`,
    sub: user,
    aud: [resource, `${site.origin}/userinfo`],
    ...times(site),
    azp: client,
    ...granted,
  };
  return { header, claims };
}

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

const auth0: Omit<Provider, 'name' | 'blocks' | 'accessToken' | 'refused'> = {
  section: 'Auth0',
  values: { TENANT: 'acme.eu' },
  documents,
  asks: { first: 'notes.read', more: 'notes.read notes.write' },
  caller: { subject: user, client },
};

const scopeOf = (scopes: readonly string[]) => ({ scope: ['openid', ...scopes].join(' ') });

export const auth0Cases: readonly Provider[] = [
  {
    ...auth0,
    name: 'Auth0',
    blocks: [0],
    accessToken: (site, scopes) => accessToken(site, scopeOf(scopes)),
    refused: {
      'an ID token': { token: idToken, reason: 'claim aud' },
      'a token of another tenant': {
        token: (site) =>
          changed(accessToken(site, scopeOf(['notes.read'])), { iss: 'https://b.auth0.com/' }),
        reason: 'claim iss',
      },
      'a token whose issuer lacks the slash': {
        token: (site) => changed(accessToken(site, scopeOf(['notes.read'])), { iss: site.origin }),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) =>
          changed(accessToken(site, scopeOf(['notes.read'])), {
            aud: [otherApi, `${site.origin}/userinfo`],
          }),
        reason: 'claim aud',
      },
      // What is issued when no API is asked for: https://support.auth0.com, "Value of the Audience Attribute …".
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
    // The same page; the type is RFC 9068's.
    accessToken: (site, scopes) => {
      const { claims } = accessToken(site, scopeOf(scopes));
      const { azp, ...others } = claims;
      const jti = '73WakrfVbNJBaAmhQtEeDv';
      return { header: { ...header, typ: 'at+jwt' }, claims: { ...others, client_id: azp, jti } };
    },
    refused: {},
  },
  {
    ...auth0,
    name: 'Auth0 with permissions (RBAC)',
    blocks: [0, 1],
    // https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
    accessToken: (site, permissions) => accessToken(site, { ...scopeOf([]), permissions }),
    refused: {},
  },
];
