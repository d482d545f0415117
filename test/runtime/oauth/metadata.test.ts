import { describe, expect, it } from 'vitest';
import type { Api } from '../../../templates/src/runtime/api.js';
import { createMetadataRoute } from '../../../templates/src/runtime/oauth/metadata.js';
import type { OAuthSettings } from '../../../templates/src/runtime/oauth/settings.js';
import { audience, oauthOf, resourceOf } from './oauth.js';

type Given = Partial<OAuthSettings> & { readonly url?: string; readonly api?: Partial<Api> };

const path = '/.well-known/oauth-protected-resource';

function routeOf({ url = audience, api = {}, ...settings }: Given = {}) {
  const whole = { title: 'Test API', ...api } as Api;
  return createMetadataRoute(whole, resourceOf(url), oauthOf(settings));
}

function documentOf(given?: Given) {
  return JSON.parse(routeOf(given)('GET', path)?.body as string) as Record<string, unknown>;
}

/** Settings with the scopes that a provider supports. */
function supporting(supported: string[], prefix = '') {
  return { scopes: { ...oauthOf().scopes, supported, prefix } };
}

describe('the metadata', () => {
  it('is an open, cacheable JSON document', () => {
    const response = routeOf()('GET', path);
    expect(response?.headers).toEqual({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET, HEAD',
      'Access-Control-Allow-Headers': '*',
      'Content-Type': 'application/json',
      'Cache-Control': 'public, max-age=300',
    });
    expect(response?.status).toBe(200);
    expect(documentOf()).toMatchObject({ resource: 'https://m.example/mcp' });
  });

  it('has no body for HEAD, but the same headers', () => {
    const route = routeOf();
    expect(route('HEAD', path)).toEqual({ ...route('GET', path), body: null });
  });

  it('answers a preflight of any origin', () => {
    const response = routeOf()('OPTIONS', path);
    expect(response?.status).toBe(204);
    expect(response?.headers).toMatchObject({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': '*',
    });
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'get', ''])('refuses the method %j', (method) => {
    const response = routeOf()(method, path);
    expect(response?.status).toBe(405);
    expect(response?.headers).toEqual({ Allow: 'GET, HEAD, OPTIONS' });
  });

  it('is at the root and at every path of MCP, and nowhere else', () => {
    const route = routeOf({ url: 'https://m.example/a/b' });
    for (const at of [path, `${path}/mcp`, `${path}/a/b`])
      expect(route('GET', at)?.status).toBe(200);
    for (const at of [`${path}/`, `${path}/a`, `${path}/a/b/`, '/a/b', '/', `/a/b${path}`])
      expect(route('GET', at)).toBeUndefined();
  });

  it('repeats resource and issuer byte for byte', () => {
    const given = {
      url: 'https://M.example:443',
      issuer: 'https://T.auth0.com/',
      issuers: ['https://other.example'],
    };
    expect(documentOf(given)).toMatchObject({
      resource: 'https://M.example:443',
      authorization_servers: ['https://T.auth0.com/'],
    });
  });

  it('omits empty members', () => {
    expect(documentOf(supporting(['a', 'b']))).toMatchObject({ scopes_supported: ['a', 'b'] });
    expect(Object.keys(documentOf(supporting([])))).toEqual([
      'resource',
      'authorization_servers',
      'bearer_methods_supported',
      'resource_name',
    ]);
  });

  it('has the scopes in the provider’s spelling for requests', () => {
    expect(documentOf(supporting(['a'], 'api://x/'))).toMatchObject({
      scopes_supported: ['api://x/a'],
    });
  });

  it('names the page for people, if there is one', () => {
    const api = { documentation: 'https://docs.example' };
    expect(documentOf({ api })).toMatchObject({
      resource_documentation: 'https://docs.example',
    });
  });
});
