import { attempt, type Case, type Expectation, type Group } from '../case.js';
import type { Stage } from '../stage.js';
import { done, invalid, now } from '../expectations.js';

type Claims = Record<string, unknown>;
type Make = (stage: Stage) => Claims;

function withClaims(name: string, source: string, claims: Make, expected = invalid): Case {
  const request = async (stage: Stage) => ({
    body: stage.read,
    token: await stage.token(claims(stage)),
  });
  return attempt(name, source, request, expected);
}

const rfc7519 = (section: string) => `RFC 7519 section 4.1.${section}`;
const audience = 'RFC 8707 section 2, MCP authorization, audience validation';
const url = ({ meaning }: Stage) => meaning.resource;

export const claims: Group = {
  name: 'claim games',
  cases: [
    withClaims('aud missing', audience, () => ({ aud: undefined })),
    withClaims('aud empty', audience, () => ({ aud: '' })),
    withClaims('aud an empty list', audience, () => ({ aud: [] })),
    withClaims('aud null', audience, () => ({ aud: null })),
    withClaims('aud an object', audience, (stage) => ({ aud: { [url(stage)]: url(stage) } })),
    withClaims('aud a list in a list', audience, (stage) => ({ aud: [[url(stage)]] })),
    withClaims('aud of another API', audience, () => ({ aud: 'https://other.example/mcp' })),
    withClaims('aud the client', audience, () => ({ aud: 'test-client' })),
    withClaims('aud the issuer', audience, ({ meaning }) => ({ aud: meaning.issuer })),
    withClaims('aud with a slash more', audience, (stage) => ({ aud: `${url(stage)}/` })),
    withClaims('aud in upper case', audience, (stage) => ({ aud: url(stage).toUpperCase() })),
    withClaims('aud that begins with this server', audience, (stage) => ({
      aud: `${url(stage)}.evil.example`,
    })),
    withClaims('aud that this server begins with', audience, ({ origin }) => ({ aud: origin })),
    withClaims('aud with a space in front', audience, (stage) => ({ aud: ` ${url(stage)}` })),
    withClaims('aud of two in one string', audience, (stage) => ({
      aud: `${url(stage)} https://other.example`,
    })),
    withClaims('aud *', audience, () => ({ aud: '*' })),
    withClaims(
      'aud a list with this server',
      rfc7519('3'),
      (stage) => ({ aud: ['https://other.example', url(stage)] }),
      done,
    ),
    withClaims('iss missing', rfc7519('1'), () => ({ iss: undefined })),
    withClaims('iss a list', rfc7519('1'), ({ meaning }) => ({ iss: [meaning.issuer] })),
    withClaims('iss with a slash more', rfc7519('1'), ({ meaning }) => ({
      iss: `${meaning.issuer}/`,
    })),
    withClaims('iss of another path', rfc7519('1'), ({ meaning }) => ({
      iss: `${meaning.issuer}/tenant`,
    })),
    withClaims('iss of another host', rfc7519('1'), () => ({ iss: 'https://evil.example' })),
    withClaims('iss the evil host, which has keys too', rfc7519('1'), ({ around }) => ({
      iss: around.evil.url,
    })),
    withClaims('exp missing', rfc7519('4'), () => ({ exp: undefined })),
    withClaims('exp a string', rfc7519('4'), () => ({ exp: String(now() + 60) })),
    withClaims('exp null', rfc7519('4'), () => ({ exp: null })),
    withClaims('exp a minute ago', rfc7519('4'), () => ({ exp: now() - 60 })),
    withClaims(
      'exp within the tolerance',
      'resource-server.md: 30 s',
      () => ({ exp: now() - 10 }),
      done,
    ),
    withClaims('nbf in a minute', rfc7519('5'), () => ({ nbf: now() + 60 })),
    withClaims('nbf a string', rfc7519('5'), () => ({ nbf: 'now' })),
    withClaims(
      'nbf within the tolerance',
      'resource-server.md: 30 s',
      () => ({ nbf: now() + 10 }),
      done,
    ),
    withClaims('iat in a minute', 'resource-server.md', () => ({ iat: now() + 60 })),
    withClaims('bound to a key (DPoP)', 'RFC 9449 section 7.1', () => ({ cnf: { jkt: 'x' } })),
    withClaims('bound to a certificate', 'RFC 8705 section 3', () => ({
      cnf: { 'x5t#S256': 'x' },
    })),
    withClaims('bound to nothing known', 'RFC 7800 section 3', () => ({ cnf: {} })),
    withClaims('an ID token by at_hash', 'OpenID Connect Core section 3.1.3.6', () => ({
      at_hash: 'x',
    })),
    withClaims('an ID token by c_hash', 'OpenID Connect Core section 3.3.2.11', () => ({
      c_hash: 'x',
    })),
    withClaims('an ID token by its policy', 'Azure AD B2C, overview of tokens', () => ({
      ver: '1.0',
      tfp: 'B2C_1_signin',
    })),
    withClaims('a logout token', 'RFC 8417 section 2.2', () => ({
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })),
    withClaims('token_use id', 'Amazon Cognito, ID token', () => ({ token_use: 'id' })),
    withClaims('token_use refresh', 'Amazon Cognito', () => ({ token_use: 'refresh' })),
    withClaims(
      'token_use access',
      'Amazon Cognito, access token',
      () => ({ token_use: 'access' }),
      done,
    ),
    ...['ID', 'Refresh', 'Logout', 'Offline', 'id', 'REFRESH'].map((typ) =>
      withClaims(`typ ${typ} in the payload`, 'Keycloak, TokenUtil', () => ({ typ })),
    ),
    ...['refresh', 'Refresh_Token', 'id_token'].map((type) =>
      withClaims(`token_type ${type} in the payload`, 'Simple JWT for Django', () => ({
        token_type: type,
      })),
    ),
    ...['access', 'Bearer'].map((type) =>
      withClaims(
        `token_type ${type} in the payload`,
        'Simple JWT for Django',
        () => ({ token_type: type }),
        done,
      ),
    ),
    withClaims('typ Bearer in the payload', 'Keycloak, TokenUtil', () => ({ typ: 'Bearer' }), done),
    ...typed(
      [
        'logout+jwt',
        'dpop+jwt',
        'secevent+jwt',
        'token-introspection+jwt',
        'oauth-authz-req+jwt',
        'at+jwtx',
        'JOSE',
        ['at+jwt'],
        7,
      ],
      invalid,
    ),
    ...typed(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', undefined], done),
  ],
};

function typed(types: readonly unknown[], expected: Expectation): Case[] {
  return types.map((typ) =>
    attempt(
      `typ ${typ === undefined ? 'missing' : JSON.stringify(typ)} in the header`,
      'RFC 8725 section 3.11, RFC 9068 section 4',
      async (stage) => ({ body: stage.read, token: await stage.token({}, { typ }) }),
      expected,
    ),
  );
}

export const strictType: Group = {
  name: 'claim games',
  ownServer: true,
  env: () => ({ OAUTH_REQUIRE_AT_JWT: 'true' }),
  cases: [
    ...typed(['JWT', undefined, 'at+jwtx'], invalid),
    ...typed(['at+jwt', 'application/at+jwt'], done),
  ],
};

export const otherAudience: Group = {
  name: 'claim games',
  ownServer: true,
  env: () => ({ OAUTH_AUDIENCE: 'api://notes app-1', OAUTH_AUDIENCE_CLAIM: 'client_id' }),
  cases: [
    withClaims(
      'the audience in client_id',
      'Amazon Cognito, access token',
      () => ({ aud: undefined, client_id: 'app-1' }),
      done,
    ),
    withClaims('another client', audience, () => ({ aud: undefined, client_id: 'app-2' })),
    withClaims('the right client, for another API', audience, () => ({
      aud: 'https://other.example',
      client_id: 'app-1',
    })),
    withClaims('the resource URL, which is not configured', audience, (stage) => ({
      client_id: url(stage),
    })),
  ],
};
