import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createFetchPublic,
  createPublicLookup,
  type Resolve,
} from '../../templates/src/runtime/fetch-public.js';
import { createHttpClient } from '../../templates/src/runtime/net.js';
import type { ClientRequest, ClientResponse } from '../../templates/src/runtime/outgoing.js';

const limits = { maxBytes: 100, timeoutMs: 60_000 };
const never = new AbortController().signal;

/** A client that responds from a table of URLs, and records the requests. */
function clientOf(answers: Record<string, Partial<ClientResponse>>) {
  const requests: ClientRequest[] = [];
  const client = (request: ClientRequest): Promise<ClientResponse> => {
    requests.push(request);
    const answer = answers[request.origin + request.path];
    const usual = { status: 200, headers: {}, body: Buffer.from('bytes'), truncated: false };
    return answer === undefined
      ? Promise.reject(new Error('ENOTFOUND secret'))
      : Promise.resolve({ ...usual, ...answer });
  };
  return { requests, fetch: createFetchPublic(client) };
}

const redirect = (location: string, status = 302) => ({ status, headers: { location } });

describe('the content of a public URL', () => {
  test('is fetched without credentials', async () => {
    const { fetch, requests } = clientOf({
      'https://files.example.com/a?sig=1': { headers: { 'content-type': 'text/plain' } },
    });
    const { bytes, mediaType } = await fetch('https://files.example.com/a?sig=1#x', limits, never);
    expect([Buffer.from(bytes).toString(), mediaType]).toEqual(['bytes', 'text/plain']);
    expect(requests).toEqual([
      {
        method: 'GET',
        origin: 'https://files.example.com',
        path: '/a?sig=1',
        headers: { accept: '*/*' },
      },
    ]);
  });

  test('is fetched after redirects to other public places', async () => {
    const { fetch, requests } = clientOf({
      'https://a.example.com/1': redirect('/2', 301),
      'https://a.example.com/2': redirect('https://cdn.example.net/3', 307),
      'https://cdn.example.net/3': {},
    });
    await fetch('https://a.example.com/1', limits, never);
    expect(requests).toHaveLength(3);
  });
});

const PRIVATE = [
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '172.16.9.9',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
  ],
  // As URL parsers read them (WHATWG URL, IPv4 parser).
  ...['127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '①②⑦.0.0.1'],
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a00:1]',
    '[::7f00:1]',
    '[fe80::1]',
    '[fd00::1]',
  ],
  ...[
    '[::ffff:0:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:1::1]',
    '[ff02::1]',
    '[fec0::1]',
  ],
];

describe('a URL is refused', () => {
  test.each(PRIVATE)('of this network: %s', async (host) => {
    const { fetch, requests } = clientOf({});
    const tried = fetch(`https://${host}/latest/meta-data`, limits, never);
    await expect(tried).rejects.toThrow('could not be reached at a public address');
    expect(requests).toEqual([]);
  });

  test.each(PRIVATE)('that redirects there: %s', async (host) => {
    const { fetch, requests } = clientOf({
      'https://a.example.com/': redirect(`https://${host}/`),
    });
    await expect(fetch('https://a.example.com/', limits, never)).rejects.toThrow('public address');
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['http://a.example.com/', 'is not an https URL'],
    ['file:///etc/passwd', 'is not an https URL'],
    ['https://user:pass@a.example.com/', 'has a user name'],
    ['https://', 'is not a URL'],
    ['https://a.example.com/404', 'answered 404'],
    ['https://a.example.com/long', 'is longer than 100 bytes'],
    ['https://a.example.com/http', 'is not an https URL'],
    ['https://a.example.com/circle', 'redirects too many times'],
    ['https://a.example.com/nowhere', 'redirects too many times'],
    ['https://unknown.example.com/', 'could not be reached at a public address'],
  ])('%s: %s', async (url, reason) => {
    const { fetch } = clientOf({
      'https://a.example.com/404': { status: 404 },
      'https://a.example.com/long': { truncated: true },
      'https://a.example.com/http': redirect('http://a.example.com/'),
      'https://a.example.com/circle': redirect('/circle'),
      'https://a.example.com/nowhere': { status: 302 },
    });
    const error = await fetch(url, limits, never).catch(String);
    expect(error).toBe(`FetchError: ${reason}`);
  });
});

describe('a name is looked up where the connection is made', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  /** A server on this machine, with the number of connections to it. */
  async function startVictim() {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    return { port: address.port, connections: () => connections };
  }

  /** Resolves to another address each time. */
  const rebinding = (...addresses: string[]): Resolve => {
    let asked = 0;
    return (_, __, done) => {
      const address = addresses[Math.min(asked++, addresses.length - 1)] ?? '';
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    };
  };

  test.each([
    ['a private address', ['127.0.0.1']],
    ['a mapped one', ['::ffff:127.0.0.1']],
    ['a private one beside others', ['127.0.0.1', '127.0.0.1']],
  ])('that has %s is not connected to', async (_, addresses) => {
    const victim = await startVictim();
    const client = createHttpClient({}, {}, createPublicLookup(rebinding(...addresses)));
    const tried = createFetchPublic(client)(`https://rebind.test:${victim.port}/`, limits, never);
    await expect(tried).rejects.toThrow('could not be reached at a public address');
    expect(victim.connections()).toBe(0);
  });

  test('without that guard, it would be connected to', async () => {
    const victim = await startVictim();
    const lookup: typeof createPublicLookup = (resolve) => (host, options, done) => {
      resolve?.(host, { all: true }, (_, found = []) => {
        if (options.all === true) done(null, found);
        else done(null, found[0]?.address ?? '', 4);
      });
    };
    const client = createHttpClient({}, {}, lookup(rebinding('127.0.0.1')));
    const tried = createFetchPublic(client)(`https://rebind.test:${victim.port}/`, limits, never);
    await expect(tried).rejects.toThrow('could not be reached');
    expect(victim.connections()).toBe(1);
  });

  test('all of its addresses must be public', () => {
    const resolve: Resolve = (_, __, done) =>
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    createPublicLookup(resolve)('two.test', { all: true }, (error) => {
      expect(error).toMatchObject({ code: 'PRIVATE_ADDRESS' });
    });
    expect.assertions(1);
  });
});

describe('the time', () => {
  const hanging = () =>
    createFetchPublic(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );

  test('is limited', async () => {
    const tried = hanging()('https://a.example.com/', { maxBytes: 1, timeoutMs: 1 }, never);
    await expect(tried).rejects.toThrow('took too long');
  });

  test('ends when the caller no longer waits', async () => {
    const caller = new AbortController();
    const tried = hanging()('https://a.example.com/', limits, caller.signal);
    caller.abort();
    await expect(tried).rejects.toThrow('took too long');
  });
});
