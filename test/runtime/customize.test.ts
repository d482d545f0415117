import { describe, expect, it } from 'vitest';
import type { Tool } from '../../templates/src/runtime/api.js';
import { addTool, changeTool, hideTool } from '../../templates/src/runtime/customize.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

describe('a hidden tool', () => {
  const fewer = hideTool(testApi, 'write');

  it('leaves no scopes that clients would request', () => {
    const variables = { OAUTH_AUTHORIZATION_SERVER: 'https://auth.example.com' };
    const supported = (api: typeof testApi) =>
      readHttpSettings(api, variables).oauth?.scopes.supported;
    expect(supported(testApi)).toContain('notes.write');
    expect(supported(fewer)).not.toContain('notes.write');
  });

  it('leaves its name to a custom tool', () => {
    const [tool] = testApi.tools.filter(({ name }) => name === 'write');
    const own = { ...(tool as Tool), description: 'Custom', scopes: [['own']] };
    const api = addTool(fewer, own);
    expect(api.scopes['write']).toEqual([['own']]);
    expect(() => addTool(testApi, own)).toThrow('There is already a tool write');
  });
});

describe('a renamed tool', () => {
  it('keeps its scopes', () => {
    const { scopes } = changeTool(testApi, 'write', { name: 'add' });
    expect(scopes).toEqual({
      free: [],
      read: [['notes.read']],
      add: [['notes.write'], ['admin', 'root']],
    });
  });

  it('is not opened to all callers if the map of scopes does not have it', () => {
    const unmapped = { ...testApi, scopes: {} };
    expect(changeTool(unmapped, 'write', { name: 'add' }).scopes).toEqual({});
  });
});
