import { once } from 'node:events';
import { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, HttpRequest, HttpResponse } from '../../templates/src/runtime/http.js';
import { listen, type Listening, type Running } from '../../templates/src/runtime/run.js';

const address: Listening = {
  host: '127.0.0.1',
  port: 0,
  trustedProxies: [],
  maxHeaderBytes: 32_768,
  keepAliveSeconds: 65,
  shutdownSeconds: 7,
  onRefused: () => undefined,
};
const here: Answer = () => Promise.resolve({ status: 200, headers: {}, body: 'here' });

let running: Running | undefined;
let server: Server | undefined;
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await running?.close();
  running = undefined;
});

async function start(answer: Answer, at: Listening = address): Promise<string> {
  // The address where it listens is the address of the server.
  const began = vi.spyOn(Server.prototype, 'listen');
  running = await listen(answer, at);
  server = began.mock.contexts[0] as Server;
  return running.url ?? '';
}

function connectTo(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
}

/** Responses that wait for the test, in the order in which the requests arrive. */
function onDemand() {
  const waiting: ((response: HttpResponse) => void)[] = [];
  const seen: HttpRequest[] = [];
  const answer: Answer = (request) => {
    seen.push(request);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const give = (body: string) => waiting.shift()?.({ status: 200, headers: {}, body });
  return { answer, seen, give };
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('listening', () => {
  it('reports its address', async () => {
    const url = await start(here);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it.each(['::1', '[::1]'])('works at %s', async (host) => {
    const url = await start(here, { ...address, host });
    expect(url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*$/);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('fails if another program listens there', async () => {
    const { port } = new URL(await start(here));
    await expect(listen(here, { ...address, port: Number(port) })).rejects.toThrow(/EADDRINUSE/);
  });

  it('bounds the head of a request, not the number of its lines', async () => {
    const lines: number[] = [];
    const url = await start((request) => {
      lines.push(request.headers.length);
      return here(request);
    });
    expect((await fetch(url, { headers: { 'X-A': 'a'.repeat(40_000) } })).status).toBe(431);
    const many = `GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(2100)}Connection: close\r\n\r\n`;
    const socket = connectTo(url);
    socket.write(many);
    await text(socket);
    expect(lines).toEqual([2 * 2102]);
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
  });
});

describe('a response that is not read', () => {
  const body = 'x'.repeat(16_000_000);
  const text: Answer = () => Promise.resolve({ status: 200, headers: {}, body });
  const stream: Answer = () =>
    Promise.resolve({ status: 200, headers: {}, body: new Blob([body]).stream() });

  it.each([
    ['a text', text],
    ['a stream', stream],
  ])('is not kept for long: %s', async (_, answer) => {
    const url = await start(answer, { ...address, unreadSeconds: 0.2 });
    const accepted = once(server as Server, 'connection');
    const socket = connectTo(url).pause();
    socket.write(get);
    const [own] = (await accepted) as [Socket];
    await expect.poll(() => own.destroyed).toBe(true);
    socket.destroy();
  });

  it.each([
    ['a text', text],
    ['a stream', stream],
  ])('is kept while it is read: %s', async (_, answer) => {
    const socket = connectTo(await start(answer, { ...address, unreadSeconds: 1.5 }));
    socket.write(get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    let length = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      length += chunk.byteLength;
      if (length < 8_000_000) await pause(15);
    }
    expect(length).toBeGreaterThan(16_000_000);
  });

  it('is kept while nothing of a stream has come', async () => {
    const slowly = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(Buffer.from('a'));
        await pause(600);
        controller.enqueue(Buffer.from('b'));
        controller.close();
      },
    });
    const answer: Answer = () => Promise.resolve({ status: 200, headers: {}, body: slowly });
    const url = await start(answer, { ...address, unreadSeconds: 0.2 });
    expect(await (await fetch(url)).text()).toBe('ab');
  });
});

describe('a request as plain values', () => {
  it('has its header lines as they arrived', async () => {
    const { answer, seen, give } = onDemand();
    const url = await start(answer);
    const socket = connectTo(url);
    socket.write(
      'POST /a/../b?x=1?y HTTP/1.1\r\nhOsT: a\r\nX: 1\r\nx: 2\r\nContent-Length: 2\r\n\r\nhi',
    );
    await expect.poll(() => seen.length).toBe(1);
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', path: '/a/../b', query: 'x=1?y' });
    expect(request?.headers).toEqual(['hOsT', 'a', 'X', '1', 'x', '2', 'Content-Length', '2']);
    expect(request?.address).toBe('127.0.0.1');
    expect(Buffer.from((await request?.body(2)) ?? []).toString()).toBe('hi');
    give('done');
    socket.destroy();
  });

  it.each([
    ['http://b.example/mcp?x=http://c', ['Host', 'b.example'], '/mcp', 'x=http://c'],
    ['HTTPS://B:8443', ['Host', 'B:8443'], '/', ''],
    ['http://b.example?x', ['Host', 'b.example'], '/', 'x'],
    ['ftp://b.example/mcp', ['Host', 'a'], 'ftp://b.example/mcp', ''],
  ])('has the host of the absolute target %s', async (target, headers, path, query) => {
    const { answer, seen, give } = onDemand();
    const socket = connectTo(await start(answer));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatchObject({ headers, path, query });
    give('done');
    socket.destroy();
  });

  it('has the host of an absolute target without a Host header, in HTTP 1.0', async () => {
    const { answer, seen, give } = onDemand();
    const socket = connectTo(await start(answer));
    socket.write('GET http://b.example/mcp HTTP/1.0\r\nX: 1\r\n\r\n');
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]?.headers).toEqual(['Host', 'b.example', 'X', '1']);
    give('done');
    socket.destroy();
  });

  it.each([
    [10, true],
    [11, false],
  ])('with a body of %i bytes and a limit of 10: read is %j', async (length, isRead) => {
    const url = await start(async (request) => {
      const body = await request.body(10);
      return { status: 200, headers: {}, body: body === undefined ? 'too long' : 'read' };
    });
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(length) });
    expect(await response.text()).toBe(isRead ? 'read' : 'too long');
  });

  it('aborts its signal when the client disconnects, but not after the response', async () => {
    const { answer, seen, give } = onDemand();
    const url = await start(answer);
    const response = fetch(url);
    await expect.poll(() => seen.length).toBe(1);
    const answered = seen[0]?.signal;
    give('done');
    await (await response).text();
    const socket = connectTo(url);
    socket.write(get);
    await expect.poll(() => seen.length).toBe(2);
    const signal = seen[1]?.signal;
    expect(signal?.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => signal?.aborted).toBe(true);
    expect(answered?.aborted).toBe(false);
  });

  it('has an aborted signal if it is first used after the client disconnected', async () => {
    const { answer, seen } = onDemand();
    const socket = connectTo(await start(answer));
    socket.write(get);
    await expect.poll(() => seen.length).toBe(1);
    socket.destroy();
    const connections = () =>
      new Promise((resolve) => server?.getConnections((_, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    expect(seen[0]?.signal.aborted).toBe(true);
  });
});

describe('a response from plain values', () => {
  const respond = async (response: HttpResponse) =>
    fetch(await start(() => Promise.resolve(response)));

  it('has the length of its text in bytes', async () => {
    const response = await respond({ status: 201, headers: { 'X-A': 'b' }, body: 'é' });
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-a': 'b',
      'content-length': '2',
    });
    expect(await response.text()).toBe('é');
  });

  it('may be a stream', async () => {
    const body = new Blob(['one ', 'two']).stream();
    const response = await respond({ status: 200, headers: {}, body });
    expect(await response.text()).toBe('one two');
  });

  it('breaks off with its stream, so that it does not look complete', async () => {
    let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = controller;
        controller.enqueue(new Uint8Array(10));
      },
    });
    const response = await respond({ status: 200, headers: {}, body });
    const read = response.text();
    stream?.error(new Error('broke off'));
    await expect(read).rejects.toThrow();
  });

  it('stops a stream that is no longer read', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => void (cancelled = true),
    });
    const response = await respond({ status: 200, headers: {}, body });
    await response.body?.cancel();
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe('pipelined requests', () => {
  it('end the connection if more than 16 are unanswered', async () => {
    const { answer, seen } = onDemand();
    const socket = connectTo(await start(answer));
    const closed = once(socket, 'close');
    socket.write(get.repeat(16));
    await expect.poll(() => seen.length).toBe(16);
    expect(socket.destroyed).toBe(false);
    socket.write(get.repeat(100));
    await closed;
    expect(seen.length).toBe(16);
  });

  it('may take longer than the response before may be unread', async () => {
    const { answer, seen, give } = onDemand();
    const socket = connectTo(await start(answer, { ...address, unreadSeconds: 1 }));
    socket.write(get + get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    const received = text(socket);
    await expect.poll(() => seen.length).toBe(2);
    give('first');
    await pause(1500);
    give('second');
    expect(await received).toContain('second');
  });

  it('may continue as long as they are answered', async () => {
    const url = await start(here);
    const socket = connectTo(url);
    socket.write(get.repeat(10));
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    await expect.poll(() => received.match(/here/g)?.length).toBe(10);
    socket.write(get.repeat(10));
    await expect.poll(() => received.match(/here/g)?.length).toBe(20);
    socket.destroy();
  });

  it('are limited per connection, and so is the number of connections', async () => {
    await start(here);
    expect(server).toMatchObject({ maxRequestsPerSocket: 1000, maxConnections: 10_000 });
  });
});

describe('a request that is refused before the server sees it', () => {
  const without = 'GET / HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n';
  it.each([
    ['a Host header is missing', without, 400, 'no Host header'],
    ['it expects something', get.replace('Host', 'Expect: x\r\nHost'), 417, 'Expect'],
    ['it is not HTTP', 'GET / HTTP/1.1\r\n:\r\n\r\n', 400, /^not HTTP/],
    ['the others on its connection are unanswered', get.repeat(40), 444, /unanswered/],
  ])('is reported once if %s', async (_, sent, status, reason) => {
    const { answer } = onDemand();
    const refused: unknown[] = [];
    const onRefused: Listening['onRefused'] = ({ path, address: from }, code, refusal) =>
      refused.push({ path, from, code, ...refusal });
    // A socket for both IP versions shows IPv4 addresses as IPv6 addresses.
    const socket = connectTo(await start(answer, { ...address, host: '::', onRefused }));
    socket.write(sent);
    const received = await text(socket).catch(() => '');
    expect(refused).toEqual([
      {
        path: '/',
        from: '127.0.0.1',
        code: status,
        reason: expect.stringMatching(reason) as string,
      },
    ]);
    if (status < 444) expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

/** A client in a thread: it can send while the thread of the server is busy. */
const busyClient = `
  const { connect } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const { port, get } = workerData;
  const open = (name) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let received = '';
    socket.on('data', (data) => {
      received += data;
      if (!received.endsWith('here')) return;
      parentPort.postMessage(name);
      received = '';
    });
    return socket.on('error', (error) => parentPort.postMessage(name + ': ' + error.code));
  };
  const idle = open('idle');
  idle.write(get);
  parentPort.on('message', ({ use, flag }) => {
    const socket = use === 'idle' ? idle : open('new');
    const sent = () => { Atomics.store(flag, 0, 1); Atomics.notify(flag, 0); };
    if (socket.connecting) socket.once('connect', () => socket.write(get, sent));
    else socket.write(get, sent);
  });
`;

describe('closing', () => {
  /** A server that has begun a response and waits for a signal to continue. */
  async function begin() {
    const { answer, seen, give } = onDemand();
    const url = await start(answer);
    // No connection ends because it is idle, unless a test sets a timeout.
    if (server) server.keepAliveTimeout = 0;
    const socket = connectTo(url);
    socket.write(get);
    await expect.poll(() => seen.length).toBe(1);
    return { socket, give, seen, url };
  }

  it('finishes running requests, then ends the connection, and accepts no other', async () => {
    const { socket, give, url } = await begin();
    // The clock does not move: the connection must not end because of a timeout.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closed = running?.close();
    const answered = text(socket);
    give('done');
    expect(await answered).toContain('done');
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('accepts one more request on a connection in use, and then no other', async () => {
    const { socket, give, seen } = await begin();
    const closed = running?.close();
    const answered = text(socket);
    socket.write(get + get);
    give('first');
    await expect.poll(() => seen.length).toBeGreaterThan(1);
    give('second');
    expect((await answered).match(/first|second|Connection: close/g)).toEqual([
      'first',
      'Connection: close',
      'second',
    ]);
    await closed;
  });

  it('accepts one request on a connection, and announces that it was the last', async () => {
    const { socket, give, seen } = await begin();
    give('first');
    await once(socket, 'data');
    const closed = running?.close(true);
    const answered = text(socket);
    // It would have ended an idle connection by now.
    await pause(100);
    socket.write(get);
    await expect.poll(() => seen.length).toBe(2);
    give('late');
    expect((await answered).match(/late|Connection: close/g)).toEqual([
      'Connection: close',
      'late',
    ]);
    await closed;
  });

  it('keeps idle connections as long as others bring requests', async () => {
    const url = await start(here);
    const sockets = [connectTo(url), connectTo(url)] as const;
    const answered = sockets.map((socket) => text(socket));
    for (const socket of sockets) {
      socket.write(get);
      await once(socket, 'readable');
    }
    vi.useFakeTimers({ toFake: ['performance'] });
    const closed = running?.close(true);
    await expect.poll(() => server?.listening).toBe(false);
    for (const [index, socket] of sockets.entries()) {
      vi.advanceTimersByTime(400);
      // Longer than until the server looks for idle connections again.
      await pause(150);
      socket.write(get);
      expect((await answered[index])?.match(/here/g)).toHaveLength(2);
    }
    await closed;
  });

  it('answers what arrived while the process was busy, on new connections and on idle ones', async () => {
    const { port } = new URL(await start(here));
    const client = new Worker(busyClient, { eval: true, workerData: { port, get } });
    const answers: unknown[] = [];
    client.on('message', (answer) => answers.push(answer));
    await expect.poll(() => answers).toEqual(['idle']);
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const whileBusy = (use: string): void => {
      client.postMessage({ use, flag });
      Atomics.wait(flag, 0, 0, 10_000);
      Atomics.store(flag, 0, 0);
    };
    vi.useFakeTimers({ toFake: ['performance'] });
    whileBusy('new');
    const closed = running?.close(true);
    await expect.poll(() => answers).toEqual(['idle', 'new']);
    // From here, the event loop turns to its timers before it turns to its connections.
    await new Promise(setImmediate);
    whileBusy('idle');
    // Idle connections are due to be closed when the thread is free again.
    vi.advanceTimersByTime(600);
    Atomics.wait(flag, 0, 0, 200);
    await closed;
    await expect.poll(() => answers).toEqual(['idle', 'new', 'idle']);
    await client.terminate();
  });

  it('closes unfinished connections after 7 seconds', async () => {
    const { socket } = await begin();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const gone = once(socket, 'close');
    const closed = running?.close();
    vi.advanceTimersByTime(6999);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    await gone;
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('does not wait for connections that never sent a byte', async () => {
  const url = await start(here);
  const silent = connectTo(url);
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  // Without that timeout, waiting for such a connection would never end.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  await running?.close();
  await closed;
  expect(silent.destroyed).toBe(true);
});
