import { describe, expect, it } from 'vitest';
import { announce, announceStdio } from '../../templates/src/runtime/announce.js';
import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { readHttpSettings, readStdioSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const env = {
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
  OAUTH_AUDIENCE: 'a b',
  MCP_RESOURCE_URL: 'https://m.example/mcp',
};

function announced(api: Api = testApi, variables: Record<string, string> = {}) {
  const settings = readHttpSettings(api, { ...env, ...variables });
  return announce(api, settings, { url: 'http://127.0.0.1:7' });
}

function at(...servers: string[]): Api {
  const tools = testApi.tools.map((tool, index): Tool => {
    const server = servers[index];
    return server === undefined ? tool : { ...tool, request: { ...tool.request, server } };
  });
  return { ...testApi, tools };
}

/** The test API, with these scopes for its first tools. */
function needing(...requirements: Record<string, string[]>[]): Api {
  const tools = testApi.tools.map((tool, index): Tool => {
    const requirement = requirements[index];
    const request = { ...tool.request, ...(requirement && { security: [requirement] }) };
    return { ...tool, request };
  });
  const key = { type: 'apiKey', in: 'query', name: 'key', variable: 'UPSTREAM_API_KEY' } as const;
  return { ...testApi, tools, securitySchemes: { key, oauth: { type: 'oauth2' } } };
}

describe('the effective settings at start', () => {
  it('take one line each', () => {
    expect(announced()).toMatch(
      /^Test API: 3 tools at https:\/\/m.example\/mcp\n {2}callers {4}need an access token issued by https:\/\/as.example\n {2}audience {3}a, b\n {2}tokens {5}JWTs\n {2}limit {6}600 messages a minute for each caller\n {2}listening {2}http:\/\/127.0.0.1:7\n {2}upstream {3}http:\/\/127.0.0.1:9 \([^)\n]+\)\n$/,
    );
  });

  it('count the tools that are listed, and the operations behind them', () => {
    const tools = testApi.tools.map((tool) => ({ ...tool, pinned: tool.name === 'read' }));
    const api = { ...testApi, tools, toolMode: 'search' } as const;
    expect(announced(api)).toMatch(/^Test API: 4 tools for 3 operations at /);
    expect(announced(testApi, { MCP_TOOLS: 'search' })).toMatch(/^Test API: 3 tools for 3 oper/);
    expect(announced(api, { MCP_TOOLS: 'all' })).toMatch(/^Test API: 3 tools at /);
    const stdio = readStdioSettings(api, {});
    expect(announceStdio(api, stdio)).toMatch(/^Test API: 4 tools for 3 operations over stdio\n/);
    expect(announceStdio(api, stdio, 'all')).toMatch(/^Test API: 3 tools over stdio\n/);
    const one = { ...testApi, tools: tools.slice(0, 1) };
    expect(announced(one)).toMatch(/^Test API: 1 tools at /);
    expect(announced(one, { MCP_TOOLS: 'search' })).toMatch(
      /^Test API: 3 tools for 1 operations at /,
    );
  });

  it('name the tools that a person confirms', () => {
    const tools = testApi.tools.map((tool) =>
      tool.name === 'write' ? { ...tool, confirm: 'Write?' } : tool,
    );
    const api = { ...testApi, tools };
    const line = '  confirm    the user confirms each call of write';
    expect(announced(api)).toContain(
      `\n${line}; MCP_REQUEST_STATE_KEY is not set, so answers are only valid for this process\n`,
    );
    expect(announced(api, { MCP_REQUEST_STATE_KEY: 'k'.repeat(32) })).toContain(`\n${line}\n`);
    expect(announced(testApi)).not.toContain('confirm');
    expect(announced(api, { MCP_CONFIRM: 'none' })).toContain(
      '\n  warning    MCP_CONFIRM=none: calls that the document wants confirmed are not\n',
    );
    expect(announceStdio(api, readStdioSettings(api, {}))).toContain(`\n${line}\n`);
  });

  it('name the claim of the audience, and where opaque tokens are introspected', () => {
    const text = announced(testApi, {
      OAUTH_AUDIENCE_CLAIM: 'client_id',
      OAUTH_TOKEN_FORMAT: 'opaque',
      OAUTH_CLIENT_ID: 'me',
      OAUTH_CLIENT_SECRET: 's3cret',
    });
    expect(text).toContain('  audience   a, b in the claim client_id\n');
    expect(text).toContain('  tokens     opaque, introspected at the endpoint that the issuer');
    expect(text).not.toContain('s3cret');
  });

  it('warn if anyone can call', () => {
    const text = announced(
      { ...testApi, authentication: 'none' },
      { MCP_ALLOW_UNAUTHENTICATED: 'true' },
    );
    expect(text).toContain('  callers    anyone');
    expect(text).not.toContain('audience');
  });

  it('name the other servers that get the credentials, each once', () => {
    const api = at('http://127.0.0.1:9', 'https://b.example', 'https://b.example');
    expect(announced(api).match(/.*for operations with this server/g)).toEqual([
      '             https://b.example, for operations with this server',
    ]);
  });

  it('name no other server if the operator set the base URL: none is called', () => {
    const text = announced(at('https://b.example'), { UPSTREAM_BASE_URL: 'http://127.0.0.1:8' });
    expect(text).not.toContain('b.example');
  });

  it('contain no control characters', () => {
    const text = announced({ ...testApi, title: 'a\x1b[2J\nb\u202ec' });
    expect(text).toMatch(/^a \[2J b c: 3 tools at /);
  });

  it('report once that credentials of the API are missing, and for how many tools', () => {
    const api = needing({ key: [] }, { key: [] });
    expect(announced(api).match(/.*warning.*/g)).toEqual([
      '  warning    2 of 3 tools cannot be called without credentials of the API: set UPSTREAM_API_KEY.',
    ]);
    expect(announced(needing({ key: [] }, { oauth: [] }))).toContain(
      'Other combinations are possible; see .env.example.',
    );
    expect(announced(api, { UPSTREAM_API_KEY: 'k-123' })).not.toContain('warning');
    expect(announceStdio(api, readStdioSettings(api, {}))).toMatch(
      /^Test API: 3 tools over stdio\n {2}upstream .*\(no credentials\)\n {2}warning {4}2 of 3 tools/,
    );
  });

  it('warn of credentials that are not sent because the document is silent', () => {
    const warning =
      '  warning    The document of the API does not say which operations need credentials, so none are sent;';
    expect(announced(needing(), { UPSTREAM_API_KEY: 'k-123' })).toContain(warning);
    expect(announced(needing())).not.toContain(warning);
    const api = needing({ key: [] });
    expect(announced(api, { UPSTREAM_API_KEY: 'k-123' })).not.toContain('warning');
    const chosen = { UPSTREAM_API_KEY: 'k-123', UPSTREAM_AUTH: 'api-key' };
    expect(announced(needing(), chosen)).not.toContain('warning');
    expect(announced(testApi, { UPSTREAM_BEARER_TOKEN: 'k-123' })).not.toContain('warning');
  });

  it('name the trusted proxies, and warn of unknown variables', () => {
    const text = announced(testApi, { MCP_TRUSTED_PROXIES: '10.0.0.0/8 ::1', MCP_RATELIMIT: '7' });
    expect(text).toContain('  behind     10.0.0.0/8, ::1: client addresses from X-Forwarded-');
    const warning = 'MCP_RATELIMIT is not a variable of this server; did you mean MCP_RATE_LIMIT?';
    expect(text).toContain(`  warning    ${warning}\n`);
    const stdio = readStdioSettings(testApi, { MCP_RATELIMIT: '7', 'MCP_\x1b[2J': 'x' });
    expect(announceStdio(testApi, stdio)).toContain(`  warning    ${warning}\n`);
    expect(announceStdio(testApi, stdio)).not.toContain('\x1b');
  });

  it('warn of tokens that are passed on', () => {
    const forward = { UPSTREAM_AUTH: 'forward', UPSTREAM_TOKEN_AUDIENCE: 'https://api.example' };
    const text = announced(needing({ oauth: [] }), forward);
    expect(text).toContain('(forward, tokens for https://api.example)\n');
    expect(text).toMatch(/warning {4}UPSTREAM_AUTH=forward passes callers' tokens on/);
  });

  it('name the client and the token endpoint, and no secret', () => {
    const text = announced(needing({ oauth: [] }), {
      UPSTREAM_CLIENT_ID: 'me',
      UPSTREAM_CLIENT_SECRET: 's3cret',
      UPSTREAM_TOKEN_URL: 'https://as.example/token',
      HTTPS_PROXY: 'http://user:pr0xy@proxy.example:3128',
    });
    expect(text).toContain('(client-credentials as me at https://as.example/token)\n');
    expect(text).toContain('  proxy      from HTTP_PROXY');
    expect(text).not.toMatch(/s3cret|pr0xy/);
  });
});
