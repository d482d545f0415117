import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DevServer } from '../../src/commands/dev/server.js';
import { guardedAgent } from '../../src/net/guarded-agent.js';
import { createFetch } from '../../src/net/reach.js';
import { startProxy, type ProxyServer } from '../connections/proxy-server.js';
import { run } from '../support/command-line.js';
import { freePort, listen } from '../support/http.js';

const document = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://pets.example' }],
  paths: { '/pets': { get: { operationId: 'listPets', responses: {} } } },
};

let proxy: ProxyServer;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  proxy = await startProxy();
  server = await listen((_, response) => response.end(JSON.stringify(document)));
});
afterAll(() => Promise.all([proxy.close(), server.close()]));

const validate = (url: string, env: Record<string, string>) =>
  run(['validate', '--url', url], false, env);

// Runs first: the settings stay for the process.
it('refuses a proxy that is not a URL', async () => {
  const { status, stderr } = await validate(server.url, { https_proxy: 'proxy:3128' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^INVALID_PROXY at HTTPS_PROXY/)]);
});

it.each([
  'socks5://127.0.0.1:1080',
  'http://[proxy',
  'http://user:%zz@proxy',
  'http://proxy:99999',
])('refuses %s, but only where a request is sent', async (HTTPS_PROXY) => {
  const { status, stderr } = await validate(server.url, { HTTPS_PROXY });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^INVALID_PROXY at HTTPS_PROXY/)]);
  const file = fileURLToPath(import.meta.resolve('../../fixtures/names/input.yaml'));
  expect((await validate(file, { HTTPS_PROXY })).stderr).not.toContain('INVALID_PROXY');
  expect((await run(['--version'], false, { HTTPS_PROXY })).status).toBe(0);
  await expect(createFetch(new URL(server.url))(server.url)).rejects.toThrow(/^INVALID_PROXY/);
  const called = await run(['call', server.url, 'any'], false, { HTTPS_PROXY });
  expect(called.stderr).toMatch(/does not respond: INVALID_PROXY: [^\n]*[^.]\.\n/);
});

it('does not keep dev from its own server', async () => {
  await run(['--version'], false, { HTTPS_PROXY: 'socks5://127.0.0.1:1080' });
  const directory = await mkdtemp(join(tmpdir(), 'dev-'));
  const port = await freePort();
  const main = `require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`;
  await mkdir(join(directory, 'dist'));
  await writeFile(join(directory, 'dist/main.js'), main);
  const ignored = { onLine: () => undefined, onEnd: () => undefined };
  const dev = new DevServer({ directory, node: process.execPath, env: {}, port, ...ignored });
  await expect(dev.start()).resolves.toBeUndefined();
  await dev.stop();
  await rm(directory, { recursive: true });
});

it.each(['HTTP_PROXY', 'http_proxy'])(
  'fetches a document through the proxy of %s',
  async (name) => {
    const before = proxy.tunnels.length;
    const { host, port } = { host: 'only-the-proxy-knows.example', port: new URL(server.url).port };
    const { status, stderr } = await validate(`http://${host}:${port}`, { [name]: proxy.url });
    expect([status, stderr]).toEqual([0, '']);
    expect(proxy.tunnels.slice(before).map(({ target }) => target)).toEqual([`${host}:${port}`]);
  },
);

it('reaches this machine and the hosts of NO_PROXY directly', async () => {
  const before = proxy.tunnels.length;
  const env = { HTTP_PROXY: proxy.url };
  expect((await validate(server.url, env)).status).toBe(0);
  const local = server.url.replace('127.0.0.1', 'localhost');
  expect((await validate(local, { ...env, NO_PROXY: '*' })).status).toBe(0);
  expect(proxy.tunnels).toHaveLength(before);
});

it('does not ask the proxy for a private name that a document leads to', async () => {
  await run(['--version'], false, { HTTP_PROXY: proxy.url });
  await expect(guardedAgent(new URL('http://localhost/'))).rejects.toMatchObject({
    cause: { code: 'PRIVATE_ADDRESS' },
  });
});
