import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from '../../templates/src/runtime/api.js';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { watchSecrets } from '../support/secret-watch.js';
import { makeTool, startStub, textOf, type Answer, type Stub } from '../runtime/upstream/wire.js';
import { callerIn, connect, oauth2, toolFor } from './connect.js';
import { machine, startServiceStage, type ServiceStage } from './service-stage.js';

const watch = watchSecrets();
const secret = watch.hide(`secret-${crypto.randomUUID()}`);
const service: Variables = { UPSTREAM_CLIENT_ID: 'service', UPSTREAM_CLIENT_SECRET: secret };

let stage: ServiceStage;
beforeAll(async () => {
  stage = await startServiceStage([
    machine('service', 'client_secret_basic', { client_secret: secret }),
  ]);
});
afterAll(() => stage.close());

const stubs: Stub[] = [];
afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.close())));

/** A server that is not to be asked, or that answers badly. */
async function startOther(answer?: Answer): Promise<Stub> {
  const stub = await startStub(answer);
  stubs.push(stub);
  return stub;
}

function connectWith(schemes: Api['securitySchemes'], variables: Variables = {}) {
  const { api } = stage;
  return connect({ baseUrl: api.url, schemes, variables: { ...service, ...variables }, watch });
}

function hideTokens(): void {
  for (const token of stage.api.tokens()) watch.hide(token);
}

const openId = (openIdConnectUrl: string) => ({ type: 'openIdConnect', openIdConnectUrl }) as const;
const discovery = () => `${stage.authorization.issuer}/.well-known/openid-configuration`;
const bearer = { type: 'http', scheme: 'bearer' } as const;

describe('tokens come from', () => {
  test.each<[string, () => Api['securitySchemes'], () => Variables]>([
    ['as the document states', () => ({ oauth: oauth2(stage.tokenUrl) }), () => ({})],
    ['as OpenID Connect Discovery states', () => ({ oauth: openId(discovery()) }), () => ({})],
    [
      'as the issuer’s metadata states, for a document that names the issuer',
      () => ({ oauth: openId(stage.authorization.issuer) }),
      () => ({}),
    ],
    [
      'as the settings state, for a document that does not',
      () => ({ oauth: bearer }),
      () => ({ UPSTREAM_TOKEN_URL: stage.tokenUrl }),
    ],
  ])('%s', async (_, schemes, variables) => {
    const outcome = await connectWith(schemes(), variables())(toolFor('things.read'));
    hideTokens();
    expect(callerIn(outcome)).toEqual({ client: 'service', scope: 'things.read' });
  });

  test('the URL in the settings, despite the document', async () => {
    const other = await startOther();
    const variables = { UPSTREAM_TOKEN_URL: stage.tokenUrl };
    for (const scheme of [oauth2(`${other.url}/token`), openId(`${other.url}/openid`)])
      expect((await connectWith({ oauth: scheme }, variables)(toolFor())).status).toBe(200);
    hideTokens();
    expect(other.requests).toEqual([]);
  });

  test('the scheme that the operation names, when there are several', async () => {
    const other = await startOther();
    const call = connectWith({
      other: oauth2(`${other.url}/token`),
      oauth: oauth2(stage.tokenUrl),
    });
    expect((await call(toolFor())).status).toBe(200);
    hideTokens();
    expect(other.requests).toEqual([]);
  });

  test('the only scheme, where the document is silent and the settings are not', async () => {
    const chosen = { UPSTREAM_AUTH: 'client-credentials' };
    const call = connectWith({ oauth: oauth2(stage.tokenUrl) }, chosen);
    const outcome = await call(makeTool({}));
    hideTokens();
    expect(callerIn(outcome)).toEqual({ client: 'service' });
  });
});

test('if the document has two schemes and names no URL, the message names the setting', async () => {
  const schemes = { a: oauth2(stage.tokenUrl), b: oauth2(stage.tokenUrl) };
  const before = stage.api.requests.length;
  const outcome = await connectWith(schemes, { UPSTREAM_AUTH: 'client-credentials' })(makeTool({}));
  expect(outcome.failure).toBe('credentials');
  expect(textOf(outcome.result)).toContain('must set UPSTREAM_TOKEN_URL');
  expect(stage.api.requests).toHaveLength(before);
});

describe('discovery', () => {
  const asOpenId =
    (document: unknown): Answer =>
    (_, response) =>
      response.end(typeof document === 'string' ? document : JSON.stringify(document));

  test('is one request, however many calls wait for it', async () => {
    const document = { token_endpoint: stage.tokenUrl };
    const other = await startOther((request, response) => {
      setTimeout(() => asOpenId(document)(request, response), 50);
    });
    const [tokens, calls] = [stage.tokenRequests.length, stage.api.requests.length];
    const call = connectWith({ oauth: openId(`${other.url}/openid`) });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => call(toolFor())));
    hideTokens();
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200]));
    expect(other.requests).toHaveLength(1);
    expect(stage.tokenRequests).toHaveLength(tokens + 1);
    expect(stage.api.requests).toHaveLength(calls + 50);
  });

  test.each<[string, Answer]>([
    ['names no endpoint', asOpenId({ issuer: 'x' })],
    ['is not JSON', asOpenId('<html>')],
    ['is an error', (_, response) => response.writeHead(500).end()],
    ['drops the connection', (_, response) => response.destroy()],
    ['leads elsewhere', (_, response) => response.writeHead(302, { location: discovery() }).end()],
  ])('that %s is an error, and can be fixed', async (_, bad) => {
    let answer = bad;
    const other = await startOther((request, response) => answer(request, response));
    const before = stage.api.requests.length;
    const call = connectWith({ oauth: openId(`${other.url}/openid`) });
    const outcome = await call(toolFor());
    expect(outcome.failure).toMatch(/^credentials:(no_token_endpoint$|unreachable: http)/);
    expect(stage.api.requests).toHaveLength(before);
    expect(textOf(outcome.result)).toMatch(/must set UPSTREAM_TOKEN_URL|\(unreachable\)/);
    answer = asOpenId({ token_endpoint: stage.tokenUrl });
    expect((await call(toolFor())).status).toBe(200);
    hideTokens();
  });

  test('that names an endpoint where a secret must not go is an error', async () => {
    const endpoint = await startOther();
    // It would be reached, if anything were sent there: to most systems this is the machine itself.
    const token_endpoint = endpoint.url.replace('127.0.0.1', '0.0.0.0');
    const other = await startOther(asOpenId({ token_endpoint }));
    const outcome = await connectWith({ oauth: openId(other.url) })(toolFor());
    expect(outcome.failure).toBe('credentials:no_token_endpoint');
    expect(endpoint.requests).toEqual([]);
  });

  test('that hangs takes no longer than the call may', async () => {
    const other = await startOther(() => undefined);
    const variables = { UPSTREAM_TIMEOUT_MS: '200' };
    const call = connectWith({ oauth: openId(`${other.url}/openid`) }, variables);
    expect((await call(toolFor())).failure).toBe('credentials:timeout');
  });
});

describe('a start is refused', () => {
  test.each<[string, Api['securitySchemes'], Variables]>([
    ['without any token URL', { oauth: oauth2() }, {}],
    ['when the only one is where no secret may go', { oauth: oauth2('http://a.example/t') }, {}],
    ['with such a one', { oauth: oauth2() }, { UPSTREAM_TOKEN_URL: 'http://a.example/token' }],
    ['with a relative one', { oauth: oauth2() }, { UPSTREAM_TOKEN_URL: '/token' }],
  ])('%s', (_, schemes, variables) => {
    const start = () => connectWith(schemes, variables);
    expect(start).toThrow(SettingsError);
    expect(start).toThrow(/^UPSTREAM_TOKEN_URL must /);
  });
});
