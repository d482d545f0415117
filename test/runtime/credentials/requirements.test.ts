import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Api, RequestShape, SecurityScheme } from '../../../templates/src/runtime/api.js';
import { describeCredentials } from '../../../templates/src/runtime/announce.js';
import { createCall, type Outcome } from '../../../templates/src/runtime/upstream/call.js';
import { SettingsError, type Variables } from '../../../templates/src/runtime/environment.js';
import { secret } from '../../support/secrets.js';
import {
  header,
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  type Stub,
  textOf,
} from '../upstream/wire.js';

const apiKey = (
  name: string,
  where: 'header' | 'query' | 'cookie',
  variable: string,
): SecurityScheme => ({
  type: 'apiKey',
  in: where,
  name,
  variable,
});

const securitySchemes: Api['securitySchemes'] = {
  headerKey: apiKey('X-API-Key', 'header', 'UPSTREAM_API_KEY_HEADER_KEY'),
  queryKey: apiKey('api key', 'query', 'UPSTREAM_API_KEY_QUERY_KEY'),
  cookieKey: apiKey('sid', 'cookie', 'UPSTREAM_API_KEY_COOKIE_KEY'),
  basic: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer' },
  digest: { type: 'http', scheme: 'digest' },
  oauth: { type: 'oauth2' },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://x.example' },
  mtls: { type: 'mutualTLS' },
};
const oneKey: Api['securitySchemes'] = { key: apiKey('X-API-Key', 'header', 'UPSTREAM_API_KEY') };
const [headerSecret, querySecret, cookieSecret, password, bearerSecret] = [
  'header key',
  'query key',
  'cookie key',
  'password',
  'bearer token',
].map(secret) as [string, string, string, string, string];
const all: Variables = {
  UPSTREAM_API_KEY_HEADER_KEY: headerSecret,
  UPSTREAM_API_KEY_QUERY_KEY: `query &${querySecret}`,
  UPSTREAM_API_KEY_COOKIE_KEY: cookieSecret,
  UPSTREAM_USERNAME: 'zoë',
  UPSTREAM_PASSWORD: `pass:${password}`,
  UPSTREAM_BEARER_TOKEN: bearerSecret,
};
const basicPair = Buffer.from(`zoë:pass:${password}`).toString('base64');

let stub: Stub | undefined;
afterEach(() => stub?.close());

async function run(
  security: RequestShape['security'],
  variables: Variables,
  options: {
    schemes?: Api['securitySchemes'];
    shape?: Partial<RequestShape>;
    args?: Record<string, string>;
  } = {},
): Promise<{ outcome: Outcome; sent: Record<string, unknown> | undefined }> {
  stub = await startStub();
  const api = makeApi({ baseUrl: stub.url, securitySchemes: options.schemes ?? securitySchemes });
  const tool = makeTool({ ...(security !== undefined && { security }), ...options.shape });
  const context = { signal: new AbortController().signal, requestId: 'r1' };
  const outcome = await createCall(api, makeSettings(api, variables))(
    tool,
    options.args ?? {},
    context,
  );
  const [request] = stub.requests;
  const sent = request && {
    url: request.url,
    authorization: header(request, 'authorization'),
    key: header(request, 'x-api-key'),
    cookie: header(request, 'cookie'),
  };
  return { outcome, sent };
}

const nothing = { url: '/things', authorization: [], key: [], cookie: [] };

describe('sent on the wire', () => {
  test.each<[string, RequestShape['security'], Variables, object]>([
    ['header key', [{ headerKey: [] }], all, { key: [headerSecret] }],
    ['query key', [{ queryKey: [] }], all, { url: `/things?api%20key=query%20%26${querySecret}` }],
    [
      'query key beyond ASCII',
      [{ queryKey: [] }],
      { UPSTREAM_API_KEY_QUERY_KEY: 'ключ' },
      { url: '/things?api%20key=%D0%BA%D0%BB%D1%8E%D1%87' },
    ],
    ['cookie key', [{ cookieKey: [] }], all, { cookie: [`sid=${cookieSecret}`] }],
    ['basic, in UTF-8', [{ basic: [] }], all, { authorization: [`Basic ${basicPair}`] }],
    [
      'user name alone',
      [{ basic: [] }],
      { UPSTREAM_USERNAME: 'u1' },
      { authorization: ['Basic dTE6'] },
    ],
    ['bearer', [{ bearer: [] }], all, { authorization: [`Bearer ${bearerSecret}`] }],
    ['oauth2', [{ oauth: ['read'] }], all, { authorization: [`Bearer ${bearerSecret}`] }],
    ['openIdConnect', [{ oidc: [] }], all, { authorization: [`Bearer ${bearerSecret}`] }],
    [
      'all of one alternative',
      [{ headerKey: [], cookieKey: [], bearer: [] }],
      all,
      {
        key: [headerSecret],
        cookie: [`sid=${cookieSecret}`],
        authorization: [`Bearer ${bearerSecret}`],
      },
    ],
    [
      'the first satisfied',
      [{ mtls: [] }, { digest: [] }, { unknown: [] }, { basic: [] }, { bearer: [] }],
      all,
      { authorization: [`Basic ${basicPair}`] },
    ],
    [
      'not a half-satisfied one',
      [{ headerKey: [], bearer: [] }, { cookieKey: [] }],
      { ...all, UPSTREAM_BEARER_TOKEN: '' },
      { cookie: [`sid=${cookieSecret}`] },
    ],
    [
      'not two in one place',
      [{ basic: [], bearer: [] }, { headerKey: [] }],
      all,
      { key: [headerSecret] },
    ],
    [
      'one of two that need one place, if nothing else is allowed',
      [{ basic: [], bearer: [] }],
      { UPSTREAM_BEARER_TOKEN: bearerSecret },
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    [
      'the first of those that are set, with the others of the alternative',
      [{ digest: [], headerKey: [], basic: [], bearer: [], oauth: [] }],
      all,
      { key: [headerSecret], authorization: [`Basic ${basicPair}`] },
    ],
    [
      'the chosen one of those',
      [{ basic: [], bearer: [], oidc: [] }],
      { ...all, UPSTREAM_AUTH: 'bearer' },
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    [
      'the chosen token for a scheme that is not defined',
      [{ jwt: [] }],
      { ...all, UPSTREAM_AUTH: 'bearer' },
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    [
      'the chosen password for a scheme that is not defined',
      [{ toString: [], headerKey: [] }],
      { ...all, UPSTREAM_AUTH: 'basic' },
      { key: [headerSecret], authorization: [`Basic ${basicPair}`] },
    ],
    [
      'one token for two schemes',
      [{ bearer: [], oauth: [] }],
      all,
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    [
      'a credential before none',
      [{}, { bearer: [] }],
      all,
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    ['nothing when optional and not held', [{}, { bearer: [] }], {}, {}],
    ['nothing when the operation requires nothing', [], all, {}],
    ['nothing when it allows an empty alternative', [{}], all, {}],
    ['nothing for [] even when chosen', [], { ...all, UPSTREAM_AUTH: 'bearer' }, {}],
    ['nothing when the document is silent', undefined, all, {}],
    [
      'chosen bearer, document silent',
      undefined,
      { ...all, UPSTREAM_AUTH: 'bearer' },
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
    [
      'chosen basic, document silent',
      undefined,
      { ...all, UPSTREAM_AUTH: 'basic' },
      { authorization: [`Basic ${basicPair}`] },
    ],
    [
      'chosen keys, document silent, several schemes',
      undefined,
      { ...all, UPSTREAM_AUTH: 'api-key' },
      {},
    ],
    [
      'the chosen key, document silent, several schemes, but one key',
      undefined,
      { UPSTREAM_AUTH: 'api-key', UPSTREAM_API_KEY_COOKIE_KEY: cookieSecret },
      { cookie: [`sid=${cookieSecret}`] },
    ],
    ['chosen none', [{ bearer: [] }], { ...all, UPSTREAM_AUTH: 'none' }, {}],
    [
      'restricted to keys',
      [{ bearer: [] }, { headerKey: [] }],
      { ...all, UPSTREAM_AUTH: 'api-key' },
      { key: [headerSecret] },
    ],
    [
      'restricted to bearer',
      [{ headerKey: [] }, { oauth: [] }],
      { ...all, UPSTREAM_AUTH: 'bearer' },
      { authorization: [`Bearer ${bearerSecret}`] },
    ],
  ])('%s', async (_, security, variables, expected) => {
    const { sent } = await run(security, variables);
    expect(sent).toEqual({ ...nothing, ...expected });
  });

  test('chosen key with exactly one scheme, document silent', async () => {
    const variables = { UPSTREAM_AUTH: 'api-key', UPSTREAM_API_KEY: 'k-123' };
    const { sent } = await run(undefined, variables, { schemes: oneKey });
    expect(sent).toEqual({ ...nothing, key: ['k-123'] });
  });

  test('keys and tokens without the blanks around them in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const path = join(folder, 'key');
    writeFileSync(path, ' k-123 \n\n');
    const files = { UPSTREAM_API_KEY_HEADER_KEY_FILE: path, UPSTREAM_BEARER_TOKEN_FILE: path };
    const { sent } = await run([{ headerKey: [], bearer: [] }], files);
    rmSync(folder, { recursive: true });
    expect(sent).toEqual({ ...nothing, key: ['k-123'], authorization: ['Bearer k-123'] });
  });

  test('any credentials that are set, if the document describes no scheme at all', async () => {
    const schemes = {};
    expect((await run(undefined, all, { schemes })).sent).toEqual({
      ...nothing,
      authorization: [`Bearer ${bearerSecret}`],
    });
    expect((await run([], all, { schemes })).sent).toEqual(nothing);
    const none = { ...all, UPSTREAM_AUTH: 'none' };
    expect((await run(undefined, none, { schemes })).sent).toEqual(nothing);
  });

  test('next to a query and a cookie of arguments, which stay as written', async () => {
    const parameters = [
      { name: 'q', in: 'query' },
      { name: 'c', in: 'cookie' },
    ] as const;
    const shape = { parameters };
    const args = { q: "it's a*b", c: 'x' };
    const { sent } = await run([{ queryKey: [], cookieKey: [] }], all, { shape, args });
    expect(sent).toMatchObject({
      url: `/things?q=it%27s%20a%2Ab&api%20key=query%20%26${querySecret}`,
      cookie: [`c=x; sid=${cookieSecret}`],
    });
  });
});

describe('fails closed', () => {
  test.each<[string, RequestShape['security'], Variables, RegExp]>([
    ['no key', [{ headerKey: [] }], {}, /must set UPSTREAM_API_KEY_HEADER_KEY\.$/],
    ['no basic', [{ basic: [] }], {}, /UPSTREAM_USERNAME and UPSTREAM_PASSWORD/],
    ['no token', [{ oauth: ['x'] }], {}, /UPSTREAM_BEARER_TOKEN/],
    [
      'each way out',
      [{ bearer: [] }, { cookieKey: [], headerKey: [] }],
      { UPSTREAM_API_KEY_HEADER_KEY: 'x-header' },
      /set UPSTREAM_BEARER_TOKEN, or UPSTREAM_API_KEY_COOKIE_KEY\.$/,
    ],
    ['a scheme beyond reach', [{ digest: [] }], all, /"digest", which need custom code/],
    ['no certificate', [{ mtls: [] }], all, /set UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE\.$/],
    [
      'a scheme that is not declared',
      [{ toString: [] }],
      all,
      /must set UPSTREAM_AUTH to bearer or basic for the undefined scheme "toString", or add custom/,
    ],
    [
      'nor with keys',
      [{ toString: [] }],
      { ...all, UPSTREAM_AUTH: 'api-key' },
      /for the undefined scheme "toString"/,
    ],
    [
      'one of two in one place',
      [{ basic: [], bearer: [] }],
      {},
      /must set UPSTREAM_USERNAME and UPSTREAM_PASSWORD\.$/,
    ],
    [
      'two schemes for one token',
      [{ bearer: [], oauth: ['x'] }],
      {},
      /must set UPSTREAM_BEARER_TOKEN\.$/,
    ],
    [
      'restricted away',
      [{ headerKey: [] }],
      { ...all, UPSTREAM_AUTH: 'bearer' },
      /UPSTREAM_AUTH is bearer\)\. The operator of this server must set another UPSTREAM_AUTH\.$/,
    ],
    [
      'restricted away, and not set',
      [{ bearer: [] }],
      { ...all, UPSTREAM_AUTH: 'basic' },
      /UPSTREAM_AUTH is basic\).* must set another UPSTREAM_AUTH and UPSTREAM_BEARER_TOKEN\.$/,
    ],
  ])('%s', async (_, security, variables, message) => {
    const { outcome, sent } = await run(security, variables);
    expect(sent).toBeUndefined();
    expect(outcome.failure).toBe('credentials');
    expect(outcome.result.isError).toBe(true);
    expect(textOf(outcome.result)).toMatch(message);
  });
});

describe('arguments cannot pose as credentials', () => {
  const parameters = [
    { name: 'x-api-key', in: 'header' },
    { name: 'API%20key', in: 'query', argument: 'a' },
    { name: 'api key', in: 'query', argument: 'b' },
    { name: 'sid', in: 'cookie' },
    { name: 'authorization', in: 'header' },
    { name: 'ok', in: 'query' },
  ] as const;
  const args = {
    'x-api-key': 'mine',
    a: 'mine',
    b: 'mine',
    sid: 'mine',
    authorization: 'mine',
    ok: '1',
  };

  test.each<[string, RequestShape['security'], Variables]>([
    ['if nothing is required', [], all],
    ['with UPSTREAM_AUTH=none', [{ headerKey: [] }], { UPSTREAM_AUTH: 'none' }],
  ])('%s', async (_, security, variables) => {
    const { sent } = await run(security, variables, { shape: { parameters }, args });
    expect(sent).toEqual({ ...nothing, url: '/things?API%2520key=mine&ok=1' });
  });

  test('members of an exploded object neither', async () => {
    const shape = { parameters: [{ name: 'filter', in: 'query' }] as const };
    const args = { filter: { 'API KEY': 'mine', ok: 1 } } as never;
    const { sent } = await run([{ queryKey: [] }], all, { shape, args });
    expect(sent).toMatchObject({ url: `/things?ok=1&api%20key=query%20%26${querySecret}` });
  });
});

describe('wrong settings prevent the start', () => {
  test.each<[string, Variables, RegExp]>([
    ['an unknown mode', { UPSTREAM_AUTH: 'digest' }, /^UPSTREAM_AUTH must be one of/],
    ['bearer without token', { UPSTREAM_AUTH: 'bearer' }, /^UPSTREAM_BEARER_TOKEN is required/],
    ['basic without user', { UPSTREAM_AUTH: 'basic' }, /^UPSTREAM_USERNAME is required/],
    [
      'api-key without key',
      { UPSTREAM_AUTH: 'api-key' },
      /^UPSTREAM_API_KEY_HEADER_KEY is required/,
    ],
    [
      'line break in a key',
      { UPSTREAM_API_KEY_HEADER_KEY: 'a\nb' },
      /^UPSTREAM_API_KEY_HEADER_KEY must/,
    ],
    [
      'semicolon in a cookie',
      { UPSTREAM_API_KEY_COOKIE_KEY: 'a;b' },
      /^UPSTREAM_API_KEY_COOKIE_KEY must/,
    ],
    ['beyond ASCII', { UPSTREAM_BEARER_TOKEN: 'tokén' }, /^UPSTREAM_BEARER_TOKEN must/],
    ['with the scheme', { UPSTREAM_BEARER_TOKEN: 'Bearer abc' }, /^UPSTREAM_BEARER_TOKEN must/],
    ['colon in the user', { UPSTREAM_USERNAME: 'a:b' }, /^UPSTREAM_USERNAME must/],
  ])('%s', (_, variables, message) => {
    const read = (): unknown =>
      makeSettings(makeApi({ baseUrl: 'https://h.example', securitySchemes }), variables);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(message);
  });

  test('api-key without such a scheme', () => {
    const api = makeApi({ baseUrl: 'https://h.example' });
    expect(() => makeSettings(api, { UPSTREAM_AUTH: 'api-key' })).toThrow(
      /^UPSTREAM_AUTH cannot be/,
    );
  });
});

test('the description names kinds, not values', () => {
  const describeOf = (variables: Variables): string =>
    describeCredentials(
      makeSettings(makeApi({ baseUrl: 'https://h.example', securitySchemes }), variables)
        .credentials,
    );
  expect(describeOf(all)).toBe('api-key, basic, bearer');
  expect(describeOf({})).toBe('no credentials');
  expect(describeOf({ UPSTREAM_AUTH: 'none' })).toBe('no credentials');
});
