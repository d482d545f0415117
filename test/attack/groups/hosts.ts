import { attempt, ensure, scenario, type Case, type Expectation, type Group } from '../case.js';
import { done } from '../expectations.js';
import type { Stage } from '../stage.js';

const rebinding = 'MCP, transports: DNS rebinding';

/** A good call whose `Host` or `Origin` lines are these. */
function from(
  name: string,
  source: string,
  lines: (stage: Stage) => [string, string][],
  expected: Expectation,
  without: readonly string[] = [],
): Case {
  return attempt(
    name,
    source,
    async (stage) => ({
      body: stage.read,
      token: await stage.token(),
      headers: lines(stage),
      without,
    }),
    expected,
  );
}

const withHost = (name: string, value: (stage: Stage) => string, expected: Expectation) =>
  from(`the host ${name}`, rebinding, (stage) => [['Host', value(stage)]], expected, ['host']);
const misdirected: Expectation = { status: 421, challenge: 'none' };

export const hosts: Group = {
  name: 'host and origin',
  cases: [
    withHost('localhost', ({ meaning }) => `localhost:${meaning.port}`, done),
    withHost('in upper case', ({ meaning }) => `LOCALHOST:${meaning.port}`, done),
    withHost('of somebody else', () => 'evil.example', misdirected),
    withHost(
      'of somebody else, with this port',
      ({ meaning }) => `evil.example:${meaning.port}`,
      misdirected,
    ),
    withHost(
      'that begins with this one',
      ({ meaning }) => `127.0.0.1.evil.example:${meaning.port}`,
      misdirected,
    ),
    withHost('that ends with this one', () => 'evil-localhost', misdirected),
    withHost('with a user name', () => '127.0.0.1@evil.example', misdirected),
    withHost('with a port beyond all', () => '127.0.0.1:99999', misdirected),
    withHost('with a port of letters', () => '127.0.0.1:http', misdirected),
    withHost('empty', () => '', misdirected),
    withHost('0.0.0.0', ({ meaning }) => `0.0.0.0:${meaning.port}`, misdirected),
    withHost('as a number', ({ meaning }) => `2130706433:${meaning.port}`, misdirected),
    from('no host at all', 'RFC 9112 section 3.2', () => [], { status: [400, 421] }, ['host']),
    from(
      'two hosts',
      'RFC 9112 section 3.2',
      ({ meaning }) => [
        ['Host', `127.0.0.1:${meaning.port}`],
        ['Host', 'evil.example'],
      ],
      { status: [400, 421] },
      ['host'],
    ),
    from(
      'X-Forwarded-Host is never used as the host',
      rebinding,
      () => [['X-Forwarded-Host', 'evil.example']],
      done,
    ),
    attempt(
      'a foreign host is refused before its token is looked at',
      'resource-server.md',
      () => ({
        without: ['host'],
        headers: [
          ['Host', 'evil.example'],
          ['Authorization', 'Bearer x'],
        ],
      }),
      misdirected,
    ),
    attempt(
      'the health routes have no host',
      'resource-server.md',
      () => ({
        method: 'GET',
        target: '/healthz',
        without: ['host'],
        headers: [['Host', '10.0.0.7']],
      }),
      { status: 200 },
    ),
    ...origins(),
  ],
};

function origins(): Case[] {
  const forbidden: Expectation = {
    status: 403,
    challenge: 'none',
    headers: { 'access-control-allow-origin': null },
  };
  const withOrigin = (name: string, value: (stage: Stage) => string, expected: Expectation) =>
    from(
      `the origin ${name}`,
      'MCP, transports: Origin',
      (stage) => [['Origin', value(stage)]],
      expected,
    );
  const own = ({ origin }: Stage) => origin;
  return [
    scenario('its own origin may call', 'Fetch Standard, CORS', async (stage) => {
      const token = await stage.token();
      const { status, headers } = await stage.send({
        body: stage.read,
        token,
        headers: [['Origin', stage.origin]],
      });
      ensure(status === 200, `the status is ${status}`);
      ensure(
        headers.get('access-control-allow-origin')?.[0] === stage.origin,
        'it may not read the answer',
      );
      ensure(!headers.has('access-control-allow-credentials'), 'credentials are allowed');
      ensure(
        /WWW-Authenticate/i.test(headers.get('access-control-expose-headers')?.[0] ?? ''),
        'challenges are not exposed',
      );
      ensure(/origin/i.test(headers.get('vary')?.[0] ?? ''), 'a cache may mix up origins');
    }),
    withOrigin('null', () => 'null', forbidden),
    withOrigin('of somebody else', () => 'https://evil.example', forbidden),
    withOrigin('of this name and another port', () => 'http://127.0.0.1:1', forbidden),
    withOrigin('with https', (stage) => own(stage).replace('http:', 'https:'), forbidden),
    withOrigin('that begins with this one', (stage) => `${own(stage)}.evil.example`, forbidden),
    withOrigin('with a slash', (stage) => `${own(stage)}/`, forbidden),
    withOrigin('in upper case', (stage) => own(stage).toUpperCase(), forbidden),
    withOrigin('in a list', (stage) => `https://evil.example ${own(stage)}`, forbidden),
    withOrigin('that is empty', () => '', forbidden),
    attempt(
      'a preflight of its own origin needs no token',
      'Fetch Standard, CORS preflight',
      (stage) => ({
        method: 'OPTIONS',
        headers: [
          ['Origin', stage.origin],
          ['Access-Control-Request-Method', 'POST'],
        ],
      }),
      {
        status: [200, 204],
        headers: {
          'access-control-allow-headers': /authorization.*mcp-protocol-version.*mcp-method/i,
        },
      },
    ),
    attempt(
      'a preflight of another origin',
      'Fetch Standard, CORS preflight',
      () => ({
        method: 'OPTIONS',
        headers: [
          ['Origin', 'https://evil.example'],
          ['Access-Control-Request-Method', 'POST'],
        ],
      }),
      forbidden,
    ),
  ];
}
