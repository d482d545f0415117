import { afterEach, describe, expect, it } from 'vitest';
import type { Running } from '../../templates/src/runtime/run.js';
import type { Verifier } from '../../templates/src/runtime/oauth/token.js';
import { serveHttp } from '../../templates/src/runtime/serve.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi, toolCall } from '../support/server.js';

let running: Running | undefined;
afterEach(() => running?.close());

const log: Record<string, unknown>[] = [];

async function serve(verifier: Verifier | undefined): Promise<string> {
  log.length = 0;
  running = await serveHttp({
    api: testApi,
    settings: readHttpSettings(testApi, {
      PORT: '0',
      OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
    }),
    verifier,
    call: () => Promise.resolve({ result: { content: [] } }),
    audit: (event, fields) => void log.push({ event, ...fields }),
  });
  return `${running.url ?? ''}/mcp`;
}

it('logs its address, the beginning of its shutdown, and the end', async () => {
  await serve({ verify: () => Promise.reject(new Error()), ready: () => Promise.resolve(true) });
  const listening = running?.url;
  await running?.close();
  const { name: server, version } = testApi;
  const url = 'http://localhost:0/mcp';
  expect(log).toEqual([
    { event: 'start', server, version, url, listening },
    { event: 'stopping' },
    { event: 'stop', seconds: 0 },
  ]);
  expect(listening).toMatch(/^http:/);
  running = undefined;
});

describe('a server that requires tokens', () => {
  it('does not start without a verifier', async () => {
    running = undefined;
    await expect(serve(undefined)).rejects.toThrow('needs a verifier');
  });

  it('logs its own fault briefly, without the contents of a query', async () => {
    const message = `cannot fetch https://as.example/?token=secret now ${'x'.repeat(1000)}`;
    const url = await serve({
      verify: () => Promise.reject(new Error(message)),
      ready: () => Promise.resolve(true),
    });
    const response = await fetch(url, {
      method: 'POST',
      headers: { Authorization: 'Bearer abc', 'Content-Type': 'application/json' },
      body: JSON.stringify(toolCall('read')),
    });
    expect(response.status).toBe(500);
    expect(log.filter(({ event }) => event !== 'start')).toEqual([
      {
        event: 'error',
        message: expect.stringMatching(
          /^cannot fetch https:\/\/as.example\/\?… now x{10,}$/,
        ) as string,
      },
    ]);
    expect(String(log.at(-1)?.['message'])).toHaveLength(200);
  });
});
