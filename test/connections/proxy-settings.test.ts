import { afterEach, describe, expect, it } from 'vitest';
import { announceStdio } from '../../templates/src/runtime/announce.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import {
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  textOf,
  type Stub,
} from '../runtime/upstream/wire.js';
import { secret } from '../support/secrets.js';
import { startProxy, type ProxyServer } from './proxy-server.js';

let proxy: ProxyServer | undefined;
let stub: Stub | undefined;
afterEach(async () => {
  await Promise.all([proxy?.close(), stub?.close()]);
  proxy = stub = undefined;
});

const password = `p@ss:${secret('password of the proxy')}`;
const pair = Buffer.from(`usér:${password}`).toString('base64');
const withCredentials = (host: string) =>
  `http://us%C3%A9r:${encodeURIComponent(password)}@${host}`;

/** Calls an API with these variables. */
async function callWith(variables: Variables, answer = '{}') {
  stub = await startStub((_, response) => response.end(answer));
  const api = makeApi({ baseUrl: stub.url });
  const context = { signal: new AbortController().signal, requestId: 'r1' };
  const outcome = await createCall(api, makeSettings(api, variables))(makeTool({}), {}, context);
  return { outcome, requests: stub.requests };
}

/** Calls an API through a proxy that wants credentials. */
async function callThroughProxy(answer: string) {
  proxy = await startProxy();
  const { tunnels, host } = proxy;
  return { tunnels, ...(await callWith({ HTTP_PROXY: withCredentials(host) }, answer)) };
}

describe('credentials of a proxy', () => {
  it('go to the proxy, and to it alone', async () => {
    const { outcome, tunnels, requests } = await callThroughProxy('{}');
    expect(outcome).toMatchObject({ status: 200 });
    expect(tunnels.map(({ headers }) => headers['proxy-authorization'])).toEqual([`Basic ${pair}`]);
    const [request] = requests;
    expect(request?.headers.map(([name]) => name)).not.toContain('proxy-authorization');
    expect(JSON.stringify(request)).not.toContain(pair);
  });

  it('are masked, wherever they are repeated', async () => {
    const { outcome } = await callThroughProxy(JSON.stringify([password, `Basic ${pair}`]));
    expect(textOf(outcome.result)).toBe('["[redacted]","Basic [redacted]"]');
  });

  it('are not printed at the start, nor where the proxy is', () => {
    const api = makeApi({ baseUrl: 'https://api.example' });
    const settings = makeSettings(api, { HTTPS_PROXY: withCredentials('proxy.example:3128') });
    const printed = announceStdio(api, settings);
    expect(printed).toContain('proxy      from HTTP_PROXY, HTTPS_PROXY and NO_PROXY');
    expect(printed).not.toMatch(/proxy\.example|us%C3%A9r|usér/);
    expect(printed).not.toContain(password);
  });
});

describe('a proxy that', () => {
  it.each([
    ['refuses', 403],
    ['wants other credentials', 407],
    ['fails', 502],
  ])('%s is a tool error', async (_, status) => {
    proxy = await startProxy({ status });
    const { outcome, requests } = await callWith({ HTTP_PROXY: proxy.url });
    expect(outcome).toMatchObject({ result: { isError: true } });
    expect(outcome.failure).toMatch(/^network:/);
    expect(textOf(outcome.result)).toMatch(/^The API could not be reached/);
    expect(proxy.tunnels).toHaveLength(1);
    expect(requests).toEqual([]);
  });

  it('is dead is a tool error', async () => {
    const { url, close } = await startProxy();
    await close();
    const { outcome, requests } = await callWith({ HTTP_PROXY: url });
    expect(outcome.failure).toBe('network:ECONNREFUSED');
    expect(outcome.result.isError).toBe(true);
    expect(requests).toEqual([]);
  });

  it('never responds is a tool error within the budget', async () => {
    proxy = await startProxy({ status: 0 });
    const { outcome } = await callWith({ HTTP_PROXY: proxy.url, UPSTREAM_TIMEOUT_MS: '200' });
    expect(outcome).toMatchObject({ failure: 'timeout', result: { isError: true } });
  });
});

describe('a value that is not the URL of a proxy stops the start', () => {
  const word = secret('part of a proxy URL');

  it.each<[string, Variables]>([
    ['HTTPS_PROXY', { HTTPS_PROXY: `${word}:3128` }],
    ['HTTP_PROXY', { HTTP_PROXY: `socks5://${word}` }],
    ['HTTPS_PROXY', { https_proxy: `http://` }],
    ['HTTP_PROXY', { HTTP_PROXY: `http://user:${word}%@proxy:3128` }],
  ])('%s', (name, variables) => {
    const read = () => makeSettings(makeApi({ baseUrl: 'http://api.example' }), variables);
    expect(read).toThrow(
      `${name} must be the http or https URL of a proxy, for example ${name}=http://proxy:3128`,
    );
    expect(read).not.toThrow(word);
  });
});
