import { afterEach, describe, expect, test } from 'vitest';
import type { Api, RequestShape } from '../../../templates/src/runtime/api.js';
import { CallerToken } from '../../../templates/src/runtime/caller.js';
import { SettingsError, type Variables } from '../../../templates/src/runtime/environment.js';
import { createCall } from '../../../templates/src/runtime/upstream/call.js';
import {
  header,
  makeApi,
  makeSettings,
  makeTool,
  startStub,
  type Stub,
  textOf,
} from '../upstream/wire.js';

const key = 'k-header-secret';
const client: Variables = { UPSTREAM_CLIENT_ID: 'me', UPSTREAM_CLIENT_SECRET: 'client-secret' };
const exchange: Variables = {
  ...client,
  UPSTREAM_AUTH: 'token-exchange',
  UPSTREAM_TOKEN_AUDIENCE: 'https://api.example',
};
const forward: Variables = {
  UPSTREAM_AUTH: 'forward',
  UPSTREAM_TOKEN_AUDIENCE: 'https://api.example',
};

function schemesAt(url: string): Api['securitySchemes'] {
  return {
    key: { type: 'apiKey', in: 'header', name: 'X-API-Key', variable: 'UPSTREAM_API_KEY' },
    basic: { type: 'http', scheme: 'basic' },
    bearer: { type: 'http', scheme: 'bearer' },
    oauth: { type: 'oauth2', tokenUrl: `${url}/token` },
    implicit: { type: 'oauth2' },
    plain: { type: 'oauth2', tokenUrl: 'http://auth.example/token' },
    oidc: { type: 'openIdConnect', openIdConnectUrl: `${url}/openid` },
    nowhere: { type: 'openIdConnect', openIdConnectUrl: `${url}/empty` },
    mtls: { type: 'mutualTLS' },
  };
}

let stub: Stub | undefined;
afterEach(() => stub?.close());

/** The API and its authorization server in one: tokens contain the parameters that they were requested with. */
async function startParties(): Promise<Stub> {
  return startStub(({ url, body }, response) => {
    response.setHeader('Content-Type', 'application/json');
    const asked = new URLSearchParams(body.toString());
    const { port } = response.socket?.address() as { port: number };
    const documents: Record<string, object> = {
      '/openid': { token_endpoint: `http://127.0.0.1:${port}/oidc-token` },
      '/empty': {},
    };
    const token = [
      url.slice(1),
      asked.get('scope')?.replace(' ', '+') ?? '-',
      asked.get('subject_token') ?? '-',
    ];
    const issued = { access_token: token.join('!'), token_type: 'Bearer', expires_in: 600 };
    response.end(JSON.stringify(documents[url] ?? (url.endsWith('token') ? issued : {})));
  });
}

interface Options {
  readonly schemes?: boolean;
  readonly caller?: boolean;
}

async function run(
  security: RequestShape['security'],
  variables: Variables,
  { schemes = true, caller = true }: Options = {},
) {
  stub = await startParties();
  const { url } = stub;
  const api = makeApi({ baseUrl: url, securitySchemes: schemes ? schemesAt(url) : {} });
  const withUrl = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value?.replace('{url}', url)]),
  );
  const claims = {
    expiresAt: Date.now() / 1000 + 600,
    audiences: ['https://m.example/mcp', 'https://api.example'],
  };
  const token = new CallerToken('caller-token', claims);
  const context = {
    signal: new AbortController().signal,
    requestId: 'r1',
    ...(caller && { caller: { scopes: [], ...claims }, token }),
  };
  const call = createCall(api, makeSettings(api, withUrl, 'tokens'));
  const outcome = await call(makeTool({ ...(security && { security }) }), {}, context);
  const sent = stub.requests
    .filter((request) => request.url === '/things')
    .map((request) => [
      header(request, 'authorization').join(),
      header(request, 'x-api-key').join(),
    ]);
  return { outcome, sent, asked: stub.requests.filter(({ url: at }) => at !== '/things') };
}

describe('sent on the wire', () => {
  test.each<[string, RequestShape['security'], Variables, string, string?, Options?]>([
    ['inferred from the client', [{ oauth: ['b', 'a'] }], client, 'Bearer token!a+b!-'],
    [
      'UPSTREAM_SCOPES',
      [{ oauth: ['a'] }],
      { ...client, UPSTREAM_SCOPES: 'x y' },
      'Bearer token!x+y!-',
    ],
    [
      'no scopes at all',
      [{ oauth: ['a'] }],
      { ...client, UPSTREAM_SCOPES: 'none' },
      'Bearer token!-!-',
    ],
    ['discovered', [{ oidc: ['a'] }], client, 'Bearer oidc-token!a!-'],
    [
      'a token URL of the operator',
      [{ oidc: ['a'] }],
      { ...client, UPSTREAM_TOKEN_URL: '{url}/my-token' },
      'Bearer my-token!a!-',
    ],
    [
      'http bearer with a token URL',
      [{ bearer: [] }],
      { ...client, UPSTREAM_TOKEN_URL: '{url}/my-token' },
      'Bearer my-token!-!-',
    ],
    [
      'not if no token URL is known',
      [{ bearer: [] }, { implicit: ['z'] }, { oauth: ['a'] }],
      client,
      'Bearer token!a!-',
    ],
    [
      'not to a token URL without TLS',
      [{ plain: [] }, { oauth: ['a'] }],
      client,
      'Bearer token!a!-',
    ],
    [
      'a key beside it',
      [{ key: [], oauth: ['a'] }],
      { ...client, UPSTREAM_API_KEY: key },
      'Bearer token!a!-',
      key,
    ],
    [
      'a key beside the chosen mode',
      [{ key: [], oauth: ['a'] }],
      { ...exchange, UPSTREAM_API_KEY: key },
      'Bearer token!a!caller-token',
      key,
    ],
    [
      'the first possible alternative',
      [{ mtls: [] }, { oauth: ['a'] }, { key: [] }],
      { ...client, UPSTREAM_API_KEY: key },
      'Bearer token!a!-',
    ],
    [
      'the chosen kind, not the first',
      [{ key: [] }, { oauth: ['a'] }],
      { ...client, UPSTREAM_AUTH: 'client-credentials', UPSTREAM_API_KEY: key },
      'Bearer token!a!-',
    ],
    ['scopes of two schemes', [{ bearer: [], oauth: ['a'] }], client, 'Bearer token!a!-'],
    ['token exchange', [{ oauth: ['a'] }], exchange, 'Bearer token!a!caller-token'],
    [
      'token exchange by its own variable',
      [{ oauth: ['a'] }],
      { ...exchange, UPSTREAM_AUTH: '', UPSTREAM_TOKEN_EXCHANGE: 'rfc8693' },
      'Bearer token!a!caller-token',
    ],
    ['forward', [{ oauth: ['a'] }], forward, 'Bearer caller-token'],
    ['forward to http bearer', [{ bearer: [] }], forward, 'Bearer caller-token'],
    ['nothing if nothing is required', [], exchange, ''],
    ['nothing for only an empty alternative', [{}], forward, ''],
    ['a token before none', [{}, { oauth: ['a'] }], exchange, 'Bearer token!a!caller-token'],
    [
      'chosen, document silent',
      undefined,
      { ...client, UPSTREAM_AUTH: 'client-credentials', UPSTREAM_TOKEN_URL: '{url}/my-token' },
      'Bearer my-token!-!-',
      undefined,
      {},
    ],
    [
      'any credentials, no schemes at all',
      undefined,
      { ...client, UPSTREAM_TOKEN_URL: '{url}/my-token' },
      'Bearer my-token!-!-',
      undefined,
      { schemes: false },
    ],
    ['nothing when the document is silent', undefined, client, ''],
  ])('%s', async (_, security, variables, authorization, apiKey = '', options = {}) => {
    const { sent, outcome } = await run(security, variables, options);
    expect(outcome.failure).toBeUndefined();
    expect(sent).toEqual([[authorization, apiKey]]);
  });
});

describe('fails closed', () => {
  test.each<[string, RequestShape['security'], Variables, string, RegExp, Options?]>([
    [
      'no client',
      [{ oauth: [] }],
      {},
      'credentials',
      /set UPSTREAM_BEARER_TOKEN or UPSTREAM_CLIENT_ID\.$/,
    ],
    ['no token URL', [{ implicit: [] }], client, 'credentials', /must set UPSTREAM_TOKEN_URL\.$/],
    [
      'a document without an endpoint',
      [{ nowhere: [] }],
      client,
      'credentials:no_token_endpoint',
      /UPSTREAM_TOKEN_URL/,
    ],
    [
      'exchange if only a key is required',
      [{ key: [] }],
      { ...exchange, UPSTREAM_API_KEY: key },
      'credentials',
      /UPSTREAM_AUTH is token-exchange/,
    ],
    [
      'exchange by its own variable, if only a key is required',
      [{ key: [] }],
      { ...exchange, UPSTREAM_AUTH: '', UPSTREAM_TOKEN_EXCHANGE: 'rfc8693', UPSTREAM_API_KEY: key },
      'credentials',
      /UPSTREAM_AUTH is token-exchange/,
    ],
    [
      'exchange with a key missing beside it',
      [{ key: [], oauth: [] }],
      exchange,
      'credentials',
      /set UPSTREAM_API_KEY\.$/,
    ],
    [
      'exchange without a caller',
      [{ oauth: [] }],
      exchange,
      'credentials:no_caller_token',
      /acts as its caller/,
      { caller: false },
    ],
    [
      'forward without a caller',
      [{ oauth: [] }],
      forward,
      'credentials:audience',
      /not also meant for the API/,
      { caller: false },
    ],
    [
      'forward of a token for others',
      [{ oauth: [] }],
      { ...forward, UPSTREAM_TOKEN_AUDIENCE: 'https://other.example' },
      'credentials:audience',
      /not also meant for the API/,
    ],
    [
      'forward does not reach basic',
      [{ basic: [] }],
      forward,
      'credentials',
      /UPSTREAM_AUTH is forward/,
    ],
  ])('%s', async (_, security, variables, failure, message, options) => {
    const { sent, outcome } = await run(security, variables, options);
    expect(sent).toEqual([]);
    expect(outcome.failure).toBe(failure);
    expect(outcome.result.isError).toBe(true);
    expect(textOf(outcome.result)).toMatch(message);
    expect(JSON.stringify(outcome)).not.toMatch(/client-secret|caller-token/);
  });
});

describe('wrong settings prevent the start', () => {
  const api = makeApi({
    baseUrl: 'https://h.example',
    securitySchemes: { oauth: { type: 'oauth2' } },
  });
  const tokenUrl = { UPSTREAM_TOKEN_URL: 'https://auth.example/token' };

  test.each<[string, Variables, RegExp]>([
    [
      'two sources',
      { ...client, ...tokenUrl, UPSTREAM_BEARER_TOKEN: 't' },
      /^UPSTREAM_AUTH must be bearer or client-credentials/,
    ],
    ['no secret', { ...tokenUrl, UPSTREAM_CLIENT_ID: 'me' }, /^UPSTREAM_CLIENT_SECRET is required/],
    [
      'a secret of two lines',
      { ...tokenUrl, ...client, UPSTREAM_CLIENT_SECRET: 'hidden\nhidden' },
      /^UPSTREAM_CLIENT_SECRET must not contain control characters, for example [^\n]+(?<!hidden)$/,
    ],
    [
      'no client',
      { ...tokenUrl, UPSTREAM_AUTH: 'client-credentials' },
      /^UPSTREAM_CLIENT_ID is required/,
    ],
    ['no token URL', client, /^UPSTREAM_TOKEN_URL must be set/],
    [
      'a token URL without TLS',
      { ...client, UPSTREAM_TOKEN_URL: 'http://auth.example/token' },
      /^UPSTREAM_TOKEN_URL must begin with https/,
    ],
    [
      'no key file',
      { ...client, ...tokenUrl, UPSTREAM_CLIENT_AUTH: 'private_key_jwt' },
      /^UPSTREAM_CLIENT_KEY_FILE is required/,
    ],
    [
      'a missing key file',
      { ...client, ...tokenUrl, UPSTREAM_CLIENT_KEY_FILE: '/nowhere' },
      /^UPSTREAM_CLIENT_KEY_FILE must name a readable file \(ENOENT\)/,
    ],
    [
      'a key file without a key',
      { ...client, ...tokenUrl, UPSTREAM_CLIENT_KEY_FILE: import.meta.filename },
      /^UPSTREAM_CLIENT_KEY_FILE must contain a private key/,
    ],
    [
      'an exchange without a target',
      { ...exchange, ...tokenUrl, UPSTREAM_TOKEN_AUDIENCE: '' },
      /^UPSTREAM_TOKEN_AUDIENCE or UPSTREAM_TOKEN_RESOURCE/,
    ],
    [
      'on behalf without scopes',
      { ...exchange, ...tokenUrl, UPSTREAM_TOKEN_EXCHANGE: 'entra-obo' },
      /^UPSTREAM_SCOPES must be set/,
    ],
    ['forward to any server', { UPSTREAM_AUTH: 'forward' }, /^UPSTREAM_TOKEN_AUDIENCE must be set/],
    [
      'an assertion, for which access tokens are not enough',
      { ...exchange, ...tokenUrl, UPSTREAM_AUTH: 'id-jag', UPSTREAM_TOKEN_AUDIENCE: 'api' },
      /^UPSTREAM_AUTH cannot be id-jag: [^\n]+access tokens[^\n]+section 4\.3[^\n]+token-exchange$/,
    ],
    [
      'an unknown variant',
      { ...exchange, ...tokenUrl, UPSTREAM_TOKEN_EXCHANGE: 'saml' },
      /^UPSTREAM_TOKEN_EXCHANGE must be one of/,
    ],
  ])('%s', (_, variables, message) => {
    const read = (): unknown => makeSettings(api, variables, 'tokens');
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(message);
  });

  test.each([exchange, forward])('callers without tokens: %j', (variables) => {
    expect(() => makeSettings(api, { ...variables, ...tokenUrl })).toThrow(
      /^UPSTREAM_AUTH cannot be (token-exchange|forward) here: it needs callers that send access tokens/,
    );
  });
});
