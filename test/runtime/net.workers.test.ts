import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHttpClient } from '../../templates/src/runtime/net.workers.js';
import { Aborted, type SendOptions } from '../../templates/src/runtime/outgoing.js';
import { kept } from '../support/cloudflare.js';
import { header, startStub, type Answer, type Stub } from './upstream/wire.js';

// Node's fetch does here what that of Workers does; test/workers runs it there.
const client = createHttpClient({});
let stub: Stub | undefined;
afterEach(() => stub?.close());

async function get(answer: Answer, options: Partial<SendOptions> = {}) {
  stub = await startStub(answer);
  const request = { method: 'GET', origin: stub.url, path: '/a?b=c', headers: {} };
  return client(request, { maxBytes: 1000, signal: AbortSignal.timeout(20_000), ...options });
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('a response to a Worker', () => {
  test('has its headers by name in lower case', async () => {
    const { status, headers, body, truncated } = await get((_, response) =>
      response.writeHead(201, { 'X-A': ['1', '2'], 'Set-Cookie': ['a=b', 'c=d'] }).end('hello'),
    );
    expect([status, text(body), truncated]).toEqual([201, 'hello', false]);
    expect(headers).toMatchObject({ 'x-a': '1, 2', 'set-cookie': 'a=b, c=d' });
  });

  test('is for a request with a name, unless it has another', async () => {
    stub = await startStub();
    const request = { method: 'GET', origin: stub.url, path: '/' };
    const options = { maxBytes: 1000, signal: AbortSignal.timeout(20_000) };
    await client({ ...request, headers: {} }, options);
    await client({ ...request, headers: { 'user-agent': 'own' } }, options);
    expect(stub.requests.map((sent) => header(sent, 'user-agent'))).toEqual([
      ['mcp-server'],
      ['own'],
    ]);
  });

  test('may be a redirect, which is not followed', async () => {
    const { status, headers } = await get((_, response) =>
      response.writeHead(302, { location: '/other' }).end(),
    );
    expect([status, headers['location']]).toEqual([302, '/other']);
  });

  test('is read to the limit, however it continues', async () => {
    const closed = vi.fn();
    const { body, truncated } = await get((_, response) => {
      response.on('close', closed).write('x'.repeat(3000));
    });
    expect([body.byteLength, truncated]).toEqual([1000, true]);
    await expect.poll(() => closed.mock.calls.length).toBe(1);
  });

  test('may be as long as the limit', async () => {
    const { body, truncated } = await get((_, response) => response.end('x'.repeat(1000)));
    expect([body.byteLength, truncated]).toEqual([1000, false]);
  });

  test('consists of the bytes so far when its watcher has enough', async () => {
    const stop = vi.fn();
    const result = await get((_, response) => response.write('begin'), {
      watch: (_, finish) => ({ isUsable: false, took: () => finish(true), stop }),
    });
    expect([text(result.body), result.unfinished]).toEqual(['begin', true]);
    expect(stop).toHaveBeenCalledOnce();
  });

  describe('that breaks off', () => {
    const broken: Answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('12');
      setTimeout(() => response.destroy(), 50);
    };

    test('is an error', async () => {
      await expect(get(broken)).rejects.toThrow();
    });

    test('consists of the bytes so far if they are usable', async () => {
      const watcher = { isUsable: true, took: () => undefined, stop: () => undefined };
      const result = await get(broken, { watch: () => watcher });
      expect([text(result.body), result.unfinished]).toEqual(['12', true]);
    });
  });
});

describe('a cancelled request of a Worker', () => {
  test('is not sent if it is already cancelled', async () => {
    const asked = vi.fn();
    const sent = get(asked, { signal: AbortSignal.abort() });
    await expect(sent).rejects.toThrow(Aborted);
    expect(asked).not.toHaveBeenCalled();
  });

  test.each([false, true])('ends its connection; its head had come: %s', async (begun) => {
    const stop = new AbortController();
    let ended: Promise<unknown> | undefined;
    const sent = get(
      (_, response) => {
        ended = once(response, 'close');
        if (begun) response.writeHead(200).write('x');
        setTimeout(() => stop.abort(), 100);
      },
      { signal: stop.signal },
    );
    await expect(sent).rejects.toThrow(Aborted);
    await ended;
  });

  test('continues if others wait for it', async () => {
    kept.length = 0;
    await get((_, response) => response.end('x'));
    expect(kept).toHaveLength(1);
    await kept[0];
  });
});
