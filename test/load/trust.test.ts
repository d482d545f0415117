import { describe, expect, it, test } from 'vitest';
import { createPublicLookup, hasPrivateAddress } from '../../templates/src/runtime/fetch-public.js';
import { mayLead } from '../../src/load/read/location.js';
import { codesOf, document3, folder, problemsOf, serve } from './helpers.js';
import { load } from '../../src/load/load.js';
import { listen } from '../support/http.js';
import { join } from 'node:path';

test.each([
  ['file:///a', 'file:///b', true],
  ['file:///a', 'https://x.example/', true],
  ['file:///a', 'ftp://x.example/', false],
  ['http://x.example/', 'file:///etc/passwd', false],
  ['http://127.0.0.1/', 'file:///etc/passwd', false],
  ['http://x.example/', 'data:text/plain,x', false],
  ['http://x.example/', 'https://y.example/', true],
  ['http://x.example/', 'http://y.example/', true],
  ['https://x.example/', 'http://x.example/', false],
])('%s leading to %s: %s', (from, to, allowed) => {
  expect(mayLead(new URL(from), new URL(to))).toBe(allowed);
});

test.each([
  'http://127.1',
  'http://0x7f000001',
  'http://0.0.0.0',
  'http://10.0.0.1',
  'http://172.31.255.255',
  'http://192.168.1.1',
  'http://100.64.0.1',
  'http://169.254.169.254',
  'http://198.18.0.1',
  'http://[::1]',
  'http://[::]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:169.254.169.254]',
  'http://[64:ff9b::10.0.0.1]',
  'http://[2002:7f00:1::]',
  'http://[fe80::1]',
  'http://[fd00::1]',
])('%s is private', (url) => expect(hasPrivateAddress(new URL(url))).toBe(true));

test.each([
  'http://127.example',
  'http://8.8.8.8',
  'http://172.32.0.1',
  'http://100.128.0.1',
  'http://[2001:db8::1]',
  'http://[2606:4700::1111]',
])('%s is not', (url) => expect(hasPrivateAddress(new URL(url))).toBe(false));

test.each([
  [['203.0.113.7'], undefined],
  [['203.0.113.7', '10.0.0.1'], 'PRIVATE_ADDRESS'],
  [['::ffff:127.0.0.1'], 'PRIVATE_ADDRESS'],
])('a name that means %j', (addresses, code) => {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const lookup = createPublicLookup((_, __, done) => done(null, found));
  const answers: unknown[] = [];
  lookup('x.example', { all: true }, (error, all) => answers.push(error?.code, all));
  lookup('x.example', {}, (error, one) => answers.push(error?.code, one));
  const expected =
    code === undefined ? [undefined, found, undefined, addresses[0]] : [code, [], code, []];
  expect(answers).toEqual(expected);
});

test('an unresolvable name is not a private address', () => {
  const failure = Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  const lookup = createPublicLookup((_, __, done) => done(failure, []));
  lookup('x.example', {}, (error) => expect(error).toBe(failure));
});

const item = { type: 'object' };
const referring = (ref: string) =>
  document3({
    '/a': {
      post: { requestBody: { content: { 'application/json': { schema: { $ref: ref } } } } },
    },
  });

test('only documents that the user named may be at a private address, unless all may', async () => {
  const other = await serve((_, response) => response.end(JSON.stringify(item)));
  const byName = other.replace('127.0.0.1', 'localhost');
  const targets = [`${other}/item.json`, `${byName}/item.json`, '/moved', '/item.json'];
  const origin = await serve((request, response) => {
    const { url = '' } = request;
    if (url === '/moved') response.writeHead(302, { location: `${other}/item.json` }).end();
    else if (url === '/item.json') response.end(JSON.stringify(item));
    else response.end(JSON.stringify(referring(targets[Number(url.slice(1))] ?? '')));
  });
  for (const index of [0, 1, 2]) {
    const [problem] = await problemsOf(load(`${origin}/${index}`));
    expect(problem, targets[index]).toMatchObject({ code: 'PRIVATE_ADDRESS' });
    expect(problem?.remedy).toContain('--allow-private');
    const { warnings } = await load(`${origin}/${index}`, { allowPrivate: true });
    expect(warnings).toEqual([]);
  }
  expect((await load(`${origin}/3`)).warnings).toEqual([]);
});

test('a file does not lead there either', async () => {
  const origin = await serve((_, response) => response.end(JSON.stringify(item)));
  const file = join(await folder({ 'a.json': referring(`${origin}/item.json`) }), 'a.json');
  expect(await codesOf(load(file))).toEqual(['PRIVATE_ADDRESS']);
  expect((await load(file, { allowPrivate: true })).warnings).toEqual([]);
});

it('a host whose name cannot be looked up is reported as unreachable', async () => {
  const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  // dns.lookup returns no addresses at all.
  const lookup = createPublicLookup((_, __, done) => done(failure));
  const error = await new Promise((resolve) => lookup('nowhere.invalid', {}, resolve));
  expect(error).toBe(failure);
});

describe('a document that a lock names', () => {
  const document = JSON.stringify({ openapi: '3.1.0', info: {}, paths: { '/a': {} } });

  it('may not be at a private address, unless all may', async () => {
    const server = await listen((_, response) => void response.end(document));
    try {
      const { url } = server;
      await expect(load(url, { unnamed: [url] })).rejects.toThrow('PRIVATE_ADDRESS');
      await expect(load(url)).resolves.toMatchObject({ source: url });
      await expect(load(url, { unnamed: [url], allowPrivate: true })).resolves.toBeDefined();
    } finally {
      await server.close();
    }
  });

  it('gets no headers, and neither does an overlay', async () => {
    const seen: unknown[] = [];
    const server = await listen(({ headers }, response) => {
      seen.push(headers['x-key']);
      response.end(document);
    });
    try {
      const { url } = server;
      const headers = { 'x-key': 's3cret' };
      await load(url, { headers, unnamed: [url], allowPrivate: true });
      await load(url, { headers });
      expect(seen).toEqual([undefined, 's3cret']);
    } finally {
      await server.close();
    }
  });
});
