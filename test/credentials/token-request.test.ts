import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createClientKey, TemporaryFiles } from '../support/client-keys.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header } from '../runtime/upstream/wire.js';
import { callerIn, connect, oauth2, toolFor } from './connect.js';
import { apiResource, machine, startServiceStage, type ServiceStage } from './service-stage.js';
import { startEchoApi } from './echo-api.js';
import { startTokenStub } from './token-stub.js';

const watch = watchSecrets();
const files = new TemporaryFiles();
const secret = watch.hide(`secret-${crypto.randomUUID()}`);
const client: Variables = { UPSTREAM_CLIENT_ID: 'service', UPSTREAM_CLIENT_SECRET: secret };

let stage: ServiceStage;
beforeAll(async () => {
  const registered = machine('service', 'client_secret_basic', { client_secret: secret });
  stage = await startServiceStage([registered]);
});
afterAll(async () => {
  files.remove();
  await stage.close();
});

/** Another connection each time, so that no token is left from the last one. */
function connectWith(variables: Variables) {
  const { api, tokenUrl } = stage;
  const schemes = { oauth: oauth2(tokenUrl) };
  return connect({ baseUrl: api.url, schemes, variables: { ...client, ...variables }, watch });
}

function asked() {
  for (const token of stage.api.tokens()) watch.hide(token);
  return stage.tokenRequests.at(-1)?.parameters;
}

describe('the scopes of a token', () => {
  test.each<[string, string[], Variables, string | undefined]>([
    ['those of the operation', ['things.write', 'things.read'], {}, 'things.read things.write'],
    ['each of them once', ['things.read', 'things.read'], {}, 'things.read'],
    ['none', [], {}, undefined],
    ['those of the settings', ['things.write'], { UPSTREAM_SCOPES: 'things.read' }, 'things.read'],
    [
      'several of the settings',
      [],
      { UPSTREAM_SCOPES: 'things.write,things.read' },
      'things.read things.write',
    ],
    ['none, as the settings want it', ['things.read'], { UPSTREAM_SCOPES: 'none' }, undefined],
  ])('%s', async (_, scopes, variables, scope) => {
    const outcome = await connectWith(variables)(toolFor(...scopes));
    expect(asked()?.['scope']).toBe(scope);
    // The API finds in the token exactly what the provider granted.
    expect(callerIn(outcome)).toEqual({ client: 'service', ...(scope !== undefined && { scope }) });
  });

  test('another set is another token, another order is not', async () => {
    const before = stage.tokenRequests.length;
    const call = connectWith({});
    await call(toolFor('things.read', 'things.write'));
    await call(toolFor('things.write', 'things.read'));
    expect(stage.tokenRequests).toHaveLength(before + 1);
    await call(toolFor('things.read'));
    expect(stage.tokenRequests).toHaveLength(before + 2);
    await call(toolFor('things.read', 'things.write'));
    expect(stage.tokenRequests).toHaveLength(before + 2);
    asked();
  });
});

describe('what a token is for', () => {
  test('a resource is the audience of the JWT that arrives at the API', async () => {
    const call = connectWith({ UPSTREAM_TOKEN_RESOURCE: apiResource });
    const outcome = await call(toolFor('things.read'));
    expect(asked()).toMatchObject({ resource: apiResource, scope: 'things.read' });
    const aud = apiResource;
    expect(callerIn(outcome)).toEqual({ client: 'service', scope: 'things.read', aud });
  });

  test('a resource that the provider does not know is an error', async () => {
    const before = stage.api.requests.length;
    const call = connectWith({ UPSTREAM_TOKEN_RESOURCE: 'https://other.example.com' });
    const outcome = await call(toolFor('things.read'));
    expect(outcome.failure).toBe('credentials:invalid_target');
    expect(stage.api.requests).toHaveLength(before);
  });
});

describe('the exact request', () => {
  const umlaut = watch.hide(`gehe:im+nis %ü€${crypto.randomUUID()}`);

  /** The request to a token endpoint, for an API that accepts any token. */
  async function sent(more: Variables) {
    const [stub, api] = await Promise.all([startTokenStub(watch), startEchoApi()]);
    const variables: Variables = {
      UPSTREAM_CLIENT_ID: 'zoë: a+b',
      UPSTREAM_CLIENT_SECRET: umlaut,
      UPSTREAM_TOKEN_URL: stub.tokenUrl,
      ...more,
    };
    const schemes = { oauth: oauth2() };
    const outcome = await connect({ baseUrl: api.url, schemes, variables, watch })(toolFor('a'));
    await Promise.all([stub.close(), api.close()]);
    expect(outcome.status).toBe(200);
    expect(stub.requests).toHaveLength(1);
    const [request] = stub.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/token' });
    expect(header(request, 'content-type')[0]).toMatch(/^application\/x-www-form-urlencoded/);
    expect(header(request, 'accept')).toEqual(['application/json']);
    return { form: stub.forms()[0], authorization: header(request, 'authorization') };
  }

  test('client_secret_basic: id and secret are form-encoded, then joined', async () => {
    const { form, authorization } = await sent({});
    const [, pair = ''] = /^Basic (.+)$/.exec(authorization.join()) ?? [];
    const decoded = Buffer.from(pair, 'base64').toString();
    expect(decoded).toMatch(/^zo%C3%AB%3A\+a%2Bb:gehe%3Aim%2Bnis\+%25%C3%BC%E2%82%AC/);
    const halves = decoded.split(':').map((half) => new URLSearchParams(`v=${half}`).get('v'));
    expect(halves).toEqual(['zoë: a+b', umlaut]);
    expect(form).toEqual({ grant_type: 'client_credentials', scope: 'a' });
  });

  test('client_secret_post: both in the body, and no header', async () => {
    const { form, authorization } = await sent({ UPSTREAM_CLIENT_AUTH: 'client_secret_post' });
    expect(authorization).toEqual([]);
    expect(form).toEqual({
      grant_type: 'client_credentials',
      scope: 'a',
      client_id: 'zoë: a+b',
      client_secret: umlaut,
    });
  });

  test('a scope that is requested twice, once', async () => {
    expect((await sent({ UPSTREAM_SCOPES: 'b a b' })).form).toMatchObject({ scope: 'a b' });
  });

  test('an audience, as Auth0 wants it', async () => {
    const { form } = await sent({ UPSTREAM_TOKEN_AUDIENCE: 'urn:the api&x' });
    const audience = 'urn:the api&x';
    expect(form).toEqual({ grant_type: 'client_credentials', scope: 'a', audience });
  });

  test('private_key_jwt: the assertion names the client, the endpoint and a minute', async () => {
    const { pem } = createClientKey('ES256');
    const file = files.add(watch.hide(pem));
    const before = Math.floor(Date.now() / 1000);
    const { form = {}, authorization } = await sent({ UPSTREAM_CLIENT_KEY_FILE: file });
    const { client_assertion: assertion = '', ...rest } = form;
    expect(authorization).toEqual([]);
    expect(rest).toEqual({
      grant_type: 'client_credentials',
      scope: 'a',
      client_id: 'zoë: a+b',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const { iss, sub, aud, iat = 0, exp = 0, jti } = decodeJwt(assertion);
    expect([iss, sub]).toEqual(['zoë: a+b', 'zoë: a+b']);
    expect(aud).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/token$/);
    expect(exp - iat).toBe(60);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(Date.now() / 1000);
    expect(jti).toMatch(/^[\w-]{20,}$/);
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'ES256', typ: 'JWT' });
  });
});
