import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generations, type Generation } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startProxy, type ProxyServer } from './proxy-server.js';
import type { SecureUpstream } from './secure-upstream.js';
import { TlsStage } from './tls-stage.js';

let stage: TlsStage;
let project: Project;
let upstream: SecureUpstream;
let proxy: ProxyServer;
let env: Record<string, string>;

beforeAll(async () => {
  stage = await TlsStage.create();
  project = await buildProject('end', {
    source: 'test/connections/mtls.yaml',
    args: ['--auth', 'none'],
  });
  upstream = await stage.start({
    answer: ({ method }, response) => {
      if (method === 'GET') response.end('{}');
    },
  });
  proxy = await startProxy();
  env = {
    UPSTREAM_BASE_URL: `${upstream.url}/v1`,
    UPSTREAM_API_KEY: secret('key of the vault'),
    UPSTREAM_TIMEOUT_MS: '600000',
    ...stage.trust,
    ...(await stage.client()),
  };
});
afterAll(async () => {
  await project.remove();
  await Promise.all([stage.stopUpstreams(), proxy.close()]);
  stage.files.remove();
});

async function connected({ url }: RunningProject): Promise<HttpClient> {
  return new HttpClient(generations[0] as Generation, url).connect();
}

it.each(['directly', 'through a proxy'])(
  'a server ends although its connections to the API are open, %s',
  async (way) => {
    // Nothing else would end it.
    const server = await project.start({
      ...env,
      MCP_SHUTDOWN_SECONDS: '3600',
      ...(way === 'directly' ? {} : { HTTPS_PROXY: proxy.url }),
    });
    const client = await connected(server);
    expect((await client.call('open_box')).isError ?? false).toBe(false);
    expect(await server.end('SIGTERM')).toEqual({ status: 0 });
    await client.close();
  },
);

it('and although the API does not answer, or a proxy', async () => {
  const silent = await startProxy({ status: 0 });
  const before = upstream.seen.length;
  const servers = await Promise.all([
    project.start(env),
    project.start({ ...env, HTTPS_PROXY: silent.url }),
  ]);
  const clients = await Promise.all(servers.map(connected));
  const calls = clients.map((client) => client.call('fill_box').catch(() => undefined));
  await expect.poll(() => [upstream.seen.length, silent.tunnels.length]).toEqual([before + 1, 1]);
  const ended = await Promise.all(servers.map((server) => server.end('SIGTERM')));
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  await Promise.all([...clients.map((client) => client.close()), ...calls, silent.close()]);
});

it('a call that runs when a server is asked to stop gets its result', async () => {
  const slow = await stage.start({
    answer: (_, response) => void setTimeout(() => response.end('{"late":true}'), 1500),
  });
  const server = await project.start({ ...env, UPSTREAM_BASE_URL: `${slow.url}/v1` });
  const client = await connected(server);
  const call = client.call('open_box');
  await expect.poll(() => slow.seen.length).toBe(1);
  const ended = server.end('SIGTERM');
  expect(JSON.stringify(await call)).toContain('late');
  expect((await ended).status).toBe(0);
  await client.close();
});

it('a draining server reports that it is not ready, and serves', async () => {
  const server = await project.start({ ...env, MCP_DRAIN_SECONDS: '2' });
  const client = await connected(server);
  const ready = async () => (await fetch(new URL('/readyz', server.url))).status;
  expect(await ready()).toBe(200);
  const ended = server.end('SIGTERM');
  await expect.poll(ready, { interval: 50 }).toBe(503);
  expect((await client.call('open_box')).isError ?? false).toBe(false);
  expect(await ended).toMatchObject({ status: 0 });
  await client.close();
});

it.each(['directly', 'through a proxy'])('over stdio it ends with its stdin, %s', async (way) => {
  const child = spawn(process.execPath, ['dist/main.js', '--stdio'], {
    cwd: project.folder,
    env: { ...env, ...(way === 'directly' ? {} : { HTTPS_PROXY: proxy.url }) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  for (const message of [
    { id: 1, method: 'initialize', params },
    { id: 2, method: 'tools/call', params: { name: 'open_box', arguments: {} } },
  ])
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await expect.poll(() => written).toContain('"id":2');
  expect(written).not.toContain('"isError":true');
  child.stdin.end();
  // By itself: nothing else ends it.
  expect(await ended).toEqual([0, null]);
});

it('over stdio its input may begin with a byte order mark', async () => {
  const child = spawn(process.execPath, ['dist/main.js', '--stdio'], {
    cwd: project.folder,
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  child.stdin.write('\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await expect.poll(() => written).toContain('"id":1');
  child.stdin.end();
});
