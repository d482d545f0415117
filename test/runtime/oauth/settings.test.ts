import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../../templates/src/runtime/api.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';

const usual = {
  MCP_RESOURCE_URL: 'https://m.example/mcp',
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
};

function read(variables: Record<string, string | undefined> = {}, api: Api = testApi) {
  return readHttpSettings(api, { ...usual, ...variables }).oauth;
}

describe('the settings of the OAuth half', () => {
  it('have defaults that fail closed', () => {
    expect(read()).toEqual({
      issuer: 'https://as.example',
      issuers: ['https://as.example'],
      audiences: ['https://m.example/mcp'],
      audienceClaim: 'aud',
      scopeClaims: ['scope', 'scp'],
      scopes: {
        byTool: testApi.scopes,
        implies: new Map(),
        prefix: '',
        supported: ['admin', 'notes.read', 'notes.write', 'root'],
        baseline: ['notes.read'],
      },
      clockTolerance: 30,
      requireAtJwt: false,
      scopeErrors: 'auto',
      proxy: {},
      plainHosts: new Set(),
      warnings: [],
    });
  });

  it('are those of the variables', () => {
    const variables = {
      OAUTH_ISSUER: 'https://a.example/ https://b.example',
      OAUTH_AUDIENCE: 'api://x',
      OAUTH_AUDIENCE_CLAIM: 'client_id',
      OAUTH_METADATA_URL: 'https://as.example/doc?p=x',
      OAUTH_JWKS_URI: 'https://as.example/keys?p=x',
      OAUTH_SCOPE_CLAIM: 'permissions',
      OAUTH_SCOPE_IMPLIES: 'admin=root',
      OAUTH_SCOPE_PREFIX: 'api://x/',
      OAUTH_SCOPES_SUPPORTED: 'z a z',
      OAUTH_BASELINE_SCOPES: 'y b y',
      OAUTH_CLOCK_TOLERANCE: '0',
      OAUTH_REQUIRE_AT_JWT: 'true',
      MCP_SCOPE_ERRORS: 'tool',
    };
    expect(read(variables)).toEqual({
      issuer: 'https://as.example',
      issuers: ['https://a.example/', 'https://b.example'],
      audiences: ['api://x'],
      audienceClaim: 'client_id',
      metadataUrl: 'https://as.example/doc?p=x',
      jwksUri: 'https://as.example/keys?p=x',
      scopeClaims: ['permissions'],
      scopes: {
        byTool: testApi.scopes,
        implies: new Map([['admin', ['root']]]),
        prefix: 'api://x/',
        supported: ['a', 'z'],
        baseline: ['b', 'y'],
      },
      clockTolerance: 0,
      requireAtJwt: true,
      scopeErrors: 'tool',
      proxy: {},
      plainHosts: new Set(),
      warnings: [],
    });
  });

  it('take the issuer from the document unless a variable names one, and the hierarchy from both', () => {
    const api: Api = {
      ...testApi,
      authorizationServer: 'https://document.example/',
      implies: { admin: ['root'], root: ['notes.read'] },
    };
    const fromDocument = read({ OAUTH_AUTHORIZATION_SERVER: undefined }, api);
    expect(fromDocument?.issuer).toBe('https://document.example/');
    expect(fromDocument?.scopes.implies).toEqual(
      new Map([
        ['admin', ['root']],
        ['root', ['notes.read']],
      ]),
    );
    const both = read({ OAUTH_SCOPE_IMPLIES: 'admin=notes.read' }, api);
    expect(both?.issuer).toBe('https://as.example');
    expect(both?.scopes.implies.get('admin')).toEqual(['root', 'notes.read']);
    expect(both?.scopes.implies.get('root')).toEqual(['notes.read']);
  });

  it('first request one alternative of each read-only tool', () => {
    const api: Api = {
      ...testApi,
      scopes: { ...testApi.scopes, free: [['b', 'a'], ['c']], read: [['a']] },
    };
    expect(read({}, api)?.scopes.baseline).toEqual(['a', 'b']);
  });

  it.each([
    ['OAUTH_METADATA_URL', 'http://as.example/doc'],
    ['OAUTH_METADATA_URL', 'doc'],
    ['OAUTH_JWKS_URI', 'http://as.example/keys'],
    ['OAUTH_JWKS_URI', 'https://u:p@as.example/keys'],
    ['OAUTH_CLOCK_TOLERANCE', '601'],
    ['OAUTH_CLOCK_TOLERANCE', '1e1'],
    ['MCP_SCOPE_ERRORS', 'HTTP'],
  ])('do not accept %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} `));
  });

  it.each(['http://keycloak:8080/realms/x', 'accounts.google.com', 'urn:example:issuer'])(
    'compare the issuer %s, but do not fetch it',
    (name) => {
      expect(read({ OAUTH_ISSUER: `https://as.example ${name}` })?.issuers).toEqual([
        'https://as.example',
        name,
      ]);
    },
  );

  it.each(['OAUTH_METADATA_URL', 'OAUTH_JWKS_URI', 'OAUTH_AUTHORIZATION_SERVER'])(
    'allow plain http for %s if the operator sets it, and warn',
    (name) => {
      const plain = { [name]: 'http://keycloak:8080/x' };
      expect(() => read(plain)).toThrow(/^OAUTH_\w+ must begin with https.*OAUTH_ALLOW_HTTP=true/);
      const oauth = read({ ...plain, OAUTH_ALLOW_HTTP: 'true' });
      expect([...(oauth?.plainHosts ?? [])]).toEqual(['keycloak']);
      expect(oauth?.warnings.join()).toMatch(/plain http to keycloak/);
    },
  );

  it('report that plain http was allowed in vain', () => {
    expect(read({ OAUTH_ALLOW_HTTP: 'true' })?.warnings.join()).toMatch(/no URL .* needs it/);
  });

  it('omit offline_access from both lists, and report it if it was set', () => {
    const scopes = { ...testApi.scopes, read: [['notes.read', 'offline_access']] };
    const usual = read({}, { ...testApi, scopes });
    expect(usual?.scopes.supported).not.toContain('offline_access');
    expect(usual?.scopes.baseline).toEqual(['notes.read']);
    expect(usual?.warnings).toEqual([]);
    const set = 'a offline_access';
    const byHand = read({ OAUTH_SCOPES_SUPPORTED: set, OAUTH_BASELINE_SCOPES: set });
    expect(byHand?.scopes).toMatchObject({ supported: ['a'], baseline: ['a'] });
    expect(byHand?.warnings.join()).toMatch(/OAUTH_SCOPES_SUPPORTED.*OAUTH_BASELINE_SCOPES/);
  });

  it.each([
    { OAUTH_CLIENT_ID: 'c' },
    { OAUTH_CLIENT_SECRET: 's' },
    { OAUTH_CLIENT_ID: 'c', OAUTH_CLIENT_AUTH: 'client_secret_post' },
  ])('report that %j has no effect without introspection', (variables) => {
    const [warning = '', ...more] = read(variables)?.warnings ?? [];
    expect(more).toEqual([]);
    for (const name of Object.keys(variables)) expect(warning).toContain(name);
    expect(warning).toContain('OAUTH_TOKEN_FORMAT=opaque');
    expect(warning).not.toMatch(/: s\b/);
  });

  it('report nothing for a client that introspects, or an empty one', () => {
    const client = { OAUTH_CLIENT_ID: 'c', OAUTH_CLIENT_SECRET: 's' };
    expect(read({ ...client, OAUTH_TOKEN_FORMAT: 'opaque' })?.warnings).toEqual([]);
    expect(read({ OAUTH_CLIENT_ID: '', OAUTH_CLIENT_SECRET: '' })?.warnings).toEqual([]);
  });

  it.each([
    'https://as.example/.well-known/openid-configuration',
    'https://as.example/realms/x/.well-known/openid-configuration',
    'https://as.example/.well-known/oauth-authorization-server/x',
  ])('refuse the URL of metadata as an issuer: %s', (url) => {
    expect(() => read({ OAUTH_AUTHORIZATION_SERVER: `https://b.example ${url}` })).toThrow(
      /^OAUTH_AUTHORIZATION_SERVER must be the issuer, not the URL of its metadata/,
    );
  });

  it.each([
    ['https://M.example/mcp', 'https://m.example/mcp'],
    ['https://m.example:443/mcp', 'https://m.example/mcp'],
    ['https://M.example', 'https://m.example/'],
  ])('report that clients write the resource %s as %s', (url, href) => {
    expect(read({ MCP_RESOURCE_URL: url })?.warnings).toEqual([
      `MCP_RESOURCE_URL: clients write it as ${href}, and tokens for that are refused`,
    ]);
    expect(read({ MCP_RESOURCE_URL: url, OAUTH_AUDIENCE: href })?.warnings).toEqual([]);
  });

  it.each(['https://m.example', 'https://m.example/', 'https://m.example/mcp/?a=b'])(
    'report nothing about the resource %s',
    (url) => expect(read({ MCP_RESOURCE_URL: url })?.warnings).toEqual([]),
  );

  it('limit the tolerance to ten minutes', () => {
    expect(read({ OAUTH_CLOCK_TOLERANCE: '600' })?.clockTolerance).toBe(600);
  });
});

describe('the settings of introspection', () => {
  const client = { OAUTH_CLIENT_ID: 'this server', OAUTH_CLIENT_SECRET: 's3cret' };
  const url = { OAUTH_INTROSPECTION_URL: 'https://as.example/introspect' };

  it('are enabled by the URL or by the format', () => {
    const authentication = { method: 'client_secret_basic', secret: 's3cret' };
    const asked = { client: { id: 'this server', authentication } };
    expect(read({ ...client, ...url })?.introspection).toEqual({
      url: 'https://as.example/introspect',
      ...asked,
    });
    expect(read({ ...client, OAUTH_TOKEN_FORMAT: 'opaque' })?.introspection).toEqual(asked);
    expect(read({ ...client, OAUTH_TOKEN_FORMAT: 'jwt' })?.introspection).toBeUndefined();
  });

  it.each([
    [url, /^OAUTH_CLIENT_ID must be set .*\nOAUTH_CLIENT_SECRET must be set /],
    [{ ...client, ...url, OAUTH_TOKEN_FORMAT: 'jwt' }, /^OAUTH_TOKEN_FORMAT must be opaque/],
    [{ ...client, ...url, OAUTH_REQUIRE_AT_JWT: 'true' }, /^OAUTH_REQUIRE_AT_JWT must not be true/],
    [{ ...client, OAUTH_TOKEN_FORMAT: 'JWT' }, /^OAUTH_TOKEN_FORMAT must be one of jwt, opaque/],
    [{ ...client, OAUTH_INTROSPECTION_URL: 'http://as.example' }, /^OAUTH_INTROSPECTION_URL must/],
  ])('refuse %j', (variables, message) => {
    expect(() => read(variables)).toThrow(message);
  });

  it('take the secret of the client from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-'));
    const path = join(folder, 'secret');
    writeFileSync(path, 's3cret\n');
    const variables = { OAUTH_CLIENT_ID: 'me', OAUTH_CLIENT_SECRET_FILE: path, ...url };
    expect(read(variables)?.introspection?.client.authentication).toEqual({
      method: 'client_secret_basic',
      secret: 's3cret',
    });
    rmSync(folder, { recursive: true });
  });

  it('let the client authenticate in every way that the API’s client can', () => {
    const post = read({ ...client, ...url, OAUTH_CLIENT_AUTH: 'client_secret_post' });
    expect(post?.introspection?.client.authentication.method).toBe('client_secret_post');
    const folder = mkdtempSync(join(tmpdir(), 'oauth-'));
    const path = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const variables = { OAUTH_CLIENT_ID: 'me', OAUTH_CLIENT_KEY_FILE: path, ...url };
    expect(read(variables)?.introspection?.client.authentication).toMatchObject({
      method: 'private_key_jwt',
      key: { header: { alg: 'EdDSA' } },
    });
    rmSync(folder, { recursive: true });
    const keyless = { OAUTH_CLIENT_ID: 'me', ...url, OAUTH_CLIENT_AUTH: 'private_key_jwt' };
    expect(() => read(keyless)).toThrow(/^OAUTH_CLIENT_KEY_FILE is required/);
  });

  it('require the values of any claim other than aud', () => {
    expect(() => read({ OAUTH_AUDIENCE_CLAIM: 'client_id' })).toThrow(
      /^OAUTH_AUDIENCE must be set/,
    );
  });

  it('have one claim for the audience', () => {
    const variables = { OAUTH_AUDIENCE: 'x', OAUTH_AUDIENCE_CLAIM: 'aud azp' };
    expect(() => read(variables)).toThrow(/^OAUTH_AUDIENCE_CLAIM must name a single claim/);
  });
});
