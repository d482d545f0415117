import { describe, expect, it } from 'vitest';
import { calledTools, isExcessive } from '../../templates/src/runtime/messages.js';
import { toolCall } from '../support/server.js';

describe('the tools that a body calls', () => {
  it('are those of every message in a batch, as often as they are called', () => {
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
  it('has at most a hundred messages', () => {
    const many = (length: number) => Array.from({ length }, () => toolCall('a'));
    expect(isExcessive(many(100))).toBe(false);
    expect(isExcessive(many(101))).toBe(true);
  });

  it('has names of at most 64 characters, in each of its messages', () => {
    expect(isExcessive(toolCall('a'.repeat(64)))).toBe(false);
    expect(isExcessive(toolCall('a'.repeat(65)))).toBe(true);
    expect(isExcessive([toolCall('a'), toolCall('a'.repeat(65))])).toBe(true);
  });

  it('may have long names elsewhere', () => {
    expect(isExcessive({ method: 'prompts/get', params: { name: 'a'.repeat(65) } })).toBe(false);
  });
});

describe('members beside the arguments of a call', () => {
  const members = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
  const nested = (depth: number) =>
    JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as Record<string, unknown>;

  it.each([
    ['params', { method: 'ping', params: members(2000) }],
    ['_meta', { ...toolCall('a'), params: { name: 'a', _meta: members(2000) } }],
    ['_meta of a list', { method: 'tools/list', params: { _meta: { x: members(2000) } } }],
    ['a notification', { method: 'notifications/progress', params: { a: [members(2000)] } }],
    ['the message itself', { ...toolCall('a'), ...members(2000) }],
    ['arguments outside a call', { method: 'ping', params: { arguments: members(2000) } }],
    ['one message of a batch', [toolCall('a'), { method: 'ping', params: members(2000) }]],
    ['a message that is a list', [[...Array<number>(2000)]]],
    ['depth', { method: 'ping', params: nested(2000) }],
  ])('are at most a thousand: %s', (_, body) => {
    expect(isExcessive(body)).toBe(true);
  });

  it('do not include the arguments', () => {
    const params = { name: 'a', arguments: members(20_000), _meta: members(100) };
    expect(isExcessive({ ...toolCall('a'), params })).toBe(false);
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
  ])('%j is more than any client requests: %j', (body, excessive) => {
    expect(isExcessive(body)).toBe(excessive);
  });
});
