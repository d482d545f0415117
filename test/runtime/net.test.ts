import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchJson, plainHostsOf, Unreachable } from '../../templates/src/runtime/client.js';
import { createHttpClient } from '../../templates/src/runtime/net.js';
import type { HttpClient } from '../../templates/src/runtime/outgoing.js';
import { startStub, type Answer, type Stub } from './upstream/wire.js';

const client = createHttpClient({});
let stub: Stub | undefined;
afterEach(() => stub?.close());

async function get(answer: Answer, maxBytes = 1000, signal = AbortSignal.timeout(20_000)) {
  stub = await startStub(answer);
  const request = { method: 'GET', origin: stub.url, path: '/a?b=c', headers: { 'x-a': 'é' } };
  return client(request, { maxBytes, signal });
}

const encoded =
  (encoding: string, content: Uint8Array): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(content);
const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('a response', () => {
  test('has its headers by name in lower case', async () => {
    const { status, headers, body, truncated } = await get((_, response) =>
      response.writeHead(201, { 'X-A': ['1', '2'], 'Set-Cookie': 'a=b' }).end('hello'),
    );
    expect([status, text(body), truncated]).toEqual([201, 'hello', false]);
    expect(headers).toMatchObject({ 'x-a': '1, 2', 'set-cookie': 'a=b' });
  });

  test('is the last one, after interim ones', async () => {
    const { status, headers } = await get((_, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(200, { 'x-final': '1' }).end();
    });
    expect([status, headers['x-final'], headers['link']]).toEqual([200, '1', undefined]);
  });

  test('may have headers longer than 16 KiB', async () => {
    const policy = 'x'.repeat(40_000);
    const { headers } = await get((_, response) =>
      response.writeHead(200, { 'content-security-policy': policy }).end(),
    );
    expect(headers['content-security-policy']).toBe(policy);
  });

  test.each([
    ['UTF-8', Buffer.from('attachment; filename="Müller 日本.csv"'), 'Müller 日本'],
    ['ISO-8859-1', Buffer.from('attachment; filename="Müller.csv"', 'latin1'), 'Müller'],
    ['UTF-8 in one of two lines', Buffer.from('a\r\nX-Name: "é.csv"'), 'a, "é'],
  ])('may have headers in %s', async (_, value, expected) => {
    const { headers } = await get((_, { socket }) => {
      socket?.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nX-Name: '), value]));
      socket?.write('\r\nContent-Length: 0\r\n\r\n');
    });
    expect(headers['x-name']?.replace('attachment; filename="', '').split('.')[0]).toBe(expected);
  });

  test.each([204, 304])('%i may have a length, which is not that of a body', async (status) => {
    const response = await get((_, { socket }) =>
      socket?.write(`HTTP/1.1 ${status} \r\nContent-Length: 5\r\nETag: "x"\r\n\r\n`),
    );
    expect([response.status, response.headers['etag']]).toEqual([status, '"x"']);
    expect(response.body).toHaveLength(0);
  });

  test('may be empty although it has an encoding', async () => {
    const { status, body } = await get((_, response) =>
      response.writeHead(204, { 'content-encoding': 'gzip' }).end(),
    );
    expect([status, body.byteLength]).toEqual([204, 0]);
  });
});

describe('content encodings', () => {
  const plain = Buffer.from('hello '.repeat(20));
  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(plain)],
    ['X-GZIP', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['gzip, Deflate', deflateRawSync(gzipSync(plain))],
    ['br', brotliCompressSync(plain)],
    ['gzip, br', brotliCompressSync(gzipSync(plain))],
    ['deflate,gzip,  gzip', gzipSync(gzipSync(deflateSync(plain)))],
    ['gzip, identity', gzipSync(plain)],
    ['aws-chunked,gzip', gzipSync(plain)],
    ['identity', plain],
    ['gzip, utf-8', gzipSync(plain)],
    ['UTF-8,deflate', deflateRawSync(plain)],
    ['constructor', plain],
  ])('%s is decoded', async (encoding, content) => {
    const { body } = await get(encoded(encoding, content));
    expect(text(body)).toBe(plain.toString());
  });

  test('an unknown one leaves the body unchanged', async () => {
    expect(text((await get(encoded('zip', plain))).body)).toBe(plain.toString());
  });

  test.each([
    ['application/json; charset=utf-8', undefined, plain.toString()],
    ['text/csv', 'utf-8', plain.toString()],
    ['application/gzip', undefined, gzipSync(plain).toString()],
    ['application/octet-stream', undefined, gzipSync(plain).toString()],
    ['application/json', 'identity', gzipSync(plain).toString()],
  ])('text that was stored compressed is decoded: %s, %s', async (type, encoding, expected) => {
    const { body } = await get((_, response) =>
      response
        .writeHead(200, { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) })
        .end(gzipSync(plain)),
    );
    expect(text(body)).toBe(expected);
  });

  test.each(['zstd', 'gzip, ZSTD', 'x-compress'])('%s is an error', async (encoding) => {
    const [code] = /zstd|compress/.exec(encoding.toLowerCase()) ?? [];
    await expect(get(encoded(encoding, gzipSync(plain)))).rejects.toMatchObject({
      name: 'Undecodable',
      code,
    });
  });

  test('more than five are not decoded', async () => {
    const layers = Array<string>(6).fill('gzip');
    const content = layers.reduce((inner: Buffer) => gzipSync(inner), plain);
    expect((await get(encoded(layers.join(), content))).body).toEqual(content);
  });

  test('a body that does not have its declared encoding fails', async () => {
    await expect(get(encoded('gzip', plain))).rejects.toThrow();
  });

  test('a body that ends early is returned as far as it goes', async () => {
    const content = gzipSync(plain);
    expect(text((await get(encoded('gzip', content.subarray(0, -8)))).body)).toBe(plain.toString());
  });

  test.each<[string, Record<string, string>]>([
    ['a length', { 'Content-Length': '' }],
    ['no length', {}],
  ])('a long body with %s is whole when the connection is closed behind it', async (_, named) => {
    const rows = Array.from({ length: 20_000 }, () => Math.random()).join();
    const content = gzipSync(rows);
    const length = 'Content-Length' in named ? `Content-Length: ${content.length}\r\n` : '';
    const { body } = await get((_, { socket }) => {
      socket?.write(
        `HTTP/1.1 200 \r\nContent-Encoding: gzip\r\nConnection: close\r\n${length}\r\n`,
      );
      socket?.end(content);
    }, rows.length);
    expect(text(body)).toBe(rows);
  });

  test('a body that arrives faster than it can be decoded ends, and its connection is closed', async () => {
    const empty = Buffer.concat(Array<Buffer>(50_000).fill(gzipSync('')));
    const { body, unfinished } = await get((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const more = (): unknown => response.destroyed || response.write(empty, more);
      more();
    });
    expect([body.byteLength, unfinished]).toEqual([0, true]);
    await expect.poll(() => stub?.aborted).toHaveLength(1);
  });

  test.each(['gzip', 'br'])(
    'a %s bomb is truncated, and its connection is closed',
    async (kind) => {
      const zeros = Buffer.alloc(50_000_000);
      const content = kind === 'gzip' ? gzipSync(zeros) : brotliCompressSync(zeros);
      const endless: Answer = (_, response) => {
        response.writeHead(200, { 'content-encoding': kind });
        response.write(content);
      };
      const { body, truncated } = await get(endless);
      expect([body.byteLength, truncated]).toEqual([1000, true]);
      await expect.poll(() => stub?.aborted).toHaveLength(1);
    },
  );
});

describe('fetchJson', () => {
  const ask = async (answer: Answer) => {
    stub = await startStub(answer);
    return fetchJson(client, `${stub.url}/x?y=1`, { signal: AbortSignal.timeout(20_000) });
  };

  test.each<[number, string, object]>([
    [200, '{"a":1}', { status: 200, body: { a: 1 } }],
    [400, '{"error":"x"}', { status: 400, body: { error: 'x' } }],
    [200, '[1]', { status: 200 }],
    [200, 'no JSON', { status: 200 }],
    [302, '{"a":1}', { status: 302 }],
    [500, '{"a":1}', { status: 500 }],
  ])('%i %s', async (status, body, expected) => {
    expect(await ask((_, response) => response.writeHead(status).end(body))).toEqual(expected);
  });

  test('does not follow redirects', async () => {
    await ask((_, response) => response.writeHead(302, { location: '/other' }).end());
    expect(stub?.requests).toHaveLength(1);
  });

  test('reads at most 1 MiB', async () => {
    const long: Answer = (_, response) => response.end(`"${'x'.repeat(1_048_576)}"`);
    await expect(ask(long)).rejects.toThrow(/longer than 1048576 bytes/);
  });

  test('reports why there is no response, in Node’s words', async () => {
    const why = (url: string, ms = 5000) =>
      fetchJson(client, url, { signal: AbortSignal.timeout(ms) }).catch((error: unknown) =>
        error instanceof Unreachable ? error.message.replace(`${url} cannot be reached: `, '') : '',
      );
    stub = await startStub(() => undefined);
    const { port } = new URL(stub.url);
    expect(await why(`${stub.url}/hangs`, 50)).toBe('no response in time');
    expect(await why('http://127.0.0.1:1/')).toBe('ECONNREFUSED');
    // Plain HTTP where TLS is expected.
    expect(await why(`https://127.0.0.1:${port}/`)).toMatch(/^(ERR_SSL|EPROTO|ECONNRESET|UND_ERR)/);
  });

  test('uses plain http for the hosts that the operator set, and for no other', async () => {
    const plainHosts = plainHostsOf('HTTP://Keycloak:8080/certs', 'https://a.example', undefined);
    expect([...plainHosts]).toEqual(['keycloak']);
    const signal = AbortSignal.timeout(1000);
    const asked: string[] = [];
    const answering: HttpClient = ({ origin }) => {
      asked.push(origin);
      const body = new TextEncoder().encode('{}');
      return Promise.resolve({ status: 200, headers: {}, body, truncated: false });
    };
    await fetchJson(answering, 'http://keycloak:9090/other', { signal, plainHosts });
    for (const url of ['http://other/x', 'http://keycloak.evil/x', 'http://a.example/x'])
      await expect(fetchJson(answering, url, { signal, plainHosts })).rejects.toThrow(
        /not an https/,
      );
    expect(asked).toEqual(['http://keycloak:9090']);
  });

  test('requires https beyond loopback', async () => {
    const signal = AbortSignal.timeout(1000);
    await expect(fetchJson(client, 'http://as.example/x', { signal })).rejects.toThrow(Unreachable);
  });
});
