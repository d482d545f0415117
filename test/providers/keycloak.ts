import {
  changed,
  otherApi,
  resource,
  times,
  type Provider,
  type Site,
  type Token,
} from './provider.js';
import { recorded, tokenOn } from './pages.js';

const realm = '/realms/acme';
const client = '0f0c5a3e-5a3b-4a0f-9d0b-3b0c5a3e5a3b';
const user = '36fa0f91-f94d-4a0c-afed-6b7d952e47da';
const session = '2a88c258-f73a-4103-b862-e1fbd8f4e04e';
const values = { KEYCLOAK_HOST: 'id.example.com', REALM: 'acme', OTHER_REALM: 'other' };
const { header } = tokenOn('keycloak', 0, values);
/** The payload's `typ`: TokenUtil of keycloak-core. */
const accessToken = recorded('keycloak', 0, values);

/**
 * RFC 8414 at its standard place since 26.4 (https://github.com/keycloak/keycloak/pull/41440), OpenID Connect only
 * appended. The key set has a key for encryption too.
 */
function keycloakDocuments({ origin, key }: Site) {
  const issuer = origin + realm;
  const endpoints = `${issuer}/protocol/openid-connect`;
  const metadata = {
    issuer,
    authorization_endpoint: `${endpoints}/auth`,
    token_endpoint: `${endpoints}/token`,
    introspection_endpoint: `${endpoints}/token/introspect`,
    jwks_uri: `${endpoints}/certs`,
    registration_endpoint: `${issuer}/clients-registrations/openid-connect`,
    code_challenge_methods_supported: ['plain', 'S256'],
  };
  return {
    [`/.well-known/oauth-authorization-server${realm}`]: metadata,
    [`${realm}/.well-known/openid-configuration`]: metadata,
    [`${realm}/protocol/openid-connect/certs`]: {
      keys: [
        { ...key, kid: 'encryption', use: 'enc', alg: 'RSA-OAEP' },
        { ...key, kid: header.kid, use: 'sig', alg: 'RS256', x5c: [], x5t: header.kid },
      ],
    },
  };
}

const usual = (site: Site) => ({
  ...times(site),
  iss: site.origin + realm,
  sub: user,
  azp: client,
  sid: session,
});

function idToken(site: Site): Token {
  const claims = {
    ...usual(site),
    jti: 'd58f5dc8-fd8f-462b-8a19-716f8f83985b',
    aud: client,
    typ: 'ID',
    auth_time: site.now,
    acr: '1',
    at_hash: 'XXiMF9eJ5wTVfVhJc0nFsg',
    preferred_username: 'alice',
  };
  return { header, claims };
}

/** Of another type, with a matching audience: a mapper may apply to any of them. */
function typed(typ: string, headerTyp = 'JWT') {
  return (site: Site): Token => ({
    header: { ...header, typ: headerTyp },
    claims: { ...usual(site), aud: resource, typ, scope: 'notes.read' },
  });
}

const readToken = (site: Site) => accessToken(site, ['notes.read']);
const notBearer = 'typ (Keycloak) is not Bearer';

const keycloak: Provider = {
  name: 'Keycloak',
  page: 'keycloak',
  blocks: [0],
  values,
  documents: keycloakDocuments,
  token: 0,
  asks: { first: 'notes.read', more: 'notes.read notes.write' },
  caller: { subject: user, client },
  refused: {
    'an ID token': { token: idToken, reason: 'claim aud' },
    // The audience mapper has a switch "Add to ID token".
    'an ID token with the audience mapper': {
      token: (site) => changed(idToken(site), { aud: [resource, client] }),
      reason: notBearer,
    },
    'an ID token with the audience mapper, without at_hash': {
      token: (site) => changed(idToken(site), { aud: resource, at_hash: undefined }),
      reason: notBearer,
    },
    'a refresh token, whose key is not published': {
      token: (site) => ({
        header: { ...header, kid: '8f6c5b2a-hs512' },
        claims: { ...usual(site), aud: site.origin + realm, typ: 'Refresh', scope: 'notes.read' },
      }),
      reason: 'unknown key',
    },
    'a refresh token, were it signed with the realm’s key': {
      token: typed('Refresh'),
      reason: notBearer,
    },
    'an offline token, were it signed with the realm’s key': {
      token: typed('Offline'),
      reason: notBearer,
    },
    // https://github.com/keycloak/keycloak/pull/29260; before that its type was JWT.
    'a logout token': { token: typed('Logout', 'logout+jwt'), reason: 'typ' },
    'a logout token of an older version': { token: typed('Logout'), reason: notBearer },
    'a token of another realm': {
      token: (site) => changed(readToken(site), { iss: `${site.origin}/realms/master` }),
      reason: 'claim iss',
    },
    'a token for another API': {
      token: (site) => changed(readToken(site), { aud: [otherApi, 'account'] }),
      reason: 'claim aud',
    },
    'a token without the audience mapper': {
      token: (site) => changed(readToken(site), { aud: 'account' }),
      reason: 'claim aud: "account" is not this server',
    },
    'a token without any audience': {
      token: (site) => changed(readToken(site), { aud: undefined }),
      reason: 'claim aud: nothing is not this server',
    },
    // Keycloak's DPoP: the binding is not checked here.
    'a DPoP-bound token': {
      token: (site) => changed(readToken(site), { typ: 'DPoP', cnf: { jkt: 'x' } }),
      reason: 'sender-constrained',
    },
  },
};

export const keycloakCases: readonly Provider[] = [
  keycloak,
  { ...keycloak, name: 'Keycloak, several realms', blocks: [0, 1], refused: {} },
  {
    ...keycloak,
    name: 'Keycloak before 26.4',
    documents: (site) => {
      const { [`/.well-known/oauth-authorization-server${realm}`]: _, ...appended } =
        keycloakDocuments(site);
      return appended;
    },
    refused: {},
  },
];
