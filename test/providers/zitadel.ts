import {
  changed,
  resource,
  times,
  type Claims,
  type Provider,
  type Site,
  type Token,
} from './provider.js';
import { recorded, tokenOn } from './pages.js';

const project = '252855702316398078';
const app = '252856053933356542';
const client = '252856053933356543';
const user = '77776025198584418';
const asks = `openid urn:zitadel:iam:org:project:id:${project}:aud`;
// sign/signer.go of zitadel/zitadel
const values = { INSTANCE: 'acme', PROJECT_ID: project };
const { header } = tokenOn('zitadel', 0, values);

/** https://zitadel.com/docs/apis/openidoauth/endpoints */
function documents({ origin, key }: Site) {
  return {
    '/.well-known/openid-configuration': {
      issuer: origin,
      authorization_endpoint: `${origin}/oauth/v2/authorize`,
      token_endpoint: `${origin}/oauth/v2/token`,
      introspection_endpoint: `${origin}/oauth/v2/introspect`,
      userinfo_endpoint: `${origin}/oidc/v1/userinfo`,
      jwks_uri: `${origin}/oauth/v2/keys`,
      scopes_supported: ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'],
    },
    '/oauth/v2/keys': { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: header.kid }] },
  };
}

const usual = (site: Site) => ({
  iss: site.origin,
  sub: user,
  // By default all clients of the project, and the project: https://zitadel.com/docs/apis/openidoauth/claims
  aud: [app, client, project],
  ...times(site),
  nbf: site.now,
});

/** The claim `permissions` is an Action's. */
const jwt = recorded('zitadel', 0, values);
/** `scope` has the requested scopes. */
const introspected = recorded('zitadel', 1, values);

/** createIDToken, the same file: the audience of the access token. An Action sees it too. */
function idToken(site: Site): Token {
  const claims = {
    ...usual(site),
    auth_time: site.now,
    amr: ['pwd'],
    azp: client,
    client_id: client,
    at_hash: 'XXiMF9eJ5wTVfVhJc0nFsg',
    sid: 'V1_252862212748621310',
    permissions: ['notes.read'],
  };
  return { header, claims };
}

const zitadel = {
  page: 'zitadel',
  values,
  documents,
  // Missing permissions cannot be requested; according to the README, such a call fails as a tool.
  asks: { first: asks, more: 'notes.write' },
};

function refused(read: (site: Site) => Token, foreignIssuer: string) {
  const other = (changes: Claims) => (site: Site) => changed(read(site), changes);
  return {
    'a token of another instance': {
      token: other({ iss: 'https://other.zitadel.cloud' }),
      reason: foreignIssuer,
    },
    'a token of another project': {
      token: other({ aud: ['69234237810729234', '69234237810729019'] }),
      reason: 'claim aud',
    },
    'a token for the URL, which ZITADEL does not issue': {
      token: other({ aud: resource }),
      reason: 'claim aud',
    },
  };
}

export const zitadelJwt: Provider = {
  ...zitadel,
  name: 'ZITADEL, JWT',
  blocks: [0],
  token: 0,
  caller: { subject: user },
  refused: {
    ...refused((site) => jwt(site, ['notes.read']), 'claim iss'),
    'an ID token, whose audience fits': { token: idToken, reason: 'an ID token' },
    'an opaque token': { token: () => 'VjVxyCZmRmWYqd3_F5db9Pb9mHR5fqzhn', reason: 'ERR_JWS' },
  },
};

export const zitadelOpaque: Provider = {
  ...zitadel,
  name: 'ZITADEL, introspection',
  blocks: [0, 1],
  opaque: true,
  token: 1,
  caller: { subject: user, client },
  refused: {
    ...refused((site) => introspected(site, ['notes.read']), 'claim iss'),
    'a token that is not active': {
      token: (site) => changed(introspected(site, ['notes.read']), { active: false }),
      reason: 'not active',
    },
    // verifyAccessToken looks up the token by its id; any other JWT is not active.
    'anything but a token': { token: () => 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', reason: 'not active' },
  },
};
