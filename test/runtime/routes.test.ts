import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    routes: {
      '/version': () => Response.json({ version: '1' }),
      '/echo': async (asked) => new Response(`${asked.method} ${await asked.text()}`),
      '/broken': () => Promise.reject(new Error('s3cret')),
    },
  });
});
afterAll(() => server.close());

function at(path: string): URL {
  return new URL(path, server.url);
}

describe('custom routes', () => {
  it('respond only at their path, without a token', async () => {
    expect(await (await fetch(at('/version?x=1'))).json()).toEqual({ version: '1' });
    for (const path of ['/version/', '/Version', '/version//', '/version;x'])
      expect((await fetch(at(path))).status).toBe(404);
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

  it('do not replace routes of the server', async () => {
    expect((await server.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(401);
    for (const path of ['/mcp', '/healthz', '/.well-known/oauth-protected-resource', 'version'])
      await expect(startTestServer({ routes: { [path]: () => new Response() } })).rejects.toThrow(
        `The route ${path} `,
      );
  });
});
