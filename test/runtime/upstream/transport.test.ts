import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../../templates/src/runtime/net.js';
import { TransportError, withinBudget } from '../../../templates/src/runtime/outgoing.js';
import type { ClientRequest } from '../../../templates/src/runtime/outgoing.js';
import { attempt } from '../../../templates/src/runtime/upstream/transport.js';
import { type Answer, header, startStub, type Stub } from './wire.js';

const limits = { timeoutMs: 5000, maxResponseBytes: 1000 };
const forever = new AbortController().signal;
const stubs: Stub[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

const client = createHttpClient({});

/** Once, without credentials to renew. */
async function send(
  outgoing: ClientRequest,
  { timeoutMs, maxResponseBytes }: typeof limits,
  cancelled: AbortSignal,
  http = client,
) {
  const { response } = await withinBudget(timeoutMs, cancelled, (signal) =>
    attempt({
      authorize: () => Promise.resolve({ request: outgoing, secrets: [] }),
      client: http,
      renew: () => false,
      maxBytes: maxResponseBytes,
      retries: 0,
      deadline: performance.now() + timeoutMs,
      signal,
    }),
  );
  return response;
}

async function stubbed(answer?: Answer): Promise<Stub> {
  const stub = await startStub(answer);
  stubs.push(stub);
  return stub;
}

function request(base: string, rest: Partial<ClientRequest> = {}): ClientRequest {
  const headers = { authorization: 'Bearer x', 'x-api-key': 'k' };
  return { method: 'GET', origin: base, path: '/start', headers, ...rest };
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

describe('redirects', () => {
  const redirect =
    (status: number, location: string): Answer =>
    (recorded, response) => {
      if (recorded.url === '/start') response.writeHead(status, { location }).end('moved');
      else response.end('arrived');
    };

  test.each([301, 302, 303, 307, 308])(
    '%i within the origin is followed with credentials',
    async (status) => {
      const stub = await stubbed(redirect(status, '/next'));
      const answer = await send(request(stub.url), limits, forever);
      expect(answer.status).toBe(200);
      expect(answer.path).toBe('/next');
      expect(header(stub.requests[1], 'x-api-key')).toEqual(['k']);
    },
  );

  test('HEAD is followed too, but POST never', async () => {
    const stub = await stubbed(redirect(302, '/next'));
    expect((await send(request(stub.url, { method: 'HEAD' }), limits, forever)).status).toBe(200);
    expect(
      (await send(request(stub.url, { method: 'POST', body: 'x' }), limits, forever)).status,
    ).toBe(302);
    expect(stub.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD /start',
      'HEAD /next',
      'POST /start',
    ]);
  });

  test('another origin is not contacted', async () => {
    const other = await stubbed();
    const stub = await stubbed(redirect(302, `${other.url}/next`));
    const answer = await send(request(stub.url), limits, forever);
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe(`${other.url}/next`);
    expect(other.requests).toEqual([]);
  });

  test.each(['//u:p@HOST/next', 'http://', ''])('nor is "%s" followed', async (location) => {
    const stub: Stub = await stubbed((recorded, response) => {
      const target = location.replace('HOST', new URL(stub.url).host);
      redirect(302, target)(recorded, response);
    });
    const { status } = await send(request(stub.url), { ...limits }, forever);
    expect(status).toBe(302);
  });

  test.each([
    ['https://api.example', 'http://api.example/start/?a=b', '/start/?a=b'],
    ['https://api.example:8443', 'http://api.example:8443/start/', '/start/'],
    ['https://api.example', 'http://api.example:80/start/', '/start/'],
    ['https://api.example', 'http://api.example/start', undefined],
    ['https://api.example', 'http://other.example/start/', undefined],
    ['https://api.example', 'http://api.example:8080/start/', undefined],
    ['http://api.example', 'https://api.example/start/', undefined],
  ])('of %s to %s, which a proxy that ends TLS causes', async (origin, location, followed) => {
    const sent: string[] = [];
    const http: typeof client = ({ origin: to, path }) => {
      sent.push(to + path);
      const headers: Record<string, string> = path === '/start' ? { location } : {};
      const status = path === '/start' ? 307 : 200;
      return Promise.resolve({ status, headers, body: Buffer.of(), truncated: false });
    };
    const { status } = await send(request(origin), limits, forever, http);
    const first = `${origin}/start`;
    expect(sent).toEqual(followed === undefined ? [first] : [first, origin + followed]);
    expect(status).toBe(followed === undefined ? 307 : 200);
  });

  test('at most five are followed', async () => {
    const stub = await stubbed((_, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    );
    expect((await send(request(stub.url), limits, forever)).status).toBe(302);
    expect(stub.requests).toHaveLength(6);
  });
});

describe('size', () => {
  test.each([
    [999, false],
    [1000, false],
    [1001, true],
  ])('%i bytes', async (size, cut) => {
    const stub = await stubbed((_, response) => response.end('x'.repeat(size)));
    const answer = await send(request(stub.url), limits, forever);
    expect(answer.truncated).toBe(cut);
    expect(answer.body.byteLength).toBe(Math.min(size, 1000));
  });

  test('an endless response is truncated while it streams', async () => {
    const stub = await stubbed((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(500)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const answer = await send(request(stub.url), limits, forever);
    expect(answer).toMatchObject({ truncated: true, status: 200 });
    await expect.poll(() => stub.aborted).toEqual(['/start']);
  });

  test('the decompressed length counts', async () => {
    const stub = await stubbed((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
    );
    const answer = await send(request(stub.url), limits, forever);
    expect(answer.truncated).toBe(true);
    expect(answer.body.byteLength).toBe(1000);
  });
});

describe('no response', () => {
  test.each([
    ['gzip', '{"a":1}'],
    ['br', '{"a":1}'],
    ['deflate', '{"a":1}'],
    ['gzip, gzip', gzipSync('{"a":1}')],
  ])('in its encoding, %s', async (encoding, body) => {
    const stub = await stubbed((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    expect((await failureOf(send(request(stub.url), limits, forever))).reason).toBe('encoding');
  });

  test('in time', async () => {
    const stub = await stubbed(() => undefined);
    const error = await failureOf(send(request(stub.url), { ...limits, timeoutMs: 1000 }, forever));
    expect(error.reason).toBe('timeout');
    await expect.poll(() => stub.aborted).toEqual(['/start']);
  });

  test('the timeout covers the body: the part received is the response', async () => {
    const stub = await stubbed((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('begun');
    });
    const answer = await send(request(stub.url), { ...limits, timeoutMs: 1000 }, forever);
    expect(answer).toMatchObject({ status: 200, unfinished: true });
    expect(Buffer.from(answer.body).toString()).toBe('begun');
    await expect.poll(() => stub.aborted).toEqual(['/start']);
  });

  test('and all redirects together', async () => {
    const stub = await stubbed((_, response) => {
      setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 60);
    });
    const error = await failureOf(send(request(stub.url), { ...limits, timeoutMs: 150 }, forever));
    expect(error.reason).toBe('timeout');
  });

  test('because the caller disconnected: the upstream request ends too', async () => {
    const stub = await stubbed(() => undefined);
    const caller = new AbortController();
    const failure = failureOf(send(request(stub.url), limits, caller.signal));
    await expect.poll(() => stub.requests.length).toBe(1);
    caller.abort();
    await expect.poll(() => stub.aborted).toEqual(['/start']);
    expect((await failure).reason).toBe('cancelled');
  });

  test('because the caller had already disconnected: nothing is sent', async () => {
    const stub = await stubbed();
    const error = await failureOf(send(request(stub.url), limits, AbortSignal.abort()));
    expect(error.reason).toBe('cancelled');
    await sleep(20);
    expect(stub.requests).toEqual([]);
  });

  test('because no connection was made within undici’s ten seconds', async () => {
    const code = 'UND_ERR_CONNECT_TIMEOUT';
    const http = () => Promise.reject(Object.assign(new Error(), { code }));
    const error = await failureOf(send(request('http://h.example'), limits, forever, http));
    expect(error).toMatchObject({ reason: 'network', code });
  });

  test('no server listens', async () => {
    const stub = await stubbed();
    await stub.close();
    const error = await failureOf(send(request(stub.url), limits, forever));
    expect(error).toMatchObject({ reason: 'network', code: 'ECONNREFUSED' });
  });

  test('the connection breaks off in the body', async () => {
    const stub = await stubbed((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('begun');
      setTimeout(() => response.destroy(), 20);
    });
    expect((await failureOf(send(request(stub.url), limits, forever))).reason).toBe('network');
  });

  test('the response is not HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0\r\n')).listen(0, '127.0.0.1');
    await sleep(20);
    const { port } = server.address() as AddressInfo;
    const failure = await failureOf(send(request(`http://127.0.0.1:${port}`), limits, forever));
    expect(failure.reason).toBe('network');
    server.close();
  });
});

test('a request that cannot be sent is our fault, not the network’s', async () => {
  const stub = await stubbed();
  await expect(
    send(request(stub.url, { headers: { 'x-a': 'b\r\nc: d' } }), limits, forever),
  ).rejects.not.toBeInstanceOf(TransportError);
});
