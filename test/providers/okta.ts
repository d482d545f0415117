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

const server = 'aus9o8wzkhckw9TLa0h7';
const client = 'nmdP1fcyvdVO11AL7ECm';
const user = '00ujmkLgagxeRrAg20g3';
// Okta sets no type: https://developer.okta.com/docs/reference/api/oidc/#access-token-header
const values = { ORG: 'acme', SERVER_ID: server };
const { header } = tokenOn('okta', 0, values);
const accessToken = recorded('okta', 0, values);

const issuerOf = ({ origin }: Site) => `${origin}/oauth2/${server}`;

/**
 * Both documents are appended to the issuer, even that of RFC 8414, which belongs between host and path:
 * https://developer.okta.com/docs/concepts/auth-servers/#custom-authorization-server-discovery-endpoints
 */
function documents(site: Site) {
  const issuer = issuerOf(site);
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/v1/authorize`,
    token_endpoint: `${issuer}/v1/token`,
    registration_endpoint: `${site.origin}/oauth2/v1/clients`,
    jwks_uri: `${issuer}/v1/keys`,
    introspection_endpoint: `${issuer}/v1/introspect`,
    scopes_supported: ['openid', 'offline_access'],
    code_challenge_methods_supported: ['S256'],
  };
  return {
    [`/oauth2/${server}/.well-known/openid-configuration`]: metadata,
    [`/oauth2/${server}/.well-known/oauth-authorization-server`]: metadata,
    [`/oauth2/${server}/v1/keys`]: { keys: [{ ...site.key, ...header, use: 'sig' }] },
  };
}

/** https://developer.okta.com/docs/reference/api/oidc/#id-token-payload */
function idToken(site: Site): Token {
  const claims = {
    ver: 1,
    sub: user,
    iss: issuerOf(site),
    aud: client,
    ...times(site),
    amr: ['pwd'],
    jti: 'ID.4eAWJOCMB3SX8XewDfVR',
    auth_time: site.now,
    at_hash: 'cpqKfdQA5eH891Ff5oJr_Q',
    name: 'Alice',
    preferred_username: 'alice@example.com',
  };
  return { header, claims };
}

const readToken = (site: Site) => accessToken(site, ['notes.read']);

export const oktaCases: readonly Provider[] = [
  {
    name: 'Okta, custom authorization server',
    page: 'okta',
    blocks: [0],
    values,
    documents,
    token: 0,
    asks: { first: 'notes.read', more: 'notes.read notes.write' },
    caller: { subject: 'alice@example.com', client },
    refused: {
      'an ID token': { token: idToken, reason: 'claim aud' },
      // If a client had the name of this server, only the hash would identify the token.
      'an ID token whose audience fits': {
        token: (site) => changed(idToken(site), { aud: resource }),
        reason: 'an ID token',
      },
      // Okta has separate keys for each server. Even with the same key, the issuer would differ.
      'a token of the org authorization server': {
        token: (site) => changed(readToken(site), { iss: site.origin, aud: site.origin }),
        reason: 'claim iss',
      },
      'a token of another custom authorization server': {
        token: (site) => changed(readToken(site), { iss: `${site.origin}/oauth2/default` }),
        reason: 'claim iss',
      },
      'a token signed with another server’s key': {
        token: (site) => ({ ...readToken(site), header: { ...header, kid: 'org-key' } }),
        reason: 'unknown key',
      },
      'a token for another API': {
        token: (site) => changed(readToken(site), { aud: otherApi }),
        reason: 'claim aud',
      },
    },
  },
];
