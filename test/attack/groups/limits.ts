import { setTimeout as pause } from 'node:timers/promises';
import { attempt, ensure, scenario, type Expectation, type Group } from '../case.js';
import type { Attempt } from '../stage.js';
import { posted } from './messages.js';

/** A body of the size, counted while it is read. */
const large = (bytes: number) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/list","x":"${'x'.repeat(bytes - 53)}"}`;

// A client that is still sending may find the connection closed before it reads the answer.
const tooLarge: Expectation = { status: [413, 0] };

export const sizes: Group = {
  name: 'limits',
  cases: [
    posted('a body of 4 MiB', 'resource-server.md', () => ({ body: large(4_194_304 - 10) }), {
      status: [200, 400],
    }),
    posted(
      'a body above 4 MiB',
      'RFC 9110 section 15.5.14',
      () => ({ body: large(4_300_000) }),
      tooLarge,
    ),
    posted(
      'a length above 4 MiB, and no body',
      'RFC 9110 section 15.5.14',
      () => ({ without: ['content-length'], headers: [['Content-Length', '99999999']] }),
      { status: 413 },
    ),
    posted(
      'a body above 4 MiB in chunks',
      'RFC 9110 section 15.5.14',
      () => ({
        without: ['content-length'],
        headers: [['Transfer-Encoding', 'chunked']],
        body: `${(4_300_000).toString(16)}\r\n${large(4_300_000)}\r\n0\r\n\r\n`,
      }),
      tooLarge,
    ),
    attempt(
      'a body above 4 MiB without a token',
      'resource-server.md: before its body is read',
      () => ({ without: ['content-length'], headers: [['Content-Length', '99999999']], body: '' }),
      { status: 401 },
    ),
    attempt(
      'headers above 32 KiB',
      'RFC 6585 section 5',
      () => ({ headers: [['X-Pad', 'x'.repeat(40_000)]] }),
      { status: [400, 431] },
    ),
    attempt(
      'a target above 32 KiB',
      'RFC 9110 section 15.5.15',
      () => ({ target: `/mcp?${'x'.repeat(40_000)}` }),
      { status: [400, 414, 431] },
    ),
  ],
};

export const callLimit: Group = {
  name: 'limits',
  ownServer: true,
  env: () => ({ MCP_RATE_LIMIT: '3' }),
  cases: [
    scenario('more calls than a caller may make', 'MCP, tools: rate limit', async (stage) => {
      const statuses: number[] = [];
      const token = await stage.token({ sub: 'busy' });
      for (let i = 0; i < 5; i += 1)
        statuses.push((await stage.send({ body: stage.read, token })).status);
      ensure(statuses.join() === '200,200,200,429,429', `they are ${statuses.join()}`);
      const { headers } = await stage.send({
        body: stage.read,
        token: await stage.token({ sub: 'busy' }),
      });
      ensure(Number(headers.get('retry-after')?.[0]) > 0, 'there is no Retry-After');
      ensure(!headers.has('www-authenticate'), 'there is a challenge');
    }),
    attempt(
      'another caller is not held up',
      'MCP, tools: rate limit',
      async (stage) => ({ body: stage.read, token: await stage.token({ sub: 'calm' }) }),
      { status: 200, upstream: 1 },
    ),
    attempt(
      'a batch counts its calls',
      'MCP, tools: rate limit',
      async (stage) => ({
        body: [1, 2, 3, 4].map((id) => ({ ...stage.read, id })),
        token: await stage.token({ sub: 'batch' }),
      }),
      { status: 429 },
    ),
    ...[
      { method: 'ping', id: 1 },
      { method: 'tools/list', id: 1 },
      { method: 'no/such', id: 1 },
      { method: 'notifications/x' },
    ].map((message) =>
      scenario(
        `more messages of ${message.method} than a caller may send`,
        'issue on the runtime: every message counts',
        async (stage) => {
          const token = await stage.token({ sub: `sends ${message.method}` });
          const body = { jsonrpc: '2.0', ...message };
          const statuses: number[] = [];
          for (let i = 0; i < 4; i += 1) statuses.push((await stage.send({ body, token })).status);
          ensure(statuses.indexOf(429) === 3, `they are ${statuses.join()}`);
        },
      ),
    ),
    attempt(
      'a batch counts its notifications',
      'issue on the runtime: every message counts',
      async (stage) => ({
        body: Array(4).fill({ jsonrpc: '2.0', method: 'notifications/x' }),
        token: await stage.token({ sub: 'notifies' }),
      }),
      { status: 429 },
    ),
  ],
};

export const failureLimit: Group = {
  name: 'limits',
  ownServer: true,
  env: () => ({ MCP_RATE_LIMIT: '1000' }),
  cases: [
    scenario('made-up tokens without end', 'resource-server.md: per address', async (stage) => {
      const from = '127.0.0.9';
      const guess = (i: number) => stage.send({ token: `guess${i}`, from });
      const first = await guess(0);
      ensure(first.status === 401, `the first is ${first.status}`);
      for (let i = 1; i < 300; i += 1) await guess(i);
      const { status, headers } = await guess(300);
      ensure(status === 429 && headers.has('retry-after'), `the 301st is ${status}`);
      const logged = async () => {
        await pause(150);
        return stage
          .log()
          .split('\n')
          .filter((line) => line.includes('auth_failure')).length;
      };
      const lines = await logged();
      for (let i = 301; i < 306; i += 1) await guess(i);
      ensure((await logged()) === lines, 'each has a line in the log');
      const good = await stage.send({ token: await stage.token(), from });
      ensure(good.status === 200, `a good token of that address gets ${good.status}`);
      const elsewhere = await stage.send({ token: 'guess', from: '127.0.0.10' });
      ensure(elsewhere.status === 401, `another address gets ${elsewhere.status}`);
    }),
    attempt(
      'an address that only X-Forwarded-For names',
      'issue on the runtime: without MCP_TRUSTED_PROXIES the header does not count',
      () => ({ token: 'guess', from: '127.0.0.13', headers: [['X-Forwarded-For', '192.0.2.1']] }),
      { status: 401, log: /"address":"127\.0\.0\.13"/ },
    ),
  ],
};

/** A made-up token of a caller whose address a proxy sends. */
const behind = (forwardedFor: string, i: number): Attempt => ({
  token: `guess${i}`,
  headers: [['X-Forwarded-For', forwardedFor]],
});

export const proxyLimit: Group = {
  name: 'limits',
  ownServer: true,
  env: () => ({ MCP_TRUSTED_PROXIES: '127.0.0.0/8' }),
  cases: [
    scenario(
      'made-up tokens without end, through a trusted proxy',
      'issue on the runtime: the right-most untrusted address counts',
      async (stage) => {
        const statusOf = async (address: string, i: number) =>
          (await stage.send(behind(address, i))).status;
        for (let i = 0; i < 300; i += 1) await statusOf(`192.0.2.${i % 250}, 203.0.113.7`, i);
        const status = await statusOf('203.0.113.7', 300);
        ensure(status === 429, `the 301st is ${status}`);
        const made = await statusOf('198.51.100.9, 203.0.113.7', 301);
        ensure(made === 429, `with a made-up address in front it is ${made}`);
        const other = await statusOf('203.0.113.7, 198.51.100.9', 302);
        ensure(other === 401, `another address gets ${other}`);
      },
    ),
  ],
};
