import { attempt, ensure, scenario, type Case, type Environment, type Group } from '../case.js';
import { done, invalid, malformed, missing, now } from '../expectations.js';
import { listTools, type Attempt, type Stage, toolCall } from '../stage.js';

const lazy = 'README: MCP_PUBLIC_TOOLS';
const rfc6750 = 'RFC 6750 section 3';

const open: Environment = () => ({ MCP_PUBLIC_TOOLS: 'document' });
const search: Environment = () => ({ MCP_PUBLIC_TOOLS: 'document', MCP_TOOLS: 'search' });

const message = (method: string, params?: unknown, id: unknown = 1) => ({
  jsonrpc: '2.0',
  ...(id !== undefined && { id }),
  method,
  ...(params !== undefined && { params }),
});
const initialize = message('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'anybody', version: '1' },
});
const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'anybody', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const notified = { jsonrpc: '2.0', method: 'notifications/initialized' };

const served = { status: 200 };
const callPublic = (stage: Stage) => stage.callOf('read_status');

/** A request without a token. */
function without(
  name: string,
  body: unknown,
  expected = missing,
  more: Attempt = {},
  options: { readonly env?: Environment } = {},
): Case {
  const request = (stage: Stage) => ({
    body: typeof body === 'function' ? (body as (stage: Stage) => unknown)(stage) : body,
    ...more,
  });
  return attempt(`without a token: ${name}`, lazy, request, expected, options);
}

/** A public call with credentials that are not good. */
function bad(
  name: string,
  make: (stage: Stage) => Attempt | Promise<Attempt>,
  expected = invalid,
): Case {
  return attempt(
    `a public call with ${name} is not anonymous`,
    rfc6750,
    async (stage) => ({ body: callPublic(stage), ...(await make(stage)) }),
    expected,
  );
}

const authorization = (...values: string[]): Attempt => ({
  headers: values.map((value) => ['Authorization', value] as const),
});

const forwarded = {
  MCP_PUBLIC_TOOLS: 'document',
  UPSTREAM_BEARER_TOKEN: '',
  UPSTREAM_AUTH: 'forward',
  UPSTREAM_TOKEN_AUDIENCE: 'https://api.example.com',
};
const forward: Environment = () => forwarded;
const exchange: Environment = ({ issuer }, { apiKey }) => ({
  ...forwarded,
  UPSTREAM_AUTH: 'token-exchange',
  UPSTREAM_TOKEN_URL: `${issuer}/token`,
  UPSTREAM_CLIENT_ID: 'this-server',
  UPSTREAM_CLIENT_SECRET: `client-${apiKey}`,
});

export const publicTools: Group = {
  name: 'public operations',
  ownServer: true,
  env: open,
  cases: [
    without('initialize', initialize, served),
    without('notifications/initialized', notified, { status: 202 }),
    without('ping', message('ping'), served),
    without('server/discover', message('server/discover', { _meta: modern }), served, {
      headers: [
        ['MCP-Protocol-Version', '2026-07-28'],
        ['Mcp-Method', 'server/discover'],
      ],
    }),
    without('tools/list', listTools, served),
    without('a call of a public operation', callPublic, done),
    without('a call of another', (stage: Stage) => stage.read),
    without('a call of another with a scope for writing', (stage: Stage) =>
      stage.callOf('write_note'),
    ),
    ...['READ_STATUS', 'read_status ', 'nothing', '__proto__', 'constructor', ''].map((name) =>
      without(`a call of ${JSON.stringify(name)}`, (stage: Stage) => stage.callOf(name)),
    ),
    without('a call of a list of names', (stage: Stage) => stage.callOf(['read_status'])),
    without('a call without a name', message('tools/call', { arguments: {} })),
    ...[
      'resources/list',
      'prompts/list',
      'logging/setLevel',
      'completion/complete',
      'subscriptions/listen',
      'Tools/List',
      'tools/list ',
    ].map((method) => without(method, message(method, {}))),
    without('a cancellation', {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1 },
    }),
    without('a response', { jsonrpc: '2.0', id: 1, result: {} }),
    without('a method in a list', { jsonrpc: '2.0', id: 1, method: ['tools/list'] }),
    without('null', 'null'),
    without('a text', '"tools/list"'),
    without('the method of the header', (stage: Stage) => stage.read, missing, {
      headers: [['Mcp-Method', 'tools/list']],
    }),
    without(
      'two methods in a message',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"read_note","arguments":{"id":"1"}}}',
    ),
    without(
      'a batch of public messages',
      (stage: Stage) => [listTools, stage.callOf('read_status', {}, 2)],
      done,
    ),
    without('a batch with one message that needs a token', (stage: Stage) => [
      stage.callOf('read_status', {}, 2),
      stage.read,
    ]),
    without('a batch of nothing', []),
    without('a batch in a batch', (stage: Stage) => [[stage.callOf('read_status')]]),
    without('GET', undefined, missing, { method: 'GET' }),
    without('DELETE', undefined, missing, { method: 'DELETE' }),
    without('another kind of body', listTools, missing, {
      without: ['content-type'],
      headers: [['Content-Type', 'text/plain']],
    }),
    attempt(
      'a public call with a token',
      lazy,
      async (stage) => ({ body: callPublic(stage), token: await stage.token() }),
      done,
    ),
    bad('a made-up token', () => ({ token: 'garbage' })),
    bad('a token that has ended', async (stage) => ({
      token: await stage.token({ exp: now() - 120 }),
    })),
    bad('a token for another server', async (stage) => ({
      token: await stage.token({ aud: 'https://other.example' }),
    })),
    bad('the scheme alone', () => authorization('Bearer'), missing),
    bad('half a header', () => authorization('Bearer a b'), malformed),
    bad('an empty header', () => authorization(''), missing),
    bad('another scheme', () => authorization('Basic YTpi'), missing),
    bad('two headers', () => authorization('Basic YTpi', 'Bearer garbage'), malformed),
    scenario(
      'lists show which tools are public',
      'OpenAI Apps SDK, authentication',
      async (stage) => {
        const { body } = await stage.send({ body: listTools });
        const { result } = JSON.parse(body) as {
          result: { tools: { name: string; _meta: { securitySchemes: { type: string }[] } }[] };
        };
        const found = result.tools
          .filter(({ _meta: { securitySchemes } }) => securitySchemes[0]?.type !== 'oauth2')
          .map(({ name, _meta }) => `${name} ${JSON.stringify(_meta.securitySchemes)}`);
        ensure(found.join() === 'read_status [{"type":"noauth"}]', `public are ${found.join()}`);
      },
    ),
    scenario(
      'callers without a token are limited by their address, and other callers are not',
      lazy,
      async (stage) => {
        const body = callPublic(stage);
        const seen = [];
        for (const from of ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.2'])
          seen.push((await stage.send({ body, from })).status);
        seen.push((await stage.send({ body, token: await stage.token() })).status);
        ensure(seen.join() === '200,200,429,200,200', `the statuses are ${seen.join()}`);
      },
      { env: () => ({ MCP_PUBLIC_TOOLS: 'document', MCP_RATE_LIMIT: '2' }) },
    ),
    ...[forward, exchange].flatMap((env): Case[] => {
      const mode = env === forward ? 'forwarded' : 'exchanged';
      return [
        without(`a list, where tokens are ${mode}`, listTools, served, {}, { env }),
        without(`a public call, where tokens are ${mode}`, callPublic, missing, {}, { env }),
      ];
    }),
    without('tools/list by default', listTools, missing, {}, { env: () => ({}) }),
    without('a public call by default', callPublic, missing, {}, { env: () => ({}) }),
  ],
};

/** A call of one of the three tools. */
const meta = (tool: string, args: unknown) => () => toolCall(tool, args);
const status = { name: 'read_status' };

export const publicSearch: Group = {
  name: 'public operations',
  ownServer: true,
  env: search,
  cases: [
    without('a search', meta('find_operations', { query: 'status' }), served),
    without('a public operation by name', meta('call_read_operation', status), done),
    without(
      'another operation by name',
      meta('call_read_operation', { name: 'read_note', arguments: { id: '1' } }),
    ),
    without(
      'another operation beside a public one',
      meta('call_read_operation', { name: ['read_status', 'read_note'] }),
    ),
    without('a public operation by the wrong tool', meta('call_write_operation', status)),
    without('a public operation as a tool that is not listed', meta('read_status', {})),
    without('the tool for calls, and no operation', meta('call_read_operation', {})),
  ],
};
