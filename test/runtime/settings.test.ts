import { describe, expect, it } from 'vitest';
import { SettingsError } from '../../templates/src/runtime/environment.js';
import { readHttpSettings, readStdioSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const env = { OAUTH_AUTHORIZATION_SERVER: 'https://as.example' };
const openApi = { ...testApi, authentication: 'none' } as const;

function problems(variables: Record<string, string>, api = testApi): string {
  try {
    readHttpSettings(api, variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

describe('settings fail closed', () => {
  it('names the issuer if it is missing', () => {
    expect(problems({})).toMatch(
      /^OAUTH_AUTHORIZATION_SERVER must be set .*, for example OAUTH_AUTHORIZATION_SERVER=https:\/\//,
    );
  });

  it.each([
    'as.example',
    'http://as.example',
    'https://u:p@as.example',
    'https://as.example?x',
    'https://as.example#f',
  ])('refuses the issuer %s', (issuer) => {
    expect(problems({ OAUTH_AUTHORIZATION_SERVER: issuer })).toMatch(
      /^OAUTH_AUTHORIZATION_SERVER /,
    );
  });

  it.each([
    'mcp.example',
    'http://mcp.example/mcp',
    'https://u@mcp.example/',
    'https://mcp.example/#',
    'ftp://mcp.example',
  ])('refuses the resource %s', (resource) => {
    expect(problems({ ...env, MCP_RESOURCE_URL: resource })).toMatch(/^MCP_RESOURCE_URL /);
  });

  it('requires a resource URL if it listens beyond loopback', () => {
    expect(problems({ ...env, HOST: '0.0.0.0' })).toMatch(
      /^MCP_RESOURCE_URL must be set when HOST/,
    );
    expect(problems({ ...env, HOST: '0.0.0.0', MCP_RESOURCE_URL: 'https://m.example/mcp' })).toBe(
      '',
    );
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ HOST: '0.0.0.0' }, /^HOST must be a loopback address/],
    [{ MCP_RESOURCE_URL: 'https://m.example/mcp' }, /^MCP_RESOURCE_URL must be a loopback URL/],
    [env, /^OAUTH_AUTHORIZATION_SERVER must not be set/],
    [{ OAUTH_CLIENT_SECRET_FILE: '/x' }, /^OAUTH_CLIENT_SECRET_FILE must not be set/],
    [{ MCP_SCOPE_ERRORS: 'tool' }, /^MCP_SCOPE_ERRORS must not be set/],
  ])('start no server without OAuth if %j requires one', (variables, message) => {
    expect(problems(variables, openApi)).toMatch(message);
    expect(problems(variables, openApi)).toContain('MCP_ALLOW_UNAUTHENTICATED=true');
    const accepted = { ...variables, MCP_ALLOW_UNAUTHENTICATED: 'true' };
    expect(problems(accepted, openApi)).toBe('');
    expect(() => readStdioSettings(openApi, variables)).not.toThrow();
  });

  it('start no server without OAuth at the public URL that it was generated for', () => {
    const resourceUrl = 'https://m.example/mcp';
    expect(problems({}, { ...openApi, resourceUrl })).toMatch(
      /^MCP_RESOURCE_URL must be a loopback/,
    );
    expect(
      problems({ MCP_RESOURCE_URL: 'http://127.0.0.1:3000/mcp' }, { ...openApi, resourceUrl }),
    ).toBe('');
  });

  it('start a server without OAuth on this machine, whatever Kubernetes sets', () => {
    expect(problems({}, openApi)).toBe('');
    expect(problems({ OAUTH_PORT: 'tcp://10.0.0.1:80', OAUTH_ISSUER: ' ' }, openApi)).toBe('');
  });

  it('reports every variable at once', () => {
    const message = problems({
      PORT: 'x',
      OAUTH_CLOCK_TOLERANCE: '-1',
      OAUTH_REQUIRE_AT_JWT: 'yes',
      MCP_SCOPE_ERRORS: 'maybe',
      OAUTH_SCOPE_IMPLIES: 'a',
      MCP_ALLOWED_ORIGINS: 'https://a.example/path',
    });
    for (const name of [
      'PORT',
      'OAUTH_CLOCK_TOLERANCE',
      'OAUTH_REQUIRE_AT_JWT',
      'MCP_SCOPE_ERRORS',
      'OAUTH_SCOPE_IMPLIES',
      'MCP_ALLOWED_ORIGINS',
      'OAUTH_AUTHORIZATION_SERVER',
    ]) {
      expect(message).toMatch(new RegExp(`^${name} `, 'm'));
    }
  });

  it.each([
    'https://app.example.com',
    'http://localhost:6274',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0b6c7c1d-1111-2222-3333-444455556666',
    'app://obsidian.md',
    'tauri://localhost',
    'vscode-file://vscode-app',
    'capacitor://localhost:8100',
  ])('accept the origin %s as clients send it', (origin) => {
    const { allowedOrigins } = readHttpSettings(testApi, { ...env, MCP_ALLOWED_ORIGINS: origin });
    expect(allowedOrigins).toContain(origin);
  });

  it.each([
    'null',
    '*',
    'https://App.example.com',
    'https://app.example.com/',
    'https://app.example.com:443',
    'https://*.example.com',
    'https://[::1',
    'chrome-extension://*',
    'chrome-extension://abc/page',
    'Chrome-extension://abc',
    'app://',
    'file:///etc',
    'user@app://x',
  ])('refuse %s, which is not an origin', (origin) => {
    expect(problems({ ...env, MCP_ALLOWED_ORIGINS: origin })).toMatch(/^MCP_ALLOWED_ORIGINS /);
  });

  it.each([
    ['https://App.example.com/', 'https://app.example.com'],
    ['http://localhost:80', 'http://localhost'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('name, for %s, the origin that browsers send', (origin, sent) => {
    expect(problems({ ...env, MCP_ALLOWED_ORIGINS: origin })).toContain(`(${sent})`);
  });

  it.each([
    ['OAUTH_AUDIENCE', ','],
    ['OAUTH_ISSUER', ', ,'],
    ['MCP_ALLOWED_HOSTS', '*'],
    ['MCP_ALLOWED_HOSTS', 'a.example:443'],
    ['MCP_ALLOWED_HOSTS', '[:::]'],
    ['MCP_TRUSTED_PROXIES', 'proxy.example'],
    ['MCP_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['MCP_TRUSTED_PROXIES', '10.0.0.0/'],
    ['MCP_TRUSTED_PROXIES', '10.0.0/8'],
    ['MCP_TRUSTED_PROXIES', '::1 fd00::/129'],
    ['MCP_RESOURCE_URL', 'https://m.example/healthz'],
    ['MCP_RESOURCE_URL', 'https://m.example/.well-known/x'],
    ['MCP_RESOURCE_URL', 'https://m.exa\tmple/mcp'],
  ])('refuses %s=%j', (name, value) => {
    expect(problems({ ...env, [name]: value })).toMatch(new RegExp(`^${name} `));
  });

  it('never repeats a value, which may be a secret in the wrong place', () => {
    expect(problems({ ...env, PORT: 'hunter2', MCP_RESOURCE_URL: 'hunter2' })).not.toContain(
      'hunter2',
    );
  });
});

describe('settings', () => {
  it('takes the audience from the resource; only a bare origin has two spellings', () => {
    const audiences = (resource: string) =>
      readHttpSettings(testApi, { ...env, MCP_RESOURCE_URL: resource }).oauth?.audiences;
    expect(audiences('https://m.example/mcp')).toEqual(['https://m.example/mcp']);
    expect(audiences('https://m.example')).toEqual(['https://m.example', 'https://m.example/']);
    expect(audiences('https://M.example:443')).toEqual([
      'https://M.example:443',
      'https://M.example:443/',
    ]);
    expect(audiences('https://m.example/')).toEqual(['https://m.example', 'https://m.example/']);
  });

  it('keeps the resource byte for byte and serves its path and its metadata', () => {
    const { resource } = readHttpSettings(testApi, {
      ...env,
      MCP_RESOURCE_URL: 'https://M.example:443/a/b',
    });
    expect(resource.url).toBe('https://M.example:443/a/b');
    expect(resource.paths).toEqual(['/mcp', '/a/b']);
    expect(resource.metadataUrl).toBe('https://m.example/.well-known/oauth-protected-resource/a/b');
    const bare = readHttpSettings(testApi, {
      ...env,
      MCP_RESOURCE_URL: 'https://m.example',
    }).resource;
    expect(bare.url).toBe('https://m.example');
    expect(bare.metadataUrl).toBe('https://m.example/.well-known/oauth-protected-resource');
    expect(bare.paths).toEqual(['/mcp', '/']);
  });

  it('keeps the trailing slash of an issuer', () => {
    expect(
      readHttpSettings(testApi, { OAUTH_AUTHORIZATION_SERVER: 'https://t.auth0.com/' }).oauth
        ?.issuer,
    ).toBe('https://t.auth0.com/');
  });

  it('advertises the scopes of all tools and first requests those of the read-only ones', () => {
    const scopes = readHttpSettings(testApi, env).oauth?.scopes;
    expect(scopes?.supported).toEqual(['admin', 'notes.read', 'notes.write', 'root']);
    expect(scopes?.baseline).toEqual(['notes.read']);
  });

  it('takes the hierarchy of scopes from the document and from the operator', () => {
    const api = { ...testApi, implies: { admin: ['notes.read'] } };
    const implies = readHttpSettings(api, { ...env, OAUTH_SCOPE_IMPLIES: 'root=admin' }).oauth
      ?.scopes.implies;
    expect(implies).toEqual(
      new Map([
        ['admin', ['notes.read']],
        ['root', ['admin']],
      ]),
    );
  });

  it('allows loopback names as Host only while it listens on loopback', () => {
    const at = (host: string) =>
      readHttpSettings(testApi, { ...env, HOST: host, MCP_RESOURCE_URL: 'https://m.example/mcp' })
        .allowedHosts;
    expect(at('127.0.0.1')).toContain('localhost');
    expect(at('0.0.0.0')).toEqual(['m.example']);
  });

  it('counts its own port on loopback as its own origin, under all three names', () => {
    const at = (host: string) =>
      readHttpSettings(testApi, {
        ...env,
        HOST: host,
        PORT: '3001',
        MCP_RESOURCE_URL: 'https://m.example/mcp',
        MCP_ALLOWED_ORIGINS: 'https://app.example',
      }).allowedOrigins;
    expect(at('127.0.0.1')).toEqual([
      'https://m.example',
      'http://localhost:3001',
      'http://127.0.0.1:3001',
      'http://[::1]:3001',
      'https://app.example',
    ]);
    expect(at('0.0.0.0')).toEqual(['https://m.example', 'https://app.example']);
  });

  it('listens on any valid port, 0 for any that is free', () => {
    expect(readHttpSettings(testApi, env)).toMatchObject({ host: '127.0.0.1', port: 3000 });
    for (const port of [0, 65_535])
      expect(readHttpSettings(testApi, { ...env, PORT: String(port) }).port).toBe(port);
    expect(problems({ ...env, PORT: '65536' })).toMatch(/^PORT /);
  });

  it('prefers the resource URL of the environment to that of the document', () => {
    const api = { ...testApi, resourceUrl: 'https://document.example/mcp' };
    const at = (variables: Record<string, string>) =>
      readHttpSettings(api, { ...env, ...variables }).resource.url;
    expect(at({})).toBe('https://document.example/mcp');
    expect(at({ HOST: '0.0.0.0' })).toBe('https://document.example/mcp');
    expect(at({ MCP_RESOURCE_URL: 'https://m.example/mcp' })).toBe('https://m.example/mcp');
  });

  it('accepts more hosts, in any case, including addresses', () => {
    const { allowedHosts } = readHttpSettings(testApi, {
      ...env,
      HOST: '0.0.0.0',
      MCP_RESOURCE_URL: 'https://m.example/mcp',
      MCP_ALLOWED_HOSTS: 'Internal.Example, 192.0.2.1 [FD00:0::01]',
    });
    expect(allowedHosts).toEqual(['m.example', 'internal.example', '192.0.2.1', '[fd00::1]']);
  });

  it('has no OAuth settings without authentication, whatever the variables are', () => {
    const variables = { ...env, MCP_ALLOW_UNAUTHENTICATED: 'true' };
    expect(readHttpSettings(openApi, variables).oauth).toBeUndefined();
  });

  it('trusts only the listed proxies', () => {
    expect(readHttpSettings(testApi, env).trustedProxies).toEqual([]);
    const listed = '10.0.0.0/8, 192.0.2.7 fd00::/64 ::1 ::ffff:10.0.0.0/104 0.0.0.0/0';
    expect(
      readHttpSettings(testApi, { ...env, MCP_TRUSTED_PROXIES: listed }).trustedProxies,
    ).toEqual(listed.split(/[ ,]+/));
  });

  it('has one proxy for both authentications', () => {
    const variables = { ...env, HTTPS_PROXY: 'http://proxy:3128' };
    const { oauth, upstream } = readHttpSettings(testApi, variables);
    expect(oauth?.proxy).toEqual({ https: 'http://proxy:3128' });
    expect(oauth?.proxy).toBe(upstream.proxy);
  });

  it('names unknown variables, over stdio too', () => {
    const variables = { ...env, OAUTH_ISUER: 'x' };
    const warnings = ['OAUTH_ISUER is not a variable of this server; did you mean OAUTH_ISSUER?'];
    expect(readHttpSettings(testApi, variables).upstream.warnings).toEqual(warnings);
    expect(readStdioSettings(testApi, variables).warnings).toEqual(warnings);
  });

  it('requires only the upstream settings for stdio', () => {
    expect(readStdioSettings(testApi, {}).baseUrl).toBe('http://127.0.0.1:9');
    expect(() => readStdioSettings(testApi, { UPSTREAM_TIMEOUT_MS: 'x' })).toThrow(
      /^UPSTREAM_TIMEOUT_MS /,
    );
  });
});
