import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../templates/src/runtime/net.js';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/token.js';
import { createFetchDocument } from '../../../templates/src/runtime/oauth/verifier.js';
import { listen, type LocalServer } from '../../support/http.js';

const MEBIBYTE = 1_048_576;
const fetchDocument = createFetchDocument(createHttpClient({}), { timeoutMs: 60_000 });
const servers: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await listen(listener);
  servers.push(server);
  return server.url;
}

describe('fetching from the provider', () => {
  it('has a name, which firewalls require', async () => {
    const url = await serve((request, response) =>
      response.end(JSON.stringify({ agent: request.headers['user-agent'] })),
    );
    expect(await fetchDocument(url)).toEqual({ agent: 'mcp-server' });
  });

  it('asks for JSON', async () => {
    const url = await serve((request, response) =>
      response.end(JSON.stringify({ accept: request.headers.accept })),
    );
    expect(await fetchDocument(url)).toEqual({ accept: 'application/json' });
  });

  it('does not follow a redirect', async () => {
    let visits = 0;
    const target = await serve((_request, response) => {
      visits += 1;
      response.end('{}');
    });
    const url = await serve((_request, response) =>
      response.writeHead(307, { Location: target }).end('{}'),
    );
    await expect(fetchDocument(url)).rejects.toThrow(
      `${url} answered 307, a redirect to "${target}", which is not followed`,
    );
    expect(visits).toBe(0);
  });

  it('sends requests only over http and https', async () => {
    await expect(fetchDocument('ftp://127.0.0.1/')).rejects.toThrow(/not an https URL/);
  });

  it.each(['null', '7', '"x"', '[]', '{', ''])('refuses the document %j', async (body) => {
    const url = await serve((_request, response) => response.end(body));
    await expect(fetchDocument(url)).rejects.toThrow(`${url} is not a JSON object`);
  });

  it('accepts a mebibyte, and not a byte more', async () => {
    const spaces = (total: number) => `{}${' '.repeat(total - 2)}`;
    const most = await serve((_request, response) => response.end(spaces(MEBIBYTE)));
    await expect(fetchDocument(most)).resolves.toEqual({});
    const more = await serve((_request, response) => response.end(spaces(MEBIBYTE + 1)));
    await expect(fetchDocument(more)).rejects.toThrow(/longer than/);
  });

  it('stops reading an endless response', async () => {
    const url = await serve((_request, response) => {
      const more = () => response.write(' '.repeat(65_536));
      response.on('drain', more);
      while (more());
    });
    await expect(fetchDocument(url)).rejects.toThrow(/longer than/);
  });

  it('closes the connection on the signal during an endless error text', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const url = await serve((_request, response) => {
      closed = once(response, 'close');
      response.writeHead(500).write('{');
    });
    const soon = createFetchDocument(createHttpClient({}), { timeoutMs: 50 });
    await expect(soon(url)).rejects.toThrow(ProviderUnavailable);
    await closed;
  });

  it('does not accept a response that breaks off', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '9' });
      response.write('{', () => response.destroy());
    });
    await expect(fetchDocument(url)).rejects.toThrow(`${url} cannot be reached`);
    await expect(fetchDocument('http://127.0.0.1:1/')).rejects.toThrow(/cannot be reached/);
  });

  it('joins characters that arrived in two pieces', async () => {
    const euros = '€'.repeat(200_000);
    const url = await serve((_request, response) => response.end(JSON.stringify({ euros })));
    expect(await fetchDocument(url)).toEqual({ euros });
  });
});
