import { afterAll, beforeAll, expect, it } from 'vitest';
import { generations, type Generation } from '../support/generations.js';
import { HttpClient } from '../support/http-client.js';
import { buildProject, type Project } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startProxy } from './proxy-server.js';
import { TlsStage } from './tls-stage.js';

const key = secret('key of the vault');
let stage: TlsStage;
let project: Project;

beforeAll(async () => {
  stage = await TlsStage.create();
  project = await buildProject('mtls', {
    source: 'test/connections/mtls.yaml',
    args: ['--auth', 'none'],
  });
});
afterAll(async () => {
  await project.remove();
  await stage.stopUpstreams();
  stage.files.remove();
});

it.each(generations)('a generated server shows its certificate: $name', async (generation) => {
  const { url, seen } = await stage.start();
  const server = await project.start({
    UPSTREAM_BASE_URL: `${url}/v1`,
    UPSTREAM_API_KEY: key,
    ...stage.trust,
    ...(await stage.client('generated server')),
  });
  const client = await new HttpClient(generation, server.url).connect();
  const { isError = false } = await client.call('open_box');
  await client.close();
  expect(isError).toBe(false);
  expect(seen).toMatchObject([
    { method: 'GET', url: '/v1/box', client: 'generated server', headers: { 'x-api-key': key } },
  ]);
  expect(server.output()).toContain(`${url}/v1 (api-key, client certificate)`);
  await expect
    .poll(() => server.audit().filter(({ event }) => event === 'tool_call'))
    .toMatchObject([{ event: 'tool_call', tool: 'open_box', status: 200 }]);
  await server.end('SIGTERM');
});

it('and through a proxy, whose credentials it does not disclose', async () => {
  const identity = await stage.authority.issue({ name: 'vault', hosts: ['vault.example'] });
  const { port, seen } = await stage.start({ identity });
  const proxy = await startProxy();
  const password = secret('password of the proxy');
  const server = await project.start({
    UPSTREAM_BASE_URL: `https://vault.example:${port}/v1`,
    UPSTREAM_API_KEY: key,
    HTTPS_PROXY: `http://user:${password}@${proxy.host}`,
    ...stage.trust,
    ...(await stage.client('generated server')),
  });
  const client = await new HttpClient(generations[0] as Generation, server.url).connect();
  expect((await client.call('open_box')).isError ?? false).toBe(false);
  await client.close();
  expect(seen).toMatchObject([{ url: '/v1/box', client: 'generated server' }]);
  expect(proxy.tunnels).toMatchObject([{ target: `vault.example:${port}` }]);
  // And nothing of it: that is searched for when the process ends.
  expect(server.output()).toContain('proxy      from HTTP_PROXY, HTTPS_PROXY and NO_PROXY');
  await server.end('SIGTERM');
  await proxy.close();
});

it('does not start with a certificate that is not its key’s', async () => {
  const [mine, other] = await Promise.all([stage.client(), stage.client()]);
  const mixed = { ...mine, UPSTREAM_KEY_FILE: other.UPSTREAM_KEY_FILE };
  const started = project.start({ ...stage.trust, ...mixed });
  await expect(started).rejects.toThrow(
    /ended at once:\nThe server cannot start:\n {2}UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE must contain [^\n]*$/,
  );
});

it('reports at its start what cannot be called, and what is missing', async () => {
  const server = await project.start({ UPSTREAM_API_KEY: key });
  await expect
    .poll(() => server.output())
    .toContain(
      '2 of 2 tools cannot be called without credentials of the API: ' +
        'set UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE.',
    );
});
