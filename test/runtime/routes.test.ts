import { createServer, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waiting } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
const shared = new Response('hello');
const compressing = createServer(waiting, (_, response) => {
  const body = gzipSync('hello '.repeat(1000));
  const headers = { 'Content-Encoding': 'gzip', 'Content-Length': body.byteLength };
  response.writeHead(200, { ...headers, 'X-Own': '1' }).end(body);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => compressing.listen(0, '127.0.0.1', resolve));
  server = await startTestServer({
    routes: {
      '/version': () => Response.json({ version: '1' }),
      '/echo': async (asked) => new Response(`${asked.method} ${await asked.text()}`),
      '/broken': () => Promise.reject(new Error('s3cret')),
      '/cookies': () => {
        const headers = new Headers({ 'Cache-Control': 'max-age=60' });
        headers.append('Set-Cookie', 'a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT');
        headers.append('Set-Cookie', 'b=2');
        return new Response('', { headers });
      },
      '/passed-on': () => fetch(urlOf(compressing)),
      '/shared': () => shared,
      '/failed': () => Response.error(),
      '/short': () => new Response('hello', { headers: { 'Content-Length': '2' } }),
    },
  });
});
afterAll(() => {
  compressing.close();
  return server.close();
});

function urlOf(other: ReturnType<typeof createServer>): string {
  const address = other.address();
  if (typeof address !== 'object' || address === null) throw new Error('Not listening');
  return `http://127.0.0.1:${address.port}/`;
}

function at(path: string): URL {
  return new URL(path, server.url);
}

describe('custom routes', () => {
  it('respond only at their path, without a token', async () => {
    expect(await (await fetch(at('/version?x=1'))).json()).toEqual({ version: '1' });
    for (const path of ['/version/', '/Version', '/version//', '/version;x'])
      expect((await fetch(at(path))).status).toBe(404);
  });

  it('leave all other paths without anything but the URL of MCP', async () => {
    for (const path of ['/', '/mcp/', '/sse', '/authorize'])
      expect(await (await fetch(at(path), { method: 'POST' })).json()).toEqual({
        error: 'not_found',
        error_description: `There is nothing at this path. MCP is at ${server.url}.`,
      });
  });

  it('get the whole request', async () => {
    const answer = await fetch(at('/echo'), { method: 'PUT', body: 'hello' });
    expect(await answer.text()).toBe('PUT hello');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('do not reveal their errors', async () => {
    const answer = await fetch(at('/broken'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('s3cret');
  });

  it('respond only under the names of this server', async () => {
    const status = await new Promise((resolve, reject) => {
      request(at('/version'), { headers: { Host: 'evil.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('may set several cookies, and their own headers', async () => {
    const { headers } = await fetch(at('/cookies'));
    expect(headers.getSetCookie()).toEqual(['a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT', 'b=2']);
    expect(headers.get('cache-control')).toBe('max-age=60');
  });

  it('may pass on the response of another server', async () => {
    const answer = await fetch(at('/passed-on'));
    expect(await answer.text()).toBe('hello '.repeat(1000));
    expect(answer.headers.get('content-encoding')).toBe(null);
    expect(answer.headers.get('x-own')).toBe('1');
  });

  it('cannot announce another length than their body has', async () => {
    expect(await (await fetch(at('/short'))).text()).toBe('hello');
  });

  it('that return a response which cannot be sent get a 500', async () => {
    expect(await (await fetch(at('/shared'))).text()).toBe('hello');
    for (const path of ['/shared', '/failed']) expect((await fetch(at(path))).status).toBe(500);
    const messages = server.audit.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining('a new Response for each request'));
  });

  it('do not get TRACE, which web requests cannot have', async () => {
    const asked = request(at('/version'), { method: 'TRACE' });
    const status = await new Promise((resolve, reject) => {
      asked.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
      asked.end();
    });
    expect(status).toBe(405);
  });

  it('do not replace routes of the server', async () => {
    expect((await server.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(401);
    for (const path of ['/mcp', '/healthz', '/.well-known/oauth-protected-resource', 'version'])
      await expect(startTestServer({ routes: { [path]: () => new Response() } })).rejects.toThrow(
        `The route ${path} `,
      );
  });
  it('cannot have a path that no request has', async () => {
    for (const path of ['/a?b', '/a#b', '/café', '/a/../b', '/a b'])
      await expect(startTestServer({ routes: { [path]: () => new Response() } })).rejects.toThrow(
        `The route ${path} would never match, since clients send /`,
      );
  });
});
