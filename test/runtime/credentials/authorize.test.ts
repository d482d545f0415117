import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SecurityRequirement, SecurityScheme } from '../../../templates/src/runtime/api.js';
import { CallerToken, type Caller } from '../../../templates/src/runtime/caller.js';
import {
  createAuthorizer,
  type CustomCredential,
} from '../../../templates/src/runtime/credentials/authorize.js';
import { CredentialsError } from '../../../templates/src/runtime/credentials/choose.js';
import { createSecrets } from '../../../templates/src/runtime/credentials/secrets.js';
import type { UpstreamCredentials } from '../../../templates/src/runtime/credentials/settings.js';
import type {
  TokenRequest,
  TokenSource,
} from '../../../templates/src/runtime/credentials/tokens.js';
import type { ClientRequest } from '../../../templates/src/runtime/outgoing.js';

const key = (name: string, where: 'header' | 'query' | 'cookie'): SecurityScheme => ({
  type: 'apiKey',
  in: where,
  name,
  variable: `UPSTREAM_API_KEY_${where}`,
});

const schemes = {
  header: key('X-API-Key', 'header'),
  query: key('api key', 'query'),
  cookie: key('sid', 'cookie'),
  accented: key('clé', 'query'),
  underscored: key('user_id', 'cookie'),
  bearer: { type: 'http', scheme: 'bearer' },
  oauth: { type: 'oauth2' },
} as const satisfies Record<string, SecurityScheme>;

function credentialsWith(more: Partial<UpstreamCredentials> = {}): UpstreamCredentials {
  return {
    schemes,
    keys: new Map([
      ['header', 'header-key'],
      ['query', 'query &key'],
      ['cookie', 'cookie-key'],
    ]),
    hasCertificate: false,
    secrets: createSecrets([]),
    ...more,
  };
}

const request: ClientRequest = {
  method: 'GET',
  origin: 'https://api.example',
  path: '/v1/things',
  headers: { accept: 'application/json' },
};
const { signal } = new AbortController();

interface Options {
  readonly credentials?: Partial<UpstreamCredentials>;
  readonly request?: Partial<ClientRequest>;
  readonly source?: TokenSource;
  readonly custom?: CustomCredential;
  readonly caller?: Caller;
  readonly token?: CallerToken;
}

function authorize(security: readonly SecurityRequirement[] | undefined, options: Options = {}) {
  const { credentials, source, custom, request: more, ...context } = options;
  const authorizer = createAuthorizer(credentialsWith(credentials), source, custom);
  return authorizer({ ...request, ...more }, security, { signal, ...context });
}

/** Gives the same token to every request, and keeps the requests. */
function createSource(token = 'fresh-token') {
  const asked: TokenRequest[] = [];
  const source: TokenSource = {
    token: (request) => {
      asked.push(request);
      return Promise.resolve(token);
    },
    renew: () => true,
  };
  return { asked, source };
}

const perUser = { tokens: { kind: 'forward', audience: 'urn:api' } } as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a credential goes', () => {
  test('into its header, in lower case, replacing any other value', async () => {
    const headers = { accept: '*/*', authorization: 'mine' };
    const scheme = { auth: key('Authorization', 'header') };
    const keys = new Map([['auth', 'Token t-123']]);
    const { request: sent } = await authorize([{ auth: [] }], {
      credentials: { schemes: scheme, keys },
      request: { headers },
    });
    expect(sent.headers).toEqual({ accept: '*/*', authorization: 'Token t-123' });
  });

  test.each([
    ['/v1/things', '/v1/things?api%20key=query%20%26key'],
    ['/v1/things?', '/v1/things?api%20key=query%20%26key'],
    ["/v1/things?q='a'&b", "/v1/things?q='a'&b&api%20key=query%20%26key"],
    ['/v1/things?a=b?c', '/v1/things?a=b?c&api%20key=query%20%26key'],
  ])('after the query of %s', async (path, expected) => {
    const { request: sent } = await authorize([{ query: [] }], { request: { path } });
    expect(sent).toEqual({ ...request, path: expected });
  });

  test('after existing cookies', async () => {
    const headers = { cookie: 'a=1; b=2' };
    const { request: sent } = await authorize([{ cookie: [] }], { request: { headers } });
    expect(sent.headers).toEqual({ cookie: 'a=1; b=2; sid=cookie-key' });
    const alone = await authorize([{ cookie: [] }]);
    expect(alone.request.headers).toEqual({ ...request.headers, cookie: 'sid=cookie-key' });
  });

  test('to all places of one alternative, and the request stays unchanged', async () => {
    const before = structuredClone(request);
    const tokens = { kind: 'bearer', token: 'static-token' } as const;
    const all = { header: [], query: [], cookie: [], bearer: [] };
    const { request: sent, token } = await authorize([all], { credentials: { tokens } });
    expect(sent).toEqual({
      ...request,
      path: '/v1/things?api%20key=query%20%26key',
      headers: {
        ...request.headers,
        'x-api-key': 'header-key',
        cookie: 'sid=cookie-key',
        authorization: 'Bearer static-token',
      },
    });
    // With a token that never changes, a second attempt is pointless.
    expect(token).toBeUndefined();
    expect(request).toEqual(before);
  });
});

describe('on every call', () => {
  test.each<[string, readonly SecurityRequirement[] | undefined]>([
    ['that needs nothing', []],
    ['that needs nothing, by an empty alternative', [{}]],
    ['without requirements in the document', undefined],
  ])('the request is passed on unchanged for an operation %s', async (_, security) => {
    const authorizer = createAuthorizer(credentialsWith(), undefined, undefined);
    expect((await authorizer(request, security, { signal })).request).toBe(request);
  });

  test('an operation keeps its first choice', async () => {
    const get = vi.fn((name: string) => (name === 'header' ? 'header-key' : undefined));
    const keys = Object.assign(new Map<string, string>(), { get });
    const authorizer = createAuthorizer(credentialsWith({ keys }), undefined, undefined);
    const security: SecurityRequirement[] = [{ cookie: [] }, { header: [] }];
    const first = await authorizer(request, security, { signal });
    const chosen = get.mock.calls.length;
    expect(chosen).toBeGreaterThan(0);
    expect(await authorizer(request, security, { signal })).toEqual(first);
    expect(get).toHaveBeenCalledTimes(chosen);
  });

  test('no web object is created', async () => {
    const refuse = () => {
      throw new Error('made');
    };
    for (const name of ['Headers', 'URL', 'Request']) vi.stubGlobal(name, refuse);
    const { source } = createSource();
    const { request: sent } = await authorize([{ header: [], query: [], cookie: [], oauth: [] }], {
      source,
      credentials: perUser,
      request: { path: '/v1/things?x=1', headers: { cookie: 'a=1', 'x-api-key': 'mine' } },
    });
    expect(sent.headers['x-api-key']).toBe('header-key');
  });

  test('a missing credential is an error, with the same remedy', async () => {
    const credentials = { keys: new Map<string, string>() };
    const authorizer = createAuthorizer(credentialsWith(credentials), undefined, undefined);
    const security = [{ header: [] }];
    for (const _ of [1, 2]) {
      const call = authorizer(request, security, { signal });
      await expect(call).rejects.toThrow(CredentialsError);
      await expect(call).rejects.toThrow(/must set UPSTREAM_API_KEY_header\.$/);
    }
  });
});

describe('arguments cannot pose as a credential', () => {
  test.each([
    ['/v1/things?api%20key=mine', '/v1/things'],
    ['/v1/things?api+key=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?ok=1&API%20KEY=mine&more=2', '/v1/things?ok=1&more=2'],
    ['/v1/things?%61pi%20key=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api%20key%5B%5D=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api%20key[a]=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api%20key&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api.key=mine&api_key=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api%20key%00x=mine&%20api%20key=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?cl%C3%A9=mine&ok=1', '/v1/things?ok=1'],
    ['/v1/things?api%20keys=1&x=api%20key=', '/v1/things?api%20keys=1&x=api%20key='],
    ['/v1/api%20key=x', '/v1/api%20key=x'],
  ])('in the query %s', async (path, expected) => {
    for (const security of [[], undefined])
      expect((await authorize(security, { request: { path } })).request.path).toBe(expected);
  });

  test.each([
    ['sid=mine', undefined],
    ['a=1; SID=mine; b=2', 'a=1; b=2'],
    ['%73id=mine; a=1', 'a=1'],
    ['a=1;sid=mine', 'a=1'],
    ['a=1; mysid=2', 'a=1; mysid=2'],
    ['user.id=mine; user%20id=mine; user%5Bid=mine; a=1', 'a=1'],
    ['%20sid=mine; sid%00=mine; %20user_id%00=mine; a=1', 'a=1'],
    ['user%5Bid%5D=1; a=1', 'user%5Bid%5D=1; a=1'],
  ])('in the cookie %s', async (cookie, expected) => {
    const { request: sent } = await authorize([], { request: { headers: { cookie } } });
    expect(sent.headers).toEqual(expected === undefined ? {} : { cookie: expected });
  });

  test('in a header', async () => {
    const headers = { 'x-api-key': 'mine', 'x-other': '1' };
    const { request: sent } = await authorize([], { request: { headers } });
    expect(sent.headers).toEqual({ 'x-other': '1' });
  });

  test('names of inherited members are not headers', async () => {
    const scheme = { odd: key('constructor', 'header') };
    const authorizer = createAuthorizer(credentialsWith({ schemes: scheme }), undefined, undefined);
    expect((await authorizer(request, [], { signal })).request).toBe(request);
  });
});

describe('a token that is not the same for every request', () => {
  const token = new CallerToken('caller-token', { expiresAt: 4e9, audiences: ['urn:api'] });

  test('is requested for the scheme, its scopes, the caller and its destination', async () => {
    const { asked, source } = createSource();
    const options = { source, credentials: perUser, token };
    const authorized = await authorize([{ oauth: ['read'], header: [] }], options);
    const { scheme, scopes, caller, origin } = asked[0] ?? {};
    expect([scheme, scopes, caller, origin]).toEqual([
      schemes.oauth,
      ['read'],
      token,
      'https://api.example',
    ]);
    expect(asked[0]?.signal).toBe(signal);
    expect(authorized).toEqual({
      request: {
        ...request,
        headers: {
          ...request.headers,
          'x-api-key': 'header-key',
          authorization: 'Bearer fresh-token',
        },
      },
      token: 'fresh-token',
      secrets: ['fresh-token'],
    });
  });

  test('is never omitted: without a source of tokens nothing is sent', async () => {
    await expect(authorize([{ oauth: [] }], { credentials: perUser })).rejects.toThrow(
      'There is no source of tokens',
    );
  });
});

describe('custom code', () => {
  const caller: Caller = { subject: 'alice', scopes: ['a'], expiresAt: 4e9, audiences: [] };

  test('gets web objects with the credentials of the environment, and the caller', async () => {
    const custom = vi.fn<CustomCredential>((given) => given);
    const { request: sent } = await authorize([{ query: [], header: [] }], {
      custom,
      caller,
      request: { method: 'POST', path: '/v1/things?q=%C3%BC', body: 'text' },
    });
    const [given, who] = custom.mock.calls[0] ?? [];
    expect(given?.url.href).toBe('https://api.example/v1/things?q=%C3%BC&api%20key=query%20%26key');
    expect(Object.fromEntries(given?.headers ?? [])).toEqual({
      accept: 'application/json',
      'x-api-key': 'header-key',
    });
    expect([given?.method, given?.body, who]).toEqual(['POST', 'text', caller]);
    expect(sent).toEqual({
      method: 'POST',
      origin: 'https://api.example',
      path: '/v1/things?q=%C3%BC&api%20key=query%20%26key',
      headers: { accept: 'application/json', 'x-api-key': 'header-key' },
      body: 'text',
    });
  });

  test('may change everything, and the secrets that it adds are known', async () => {
    const { source } = createSource();
    const custom: CustomCredential = ({ url, headers, ...rest }) => {
      headers.set('X-Signature', 'signed');
      headers.set('X-Date', 'today');
      headers.set('X-API-Key', 'derived');
      url.searchParams.set('v', '2');
      return Promise.resolve({ ...rest, url, headers, body: new Uint8Array([1]) });
    };
    const authorized = await authorize([{ header: [], oauth: [] }], {
      custom,
      source,
      credentials: perUser,
    });
    expect(authorized.request).toEqual({
      method: 'GET',
      origin: 'https://api.example',
      path: '/v1/things?v=2',
      headers: {
        accept: 'application/json',
        authorization: 'Bearer fresh-token',
        'x-api-key': 'derived',
        'x-date': 'today',
        'x-signature': 'signed',
      },
      body: new Uint8Array([1]),
    });
    expect(authorized.token).toBe('fresh-token');
    expect([...authorized.secrets].sort()).toEqual(['derived', 'fresh-token', 'signed']);
  });

  test('replaces variables that are not set, and is not called if nothing is needed', async () => {
    const custom = vi.fn<CustomCredential>(({ headers, ...rest }) => {
      headers.set('x-signature', 'signed');
      return { ...rest, headers };
    });
    const credentials = { keys: new Map<string, string>() };
    const { request: sent } = await authorize([{ header: [] }], { custom, credentials });
    expect(sent.headers['x-signature']).toBe('signed');
    for (const security of [[], [{}]]) await authorize(security, { custom, credentials });
    expect(custom).toHaveBeenCalledTimes(1);
  });
});
