import { attempt, ensure, scenario, type Case, type Expectation, type Group } from '../case.js';
import type { Attempt, Stage } from '../stage.js';

const rfc6750 = 'RFC 6750 section 3.1';
const metadataOf = (stage: Stage) => `${stage.origin}/.well-known/oauth-protected-resource/mcp`;

/** Another scheme, or nothing at all: the way in is told, and nothing is called an error. */
const missing: Expectation = {
  status: 401,
  challenge: { error: null, error_description: null, scope: 'notes.read' },
  headers: { 'cache-control': /no-store/ },
};
const malformed: Expectation = { status: 400, challenge: { error: 'invalid_request' } };
export const invalid: Expectation = { status: 401, challenge: { error: 'invalid_token' } };

function withHeader(
  name: string,
  lines: (token: string) => [string, string][],
  expected: Expectation,
  source = rfc6750,
): Case {
  const request = async (stage: Stage): Promise<Attempt> => ({
    body: stage.read,
    headers: lines(await stage.token()),
  });
  return attempt(name, source, request, expected);
}

const authorization = (value: string): [string, string] => ['Authorization', value];

export const challenges: Group = {
  name: 'challenges',
  cases: [
    ...(['POST', 'GET', 'DELETE'] as const).map((method) =>
      attempt(`${method} without a token`, rfc6750, () => ({ method }), missing),
    ),
    ...['initialize', 'server/discover', 'ping', 'tools/list', 'notifications/initialized'].map(
      (method) =>
        attempt(
          `${method} without a token`,
          'MCP authorization: every request',
          () => ({ body: { jsonrpc: '2.0', id: 1, method } }),
          missing,
        ),
    ),
    attempt(
      'a session id is no identity',
      'MCP authorization, session hijacking',
      (stage) => ({ body: stage.read, headers: [['Mcp-Session-Id', crypto.randomUUID()]] }),
      missing,
    ),
    scenario('the challenge points to the metadata', 'RFC 9728 section 5.1', async (stage) => {
      const { headers } = await stage.send({});
      const [challenge = ''] = headers.get('www-authenticate') ?? [];
      const pointer = `resource_metadata="${metadataOf(stage)}"`;
      ensure(challenge.includes(pointer), `it is ${challenge}`);
    }),
    scenario(
      'the challenge is not shaped by Host or Forwarded',
      'resource-server.md: the public URL comes from the settings only',
      async (stage) => {
        const forged = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' };
        const { headers, body } = await stage.send({ headers: Object.entries(forged) });
        ensure(!JSON.stringify([...headers, body]).includes('evil'), 'it is');
      },
    ),
    scenario('no answer names its software', 'OWASP: fingerprinting', async (stage) => {
      const { headers } = await stage.send({});
      ensure(!headers.has('x-powered-by') && !headers.has('server'), 'one does');
    }),
    scenario('refusals echo nothing of a request', 'resource-server.md', async (stage) => {
      const mark = 'EchoedMark';
      for (const headers of [
        [authorization(`Bearer ${mark}`)],
        [authorization(`Bearer ${mark} ${mark}`)],
        [['X-Mark', mark] as [string, string]],
      ]) {
        const answer = await stage.send({ headers, target: `/mcp?${mark}` });
        ensure(!JSON.stringify([...answer.headers, answer.body]).includes(mark), 'one does');
      }
    }),
    attempt(
      'a body is not read before its credentials',
      'resource-server.md: before its body is read',
      () => ({ body: 'x'.repeat(100), headers: [['X-Pad', '1']] }),
      missing,
    ),
  ],
};

export const header: Group = {
  name: 'authorization header',
  cases: [
    withHeader('a good one', (token) => [authorization(`Bearer ${token}`)], {
      status: 200,
      upstream: 1,
    }),
    ...['bearer', 'BEARER', 'bEaReR'].map((scheme) =>
      withHeader(
        `the scheme as ${scheme}`,
        (token) => [authorization(`${scheme} ${token}`)],
        { status: 200, upstream: 1 },
        'RFC 9110 section 11.1',
      ),
    ),
    withHeader('another scheme', () => [authorization('Basic dXNlcjpwYXNz')], missing),
    withHeader(
      'DPoP',
      (token) => [authorization(`DPoP ${token}`)],
      missing,
      'RFC 9449 section 7.1',
    ),
    withHeader('a token without a scheme', (token) => [authorization(token)], missing),
    withHeader('an empty value', () => [authorization('')], missing),
    withHeader('the scheme alone', () => [authorization('Bearer')], malformed),
    withHeader(
      'two lines',
      (token) => [authorization(`Bearer ${token}`), authorization('Bearer x')],
      malformed,
    ),
    withHeader(
      'two lines, the bad one first',
      (token) => [authorization('Bearer x'), authorization(`Bearer ${token}`)],
      malformed,
    ),
    withHeader(
      'two lines of other spelling',
      (token) => [authorization(`Bearer ${token}`), ['authorization', `Bearer ${token}`]],
      malformed,
    ),
    withHeader(
      'two lines, one of another scheme',
      (token) => [authorization('Basic eA=='), authorization(`Bearer ${token}`)],
      malformed,
    ),
    withHeader(
      'two tokens, a space between',
      (token) => [authorization(`Bearer ${token} junk`)],
      malformed,
    ),
    withHeader(
      'two tokens, a comma between',
      (token) => [authorization(`Bearer ${token}, Bearer ${token}`)],
      malformed,
    ),
    withHeader(
      'a comma after the token',
      (token) => [authorization(`Bearer ${token},`)],
      malformed,
    ),
    withHeader(
      'quotes around the token',
      (token) => [authorization(`Bearer "${token}"`)],
      malformed,
    ),
    withHeader(
      'a tab instead of the space',
      (token) => [authorization(`Bearer\t${token}`)],
      malformed,
    ),
    withHeader('bytes beyond ASCII', (token) => [authorization(`Bearer ${token}\xe9`)], malformed),
    withHeader(
      'more than 8 KiB',
      () => [authorization(`Bearer ${'a'.repeat(8300)}`)],
      malformed,
      'resource-server.md',
    ),
    withHeader(
      'a control byte',
      (token) => [authorization(`Bearer ${token}\x01`)],
      { status: 400 },
      'RFC 9110 section 5.5',
    ),
    withHeader(
      'a NUL byte',
      (token) => [authorization(`Bearer ${token}\x00`)],
      { status: 400 },
      'RFC 9110 section 5.5',
    ),
    withHeader(
      'Proxy-Authorization',
      (token) => [['Proxy-Authorization', `Bearer ${token}`]],
      missing,
    ),
    withHeader(
      'X-Forwarded-Authorization',
      (token) => [['X-Forwarded-Authorization', `Bearer ${token}`]],
      missing,
    ),
    withHeader(
      'a cookie',
      (token) => [['Cookie', `access_token=${token}; Authorization=Bearer ${token}`]],
      missing,
      'MCP authorization, token requirements',
    ),
    attempt(
      'the query',
      'MCP authorization: never in the query',
      async (stage) => ({ target: `/mcp?access_token=${await stage.token()}`, body: stage.read }),
      missing,
    ),
    attempt(
      'a form',
      'RFC 6750 section 2.2 is not offered',
      async (stage) => ({
        body: `access_token=${await stage.token()}`,
        without: ['content-type'],
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      }),
      missing,
    ),
    attempt(
      'beyond Node’s two thousand headers',
      'resource-server.md: several headers',
      async (stage) => ({
        body: stage.read,
        headers: [
          authorization(`Bearer ${await stage.token()}`),
          ...Array.from({ length: 2500 }, (): [string, string] => ['a', '']),
          authorization('Bearer x'),
        ],
      }),
      { status: [400, 431] },
    ),
  ],
};
