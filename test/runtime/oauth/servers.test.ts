import { describe, expect, it } from 'vitest';
import { unknownVariables, Environment } from '../../../templates/src/runtime/environment.js';
import { serversOf } from '../../../templates/src/runtime/oauth/settings.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';

const [a, b] = ['https://a.example', 'https://b.example/realms/b'];
const resource = 'https://m.example/mcp';
const list = `${a} ${b}`;

function read(variables: Record<string, string> = {}, api = testApi) {
  const usual = { MCP_RESOURCE_URL: resource, OAUTH_AUTHORIZATION_SERVER: list };
  const { oauth } = readHttpSettings(api, { ...usual, ...variables });
  if (oauth === undefined) throw new Error('no OAuth');
  return oauth;
}

const audiencesOf = (variables: Record<string, string>) =>
  serversOf(read(variables)).map(({ audiences }) => audiences);

describe('a list of authorization servers', () => {
  it.each([list, `${a},${b}`, `${a}, ${b}`, `${a}\n${b}`])('%j contains two of them', (text) => {
    const servers = serversOf(read({ OAUTH_AUTHORIZATION_SERVER: text }));
    expect(servers.map(({ issuer, issuers }) => [issuer, issuers])).toEqual([
      [a, [a]],
      [b, [b]],
    ]);
  });

  it('gives each its own audience, or the common one, or the resource', () => {
    expect(audiencesOf({})).toEqual([[resource], [resource]]);
    expect(audiencesOf({ OAUTH_AUDIENCE: 'all' })).toEqual([['all'], ['all']]);
    expect(audiencesOf({ OAUTH_AUDIENCE_2: 'x y' })).toEqual([[resource], ['x', 'y']]);
    expect(audiencesOf({ OAUTH_AUDIENCE: 'all', OAUTH_AUDIENCE_1: 'x' })).toEqual([['x'], ['all']]);
  });

  it('gives each its own URLs, and shares everything else', () => {
    const [first, second] = serversOf(
      read({
        OAUTH_JWKS_URI_1: 'https://a.example/keys',
        OAUTH_METADATA_URL_2: 'https://b.example/doc?p=x',
        OAUTH_CLOCK_TOLERANCE: '7',
      }),
    );
    expect(first).toMatchObject({ jwksUri: 'https://a.example/keys', clockTolerance: 7 });
    expect(second).toMatchObject({ metadataUrl: 'https://b.example/doc?p=x', clockTolerance: 7 });
    expect([first?.metadataUrl, second?.jwksUri]).toEqual([undefined, undefined]);
  });

  it('allows plain http to the host of one server only for that server', () => {
    const text = `http://a.internal ${b}`;
    const oauth = read({ OAUTH_AUTHORIZATION_SERVER: text, OAUTH_ALLOW_HTTP: 'true' });
    const hosts = serversOf(oauth).map(({ plainHosts }) => [...plainHosts]);
    expect(hosts).toEqual([['a.internal'], []]);
    const second = { OAUTH_JWKS_URI_2: 'http://b.internal/keys', OAUTH_ALLOW_HTTP: 'true' };
    expect(read(second).warnings.join()).toContain('plain http to b.internal');
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ OAUTH_ISSUER: a }, /^OAUTH_ISSUER must not be set when/],
    [{ OAUTH_JWKS_URI: `${a}/keys` }, /^OAUTH_JWKS_URI must not be set .* OAUTH_JWKS_URI_1/],
    [{ OAUTH_METADATA_URL: `${a}/doc` }, /^OAUTH_METADATA_URL must not be set .*_1/],
    [
      { OAUTH_TOKEN_FORMAT: 'opaque', OAUTH_CLIENT_ID: 'x', OAUTH_CLIENT_SECRET: 'y' },
      /^OAUTH_TOKEN_FORMAT must not be opaque when/,
    ],
    [
      { OAUTH_INTROSPECTION_URL: `${a}/i`, OAUTH_CLIENT_ID: 'x', OAUTH_CLIENT_SECRET: 'y' },
      /^OAUTH_INTROSPECTION_URL must not be set when/,
    ],
    [{ OAUTH_AUDIENCE_3: 'x' }, /^OAUTH_AUDIENCE_3 must end in a position .* from 1 to 2$/],
    [{ OAUTH_AUDIENCE_0: 'x' }, /^OAUTH_AUDIENCE_0 must end in a position/],
    [{ OAUTH_AUDIENCE_01: 'x' }, /^OAUTH_AUDIENCE_01 must end in a position/],
    [
      { OAUTH_JWKS_URI_2: 'keys' },
      /^OAUTH_JWKS_URI_2 must be an absolute URL, for example OAUTH_JWKS_URI_2=https:/,
    ],
    [{ OAUTH_AUTHORIZATION_SERVER: `${a} ${a}` }, /^OAUTH_AUTHORIZATION_SERVER must list each/],
    [{ OAUTH_AUTHORIZATION_SERVER: `${a} b` }, /^OAUTH_AUTHORIZATION_SERVER must be an absolute/],
    [
      { OAUTH_AUTHORIZATION_SERVER: `${a} http://b.example` },
      /^OAUTH_AUTHORIZATION_SERVER must begin with https/,
    ],
    [{ OAUTH_AUDIENCE_CLAIM: 'client_id', OAUTH_AUDIENCE_1: 'x' }, /^OAUTH_AUDIENCE must be set/],
  ])('does not start with %j', (variables, problem) => {
    expect(() => read(variables)).toThrow(problem);
  });

  describe('with token exchange', () => {
    const exchange = {
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_CLIENT_ID: 'mcp',
      UPSTREAM_CLIENT_SECRET: 'secret',
      UPSTREAM_TOKEN_AUDIENCE: 'urn:api',
    };
    const at = (UPSTREAM_TOKEN_URL: string, servers = list) =>
      read({ ...exchange, UPSTREAM_TOKEN_URL, OAUTH_AUTHORIZATION_SERVER: servers });
    const refusal = /^UPSTREAM_AUTH must not be token-exchange when .* tokens of the others$/;

    it.each([`${a}/token`, 'https://b.example/other/token'])('never starts at %s', (endpoint) => {
      expect(() => at(endpoint)).toThrow(refusal);
    });

    it('starts at a server of the API’s own, at the only server, and within one host', () => {
      expect(at('https://api.example/token').others).toHaveLength(1);
      expect(at(`${a}/token`, a).others).toBeUndefined();
      expect(at(`${a}/token`, `${a}/1 ${a}/2`).others).toHaveLength(1);
    });

    it('never starts at an endpoint that the document names, or leads to', () => {
      const oauth = { type: 'oauth2', tokenUrl: `${a}/token`, variable: 'X' } as const;
      const openid = {
        type: 'openIdConnect',
        openIdConnectUrl: `${b}/doc`,
        variable: 'X',
      } as const;
      for (const scheme of [oauth, openid])
        expect(() => read(exchange, { ...testApi, securitySchemes: { scheme } })).toThrow(refusal);
    });
  });

  it('of one also accepts numbers, but not both', () => {
    const one = { OAUTH_AUTHORIZATION_SERVER: a, OAUTH_JWKS_URI_1: `${a}/keys` };
    expect(read(one).jwksUri).toBe(`${a}/keys`);
    expect(read(one).others).toBeUndefined();
    expect(() => read({ ...one, OAUTH_JWKS_URI: `${a}/k` })).toThrow(/^OAUTH_JWKS_URI must not/);
    expect(() => read({ ...one, OAUTH_AUDIENCE_2: 'x' })).toThrow(/from 1 to 1$/);
  });

  it('has known variables, but not those of anything else', () => {
    const env = new Environment({ OAUTH_AUDIENCE_12: 'x', OAUTH_SCOPE_PREFIX_1: 'x' });
    expect(unknownVariables(testApi, env).join()).toMatch(/^OAUTH_SCOPE_PREFIX_1 is not/);
  });

  it('is not for a server without OAuth', () => {
    const open = { ...testApi, authentication: 'none' as const };
    expect(() => readHttpSettings(open, { OAUTH_AUDIENCE_1: 'x' })).toThrow(/^OAUTH_AUDIENCE_1 /);
  });
});
