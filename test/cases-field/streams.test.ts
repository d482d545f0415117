import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { beforeAll, describe, test } from 'vitest';
import type { Answer } from '../runtime/upstream/wire.js';
import { textOf } from '../support/http-client.js';
import { field } from './field.js';

// After the last event a third of it is waited, and half of it for what may be slow: room for a busy machine.
const UPSTREAM_TIMEOUT_MS = 12_000;
const api = field('streams', {
  UPSTREAM_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS),
  UPSTREAM_API_KEY: 'hidden-key-1234',
});
const note = 'The stream had not ended: this is what had arrived by then.';

/** Writes some chunks and stays open. */
function write(
  response: ServerResponse,
  type: string | undefined,
  chunks: readonly (string | Buffer)[],
  headers = {},
): void {
  response.writeHead(200, { ...(type !== undefined && { 'content-type': type }), ...headers });
  response.flushHeaders();
  for (const chunk of chunks) response.write(chunk);
}

/** How the API answers the calls that wait at the same time, by the argument in which they differ. */
const answers = new Map<string, Answer>();

function answered(answer: Answer): { case: string } {
  const name = String(answers.size);
  answers.set(name, answer);
  return { case: name };
}

type Chunks = Parameters<typeof write> extends [unknown, ...infer Rest] ? Rest : never;

/** The argument of a call that is answered with some chunks and no end. */
const open = (...chunks: Chunks) => answered((_, response) => write(response, ...chunks));

beforeAll(() => {
  api.answer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://api.example.com');
    answers.get(searchParams.get('case') ?? '')?.(request, response);
  });
});

const events = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n'];

describe.concurrent('the received part of an endless response is the result', () => {
  const rows: [type: string | undefined, chunks: string[]][] = [
    ['text/event-stream', events],
    [
      'text/event-stream; charset=utf-8',
      ['event: a\r\ndata: 1\r\n\r\n', 'id: 5\r\ndata: 2\r\n\r\n'],
    ],
    ['application/x-ndjson', ['{"n":1}\n', '{"n":2}\n']],
    ['application/jsonl', ['{"n":1}\n{"n":2}\n']],
    ['application/json-seq', ['\x1e{"n":1}\n', '\x1e{"n":2}\n']],
    ['application/stream+json', ['{"n":1}', '{"n":2}']],
    ['text/plain', ['one\n', 'two\n']],
    ['text/plain', ['one', 'two']],
    ['application/json', ['{"n":1}\n', '{"n":2}\n']],
    ['application/json', ['[{"n":1},', '{"n":2},']],
    [undefined, ['one\n', 'two\n']],
  ];

  test.for(rows)('%s %j', async ([type, chunks], { expect }) => {
    const { result } = await api.call('chat', { ...open(type, chunks), body: {} });
    expect(result.isError).not.toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(result.content.map(({ text }) => text)).toEqual([chunks.join(''), note]);
  });
});

describe.concurrent('the received part of other endless responses', () => {
  test('compressed', async ({ expect }) => {
    const args = open('application/x-ndjson', [gzipSync('{"n":1}\n{"n":2}\n')], {
      'content-encoding': 'gzip',
    });
    const { result } = await api.call('log', args);
    expect(textOf(result)).toBe(`{"n":1}\n{"n":2}\n\n${note}`);
  });

  test('a response with a length that is slow', async ({ expect }) => {
    const args = open('application/json', ['{"a":'], { 'content-length': '100' });
    const { result } = await api.call('log', args);
    expect(textOf(result)).toBe(`{"a":\n${note}`);
  });

  test('a stream without an event', async ({ expect }) => {
    const args = open('text/event-stream', [': hello\n\n']);
    const { result } = await api.call('list_events', args);
    expect(result.isError).not.toBe(true);
    expect(textOf(result)).toContain(note);
  });

  test('half a character and half a secret are left out', async ({ expect }) => {
    const args = open('text/event-stream', [
      'data: ü\n\n',
      Buffer.concat([Buffer.from('data: hidden-k'), Buffer.from('ü').subarray(0, 1)]),
    ]);
    const { result } = await api.call('list_events', args);
    expect(textOf(result)).toBe(`data: ü\n\ndata: [redacted]\n${note}`);
  });

  test('comments do not prolong a call, and events do', async ({ expect }) => {
    const timers: NodeJS.Timeout[] = [];
    const args = answered((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      timers.push(setInterval(() => response.write(': ping\n\n'), 200));
      timers.push(setTimeout(() => response.write('data: 2\n\n'), 1000));
    });
    const { result } = await api.call('list_events', args);
    for (const timer of timers) clearInterval(timer);
    expect(textOf(result)).toMatch(/^data: 1\n\n(: ping\n\n)*data: 2\n\n(: ping\n\n)*\n/);
  });
});

describe.concurrent('[DONE] ends a stream', () => {
  test.for<[type: string, chunks: string[]]>([
    ['text/event-stream', ['data: {"n":1}\n\ndata: [DONE]\n\n']],
    ['text/event-stream', ['data: {"n":1}\n\nda', 'ta: [DO', 'NE]\n\n']],
    ['text/event-stream', ['data: {"n":1}\r\n\r\ndata:[DONE]\r\n\r\n']],
    ['text/plain', ['data: {"n":1}\n\ndata: [DONE]\n\n']],
  ])('%s %j', async ([type, chunks], { expect }) => {
    const { result } = await api.call('chat', { ...open(type, chunks), body: {} });
    // Without the note that it was still going on.
    expect(textOf(result)).toBe(chunks.join(''));
  });
});

test.concurrent('a stream that ends has no note', async ({ expect }) => {
  const args = answered((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(event);
    response.end();
  });
  expect(textOf((await api.call('list_events', args)).result)).toBe(events.join(''));
});

describe.concurrent('a lost connection', () => {
  const lost = (type: string, chunks: readonly string[]) =>
    answered((_, response) => {
      write(response, type, chunks);
      setTimeout(() => response.destroy(), 100);
    });

  test.for([
    ['text/event-stream', events],
    ['application/x-ndjson', ['{"n":1}\n', '{"n":']],
  ] as const)('keeps what had come of %s', async ([type, chunks], { expect }) => {
    const { result } = await api.call('chat', { ...lost(type, chunks), body: {} });
    expect(result.isError).not.toBe(true);
    expect(result.content.map(({ text }) => text)).toEqual([chunks.join(''), note]);
  });

  test.for([
    ['text/event-stream', []],
    ['application/json', ['[{"n":1},']],
  ] as const)('fails the call with %s of %j', async ([type, chunks], { expect }) => {
    const { result } = await api.call('chat', { ...lost(type, chunks), body: {} });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('the connection was lost');
  });
});

test.concurrent('an API that never answers still fails', async ({ expect }) => {
  const { result } = await api.call(
    'list_events',
    answered(() => undefined),
  );
  expect(result.isError).toBe(true);
  expect(textOf(result)).toContain('did not respond in time');
});

describe.concurrent('progress', () => {
  /** The messages that a client of an era receives while it waits. */
  async function messagesOf(tool: string, mode: 'legacy' | { pin: '2026-07-28' }, args: object) {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(api.server().url)));
    const messages: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string }) => void messages.push(message);
    await client.callTool({ name: tool, arguments: { ...args } }, { onprogress });
    await client.close();
    return messages;
  }

  test.for(['legacy', { pin: '2026-07-28' }] as const)('%j', async (mode, { expect }) => {
    const args = open('text/event-stream', [
      ...events,
      'data: a\ndata: hidden-key-1234\n\n',
      ': x\n\n',
      'data: [DONE]\n\n',
    ]);
    expect(await messagesOf('list_events', mode, args)).toEqual([
      '{"n":1}',
      '{"n":2}',
      'a\n[redacted]',
    ]);
  });

  test('JSON lines', async ({ expect }) => {
    const args = open('application/x-ndjson', ['{"n":1}\n{"n"', ':2}\n']);
    expect(await messagesOf('log', 'legacy', args)).toEqual(['{"n":1}', '{"n":2}']);
  });

  test('not of other answers', async ({ expect }) => {
    const args = answered(
      (_, response) => void response.setHeader('content-type', 'application/json').end('{"a":1}\n'),
    );
    expect(await messagesOf('log', 'legacy', args)).toEqual([]);
  });
});
