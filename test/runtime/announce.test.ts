import { describe, expect, it } from 'vitest';
import { announce } from '../../templates/src/runtime/announce.js';
import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const env = {
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
  OAUTH_AUDIENCE: 'a b',
  MCP_RESOURCE_URL: 'https://m.example/mcp',
};

function announced(api: Api = testApi, variables: Record<string, string> = {}) {
  const settings = readHttpSettings(api, { ...env, ...variables });
  return announce(api, settings, { url: 'http://127.0.0.1:7', close: () => Promise.resolve() });
}

function at(...servers: string[]): Api {
  const tools = testApi.tools.map((tool, index): Tool => {
    const server = servers[index];
    return server === undefined ? tool : { ...tool, request: { ...tool.request, server } };
  });
  return { ...testApi, tools };
}

describe('the effective settings at start', () => {
  it('are a line each', () => {
    expect(announced()).toMatch(
      /^Test API: 3 tools at https:\/\/m.example\/mcp\n {2}callers {4}holders of a token of https:\/\/as.example\n {2}audience {3}a, b\n {2}tokens {5}JWTs\n {2}limit {6}600 tool calls a minute for each caller\n {2}listening {2}http:\/\/127.0.0.1:7\n {2}upstream {3}http:\/\/127.0.0.1:9 \([^)\n]+\)\n$/,
    );
  });

  it('say which claim names this server, and who is asked about opaque tokens', () => {
    const text = announced(testApi, {
      OAUTH_AUDIENCE_CLAIM: 'client_id',
      OAUTH_TOKEN_FORMAT: 'opaque',
      OAUTH_CLIENT_ID: 'me',
      OAUTH_CLIENT_SECRET: 's3cret',
    });
    expect(text).toContain('  audience   a, b in the claim client_id\n');
    expect(text).toContain('  tokens     opaque, asked about at the introspection endpoint of');
    expect(text).not.toContain('s3cret');
  });

  it('warn when anybody may call', () => {
    const text = announced({ ...testApi, authentication: 'none' });
    expect(text).toContain('  callers    anybody');
    expect(text).not.toContain('audience');
  });

  it('name the other servers that get the credentials, each once', () => {
    const api = at('http://127.0.0.1:9', 'https://b.example', 'https://b.example');
    expect(announced(api).match(/.*for operations that say so/g)).toEqual([
      '             https://b.example, for operations that say so',
    ]);
  });

  it('name no other server when the base URL is the operator’s: none is called', () => {
    const text = announced(at('https://b.example'), { UPSTREAM_BASE_URL: 'http://127.0.0.1:8' });
    expect(text).not.toContain('b.example');
  });

  it('move nobody’s cursor', () => {
    const text = announced({ ...testApi, title: 'a\x1b[2J\nb\u202ec' });
    expect(text).toMatch(/^a \[2J b c: 3 tools at /);
  });
});
