import { expect, it } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { variablesOf } from '../../src/commands/dev/variables.js';
import { makeApi } from '../runtime/upstream/wire.js';

const key = { type: 'apiKey', in: 'query', name: 'k', variable: 'UPSTREAM_API_KEY' } as const;
const api: Api = makeApi({ securitySchemes: { key } });

it('a mock receives made-up credentials only, even if the real ones are in files', () => {
  const known = ['OAUTH_CLIENT_SECRET', 'UPSTREAM_API_KEY', 'UPSTREAM_PASSWORD', 'MCP_RATE_LIMIT'];
  const resource = 'http://127.0.0.1:1/mcp';
  const beside = { port: 1, resource, upstream: 'http://127.0.0.1:2' };
  const mocked = variablesOf(api, known, { ...beside, mocked: true });
  expect(mocked).toMatchObject({
    OAUTH_CLIENT_SECRET_FILE: '',
    UPSTREAM_API_KEY: 'made-up-key',
    UPSTREAM_API_KEY_FILE: '',
    UPSTREAM_PASSWORD: '',
    UPSTREAM_PASSWORD_FILE: '',
  });
  const real = variablesOf(api, known, { ...beside, mocked: false });
  expect(Object.keys(real).filter((name) => name.startsWith('UPSTREAM_'))).toEqual([
    'UPSTREAM_BASE_URL',
  ]);
  expect({ ...mocked, ...real }).not.toHaveProperty('MCP_RATE_LIMIT');
});
