import { describe, expect, it } from 'vitest';
import { createMetadataRoute } from '../../../templates/src/runtime/oauth/metadata.js';
import { readHttpSettings } from '../../../templates/src/runtime/settings.js';
import { testApi } from '../../support/server.js';

const path = '/.well-known/oauth-protected-resource';

function routeOf(variables: Record<string, string> = {}, api = testApi) {
  const { resource, oauth } = readHttpSettings(api, {
    MCP_RESOURCE_URL: 'https://m.example/mcp',
    OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
    ...variables,
  });
  if (oauth === undefined) throw new Error('This API asks for tokens.');
  return createMetadataRoute(api, resource, oauth);
}

function documentOf(variables?: Record<string, string>, api?: typeof testApi) {
  return routeOf(variables, api)('GET', path)?.json() as Promise<Record<string, unknown>>;
}

describe('the metadata', () => {
  it('is an open, cacheable JSON document', async () => {
    const response = routeOf()('GET', path);
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*',
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
    expect(response?.status).toBe(200);
    expect(await response?.json()).toMatchObject({ resource: 'https://m.example/mcp' });
  });

  it('has no body for HEAD, but the same headers', async () => {
    const response = routeOf()('HEAD', path);
    expect(response?.status).toBe(200);
    expect(response?.headers.get('content-type')).toBe('application/json');
    expect(await response?.text()).toBe('');
  });

  it('answers a preflight of any origin', () => {
    const response = routeOf()('OPTIONS', path);
    expect(response?.status).toBe(204);
    expect(response?.headers.get('access-control-allow-origin')).toBe('*');
    expect(response?.headers.get('access-control-allow-headers')).toBe('*');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get', ''])('refuses the method %j', (method) => {
    const response = routeOf()(method, path);
    expect(response?.status).toBe(405);
    expect(response?.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('is at the root and at every path of MCP, and nowhere else', () => {
    const route = routeOf({ MCP_RESOURCE_URL: 'https://m.example/a/b' });
    for (const at of [path, `${path}/mcp`, `${path}/a/b`])
      expect(route('GET', at)?.status).toBe(200);
    for (const at of [`${path}/`, `${path}/a`, `${path}/a/b/`, '/a/b', '/', `/a/b${path}`])
      expect(route('GET', at)).toBeUndefined();
  });

  it('repeats resource and issuer byte for byte', async () => {
    const variables = {
      MCP_RESOURCE_URL: 'https://M.example:443',
      OAUTH_AUTHORIZATION_SERVER: 'https://T.auth0.com/',
      OAUTH_ISSUER: 'https://other.example',
    };
    expect(await documentOf(variables)).toMatchObject({
      resource: 'https://M.example:443',
      authorization_servers: ['https://T.auth0.com/'],
    });
  });

  it('asks nobody for offline_access, and leaves out what would be empty', async () => {
    expect(await documentOf({ OAUTH_SCOPES_SUPPORTED: 'b offline_access a a' })).toMatchObject({
      scopes_supported: ['a', 'b'],
    });
    expect(Object.keys(await documentOf({ OAUTH_SCOPES_SUPPORTED: 'offline_access' }))).toEqual([
      'resource',
      'authorization_servers',
      'bearer_methods_supported',
      'resource_name',
    ]);
  });

  it('spells scopes as the provider wants to be asked for them', async () => {
    expect(
      await documentOf({ OAUTH_SCOPES_SUPPORTED: 'a', OAUTH_SCOPE_PREFIX: 'api://x/' }),
    ).toMatchObject({ scopes_supported: ['api://x/a'] });
  });

  it('names the page for people, when there is one', async () => {
    const api = { ...testApi, documentation: 'https://docs.example' };
    expect(await documentOf({}, api)).toMatchObject({
      resource_documentation: 'https://docs.example',
    });
  });
});
