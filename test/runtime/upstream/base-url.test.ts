import { describe, expect, it, test } from 'vitest';
import type { Api } from '../../../templates/src/runtime/api.js';
import type { Variables } from '../../../templates/src/runtime/environment.js';
import { fillServer } from '../../../templates/src/runtime/upstream/settings.js';
import { makeApi, makeSettings, makeTool } from './wire.js';

const region = {
  variable: 'UPSTREAM_SERVER_REGION',
  default: 'eu',
  values: ['eu', 'us', 'a/b?c'],
} as const;
const tenant = { variable: 'UPSTREAM_SERVER_TENANT' } as const;
const base = { variable: 'UPSTREAM_SERVER_BASE', default: '/v1' } as const;

const api = makeApi({
  baseUrl: 'https://{region}.example.com{base}',
  serverVariables: { region, base },
  tools: [makeTool({ server: 'https://files.{region}.example.com' })],
});

function served(variables: Variables = {}, changes: Partial<Api> = {}) {
  const { baseUrl, ownServers, serverValues } = makeSettings({ ...api, ...changes }, variables);
  return { baseUrl, ownServers, serverValues };
}

describe('server variables', () => {
  it('have their defaults', () => {
    expect(served()).toEqual({
      baseUrl: 'https://eu.example.com/v1',
      ownServers: true,
      serverValues: { region: 'eu', base: '/v1' },
    });
  });

  it('are chosen, for the API’s server and for those of operations', () => {
    const settings = served({ UPSTREAM_SERVER_REGION: 'us', UPSTREAM_SERVER_BASE: '/v2' });
    expect(settings.baseUrl).toBe('https://us.example.com/v2');
    const { request } = api.tools[0] ?? makeTool({});
    expect(fillServer(request.server ?? '', settings.serverValues)).toBe(
      'https://files.us.example.com',
    );
  });

  it('do not matter if another base URL is chosen', () => {
    const changes = {
      baseUrl: 'https://{tenant}.example.com',
      serverVariables: { region, tenant },
    };
    expect(served({ UPSTREAM_BASE_URL: 'https://h.example' }, changes)).toMatchObject({
      baseUrl: 'https://h.example',
      ownServers: false,
    });
  });

  it.each<[Variables, boolean]>([
    [{ UPSTREAM_BASE_URL: 'https://eu.example.com/v1' }, true],
    [{ UPSTREAM_BASE_URL: 'https://EU.example.com:443/v1/' }, true],
    [{ UPSTREAM_BASE_URL: 'https://us.example.com/v1' }, false],
    [{ UPSTREAM_BASE_URL: 'https://us.example.com/v1', UPSTREAM_SERVER_REGION: 'us' }, true],
    [{ UPSTREAM_BASE_URL: 'https://eu.example.com/v1', UPSTREAM_SERVER_REGION: 'us' }, false],
  ])('%j: operations have their own servers: %s', (variables, expected) => {
    expect(served(variables).ownServers).toBe(expected);
  });
});

test.each<[Variables, RegExp]>([
  [
    { UPSTREAM_SERVER_REGION: 'secret' },
    /^UPSTREAM_SERVER_REGION must be one of eu, us, a\/b\?c, for example UPSTREAM_SERVER_REGION=eu$/,
  ],
  [{ UPSTREAM_SERVER_REGION: 'a/b?c' }, /^UPSTREAM_SERVER_REGION must result in .* query.*=eu$/],
  [{ UPSTREAM_SERVER_BASE: 'secret' }, /^UPSTREAM_SERVER_BASE must begin with a slash, .*=\/v1$/],
  [{ UPSTREAM_SERVER_BASE: '/x#secret' }, /^UPSTREAM_SERVER_BASE must result in .* fragment/],
  [{ UPSTREAM_SERVER_BASE: '/{secret}' }, /^UPSTREAM_SERVER_BASE must result in .* absolute/],
  [
    { UPSTREAM_SERVER_REGION: 'x', UPSTREAM_BASE_URL: 'https://h.example' },
    /^UPSTREAM_SERVER_REGION/,
  ],
  [{ UPSTREAM_BASE_URL: 'https://{region}.example.com' }, /^UPSTREAM_BASE_URL must be an absolute/],
])('%j is refused in one line, without the value', (variables, message) => {
  expect(() => served(variables)).toThrow(message);
  expect(() => served(variables)).not.toThrow(/secret/);
});

test.each<[Partial<Api>, Variables, RegExp | undefined]>([
  [
    { baseUrl: 'https://{tenant}.example.com' },
    {},
    /^UPSTREAM_SERVER_TENANT must be set.*=example$/,
  ],
  [{ baseUrl: 'https://{tenant}.example.com' }, { UPSTREAM_SERVER_TENANT: 'acme' }, undefined],
  [
    { baseUrl: 'https://{tenant}.example.com' },
    { UPSTREAM_SERVER_TENANT: 'u:p@h' },
    /TENANT must result in .* credentials/,
  ],
  [
    { baseUrl: 'https://h.example:{tenant}' },
    { UPSTREAM_SERVER_TENANT: 'x' },
    /TENANT must result in .* absolute/,
  ],
  [
    { baseUrl: '{tenant}/v1' },
    { UPSTREAM_SERVER_TENANT: 'ftp://h' },
    /TENANT must result in .* absolute/,
  ],
  [
    { baseUrl: 'https://h.example', tools: [makeTool({ server: 'https://{tenant}.example' })] },
    {},
    /^UPSTREAM_SERVER_TENANT must be set/,
  ],
  [
    { baseUrl: 'https://h.example', tools: [makeTool({ server: 'https://{tenant}.example' })] },
    { UPSTREAM_BASE_URL: 'https://other.example' },
    undefined,
  ],
])('%j without a default, and %j', (changes, variables, message) => {
  const start = () => served(variables, { serverVariables: { tenant }, tools: [], ...changes });
  if (message === undefined) expect(start).not.toThrow();
  else expect(start).toThrow(message);
});

test('texts of the document contain no control characters', () => {
  const variables = {
    x: { variable: 'UPSTREAM_SERVER_X', default: 'a\u001b[2J', values: ['a\u001b[2J'] },
  };
  expect(() => served({ UPSTREAM_SERVER_X: 'b' }, { serverVariables: variables })).toThrow(
    'UPSTREAM_SERVER_X must be one of a [2J, for example UPSTREAM_SERVER_X=a [2J',
  );
});

test('braces in a value do not contain a variable, and prototypes have no values', () => {
  expect(fillServer('{a}{b}{constructor}', { a: '{b}', b: 'x' })).toBe('{b}x{constructor}');
});
