import { gzipSync } from 'node:zlib';
import { attempt, scenario, ensure, type Case, type Expectation, type Group } from '../case.js';
import type { Attempt, Stage } from '../stage.js';

const jsonrpc = 'JSON-RPC 2.0 section 5.1';

export function posted(
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
/** Refused for its shape, before it is parsed. */
const excessive: Expectation = { status: [400, 413] };

const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

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
      'text that is not JSON',
      'MCP, transports: application/json',
      () => ({ ...type('text/plain'), body: '{' }),
      unread,
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
      '{"jsonrpc":"2.0","method":"initialize","id":1}',
      '{"jsonrpc":"2.0","method":"initialize","params":{"clientInfo":{"name":{"toString":1}}},"id":1}',
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
      'a body that only claims to be gzip: a proxy in front of this server may have read another',
      'RFC 9110 section 8.4',
      () => ({ headers: [['Content-Encoding', 'gzip']] }),
      unread,
    ),
    posted(
      'the encoding identity',
      'RFC 9110 section 12.5.3',
      () => ({ headers: [['Content-Encoding', 'identity']] }),
      { status: 200 },
    ),
    posted(
      'fifty thousand brackets',
      'issue on the runtime: depth is bounded',
      () => ({ body: '['.repeat(50_000) + ']'.repeat(50_000) }),
      excessive,
    ),
    posted(
      'arguments fifty thousand deep',
      'issue on the runtime: depth is bounded',
      (stage) => ({
        body: JSON.stringify(stage.read).replace(
          /"arguments":\{[^}]*\}/,
          `"arguments":{"id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
        ),
      }),
      excessive,
    ),
    posted(
      'arguments a thousand deep',
      'issue on the runtime: depth is bounded',
      () => ({
        body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note","arguments":{"id":${'['.repeat(1000)}${']'.repeat(1000)}}}}`,
      }),
      excessive,
    ),
    posted(
      'a hundred thousand members',
      'issue on the runtime: at most 50,000 members',
      (stage) => ({ body: stage.callOf(stage.around.tools.read, members(100_000)) }),
      excessive,
    ),
    posted(
      'forty thousand members beside the arguments',
      'issue on the runtime: far fewer outside of arguments',
      () => ({
        body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: members(40_000) } },
      }),
      excessive,
    ),
    posted(
      'forty thousand members of a notification',
      'issue on the runtime: far fewer outside of arguments',
      () => ({ body: { jsonrpc: '2.0', method: 'notifications/x', params: members(40_000) } }),
      excessive,
    ),
    posted(
      'forty thousand members called arguments, of a ping',
      'issue on the runtime: far fewer outside of arguments',
      () => ({
        body: { jsonrpc: '2.0', id: 1, method: 'ping', params: { arguments: members(40_000) } },
      }),
      excessive,
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
