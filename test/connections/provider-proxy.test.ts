import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, toolCall, type TestServer } from '../support/server.js';
import { startProxy, type ProxyOptions, type ProxyServer } from './proxy-server.js';

let proxy: ProxyServer;
let server: TestServer | undefined;
afterEach(async () => {
  await Promise.all([proxy.close(), server?.close()]);
  server = undefined;
});

/** A server with a provider that it reaches through a proxy. */
async function start(more: Record<string, string> = {}, options: ProxyOptions = {}) {
  proxy = await startProxy(options);
  const started = await startTestServer({ env: { HTTP_PROXY: proxy.url, ...more } });
  server = started;
  const { issuer } = started;
  const call = async (token: string) => {
    const { status } = await started.post(toolCall('free'), { Authorization: `Bearer ${token}` });
    return status;
  };
  return { issuer, call, provider: new URL(issuer.issuer).host, tunnels: proxy.tunnels };
}

describe('the provider is reached through the proxy', () => {
  it('for its metadata and its keys', async () => {
    const { issuer, call, provider, tunnels } = await start();
    expect(await call(await issuer.sign())).toBe(200);
    expect(issuer.fetched(issuer.paths.jwks)).toBe(1);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(1);
    expect(tunnels.length).toBeGreaterThan(0);
    expect(new Set(tunnels.map(({ target }) => target))).toEqual(new Set([provider]));
  });

  it('and not at all when the proxy refuses all connections', async () => {
    const { issuer, call, tunnels } = await start({}, { status: 403 });
    expect(await call(await issuer.sign())).toBe(503);
    expect(issuer.fetched(issuer.paths.oauth)).toBe(0);
    expect(tunnels.length).toBeGreaterThan(0);
    expect(server?.audit).toContainEqual(expect.objectContaining({ event: 'provider_failure' }));
  });

  it('unless NO_PROXY names it', async () => {
    const { issuer, call, tunnels } = await start({ NO_PROXY: '127.0.0.1' });
    expect(await call(await issuer.sign())).toBe(200);
    expect(tunnels).toEqual([]);
  });

  it('when it is asked about opaque tokens', async () => {
    const { issuer, call, provider, tunnels } = await start({
      OAUTH_TOKEN_FORMAT: 'opaque',
      OAUTH_CLIENT_ID: 'resource server',
      OAUTH_CLIENT_SECRET: 'not the one',
    });
    // It does not know this client: that is enough to see that it was asked.
    expect(await call(issuer.issue())).toBe(503);
    expect(issuer.fetched(issuer.paths.introspection)).toBe(1);
    expect(new Set(tunnels.map(({ target }) => target))).toEqual(new Set([provider]));
  });
});
