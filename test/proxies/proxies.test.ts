import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurations, type ProxyName } from './page.js';
import { missing } from './proxy.js';
import { prepare, Stage, type Backstage, type StageOptions } from './stage.js';

/** Calls of each part; `npm run proxies` makes 5,000. */
const CALLS = Number(process.env['PROXY_CALLS'] ?? 300);
const KEEP_ALIVE = { proxy: 1, server: 4 };
/** Milliseconds, before and after the proxies give up idle connections. */
const PAUSES = Array.from({ length: CALLS > 1000 ? 5 : 1 }, () => [950, 1000, 1050, 3000]).flat();
const WORKERS = 8;

let backstage: Backstage;
beforeAll(async () => {
  expect(missing, 'packages of Debian that are not installed').toEqual([]);
  backstage = await prepare();
});
afterAll(() => backstage.close());

/** Two instances behind a proxy, while some work is done with them. */
async function behind(
  name: ProxyName,
  options: Partial<StageOptions>,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const usual = { keepAlive: { proxy: 60, server: 65 } };
  const stage = await Stage.start(name, backstage, { ...usual, ...options });
  await work(stage).finally(() => stage.close());
}

/** Calls until `isOver`, by several workers at once. Returns the number of responses by status. */
async function callMany(
  stage: Stage,
  isOver: (sent: number) => boolean,
): Promise<Record<string, number>> {
  const token = await stage.token();
  const statuses: Record<string, number> = {};
  let sent = 0;
  const work = async (): Promise<void> => {
    while (!isOver(sent)) {
      sent += 1;
      // A POST that writes: no proxy may send it twice.
      const params = { name: 'create_order', arguments: { body: { customer: `c-${sent}` } } };
      const message = { jsonrpc: '2.0', id: sent, method: 'tools/call', params };
      const { status, text } = await stage.send(stage.url, { token, message });
      const failed = status !== 200 || text.includes('"isError"');
      const outcome = failed ? `${status} ${text.slice(0, 200)}` : '200';
      statuses[outcome] = (statuses[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return statuses;
}

const names = Object.keys(configurations) as ProxyName[];

// In parallel: most of the time they wait.
describe.concurrent.each(names)('behind %s', (name) => {
  it('two instances serve one client', ({ expect }) =>
    behind(name, {}, async (stage) => {
      expect(await callMany(stage, (sent) => sent >= 40)).toEqual({ 200: 40 });
      expect(stage.arrived()).toBe(40);
      const [first = 0, second = 0] = stage.served();
      expect(Math.min(first, second)).toBeGreaterThan(0);
      expect(first + second).toBe(40);
    }));

  it('a token of 20 KB is accepted, and a missing one is requested', ({ expect }) =>
    behind(name, {}, async (stage) => {
      const token = await stage.token({ groups: 'g'.repeat(15_000) });
      expect(token.length).toBeGreaterThan(20_000);
      expect(await stage.send(stage.url, { token, message: list })).toMatchObject({ status: 200 });
      expect(await stage.send(stage.url, { message: list })).toMatchObject({ status: 401 });
    }));

  it('a prefix of the path is stripped, and the metadata is at the root', ({ expect }) =>
    behind(name, { prefix: true }, async (stage) => {
      const { challenge } = await stage.send(stage.url, { message: list });
      const [, url = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
      expect(url).toBe('https://mcp.example.com/.well-known/oauth-protected-resource/team/mcp');
      const { status, text } = await stage.send(new URL(url).pathname);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ resource: 'https://mcp.example.com/team/mcp' });
      const token = await stage.token();
      expect(await stage.send(stage.url, { token, message: list })).toMatchObject({ status: 200 });
    }));

  it('no call is lost when it arrives as idle connections end', ({ expect }) =>
    behind(name, { keepAlive: KEEP_ALIVE }, async (stage) => {
      const burst = Math.ceil(CALLS / PAUSES.length);
      for (const idle of PAUSES) {
        const statuses = await callMany(stage, (sent) => sent >= burst);
        expect(statuses, stage.logged()).toEqual({ 200: burst });
        await pause(idle);
      }
      expect(stage.arrived()).toBe(burst * PAUSES.length);
    }));

  it('no call is lost or sent twice while the instances are restarted', ({ expect }) =>
    behind(name, {}, async (stage) => {
      let [restarted, sent] = [false, 0];
      const calling = callMany(stage, (count) => {
        sent = count;
        return restarted && count >= CALLS;
      });
      do {
        await stage.restart(0);
        await stage.restart(1);
      } while (sent < CALLS);
      restarted = true;
      const { 200: answered = 0, ...others } = await calling;
      expect(others, stage.logged()).toEqual({});
      expect(answered).toBeGreaterThanOrEqual(CALLS);
      expect(stage.arrived()).toBe(answered);
      expect(Math.min(...stage.served())).toBeGreaterThan(0);
    }));
});

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
