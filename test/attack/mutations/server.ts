import { mutation, type Mutation } from './mutation.js';

const challenge = (name: string, ...edits: Mutation['edits']) =>
  mutation('challenges', 'oauth/challenge.ts', name, ...edits);
const scope = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('scope games', file, name, ...edits);
const host = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('host and origin', file, name, ...edits);
const message = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('messages', file, name, ...edits);
const limit = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('limits', file, name, ...edits);

export const serverMutations: readonly Mutation[] = [
  challenge('no token is called a bad token', [
    'unauthorized(header({ scope: baseline, ...metadata }))',
    'unauthorized(header(invalid))',
  ]),
  challenge('no way to the metadata', [
    'const metadata = { resource_metadata: resource.metadataUrl };',
    'const metadata = {};',
  ]),
  challenge('no scope in a first challenge', [
    'header({ scope: baseline, ...metadata })',
    'header({ ...metadata })',
  ]),
  scope('oauth/challenge.ts', 'no scope in a step-up', ["scope: scopes.join(' '), ", '']),
  challenge('a malformed header is a 401', [
    "refuseAs(400, 'invalid_request'",
    "refuseAs(401, 'invalid_request'",
  ]),
  mutation('challenges', 'http.ts', 'answers may be stored', [
    "    response.setHeader('Cache-Control', 'no-store');\n",
    '',
  ]),
  scope('oauth/gate.ts', 'a call without its scope runs into the tool', [
    'if (refused.length === 0 || ',
    'if (refused.length >= 0 || ',
  ]),
  scope('oauth/gate.ts', 'the second check', [
    'auth !== undefined && mayCall(tool.name, auth.scopes, oauth.scopes)',
    'auth !== undefined',
  ]),
  scope('oauth/gate.ts', 'unknown tools are a matter of scope', [
    'Object.hasOwn(oauth.scopes.byTool, tool) && ',
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
    'withoutPrefix(scope, rules.prefix));',
    'withoutPrefix(scope, rules.prefix).toLowerCase());',
  ]),
  scope('oauth/scopes.ts', 'nothing is implied', [
    '    queue.push(...(rules.implies.get(scope) ?? []));\n',
    '',
  ]),
  scope('oauth/scopes.ts', 'circles of scopes', ['    if (scopes.has(scope)) continue;\n', '']),
  scope('oauth/scopes.ts', 'a step-up forgets the old scopes', [
    '[...new Set([...kept, ...needed])]',
    '[...new Set([...needed])]',
  ]),
  scope('oauth/scopes.ts', 'a step-up asks for everything ever granted', [
    'rules.supported.filter((scope) => held.has(scope))',
    'granted',
  ]),
  scope('oauth/scopes.ts', 'scopes are asked for without their prefix', [
    'scope.startsWith(prefix) ? scope : prefix + scope',
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
    'messagesOf(body).flatMap((message) => calledTool',
    'messagesOf(body).slice(0, 1).flatMap((message) => calledTool',
  ]),
  scope('messages.ts', 'batches are not looked into', [
    'return Array.isArray(body) ? body : [body];',
    'return [body];',
  ]),
  scope('messages.ts', 'batches of any size', ['messages.length > MAX_BATCH ||', '']),
  scope('http.ts', 'the header decides what is called', [
    'gate?.refuseCalls(parsedBody, authInfo)',
    "gate?.refuseCalls({ method: 'tools/call', params: { name: request.headers['mcp-name'] ?? 'search' } }, authInfo)",
  ]),
  scope('mcp.ts', 'securitySchemes are gone', [
    '...(scopes !== undefined && {',
    '...(scopes === undefined && {',
  ]),
  host('http.ts', 'any host', ['refuseHost(request.rawHeaders, settings) ?? ', '']),
  host('http.ts', 'any origin', [' ?? refuseOrigin(origin, settings)', '']),
  host('origin.ts', 'two hosts', ['if (others.length > 0)', 'if (others.length > 9)']),
  host('origin.ts', 'hosts that begin like this one', [
    'allowedHosts.includes(name)',
    'allowedHosts.some((one) => name.startsWith(one))',
  ]),
  host('origin.ts', 'hosts that end like this one', [
    'allowedHosts.includes(name)',
    'allowedHosts.some((one) => name.endsWith(one))',
  ]),
  host('origin.ts', 'ports of any size', [' && Number(port) <= 65_535', '']),
  host('origin.ts', 'the origin null', [
    'origin === undefined || ',
    "origin === undefined || origin === 'null' || ",
  ]),
  host('origin.ts', 'origins that begin like this one', [
    'allowedOrigins.includes(origin)',
    'allowedOrigins.some((one) => origin.startsWith(one))',
  ]),
  host('origin.ts', 'origins in any case', [
    'allowedOrigins.includes(origin)',
    'allowedOrigins.includes(origin.toLowerCase())',
  ]),
  host('origin.ts', 'an answer for all origins', [
    "'Access-Control-Allow-Origin': origin,",
    "'Access-Control-Allow-Origin': '*',",
  ]),
  host('origin.ts', 'a preflight that allows no token', [
    "'Authorization, Content-Type,",
    "'Content-Type,",
  ]),
  host('origin.ts', 'challenges that no page can read', [
    "'WWW-Authenticate, MCP-Protocol-Version,",
    "'MCP-Protocol-Version,",
  ]),
  host('http.ts', 'tokens before hosts', [
    'if (foreign !== undefined) return send(response, foreign);\n    for',
    'if (foreign !== undefined && request.headers.authorization === undefined) return send(response, foreign);\n    for',
  ]),
  mutation('challenges', 'http.ts', 'GET and DELETE need no token', [
    'const admitted = await gate?.admit(request);',
    "const admitted = method === 'POST' ? await gate?.admit(request) : undefined;",
  ]),
  mutation('challenges', 'http.ts', 'nobody needs a token', [
    'if (admitted instanceof Response) return send(response, admitted);',
    'if (admitted instanceof Response) return dispatch(request, response, undefined);',
  ]),
  mutation(
    'ways around the gate',
    'http.ts',
    'MCP at the health route',
    [
      "if (path === '/healthz') return Response.json({ status: 'ok' });",
      "if (path === '/healthz' && request.method !== 'POST') return Response.json({ status: 'ok' });",
    ],
    ['health(path: string)', 'health(path: string, request: IncomingMessage)'],
    ['await health(path)', 'await health(path, request)'],
    [
      'return settings.resource.paths.includes(path)\n',
      "return [...settings.resource.paths, '/healthz'].includes(path)\n",
    ],
    [
      'const admitted = await gate?.admit(request);',
      "const admitted = request.url === '/healthz' ? undefined : await gate?.admit(request);",
    ],
  ),
  mutation('ways around the gate', 'http.ts', 'other methods', [
    "!['POST', 'GET', 'DELETE'].includes(method)",
    "method === 'X'",
  ]),
  message('http.ts', 'any content type', [
    "isJsonContentType(web.headers.get('content-type'))",
    'true',
  ]),
  message('http.ts', 'what is no JSON is a fault of the server', [
    '    return JSON.parse(text);\n  } catch {\n    return undefined;',
    '    return JSON.parse(text);\n  } catch (error) {\n    throw error;',
  ]),
  message('mcp.ts', 'an unknown tool is a tool error', [
    "throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool')",
    'return { content: [], isError: true }',
  ]),
  limit('http.ts', 'bodies of any size', [
    'const MAX_BODY_BYTES = 4_194_304;',
    'const MAX_BODY_BYTES = 419_430_400;',
  ]),
  limit('listen.ts', 'headers of any size', ['maxHeaderSize: 16_384', 'maxHeaderSize: 1_638_400']),
  limit('http.ts', 'calls without a limit', [
    'limiter.take(callerKey(caller.subject, client, token), calls)',
    'limiter.take(callerKey(caller.subject, client, token), 0)',
  ]),
  limit('http.ts', 'one limit for all callers', [
    'limiter.take(callerKey(caller.subject, client, token), calls)',
    "limiter.take('', calls)",
  ]),
  limit('http.ts', 'a limit for each client of a caller, a batch one call', [
    'limiter.take(callerKey(caller.subject, client, token), calls)',
    'limiter.take(callerKey(caller.subject, client, token), 1)',
  ]),
  limit('limits.ts', 'one more', [
    'count.taken + amount <= perMinute',
    'count.taken + amount <= perMinute + 1',
  ]),
  limit('refusal.ts', 'no Retry-After', ["    'Retry-After': String(retryAfter),\n", '']),
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
  mutation('authorization header', 'listen.ts', 'headers beyond the two thousandth are dropped', [
    '  server.maxHeadersCount = 0;\n',
    '',
  ]),
  mutation('messages', 'http.ts', 'a body in an encoding that is not looked at', [
    "if (encoding.toLowerCase() !== 'identity')",
    'if (encoding.length < 0)',
  ]),
  scope('messages.ts', 'a batch of lists', [
    'methods.filter((method) => LONG.has(method)).length > 1',
    'methods.length < 0',
  ]),
  scope('messages.ts', 'a batch that cancels itself', [
    "messages.length > 1 && methods.includes('notifications/cancelled')",
    'messages.length < 0',
  ]),
];
