import { describe, expect, it } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { SettingsError } from '../../templates/src/runtime/environment.js';
import { readWorkerSettings } from '../../templates/src/runtime/worker-settings.js';

const api: Api = {
  name: 'notes',
  title: 'Notes',
  version: '1',
  authentication: 'oauth2',
  baseUrl: 'https://api.example.com',
  securitySchemes: {
    key: { type: 'apiKey', in: 'header', name: 'X-Key', variable: 'UPSTREAM_API_KEY' },
  },
  scopes: {},
  tools: [],
};

const good = {
  MCP_RESOURCE_URL: 'https://mcp.example.com/mcp',
  OAUTH_AUTHORIZATION_SERVER: 'https://auth.example.com',
};

function faultsOf(values: Readonly<Record<string, string>>, of: Api = api): string[] {
  try {
    readWorkerSettings(of, values);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
}

describe('the settings of a Worker', () => {
  it('are those of any server that others can reach', () => {
    const { resource, allowedHosts } = readWorkerSettings(api, good);
    expect(resource.url).toBe('https://mcp.example.com/mcp');
    expect(allowedHosts).toEqual(['mcp.example.com']);
  });

  it.each([
    ['UPSTREAM_CA_FILE', 'a Cloudflare Worker has no files'],
    ['UPSTREAM_CERT_FILE', 'a Cloudflare Worker has no files'],
    ['UPSTREAM_CLIENT_KEY_FILE', 'a Cloudflare Worker has no files'],
    ['OAUTH_CLIENT_KEY_FILE', 'a Cloudflare Worker has no files'],
    ['UPSTREAM_API_KEY_FILE', 'a Cloudflare Worker has no files; make UPSTREAM_API_KEY a secret'],
    [
      'UPSTREAM_BEARER_TOKEN_FILE',
      'a Cloudflare Worker has no files; make UPSTREAM_BEARER_TOKEN a secret',
    ],
    ['HTTP_PROXY', 'a Cloudflare Worker does not use a proxy'],
    ['HTTPS_PROXY', 'a Cloudflare Worker does not use a proxy'],
    ['https_proxy', 'a Cloudflare Worker does not use a proxy'],
    ['NO_PROXY', 'a Cloudflare Worker does not use a proxy'],
    ['HOST', 'Cloudflare decides it for a Worker'],
    ['PORT', 'Cloudflare decides it for a Worker'],
    ['MCP_TRUSTED_PROXIES', 'Cloudflare decides it for a Worker'],
    ['MCP_KEEP_ALIVE_SECONDS', 'Cloudflare decides it for a Worker'],
    ['MCP_MAX_HEADER_BYTES', 'Cloudflare decides it for a Worker'],
    ['MCP_SHUTDOWN_SECONDS', 'Cloudflare decides it for a Worker'],
    ['UPSTREAM_CLIENT_KEY_ID', 'a Cloudflare Worker has no files'],
    ['OAUTH_CLIENT_KEY_ID', 'a Cloudflare Worker has no files'],
  ])('do not include %s', (name, reason) => {
    expect(faultsOf({ ...good, [name]: 'x' })).toEqual([`${name} must not be set: ${reason}`]);
  });

  it('require the public URL, without mentioning HOST', () => {
    const { MCP_RESOURCE_URL: _, ...others } = good;
    const [fault, ...more] = faultsOf(others);
    expect(fault).toMatch(/^MCP_RESOURCE_URL must be set: it is the URL clients connect to/);
    expect(more).toEqual([]);
    expect(faultsOf(others, { ...api, resourceUrl: 'https://m.example/mcp' })).toEqual([]);
  });

  it('allow a server without tokens only if explicitly requested', () => {
    const open: Api = { ...api, authentication: 'none' };
    const { MCP_RESOURCE_URL } = good;
    const [fault, ...more] = faultsOf({ MCP_RESOURCE_URL }, open);
    expect(fault).toMatch(/^MCP_ALLOW_UNAUTHENTICATED must be true: anyone can reach a Worker/);
    expect(more).toEqual([]);
    expect(faultsOf({ MCP_RESOURCE_URL, MCP_ALLOW_UNAUTHENTICATED: 'true' }, open)).toEqual([]);
  });

  it('are all reported at once', () => {
    const names = faultsOf({ PORT: '1', OAUTH_AUTHORIZATION_SERVER: 'x', MCP_RATE_LIMIT: '0' });
    expect(names.map((line) => line.split(' ')[0]).sort()).toEqual([
      'MCP_RATE_LIMIT',
      'MCP_RESOURCE_URL',
      'OAUTH_AUTHORIZATION_SERVER',
      'PORT',
    ]);
  });
});
