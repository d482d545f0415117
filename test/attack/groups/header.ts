import { attempt, type Case, type Expectation, type Group } from '../case.js';
import type { Attempt, Stage } from '../stage.js';
import { done, malformed, missing } from '../expectations.js';
import { authorization, rfc6750 } from './credentials.js';

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

export const header: Group = {
  name: 'authorization header',
  cases: [
    withHeader('a good one', (token) => [authorization(`Bearer ${token}`)], done),
    ...['bearer', 'BEARER', 'bEaReR'].map((scheme) =>
      withHeader(
        `the scheme as ${scheme}`,
        (token) => [authorization(`${scheme} ${token}`)],
        done,
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
    withHeader('the scheme alone', () => [authorization('Bearer')], missing),
    withHeader('the scheme and blanks', () => [authorization('Bearer  ')], missing),
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
      'two tokens with a space between them',
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
      'an exclamation mark in the token',
      (token) => [authorization(`Bearer ${token}!`)],
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
      'more than 8 KiB, as long as other providers issue',
      () => [authorization(`Bearer ${'a'.repeat(12_000)}`)],
      { status: 401, challenge: { error: 'invalid_token' } },
      'cases from the field, A-01',
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
