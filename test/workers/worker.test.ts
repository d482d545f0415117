import { once } from 'node:events';
import { request as open, type ClientRequest, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startUpstream, type Upstream } from '../attack/hosts.js';
import { inputOf, listFixtures } from '../support/fixtures.js';
import { buildProject, type Project, type RunningProject } from '../support/project.js';
import { secret } from '../support/secrets.js';
import { startStaticIssuer, type StaticIssuer } from '../support/tokens.js';

let project: Project;
let api: Upstream;

beforeAll(async () => {
  const fixture = listFixtures().find(({ name }) => name === 'workers');
  if (fixture === undefined) throw new Error('fixtures/workers is gone');
  api = await startUpstream();
  project = await buildProject('workers', { source: inputOf(fixture), args: fixture.args });
});

afterAll(async () => {
  await project.remove();
  await api.close();
});

interface Stage {
  readonly issuer: StaticIssuer;
  readonly server: RunningProject;
}

/** A Worker with a separate issuer: its state belongs to one isolate. */
async function stage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  api.behaviour = undefined;
  const issuer = await startStaticIssuer();
  const server = await project.start({
    OAUTH_AUTHORIZATION_SERVER: issuer.issuer,
    UPSTREAM_BASE_URL: api.url,
    UPSTREAM_API_KEY: secret('key'),
    ...env,
  });
  onTestFinished(() => issuer.close());
  return { issuer, server };
}

/** Sends a call without waiting for the response. */
async function begin({ issuer, server }: Stage, args: object = { id: '1' }) {
  const { url } = server;
  const token = await issuer.sign({ aud: url });
  const params = { name: 'get_book', arguments: args };
  const request = open(url, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
  });
  request.on('error', () => undefined);
  request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
  return request;
}

/** workerd does not treat the end of a client's data as a disconnection. */
function leave({ socket }: ClientRequest): void {
  socket?.resetAndDestroy();
}

async function call(on: Stage, args?: object): Promise<{ status: number; text: string }> {
  const request = await begin(on, args);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

describe('a Worker calls the API', () => {
  it('with headers in UTF-8', async () => {
    const { text } = await call(await stage(), { id: '1', 'X-Shelf': 'café' });
    expect(text).toContain('"ok');
    const sent = api.received.at(-1)?.headers['x-shelf'];
    expect(Buffer.from(String(sent), 'latin1').toString()).toBe('café');
  });

  it('and decodes the response', async () => {
    const on = await stage();
    api.behaviour = (_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
        .end(gzipSync('{"title":"packed"}'));
    expect((await call(on)).text).toContain('packed');
  });

  it.each([
    ['that has none', '', 'The API answered 200 OK, without a body.'],
    ['that ends early', gzipSync('x'.repeat(5000)).subarray(0, -8), 'x'.repeat(5000)],
    ['that has another', '{"title":"plain"}', 'its response could not be decompressed'],
  ])('and does what Node does with the encoding of a body %s', async (_, body, told) => {
    const on = await stage();
    api.behaviour = (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(body);
    expect((await call(on)).text).toContain(told);
  });

  it.each(['deflate', 'GZIP', 'gzip, gzip', 'zstd'])('but not from %s', async (encoding) => {
    const on = await stage();
    api.behaviour = (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': encoding }).end();
    expect((await call(on)).text).toContain('without a body');
    api.behaviour = (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': encoding }).end(gzipSync('packed'));
    expect((await call(on)).text).toContain('or this server does not support that');
    const failure = `encoding:${encoding.split(',', 1)[0] ?? ''}`;
    await expect.poll(() => on.server.audit().at(-1)).toMatchObject({ failure });
  });

  it('for no longer than the timeout, and ends the connection', async () => {
    const on = await stage({ UPSTREAM_TIMEOUT_MS: '3000' });
    const closed = vi.fn();
    api.behaviour = (_, response) => void response.on('close', closed);
    expect((await call(on)).text).toContain('"isError":true');
    await expect.poll(() => closed.mock.calls.length).toBe(1);
  });

  it('and reads no more than the limit', async () => {
    const on = await stage({ MCP_MAX_RESPONSE_BYTES: '1000' });
    const closed = vi.fn();
    api.behaviour = (_, response) => {
      response.on('close', closed).writeHead(200, { 'Content-Type': 'text/plain' });
      response.write('x'.repeat(5000));
    };
    expect((await call(on)).text).toContain('x'.repeat(500));
    await expect.poll(() => closed.mock.calls.length).toBe(1);
  });

  it('no longer after its client has disconnected', async () => {
    const on = await stage();
    const [asked, closed] = [vi.fn(), vi.fn()];
    api.behaviour = (_, response) => {
      asked();
      response.on('close', closed);
    };
    const request = await begin(on);
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    leave(request);
    await expect.poll(() => closed.mock.calls.length).toBe(1);
    await expect
      .poll(() => on.server.audit().at(-1))
      .toMatchObject({ event: 'tool_call', failure: 'cancelled' });
  });
});

describe('the state that requests share', () => {
  it('does not end with the request that started it', async () => {
    const on = await stage({ OAUTH_JWKS_URI: `${api.url}/keys` });
    const { documents, paths } = on.issuer;
    const asked: (() => void)[] = [];
    api.behaviour = ({ target }, response) => {
      if (target !== '/keys') return void response.writeHead(200).end();
      asked.push(() => response.end(JSON.stringify(documents.get(paths.jwks))));
    };
    const first = await begin(on);
    await expect.poll(() => asked.length).toBe(1);
    const second = call(on);
    leave(first);
    // Not before the Worker knows that the first one has disconnected, as far as that can be determined.
    await fetch(new URL('/healthz', on.server.url));
    asked[0]?.();
    expect((await second).status).toBe(200);
    expect((await call(on)).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it('is loaded again after a failure', async () => {
    const on = await stage();
    on.issuer.outage = 'error';
    expect((await call(on)).status).toBe(503);
    on.issuer.outage = 'none';
    await expect.poll(async () => (await call(on)).status).toBe(200);
  });
});

describe('a Worker with invalid settings', () => {
  it.each(['UPSTREAM_CERT_FILE', 'UPSTREAM_API_KEY_FILE', 'HTTPS_PROXY', 'MCP_TRUSTED_PROXIES'])(
    'does not start: %s',
    async (name) => {
      await expect(stage({ [name]: 'http://127.0.0.1:9' })).rejects.toThrow(
        `"event":"misconfigured","problems":["${name} must not be set: `,
      );
    },
  );
});
