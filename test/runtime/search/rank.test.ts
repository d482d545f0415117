import { describe, expect, it } from 'vitest';
import type { Tool } from '../../../templates/src/runtime/api.js';
import { createSearch } from '../../../templates/src/runtime/search/rank.js';
import { intentOf } from '../../../templates/src/runtime/search/verbs.js';

function tool(method: string, path: string, title: string, description = title): Tool {
  const annotations = {
    readOnlyHint: method === 'GET',
    destructiveHint: method === 'DELETE',
    idempotentHint: true,
    openWorldHint: true,
  };
  const name = title.toLowerCase().replaceAll(' ', '_');
  const inputSchema = { type: 'object' as const };
  return { name, title, description, annotations, inputSchema, request: { method, path } };
}

const tools = [
  tool('GET', '/projects/{id}/pull_requests', 'List pull requests'),
  tool('POST', '/projects/{id}/pull_requests', 'Create a pull request'),
  tool('PUT', '/projects/{id}/pull_requests/{number}/merge', 'Merge a pull request'),
  tool('GET', '/projects/{id}/issues', 'List issues'),
  tool('POST', '/projects/{id}/issues', 'Create an issue'),
  tool('DELETE', '/projects/{id}/issues/{number}', 'Delete an issue'),
  tool('GET', '/projects/{id}/caches', 'List caches'),
  tool('DELETE', '/projects/{id}/caches', 'Delete caches'),
  tool('DELETE', '/projects/{id}/hooks/{hook}', 'Delete a hook'),
  tool('POST', '/projects/{id}/caches/purge', 'Purge caches'),
  tool('GET', '/projects/{id}/labels', 'List labels'),
  tool('GET', '/v1/labels', 'Get labels', 'Deprecated. Get labels'),
  tool('GET', '/users/{id}/voice_mails', 'List voice mails'),
  tool('POST', '/messages', 'Send a message'),
];
const search = createSearch(tools);
const found = (query: string) =>
  search(query, 10).map((position) => {
    const { method, path } = tools[position]?.request ?? { method: '', path: '' };
    return `${method} ${path}`;
  });

describe('search', () => {
  it.each([
    ['create issue', 'POST /projects/{id}/issues'],
    ['list issues', 'GET /projects/{id}/issues'],
    ['issues', 'GET /projects/{id}/issues'],
    ['delete an issue', 'DELETE /projects/{id}/issues/{number}'],
    ['merge pr', 'PUT /projects/{id}/pull_requests/{number}/merge'],
    ['file a bug', 'POST /projects/{id}/issues'],
    ['voicemail list', 'GET /users/{id}/voice_mails'],
    ['labels', 'GET /projects/{id}/labels'],
  ])('ranks for %j first %s', (query, operation) => {
    expect(found(query)[0]).toBe(operation);
  });

  it.each([
    'which caches are eligible to be deleted',
    'caches that were purged',
    'caches',
    'how many caches would a purge delete',
  ])('puts nothing destructive first for %j', (query) => {
    expect(found(query)[0]).toBe('GET /projects/{id}/caches');
  });

  it('finds nothing rather than only destructive operations', () => {
    expect(found('hooks')).toEqual([]);
    expect(found('remove hook')[0]).toBe('DELETE /projects/{id}/hooks/{hook}');
  });

  it('puts it first if the query orders it', () => {
    expect(found('delete all caches')[0]).toBe('DELETE /projects/{id}/caches');
    expect(found('caches delete')[0]).toBe('DELETE /projects/{id}/caches');
  });

  it('puts a deprecated operation after others with the word', () => {
    expect(found('labels').indexOf('GET /v1/labels')).toBeGreaterThan(0);
  });

  it('finds nothing if no word matches', () => {
    expect(found('zebra')).toEqual([]);
    expect(found('')).toEqual([]);
  });

  it('is deterministic, even for hostile texts', () => {
    for (const query of ['constructor __proto__', 'a'.repeat(100_000), '{}()[]*+?', '\u0000\ud800'])
      expect(createSearch(tools)(query, 10)).toEqual(search(query, 10));
  });
});

describe('what a query orders', () => {
  it.each([
    ['list open issues', 'read'],
    ['was this removed or is it still there', 'read'],
    ['please remove the label', 'delete'],
    ['she left the company, remove her account', 'delete'],
    ['call off the meeting', 'delete'],
    ['file contents', 'none'],
    ['file a bug', 'create'],
    ['deleted users', 'none'],
    ['branch delete', 'delete'],
    ['how do I create a branch', 'create'],
  ])('%j: %s', (query, intent) => {
    expect(intentOf(query)).toBe(intent);
  });
});
