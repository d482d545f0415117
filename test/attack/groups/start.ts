import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../support/http.js';
import { ensure, scenario, type Case, type Group } from '../case.js';
import type { Stage } from '../stage.js';
import type { Running } from '../target.js';

type Variables = Readonly<Record<string, string>>;

/** Milliseconds, for what takes a second: a busy machine may take many times that. */
const PATIENCE = 60_000;

/** The exit status of a process that ends by itself; null if it has to be stopped. */
async function statusOf(running: Running): Promise<number | null> {
  const timer = setTimeout(() => void running.stop(), PATIENCE);
  return running.ended.finally(() => clearTimeout(timer));
}

/** Waits until a process has ended, or has written something. */
async function written(running: Running, isThere: (stdout: string) => boolean): Promise<void> {
  for (let left = PATIENCE; left > 0 && running.child.exitCode === null; left -= 25) {
    if (isThere(running.stdout())) return;
    await pause(25);
  }
}

/** A start that ends with 2 and a line that names the variable, and shows no secret. */
export function refusedStart(
  name: string,
  variable: string,
  env: Variables,
  more: readonly string[] = [],
): Case {
  return scenario(name, 'resource-server.md: settings fail closed', async (stage) => {
    const running = stage.launch({ PORT: String(await freePort()), ...env }, more);
    const status = await statusOf(running);
    const output = running.output();
    ensure(status === 2, `the exit status is ${status}:\n${output.slice(0, 500)}`);
    ensure(output.includes(variable), `${variable} is not named:\n${output}`);
    ensure(!output.includes(stage.meaning.apiKey), 'a secret is shown');
    ensure(!/\n\s+at /.test(output), `there is a stack trace:\n${output}`);
  });
}

const one = (variable: string, value: string) =>
  refusedStart(`${variable}=${value}`, variable, { [variable]: value });

export const configuration: Group = {
  name: 'configuration mistakes',
  ownServer: true,
  cases: [
    ...[
      'http://auth.example.com',
      'auth.example.com',
      'https://user:pass@auth.example.com',
      'https://auth.example.com?tenant=x',
      'https://auth.example.com#x',
      'javascript:alert(1)',
    ].map((value) => one('OAUTH_AUTHORIZATION_SERVER', value)),
    ...[
      'http://mcp.example.com/mcp',
      'mcp.example.com',
      'https://user@mcp.example.com/mcp',
      'https://mcp.example.com/mcp#x',
      '*',
      'https://mcp.example.com/healthz',
      'https://mcp.example.com/.well-known/x',
    ].map((value) => one('MCP_RESOURCE_URL', value)),
    one('MCP_ALLOWED_ORIGINS', 'chrome-extension://*'),
    one('OAUTH_JWKS_URI', 'http://auth.example.com/jwks'),
    one('OAUTH_METADATA_URL', 'ftp://auth.example.com'),
    one('OAUTH_INTROSPECTION_URL', 'http://auth.example.com/introspect'),
    one('OAUTH_AUDIENCE', ' , '),
    refusedStart('OAUTH_AUDIENCE_CLAIM without OAUTH_AUDIENCE', 'OAUTH_AUDIENCE', {
      OAUTH_AUDIENCE_CLAIM: 'client_id',
    }),
    refusedStart('opaque tokens without a client', 'OAUTH_CLIENT_SECRET', {
      OAUTH_TOKEN_FORMAT: 'opaque',
    }),
    refusedStart('strict types of opaque tokens', 'OAUTH_REQUIRE_AT_JWT', {
      OAUTH_TOKEN_FORMAT: 'opaque',
      OAUTH_CLIENT_ID: 'x',
      OAUTH_CLIENT_SECRET: 'x',
      OAUTH_REQUIRE_AT_JWT: 'true',
    }),
    one('OAUTH_TOKEN_FORMAT', 'any'),
    one('OAUTH_CLOCK_TOLERANCE', '999999'),
    one('OAUTH_REQUIRE_AT_JWT', 'yes'),
    one('OAUTH_SCOPE_IMPLIES', 'everything'),
    one('MCP_SCOPE_ERRORS', 'ignore'),
    one('MCP_CONFIRM', 'sometimes'),
    one('MCP_REQUEST_STATE_KEY', 'short'),
    one('MCP_RATE_LIMIT', '0'),
    one('MCP_ALLOWED_ORIGINS', '*'),
    one('MCP_ALLOWED_ORIGINS', 'https://app.example.com/'),
    one('MCP_ALLOWED_HOSTS', '*.example.com'),
    ...['everyone', 'proxy.example', '10.0.0.0/33', '300.1.1.1', '10.0.0.0/-1'].map((value) =>
      one('MCP_TRUSTED_PROXIES', value),
    ),
    one('PORT', '99999'),
    one('UPSTREAM_BASE_URL', 'ftp://api.example.com'),
    one('UPSTREAM_BASE_URL', 'https://user:pass@api.example.com'),
    one('UPSTREAM_HEADERS', '{"Authorization":"Bearer x"}'),
    one('UPSTREAM_HEADERS', '{"X-A":"a\\r\\nX-B: b"}'),
    one('UPSTREAM_AUTH', 'anything'),
    refusedStart('a public address without a public URL', 'MCP_RESOURCE_URL', {
      HOST: '0.0.0.0',
      MCP_RESOURCE_URL: '',
    }),
    scenario('the effective settings are printed, and no secret', 'resource-server.md', (stage) => {
      for (const value of [stage.meaning.issuer, stage.meaning.resource, stage.meaning.upstream])
        ensure(stage.log().includes(value), `${value} is not there`);
      return Promise.resolve();
    }),
  ],
};

const stdioSource = 'MCP authorization: stdio takes credentials from the environment';

/** Writes lines to the stdin of the server over stdio, and collects what it writes until the answers are there. */
async function overStdio(stage: Stage, lines: readonly string[], answers: number) {
  const running = stage.launch({}, ['--stdio']);
  for (const line of lines) running.child.stdin?.write(`${line}\n`);
  await written(running, (stdout) => stdout.split('\n').length > answers);
  running.child.stdin?.end();
  const status = await statusOf(running);
  return { status, stdout: running.stdout(), output: running.output() };
}

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'x', version: '1' },
  },
});

const MIB = 1_048_576;

/** A line, and a call after it that must be answered. */
function survived(name: string, line: (stage: Stage) => string): Case {
  return scenario(name, 'MCP, transports: stdio', async (stage) => {
    const last = JSON.stringify({ ...stage.read, id: 'last' });
    const running = stage.launch({}, ['--stdio']);
    running.child.stdin?.on('error', () => undefined);
    for (const one of [initialize, line(stage), last]) running.child.stdin?.write(`${one}\n`);
    await written(running, (stdout) => stdout.includes('"id":"last"'));
    const [status, stdout] = [running.child.exitCode, running.stdout()];
    await running.stop();
    ensure(status === null, `it ended with ${status}`);
    ensure(stdout.includes('"id":"last"'), 'the next call is not answered');
    ensure(!stdout.includes('"id":"lost"'), 'it is read as something else');
  });
}

export const stdio: Group = {
  name: 'stdio',
  ownServer: true,
  cases: [
    scenario('a call without a token', stdioSource, async (stage) => {
      const before = stage.around.upstream.received.length;
      const { stdout, status } = await overStdio(
        stage,
        [initialize, JSON.stringify(stage.read)],
        2,
      );
      ensure(stdout.includes('"ok'), stdout);
      ensure(stage.around.upstream.received.length === before + 1, 'it did not reach the API');
      ensure(status === 0, `the exit status is ${status}`);
    }),
    scenario('stdout carries JSON-RPC only', 'MCP, transports: stdio', async (stage) => {
      const lines = [
        initialize,
        '{',
        'x'.repeat(10_000),
        '[]',
        '{"jsonrpc":"2.0"}',
        JSON.stringify(stage.read),
      ];
      const { stdout } = await overStdio(stage, lines, 2);
      for (const line of stdout.split('\n').filter((text) => text !== ''))
        ensure((JSON.parse(line) as { jsonrpc?: unknown }).jsonrpc === '2.0', line);
      ensure(stdout.includes('"ok'), 'broken lines ended it');
    }),
    survived('a null in twenty thousand levels', (stage) =>
      JSON.stringify(stage.callOf('read_note', { id: 'deep' })).replace(
        '"deep"',
        `${'['.repeat(20_000)}null${']'.repeat(20_000)}`,
      ),
    ),
    survived('a batch of twenty thousand levels', () => '['.repeat(20_000) + ']'.repeat(20_000)),
    survived('a line of 11 MiB', (stage) =>
      JSON.stringify(stage.callOf('read_note', { id: '1', more: 'x'.repeat(11 * MIB) })),
    ),
    survived('a line that is too long', (stage) => {
      return ' '.repeat(65 * MIB) + JSON.stringify({ ...stage.read, id: 'lost' });
    }),
    scenario('a batch', 'MCP 2025-03-26, receiving batches', async (stage) => {
      const { stdout } = await overStdio(
        stage,
        [initialize, JSON.stringify([stage.read, { ...stage.read, id: 78 }])],
        3,
      );
      ensure(stdout.includes('"id":78') && stdout.split('"ok').length === 3, stdout);
    }),
    scenario('it listens nowhere', stdioSource, async (stage) => {
      const port = String(await freePort());
      const running = stage.launch({ PORT: port }, ['--stdio']);
      running.child.stdin?.write(`${initialize}\n`);
      // It would listen by then.
      await written(running, (stdout) => stdout.includes('"id":0'));
      const heard = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        () => true,
        () => false,
      );
      await running.stop();
      ensure(running.stdout().includes('"id":0'), 'it is not started');
      ensure(!heard, 'it does');
    }),
    scenario('secrets are on neither stream', stdioSource, async (stage) => {
      stage.around.upstream.behaviour = (request, response) =>
        response
          .writeHead(401, { 'Content-Type': 'application/json' })
          .end(JSON.stringify(request.headers));
      const { output } = await overStdio(stage, [initialize, JSON.stringify(stage.read)], 2);
      ensure(output.includes('[redacted]'), 'nothing was masked');
      ensure(!output.includes(stage.meaning.apiKey), 'one is');
    }),
    scenario('hostile arguments', stdioSource, async (stage) => {
      const before = stage.around.upstream.received.length;
      const { stdout } = await overStdio(
        stage,
        [initialize, JSON.stringify(stage.callOf('read_note', { id: '..' }))],
        2,
      );
      ensure(stdout.includes('"isError":true'), stdout);
      ensure(stage.around.upstream.received.length === before, 'they reached the API');
    }),
    scenario('it ends with its stdin', 'MCP, lifecycle: stdio shutdown', async (stage) => {
      const { status } = await overStdio(stage, [], 0);
      ensure(status === 0, `the exit status is ${status}`);
    }),
  ],
};
