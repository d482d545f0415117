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

const pool = 'eu-west-1_EXAMPLE';
const client = '1example23456789';
const machine = '5machine23456789';
const user = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
// Another key for each kind of token, and no type: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
const { header: accessHeader } = tokenOn('cognito', 0, {});
const idHeader = { kid: '5678example=', alg: 'RS256' };

const issuerOf = ({ origin }: Site) => `${origin}/${pool}`;

/** OpenID Connect only; the endpoints are on another host, the user pool's domain. */
function documents(site: Site) {
  const domain = 'https://acme.auth.eu-west-1.amazoncognito.com';
  return {
    [`/${pool}/.well-known/openid-configuration`]: {
      issuer: issuerOf(site),
      authorization_endpoint: `${domain}/oauth2/authorize`,
      token_endpoint: `${domain}/oauth2/token`,
      userinfo_endpoint: `${domain}/oauth2/userInfo`,
      jwks_uri: `${issuerOf(site)}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
    },
    [`/${pool}/.well-known/jwks.json`]: {
      keys: [idHeader, accessHeader].map((header) => ({ ...site.key, ...header, use: 'sig' })),
    },
  };
}

const values = {
  REGION: 'eu-west-1',
  USER_POOL_ID: pool,
  RESOURCE_SERVER: 'notes',
  APP_CLIENT_ID: `${client} ${machine}`,
};

const boundToken = recorded('cognito', 0, values);
/** Its subject is the client. */
const machineToken = recorded('cognito', 1, values);

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
function idToken(site: Site): Token {
  const claims = {
    sub: user,
    email_verified: true,
    iss: issuerOf(site),
    'cognito:username': 'alice',
    origin_jti: user,
    aud: client,
    event_id: user,
    token_use: 'id',
    auth_time: site.now,
    ...times(site),
    jti: user,
    email: 'alice@example.com',
  };
  return { header: idHeader, claims };
}

const readBound = (site: Site) => boundToken(site, ['notes.read']);
const readMachine = (site: Site) => machineToken(site, ['notes.read']);
const otherPool = (site: Site) => ({ iss: `${site.origin}/eu-west-1_OTHER` });

const cognito = {
  page: 'cognito',
  values,
  documents,
  asks: { first: 'notes/notes.read', more: 'notes/notes.read notes/notes.write' },
};

export const cognitoCases: readonly Provider[] = [
  {
    ...cognito,
    name: 'Amazon Cognito, bound to the resource',
    blocks: [0],
    token: 0,
    caller: { subject: user, client },
    refused: {
      'an ID token': { token: idToken, reason: 'claim aud' },
      'an ID token whose audience fits': {
        token: (site) => changed(idToken(site), { aud: resource }),
        reason: 'token_use is not access',
      },
      'a token of another user pool': {
        token: (site) => changed(readBound(site), otherPool(site)),
        reason: 'claim iss',
      },
      'a token for another API': {
        token: (site) => changed(readBound(site), { aud: otherApi }),
        reason: 'claim aud',
      },
      'a token that is bound to no resource': {
        token: readMachine,
        reason: 'claim aud: nothing is not this server',
      },
    },
  },
  {
    ...cognito,
    name: 'Amazon Cognito, client credentials',
    blocks: [0, 1],
    token: 1,
    caller: { subject: machine, client: machine },
    refused: {
      'an ID token of an accepted client': { token: idToken, reason: 'claim client_id' },
      'an ID token that names its client twice': {
        token: (site) => changed(idToken(site), { client_id: client }),
        reason: 'token_use is not access',
      },
      'a token of another user pool': {
        token: (site) => changed(readMachine(site), otherPool(site)),
        reason: 'claim iss',
      },
      'a token of another app client': {
        token: (site) => changed(readMachine(site), { client_id: '9other23456789' }),
        reason: 'claim client_id: "9other23456789" is not this server',
      },
      'a token of another app client, bound to this server': {
        token: (site) => changed(readBound(site), { client_id: '9other23456789' }),
        reason: 'claim client_id',
      },
      'a token of an accepted client, bound to another API': {
        token: (site) => changed(readBound(site), { aud: otherApi }),
        reason: 'claim aud: "https://other.example.com/api" is another server',
      },
    },
  },
  {
    ...cognito,
    name: 'Amazon Cognito, bound beside client credentials',
    blocks: [0, 1],
    token: 0,
    caller: { subject: user, client },
    refused: {},
  },
];
