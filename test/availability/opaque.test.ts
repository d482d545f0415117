import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from '../attack/stage.js';
import { call, inEra } from './bodies.js';
import { Lab } from './lab.js';
import { startFarProvider, type FarProvider } from './provider.js';

let lab: Lab;
let provider: FarProvider;
let stage: Stage;
let tokens = 0;

beforeAll(async () => {
  lab = await Lab.open();
  provider = await startFarProvider(() => stage);
});
beforeEach(() => provider.asked.splice(0));
afterAll(async () => {
  await lab.close();
  await provider.close();
});

/** A server whose network limits are still unused; `trusted` are its trusted proxies. */
async function startServer(trusted?: string): Promise<void> {
  stage = await lab.start(({ introspectionClient }) => ({
    ...introspectionClient,
    OAUTH_INTROSPECTION_URL: `${provider.url}/introspect`,
    ...(trusted !== undefined && { MCP_TRUSTED_PROXIES: trusted }),
  }));
}

/** Where a request comes from: an address, and the header of a proxy there. */
interface Origin {
  readonly from: string;
  readonly forwardedFor?: string;
}

async function statusOf(token: string, { from, forwardedFor }: Origin): Promise<number> {
  const headers: [string, string][] =
    forwardedFor === undefined ? [] : [['X-Forwarded-For', forwardedFor]];
  const { status } = await stage.send({ token, from, headers, body: call('plain') });
  return status;
}

/** A thousand made-up tokens by 64 connections at a time, by default; how often each status came. */
async function flood(origin: () => Origin, count = 1000, at = 64): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      tokens += 1;
      const status = await statusOf(`made-up-${tokens}-${crypto.randomUUID()}`, origin());
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: at }, worker));
  return statuses;
}

/** Users with good tokens, some at a time, none of which the server has met before. */
async function users(origin: () => Origin, count = 40): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i += 4) {
    const four = [1, 2, 3, 4].map(() => {
      tokens += 1;
      return statusOf(`good-${tokens}-${crypto.randomUUID()}`, origin());
    });
    statuses.push(...(await Promise.all(four)));
    await pause(20);
  }
  return statuses;
}

const questionsAbout = (kind: string) =>
  provider.asked.filter((token) => token.startsWith(kind)).length;
const all = (count: number, status: number) => Array<number>(count).fill(status);

describe('a flood of made-up opaque tokens', () => {
  it('keeps no user at another address out, and spares the provider', async () => {
    await startServer();
    const [flooded, good] = await Promise.all([
      flood(() => ({ from: '127.0.0.1' })),
      pause(300).then(() => users(() => ({ from: '127.0.1.2' }))),
    ]);
    expect(good).toEqual(all(40, 200));
    expect(questionsAbout('made-up')).toBeLessThanOrEqual(300);
    expect([...flooded.keys()].filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
    // Too many at once, or too many in a minute: most are refused without a question.
    expect((flooded.get(429) ?? 0) + (flooded.get(503) ?? 0)).toBeGreaterThanOrEqual(500);
  });

  it('is refused with a time to wait and no challenge, and is not asked about any more', async () => {
    await startServer();
    for (let i = 0; i < 10 && questionsAbout('made-up') < 300; i += 1)
      await flood(() => ({ from: '127.0.0.1' }), 100, 8);
    const before = questionsAbout('made-up');
    const { status, headers } = await stage.send({ token: `made-up-${crypto.randomUUID()}` });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after')?.[0])).toBeGreaterThan(0);
    expect(headers.has('www-authenticate')).toBe(false);
    expect(questionsAbout('made-up')).toBe(before);
  });

  it('leaves a user at its own address whose token is known in', async () => {
    await startServer();
    const known = `good-${crypto.randomUUID()}`;
    expect(await statusOf(known, { from: '127.0.0.1' })).toBe(200);
    const during: number[] = [];
    await Promise.all([
      flood(() => ({ from: '127.0.0.1' }), 400),
      pause(200).then(async () => {
        for (let i = 0; i < 20; i += 1) during.push(await statusOf(known, { from: '127.0.0.1' }));
      }),
    ]);
    expect(during).toEqual(all(20, 200));
    expect(await statusOf(known, { from: '127.0.0.1' })).toBe(200);
  });

  it('never makes a good token of its own address look bad', async () => {
    await startServer();
    await flood(() => ({ from: '127.0.0.1' }), 400);
    const { status, headers } = await stage.send({ token: `good-${crypto.randomUUID()}` });
    // It may have to wait. With 401 its client would throw it away.
    expect([200, 429, 503]).toContain(status);
    if (status !== 200) expect(headers.has('retry-after')).toBe(true);
  });

  it('from many addresses keeps no user out: no network can take all places at the provider', async () => {
    await startServer();
    let next = 0;
    const [, good] = await Promise.all([
      flood(() => ({ from: `127.0.2.${1 + (next++ % 3)}` })),
      pause(300).then(() => users(() => ({ from: '127.0.1.2' }))),
    ]);
    expect(good).toEqual(all(40, 200));
    expect(questionsAbout('made-up')).toBeLessThanOrEqual(900);
  });

  it('is not asked about when its requests are pings or notifications', async () => {
    await startServer();
    const kinds = [
      inEra('initialize', 'ping'),
      { body: '{"jsonrpc":"2.0","method":"notifications/x"}' },
      inEra('2026-07-28', 'server/discover'),
    ];
    for (let i = 0; i < 20; i += 1)
      await Promise.all(
        Array.from({ length: 30 }, (_, n) => {
          const token = `made-up-${crypto.randomUUID()}`;
          return stage.send({ token, ...kinds[n % 3] });
        }),
      );
    expect(questionsAbout('made-up')).toBeLessThanOrEqual(300);
  });
});

describe('a flood through a trusted proxy', () => {
  it('does not keep out the others behind the proxy', async () => {
    await startServer('127.0.0.0/8');
    const [, good] = await Promise.all([
      flood(() => ({ from: '127.0.0.1', forwardedFor: '203.0.113.7' })),
      pause(300).then(() => users(() => ({ from: '127.0.0.1', forwardedFor: '198.51.100.9' }))),
    ]);
    expect(good).toEqual(all(40, 200));
    expect(questionsAbout('made-up')).toBeLessThanOrEqual(300);
  });
});
