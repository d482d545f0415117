import { describe, expect, it } from 'vitest';
import { announce } from '../../templates/src/runtime/announce.js';
import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const usual = {
  MCP_RESOURCE_URL: 'https://m.example/mcp',
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
  MCP_PUBLIC_TOOLS: 'document',
};

/** The test API, whose document marks these tools as public. */
function withPublic(...names: string[]): Api {
  const tools = testApi.tools.map((tool): Tool =>
    names.includes(tool.name) ? { ...tool, isPublic: true } : tool,
  );
  return { ...testApi, tools };
}

const settingsOf = (api: Api, variables: Record<string, string> = {}) =>
  readHttpSettings(api, { ...usual, ...variables });
const publicIn = (api: Api, variables?: Record<string, string>) =>
  settingsOf(api, variables).oauth?.publicTools;

describe('public tools', () => {
  it('are those that the document marks, if the operator enables it', () => {
    expect(publicIn(withPublic('free'))).toEqual(new Set(['free']));
    expect(publicIn(testApi)).toEqual(new Set());
    expect(publicIn(withPublic('free'), { MCP_PUBLIC_TOOLS: 'none' })).toBeUndefined();
    expect(publicIn(withPublic('free'), { MCP_PUBLIC_TOOLS: '' })).toBeUndefined();
    expect(() => publicIn(testApi, { MCP_PUBLIC_TOOLS: 'true' })).toThrow(/^MCP_PUBLIC_TOOLS must/);
  });

  it('require no scope: a tool with scopes from custom code is not public', () => {
    const api = withPublic('free', 'read');
    expect(publicIn(api)).toEqual(new Set(['free']));
    expect(publicIn({ ...api, scopes: { ...api.scopes, free: [['admin']] } })).toEqual(new Set());
    expect(publicIn({ ...api, scopes: {} })).toEqual(new Set());
  });

  it('do not exist if calls are made on behalf of callers', () => {
    const forward = { UPSTREAM_AUTH: 'forward', UPSTREAM_TOKEN_AUDIENCE: 'https://api.example' };
    expect(publicIn(withPublic('free'), forward)).toEqual(new Set());
    expect(publicIn(withPublic('free'), { ...forward, MCP_PUBLIC_TOOLS: 'none' })).toBeUndefined();
  });

  it('are named at start', () => {
    const announced = (api: Api, variables = {}) =>
      announce(api, settingsOf(api, variables), { url: 'http://127.0.0.1:7' });
    expect(announced(withPublic('free'))).toContain(
      '  public     without a token: lists of tools; tools free\n',
    );
    expect(announced(testApi)).toContain(
      'without a token: lists of tools; no tool can be called\n',
    );
    expect(announced(testApi, { MCP_PUBLIC_TOOLS: 'none' })).not.toContain('public');
  });

  it('are not for a server without OAuth', () => {
    const open: Api = { ...testApi, authentication: 'none' };
    expect(() => readHttpSettings(open, { MCP_PUBLIC_TOOLS: 'document' })).toThrow(
      /^MCP_PUBLIC_TOOLS must not be set/,
    );
  });
});

describe('the authorization servers', () => {
  it('are all announced, each with its audience', () => {
    const settings = settingsOf(testApi, {
      OAUTH_AUTHORIZATION_SERVER: 'https://a.example https://b.example',
      OAUTH_AUDIENCE_2: 'b',
    });
    const text = announce(testApi, settings, { url: '' });
    expect(text).toContain(
      'issued by https://a.example\n  audience   https://m.example/mcp\n             or by https://b.example\n  audience   b\n',
    );
  });
});
