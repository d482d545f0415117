import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen, type Running } from '../../templates/src/runtime/listen.js';

const address = { host: '127.0.0.1', port: 0 };

let running: Running | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await running?.close();
  running = undefined;
});

async function start(listener: RequestListener, at = address): Promise<string> {
  running = await listen(listener, at);
  return running.url ?? '';
}

function connectTo(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1');
}

/** The server that a request came to. */
function serverOf(request: IncomingMessage): Server {
  return (request.socket as Socket & { server: Server }).server;
}

describe('listening', () => {
  it('says where', async () => {
    const url = await start((_, response) => response.end('here'));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it.each(['::1', '[::1]'])('does so at %s', async (host) => {
    const url = await start((_, response) => response.end('here'), { host, port: 0 });
    expect(url).toMatch(/^http:\/\/\[::1\]:[1-9]\d*$/);
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('fails where another program does', async () => {
    const { port } = new URL(await start((_, response) => response.end()));
    await expect(listen(() => undefined, { ...address, port: Number(port) })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });

  it('bounds how long and how large a head may be, not how many lines it has', async () => {
    const seen: Server[] = [];
    const url = await start((request, response) => {
      seen.push(serverOf(request));
      response.end();
    });
    expect((await fetch(url, { headers: { 'X-A': 'a'.repeat(20_000) } })).status).toBe(431);
    await fetch(url);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxHeadersCount: 0,
    });
  });
});

describe('closing', () => {
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  /** A server that has begun to answer one request and waits to be told to go on. */
  async function begin() {
    const events = new EventEmitter();
    const url = await start((asked, response) => {
      // No connection ends for being idle unless it is made to.
      serverOf(asked).keepAliveTimeout = 0;
      events.emit('begun', response);
    });
    const socket = connectTo(url);
    socket.write(request);
    const [response] = (await once(events, 'begun')) as [ServerResponse];
    return { socket, response, url };
  }

  it('finishes what runs, then ends the connection, and accepts no other', async () => {
    const { socket, response, url } = await begin();
    // The clock stands still: the end must not come from cutting off.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closed = running?.close();
    const answer = text(socket);
    response.end('done');
    expect(await answer).toContain('done');
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('takes one more request from a connection in use, and then no other', async () => {
    const { socket, response } = await begin();
    const closed = running?.close();
    const answer = text(socket);
    serverOf(response.req).once('request', (_, second: ServerResponse) => second.end('second'));
    socket.write(request + request);
    response.end('first');
    expect((await answer).match(/first|second|Connection: close/g)).toEqual([
      'first',
      'Connection: close',
      'second',
    ]);
    await closed;
  });

  it('cuts off what does not end, after 7.5 seconds', async () => {
    const { socket } = await begin();
    socket.on('error', () => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const gone = once(socket, 'close');
    const closed = running?.close();
    vi.advanceTimersByTime(7499);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    await gone;
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('does not wait for connections that never said a word', async () => {
  const url = await start((_, response) => response.end());
  const silent = connectTo(url);
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  // Without the cut-off, waiting for such a connection would never end.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  await running?.close();
  await closed;
  expect(silent.destroyed).toBe(true);
});
