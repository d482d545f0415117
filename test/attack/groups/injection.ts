import { ensure, scenario, type Case, type Group } from '../case.js';
import type { Received } from '../hosts.js';
import type { Stage } from '../stage.js';

const segment = 'resource-server.md: a path argument is one segment';
const scratch = 'resource-server.md: headers are built from scratch';

interface Call {
  readonly tool?: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly headers?: readonly (readonly [string, string])[];
}

/** The API's requests for a call, and the response to the caller. */
export async function call(stage: Stage, { tool = 'read_note', args, headers = [] }: Call) {
  const { received } = stage.around.upstream;
  const before = received.length;
  const token = await stage.token({ scope: 'notes.read notes.write' });
  const answer = await stage.send({ body: stage.callOf(tool, args), token, headers });
  ensure(answer.status === 200, `the status is ${answer.status}`);
  const [request, ...more] = received.slice(before);
  ensure(more.length === 0, 'more than one request reached the API');
  return { request, answer, failed: /"isError":true|"error":\{"code":-32602/.test(answer.body) };
}

/** Nothing reaches the API, and the caller receives an error. */
export function refused(name: string, source: string, what: Call): Case {
  return scenario(name, source, async (stage) => {
    const { request, failed } = await call(stage, what);
    ensure(request === undefined, `the API was asked for ${request?.target}`);
    ensure(failed, 'the result is not an error');
  });
}

/** The call goes through, and what reached the API is harmless. */
export function harmless(
  name: string,
  source: string,
  what: Call,
  check: (request: Received, stage: Stage) => boolean,
): Case {
  return scenario(name, source, async (stage) => {
    const { request } = await call(stage, what);
    ensure(request !== undefined, 'nothing reached the API');
    ensure(
      check(request, stage),
      `this reached the API: ${JSON.stringify(request.rawHeaders)} ${request.target} ${request.body}`,
    );
  });
}

/** The call is refused, or what reached the API lacks the thing. */
function never(name: string, what: Call, has: (request: Received) => boolean): Case {
  return scenario(name, scratch, async (stage) => {
    const { request } = await call(stage, what);
    ensure(request === undefined || !has(request), `this reached the API: ${request?.target}`);
  });
}

const one = (id: string) => (request: Received) => request.target === `/v1/notes/${id}`;
const note = (id: unknown): Call => ({ args: { id } });

/** What a container that cuts at a semicolon, or a proxy that decodes twice, takes for dots. */
const encodedDots = [
  '..;/admin',
  '..;',
  '%2e%2e',
  '%2E%2e/admin',
  '..%2fadmin',
  '..%5Cadmin',
  '.%2e;/x',
  '%252e%252e',
  '%25252e%25252e/admin',
];

const paths: Case[] = [
  refused('two dots of two arguments', segment, { tool: 'read_pair', args: { a: '.', b: '.' } }),
  ...[
    '',
    '.',
    '..',
    'a\u0000b',
    'a\nb',
    '\r',
    '\u007f',
    '../admin',
    '..\\..\\admin',
    ...encodedDots,
  ].map((id) => refused(`the path argument ${JSON.stringify(id)}`, segment, note(id))),
  ...[
    ['a%2fb', 'a%252fb'],
    ['%2e%2e%2e', '%252e%252e%252e'],
    ['a..;b', 'a..%3Bb'],
    ['a/b', 'a%2Fb'],
    ['a\\b', 'a%5Cb'],
    ['1?admin=true', '1%3Fadmin%3Dtrue'],
    ['1#x', '1%23x'],
    ['1;x=y', '1%3Bx%3Dy'],
    ['...', '...'],
    ['@evil.example', '%40evil.example'],
    ['//evil.example', '%2F%2Fevil.example'],
    ['http://evil.example', 'http%3A%2F%2Fevil.example'],
    ['é', '%C3%A9'],
  ].map(([id = '', encoded = '']) =>
    harmless(`the path argument ${id}`, segment, note(id), one(encoded)),
  ),
  ...['../../admin', './x/../y', 'a/../../..', '..', ...encodedDots].map((path) =>
    refused(`the reserved path argument ${path}`, segment, { tool: 'read_file', args: { path } }),
  ),
];

const keysOf = (request: Received) =>
  queryOf(request)
    .filter(([name]) => name === 'api_key')
    .map(([, value]) => value)
    .join();

const queryOf = ({ target }: Received) => [...new URL(target, 'http://x').searchParams];

const queries: Case[] = [
  harmless(
    'a query argument with a second parameter',
    'RFC 3986 section 3.4',
    { args: { id: '1', q: 'x&admin=true#y' } },
    (request) => JSON.stringify(queryOf(request)) === '[["q","x&admin=true#y"]]',
  ),
  harmless(
    'a query argument with the key’s name',
    scratch,
    { tool: 'search', args: { filter: { 'a]&api_key': 'mine' } } },
    (request, { meaning }) => keysOf(request) === `query-${meaning.apiKey}`,
  ),
  harmless(
    'a reserved query argument with a second parameter',
    'OpenAPI 3.1, allowReserved',
    { tool: 'search', args: { sort: 'x&api_key=mine#y' } },
    (request, { meaning }) => keysOf(request) === `query-${meaning.apiKey}`,
  ),
  harmless(
    'a member with the name of the key',
    scratch,
    { tool: 'search', args: { extra: { api_key: 'mine' } } },
    (request, { meaning }) => keysOf(request) === `query-${meaning.apiKey}`,
  ),
  ...['sort', 'Sort', 'sort[]', 'filter[a]'].map((name) =>
    never(
      `a member called ${name}, as another parameter is`,
      { tool: 'search', args: { sort: 'x', filter: { a: 'b' }, extra: { [name]: 'mine' } } },
      (request) => queryOf(request).some(([, value]) => value === 'mine'),
    ),
  ),
  ...['kind', 'KIND', 'kind[]', 'kind[0]'].map((name) =>
    never(
      `a member called ${name}, as a pair of the path is`,
      { tool: 'read_reports', args: { extra: { [name]: 'secret' } } },
      (request) => queryOf(request).some(([, value]) => value === 'secret'),
    ),
  ),
  harmless(
    'members that are called otherwise',
    scratch,
    { tool: 'read_reports', args: { extra: { kinds: 'a', page: 'b' } } },
    (request) =>
      JSON.stringify(queryOf(request)) === '[["kind","open"],["kinds","a"],["page","b"]]',
  ),
  harmless(
    'a list item with the delimiter',
    'OpenAPI 3.1, style values',
    { tool: 'search', args: { raw: ['a|b', 'c&d'] } },
    (request) =>
      queryOf(request).filter(([name]) => name === 'raw').length === 1 &&
      !queryOf(request).some(([name]) => name === 'd'),
  ),
];

const headers: Case[] = [
  ...['x\r\nX-API-Key: mine', 'x\nHost: evil.example', 'x\u0000', 'x\r'].map((trace) =>
    refused(`the header argument ${JSON.stringify(trace)}`, 'RFC 9110 section 5.5', {
      args: { id: '1', 'X-Trace': trace },
    }),
  ),
  ...['Host', 'Authorization', 'X-API-Key', 'Cookie', 'host', 'transfer-encoding'].map((name) =>
    refused(
      `an argument called ${name}`,
      'resource-server.md: arguments never set host, headers or credentials',
      { args: { id: '1', [name]: 'evil.example' } },
    ),
  ),
  harmless(
    'a cookie argument with a second cookie',
    'RFC 6265 section 4.1.1',
    { args: { id: '1', theme: 'dark; admin=true' } },
    ({ headers: { cookie } }) => cookie !== undefined && !/; *admin/.test(cookie),
  ),
  harmless(
    'headers of the caller',
    scratch,
    {
      args: { id: '1' },
      headers: [
        ['Cookie', 'session=mine'],
        ['X-Forwarded-For', '10.0.0.1'],
        ['X-Api-Key', 'mine'],
        ['X-Mine', '1'],
        ['Origin', 'http://127.0.0.1'],
        ['Referer', 'http://x'],
        ['X-Request-Id', 'mine'],
      ].filter(([name]) => name !== 'Origin') as [string, string][],
    },
    ({ rawHeaders }) => !rawHeaders.some((value) => value.includes('mine') || value === '10.0.0.1'),
  ),
  harmless(
    'the caller’s token',
    'MCP authorization, token passthrough',
    { args: { id: '1' } },
    ({ rawHeaders, headers: { authorization } }, { tokens, meaning }) =>
      authorization === `Bearer bearer-${meaning.apiKey}` &&
      !tokens.some((token) => rawHeaders.join('\n').includes(token)),
  ),
  harmless(
    'the API’s own key',
    'OpenAPI 3.1, security schemes',
    { args: { id: '1' } },
    ({ headers: found }, { meaning }) => found['x-api-key'] === meaning.apiKey,
  ),
];

const bodies: Case[] = [
  harmless(
    'a body with __proto__',
    'OWASP: prototype pollution',
    {
      tool: 'write_note',
      args: { body: JSON.parse('{"__proto__":{"admin":true},"text":"x"}') as object },
    },
    ({ body }) => body.includes('"text":"x"'),
  ),
  harmless(
    'a file name that ends its header',
    'RFC 7578 section 4.2',
    {
      tool: 'upload',
      args: {
        body: {
          name: 'x"\r\nX-Evil: 1\r\n\r\n--',
          file: 'data:text/plain;name="a%22%0d%0aX-Evil: 1";base64,eA==',
        },
      },
    },
    ({ body }) => {
      const heads = body.split(/--[^\r\n]+\r\n/).map((part) => part.split('\r\n\r\n')[0] ?? '');
      const named = heads.filter((head) => head.startsWith('Content-Disposition'));
      const isWhole = /^Content-Disposition: form-data; name="[^"]*"(; filename="[^"]*")?$/m;
      return (
        named.length > 0 && named.every((head) => isWhole.test(head) && !/^X-Evil/im.test(head))
      );
    },
  ),
  refused('arguments that are a list', 'MCP, tools/call', { args: ['x'] as never }),
  refused('an undeclared argument', 'JSON Schema 2020-12, additionalProperties', {
    args: { id: '1', admin: true },
  }),
  refused('an object where a string belongs', 'JSON Schema 2020-12, type', {
    args: { id: { $ne: 'x' } },
  }),
];

export const injection: Group = {
  name: 'injection',
  ownServer: true,
  cases: [...paths, ...queries, ...headers, ...bodies],
};
