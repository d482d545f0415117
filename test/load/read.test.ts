import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { load } from '../../src/load/load.js';
import { limits } from '../../src/load/limits.js';
import { createReader } from '../../src/load/read/read.js';
import { codesOf, document3, folder, problemsOf, serve } from './helpers.js';

const pets = document3({ '/pets': { get: {} } });
const text = JSON.stringify(pets);

test('reads a path and a file URL', async () => {
  const root = await folder({ 'a b.json': pets });
  const path = join(root, 'a b.json');
  const byPath = await load(path);
  expect(byPath.source).toBe(path);
  expect(byPath.url).toBeUndefined();
  expect((await load(pathToFileURL(path).href)).openapi).toEqual(byPath.openapi);
});

test('reports a missing file, and a folder, in one sentence with a remedy', async () => {
  const root = await folder({ 'a.json': pets });
  for (const name of [root, join(root, 'none.json'), join(root, 'a.json', 'b')]) {
    const [problem] = await problemsOf(load(name));
    expect(problem).toMatchObject({ code: 'SOURCE_NOT_FOUND', place: '--url' });
    expect(problem?.message).toContain(name);
    expect(problem?.remedy).toBeTruthy();
  }
});

test('a device may be endless and is not read', async () => {
  expect(await codesOf(load('/dev/zero'))).toEqual(['SOURCE_NOT_FOUND']);
});

test.each(['ftp://x.example/a.json', 'http://', ''])('refuses %j as an address', async (source) => {
  expect(await codesOf(load(source))).toEqual(['SOURCE_UNSUPPORTED']);
});

test('fetches, follows redirects, and keeps the final address', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: '/v1/new?x=1' }).end();
    else response.end(text);
  });
  const document = await load(`${origin}/old`);
  expect(document.url).toBe(`${origin}/v1/new?x=1`);
  expect(document.source).toBe(`${origin}/old`);
});

test('reads a compressed document whose connection is closed behind it', async () => {
  const description = Array.from({ length: 40_000 }, () => Math.random()).join();
  const content = gzipSync(JSON.stringify({ ...pets, 'x-long': description }));
  const head = 'HTTP/1.1 200 \r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n';
  const origin = await serve((_, { socket }) => {
    socket?.end(Buffer.concat([Buffer.from(head), content]));
  });
  expect((await load(origin)).openapi).toHaveProperty('x-long', description);
});

test('gives up after five redirects', async () => {
  let requests = 0;
  const origin = await serve((_, response) => {
    requests += 1;
    response.writeHead(302, { location: `/${requests}` }).end();
  });
  expect(await codesOf(load(origin))).toEqual(['TOO_MANY_REDIRECTS']);
  expect(requests).toBe(6);
});

test('never follows a redirect to a file', async () => {
  const root = await folder({ 'a.json': pets });
  const origin = await serve((_, response) => {
    response.writeHead(302, { location: pathToFileURL(join(root, 'a.json')).href }).end();
  });
  const [problem] = await problemsOf(load(origin));
  expect(problem?.code).toBe('REDIRECT_FORBIDDEN');
  expect(problem?.message).toContain('is not allowed');
});

test('sends headers only to the origin of the document', async () => {
  const seen: unknown[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers['x-key'], request.headers.authorization);
    response.end(text);
  });
  const origin = await serve((request, response) => {
    seen.push(request.headers['x-key']);
    if (request.url === '/') response.writeHead(302, { location: '/b' }).end();
    else response.writeHead(302, { location: other }).end();
  });
  const headers = { 'X-Key': 'secret', Authorization: 'Bearer t' };
  await load(origin, { headers, allowPrivate: true });
  expect(seen).toEqual(['secret', 'secret', undefined, undefined]);
});

test('a user name and password in the URL are sent, but never shown', async () => {
  const origin = await serve((request, response) => {
    response.statusCode = request.url?.startsWith('/bad') ? 403 : 200;
    response.end(request.headers.authorization === `Basic ${btoa('me:p@ss')}` ? text : 'no');
  });
  const withUser = origin.replace('//', '//me:p%40ss@');
  const document = await load(`${withUser}/good?key=hush`);
  expect(document.source).toBe(`${origin}/good?key=hush`);
  expect(document.url).toBe(`${origin}/good?key=hush`);
  const [problem] = await problemsOf(load(`${withUser}/bad?key=hush`));
  expect(JSON.stringify(problem)).not.toMatch(/me:|p%40ss|hush/);
  expect(problem).toMatchObject({ code: 'SOURCE_HTTP_STATUS' });
  expect(problem?.message).toContain('403');
  expect(problem?.remedy).toContain('--header');
});

test.each(['p%ss', '%', '%ff', '100%zz'])(
  'a password may have a percent sign: %j',
  async (secret) => {
    const origin = await serve((request, response) => {
      const [, user] = request.headers.authorization?.split(' ') ?? [];
      if (request.url === '/moved') response.writeHead(302, { location: `${withUser}/here` }).end();
      else response.end(user === Buffer.from(`me:${secret}`).toString('base64') ? text : 'no');
    });
    const withUser = origin.replace('//', `//me:${secret}@`);
    for (const url of [`${withUser}/here`, `${origin}/moved`])
      await expect(load(url)).resolves.toMatchObject({
        openapi: { openapi: expect.any(String) as string },
      });
  },
);

test('a server that does not speak HTTP has no code to show', async () => {
  const origin = await serve((request) => request.socket.end('garbage\r\n\r\n'));
  const [problem] = await problemsOf(load(`${origin}/openapi.json`));
  expect(problem?.message).not.toContain('undefined');
});

test('reports that a server does not respond, and why', async () => {
  const [problem] = await problemsOf(load('http://127.0.0.1:1/openapi.json'));
  expect(problem?.code).toBe('SOURCE_UNREACHABLE');
});

test('a header that HTTP does not allow is named without its value', async () => {
  const [problem] = await problemsOf(
    load('http://127.0.0.1:1', { headers: { Authorization: 'Bearer se\ncret' } }),
  );
  expect(problem).toMatchObject({ code: 'INVALID_HEADER', place: '--header' });
  expect(JSON.stringify(problem)).not.toContain('cret');
});

test('stops at the limit of bytes, from the network and from disk, without reading on', async () => {
  let sent = 0;
  const origin = await serve((_, response) => {
    const more = () => {
      sent += 1;
      if (sent < 2000 && response.write('x'.repeat(1000))) setImmediate(more);
      else response.once('drain', more);
    };
    more();
    response.on('error', () => undefined);
  });
  const read = createReader(
    { root: new URL(origin), named: [new URL(origin)] },
    {},
    { ...limits, bytes: 5000 },
  );
  expect(await codesOf(read(new URL(origin)))).toEqual(['SOURCE_TOO_LARGE']);
  expect(sent).toBeLessThan(2000);
  const root = await folder({ 'a.json': text });
  const file = pathToFileURL(join(root, 'a.json'));
  const small = createReader(
    { root: file, named: [file] },
    {},
    { ...limits, bytes: text.length + 1 },
  );
  await small(file);
  expect(await codesOf(small(file))).toEqual(['SOURCE_TOO_LARGE']);
});

test('stops at the limit of time, before and within the response', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/begun') response.write('{');
  });
  for (const path of ['/', '/begun']) {
    const url = new URL(path, origin);
    const read = createReader({ root: url, named: [url] }, {}, { ...limits, time: 100 });
    expect(await codesOf(read(url))).toEqual(['SOURCE_TIMEOUT']);
    const readAll = createReader({ root: url, named: [url] }, {}, { ...limits, wholeTime: 100 });
    await expect(readAll(url)).rejects.toThrow('The documents were not read within 0.1 seconds');
  }
});

test('stops at the limit of files', async () => {
  const url = pathToFileURL(join(await folder({ 'a.json': pets }), 'a.json'));
  const read = createReader({ root: url, named: [url] }, {}, { ...limits, files: 1 });
  await read(url);
  expect(await codesOf(read(url))).toEqual(['TOO_MANY_FILES']);
});

test('ends when the caller aborts, with the caller’s reason', async () => {
  const controller = new AbortController();
  const origin = await serve(() => controller.abort(new Error('enough')));
  onTestFinished(() => controller.abort());
  await expect(load(origin, { signal: controller.signal })).rejects.toThrow('enough');
});

test('reports its progress', async () => {
  const messages: string[] = [];
  const path = join(await folder({ 'a.json': pets }), 'a.json');
  await load(path, { onProgress: (message) => messages.push(message) });
  expect(messages).toEqual([`Reading ${path}`]);
});

test.each([
  ['<!DOCTYPE html><html></html>', /web page/],
  ['\n <?xml version="1.0"?><a/>', /web page/],
  ['<edmx:Edmx Version="4.0"/>', /web page or XML/],
  ['{"a":"\u0000"}', /not text/],
])('names the kind of %j, which is not a document', async (content, message) => {
  const [problem] = await problemsOf(load(join(await folder({ 'a.json': content }), 'a.json')));
  expect(problem?.code).toBe('SOURCE_NOT_TEXT');
  expect(problem?.message).toMatch(message);
});

test.each([
  ['<script>SwaggerUIBundle({ url: "/v3/api-docs", dom_id: "#ui" })</script>', '/v3/api-docs'],
  ["<redoc spec-url='openapi.json'></redoc>", 'openapi.json'],
  ['<script id="api-reference" data-url="/openapi.yaml"></script>', '/openapi.yaml'],
  ['<elements-api apiDescriptionUrl="https://a.example/o.json"/>', 'https://a.example/o.json'],
  ['<script>load({ url: "ui.css" }); show({ url: "/api" })</script>', '/api'],
])('proposes the document that the page %s shows', async (page, named) => {
  const content = `<!DOCTYPE html><html><body>${page}</body></html>`;
  const [problem] = await problemsOf(load(join(await folder({ 'a.json': content }), 'a.json')));
  expect(problem?.remedy).toBe(
    `Use the URL of the document behind the page, which names ${named}.`,
  );
});

test.each([
  ['<p>nothing</p>', /often \/openapi\.json/],
  ['<form><input type="password"></form>', /sign-in page, send .* --header/],
  ['<script>x = { url: "/a b<i>" }</script>', /often \/openapi\.json/],
  ['<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', /WSDL/],
  ['<application xmlns="http://wadl.dev.java.net/2009/02"/>', /WADL.*api-spec-converter/],
  ['<?xml version="1.0"?><edmx:Edmx Version="4.0"/>', /OData.*odata-openapi3/],
])('the remedy for %s', async (content, remedy) => {
  const [problem] = await problemsOf(load(join(await folder({ 'a.json': content }), 'a.json')));
  expect(problem?.remedy).toMatch(remedy);
});

test('reads UTF-16, which Windows writes, and skips the byte order mark of UTF-8', async () => {
  const origin = await serve((request, response) => {
    const utf16 = request.url === '/16';
    response.end(utf16 ? Buffer.from(`\uFEFF${text}`, 'utf16le') : `\uFEFF${text}`);
  });
  for (const path of ['/16', '/8']) {
    expect((await load(origin + path)).openapi['paths']).toEqual({ '/pets': { get: {} } });
  }
});

test.each(['utf16le', 'utf16be'])('reads %s without a byte order mark', async (encoding) => {
  const bytes = Buffer.from(text, 'utf16le');
  const origin = await serve((_, response) =>
    response.end(encoding === 'utf16le' ? bytes : bytes.swap16()),
  );
  expect((await load(origin)).openapi['paths']).toEqual({ '/pets': { get: {} } });
});

test('bytes with control characters are not text', async () => {
  const origin = await serve((_, response) => response.end(Buffer.from([0x7b, 0xc3, 0x01])));
  expect(await codesOf(load(origin))).toEqual(['SOURCE_NOT_TEXT']);
});

test('reads windows-1252, with a warning', async () => {
  const content =
    "openapi: 3.1.0\ninfo: {title: '10 € für Müller', version: '1'}\npaths: {/a: {get: {}}}";
  const bytes = Buffer.from(content.replace('€', '\x80'), 'latin1');
  const origin = await serve((_, response) => response.end(bytes));
  const { openapi, warnings } = await load(origin);
  expect(openapi['info']).toMatchObject({ title: '10 € für Müller' });
  expect(warnings.map(({ code }) => code)).toEqual(['SOURCE_NOT_UNICODE']);
});
