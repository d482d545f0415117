import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Crowd } from './drive.js';
import { callWriter, eras, listWriter, type WriteRequest } from './messages.js';
import { cpuOf, start, type ServerProcess } from './process.js';
import { toolCalls } from './scenarios.js';
import { audience, marker, startSurroundings, type Surroundings } from './surroundings.js';
import { createKey, createWallet, type Wallet } from './tokens.js';

let around: Surroundings;
let floor: ServerProcess;
let wallet: Wallet;
const cleanup: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-floor-'));
  cleanup.push(() => rm(folder, { recursive: true }));
  const key = await createKey();
  around = await startSurroundings(folder, key);
  cleanup.push(around.close);
  const { issuer } = around;
  wallet = await createWallet({ key, issuer, audience, scope: 'any', newTokens: 2 });
  floor = await start(around.floor, listWriter(eras[0])(1, wallet.tokenOf('one token', 0)));
  cleanup.push(floor.stop);
});

afterAll(async () => {
  for (const end of cleanup.reverse()) await end();
});

async function ask(write: WriteRequest, token: string) {
  const { headers, body } = write(5, token);
  const response = await fetch(floor.url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

test.each(eras)('the floor of %s answers calls with what the API answers', async (era) => {
  const { status, text } = await ask(
    callWriter(era, toolCalls.petstore),
    wallet.tokenOf('new tokens', 1),
  );
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: 5 });
  expect(text).toContain(marker);
});

test('the floor answers initialize and tools/list', async () => {
  const params = '{"protocolVersion":"2025-06-18","capabilities":{}}';
  const body = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":${params}}`;
  const { headers } = listWriter(eras[0])(1, wallet.tokenOf('one token', 0));
  const response = await fetch(floor.url, { method: 'POST', headers, body });
  expect(await response.json()).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
  const { text } = await ask(listWriter(eras[1]), wallet.tokenOf('1,000 callers', 999));
  expect(JSON.parse(text)).toMatchObject({ result: { tools: [{ name: 'only' }] } });
});

test('the floor checks the signature, the issuer and the audience of tokens', async () => {
  const { issuer } = around;
  const options = { issuer, audience, scope: 'any', newTokens: 1, key: await createKey() };
  const forged = (await createWallet(options)).tokenOf('new tokens', 0);
  expect((await ask(listWriter(eras[0]), forged)).status).toBe(401);
  expect((await ask(listWriter(eras[0]), '')).status).toBe(401);
});

test('CPU time of the floor grows with its calls', async () => {
  const write = callWriter(eras[1], toolCalls.petstore);
  const before = await cpuOf(floor.pid);
  const crowd = new Crowd(floor.url, 2);
  const options = {
    expected: marker,
    write: (id: number) => write(id, wallet.tokenOf('1,000 callers', id)),
  };
  // No machine answers as many in less than the hundredth of a second that Linux counts in.
  await crowd.run(500, options);
  await crowd.close();
  expect(await cpuOf(floor.pid)).toBeGreaterThan(before);
});

test('tokens are new when they have to be, and run out', () => {
  expect(wallet.tokenOf('one token', 0)).toBe(wallet.tokenOf('one token', 7));
  expect(wallet.tokenOf('1,000 callers', 3)).not.toBe(wallet.tokenOf('1,000 callers', 4));
  expect(wallet.tokenOf('1,000 callers', 3)).toBe(wallet.tokenOf('1,000 callers', 1003));
  expect(wallet.tokenOf('new tokens', 0)).not.toBe(wallet.tokenOf('1,000 callers', 0));
  expect(() => wallet.tokenOf('new tokens', 2)).toThrow('More calls');
});
