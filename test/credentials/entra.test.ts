import { X509Certificate } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallerToken } from '../../templates/src/runtime/caller.js';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { TemporaryFiles } from '../support/client-keys.js';
import { createAuthority } from '../support/certificates.js';
import { watchSecrets } from '../support/secret-watch.js';
import { header, textOf } from '../runtime/upstream/wire.js';
import { connect, oauth2, toolFor } from './connect.js';
import { startEchoApi, type EchoApi } from './echo-api.js';
import { startTokenStub, type TokenStub } from './token-stub.js';

const watch = watchSecrets();
const files = new TemporaryFiles();
afterAll(() => files.remove());

const secret = watch.hide(`~8Q+entra secret-${crypto.randomUUID()}`);
const clientId = crypto.randomUUID();
const scope = 'api://00000000-aaaa/.default';

let stub: TokenStub;
let api: EchoApi;
beforeEach(async () => {
  [stub, api] = await Promise.all([startTokenStub(watch), startEchoApi()]);
});
afterEach(() => Promise.all([stub.close(), api.close()]));

function variables(more: Variables = {}): Variables {
  return {
    UPSTREAM_TOKEN_EXCHANGE: 'entra-obo',
    UPSTREAM_CLIENT_ID: clientId,
    UPSTREAM_CLIENT_SECRET: secret,
    UPSTREAM_TOKEN_URL: stub.tokenUrl,
    UPSTREAM_SCOPES: scope,
    ...more,
  };
}

function connectWith(more?: Variables) {
  const schemes = { oauth: oauth2() };
  return connect({
    baseUrl: api.url,
    schemes,
    variables: variables(more),
    callers: 'tokens',
    watch,
  });
}

function newCaller(): CallerToken {
  const expiresAt = Math.floor(Date.now() / 1000) + 3600;
  return new CallerToken(watch.hide(`eyJ.${crypto.randomUUID()}.caller`), {
    expiresAt,
    audiences: [],
  });
}

const tool = toolFor('things.read');

test('with a secret: all of it in the body', async () => {
  const token = newCaller();
  const outcome = await connectWith()(tool, { token });
  expect(outcome.status).toBe(200);
  expect(stub.forms()).toEqual([
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: token.reveal(),
      requested_token_use: 'on_behalf_of',
      // What the document asks for has no meaning at Entra ID, where a scope begins with its API.
      scope,
      client_id: clientId,
      client_secret: secret,
    },
  ]);
  expect(header(stub.requests[0], 'authorization')).toEqual([]);
  expect(api.tokens()).toEqual(stub.issued);
});

test('an audience of the settings is not part of it', async () => {
  await connectWith({ UPSTREAM_TOKEN_AUDIENCE: 'urn:a', UPSTREAM_TOKEN_RESOURCE: 'urn:b' })(tool, {
    token: newCaller(),
  });
  expect(Object.keys(stub.forms()[0] ?? {})).not.toContain('audience');
  expect(Object.keys(stub.forms()[0] ?? {})).not.toContain('resource');
});

describe('with a key and its certificate', async () => {
  const authority = await createAuthority('Test authority');
  const { cert, key } = await authority.issue({ name: 'mcp-server', kind: 'rsa' });
  watch.hide(key);
  const certificate = new X509Certificate(cert);
  const digest = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex');

  test.each([
    ['the key first', `${key}\n${cert}`],
    ['the certificate first', `${cert}\n${key}`],
  ])('in one file, %s', async (_, text) => {
    const token = newCaller();
    const outcome = await connectWith({
      UPSTREAM_CLIENT_SECRET: undefined,
      UPSTREAM_CLIENT_KEY_FILE: files.add(text),
    })(tool, { token });
    expect(outcome.status).toBe(200);
    const { client_assertion: assertion = '', ...form } = stub.forms()[0] ?? {};
    expect(form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: token.reveal(),
      requested_token_use: 'on_behalf_of',
      scope,
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const verified = await jwtVerify(assertion, certificate.publicKey, {
      issuer: clientId,
      audience: stub.tokenUrl,
    });
    expect(verified.payload).toMatchObject({ sub: clientId });
    expect(verified.protectedHeader).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      'x5t#S256': digest.toString('base64url'),
    });
  });
});

test('a failure of Entra ID is an error with its number only', async () => {
  const token = newCaller();
  stub.answer = (_, response) =>
    response.writeHead(400).end(
      JSON.stringify({
        error: 'invalid_grant',
        error_description: `AADSTS65001: The user has not consented. ${token.reveal()} Trace ID: 1`,
        error_codes: [65001],
      }),
    );
  const outcome = await connectWith()(tool, { token });
  expect(outcome.failure).toBe('credentials:invalid_grant AADSTS65001');
  expect(textOf(outcome.result)).toContain('(invalid_grant AADSTS65001)');
  expect(api.requests).toEqual([]);
});

test.each(['UPSTREAM_SCOPES', 'UPSTREAM_TOKEN_URL', 'UPSTREAM_CLIENT_SECRET'])(
  'a start without %s is refused',
  (name) => {
    const start = () => connectWith({ [name]: undefined });
    expect(start).toThrow(SettingsError);
    expect(start).toThrow(new RegExp(`^${name} `));
  },
);
