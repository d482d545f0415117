import { mutation, type Mutation } from './mutation.js';

const challenge = (name: string, ...edits: Mutation['edits']) =>
  mutation('challenges', 'oauth/gate.ts', name, ...edits);
const scope = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('scope games', file, name, ...edits);
const host = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('host and origin', file, name, ...edits);
const message = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('messages', file, name, ...edits);
const limit = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('limits', file, name, ...edits);
const stdio = (name: string, ...edits: Mutation['edits']) =>
  mutation('stdio', 'serve.ts', name, ...edits);

export const serverMutations: readonly Mutation[] = [
  challenge('no token is called a bad token', [
    'header({ scope, ...metadata })',
    "challenge('invalid_token', { scope, ...metadata })",
  ]),
  challenge('no way to the metadata', [
    'const metadata = { resource_metadata: metadataUrl };',
    'const metadata = {};',
  ]),
  challenge('no scope in a first challenge', [
    'header({ scope, ...metadata })',
    'header({ ...metadata })',
  ]),
  scope('oauth/gate.ts', 'no scope in a step-up', ["scope: scopes.join(' '), ", '']),
  challenge('a malformed header is a 401', [
    "refuseAs(400, 'invalid_request'",
    "refuseAs(401, 'invalid_request'",
  ]),
  mutation('challenges', 'steps.ts', 'answers may be stored', [
    "'Cache-Control': 'no-store', 'X",
    "'X",
  ]),
  scope('oauth/gate.ts', 'a call without its scope runs into the tool', [
    'refused.length === 0 || reportTo',
    'refused.length >= 0 || reportTo',
  ]),
  scope('oauth/gate.ts', 'the second check', [': mayCall(name, caller.scopes, rules)', ': true']),
  scope('oauth/gate.ts', 'unknown tools are a matter of scope', [
    'Object.hasOwn(rules.byTool, tool) && ',
    '',
  ]),
  scope('oauth/gate.ts', 'refusals are not in the log', [
    "log('scope_failure', ",
    "((..._: unknown[]) => undefined)('', ",
  ]),
  scope('oauth/scopes.ts', 'one scope of an alternative is enough', [
    'needed.every((scope) => scopes.has(scope))',
    'needed.some((scope) => scopes.has(scope))',
  ]),
  scope('oauth/scopes.ts', 'all alternatives are needed', [
    'alternatives.some((needed)',
    'alternatives.every((needed)',
  ]),
  scope('oauth/scopes.ts', 'scopes in any case', [
    'scope.slice(prefix.length) : scope',
    'scope.slice(prefix.length).toLowerCase() : scope',
  ]),
  scope('oauth/scopes.ts', 'nothing is implied', [
    'of implies.get(scope) ?? []',
    'of implies.get(scope)?.slice(0, 0) ?? []',
  ]),
  scope('oauth/scopes.ts', 'a step-up forgets the old scopes', [
    '[...new Set([...kept, ...needed])]',
    '[...new Set([...needed])]',
  ]),
  scope('oauth/scopes.ts', 'a step-up asks for everything ever granted', [
    'rules.supported.filter((scope) => held.has(scope))',
    'granted',
  ]),
  scope('oauth/scopes.ts', 'scopes are asked for without their prefix', [
    'isWhole(scope) ? scope : prefix + scope',
    'scope',
  ]),
  scope('oauth/scopes.ts', 'prefixed scopes are others', [
    'scope.startsWith(prefix) ? scope.slice(prefix.length) : scope',
    'scope',
  ]),
  scope('oauth/scopes.ts', 'any prefix is this one', [
    'scope.startsWith(prefix) ? scope.slice(prefix.length) : scope',
    "scope.replace(/^.*\\//, '')",
  ]),
  scope('messages.ts', 'the first message of a batch decides', [
    'return messagesOf(body).flatMap((message) => {',
    'return messagesOf(body).slice(0, 1).flatMap((message) => {',
  ]),
  scope('messages.ts', 'batches are not looked into', [
    'return Array.isArray(body) ? body : [body];',
    'return [body];',
  ]),
  scope('messages.ts', 'batches of any size', ['messages.length > MAX_BATCH ||', '']),
  scope('steps.ts', 'the header decides what is called', [
    'const called = calledTools(message, names.operationOf);',
    "const called = [headerOf(request.headers, 'mcp-name') ?? 'search'];",
  ]),
  scope('listing.ts', 'securitySchemes are gone', [
    'const security = scopes !== undefined &&',
    'const security = scopes === undefined &&',
  ]),
  host('node-http.ts', 'the host of an absolute target does not count', [
    'headers: withHost(headers, host)',
    'headers',
  ]),
  host('answer.ts', 'any host', ['    step.host(settings),\n', '']),
  host('steps.ts', 'any origin', ['!allowedOrigins.includes(asked)', 'asked.length < 0']),
  host('steps.ts', 'two hosts', ['if (others.length > 0)', 'if (others.length > 9)']),
  host('steps.ts', 'hosts that begin like this one', [
    'allowedHosts.includes(name)',
    'allowedHosts.some((one) => name.startsWith(one))',
  ]),
  host('steps.ts', 'hosts that end like this one', [
    'allowedHosts.includes(name)',
    'allowedHosts.some((one) => name.endsWith(one))',
  ]),
  host('steps.ts', 'ports of any size', [' && Number(port) <= 65_535', '']),
  host('steps.ts', 'the origin null', [
    'asked === undefined',
    "asked === undefined || asked === 'null'",
  ]),
  host('steps.ts', 'origins that begin like this one', [
    'allowedOrigins.includes(asked)',
    'allowedOrigins.some((one) => asked.startsWith(one))',
  ]),
  host('steps.ts', 'origins in any case', [
    'allowedOrigins.includes(asked)',
    'allowedOrigins.includes(asked.toLowerCase())',
  ]),
  host('steps.ts', 'an answer for all origins', [
    "'Access-Control-Allow-Origin': asked,",
    "'Access-Control-Allow-Origin': '*',",
  ]),
  host('steps.ts', 'a preflight that allows no token', [
    "'Authorization, Content-Type,",
    "'Content-Type,",
  ]),
  host('steps.ts', 'challenges that no page can read', [
    "'WWW-Authenticate, MCP-Protocol-Version,",
    "'MCP-Protocol-Version,",
  ]),
  host('answer.ts', 'tokens before hosts', [
    '    step.host(settings),\n    step.origin(settings),\n    step.preflight,\n    step.method,\n    step.token(gate),\n',
    '    step.token(gate),\n    step.host(settings),\n    step.origin(settings),\n    step.preflight,\n    step.method,\n',
  ]),
  {
    ...mutation(
      'ways around the gate',
      'routes.ts',
      'MCP at the health route',
      [
        "({ request: { path } }) => {\n    if (path === '/healthz')",
        "({ request: { path, method } }) => {\n    if (path === '/healthz' && method !== 'POST')",
      ],
      [
        'resource.paths.includes(path) ? undefined',
        "[...resource.paths, '/healthz'].includes(path) ? undefined",
      ],
    ),
    also: {
      file: 'steps.ts',
      edits: [
        [
          'const admitted = await gate?.admit(exchange.request);',
          "const admitted =\n      exchange.request.path === '/healthz' ? undefined : await gate?.admit(exchange.request);",
        ],
      ],
    },
  },
  mutation('ways around the gate', 'steps.ts', 'other methods', [
    "['POST', 'GET', 'DELETE'].includes(request.method)",
    "request.method !== 'X'",
  ]),
  message('steps.ts', 'any content type', [
    "request.method !== 'POST' || type !== 'application/json'",
    "request.method !== 'POST'",
  ]),
  message('http.ts', 'text that is not JSON is a fault of the server', [
    'utf8.decode(json));\n  } catch {\n    return undefined;',
    'utf8.decode(json));\n  } catch (error) {\n    throw error;',
  ]),
  message('mcp.ts', 'an unknown tool is a tool error', [
    'if (result === undefined) return errorResponse(id, INVALID_PARAMS, offer.unknown(name));',
    'if (result === undefined) return resultResponse(id, \'{"content":[],"isError":true}\');',
  ]),
  limit('steps.ts', 'bodies of any size', [
    'const MAX_BODY_BYTES = 4_194_304;',
    'const MAX_BODY_BYTES = 419_430_400;',
  ]),
  limit('run.ts', 'headers of any size', [
    'maxHeaderSize: maxHeaderBytes,',
    'maxHeaderSize: 1_638_400 + maxHeaderBytes,',
  ]),
  limit('steps.ts', 'calls without a limit', [
    'const held = limiter.hold(rateKeyOf(exchange.holder, exchange.network));',
    'const held = limiter.hold(String(Math.random()));',
  ]),
  limit('steps.ts', 'one limit for all callers', [
    'limiter.hold(rateKeyOf(exchange.holder, exchange.network))',
    "limiter.hold('')",
  ]),
  limit('steps.ts', 'a batch counts as one message', [
    'limiter.take(key, others)',
    'limiter.take(key, 0)',
  ]),
  limit('limits.ts', 'one more', [
    'count.taken + amount <= perMinute',
    'count.taken + amount <= perMinute + 1',
  ]),
  limit('http.ts', 'no Retry-After', ["    'Retry-After': String(retryAfter),\n", '']),
  limit('oauth/gate.ts', 'failures without a limit', [
    'failures.take(network)',
    'failures.take(network, 0)',
  ]),
  limit('oauth/gate.ts', 'one limit for all addresses', [
    'failures.take(network)',
    "failures.take('')",
  ]),
  limit('audit.ts', 'a line for each failure, without end', [
    'if (excess?.first !== false)',
    'if (key)',
  ]),
  mutation('authorization header', 'run.ts', 'headers beyond the two thousandth are dropped', [
    '  server.maxHeadersCount = 0;\n',
    '',
  ]),
  mutation('messages', 'steps.ts', 'a body in an encoding that is not looked at', [
    "if (codings.every((coding) => ['', 'identity'].includes(coding.trim())))",
    'if (used.length > 0)',
  ]),
  scope('messages.ts', 'a batch of lists', [
    'methods.filter((method) => LONG.has(method)).length > 1',
    'methods.length < 0',
  ]),
  scope('messages.ts', 'a batch that cancels itself', [
    "messages.length > 1 && methods.includes('notifications/cancelled')",
    'messages.length < 0',
  ]),
  stdio('deep lines are written again', [' || isOversized(Buffer.from(line), REWRITABLE)', '']),
  stdio('the SDK’s limit of a line', [', process.stdout, { maxBufferSize: Infinity }', '']),
  stdio('lines without a limit', ['[start, length] = [[TOO_LONG], 0];', '']),
  stdio('the end of a long line is a message', ["Buffer.from('too long ')", "Buffer.from('')"]),
  stdio('a batch is not a message', ['/^\\s*\\[|null|', '/null|']),
];
