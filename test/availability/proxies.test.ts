import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, Stage } from '../attack/stage.js';
import { Lab } from './lab.js';

let lab: Lab;
/** Behind a proxy of this machine, and others of a private network. */
let behind: Stage;

beforeAll(async () => {
  lab = await Lab.open();
  behind = await lab.start(trusting('127.0.0.1, 10.0.0.0/8'));
});
afterAll(() => lab.close());

/** Failures that a network may have in a minute, before the next is answered with 429. */
const FAILURES = 300;
const trusting = (proxies: string) => () => ({ MCP_TRUSTED_PROXIES: proxies });

/** A request with the lines that proxies added. */
const forwarded = (...values: readonly string[]): Attempt => ({
  headers: values.map((value) => ['X-Forwarded-For', value] as const),
});

/** The status of a made-up token, after as many of them as a network may have. */
async function afterFlood(stage: Stage, flood: (index: number) => Attempt, last: Attempt) {
  for (let i = 0; i < FAILURES; i += 20) {
    const some = Array.from({ length: 20 }, (_, n) =>
      stage.send({ token: `made-up-${i + n}`, ...flood(i + n) }),
    );
    for (const { status } of await Promise.all(some)) expect(status).toBe(401);
  }
  return (await stage.send({ token: 'made-up-last', ...last })).status;
}

/** The addresses in the log for failures of a token that no other request of the server had. */
async function loggedAddress(stage: Stage, attempt: Attempt): Promise<unknown> {
  const before = stage.log().length;
  await stage.send({ token: `made-up-${crypto.randomUUID()}`, ...attempt });
  const lines = () =>
    stage
      .log()
      .slice(before)
      .split('\n')
      .filter((line) => line.includes('"auth_failure"'));
  await expect.poll(lines).toHaveLength(1);
  return (JSON.parse(lines()[0] ?? '') as { address?: unknown }).address;
}

const client = '203.0.113.7';
const other = '198.51.100.9';

describe('the address of a caller behind a trusted proxy', () => {
  it.each([
    ['is the only one of the line', forwarded(client), client],
    [
      'is the last one: those before it are the caller’s own words',
      forwarded(`${other}, ${client}`),
      client,
    ],
    [
      'is the last one that is not a trusted proxy',
      forwarded(`${client}, 10.1.2.3, 10.9.9.9`),
      client,
    ],
    ['is the last of the last line', forwarded(other, client), client],
    [
      'is the last one that is not a proxy, over several lines',
      forwarded(client, '10.1.2.3'),
      client,
    ],
    ['may be of IPv6', forwarded('2001:db8::7'), '2001:db8::7'],
    ['may have spaces around it', forwarded(`${other} ,  ${client} `), client],
    ['is the proxy’s own without a line', forwarded(), '127.0.0.1'],
    ['is the proxy’s own where the line is empty', forwarded(''), '127.0.0.1'],
  ])('%s', async (_what, attempt, address) => {
    expect(await loggedAddress(behind, attempt)).toBe(address);
  });

  it.each(['unknown', '_hidden', '<script>', '1.2.3', `${client} x`, 'x'.repeat(3000)])(
    'is never a text that is not an address: %s',
    async (value) => {
      const address = await loggedAddress(behind, forwarded(`${client}, ${value}`));
      // Whatever is left of it may be made up as well.
      expect(address).toBe('127.0.0.1');
    },
  );

  it('counts against its own limit', async () => {
    await lab.alone(async (stage) => {
      const flood = () => forwarded(client);
      expect(await afterFlood(stage, flood, forwarded(client))).toBe(429);
      expect((await stage.send({ token: 'x', ...forwarded(other) })).status).toBe(401);
      expect((await stage.send({ token: 'x', ...forwarded(`${other}, ${client}`) })).status).toBe(
        429,
      );
      const good = { token: await stage.token(), ...forwarded(client) };
      expect((await stage.send(good)).status).toBe(200);
    }, trusting('127.0.0.0/8'));
  });

  it('cannot be made up by a caller', async () => {
    await lab.alone(async (stage) => {
      const flood = (index: number) => forwarded(`192.0.2.${index % 250}, ${client}`);
      expect(await afterFlood(stage, flood, forwarded(client))).toBe(429);
    }, trusting('127.0.0.0/8'));
  });

  it('counts together with the rest of its 64 bits', async () => {
    await lab.alone(async (stage) => {
      const flood = (index: number) => forwarded(`2001:db8:1:2::${index.toString(16)}`);
      expect(await afterFlood(stage, flood, forwarded('2001:db8:1:2:ffff::1'))).toBe(429);
      expect((await stage.send({ token: 'x', ...forwarded('2001:db8:1:3::1') })).status).toBe(401);
    }, trusting('127.0.0.0/8'));
  });
});

describe('X-Forwarded-For of an address that is not a trusted proxy', () => {
  it.each([
    ['without any', {}],
    ['with others', { MCP_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.1.1, 2001:db8::/32' }],
  ])('means nothing, %s', async (_what, env) => {
    await lab.alone(
      async (stage) => {
        const flood = (index: number) => forwarded(`192.0.2.${index % 250}`);
        expect(await afterFlood(stage, flood, forwarded(other))).toBe(429);
        expect((await stage.send({ token: 'x', from: '127.0.0.9' })).status).toBe(401);
      },
      () => env,
    );
  });

  it('is not logged', async () => {
    await lab.alone(
      async (stage) => expect(await loggedAddress(stage, forwarded(client))).toBe('127.0.0.1'),
      () => ({}),
    );
  });

  it('of one of two proxies does not lock out callers with good tokens', async () => {
    await lab.alone(
      async (stage) => {
        await afterFlood(stage, () => forwarded(client), forwarded(client));
        const users = Array.from({ length: 20 }, (_, index) => index);
        for (const index of users) {
          const token = await stage.token({ sub: `user ${index}` });
          expect((await stage.send({ token, ...forwarded(other) })).status).toBe(200);
        }
      },
      () => ({}),
    );
  });
});

describe('the header of a trusted proxy', () => {
  it('is never the identity or the URL of this server', async () => {
    const headers: [string, string][] = [
      ['X-Forwarded-For', client],
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Port', '444'],
      ['X-Forwarded-Prefix', '/evil'],
      ['Forwarded', 'for=203.0.113.7;host=evil.example;proto=https'],
    ];
    const target = '/.well-known/oauth-protected-resource/mcp';
    const { body } = await behind.send({ method: 'GET', target, headers });
    expect((JSON.parse(body) as { resource: string }).resource).toBe(behind.meaning.resource);
    const [challenge = ''] = (await behind.send({ headers })).headers.get('www-authenticate') ?? [];
    expect(challenge).toContain(behind.origin);
    expect(challenge).not.toContain('evil');
  });

  it('never makes a foreign host one of this server', async () => {
    const headers: [string, string][] = [
      ['Host', 'evil.example'],
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-Host', `127.0.0.1:${behind.meaning.port}`],
    ];
    expect((await behind.send({ without: ['host'], headers })).status).toBe(421);
  });

  it('is not sent on to the API', async () => {
    const { received } = lab.around.upstream;
    const before = received.length;
    await behind.send({ token: await behind.token(), body: behind.read, ...forwarded(client) });
    expect(received).toHaveLength(before + 1);
    expect(received.at(-1)?.rawHeaders.join()).not.toContain(client);
  });
});
