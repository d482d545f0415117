import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { awaitCallback } from '../../src/net/callback.js';
import { startMock } from '../../src/commands/dev/mock/mock.js';
import { closing, firstFree, listen, targetOf } from '../../src/net/listening.js';

/** The status of the response to a request whose head is sent unchanged. */
function statusOf(port: number, target: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket
      .on('data', (chunk: Buffer) => (answer += chunk.toString()))
      .on('end', () => resolve(Number(answer.split(' ')[1])))
      .on('error', reject)
      .write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

/** Targets that `new URL` throws on, or reads as another host. */
const odd = ['//[', '//', '//evil.example/a', 'http://[', '*', '/%'];

describe('targetOf', () => {
  it.each([
    ['/a/b?c=d', '/a/b', '?c=d'],
    ['//evil.example/a', '//evil.example/a', ''],
    ['//[', '//[', ''],
    ['http://[', '/', ''],
    ['*', '/', ''],
  ])('of %j has the path %j', (url, pathname, search) => {
    expect(targetOf({ url })).toMatchObject({ hostname: '127.0.0.1', pathname, search });
  });
});

describe('the listeners of dev and call', () => {
  it('leave the end of idle connections to their clients', async () => {
    const server = createServer();
    await listen(server, 0);
    expect(server.keepAliveTimeout).toBe(0);
    await closing(server)();
  });

  it('survive any target: the mock', async () => {
    const mock = await startMock({}, { onRequest: () => undefined });
    try {
      const { port, host } = new URL(mock.url);
      for (const target of odd)
        expect(await statusOf(Number(port), target, host), target).toBe(404);
    } finally {
      await mock.close();
    }
  });

  it('survive any target: the listener that waits for a sign-in', async () => {
    const port = (await firstFree(33_500)) ?? 0;
    const callback = await awaitCallback(port, 'state');
    try {
      for (const target of odd)
        expect(await statusOf(port, target, `127.0.0.1:${port}`), target).toBe(404);
    } finally {
      await callback.close();
    }
  });

  it('refuse requests under another host name: the mock', async () => {
    const statuses: number[] = [];
    const mock = await startMock({}, { onRequest: ({ status }) => statuses.push(status) });
    try {
      const { port } = new URL(mock.url);
      expect(await statusOf(Number(port), '/', `evil.example:${port}`)).toBe(421);
      expect(statuses).toEqual([421]);
    } finally {
      await mock.close();
    }
  });
});
