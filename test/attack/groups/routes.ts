import { attempt, type Case, type Group } from '../case.js';
import { done } from '../expectations.js';

const route = 'resource-server.md: no way around the gate';
const absolute = 'RFC 9112 section 3.2.2';

/** Targets that name a host beside the one of the `Host` header. */
export const absoluteTargets: readonly Case[] = [
  attempt(
    'an absolute request target, whatever its Host header names',
    absolute,
    async (stage) => ({
      target: `${stage.origin.toUpperCase()}/mcp`,
      body: stage.read,
      token: await stage.token(),
      without: ['host'],
      headers: [['Host', 'evil.example']],
    }),
    done,
  ),
  ...[
    'http://evil.example',
    'http://localhost@evil.example',
    'http://',
    'https://evil.example',
  ].map((origin) =>
    attempt(
      `the absolute request target ${origin}/mcp, with this server's Host header`,
      absolute,
      async (stage) => ({
        target: `${origin}/mcp`,
        body: stage.read,
        token: await stage.token(),
      }),
      { status: 421, challenge: 'none' },
    ),
  ),
];

export const routes: Group = {
  name: 'ways around the gate',
  cases: [
    ...[
      '//mcp',
      '/mcp/',
      '/MCP',
      '/mcp;x',
      '/mcp%2f',
      '/%6dcp',
      '/./mcp',
      '/x/../mcp',
      '/mcp/..;/mcp',
      '/mcp\\',
      '/mcp%00',
      '/mcp.json',
      'mcp',
      '/healthz/../mcp',
      '/.well-known/../mcp',
      '/healthz%2f..%2fmcp',
    ].map((target) =>
      attempt(`the path ${target}`, route, (stage) => ({ target, body: stage.read }), {
        status: [400, 401, 404],
      }),
    ),
    attempt(
      'an absolute request target without a token',
      absolute,
      (stage) => ({ target: `${stage.origin}/mcp`, body: stage.read }),
      { status: 401 },
    ),
    ...absoluteTargets,
    ...['/MCP', '/mcp/', '//mcp', '?/mcp', ''].map((path) =>
      attempt(
        `the path ${path} of an absolute request target`,
        absolute,
        (stage) => ({ target: `${stage.origin}${path}`, body: stage.read }),
        { status: 404 },
      ),
    ),
    attempt(
      'the target of a proxy',
      absolute,
      (stage) => ({ method: 'GET', target: `${stage.around.evil.url}/` }),
      { status: [400, 404, 421] },
    ),
    ...['PUT', 'PATCH', 'HEAD', 'TRACE', 'PROPFIND'].map((method) =>
      attempt(
        `the method ${method}`,
        'MCP, transports: POST',
        async (stage) => ({ method, token: await stage.token() }),
        { status: [400, 405, 501] },
      ),
    ),
    ...['X-HTTP-Method-Override', 'X-Original-URL', 'X-Rewrite-URL'].map((name) =>
      attempt(
        `the header ${name}`,
        route,
        (stage) => ({
          target: '/healthz',
          body: stage.read,
          headers: [[name, name.endsWith('URL') ? '/mcp' : 'POST']],
        }),
        { status: [200, 404, 405], body: /^(?!.*jsonrpc)/s },
      ),
    ),
    ...['GET', 'DELETE'].map((method) =>
      attempt(
        `${method} with a token has no session to offer`,
        'MCP, transports: stateless',
        async (stage) => ({ method, token: await stage.token() }),
        { status: 405 },
      ),
    ),
    attempt(
      'a body behind a body',
      'CWE-444: request smuggling',
      (stage) => ({ body: `${JSON.stringify(stage.read)}POST /mcp HTTP/1.1\r\n\r\n` }),
      { status: 401 },
    ),
    attempt('two lengths', 'RFC 9112 section 6.3', () => ({ headers: [['Content-Length', '1']] }), {
      status: 400,
    }),
    attempt(
      'a length and chunks',
      'RFC 9112 section 6.1',
      () => ({ headers: [['Transfer-Encoding', 'chunked']] }),
      { status: 400 },
    ),
  ],
};
