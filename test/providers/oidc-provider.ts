import { changed, otherApi, times, type Provider, type Site, type Token } from './provider.js';
import { recorded, tokenOn } from './pages.js';

const client = 'k0m6YpreK2xPq8Vn4TzLw';
const values = { AUTH_HOST: 'auth.example.com' };
const { kid } = tokenOn('oidc-provider', 0, values).header;

/** Both documents at the root; real ones are in oidc-provider.test.ts, which compares them. */
function documents({ origin, key }: Site) {
  const metadata = {
    issuer: origin,
    authorization_endpoint: `${origin}/auth`,
    token_endpoint: `${origin}/token`,
    introspection_endpoint: `${origin}/token/introspection`,
    registration_endpoint: `${origin}/reg`,
    jwks_uri: `${origin}/jwks`,
    code_challenge_methods_supported: ['S256'],
  };
  return {
    '/.well-known/openid-configuration': metadata,
    '/.well-known/oauth-authorization-server': metadata,
    '/jwks': { keys: [{ ...key, use: 'sig', kid, alg: 'RS256' }] },
  };
}

export const oidcProviderToken = recorded('oidc-provider', 0, values);
const introspected = recorded('oidc-provider', 1, values);

/** lib/models/id_token.js; without a type, and from the token endpoint without a hash. */
export function oidcProviderIdToken(site: Site): Token {
  const claims = {
    sub: 'alice',
    aud: client,
    ...times(site),
    iss: site.origin,
  };
  return { header: { alg: 'RS256', kid }, claims };
}

const read = (site: Site) => oidcProviderToken(site, ['notes.read']);
const readOpaque = (site: Site) => introspected(site, ['notes.read']);

const oidcProvider = {
  page: 'oidc-provider',
  values,
  documents,
  asks: { first: 'notes.read', more: 'notes.read notes.write' },
  caller: { subject: 'alice', client },
};

export const oidcProviderCases: readonly Provider[] = [
  {
    ...oidcProvider,
    name: 'oidc-provider, JWT',
    blocks: [0],
    token: 0,
    refused: {
      'an ID token': { token: oidcProviderIdToken, reason: 'claim aud' },
      'a logout token': {
        token: (site) => ({
          header: { ...read(site).header, typ: 'logout+jwt' },
          claims: read(site).claims,
        }),
        reason: 'typ',
      },
      'a token of another issuer': {
        token: (site) => changed(read(site), { iss: 'https://other.example.com' }),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) => changed(read(site), { aud: otherApi }),
        reason: 'claim aud',
      },
      'an opaque token': { token: () => 'Yk3mQ0x9ZpV7sT1uWcD5eFgH2iJ4kLmN', reason: 'ERR_JWS' },
    },
  },
  {
    ...oidcProvider,
    name: 'oidc-provider, introspection',
    blocks: [0, 1],
    opaque: true,
    token: 1,
    refused: {
      'a token that is not active': {
        token: () => 'Yk3mQ0x9ZpV7sT1uWcD5eFgH',
        reason: 'not active',
      },
      // Active too, but without audience and token type.
      'a refresh token': {
        token: (site) => changed(readOpaque(site), { aud: undefined, token_type: undefined }),
        reason: 'claim aud: nothing is not this server',
      },
      'a DPoP-bound token': {
        token: (site) => changed(readOpaque(site), { token_type: 'DPoP', cnf: { jkt: 'x' } }),
        reason: 'token_type is not Bearer',
      },
      'a token of another issuer': {
        token: (site) => changed(readOpaque(site), { iss: 'https://other.example.com' }),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) => changed(readOpaque(site), { aud: otherApi }),
        reason: 'claim aud',
      },
    },
  },
];
