import type { LookupAddress } from 'node:dns';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../templates/src/runtime/fetch-public.js';
import { createFetch } from '../../src/net/reach.js';
import { listen, type LocalServer } from '../support/http.js';

const numbers = Array.from({ length: 40_000 }, () => Math.random()).join();
const closing = 'HTTP/1.1 200 \r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n';

/** A service in the user's own network. */
let service: LocalServer;
let port: string;
let hits: string[];

beforeAll(async () => {
  service = await listen(({ method = '', url = '' }, response) => {
    hits.push(`${method} ${url}`);
    if (url === '/away') response.writeHead(302, { location: '/there' }).end();
    else if (url === '/gone') response.writeHead(204).end();
    else if (url === '/bomb')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(40 << 20)));
    else if (url === '/closed')
      response.socket?.end(Buffer.concat([Buffer.from(closing), gzipSync(numbers)]));
    else if (url === '/long') response.end(Buffer.alloc(30 << 20, 'x'));
    else response.end('{"internal":"data"}');
  });
  ({ port } = new URL(service.url));
});

afterAll(() => service.close());

beforeEach(() => {
  hits = [];
});

const names: Readonly<Record<string, string>> = {
  'mcp.example': '203.0.113.1',
  'inner.example': '127.0.0.1',
  'mcp.inner.example': '10.0.0.1',
};
const resolve: Resolve = (hostname, _, done) => {
  const address = names[hostname];
  const found: LookupAddress[] = address === undefined ? [] : [{ address, family: 4 }];
  done(null, found);
};
const from = (named: string) => createFetch(new URL(named), resolve);

describe('a server on the internet', () => {
  it.each([
    ['an address of this machine', 'https://127.0.0.1:PORT/', 'is in a private network'],
    ['one in IPv6', 'https://[::ffff:127.0.0.1]:PORT/', 'is in a private network'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest', 'is in a private network'],
    ['a name of a private address', 'https://inner.example:PORT/', 'is in a private network'],
    ['plain http', 'http://mcp.example:PORT/', 'is not an https URL'],
    ['plain http on this machine', 'http://127.0.0.1:PORT/', 'is not an https URL'],
    ['a file', 'file:///etc/passwd', 'is not an https URL'],
  ])('does not lead to %s', async (_, target, reason) => {
    const url = target.replace('PORT', port);
    const sent = from('https://mcp.example/mcp')(url, { method: 'POST', body: 'x' });
    await expect(sent).rejects.toThrow(reason);
    expect(hits).toEqual([]);
  });

  it('does not lead there under its own name after it had a public address', async () => {
    const addresses = ['203.0.113.1', '127.0.0.1'];
    const rebinding: Resolve = (_, __, done) =>
      done(null, [{ address: addresses.shift() ?? '127.0.0.1', family: 4 }]);
    const named = new URL(`http://rebinding.example:${port}/mcp`);
    await expect(createFetch(named, rebinding)(named)).rejects.toThrow('is in a private network');
    expect(hits).toEqual([]);
  });
});

describe('a private server', () => {
  it('on this machine may lead to plain http on this machine', async () => {
    const response = await from('http://127.0.0.1:1/mcp')(`${service.url}/metadata`);
    expect(await response.json()).toEqual({ internal: 'data' });
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toBe(`${service.url}/metadata`);
  });

  it('in a network may lead to private addresses over https', async () => {
    const reach = from('https://mcp.inner.example/mcp');
    await expect(reach(`https://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    await expect(reach(service.url)).rejects.toThrow('is not an https URL');
  });

  it('is requested over plain http if the user’s URL is http', async () => {
    const response = await from(`http://127.0.0.1:${port}/mcp`)(`http://127.0.0.1:${port}/mcp`);
    expect(response.status).toBe(200);
  });
});

describe('a response', () => {
  it('that redirects is not followed', async () => {
    const response = await from(service.url)(`${service.url}/away`);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/there');
    expect(hits).toEqual(['GET /away']);
  });

  it('may have no body', async () => {
    const response = await from(service.url)(`${service.url}/gone`);
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('is whole when its connection is closed while it is decompressed', async () => {
    const response = await from(service.url)(`${service.url}/closed`);
    expect(await response.text()).toBe(numbers);
  });

  it('is not read without end, whatever its content encoding', async () => {
    const reach = from(service.url);
    const bomb = await reach(`${service.url}/bomb`);
    await expect(bomb.text().then(({ length }) => length)).rejects.toThrow('longer than 32 MiB');
    const long = await reach(`${service.url}/long`);
    expect((await long.arrayBuffer()).byteLength).toBe(30 << 20);
  });

  it('is not read after many others that are long', async () => {
    const reach = from(service.url);
    const read = () => reach(`${service.url}/long`).then((response) => response.arrayBuffer());
    await read();
    await read();
    await expect(read()).rejects.toThrow('longer than 64 MiB in all');
  });
});
