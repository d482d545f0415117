import { gzipSync } from 'node:zlib';
import { attempt, scenario, ensure, type Case, type Expectation, type Group } from '../case.js';
import type { Attempt, Stage } from '../stage.js';

const jsonrpc = 'JSON-RPC 2.0 section 5.1';

function posted(
  name: string,
  source: string,
  make: (stage: Stage) => Attempt,
  expected: Expectation,
): Case {
  return attempt(name, source, async (stage) => ({ token: await stage.token(), ...make(stage) }), {
    challenge: 'none',
    ...expected,
  });
}

const type = (value: string): Attempt => ({
  without: ['content-type'],
  headers: [['Content-Type', value]],
});
const unread: Expectation = { status: 415 };
const refused: Expectation = { status: [200, 202, 400, 404] };

export const messages: Group = {
  name: 'messages',
  cases: [
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json-seq',
      'text/json',
      'application/jsonx',
      '',
    ].map((value) =>
      posted(
        `the content type ${JSON.stringify(value)}`,
        'MCP, transports: application/json',
        () => type(value),
        unread,
      ),
    ),
    posted(
      'no content type',
      'MCP, transports: application/json',
      () => ({ without: ['content-type'] }),
      unread,
    ),
    posted(
      'a parameter of the content type',
      'RFC 9110 section 8.3',
      () => type('application/json; charset=utf-8'),
      { status: 200 },
    ),
    ...['', '{', 'null{', '[1,2', '{"a":}', 'undefined', "{'a':1}", '\u0000'].map((body) =>
      posted(`the body ${JSON.stringify(body)}`, jsonrpc, () => ({ body }), { status: 400 }),
    ),
    ...[
      'null',
      '7',
      '"x"',
      'true',
      '{}',
      '{"jsonrpc":"1.0","method":"tools/list","id":1}',
      '{"jsonrpc":"2.0","id":1}',
      '{"jsonrpc":"2.0","method":7,"id":1}',
      '{"jsonrpc":"2.0","method":"tools/call","params":[],"id":1}',
      '{"jsonrpc":"2.0","method":"tools/call","params":"x","id":{}}',
      '{"jsonrpc":"2.0","result":{},"id":1}',
    ].map((body) => posted(`the message ${body}`, jsonrpc, () => ({ body }), refused)),
    posted(
      'broken UTF-8',
      'RFC 8259 section 8.1',
      () => ({ body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }),
      { status: [200, 202, 400] },
    ),
    posted(
      'a body with gzip',
      'RFC 9110 section 8.4',
      () => ({
        body: gzipSync('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
        headers: [['Content-Encoding', 'gzip']],
      }),
      { status: [400, 415] },
    ),
    posted(
      'fifty thousand brackets',
      'resource-server.md: never a 5xx',
      () => ({ body: '['.repeat(50_000) + ']'.repeat(50_000) }),
      refused,
    ),
    posted(
      'arguments fifty thousand deep',
      'resource-server.md: never a 5xx',
      (stage) => ({
        body: JSON.stringify(stage.read).replace(
          /"arguments":\{[^}]*\}/,
          `"arguments":{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
        ),
      }),
      refused,
    ),
    posted(
      'a hundred thousand members',
      'resource-server.md: never a hang',
      (stage) => ({
        body: stage.callOf(
          stage.around.tools.read,
          Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])),
        ),
      }),
      refused,
    ),
    posted(
      'the version of a protocol that is not',
      'MCP, transports: MCP-Protocol-Version',
      () => ({ headers: [['MCP-Protocol-Version', '1999-01-01']] }),
      { status: 400 },
    ),
    posted(
      'an unknown method',
      jsonrpc,
      () => ({ body: { jsonrpc: '2.0', id: 1, method: 'evil' } }),
      { status: [200, 404], body: /-32601/ },
    ),
    ...[
      'resources/read',
      'prompts/get',
      'completion/complete',
      'logging/setLevel',
      'tasks/get',
    ].map((method) =>
      posted(
        `${method}, which is not offered`,
        'MCP, capabilities',
        () => ({
          body: { jsonrpc: '2.0', id: 1, method, params: { uri: 'file:///etc/passwd', name: 'x' } },
        }),
        { status: [200, 404], body: /-3260\d/ },
      ),
    ),
    posted(
      'an unknown tool',
      'MCP, tools: errors',
      (stage) => ({ body: stage.callOf('no_such_tool') }),
      { status: [200, 400], body: /-32602/ },
    ),
    scenario('a stack trace in no answer', 'resource-server.md', async (stage) => {
      const token = await stage.token();
      for (const body of [
        '{',
        '[]',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":7}}',
      ]) {
        const answer = await stage.send({ body, token });
        ensure(!/\bat .*(\.js|node:)|\/src\/|\/dist\//.test(answer.body), answer.body);
      }
    }),
  ],
};

/** A body of the size, counted while it is read. */
const large = (bytes: number) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/list","x":"${'x'.repeat(bytes - 53)}"}`;

// Whoever is still sending may find the connection cut before the answer is read.
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
      'headers above 16 KiB',
      'RFC 6585 section 5',
      () => ({ headers: [['X-Pad', 'x'.repeat(20_000)]] }),
      { status: [400, 431] },
    ),
    attempt(
      'a target above 16 KiB',
      'RFC 9110 section 15.5.15',
      () => ({ target: `/mcp?${'x'.repeat(20_000)}` }),
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
      const lines = stage
        .log()
        .split('\n')
        .filter((line) => line.includes('auth_failure')).length;
      await guess(301);
      ensure(
        stage
          .log()
          .split('\n')
          .filter((line) => line.includes('auth_failure')).length === lines,
        'each has a line in the log',
      );
      const good = await stage.send({ token: await stage.token(), from });
      ensure(good.status === 200, `a good token of that address gets ${good.status}`);
      const elsewhere = await stage.send({ token: 'guess', from: '127.0.0.10' });
      ensure(elsewhere.status === 401, `another address gets ${elsewhere.status}`);
    }),
  ],
};
