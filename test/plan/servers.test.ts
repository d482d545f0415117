import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { documentOf } from './helpers.js';

const documentUrl = 'https://docs.example.com/a/openapi.json';

/** The API of a document with these servers, and the codes of all warnings. */
function planned(
  servers: JsonObject[] | undefined,
  { url, operation = {}, ...options }: PlanOptions & { url?: string; operation?: JsonObject } = {},
) {
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/x': { get: { operationId: 'op', ...operation } } },
    ...(servers !== undefined && { servers }),
  };
  const { api, warnings } = plan(documentOf(openapi, url), options);
  const { baseUrl, serverVariables, tools } = api;
  const server = tools[0]?.request.server;
  return { baseUrl, serverVariables, server, codes: warnings.map(({ code }) => code) };
}

const region = { default: 'eu', enum: ['eu', 'us'] };
const regionPlanned = { variable: 'UPSTREAM_SERVER_REGION', default: 'eu', values: ['eu', 'us'] };

describe('the base URL', () => {
  it.each<[string, string | undefined, string]>([
    ['https://api.example.com/v1/', undefined, 'https://api.example.com/v1'],
    ['https://api.example.com/v1?x=1#y', undefined, 'https://api.example.com/v1'],
    ['/v2', documentUrl, 'https://docs.example.com/v2'],
    ['v2', documentUrl, 'https://docs.example.com/a/v2'],
    ['//h.example/v2', documentUrl, 'https://h.example/v2'],
    ['//h.example/v2', undefined, 'https://h.example/v2'],
  ])('is %s at %s: %s', (server, url, expected) => {
    const { baseUrl, serverVariables } = planned([{ url: server }], { ...(url && { url }) });
    expect([baseUrl, serverVariables]).toEqual([expected, undefined]);
  });

  it('is where the document came from if it names none', () => {
    expect(planned(undefined, { url: documentUrl }).baseUrl).toBe('https://docs.example.com');
    expect(planned(undefined).baseUrl).toBeUndefined();
  });

  it.each<[JsonObject[]]>([
    [[]],
    [[{ url: '/v2' }]],
    [[{ url: '/{region}', variables: { region } }]],
    [[{ url: 'ftp://x' }]],
    [[{ url: 'https://u:p@x' }]],
    [[{ url: 'https://api.example.com/{' }]],
  ])('is not in %j, which is reported', (servers) => {
    const { baseUrl, codes } = planned(servers);
    expect([baseUrl, codes]).toEqual([undefined, ['NO_SERVER']]);
  });

  it('may be another server, which the report proposes', () => {
    const variables = { stage: { default: 'live' } };
    const servers: JsonObject[] = [
      { url: '/v1' },
      { url: 'ftp://files.example.com' },
      { url: 'https://{stage}.example.com/v1/', variables },
    ];
    const openapi = { openapi: '3.1.0', servers, paths: { '/a': { get: {} } } };
    const { api, warnings } = plan(documentOf(openapi));
    expect(api.baseUrl).toBeUndefined();
    expect(warnings).toEqual([
      {
        code: 'NO_SERVER',
        place: '#/servers',
        message:
          'The first server, "/v1", is not an absolute URL, so the generated server needs UPSTREAM_BASE_URL.',
        remedy:
          'Pass --base-url https://live.example.com/v1, another server of the document, if that is the intended URL.',
      },
    ]);
  });
});

describe('server variables', () => {
  it('stay in the base URL, each with the name of its environment variable', () => {
    const variables = { region, port: { enum: [8443, 443] }, basePath: { default: '' } };
    const { baseUrl, serverVariables, codes } = planned([
      { url: 'https://{region}.example.com:{port}{basePath}/', variables },
    ]);
    expect(baseUrl).toBe('https://{region}.example.com:{port}{basePath}');
    expect(serverVariables).toEqual({
      basePath: { variable: 'UPSTREAM_SERVER_BASE_PATH', default: '' },
      port: { variable: 'UPSTREAM_SERVER_PORT', default: '8443', values: ['8443', '443'] },
      region: regionPlanned,
    });
    expect(codes).toEqual([]);
  });

  it('are not listed when no URL holds them', () => {
    expect(
      planned([{ url: 'https://h.example', variables: { region } }]).serverVariables,
    ).toBeUndefined();
  });

  it.each<[string, JsonObject]>([
    ['https://{tenant}.example.com', { tenant: {} }],
    ['https://{tenant}.example.com', {}],
    ['https://h.example:{tenant}', {}],
    ['{tenant}://h.example', {}],
    ['{tenant}/v1', {}],
  ])('of %s have no default if the document has none', (url, variables) => {
    const { baseUrl, serverVariables, codes } = planned([{ url, variables }]);
    expect(baseUrl).toBe(url);
    expect(serverVariables).toEqual({ tenant: { variable: 'UPSTREAM_SERVER_TENANT' } });
    expect(codes).toEqual([]);
  });

  it('may have a default that is not a listed value, and keep it', () => {
    const { serverVariables } = planned([
      { url: 'https://{a}.example.com', variables: { a: { default: 'c', enum: ['a', 'b'] } } },
    ]);
    expect(serverVariables?.['a']?.values).toEqual(['a', 'b', 'c']);
  });

  it('have different environment variables, whatever their names', () => {
    const names = ['a b', 'a-b', '日本', '__proto__', 'constructor', `"'\`$`];
    const url = `https://h.example/${names.map((name) => `{${name}}`).join('/')}`;
    const { baseUrl, serverVariables = {} } = planned([{ url }]);
    const variables = Object.values(serverVariables).map(({ variable }) => variable);
    expect(baseUrl).toBe(url);
    expect(Object.keys(serverVariables).sort()).toEqual(names.sort());
    expect(variables.filter((name) => !/^UPSTREAM_SERVER_[A-Z0-9_]+$/.test(name))).toEqual([]);
    expect(new Set(variables).size).toBe(names.length);
  });

  it.each<[string, string, string]>([
    ['/{v}/x', 'v1', 'https://docs.example.com/{v}/x'],
    ['{v}/x', 'v1', 'https://docs.example.com/a/{v}/x'],
    ['{v}/x', '/v1', 'https://docs.example.com{v}/x'],
    ['../{v}', 'v1', 'https://docs.example.com/a/../{v}'],
    ['//{v}.example.com', 'eu', 'https://{v}.example.com'],
    ['{v}/x', 'https://h.example', '{v}/x'],
  ])('stay intact when %s with %s is resolved', (url, value, expected) => {
    const servers = [{ url, variables: { v: { default: value } } }];
    expect(planned(servers, { url: documentUrl }).baseUrl).toBe(expected);
  });
});

describe('hostile server variables', () => {
  it.each([
    'evil.example/#',
    'evil.example/?',
    'user:password@evil.example',
    'evil.example@',
    'a b',
    '\0',
  ])('make no base URL with the default %j', (value) => {
    const variables = { a: { default: value } };
    const { baseUrl, codes } = planned([{ url: 'https://{a}.example.com', variables }]);
    expect([baseUrl, codes]).toEqual([undefined, ['NO_SERVER']]);
  });

  it('do not insert one value into another', () => {
    const variables = { a: { default: '{b}' }, b: { default: 'evil' } };
    const { serverVariables } = planned([{ url: 'https://h.example/{a}/{b}', variables }]);
    expect(serverVariables?.['a']).toEqual({ variable: 'UPSTREAM_SERVER_A' });
  });
});

describe('the server of an operation', () => {
  const root = [{ url: 'https://{region}.example.com/v1', variables: { region } }];
  const at = (url: string, variables: JsonObject = {}, options: PlanOptions = {}) =>
    planned(root, { operation: { servers: [{ url, variables }] }, ...options });

  it('shares a variable that it defines as the API does', () => {
    const described = { region: { ...region, description: 'Where' } };
    const { server, serverVariables } = at('https://files.{region}.example.com', described);
    expect(server).toBe('https://files.{region}.example.com');
    expect(serverVariables).toEqual({ region: regionPlanned });
  });

  it('uses the defaults of those that it defines differently', () => {
    const other = { region: { default: 'us' }, zone: { enum: ['b'] } };
    expect(at('https://{region}.{zone}.example.com', other).server).toBe(
      'https://us.b.example.com',
    );
  });

  it('is dropped if a variable has no value, or a brace in its value', () => {
    expect(at('https://{region}.example.com').server).toBeUndefined();
    expect(
      at('https://{a}.example.com', { a: { default: '{region}' }, region }).server,
    ).toBeUndefined();
  });

  it('is relative to the API’s, with the variables of that, in a document that has no URL', () => {
    expect(at('/v2').server).toBe('https://{region}.example.com/v2');
    expect(at('v2').server).toBe('https://{region}.example.com/v2');
    expect(at('/{region}', { region }).server).toBe('https://{region}.example.com/{region}');
  });

  it('alone needs variables when --base-url is given', () => {
    const options = { baseUrl: 'https://staging.example.com' };
    expect(planned(root, options)).toMatchObject({
      baseUrl: 'https://staging.example.com',
      serverVariables: undefined,
    });
    expect(at('https://files.{region}.example.com', { region }, options)).toMatchObject({
      baseUrl: 'https://staging.example.com',
      server: 'https://files.{region}.example.com',
      serverVariables: { region: regionPlanned },
    });
  });
});
