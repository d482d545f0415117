import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, Stage } from '../attack/stage.js';
import { callInEra, eras, inEra, message } from './bodies.js';
import { Lab } from './lab.js';

let lab: Lab;
let stage: Stage;

/** Messages a minute for each caller. */
const LIMIT = 4;

beforeAll(async () => {
  lab = await Lab.open();
  stage = await lab.start(() => ({ MCP_RATE_LIMIT: String(LIMIT) }));
});
afterAll(() => lab.close());

let callers = 0;

/** The token of a caller that has not sent anything yet. */
function newCaller(): Promise<string> {
  callers += 1;
  return stage.token({ sub: `caller ${callers}` });
}

/** Sends a message as often as a caller may, and once more; the statuses. */
async function exhaust(attempt: Attempt, token: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i <= LIMIT; i += 1)
    statuses.push((await stage.send({ ...attempt, token })).status);
  return statuses;
}

const notification: Attempt = { body: '{"jsonrpc":"2.0","method":"notifications/x"}' };
const initialize = message(
  'initialize',
  '"params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"}}',
);

/** Every kind of message, by how a client sends it. */
const kinds: readonly (readonly [string, Attempt])[] = [
  ...eras.flatMap((era) => [
    [`tools/list (${era})`, inEra(era, 'tools/list')] as const,
    [`tools/call (${era})`, callInEra(era, 'plain')] as const,
    [`a call of no tool (${era})`, callInEra(era, 'none')] as const,
    [`a call with progress (${era})`, callInEra(era, 'plain', '{}', '"progressToken":1')] as const,
    [`an unknown method (${era})`, inEra(era, 'evil')] as const,
  ]),
  ['ping', inEra('initialize', 'ping')],
  ['server/discover', inEra('2026-07-28', 'server/discover')],
  ['initialize', { body: initialize }],
  ['a notification', notification],
  ['notifications/cancelled', { body: message('notifications/cancelled').replace('"id":1,', '') }],
  ['a response', { body: '{"jsonrpc":"2.0","id":1,"result":{}}' }],
  ['a batch of one', { body: `[${message('ping')}]` }],
];

describe.each(kinds)('%s', (_name, attempt) => {
  it('counts against the limit of its caller', async () => {
    const token = await newCaller();
    const statuses = await exhaust(attempt, token);
    expect(statuses.slice(0, LIMIT)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
    const { status, headers } = await stage.send({ ...attempt, token });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after')?.[0])).toBeGreaterThan(0);
    expect(headers.has('www-authenticate')).toBe(false);
  });

  it('is not held up by another caller', async () => {
    await exhaust(attempt, await newCaller());
    const { status } = await stage.send({ ...attempt, token: await newCaller() });
    expect([0, 429]).not.toContain(status);
  });
});

describe('the limit', () => {
  it('is one for all kinds of messages', async () => {
    const token = await newCaller();
    const mixed = ['ping', 'tools/list', 'evil', 'ping'].map((method) =>
      inEra('initialize', method),
    );
    for (const attempt of mixed)
      expect((await stage.send({ ...attempt, token })).status).not.toBe(429);
    const call = await stage.send({ ...callInEra('initialize', 'plain'), token });
    expect(call.status).toBe(429);
  });

  it('counts each message of a batch', async () => {
    const token = await newCaller();
    const batch = Array.from({ length: LIMIT + 1 }, () => message('ping')).join();
    expect((await stage.send({ body: `[${batch}]`, token })).status).toBe(429);
  });

  it('counts each notification of a batch', async () => {
    const token = await newCaller();
    const batch = Array.from({ length: LIMIT + 1 }, () => notification.body).join();
    expect((await stage.send({ body: `[${batch}]`, token })).status).toBe(429);
  });

  it('is that of a person, whatever token and client it is', async () => {
    const sub = 'the same person';
    for (let i = 0; i < LIMIT; i += 1) {
      const token = await stage.token({ sub, client_id: `client ${i}` });
      expect((await stage.send({ token })).status).toBe(200);
    }
    expect((await stage.send({ token: await stage.token({ sub }) })).status).toBe(429);
  });

  it('keeps calls from the API', async () => {
    const token = await newCaller();
    const { received } = lab.around.upstream;
    const before = received.length;
    await exhaust(callInEra('initialize', 'plain'), token);
    expect(received.length - before).toBe(LIMIT);
  });

  it('leaves one line in the log for each caller and minute', async () => {
    const sub = 'logged once';
    const token = await stage.token({ sub });
    for (let i = 0; i < LIMIT + 5; i += 1) await stage.send({ token });
    const lines = () =>
      stage
        .log()
        .split('\n')
        .filter((line) => line.includes('"rate_limit"') && line.includes(sub));
    await expect.poll(() => lines().length).toBeGreaterThan(0);
    expect(lines()).toHaveLength(1);
  });
});
