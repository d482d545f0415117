import { attempt, type Group } from '../case.js';

const route = 'resource-server.md: no way around the gate';

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
      'an absolute request target',
      'RFC 9112 section 3.2.2',
      (stage) => ({ target: `${stage.origin}/mcp`, body: stage.read }),
      { status: [400, 401, 404] },
    ),
    attempt(
      'the target of a proxy',
      'RFC 9112 section 3.2.2',
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
