import { describe, expect, it } from 'vitest';
import { calledTools, isExcessive, rpcError } from '../../templates/src/runtime/messages.js';
import { toolCall } from '../support/server.js';

describe('the tools that a body calls', () => {
  it('are those of every message of a batch, as often as they are called', () => {
    expect(calledTools(toolCall('a'))).toEqual(['a']);
    expect(calledTools([toolCall('a'), toolCall('b'), toolCall('a')])).toEqual(['a', 'b', 'a']);
  });

  it.each([
    null,
    undefined,
    7,
    'tools/call',
    [],
    [null],
    [[toolCall('a')]],
    { method: 'tools/call' },
    { method: 'tools/call', params: null },
    { method: 'tools/call', params: { name: 7 } },
    { method: 'prompts/get', params: { name: 'a' } },
    { method: 'TOOLS/CALL', params: { name: 'a' } },
  ])('are none in %j', (body) => {
    expect(calledTools(body)).toEqual([]);
  });
});

describe('a body', () => {
  it('has a hundred messages at most', () => {
    const many = (length: number) => Array.from({ length }, () => toolCall('a'));
    expect(isExcessive(many(100))).toBe(false);
    expect(isExcessive(many(101))).toBe(true);
  });

  it('has names of 64 characters at most, in each of its messages', () => {
    expect(isExcessive(toolCall('a'.repeat(64)))).toBe(false);
    expect(isExcessive(toolCall('a'.repeat(65)))).toBe(true);
    expect(isExcessive([toolCall('a'), toolCall('a'.repeat(65))])).toBe(true);
  });

  it('may have long names elsewhere', () => {
    expect(isExcessive({ method: 'prompts/get', params: { name: 'a'.repeat(65) } })).toBe(false);
  });
});

it('answers without an id what it could not take apart', async () => {
  const response = rpcError(400, -32_700, 'Parse error');
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    jsonrpc: '2.0',
    error: { code: -32_700, message: 'Parse error' },
    id: null,
  });
});

describe('a batch', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };

  it.each([
    [[list, list], true],
    [[list, { ...list, method: 'server/discover' }], true],
    [[list, toolCall('a'), ping], false],
    [[ping, cancelled], true],
    [[cancelled], false],
    [cancelled, false],
  ])('%j is more than any client asks for: %j', (body, excessive) => {
    expect(isExcessive(body)).toBe(excessive);
  });
});
