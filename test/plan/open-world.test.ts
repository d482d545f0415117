import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { planOperation } from './helpers.js';

function hintOf(operation: JsonObject, method = 'post', path = '/x'): boolean | undefined {
  return planOperation(operation, { method, path }).tool?.annotations.openWorldHint;
}

const callbacks = { done: { '{$request.body#/url}': { post: {} } } };

describe('openWorldHint', () => {
  it.each([
    ['writes only to the API', {}, 'post', '/pets', false],
    ['reads what was sent', { summary: 'List messages to send' }, 'get', '/send', false],
    ['mentions sending', { summary: 'Send a message' }, 'post', '/messages', true],
    ['invites by its path', {}, 'post', '/users/{id}/invite', true],
    ['registers a webhook', {}, 'put', '/webhooks/{id}', true],
    ['has callbacks', { callbacks }, 'post', '/jobs', true],
    ['has a word that only begins like one', { summary: 'Set the sender' }, 'put', '/x', false],
  ] as const)('of a tool that %s', (_, operation, method, path, expected) => {
    expect(hintOf(operation as JsonObject, method, path)).toBe(expected);
  });

  it('is the value in x-mcp', () => {
    const annotations = { openWorldHint: false };
    expect(hintOf({ summary: 'Send a message', 'x-mcp': { annotations } })).toBe(false);
  });
});
