import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../templates/src/runtime/net.js';
import { get } from '../support/get.js';
import { startStub, type Stub } from '../runtime/upstream/wire.js';
import { startProxy, type ProxyServer } from './proxy-server.js';
import { TlsStage } from './tls-stage.js';

let stage: TlsStage;
let proxy: ProxyServer | undefined;
let stub: Stub | undefined;

beforeAll(async () => {
  stage = await TlsStage.create();
});
afterEach(async () => {
  await Promise.all([stage.stopUpstreams(), proxy?.close(), stub?.close()]);
  proxy = stub = undefined;
});
afterAll(() => stage.files.remove());

async function start(): Promise<ProxyServer> {
  proxy = await startProxy();
  return proxy;
}

/** An API without certificates, at an address and under a name that only the proxy knows. */
async function startPlain() {
  stub = await startStub((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.headers));
  });
  const { port } = new URL(stub.url);
  return { url: stub.url, port, named: `http://api.example:${port}`, requests: stub.requests };
}

describe('an https API', () => {
  it('is reached through the tunnel, certificates included, by a name that only the proxy knows', async () => {
    const { url, tunnels, requests, heard } = await start();
    const identity = await stage.authority.issue({ name: 'api', hosts: ['api.example'] });
    const { port, seen } = await stage.start({ identity });
    const variables = { ...stage.trust, ...(await stage.client()), HTTPS_PROXY: url };
    const outcome = await stage.call(`https://api.example:${port}`, variables);
    expect(outcome).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ url: '/things', client: 'client' }]);
    expect(tunnels).toMatchObject([{ target: `api.example:${port}` }]);
    expect(requests).toEqual([]);
    // The proxy learns where to, and nothing else.
    expect(heard()).not.toContain('/things');
  });

  it('must be the one that was asked for, at the end of the tunnel too', async () => {
    const { url, tunnels } = await start();
    const { port, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()), HTTPS_PROXY: url };
    const outcome = await stage.call(`https://other.example:${port}`, variables);
    expect(outcome.failure).toBe('network:ERR_TLS_CERT_ALTNAME_INVALID');
    expect(tunnels).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  it('must be of an authority that is trusted', async () => {
    const { url } = await start();
    const { url: api, seen } = await stage.start();
    const variables = { ...(await stage.client()), HTTPS_PROXY: url };
    expect((await stage.call(api, variables)).failure).toMatch(/^network:.*CERT|^network:.*VERIFY/);
    expect(seen).toEqual([]);
  });

  it('is reached through one tunnel however often', async () => {
    const { url, tunnels } = await start();
    const { url: api, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()), HTTPS_PROXY: url };
    const call = stage.prepare(api, variables);
    for (let times = 0; times < 5; times += 1) {
      await call();
      // A connection is free again in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen).toHaveLength(5);
    expect(tunnels).toHaveLength(1);
  });
});

describe('the variables', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('%s is for http', async (name) => {
    const { url, tunnels } = await start();
    const { named, port, requests } = await startPlain();
    expect(await stage.call(named, { [name]: url })).toMatchObject({ status: 200 });
    expect(tunnels).toMatchObject([{ target: `api.example:${port}` }]);
    expect(requests).toHaveLength(1);
  });

  it('HTTP_PROXY is for https too, without HTTPS_PROXY', async () => {
    const { url, tunnels } = await start();
    const { url: secure } = await stage.start({ clients: undefined });
    const variables = { ...stage.trust, HTTP_PROXY: url };
    expect(await stage.call(secure, variables)).toMatchObject({ status: 200 });
    expect(tunnels).toHaveLength(1);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('%s is for https, and not for http', async (name) => {
    const { url, tunnels } = await start();
    const { url: plain } = await startPlain();
    expect(await stage.call(plain, { [name]: url })).toMatchObject({ status: 200 });
    expect(tunnels).toEqual([]);
    const { url: secure } = await stage.start({ clients: undefined });
    const variables = { ...stage.trust, [name]: url };
    expect(await stage.call(secure, variables)).toMatchObject({ status: 200 });
    expect(tunnels).toHaveLength(1);
  });

  it('in capitals come first', async () => {
    const { url, tunnels } = await start();
    const { named } = await startPlain();
    await stage.call(named, { HTTP_PROXY: url, http_proxy: 'http://127.0.0.1:9' });
    expect(tunnels).toHaveLength(1);
  });

  it.each([
    ['the host', '127.0.0.1', true],
    ['one of several', 'x.example, 127.0.0.1,y.example', true],
    ['separated by blanks', 'x.example 127.0.0.1', true],
    ['the end of the host', '0.0.1', true],
    ['the end of the host, with a dot', '.0.0.1', true],
    ['the end of the host, with a star', '*.0.0.1', true],
    ['any host', '*', true],
    ['the host and the port', '127.0.0.1:PORT', true],
    ['the host and another port', '127.0.0.1:1', false],
    ['another host', 'api.example', false],
    ['what only ends alike', '7.0.0.1', false],
    ['what only begins alike', '127.0.0', false],
    ['nothing', '', false],
  ])('NO_PROXY is %s: %s', async (_, value, direct) => {
    const { url: api, port, requests } = await startPlain();
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const { url, tunnels, close } = await startProxy();
      await stage.call(api, { HTTP_PROXY: url, [name]: value.replace('PORT', port) });
      expect(tunnels).toHaveLength(direct ? 0 : 1);
      await close();
    }
    expect(requests).toHaveLength(2);
  });

  it('of the process itself are never looked up', async () => {
    const { url, tunnels } = await start();
    const { url: plain } = await startPlain();
    const { url: secure } = await stage.start({ clients: undefined });
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
    for (const name of names) process.env[name] = url;
    try {
      const trusting = createHttpClient({}, { ca: stage.authority.ca });
      for (const client of [createHttpClient({}), trusting])
        expect((await get(client, plain)).status).toBe(200);
      expect((await get(trusting, secure)).status).toBe(200);
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
    expect(tunnels).toEqual([]);
  });

  it('of the process itself do not decide what is reached directly either', async () => {
    const { url, tunnels } = await start();
    const { url: plain } = await startPlain();
    process.env.NO_PROXY = process.env.no_proxy = '*';
    try {
      expect((await get(createHttpClient({ http: url }), plain)).status).toBe(200);
    } finally {
      delete process.env.NO_PROXY;
      delete process.env.no_proxy;
    }
    expect(tunnels).toHaveLength(1);
  });
});
